"""SPARQL over a release for many clients at once: worker processes that can be killed, and firm limits.

    endpoint = await Endpoint.open(Path("release"), Limits(seconds=30))
    app = Starlette(routes=routes(lambda: endpoint))
    rows = await endpoint.select("SELECT ?city { ?city a st:City }")
    await endpoint.close()

`limits` has the limits, `protocol` and `http` implement HTTP, `endpoint` passes a request to a worker of the pool and
its answer through a buffer (`sparql/workers`).
"""

from st_opendata.sparql.endpoint.endpoint import Endpoint, Solutions
from st_opendata.sparql.endpoint.errors import QueryError
from st_opendata.sparql.endpoint.http import PATHS, Page, problem_response, routes
from st_opendata.sparql.endpoint.limits import Limits

__all__ = ["PATHS", "Endpoint", "Limits", "Page", "QueryError", "Solutions", "problem_response", "routes"]
