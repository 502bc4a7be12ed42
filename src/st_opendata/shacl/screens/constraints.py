"""The constraints of a shape that look at no other shape, as queries."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import RDFS, URIRef
from rdflib.term import Node

from st_opendata.shacl.comparing import order
from st_opendata.shacl.screens.columns import TYPE
from st_opendata.shacl.screens.model import Model
from st_opendata.shacl.screens.proofs import PAIRS, ValueTest, compared, value_tests
from st_opendata.shacl.screens.rows import Asked, Rows, Unscreened
from st_opendata.shacl.screens.terms import column_text
from st_opendata.shacl.terms import SH
from st_opendata.shacl.values import Judge
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

_RESOURCE = sql.text(column_text(RDFS.Resource))


def component(name: str) -> Node:
    """The constraint component of a parameter: `minCount` is of sh:MinCountConstraintComponent."""
    return SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]


def unscreened(model: Model, shape: Node) -> Unscreened | None:
    """Why the shape does not compile; None if it does."""
    if model.is_custom(shape):
        return Unscreened.CUSTOM
    counts = model.number(shape, "qualifiedMinCount"), model.number(shape, "qualifiedMaxCount")
    qualified = bool(model.values(shape, "qualifiedValueShape"))
    if qualified is all(count is None for count in counts):  # pySHACL refuses one without the other
        return Unscreened.INCOMPLETE
    return None


def property_rows(asked: Asked) -> Iterator[Rows]:
    """Of the constraints that look at all value nodes of a focus node."""
    yield from _counts(asked)
    for term in asked.model.values(asked.shape, "hasValue"):
        having = f"(SELECT n FROM {asked.values} WHERE v = {sql.text(column_text(term))})"
        yield _missing(asked, "hasValue", having if asked.values else None)
    for predicate in asked.model.values(asked.shape, "equals"):
        yield from _equals(asked, predicate)


def _missing(asked: Asked, parameter: str, having: str | None) -> Rows:
    """The focus nodes that are not among those of a relation."""
    missing = sql.anti_join(asked.focus, having, "r.n = k.n") if having else f"SELECT n FROM {asked.focus}"
    return Rows(component(parameter), f"SELECT n, {sql.null(sql.TEXT)} AS v FROM ({missing})")


def _counts(asked: Asked) -> Iterator[Rows]:
    values, none = asked.values, sql.null(sql.TEXT)
    least = asked.model.number(asked.shape, "minCount") or 0
    most = asked.model.number(asked.shape, "maxCount")
    if least and least > 1:
        pairs = f"(SELECT DISTINCT n, v FROM {values})"
        enough = f"(SELECT n FROM {pairs} GROUP BY n HAVING count(*) >= {least})"
        yield _missing(asked, "minCount", enough if values else None)
    elif least:
        yield _missing(asked, "minCount", values)
    if values and most is not None:
        # Rows may repeat: the distinct ones are counted only where there are enough rows.
        many = f"(SELECT n FROM {values} GROUP BY n HAVING count(*) > {most})"
        pairs = f"(SELECT DISTINCT n, v FROM ({sql.semi_join(values, many, 'r.n = k.n')}))"
        yield Rows(component("maxCount"), f"SELECT n, {none} AS v FROM {pairs} GROUP BY n HAVING count(*) > {most}")
    if values and asked.model.is_true(asked.shape, "uniqueLang"):
        tag = native.extract("v", r'"@([A-Za-z0-9-]+)\z', 1)
        many = f"(SELECT n FROM {values} GROUP BY n HAVING count(*) > 1)"
        tagged = f"SELECT DISTINCT n, v, {tag} AS tag FROM ({sql.semi_join(values, many, 'r.n = k.n')})"
        pairs = f"SELECT n, {none} AS v FROM ({tagged}) WHERE tag <> '' GROUP BY n, tag HAVING count(*) > 1"
        yield Rows(component("uniqueLang"), pairs)


def _of_focus(asked: Asked, predicate: Node) -> str | None:
    """The pairs n, v of a property of the focus nodes, which may repeat."""
    relation = asked.columns.relation(predicate)
    if relation is None:
        return None
    pairs = f"(SELECT s AS n, o AS v FROM {relation})"
    return f"({sql.semi_join(pairs, asked.focus, 'r.n = k.n')})"


def _equals(asked: Asked, predicate: Node) -> Iterator[Rows]:
    others, both = _of_focus(asked, predicate), "r.n = k.n AND r.v = k.v"
    for one, other in ((asked.values, others), (others, asked.values)):
        if one:
            unequal = sql.anti_join(one, other, both) if other else f"SELECT n, v FROM {one}"
            yield Rows(component("equals"), f"SELECT DISTINCT n, v FROM ({unequal})")


def value_rows(asked: Asked) -> Iterator[Rows]:
    """Of the constraints that look at each value node."""
    values, model = asked.values, asked.model
    assert values is not None
    for kind in model.values(asked.shape, "class"):
        instances = asked.columns.instances(kind)
        others = sql.anti_join(values, instances, "r.v = k.n") if instances else f"SELECT n, v FROM {values}"
        yield Rows(component("class"), f"SELECT DISTINCT n, v FROM ({others})")
    for predicate in model.values(asked.shape, "disjoint"):
        if compared_with := _of_focus(asked, predicate):
            common = sql.semi_join(values, compared_with, "r.n = k.n AND r.v = k.v")
            yield Rows(component("disjoint"), f"SELECT DISTINCT n, v FROM ({common})")
    yield from _judged_rows(asked, value_tests(model, asked.shape))
    for parameter, allowed in PAIRS.items():
        for predicate in model.values(asked.shape, parameter):
            yield from _pair_rows(asked, parameter, predicate, allowed)
    if model.is_true(asked.shape, "closed"):
        yield from _closed(asked)


def _judged_rows(asked: Asked, tests: list[ValueTest]) -> Iterator[Rows]:
    """The values that do not conform by proof are few as a rule: those are tested one by one."""
    if not tests:
        return
    doubtful = sql.any_of([f"({test.test}) IS NOT TRUE" for test in tests])
    staged = asked.columns.create_some(f"SELECT DISTINCT n, v FROM {asked.values} WHERE {doubtful}")
    if staged is None:
        return
    for test in tests:
        yield Rows(test.component, f"SELECT n, v FROM {staged} WHERE ({test.test}) IS FALSE")
        if test.judge:
            unclear = f"SELECT DISTINCT v FROM {staged} WHERE ({test.test}) IS NULL"
            if failing := _judge(asked, unclear, test.judge):
                yield Rows(test.component, sql.semi_join(staged, failing, "r.v = k.v"))
    asked.columns.drop(staged)


def _judge(asked: Asked, values: str, judge: Judge) -> str | None:
    """A table of the values (v) that do not conform, None if all do."""
    columns, table = asked.columns, None
    for batch in columns.selected(values):
        failing = [text for text in batch if not judge(columns.terms.node(text))]
        if failing:
            table = table or columns.define({"v": sql.TEXT})
            columns.engine.fill(table, [failing])
    return table


def _pair_rows(asked: Asked, parameter: str, predicate: Node, allowed: tuple[int, ...]) -> Iterator[Rows]:
    """A row for each pair of a value and one of the other property that is not in the order."""
    columns, relation = asked.columns, asked.columns.relation(predicate)
    if relation is None:
        return
    pairs = f"SELECT r.n AS n, r.v AS v, k.o AS w FROM {asked.values} AS r JOIN {relation} AS k ON r.n = k.s"
    test = compared(allowed)
    staged = columns.create_some(f"SELECT DISTINCT n, v, w FROM ({pairs}) WHERE ({test}) IS NOT TRUE")
    if staged is None:
        return
    yield Rows(component(parameter), f"SELECT n, v FROM {staged} WHERE ({test}) IS FALSE")
    failing = columns.define({"v": sql.TEXT, "w": sql.TEXT})
    node = columns.terms.node
    for batch in columns.engine.batches(f"SELECT DISTINCT v, w FROM {staged} WHERE ({test}) IS NULL", 10_000):
        if bad := [(v, w) for v, w in batch if order(node(v), node(w)) not in allowed]:
            columns.engine.fill(failing, list(zip(*bad, strict=True)))
    yield Rows(component(parameter), sql.semi_join(staged, failing, "r.v = k.v AND r.w = k.w"))
    columns.drop(staged)
    columns.drop(failing)


def _closed(asked: Asked) -> Iterator[Rows]:
    """The statements on a value node with another predicate than those of the shape's property shapes."""
    model, shape = asked.model, asked.shape
    paths = (path for child in model.values(shape, "property") for path in model.graph.objects(child, SH.path))
    ignored = (term for members in model.lists(shape, "ignoredProperties") for term in members)
    allowed = {column_text(term) for term in (*paths, *ignored) if isinstance(term, URIRef)}
    others = []
    for predicate, relation in asked.columns.relations.items():
        if predicate not in allowed:
            usual = f" WHERE o <> {_RESOURCE}" if predicate == TYPE else ""  # as pySHACL does
            others.append(f"SELECT s, {sql.text(predicate)} AS p, o FROM {relation}{usual}")
    if not others:
        return
    union = f"({' UNION ALL '.join(others)})"
    if asked.is_property:
        found = f"SELECT DISTINCT k.n AS n, r.s AS s, r.p AS p, r.o AS v FROM {union} AS r JOIN {asked.values} AS k"
        found = f"{found} ON r.s = k.v"
    else:
        found = f"SELECT DISTINCT s AS n, p, o AS v FROM ({sql.semi_join(union, asked.focus, 'r.s = k.n')})"
    query = f"SELECT n, n AS f, p, v, TRUE AS sure FROM ({found})"
    yield Rows(component("closed"), query, complete=True)
