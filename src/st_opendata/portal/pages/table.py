"""The page of a table: its rows, sorted, filtered and a page at a time; each state has its own address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request

from st_opendata.model.numeric import INTEGER_BOUNDS
from st_opendata.portal.data.columns import ColumnDescription, PublishedTable, tables_of
from st_opendata.portal.data.descriptions import web_address
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.names import ThingName, ThingNames
from st_opendata.portal.data.naming import ROW, name_cells
from st_opendata.portal.data.rows import TESTS, Kind, RowPage, RowsError, open_rows
from st_opendata.portal.pages.table_state import FIELDS, PAGE_SIZES, Highlight, TableState
from st_opendata.portal.rendering import PageView
from st_opendata.portal.requests import edition_of, find_dataset, language_of, page_url
from st_opendata.portal.wording import words_of
from st_opendata.release.layout import facts_file

_THREADS = 6
_MOST_WAITING = 20
"""The most requests for rows that wait for a thread."""
_INTEGERS = frozenset(INTEGER_BOUNDS)
_AFTER_HEADER = 2
"""The default number of the first row."""


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell for people; `text` is None if it is empty, `names` is the thing that it names, if any."""

    column: ColumnDescription
    kind: Kind
    text: str | None
    names: ThingName | None
    marked: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with its number in the publisher's file, None if unknown."""

    number: int | None
    cells: tuple[TableCell, ...]
    marked: bool


async def show_table(request: Request) -> PageView:
    """Rows of a table of a dataset, read in separate threads so that other pages do not wait."""
    turns = _turns(request)
    if turns.statistics().tasks_waiting > _MOST_WAITING:
        raise HTTPException(503, words_of(language_of(request))("busy"), {"Retry-After": "5"})
    return await to_thread.run_sync(_show_table, request, limiter=turns)


def _turns(request: Request) -> CapacityLimiter:
    state = request.app.state
    if not hasattr(state, "table_turns"):
        state.table_turns = CapacityLimiter(_THREADS)
    turns: CapacityLimiter = state.table_turns
    return turns


def _show_table(request: Request) -> PageView:
    edition, language = edition_of(request), language_of(request)
    dataset = find_dataset(request)
    table = next(
        (each for each in tables_of(edition, dataset.release) if each.name == request.path_params["table"]), None
    )
    if table is None or table.parquet is None:
        raise HTTPException(404)
    words = words_of(language)
    try:
        kinds = edition.part(open_rows).kinds(table.parquet.file.path)
        first_row = edition.part(FirstRows).of(dataset.id, table)
        state, answer = _answer(edition, table.parquet.file.path, TableState.of(request, kinds), first_row)
    except RowsError as error:
        if error.reason == "value":
            raise HTTPException(400, words("bad-value", column=error.column)) from None
        raise HTTPException(503, words(error.reason), {"Retry-After": "5"}) from None
    path = f"dataset/{dataset.id}/table/{table.name}"
    columns = [(_column(table, name), kinds[name]) for name in answer.columns]

    def address(changed: TableState) -> str:
        return page_url(language, path, **changed.query())

    return PageView(
        {
            "dataset": dataset,
            "table": table,
            "columns": columns,
            "titles": {column.name: column.title for column, _ in columns},
            "rows": _rows(table, columns, answer, first_row, state.mark, ThingNames(edition, language)),
            "total": answer.total,
            "state": state,
            "pages": _pages(answer, state),
            "first": (state.page - 1) * state.size + 1,
            "tests": TESTS,
            "fields": FIELDS,
            "sizes": {size: address(replace(state, size=size, page=1)) for size in PAGE_SIZES},
            "path": path,
            "address": address,
            "without": lambda each: address(
                replace(state, filters=tuple(other for other in state.filters if other != each), page=1)
            ),
            "page_address": lambda number: address(replace(state, page=number)),
            "web_address": web_address,
        }
    )


def _answer(edition: Edition, file: str, state: TableState, first_row: int) -> tuple[TableState, RowPage]:
    """The rows of a state, and their state: a page after the last one becomes the last."""
    rows = edition.part(open_rows)
    if state.mark:
        state = state.turned_to(state.mark.row - first_row)
    answer = rows.ask(file, state.question)
    if state.page > (pages := _pages(answer, state)):
        state = replace(state, page=pages)
        answer = rows.ask(file, state.question)
    return state, answer


def _pages(answer: RowPage, state: TableState) -> int:
    return max(1, -(-answer.total // state.size))


def _rows(
    table: PublishedTable,
    columns: Sequence[tuple[ColumnDescription, Kind]],
    answer: RowPage,
    first_row: int,
    mark: Highlight | None,
    names: ThingNames,
) -> list[TableRow]:
    """The rows with the things that their cells name."""
    places = answer.numbers or (None,) * len(answer.rows)
    cells: list[dict[str, str | None]] = [
        dict(zip(answer.columns, row, strict=True)) | ({} if place is None else {ROW: str(place + 1)})
        for place, row in zip(places, answer.rows, strict=True)
    ]
    exact = [column.name for column, kind in columns if kind == "text" or column.datatype in _INTEGERS]
    named = name_cells(table, exact, cells, names)
    return [
        _row(None if place is None else place + first_row, columns, row, iris, mark)
        for place, row, iris in zip(places, cells, named, strict=True)
    ]


def _row(
    number: int | None,
    columns: Sequence[tuple[ColumnDescription, Kind]],
    cells: Mapping[str, str | None],
    named: Mapping[str, ThingName],
    mark: Highlight | None,
) -> TableRow:
    meant = mark if mark and mark.row == number else None
    return TableRow(
        number,
        tuple(
            TableCell(
                column, kind, cells[column.name], named.get(column.name), meant is not None and meant.is_of(column)
            )
            for column, kind in columns
        ),
        meant is not None,
    )


def _column(table: PublishedTable, name: str) -> ColumnDescription:
    """The description of a column; one without metadata has its name as title."""
    known = (column for column in table.columns if column.name == name)
    return next(
        known, ColumnDescription(name, {"und": name}, {}, "string", required=False, separator=None, property=None)
    )


class FirstRows:
    """The numbers of the first rows of tables as their publisher's spreadsheet shows them; a header is row 1.

    Facts use these numbers for their cells. A part of an edition (`Edition.part`).
    """

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._spans = cache(self._ask)

    def of(self, dataset: str, table: PublishedTable) -> int:
        """The number for a table: the first row that a fact names, if facts name rows from the first to the last.

        Otherwise some rows state nothing; the default then is that the table begins below a header.
        Raises as `RowReader.ask`.
        """
        first, last = self._spans(dataset).get(table.name, (0, 0))
        return first if last - first + 1 == table.rows else _AFTER_HEADER

    def _ask(self, dataset: str) -> dict[str, tuple[int, int]]:
        facts = facts_file(dataset)
        return self._edition.part(open_rows).spans(facts) if facts in self._edition.files else {}
