"""The door: the results of shapes on columns."""

from __future__ import annotations

from collections.abc import Iterator

from pyshacl.errors import ReportableRuntimeError
from rdflib.term import Node

from st_opendata.shacl.engine import Result, run, shape_messages, unusable
from st_opendata.shacl.screens.columns import DataColumns
from st_opendata.shacl.screens.compiler import Compiler, Screened
from st_opendata.shacl.screens.confirm import Suspects, confirm
from st_opendata.shacl.screens.model import Model
from st_opendata.shacl.screens.rows import SlowShape
from st_opendata.shacl.shapes import Shapes
from st_opendata.shacl.terms import SH, path_text
from st_opendata.shacl.wellformed import shapes_of
from st_opendata.sql import dialect as sql

_FEW, _OF_SHAPE, _OF_QUERY = 2_000, 50, 500
"""Triples that pySHACL validates in the time that screens take for the simplest shapes, a further one, and a query."""
_BATCH = 10_000


def few_triples(shapes: Shapes) -> int:
    """The number of triples up to which pySHACL is faster than screens."""
    queries = sum(1 for _ in shapes.graph.subject_objects(SH.sparql))
    return _FEW + _OF_SHAPE * len(shapes_of(shapes.graph)) + _OF_QUERY * queries


def validate(columns: DataColumns, shapes: Shapes, few: int | None = None) -> tuple[list[Result], list[SlowShape]]:
    """The results of the data, those of `engine.run` for their graph, and the shapes that did not compile; in no order.

    Raises:
        ConfigurationError: the shapes cannot be evaluated.
    """
    if columns.triples() <= (few_triples(shapes) if few is None else few):
        return list(run(columns.graph(), shapes)), []
    try:
        model = Model(shapes.graph)
    except ReportableRuntimeError as error:
        raise unusable(str(error).partition("\n")[0]) from error
    compiler = Compiler(columns, model)
    reader = _Reader(compiler, shapes)
    results: list[Result] = []
    suspects: list[Suspects] = []
    for screened in compiler.run():
        doubtful = reader.suspects(screened)
        results += reader.results(screened, doubtful)
        if doubtful:
            suspects.append(Suspects(screened.shape, doubtful))
    if suspects:
        results += confirm(columns, model, shapes, suspects)
    return results, list(compiler.unscreened.values())


class _Reader:
    """Rows as results."""

    def __init__(self, compiler: Compiler, shapes: Shapes) -> None:
        self._compiler = compiler
        self._columns = compiler.columns
        self._shapes = shapes
        self._kinds: dict[int, tuple[Node, Node, Node, str | None, dict[str, str]]] = {}

    def suspects(self, screened: Screened) -> str | None:
        """A table of the focus nodes (n) with a row that is not sure, None if there is none."""
        rows = [f"SELECT n FROM ({self._own(screened, table)}) WHERE NOT sure" for table in screened.tables]
        return self._columns.create_some(f"SELECT DISTINCT n FROM ({' UNION ALL '.join(rows)})")

    def results(self, screened: Screened, suspects: str | None) -> Iterator[Result]:
        """The results of the other focus nodes."""
        node = self._columns.terms.node
        for table in screened.tables:
            rows = self._own(screened, table)
            if suspects:
                rows = sql.anti_join(f"({rows})", suspects, "r.n = k.n")
            for batch in self._columns.engine.batches(f"SELECT f, p, v, k FROM ({rows})", _BATCH):
                for focus, path, value, number in batch:
                    shape, component, severity, own, messages = self._kind(number)
                    yield Result(
                        focus=node(focus),
                        component=component,
                        shape=shape,
                        severity=severity,
                        path=own if path is None else path,
                        value=None if value is None else node(value),
                        messages=messages,
                    )

    def _own(self, screened: Screened, table: str) -> str:
        return sql.semi_join(table, screened.focus, "r.n = k.n")

    def _kind(self, number: int) -> tuple[Node, Node, Node, str | None, dict[str, str]]:
        if number not in self._kinds:
            graph = self._shapes.graph
            shape, component = self._compiler.kinds[number]
            path = graph.value(shape, SH.path)
            severity = graph.value(shape, SH.severity) or SH.Violation
            messages = dict(shape_messages(self._shapes, shape, component))
            text = None if path is None else path_text(graph, path)
            self._kinds[number] = (shape, component, severity, text, messages)
        return self._kinds[number]
