"""SPARQL over a release for many people at once: worker processes that can be killed, and limits that hold.

    endpoint = await Endpoint.open(Path("release"), Limits(seconds=30))
    app = Starlette(routes=routes(lambda: endpoint))
    rows = await endpoint.select("SELECT ?city { ?city a st:City }")
    await endpoint.close()

`limits` says what may be taken, `protocol` and `web` speak HTTP, `endpoint` brings a question to a worker of the `pool`
and its answer through a `spool`. In processes of their own, the `nursery` loads the store and forks each `worker`.
"""

from st_opendata.sparql.endpoint.endpoint import Endpoint, Rows
from st_opendata.sparql.endpoint.failures import QueryError
from st_opendata.sparql.endpoint.http import ASKED, Page, problem_response, routes
from st_opendata.sparql.endpoint.limits import Limits

__all__ = ["ASKED", "Endpoint", "Limits", "Page", "QueryError", "Rows", "problem_response", "routes"]
