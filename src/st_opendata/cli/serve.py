"""`st-opendata serve`: the portal of a release, with its SPARQL endpoint."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

from st_opendata.cli.console import note
from st_opendata.cli.extras import needing
from st_opendata.cli.options import SIZE, lang_option, path_type, release_argument
from st_opendata.cli.words import text_of
from st_opendata.messages.message import message
from st_opendata.settings import read_settings


@click.command(short_help="Serve a release: pages, SPARQL and files.")
@release_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--base-url", metavar="URL", help="Public URL of the site.  [default: the request's Host header]")
@click.option(
    "--trusted-proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="Address or network of a proxy: trust its forwarded headers, do not limit its connections.",
)
@click.option("--requests", type=click.IntRange(1), metavar="N", help="Requests per client and minute.  [default: 600]")
@click.option("--connections", type=click.IntRange(1), metavar="N", help="Open connections per client.  [default: 200]")
@click.option(
    "--query-seconds", "seconds", type=float, metavar="N", help="Time limit of a query, in seconds.  [default: 30]"
)
@click.option("--query-rows", "rows", type=int, metavar="N", help="Row limit of a result.  [default: 1000000]")
@click.option("--query-bytes", "bytes", type=SIZE, help="Size limit of a result, uncompressed.  [default: 256MiB]")
@click.option("--query-memory", "worker_memory", type=SIZE, help="Memory limit of a query.  [default: 512MiB]")
@click.option(
    "--query-queue", "queue", type=int, metavar="N", help="Length of the queue of waiting queries.  [default: 64]"
)
@click.option("--query-cache", "cache", type=SIZE, help="Size of the response cache.  [default: 64MiB]")
@click.option(
    "--workers", type=int, metavar="N", help="Number of parallel queries.  [default: 2 per processor, at least 4]"
)
@click.option("--memory", type=SIZE, help="Memory limit for data and queries together.  [default: 4GiB]")
@click.option(
    "--store",
    type=path_type,
    metavar="DIR",
    help="Folder for what is kept of large releases.  [default: the user's cache]",
)
@click.option("--threads", metavar="N", help="Threads that compute it.  [default: ST_THREADS, else 2]")
@lang_option
def command(  # noqa: PLR0913 (a parameter for each option)
    *,
    release: Path,
    host: str,
    port: int,
    base_url: str | None,
    proxies: tuple[str, ...],
    requests: int | None,
    connections: int | None,
    store: Path | None,
    threads: str | None,
    lang: str | None,
    **limits: float | None,
) -> None:
    """Serve RELEASE: pages for visitors, SPARQL at /sparql, graphs at /data.

    The portal loads a new release in the same folder without a restart. Ctrl-C stops the server after the running
    requests have ended. Requests are logged to standard error in the Combined Log Format.

    The first start of a large release computes a store, columns and an index, which later starts find in --store.
    Queries use the store on disk if the data leave no room for two queries in --memory, or if there are more than
    400,000 triples. Until it is filled, the columns answer, and queries that need the store wait for it.
    """
    settings = read_settings({"lang": lang, "threads": threads})
    with needing("portal", message("the portal")):
        from st_opendata.portal.options import Options
        from st_opendata.portal.server import Serving, serve
        from st_opendata.sparql.endpoint import Limits
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    given: dict[str, Any] = {name: value for name, value in limits.items() if value is not None}
    given["threads"] = settings.threads
    chosen: dict[str, Any] = {"base_url": base_url}
    chosen |= {"trusted_proxies": proxies} if proxies else {}
    chosen |= {"requests_per_minute": requests} if requests else {}
    chosen |= {"connections": connections} if connections else {}
    serve(
        Serving(release, host, port, Limits(**given), store, Options(**chosen)),
        lambda text: note(text_of(text, settings.language)),
    )
