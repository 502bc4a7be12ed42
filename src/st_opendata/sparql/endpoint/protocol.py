"""Reads requests: SPARQL 1.1 Protocol, and SPARQL 1.1 Graph Store HTTP Protocol for reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.requests import Request

from st_opendata.http.negotiation import choose_encoding, choose_type
from st_opendata.messages.message import Message, message, number_text
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
"""Parameters for the format: Virtuoso's and ours, those that Fuseki accepts too, RDF4J's. Some clients send several."""
_FORM_TYPE = "application/x-www-form-urlencoded"
_QUERY_TYPE = "application/sparql-query"
_UPDATE_TYPE = "application/sparql-update"
_MOST_PARAMETERS = 200
_BEYOND_HOST = frozenset("/?#@")
"""Characters that end the host in an address, or come before it."""


def site_of(request: Request) -> str:
    """The address of the site that the request names; raises QueryError if it names none (RFC 9112 §3.2).

    `Request.base_url` would use other parts of the request.
    """
    host = request.headers.get("host")
    if not host:
        return str(request.base_url)
    site = f"{request.scope['scheme']}://{host}{request.scope.get('root_path', '')}"
    if not _BEYOND_HOST.isdisjoint(host) or not _is_iri(site):
        raise _bad(message("the request names no host"), message("Give its name, or its address, as Host."))
    return site


def endpoint_url(request: Request, base_url: str | None) -> str:
    """The address of the endpoint on the configured site, else on that of the request; raises QueryError."""
    return f"{(base_url or site_of(request)).rstrip('/')}/sparql"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request, in the order in which they came."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """Every value of that name."""
        return [value for key, value in self.pairs if key == name]

    def one(self, name: str) -> str | None:
        """The value of that name, None if there is no value; raises QueryError if there are several."""
        values = self.all(name)
        if len(values) > 1:
            raise _bad(
                message("there are {count} parameters `{name}`", count=len(values), name=name), message("Give one.")
            )
        return values[0] if values else None

    @property
    def formats(self) -> tuple[str, ...]:
        """The names of formats, as `form_called` takes them."""
        return split_names(value for name in _FORMATS for value in self.all(name))

    def want_page(self, accept: str | None) -> bool:
        """Whether the answer is a page: if that is the first known format, or the one that Accept prefers.

        Among equal preferences a page is last, since programs that accept anything expect data; if Accept begins with
        it, it is first.
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
        QueryError: the protocol does not have the method, the media type or the encoding, or it is too large.
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
                raise _bad(message("there is a query in the URL and another in the body"), message("Give one."))
            charset = rest.lower().partition("charset=")[2].strip(' "')
            if charset not in ("", "utf-8", "utf8"):
                raise _bad(
                    message('the query has the encoding "{charset}"', charset=charset),
                    message("Send it as UTF-8."),
                    415,
                )
            return Parameters((*in_url, ("query", _text(body))))
        case "application/sparql-update":
            raise update_error()
        case _:
            raise _bad(
                message('the protocol has no body of the type "{type}"', type=media_type)
                if media_type
                else message("the body has no media type"),
                message("Send {form} or {query}.", form=_FORM_TYPE, query=_QUERY_TYPE),
                415,
            )


def read_query_request(request: Request, parameters: Parameters, base: str) -> tuple[QueryRequest, float | None]:
    """The query of a query operation, and the seconds that its client allows; raises as `read_query`."""
    query, seconds = read_query(parameters, base)
    solutions, triples = (_writing(request, parameters, forms) for forms in (RESULTS, GRAPHS))
    encoding = choose_encoding(request.headers.get("accept-encoding"), ENCODINGS)
    return replace(query, solutions=solutions, triples=triples, encoding=encoding), seconds


def read_query(parameters: Parameters, base: str) -> tuple[QueryRequest, float | None]:
    """As `read_query_request`, without the format of the answer.

    Raises:
        QueryError: there is no query or more than one, it is an update, or another parameter is wrong.
    """
    text = without_mark(parameters.one("query") or "")
    if parameters.all("update"):
        raise update_error()
    if not text.strip():
        raise _bad(message("there is no query"), message("Give it as the parameter `query`."))
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
    """A query without a byte order mark, which is not a part of a text (Unicode Standard, section 23.8)."""
    return query.removeprefix("\ufeff")


def read_graph_request(request: Request, known: Sequence[str]) -> QueryRequest:
    """The query for a graph: `?default`, or `?graph=` with its IRI (Graph Store HTTP Protocol §4.2, §5.2).

    Raises:
        QueryError: the request names no graph, several, or one that is not `known`.
    """
    parameters = Parameters(_pairs(request.scope["query_string"]))
    graph, default = parameters.one("graph"), parameters.one("default")
    if (graph is None) == (default is None):
        raise _bad(
            message("the request names no graph, or more than one"),
            message("Give ?default, or ?graph= with the IRI of a graph."),
        )
    if graph is not None and graph not in known:
        problem = message("there is no graph <{graph}>", graph=graph)
        raise QueryError(404, "no-such-graph", problem, message("There are: {graphs}.", graphs=", ".join(known)))
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
    """An update (SPARQL 1.1 Update), sent in any way."""
    return QueryError(
        403,
        "read-only",
        message("updates are refused: a release never changes"),
        message("Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; to change data, load the dumps into your own store."),
    )


def format_error(forms: Sequence[AnswerFormat]) -> QueryError:
    """The client accepts none of the forms (RFC 9110 §15.5.7)."""
    return QueryError(
        406,
        "not-acceptable",
        message("the answer is not available in any of the requested formats"),
        message("Accept one of {types}.", types=", ".join(form.media_type for form in forms)),
    )


def _writing(request: Request, parameters: Parameters, forms: tuple[AnswerFormat, ...]) -> Serialization | None:
    """How to write a result of one kind: in the first known format of the parameters, else as Accept asks."""
    if named := form_called(parameters.formats, forms):
        return named
    offers = offered(forms)
    media_type = choose_type(request.headers.get("accept"), tuple(offers))
    return Serialization(offers[media_type].name, media_type) if media_type else None


def _iris(values: Sequence[str]) -> tuple[str, ...]:
    """The IRIs of graphs; empty fields of a form are ignored."""
    given = tuple(value for value in values if value)
    for value in given:
        if not _is_iri(value):
            raise _bad(message('"{value}" is not an IRI', value=value), message("Give absolute IRIs of graphs."))
    return given


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _seconds(value: str | None) -> float | None:
    """The seconds; None for the limit of the server, which links of other servers write as 0."""
    try:
        seconds = float(value or 0)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise _bad(
            message('the timeout "{value}" is not a number of seconds', value=value), message("Write it as timeout=5.")
        )
    return seconds or None


async def _body(request: Request, largest: int) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise QueryError(
                413,
                "query-limit",
                message("the query is longer than {most} bytes, which is the limit", most=number_text(largest)),
                message("Shorten it, or split it into several queries."),
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
        raise _bad(message("the parameters are not UTF-8"), message("Percent-encode them as UTF-8.")) from error
    except ValueError as error:
        raise _bad(
            message("there are more than {most} parameters", most=_MOST_PARAMETERS), message("Give fewer.")
        ) from error
    return tuple(pairs)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad(message("the query is not UTF-8"), message("Send it as UTF-8.")) from error


def _bad(problem: Message, remedy: Message, status: int = 400) -> QueryError:
    return QueryError(status, "bad-request", problem, remedy)
