"""The results of shapes on facts: by screens, where they are many (`screens`)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from st_opendata.messages.codes import finding
from st_opendata.messages.message import message
from st_opendata.model.findings import Finding
from st_opendata.rdf.lines import graph_of_lines
from st_opendata.rdf.reading import syntax_of
from st_opendata.rdf.statements import Statements
from st_opendata.shacl.engine import Result, run
from st_opendata.shacl.screens import DataColumns, SlowShape, Unscreened, few_triples, validate
from st_opendata.shacl.screens.files import LineFiles
from st_opendata.shacl.screens.terms import column_text
from st_opendata.shacl.shapes import Shapes
from st_opendata.shacl.terms import SH, short, term_text
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import DuckDBEngine

if TYPE_CHECKING:  # facts are not needed to validate files
    from st_opendata.facts import FactBase

_LARGE = 2_000_000
"""Bytes of N-Triples that are worth a database."""
_MOST_INSTANCES = 5_000
"""Instances of a class of which the message of a finding names the most similar one."""
_MOST_NODES = 1_000
"""Nodes that pySHACL validates in some seconds: fewer are not worth a notice."""
_REASONS = {
    Unscreened.SPARQL: message("it has a query (sh:sparql)"),
    Unscreened.CUSTOM: message("it has a constraint component that the shapes define"),
    Unscreened.RECURSIVE: message("it refers to itself"),
    Unscreened.INCOMPLETE: message("a qualified value shape has no count"),
}


@dataclass(frozen=True, slots=True)
class Screening:
    """The results, and the findings on shapes that took long.

    `data` has the statements that the messages of findings look at, and one of each predicate and class.
    """

    results: list[Result]
    notices: list[Finding]
    data: Graph


def screen_facts(facts: FactBase, shapes: Shapes, background: Graph) -> Screening:
    """The results on the facts and the background: those of `engine.run` on both as one graph, in no order.

    Raises:
        ConfigurationError: the shapes cannot be evaluated.
    """
    with DataColumns(facts.engine, facts.relations, background) as columns:
        return screen(columns, shapes)


def screen(columns: DataColumns, shapes: Shapes) -> Screening:
    """The same for any data."""
    if columns.triples() <= few_triples(shapes):
        graph = columns.graph()
        return Screening(list(run(graph, shapes)), [], graph)
    results, notices = validate(columns, shapes, few=-1)
    return Screening(
        results,
        [_notice(each, shapes) for each in notices if each.nodes > _MOST_NODES],
        _described(columns, shapes, results),
    )


def screen_graph(graph: Graph | Statements, shapes: Sequence[Shapes], memory: str, threads: int) -> list[list[Result]]:
    """The results of each shapes graph on the graph, as those of `engine.run`; raises as `screen_facts`."""
    size = len(graph) if isinstance(graph, Graph) else graph.size()
    if all(size <= few_triples(each) for each in shapes):
        small = graph if isinstance(graph, Graph) else graph_of_lines([graph.lines()])
        return [list(run(small, each)) for each in shapes]
    with closing(DuckDBEngine(None, memory, threads)) as engine:
        rows = defaultdict[str, list[tuple[str, str]]](list)
        for subject, predicate, value in _texts(graph) if isinstance(graph, Graph) else graph.texts():
            rows[predicate].append((subject, value))
        names = {predicate: f"predicate{number}" for number, predicate in enumerate(rows)}
        for name, predicate in zip(names.values(), list(rows), strict=True):
            engine.define(name, {"s": sql.TEXT, "o": sql.TEXT})
            engine.fill(name, list(zip(*rows.pop(predicate), strict=True)))
        with DataColumns(engine, names) as columns:
            return [validate(columns, each, few=-1)[0] for each in shapes]


def _texts(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """All statements as the columns hold them."""
    text = _TextsOfTerms()
    for subject, predicate, value in graph:
        yield text[subject], text[predicate], column_text(value) if isinstance(value, Literal) else text[value]


class _TextsOfTerms(dict[Node, str]):
    """`column_text` of terms that come again and again, made once."""

    def __missing__(self, term: Node) -> str:
        self[term] = text = column_text(term)
        return text


@contextmanager
def screen_lines(
    paths: Sequence[Path], shapes: Shapes, memory: str, threads: int
) -> Iterator[tuple[Screening, LineFiles] | None]:
    """The results on large N-Triples files, with the files; None if they are small, or must be parsed.

    Raises:
        ConfigurationError: the shapes cannot be evaluated.
    """
    size = sum(path.stat().st_size for path in paths if path.is_file())
    if size < _LARGE or any(syntax_of(path.name) != ox.RdfFormat.N_TRIPLES for path in paths):
        yield None
        return
    with closing(DuckDBEngine(None, memory, threads)) as engine:
        files = LineFiles(engine, paths)
        relations = files.relations()
        if relations is None:
            yield None
            return
        with DataColumns(engine, relations) as columns:
            yield screen(columns, shapes), files


def _notice(notice: SlowShape, shapes: Shapes) -> Finding:
    named = shapes.owners.get(notice.shape, notice.shape)
    return finding("shacl-slow", (), shape=short(term_text(named)), reason=_REASONS[notice.reason])


def _described(columns: DataColumns, shapes: Shapes, results: Iterable[Result]) -> Graph:
    """What the messages look at: the instances of classes that a value should have, and texts of one language."""
    graph = columns.sample()
    kinds: dict[Node, None] = {}
    texts: dict[str, set[Node]] = {}
    for result in results:
        if result.component == SH.ClassConstraintComponent:
            kinds.update(dict.fromkeys(shapes.graph.objects(result.shape, SH["class"])))
        elif result.component == SH.UniqueLangConstraintComponent and re.fullmatch("<[^<>]*>", result.path or ""):
            texts.setdefault(str(result.path), set()).add(result.focus)
    for kind in kinds:
        for subject, found in columns.typed(kind, _MOST_INSTANCES):
            graph.add((subject, RDF.type, found))
            if found != kind:
                graph.add((found, RDFS.subClassOf, kind))
    for path, nodes in texts.items():
        for subject, value in columns.pairs_of(path, nodes):
            graph.add((subject, URIRef(path[1:-1]), value))
    return graph
