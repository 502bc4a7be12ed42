"""The constraints that ask whether value nodes conform to other shapes, as queries over the rows of those.

A node surely fails a shape if it has a row that is sure, and may fail if it has any. So the number of shapes that it
conforms to is between `lo` (those without a row) and `hi` (those without a sure row).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rdflib.term import Node

from st_opendata.shacl.screens.rows import Asked, Rows
from st_opendata.shacl.terms import SH
from st_opendata.sql import dialect as sql

Evaluate = Callable[[Node, str], tuple[str, ...]]
"""Tables of the rows of a shape on a table of nodes."""
_LISTS = {"and": SH.AndConstraintComponent, "or": SH.OrConstraintComponent, "xone": SH.XoneConstraintComponent}
_FAILS = {"and": ("lo < m", "hi < m"), "or": ("lo = 0", "hi = 0"), "xone": ("lo <> 1 OR hi <> 1", "lo > 1 OR hi < 1")}
"""Conditions under which a node may fail and surely fails, for m shapes."""


def passed_rows(asked: Asked, evaluate: Evaluate) -> Iterator[Rows]:
    """The rows of sh:property, whose results have the value nodes as focus nodes (SHACL §4.7.2)."""
    for child in asked.model.values(asked.shape, "property"):
        nodes = asked.value_nodes()
        for table in evaluate(child, nodes) if nodes else ():
            if asked.is_property:
                pairs = f"(SELECT DISTINCT n, v FROM {asked.values})"
                rows = f"SELECT x.n AS n, r.f AS f, r.p AS p, r.v AS v, r.k AS k, r.sure AS sure FROM {table} AS r"
                yield Rows(None, f"{rows} JOIN {pairs} AS x ON r.n = x.v", complete=True)
            else:
                yield Rows(None, sql.semi_join(table, asked.focus, "r.n = k.n"), complete=True)


def nested_rows(asked: Asked, evaluate: Evaluate) -> Iterator[Rows]:
    """The rows of sh:node, sh:not, sh:and, sh:or, sh:xone and qualified value shapes."""
    nodes: str | None = None
    model, shape = asked.model, asked.shape
    plain = [(name, child) for name in ("node", "not") for child in model.values(shape, name)]
    lists = [(name, members) for name in _LISTS for members in model.lists(shape, name)]
    if plain or lists:
        nodes = asked.value_nodes()
    if nodes is not None:
        for name, child in plain:
            failing = _failing(asked, evaluate(child, nodes))
            yield from _node(asked, failing) if name == "node" else _not(asked, failing)
        for name, members in lists:
            yield from _combined(asked, name, [_failing(asked, evaluate(member, nodes)) for member in members])
    for child in model.values(shape, "qualifiedValueShape"):
        yield from _qualified(asked, child, evaluate)


def _failing(asked: Asked, tables: Sequence[str]) -> str | None:
    """A table of the nodes (n) that may fail, `sure` being 1 for those that surely do; None if all conform."""
    if not tables:
        return None
    rows = " UNION ALL ".join(f"SELECT n, sure FROM {table}" for table in tables)
    sure = sql.when([("sure", "1")], "0")
    return asked.columns.create(f"SELECT n, max({sure}) AS sure FROM ({rows}) GROUP BY n")


def _node(asked: Asked, failing: str | None) -> Iterator[Rows]:
    if failing:
        pairs = f"SELECT DISTINCT r.n AS n, r.v AS v, k.sure AS s FROM {asked.values} AS r JOIN {failing} AS k"
        yield Rows(SH.NodeConstraintComponent, f"{pairs} ON r.v = k.n", sure="s = 1")


def _not(asked: Asked, failing: str | None) -> Iterator[Rows]:
    pairs = f"SELECT DISTINCT n, v FROM {asked.values}"
    component = SH.NotConstraintComponent
    if failing is None:
        yield Rows(component, pairs)
    else:
        conforming = sql.anti_join(asked.values or "", failing, "r.v = k.n")
        yield Rows(component, f"SELECT DISTINCT n, v FROM ({conforming})")
        doubtful = sql.semi_join(asked.values or "", failing, "r.v = k.n AND k.sure = 0")
        yield Rows(component, f"SELECT DISTINCT n, v FROM ({doubtful})", sure="FALSE")


def _scores(nodes: str, failing: Sequence[str | None]) -> str:
    """The distinct nodes v with the bounds of the number of shapes that they conform to."""
    tables = [table for table in failing if table]
    all_conform = len(failing) - len(tables)
    joins = "".join(f" LEFT JOIN {table} AS m{at} ON d.n = m{at}.n" for at, table in enumerate(tables))
    lo = "".join(f" + {sql.when([(f'm{at}.n IS NULL', '1')], '0')}" for at in range(len(tables)))
    hi = "".join(f" + {sql.when([(f'm{at}.sure = 1', '0')], '1')}" for at in range(len(tables)))
    return f"SELECT d.n AS v, {all_conform}{lo} AS lo, {all_conform}{hi} AS hi FROM {nodes} AS d{joins}"


def _combined(asked: Asked, name: str, failing: Sequence[str | None]) -> Iterator[Rows]:
    """Of sh:and, sh:or and sh:xone; members of a list may repeat."""
    if (name != "xone" and not any(failing)) or (name == "or" and not all(failing)):
        return
    nodes = f"(SELECT DISTINCT v AS n FROM {asked.values})"
    may, surely = (condition.replace("m", str(len(failing))) for condition in _FAILS[name])
    bad = f"(SELECT v, {surely} AS s FROM ({_scores(nodes, failing)}) WHERE {may})"
    pairs = f"SELECT DISTINCT r.n AS n, r.v AS v, k.s AS s FROM {asked.values} AS r JOIN {bad} AS k ON r.v = k.v"
    yield Rows(_LISTS[name], pairs, sure="s")


def _qualified(asked: Asked, child: Node, evaluate: Evaluate) -> Iterator[Rows]:
    """Of qualified counts; a node counts if it conforms to the shape and to no sibling (SHACL §4.7.3)."""
    model, shape, none = asked.model, asked.shape, sql.null(sql.TEXT)
    least, most = model.number(shape, "qualifiedMinCount"), model.number(shape, "qualifiedMaxCount")
    if not asked.is_property or (least is None and most is None):
        return
    counts = f"SELECT n, 0 AS lo, 0 AS hi FROM {asked.focus}"
    nodes = asked.value_nodes()
    if nodes is not None:
        own = _failing(asked, evaluate(child, nodes))
        siblings = [_failing(asked, evaluate(each, nodes)) for each in model.siblings(shape, child)]
        counted = _counted(nodes, own, siblings)
        pairs = f"(SELECT DISTINCT n, v FROM {asked.values})"
        sums = f"SELECT r.n AS n, sum(k.lo) AS lo, sum(k.hi) AS hi FROM {pairs} AS r JOIN ({counted}) AS k ON r.v = k.v"
        bounds = "coalesce(k.lo, 0) AS lo, coalesce(k.hi, 0) AS hi"
        counts = f"SELECT r.n AS n, {bounds} FROM {asked.focus} AS r LEFT JOIN ({sums} GROUP BY r.n) AS k ON r.n = k.n"
    for count, component, may, surely in (
        (least, SH.QualifiedMinCountConstraintComponent, f"lo < {least}", f"hi < {least}"),
        (most, SH.QualifiedMaxCountConstraintComponent, f"hi > {most}", f"lo > {most}"),
    ):
        if count is not None:
            yield Rows(component, f"SELECT n, {none} AS v, {surely} AS s FROM ({counts}) WHERE {may}", sure="s")


def _counted(nodes: str, own: str | None, siblings: Sequence[str | None]) -> str:
    """The nodes v with lo 1 if they surely count, and hi 1 if they may."""
    tables = [own, *siblings]
    joins = "".join(f" LEFT JOIN {table} AS m{at} ON d.n = m{at}.n" for at, table in enumerate(tables) if table)
    surely = ["m0.n IS NULL"] if own else []
    may = ["coalesce(m0.sure, 0) = 0"] if own else []
    for at, table in enumerate(siblings, 1):
        surely.append(f"coalesce(m{at}.sure, 0) = 1" if table else "FALSE")
        may.append(f"m{at}.n IS NOT NULL" if table else "FALSE")
    lo, hi = (sql.when([(sql.all_of(conditions), "1")], "0") for conditions in (surely, may))
    return f"SELECT d.n AS v, {lo} AS lo, {hi} AS hi FROM {nodes} AS d{joins}"
