"""What a request asks for: SPARQL 1.1 Protocol, and SPARQL 1.1 Graph Store HTTP Protocol for reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.requests import Request

from st_opendata.http.negotiation import choose_encoding, choose_type
from st_opendata.rdf.formats import GRAPHS, RESULTS, AnswerFormat
from st_opendata.sparql.endpoint.errors import QueryError
from st_opendata.sparql.endpoint.formats import (
    HTML,
    PAGE_NAMES,
    form_called,
    offered,
    split_names,
)
from st_opendata.sparql.endpoint.limits import Limits
from st_opendata.sparql.workers.frames import QueryRequest, Serialization
from st_opendata.sparql.workers.results import ENCODINGS

GRAPH_METHODS = "GET, HEAD, OPTIONS"
QUERY_METHODS = "GET, HEAD, POST, OPTIONS"
_FORMATS = ("format", "output", "results", "Accept", "accept")
"""Parameters for the format: Virtuoso's and ours, those that Fuseki takes too, RDF4J's. Some clients send several."""
_FORM_TYPE = "application/x-www-form-urlencoded"
_QUERY_TYPE = "application/sparql-query"
_UPDATE_TYPE = "application/sparql-update"
_MOST_PARAMETERS = 200
_BEYOND_HOST = frozenset("/?#@")
"""What ends the host in an address, or stands before it."""


def site_of(request: Request) -> str:
    """The address of the site that the request names; raises QueryError where that is none (RFC 9112 §3.2).

    `Request.base_url` would make it from parts that are never asked for.
    """
    host = request.headers.get("host")
    if not host:
        return str(request.base_url)
    site = f"{request.scope['scheme']}://{host}{request.scope.get('root_path', '')}"
    if not _BEYOND_HOST.isdisjoint(host) or not _is_iri(site):
        raise _bad("the request names no host", "Give its name, or its address, as Host.")
    return site


def endpoint_url(request: Request, base_url: str | None) -> str:
    """The address of the endpoint on the site that is configured, else that the request names; raises QueryError."""
    return f"{(base_url or site_of(request)).rstrip('/')}/sparql"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request, in the order in which they came."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """Every value of that name."""
        return [value for key, value in self.pairs if key == name]

    def one(self, name: str) -> str | None:
        """The value of that name, None where there is none; raises QueryError where there are several."""
        values = self.all(name)
        if len(values) > 1:
            raise _bad(f"there are {len(values)} parameters `{name}`", "Give one.")
        return values[0] if values else None

    @property
    def formats(self) -> tuple[str, ...]:
        """The names of formats, as `form_called` takes them."""
        return split_names(value for name in _FORMATS for value in self.all(name))

    def want_page(self, accept: str | None) -> bool:
        """Whether the answer is to be a page: where that is the first format that is known, or Accept likes it best.

        Of equals it is the last, since programs that take anything want data; where Accept begins with it, the first.
        """
        for name in self.formats:
            if name in PAGE_NAMES:
                return True
            if form_called((name,), RESULTS) or form_called((name,), GRAPHS):
                return False
        data = (*offered(RESULTS), *offered(GRAPHS))
        is_reader = (accept or "").lstrip().lower().startswith(HTML)
        return choose_type(accept, (HTML, *data) if is_reader else (*data, HTML)) == HTML


async def read_parameters(request: Request, limits: Limits) -> Parameters:
    """All parameters of a query operation, those of the URL first (SPARQL 1.1 Protocol §2.1).

    Raises:
        QueryError: the method, the media type or the encoding is none of the protocol's, or it is too large.
    """
    in_url = _pairs(request.scope["query_string"])
    if request.method != "POST":
        return Parameters(in_url)
    media_type, _, rest = request.headers.get("content-type", "").partition(";")
    body = await _body(request, limits.query)
    match media_type.strip().lower():
        case "application/x-www-form-urlencoded":
            return Parameters(in_url + _pairs(body))
        case "application/sparql-query":
            if any(name == "query" for name, _ in in_url):
                raise _bad("there is a query in the URL and another in the body", "Give one.")
            charset = rest.lower().partition("charset=")[2].strip(' "')
            if charset not in ("", "utf-8", "utf8"):
                raise _bad(f"the query is said to be in {charset}", "Send it as UTF-8.", 415)
            return Parameters((*in_url, ("query", _text(body))))
        case "application/sparql-update":
            raise update_error()
        case _:
            raise _bad(
                f"a body of the type {media_type or 'that is not named'} is none of the protocol's",
                f"Send {_FORM_TYPE} or {_QUERY_TYPE}.",
                415,
            )


def read_query_request(request: Request, parameters: Parameters, base: str) -> tuple[QueryRequest, float | None]:
    """The query that a query operation asks, and the seconds that its client allows; raises as `read_query`."""
    query, seconds = read_query(parameters, base)
    solutions, triples = (_writing(request, parameters, forms) for forms in (RESULTS, GRAPHS))
    encoding = choose_encoding(request.headers.get("accept-encoding"), ENCODINGS)
    return replace(query, solutions=solutions, triples=triples, encoding=encoding), seconds


def read_query(parameters: Parameters, base: str) -> tuple[QueryRequest, float | None]:
    """The same without how its answer is to be written.

    Raises:
        QueryError: there is no query or more than one, it is an update, or another parameter is wrong.
    """
    text = without_mark(parameters.one("query") or "")
    if parameters.all("update"):
        raise update_error()
    if not text.strip():
        raise _bad("there is no query", "Give it as the parameter `query`.")
    default, named = (_iris(parameters.all(name)) for name in ("default-graph-uri", "named-graph-uri"))
    given = bool(default or named)
    query = QueryRequest(
        text,
        default_graphs=default if given else None,
        named_graphs=named if given else None,
        base=base,
    )
    return query, _seconds(parameters.one("timeout"))


def without_mark(query: str) -> str:
    """A query without a byte order mark, which is no part of a text (Unicode Standard, section 23.8)."""
    return query.removeprefix("\ufeff")


def read_graph_request(request: Request, known: Sequence[str]) -> QueryRequest:
    """The query for a graph: `?default`, or `?graph=` with its IRI (Graph Store HTTP Protocol §4.2, §5.2).

    Raises:
        QueryError: the request names no graph, several, or one that is not `known`.
    """
    parameters = Parameters(_pairs(request.scope["query_string"]))
    graph, default = parameters.one("graph"), parameters.one("default")
    if (graph is None) == (default is None):
        raise _bad("the request names no graph, or more than one", "Give ?default, or ?graph= with its IRI.")
    if graph is not None and graph not in known:
        raise QueryError(404, "no-such-graph", f"there is no graph <{graph}>", f"There are: {', '.join(known)}.")
    triples = _writing(request, parameters, GRAPHS)
    if triples is None:
        raise format_error(GRAPHS)
    return QueryRequest(
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        triples=triples,
        default_graphs=None if graph is None else (graph,),
        named_graphs=None if graph is None else (),
        encoding=choose_encoding(request.headers.get("accept-encoding"), ENCODINGS),
    )


def update_error() -> QueryError:
    """An update (SPARQL 1.1 Update), however it came."""
    return QueryError(
        403,
        "read-only",
        "updates are refused: a release never changes",
        "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; to change data, load the dumps into a store of your own.",
    )


def format_error(forms: Sequence[AnswerFormat]) -> QueryError:
    """None of the forms suits the client (RFC 9110 §15.5.7)."""
    return QueryError(
        406,
        "not-acceptable",
        "it is in none of the formats that were asked for",
        f"Accept one of {', '.join(form.media_type for form in forms)}.",
    )


def _writing(request: Request, parameters: Parameters, forms: tuple[AnswerFormat, ...]) -> Serialization | None:
    """How to write a result of one kind: as the first format that is known says, else as Accept does."""
    if named := form_called(parameters.formats, forms):
        return named
    offers = offered(forms)
    media_type = choose_type(request.headers.get("accept"), tuple(offers))
    return Serialization(offers[media_type].name, media_type) if media_type else None


def _iris(values: Sequence[str]) -> tuple[str, ...]:
    """The IRIs of graphs; a field that a form left empty names none."""
    given = tuple(value for value in values if value)
    for value in given:
        if not _is_iri(value):
            raise _bad(f'"{value}" is no IRI', "Give absolute IRIs of graphs.")
    return given


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _seconds(value: str | None) -> float | None:
    """The seconds, None for those of the server, which 0 stands for in links that other servers write."""
    try:
        seconds = float(value or 0)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise _bad(f'the timeout "{value}" is no number of seconds', "Give one such as timeout=5.")
    return seconds or None


async def _body(request: Request, largest: int) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise QueryError(
                413,
                "query-limit",
                f"the query is longer than {largest:,} bytes, which is the limit",
                "Shorten it, or ask in parts.",
                limit="query",
                value=largest,
            )
    return bytes(body)


def _pairs(data: bytes) -> tuple[tuple[str, str], ...]:
    try:
        # Names and values are percent-encoded, so that only the decoded bytes have to be UTF-8.
        pairs = parse_qsl(
            data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except UnicodeDecodeError as error:
        raise _bad("the parameters are not UTF-8", "Percent-encode them as UTF-8.") from error
    except ValueError as error:
        raise _bad(f"there are more than {_MOST_PARAMETERS} parameters", "Give fewer.") from error
    return tuple(pairs)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad("the query is not UTF-8", "Send it as UTF-8.") from error


def _bad(message: str, remedy: str, status: int = 400) -> QueryError:
    return QueryError(status, "bad-request", message, remedy)
