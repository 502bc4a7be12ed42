"""`st-opendata serve`: the portal of a release, with its SPARQL endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from st_opendata.cli.console import note
from st_opendata.cli.options import SIZE, path_type, release_argument
from st_opendata.errors import InputError, UsageError

if TYPE_CHECKING:
    from st_opendata.portal.endpoint import Limits


@click.command
@release_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port to listen on.")
@click.option("--base-url", metavar="URL", help="The address of the site as visitors know it.  [default: as they ask]")
@click.option("--query-seconds", "seconds", type=float, metavar="N", help="Time for a query.  [default: 30]")
@click.option("--query-rows", "rows", type=int, metavar="N", help="Rows of a result.  [default: 1000000]")
@click.option("--query-bytes", "bytes", type=SIZE, help="Size of a result, uncompressed.  [default: 256MiB]")
@click.option("--query-memory", "worker_memory", type=SIZE, help="Memory of a query.  [default: 512MiB]")
@click.option("--query-queue", "queue", type=int, metavar="N", help="Queries that may wait.  [default: 64]")
@click.option("--query-cache", "cache", type=SIZE, help="Answers kept for who asks again.  [default: 64MiB]")
@click.option("--workers", type=int, metavar="N", help="Queries at a time.  [default: 2 a processor, at least 4]")
@click.option("--memory", type=SIZE, help="Memory for data and queries in all.  [default: 4GiB]")
@click.option("--store", type=path_type, metavar="DIR", help="Where larger data are kept.  [default: the user's cache]")
def command(
    *, release: Path, host: str, port: int, base_url: str | None, store: Path | None, **limits: float | None
) -> None:
    """Serve a release: SPARQL at /sparql, its graphs at /data.

    RELEASE is read once. Ctrl-C ends the server when the running queries are answered.

    Data that leave no room for two queries in --memory are kept in a store on disk, which is made at the first start.
    """
    import asyncio
    import logging
    from contextlib import suppress

    try:
        from st_opendata.portal.endpoint import Limits
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the server needs {error.name}, which is not installed", remedy="pip install 'st-opendata[portal]'"
        ) from error
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    given: dict[str, Any] = {name: value for name, value in limits.items() if value is not None}
    with suppress(KeyboardInterrupt):  # the usual end, at which all is closed already
        asyncio.run(_serve(release, Limits(**given), store, (host, port), base_url))


async def _serve(
    release: Path, limits: Limits, store: Path | None, address: tuple[str, int], base_url: str | None
) -> None:
    import uvicorn

    from st_opendata.portal.app import make_app
    from st_opendata.portal.endpoint import Endpoint

    host, port = address
    endpoint = await Endpoint.open(release, limits, store)
    kind = "on disk" if endpoint.pool.on_disk else "in memory"
    note(f"{endpoint.pool.size} workers, the data {kind}. http://{host}:{port}/sparql")
    config = uvicorn.Config(
        make_app(endpoint, base_url), host=host, port=port, log_config=None, server_header=False, lifespan="on"
    )
    server = uvicorn.Server(config)
    try:
        await server.serve()
    except SystemExit as error:  # uvicorn has told why in the log
        raise InputError(f"the server cannot listen on {host}:{port}", remedy="Name another --port.") from error
    finally:
        await endpoint.close()
