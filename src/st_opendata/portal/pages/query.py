"""The query page: a form that works without JavaScript, and its answer as table, map or bars.

The address has the query, or the name of a question of the release, so that visitors can bookmark and cite the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.requests import Request

from st_opendata.catalogue.questions import Question as Asked
from st_opendata.catalogue.questions import read_questions
from st_opendata.formats import TURTLE
from st_opendata.model.text import Text, pick, tag_of
from st_opendata.namespaces import PREFIXES, SCHEME, ST
from st_opendata.portal.addresses import link_of, page_of
from st_opendata.portal.assets import has_asset
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.pages.answers import VIEWS, QueryResult
from st_opendata.portal.pages.figures import bar_figure, map_figure
from st_opendata.portal.rendering import PageView
from st_opendata.portal.requests import edition_of, language_of
from st_opendata.portal.wording import words_of
from st_opendata.rdf.formats import GRAPHS, RESULT_FORMATS, RESULTS
from st_opendata.release.layout import QUESTIONS
from st_opendata.sparql.endpoint import QueryError
from st_opendata.sparql.endpoint.cache import BufferedAnswer
from st_opendata.sparql.endpoint.protocol import Parameters, endpoint_url, read_query, without_mark
from st_opendata.sparql.workers.frames import Serialization

_ROWS = 500
"""The most rows on the page."""
_BYTES = 4 << 20
"""The most bytes of an answer on the page."""
_GRAPH = 100_000
"""The most characters of triples on the page."""
_JSON, _TURTLE = RESULT_FORMATS["json"].media_type, TURTLE.media_type
_PARAMETERS = ("default-graph-uri", "named-graph-uri", "timeout")
"""Parameters of the protocol that links to the endpoint repeat; an empty one, or 0, has no meaning."""


@dataclass(frozen=True, slots=True)
class _Result:
    """The result of a query; one of the first three is set, or it is `too_large`."""

    answer: QueryResult | None = None
    boolean: bool | None = None
    graph: str | None = None
    too_large: bool = False


async def show_query(request: Request) -> PageView:
    """The form, and the answer if a query is in the address."""
    edition, language = edition_of(request), language_of(request)
    questions = await asyncio.to_thread(edition.part, _questions)
    query = without_mark(request.query_params.get("query", "").replace("\r\n", "\n").replace("\x00", ""))
    stated = {name: request.query_params.getlist(name) for name in _PARAMETERS}
    parameters = {
        name: given for name, values in stated.items() if (given := [each for each in values if each.strip("0 ")])
    }
    if name := request.query_params.get("question"):
        query = next((question.query for question in questions if question.name == name), query)
    result, failure = None, None
    if query.strip():
        try:
            result = await _ask(request, {"query": [query], **parameters})
        except QueryError as error:
            failure = error
    answer = result.answer if result else None
    view = request.query_params.get("view", "")
    asked: Text = next((question.title for question in questions if question.query == query), {})
    title = pick(asked, language) or words_of(language)(f"query-view-{view}" if view in VIEWS else "query-answer")
    title_language = tag_of(asked, language) or language
    drawn = _Title(title, title_language if title_language != language else "")
    context = _table(answer, edition, language) | _picture(answer, view, drawn, language) if answer else {}
    values = {
        "query": query or _first(questions),
        "parameters": parameters,
        "questions": questions,
        "editor": has_asset("editor.js"),
        "completions": f"/{language}/completions/{edition.digest[:16]}.json",
        "failure": failure.sentences(language) if failure else None,
        "mistake": _mistake(failure),
        "answered": result is not None,
        "asked": asked,
        "answer": answer,
        "boolean": result.boolean if result else None,
        "graph": result.graph if result else None,
        "too_large": bool(result and result.too_large),
        "downloads": _downloads({"query": [query], **parameters}, triples=bool(result and result.graph is not None)),
        **{"picture": None, "view": "table", "cells": [], "numeric": (), "total": 0, **context},
    }
    return PageView(values, status=failure.status if failure else 200)


async def _ask(request: Request, asked: Mapping[str, list[str]]) -> _Result:
    """Run a query with its parameters; raises QueryError."""
    endpoint = edition_of(request).endpoint
    protocol_parameters = Parameters(tuple((name, value) for name, values in asked.items() for value in values))
    question, seconds = read_query(protocol_parameters, endpoint_url(request, request.app.state.options.base_url))
    question = replace(
        question, solutions=Serialization("json", _JSON), triples=Serialization("turtle", _TURTLE), size=_BYTES
    )
    try:
        whole = await endpoint.answer(question, seconds, whole=True)
        assert isinstance(whole, BufferedAnswer)  # a larger answer exceeds the limit
    except QueryError as error:
        if error.code == "bytes-limit":
            return _Result(too_large=True)
        raise
    if whole.head.media_type == _TURTLE:
        text = whole.body.decode()
        return _Result(graph=text if len(text) <= _GRAPH else text[:_GRAPH] + "…")
    return await asyncio.to_thread(_read, whole.body)


def _read(body: bytes) -> _Result:
    results = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
    if isinstance(results, ox.QueryBoolean):
        return _Result(boolean=bool(results))
    variables = tuple(variable.value for variable in results.variables)
    return _Result(QueryResult(variables, tuple(tuple(row[name] for name in variables) for row in results)))


def _table(answer: QueryResult, edition: Edition, language: str) -> dict[str, object]:
    first = QueryResult(answer.variables, answer.rows[:_ROWS])
    cells = first.cells(lambda iri: _address(iri, edition, language))
    return {"cells": cells, "numeric": answer.numeric, "total": len(answer.rows)}


def _address(iri: str, edition: Edition, language: str) -> str | None:
    """Our page about the thing or term; the IRI itself if it is on another site."""
    if iri.startswith((edition.release.base, ST, SCHEME)):
        return page_of(edition.release, iri, language)
    return link_of(iri)


class _Title(NamedTuple):
    """A title, and its language if it is not the page's."""

    title: str
    language: str


def _picture(answer: QueryResult, view: str, title: _Title, language: str) -> dict[str, object]:
    """The requested map or bars; empty if the rows have no such view."""
    if view not in answer.views or view == "table":
        return {}
    if view == "map":
        return {
            "view": view,
            "picture": map_figure("answer-picture", title.title, *answer.map(), language, title.language),
        }
    chart = replace(answer.bars(title.title), title_language=title.language)
    return {"view": view, "picture": bar_figure("answer-picture", chart, language)}


def _downloads(asked: Mapping[str, list[str]], *, triples: bool) -> list[tuple[str, str]]:
    """Name and address of the answer in each format, from the endpoint."""
    forms = GRAPHS if triples else RESULTS
    return [(form.name, f"/sparql?{urlencode({**asked, 'format': form.name}, doseq=True)}") for form in forms]


def _mistake(failure: QueryError | None) -> str | None:
    """The position of an error for the editor, as `line:column`."""
    details = failure.details if failure else {}
    return f"{details['line']}:{details['column']}" if "line" in details else None


def _first(questions: tuple[Asked, ...]) -> str:
    if questions:
        return questions[0].query
    return f"PREFIX rdfs: <{PREFIXES['rdfs']}>\n\nSELECT * WHERE {{\n  ?thing rdfs:label ?label .\n}}\nLIMIT 100\n"


def _questions(edition: Edition) -> tuple[Asked, ...]:
    """The questions of the release; a part of the edition (`Edition.part`)."""
    return tuple(read_questions(edition.path(QUESTIONS).parent, tag_of(edition.release.title, "en") or "en"))
