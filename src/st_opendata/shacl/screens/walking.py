"""Property paths (SHACL §2.3.1) as queries: the value nodes of a set of focus nodes."""

from __future__ import annotations

from functools import reduce

from st_opendata.shacl.paths import Alternative, Path, Repeat, Sequence, Step
from st_opendata.shacl.screens.columns import DataColumns
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

NOTHING = f"SELECT {sql.null(sql.TEXT)} AS n, {sql.null(sql.TEXT)} AS v WHERE FALSE"


def edges(columns: DataColumns, step: Step) -> str | None:
    """The pairs n, v that a step joins, which may repeat; None if the data have none."""
    relation = columns.relation(step.predicate)
    if relation is None:
        return None
    near, far = ("o", "s") if step.inverse else ("s", "o")
    return f"SELECT {near} AS n, {far} AS v FROM {relation}"


def value_pairs(columns: DataColumns, path: Path, focus: str) -> str | None:
    """A relation of the focus nodes (column n of a table) and their value nodes (v); None if there is none.

    The pairs of a path that is a step may repeat, those of others do not.
    """
    if isinstance(path, Step):
        pairs = edges(columns, path)
        if pairs is None:
            return None
        if not columns.engine.rows(f"{sql.anti_join(f'({pairs})', focus, 'r.n = k.n')} LIMIT 1"):
            return f"({pairs})"
        return columns.create_some(sql.semi_join(f"({pairs})", focus, "r.n = k.n"))
    return columns.create_some(_pairs(columns, path, focus))


def _pairs(columns: DataColumns, path: Path, focus: str) -> str:
    """A query for the distinct pairs."""
    match path:
        case Step():
            pairs = edges(columns, path)
            if pairs is None:
                return NOTHING
            return f"SELECT DISTINCT n, v FROM ({sql.semi_join(f'({pairs})', focus, 'r.n = k.n')})"
        case Alternative(parts):
            return " UNION ".join(f"SELECT n, v FROM ({_pairs(columns, part, focus)})" for part in parts)
        case Sequence(parts):
            start = f"SELECT n, n AS v FROM {focus}"
            return reduce(lambda found, part: _follow(columns, found, part), parts, start)
        case Repeat(part, least, single):
            own = f"SELECT n, n AS v FROM {focus}"
            if single:
                return f"{own} UNION SELECT n, v FROM ({_pairs(columns, part, focus)})"
            return _closure(columns, part, focus, own if not least else _pairs(columns, part, focus))


def _follow(columns: DataColumns, found: str, part: Path) -> str:
    """The pairs prolonged by a further part."""
    pairs = columns.create(found)
    if isinstance(part, Step):
        onward = edges(columns, part) or NOTHING
    else:
        onward = _pairs(columns, part, columns.create(f"SELECT DISTINCT v AS n FROM {pairs}"))
    return f"SELECT DISTINCT r.n AS n, k.v AS v FROM {pairs} AS r JOIN ({onward}) AS k ON r.v = k.n"


def _closure(columns: DataColumns, part: Path, focus: str, start: str) -> str:
    """The pairs of the start prolonged by the part as often as it goes."""
    if isinstance(part, Step):
        return native.closure(start, edges(columns, part) or NOTHING)
    known = columns.create(f"SELECT n FROM {focus}")
    new: str | None = known
    steps = columns.define({"n": sql.TEXT, "v": sql.TEXT})
    while new is not None:
        pairs = columns.create(_pairs(columns, part, new))
        columns.engine.append(steps, f"SELECT n, v FROM {pairs}")
        reached = f"(SELECT DISTINCT v AS n FROM {pairs})"
        new = columns.create_some(sql.anti_join(reached, known, "r.n = k.n"))
        if new is not None:
            columns.engine.append(known, f"SELECT n FROM {new}")
    return native.closure(start, f"SELECT n, v FROM {steps}")
