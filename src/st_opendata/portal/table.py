"""The page of a table: its rows, sorted, filtered and a page at a time; each state of it is an address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.portal.columns import Column, Table, tables_of
from st_opendata.portal.dataset import find_dataset
from st_opendata.portal.descriptions import web_address
from st_opendata.portal.rendering import edition_of, language_of, page, page_url, whole_number
from st_opendata.portal.rows import FURTHEST, TESTS, Filter, Kind, Question, RowsError, Test, open_rows
from st_opendata.portal.wording import words_of

PAGE_SIZES = (25, 50, 100)
_MOST_FILTERS = 10
_LONGEST_VALUE = 200
_THREADS = 6
_MOST_WAITING = 20
"""Requests for rows that wait for one of the threads."""
_FIELDS: dict[Test, str] = {"contains": "has", "equals": "is", "least": "from", "most": "to", "empty": "empty"}
"""How a filter begins in an address: `has.name=Lyon`, `from.year=2018`."""


@dataclass(frozen=True, slots=True)
class State:
    """What the visitor asks for, as it stands in the address."""

    filters: tuple[Filter, ...] = ()
    sort: str | None = None
    descending: bool = False
    page: int = 1
    size: int = PAGE_SIZES[0]

    @classmethod
    def of(cls, request: Request, kinds: dict[str, Kind]) -> State:
        """The state that an address asks for; columns that there are not are left out."""
        query = request.query_params
        filters = tuple(
            Filter(column, test, query[name][:_LONGEST_VALUE])
            for column, kind in kinds.items()
            for test in TESTS[kind]
            if query.get(name := f"{_FIELDS[test]}.{column}")
        )
        sort = query.get("sort", "")
        column = sort.removeprefix("-")
        size = whole_number(query.get("size"), 1, PAGE_SIZES[-1], otherwise=PAGE_SIZES[0])
        return cls(
            filters[:_MOST_FILTERS],
            column if column in kinds else None,
            sort.startswith("-"),
            whole_number(query.get("page"), 1, FURTHEST // PAGE_SIZES[-1], otherwise=1),
            size if size in PAGE_SIZES else PAGE_SIZES[0],
        )

    @property
    def question(self) -> Question:
        """As a question to the table."""
        return Question(self.filters, self.sort, self.descending, (self.page - 1) * self.size, self.size)

    def query(self) -> dict[str, Any]:
        """As parameters of an address."""
        filters = {f"{_FIELDS[each.test]}.{each.column}": each.value for each in self.filters}
        sort = f"-{self.sort}" if self.sort and self.descending else self.sort
        size = self.size if self.size != PAGE_SIZES[0] else None
        return {**filters, "sort": sort, "size": size, "page": self.page if self.page > 1 else None}

    def sorted_by(self, column: str) -> State:
        """Sorted by this column; the other way round where it is already; not at all after that."""
        if self.sort != column:
            return replace(self, sort=column, descending=False, page=1)
        return replace(self, sort=None if self.descending else column, descending=not self.descending, page=1)

    def value(self, test: Test, column: str) -> str:
        """What is typed for this condition."""
        return next((each.value for each in self.filters if (each.test, each.column) == (test, column)), "")


async def show_table(request: Request) -> Response:
    """Rows of a table of a dataset, in threads of their own: those who wait for rows keep no other page waiting."""
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


def _show_table(request: Request) -> Response:
    edition, language = edition_of(request), language_of(request)
    dataset = find_dataset(request)
    table = next(
        (each for each in tables_of(edition, dataset.release) if each.name == request.path_params["table"]), None
    )
    if table is None or table.parquet is None:
        raise HTTPException(404)
    path = f"dataset/{dataset.id}/table/{table.name}"
    rows, words = edition.part(open_rows), words_of(language)
    try:
        kinds = rows.kinds(table.parquet.file.path)
        state = State.of(request, kinds)
        answer = rows.ask(table.parquet.file.path, state.question)
        pages = max(1, -(-answer.total // state.size))
        if state.page > pages:
            state = replace(state, page=pages)
            answer = rows.ask(table.parquet.file.path, state.question)
    except RowsError as error:
        if error.reason == "value":
            raise HTTPException(400, words("bad-value", column=error.column)) from None
        raise HTTPException(503, words(error.reason), {"Retry-After": "5"}) from None

    def address(changed: State) -> str:
        return page_url(language, path, **changed.query())

    return page(
        request,
        "table.html",
        dataset=dataset,
        table=table,
        columns=[(_column(table, name), kinds[name]) for name in answer.columns],
        titles={name: _column(table, name).title for name in answer.columns},
        answer=answer,
        state=state,
        pages=pages,
        first=(state.page - 1) * state.size + 1,
        tests=TESTS,
        fields=_FIELDS,
        sizes={size: address(replace(state, size=size, page=1)) for size in PAGE_SIZES},
        path=path,
        address=address,
        without=lambda each: address(
            replace(state, filters=tuple(other for other in state.filters if other != each), page=1)
        ),
        page_address=lambda number: address(replace(state, page=number)),
        web_address=web_address,
    )


def _column(table: Table, name: str) -> Column:
    """What is known of a column; one without metadata is called by its name."""
    known = (column for column in table.columns if column.name == name)
    return next(known, Column(name, {"und": name}, {}, "string", required=False, separator=None, property=None))


ROUTES = [Route("/{language:language}/dataset/{dataset}/table/{table}", show_table, name="table")]
