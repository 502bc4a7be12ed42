"""The shapes that the facts of a dataset obey, explained by their messages."""

from __future__ import annotations

from dataclasses import dataclass

import rdflib
from rdflib import RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from st_opendata.model.text import Text
from st_opendata.namespaces import SH, expand, readable
from st_opendata.portal.data.edition import Edition
from st_opendata.rdf.reading import read_rdf
from st_opendata.rdf.statements import Statements, iris, read_statements
from st_opendata.release.layout import VOID_FILE, shapes_files

_SH = rdflib.Namespace(SH)


@dataclass(frozen=True, slots=True)
class ShapeRule:
    """The rules of a file's shapes for a class: the IRI of the first shape, a label, the file, the messages."""

    iri: str
    label: Text
    file: str
    demands: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ShapeRules:
    """All shapes of an edition by their target class, and the classes of each dataset by its IRI."""

    by_class: dict[str, tuple[ShapeRule, ...]]
    classes: Statements

    def of(self, dataset: str) -> tuple[ShapeRule, ...]:
        """The shapes with targets among the dataset's classes, as VoID counts them."""
        parts = iris(self.classes.values(dataset, expand("void:classPartition")))
        names = {name for part in parts for name in iris(self.classes.values(part, expand("void:class")))}
        found = {rule.iri: rule for name in sorted(names) for rule in self.by_class.get(name, ())}
        return tuple(found.values())


def read_rules(edition: Edition) -> ShapeRules:
    """The shapes in the release; a part of the edition (`Edition.part`). Raises InputError for damaged files."""
    graph, files = Graph(bind_namespaces="none"), dict[tuple[str, Node], set[Node]]()
    for path in shapes_files(edition.files):
        for triple in read_rdf(edition.path(path)):
            graph.add(triple)  # one file may add to the shape of another
            if triple[1] == _SH.targetClass:
                files.setdefault((path, triple[2]), set()).add(triple[0])
    by_class: dict[str, list[ShapeRule]] = {}
    for (path, target), shapes in sorted(files.items(), key=lambda item: (item[0][0], str(item[0][1]))):
        if rule := _rule(graph, target, shapes, path):
            by_class.setdefault(str(target), []).append(rule)
    classes = read_statements(edition.path(VOID_FILE))
    return ShapeRules({name: tuple(rules) for name, rules in by_class.items()}, classes)


def _rule(graph: Graph, target: Node, members: set[Node], path: str) -> ShapeRule | None:
    """All rules of a file's shapes for the members of a class, under the name of the first shape that has one."""
    shapes = sorted(members, key=lambda shape: (not _text(graph, shape, RDFS.label), shape))
    demands = tuple(dict.fromkeys(demand for shape in shapes for demand in _demands(graph, shape)))
    label = _text(graph, shapes[0], RDFS.label) or {"und": readable(f"<{target}>")}
    return ShapeRule(str(shapes[0]), label, path, tuple(map(dict, demands))) if demands else None


def _demands(graph: Graph, shape: Node) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The messages of the shape, of its property shapes and of its queries, each as pairs of language and text."""
    parts = [shape, *graph.objects(shape, _SH.property), *graph.objects(shape, _SH.sparql)]
    texts = [_text(graph, part, _SH.message) for part in sorted(parts, key=lambda part: (part != shape, str(part)))]
    return tuple(tuple(text.items()) for text in texts if text)


def _text(graph: Graph, node: Node, predicate: URIRef) -> Text:
    values = (value for value in graph.objects(node, predicate) if isinstance(value, Literal))
    return {value.language or "und": str(value) for value in sorted(values, key=str)}
