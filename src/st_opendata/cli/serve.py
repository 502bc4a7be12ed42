"""`st-opendata serve`: the portal of a release, with its SPARQL endpoint."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

from st_opendata.cli.console import note
from st_opendata.cli.extras import needing
from st_opendata.cli.options import SIZE, path_type, release_argument


@click.command
@release_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port to listen on.")
@click.option("--base-url", metavar="URL", help="The address of the site as visitors know it.  [default: as they ask]")
@click.option(
    "--trusted-proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy, or its network: its forwarded headers are believed, its connections not counted.",
)
@click.option(
    "--requests", type=click.IntRange(1), metavar="N", help="Requests of one client a minute.  [default: 600]"
)
@click.option(
    "--connections", type=click.IntRange(1), metavar="N", help="Connections of one client at a time.  [default: 200]"
)
@click.option("--query-seconds", "seconds", type=float, metavar="N", help="Time for a query.  [default: 30]")
@click.option("--query-rows", "rows", type=int, metavar="N", help="Rows of a result.  [default: 1000000]")
@click.option("--query-bytes", "bytes", type=SIZE, help="Size of a result, uncompressed.  [default: 256MiB]")
@click.option("--query-memory", "worker_memory", type=SIZE, help="Memory of a query.  [default: 512MiB]")
@click.option("--query-queue", "queue", type=int, metavar="N", help="Queries that may wait.  [default: 64]")
@click.option("--query-cache", "cache", type=SIZE, help="Answers kept for who asks again.  [default: 64MiB]")
@click.option("--workers", type=int, metavar="N", help="Queries at a time.  [default: 2 a processor, at least 4]")
@click.option("--memory", type=SIZE, help="Memory for data and queries in all.  [default: 4GiB]")
@click.option("--store", type=path_type, metavar="DIR", help="Where larger data are kept.  [default: the user's cache]")
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
    **limits: float | None,
) -> None:
    """Serve RELEASE: pages for visitors, SPARQL at /sparql, its graphs at /data.

    A new release in the same folder is picked up without a restart. Ctrl-C ends the server when what is running has
    ended. Requests are logged to stderr in the Combined Log Format.

    Data that leave no room for two queries in --memory are kept in a store on disk, which is made at the first start.
    """
    with needing("portal", "the portal"):
        from st_opendata.portal.options import Options
        from st_opendata.portal.server import Serving, serve
        from st_opendata.sparql.endpoint import Limits
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    given: dict[str, Any] = {name: value for name, value in limits.items() if value is not None}
    chosen: dict[str, Any] = {"base_url": base_url}
    chosen |= {"trusted_proxies": proxies} if proxies else {}
    chosen |= {"requests_per_minute": requests} if requests else {}
    chosen |= {"connections": connections} if connections else {}
    serve(Serving(release, host, port, Limits(**given), store, Options(**chosen)), note)
