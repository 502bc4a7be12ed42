"""The page of the release's story, with the answers to its queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from starlette.requests import Request

from st_opendata.model.numeric import NUMBERS
from st_opendata.model.text import Text, pick, tag_of
from st_opendata.namespaces import XSD
from st_opendata.pictures import Bar, Chart, MapPoint
from st_opendata.pictures.decision import is_amount
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.names import ThingNames, parse_literal
from st_opendata.portal.pages.figures import bar_figure, map_figure
from st_opendata.portal.pages.things.values import FactValue, value_of
from st_opendata.portal.rendering import PageView, foreign
from st_opendata.portal.requests import edition_of, language_of, page_url
from st_opendata.portal.wording import Words, words_of
from st_opendata.sparql.query import ResultTable

if TYPE_CHECKING:
    from st_opendata.catalogue.story import Answers, Part, Section, StoryDocument

Row = Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class PartView:
    """A part as the page shows it: `text` with its values, `rows` under `headings`, `figure` if there is a picture.

    `query` is the address of the editor with the query, `numbers` are the columns that are aligned right.
    """

    kind: str
    text: Markup
    query: str | None
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[FactValue, ...], ...] = ()
    groups: tuple[tuple[FactValue, tuple[tuple[FactValue, ...], ...]], ...] = ()
    numbers: tuple[bool, ...] = ()
    figure: Markup | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the page."""

    id: str
    title: str
    parts: tuple[PartView, ...]


class Chapters:
    """The sections of an edition's story, made once in each language; a part of it (`Edition.part`)."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.of = cache(self._tell)

    def _tell(self, language: str) -> tuple[Chapter, ...]:
        assert self._edition.story
        content, answers = self._edition.story
        return tuple(_Teller(self._edition, content, answers, language).tell())


def show_story(request: Request) -> PageView:
    """The story, if the catalogue has one."""
    edition, language = edition_of(request), language_of(request)
    assert edition.story
    content, _ = edition.story
    story_language = foreign(tag_of(content.story.title, language) or language, language)
    chapters = edition.part(Chapters).of(language)
    return PageView({"story": content.story, "chapters": chapters, "story_language": story_language})


class _Teller:
    """Prepares the parts of one story for pages in one language, which may differ from the story's."""

    def __init__(self, edition: Edition, content: StoryDocument, answers: Answers, language: str) -> None:
        self._story, self._queries, self._answers = content.story, content.queries, answers
        self._language = language
        self._story_language = tag_of(content.story.title, language) or language
        self._words: Words = words_of(language)
        self._names = ThingNames(edition, language)

    def tell(self) -> Iterable[Chapter]:
        for section in self._story.sections:
            yield Chapter(section.id, pick(section.title, self._language), tuple(self._parts(section)))

    def _parts(self, section: Section) -> Iterable[PartView]:
        from st_opendata.catalogue.story import localised  # loaded where there is a story: it takes longer than a page

        for number, part in enumerate(section.parts):
            text = pick(part.text or {}, self._language)
            if part.query is None:
                yield PartView("text", escape(text), None)
                continue
            query = page_url(self._language, "query", query=localised(self._queries[part.query], self._story_language))
            table = self._table(part.query)
            rows = self._rows(table)
            if part.show == "text":
                yield PartView("text", _filled(text, rows[0], query), query)
            else:
                yield self._part(part, f"{section.id}-{number}", text, query, table, rows)

    def _table(self, query: str) -> ResultTable:
        """The answer in the language of the story, or the one for all languages."""
        tables = self._answers[query]
        return tables.get(self._story_language) or next(iter(tables.values()))

    @property
    def _title_language(self) -> str:
        return self._story_language if self._story_language != self._language else ""

    def _rows(self, table: ResultTable) -> list[Row]:
        self._names.learn(term[1:-1] for row in table.rows for term in row if term.startswith("<"))
        return [
            {
                name: value_of(term, self._names, self._words, {}, amount=is_amount(name)) if term else FactValue()
                for name, term in zip(table.variables, row, strict=True)
            }
            for row in table.rows
        ]

    def _part(self, part: Part, name: str, text: str, query: str, table: ResultTable, rows: Sequence[Row]) -> PartView:
        columns = list(part.columns)
        headings = tuple(pick(heading, self._language) for heading in part.columns.values())
        raw = [dict(zip(table.variables, row, strict=True)) for row in table.rows]
        cells = tuple(tuple(row[column] for column in columns) for row in rows)
        figure = None
        if part.show == "map":
            figure = self._map(name, text, columns, rows, raw)
        elif part.show == "bars":
            figure = self._bars(name, text, part.columns, rows, raw)
        return PartView(
            kind=part.show,
            text=escape(text),
            query=query,
            headings=headings,
            rows=cells,
            groups=tuple(
                (first, tuple(row[1:] for row in group)) for first, group in groupby(cells, key=lambda row: row[0])
            ),
            numbers=tuple(all(_is_number(row[column]) for row in raw if row[column]) for column in columns),
            figure=figure,
        )

    def _map(
        self, name: str, title: str, columns: Sequence[str], rows: Sequence[Row], raw: Sequence[Mapping[str, str]]
    ) -> Markup:
        """Places, named by the first column; the second column is their kind."""
        kinds = list(dict.fromkeys(_text(row[columns[1]]) for row in rows)) if len(columns) > 1 else []
        places = [
            MapPoint(
                _text(row[columns[0]]),
                float(parse_literal(terms["latitude"]).text),
                float(parse_literal(terms["longitude"]).text),
                kinds.index(_text(row[columns[1]])) if kinds else None,
            )
            for row, terms in zip(rows, raw, strict=True)
        ]
        return map_figure(name, title, places, kinds, self._language, self._title_language)

    def _bars(
        self, name: str, title: str, columns: Mapping[str, Text], rows: Sequence[Row], raw: Sequence[Mapping[str, str]]
    ) -> Markup:
        """One bar a row: the first column is its name, the second its length."""
        first, second, *_ = columns
        bars = [
            Bar(_text(row[first]), Decimal(parse_literal(terms[second]).text))
            for row, terms in zip(rows, raw, strict=True)
        ]
        chart = Chart(title, pick(columns[second], self._language), bars, title_language=self._title_language)
        return bar_figure(name, chart, self._language)


def _filled(text: str, row: Row, query: str) -> Markup:
    """The text with its values: a thing links to its page, a number to its query."""
    from st_opendata.catalogue.story.description import VARIABLE

    pieces = VARIABLE.split(text)
    filled = [escape(piece) if number % 2 == 0 else _linked(row[piece], query) for number, piece in enumerate(pieces)]
    return Markup("").join(filled)


def _linked(value: FactValue, query: str) -> Markup:
    href = (value.thing.href or value.thing.away) if value.thing else query
    return Markup('<a class="value" href="{}"><bdi>{}</bdi></a>').format(href or query, _text(value))


def _text(value: FactValue) -> str:
    return value.thing.name if value.thing else value.text


def _is_number(term: str) -> bool:
    if not term.startswith('"'):
        return False
    literal = parse_literal(term)
    return literal.datatype.removeprefix(XSD) in NUMBERS
