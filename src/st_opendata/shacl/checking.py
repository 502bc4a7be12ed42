"""Validating graphs, facts and files: SHACL results become findings, each with its place.

This is the seam where screens in SQL may come before pySHACL (design, decision 3): callers see findings only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import RDF, BNode, Graph, URIRef
from rdflib.term import Node

from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.codes import finding
from st_opendata.messages.message import message
from st_opendata.model.findings import Finding
from st_opendata.place import Place
from st_opendata.rdf.lines import graph_of_lines
from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.shacl.engine import Result, run
from st_opendata.shacl.positions import lines_of
from st_opendata.shacl.shapes import Shapes, load_shapes
from st_opendata.shacl.suggesting import unknown_terms
from st_opendata.shacl.targets import idle_targets
from st_opendata.shacl.terms import in_order, short, term_text
from st_opendata.shacl.wellformed import shapes_of
from st_opendata.shacl.wording import finding_of

if TYPE_CHECKING:  # DuckDB is not needed to validate files
    from st_opendata.facts import FactBase

_BAD_IRI = re.compile(r"""[\x00-\x20<>"{}|\\^`\[\]]|^[^:]*$""")

_KEYWORD = re.compile(rb'"@[a-z]+"\s*:')


def validate_graph(data: Graph, shapes: Shapes) -> list[Finding]:
    """The findings on a graph, sorted; without places. The graph is not changed.

    Raises:
        ConfigurationError: the shapes cannot be evaluated.
    """
    return _findings(run(data, shapes), shapes, data, lambda _result: ())


def validate_facts(facts: FactBase, shapes: Shapes, background: Graph | None = None) -> list[Finding]:
    """The findings on the facts, each with the cells that cause it, sorted.

    `background` are statements that the facts may refer to: ontology and concept schemes. Its own nodes are
    validated too, should a shape target them; they have no cells. Notes on targets that nothing has are among them.
    """
    data = graph_of_lines(facts.lines())
    if background is not None:
        data += background
    found = _findings(
        run(data, shapes), shapes, data, lambda result: cells_of(result, facts) or _naming(result, data, facts)
    )
    return sort_findings([*found, *idle_targets(data, shapes), *_term_findings(data, background or Graph(), facts)])


def _term_findings(data: Graph, ontology: Graph, facts: FactBase) -> list[Finding]:
    """A finding for each term that its vocabulary does not have, at the columns that state it."""
    found = []
    for term, near in unknown_terms(data, ontology):
        used = [*data.triples((None, term, None)), *data.triples((None, RDF.type, term))]
        cells = {place for triple in used for place in facts.places(*map(term_text, triple))}
        places = tuple(sorted({Place(cell.file, column=cell.column) for cell in cells}, key=str))
        if places:
            shown = "" if near is None else short(term_text(near))
            found.append(finding("term-unknown", places, term=short(term_text(term)), near=shown))
    return found


def cells_of(result: Result, facts: FactBase) -> tuple[Place, ...]:
    """The cells that state the value; else those of the property; else, where it is missing, of the focus node."""
    if isinstance(result.focus, BNode):
        return ()
    focus = term_text(result.focus)
    if result.path is None or not re.fullmatch(r"<[^<>]*>", result.path):
        return _rows(facts.places(focus))
    value = None if result.value is None else term_text(result.value)
    found = facts.places(focus, result.path, value) if value is not None else ()
    return found or facts.places(focus, result.path) or _missing(focus, result.path, facts)


def _naming(result: Result, data: Graph, facts: FactBase) -> tuple[Place, ...]:
    """The cells that name the focus node, where no row describes it."""
    focus = term_text(result.focus)
    named = {
        place
        for subject, predicate in data.subject_predicates(result.focus)
        for place in facts.places(term_text(subject), term_text(predicate), focus)
    }
    return tuple(sorted(named, key=lambda place: (place.file, place.row or 0, place.column or "")))


def _missing(focus: str, predicate: str, facts: FactBase) -> tuple[Place, ...]:
    """The empty cells where the property belongs: the focus node's rows in columns that state it, else its rows."""
    rows = _rows(facts.places(focus))
    columns = facts.columns(predicate)
    cells = [cell for row in rows for each in columns if (cell := row.crossing(each))]
    return tuple(cells) or rows


def _rows(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(place.in_row() for place in places))


def validate_files(data: Sequence[Path], shapes: Sequence[Path]) -> list[Finding]:
    """The findings on RDF files taken as one graph, and on what is ignored in the shape files, sorted.

    Places are file and line, as far as the text of the file shows where a node is described.

    Raises:
        InputError: a data file cannot be read or does not parse, or is JSON but not JSON-LD.
        ConfigurationError: a shape file does not parse or states ill-formed shapes, or no file states a shape.
    """
    if not data:
        raise InputError(message("there is no data to validate"), remedy=message("Name one RDF file or more."))
    loaded = load_shapes(shapes)
    if not shapes_of(loaded.graph):
        raise ConfigurationError(
            message("no shape in {files}", files=", ".join(map(str, shapes))),
            remedy=message(
                "Name a file that states a sh:NodeShape or sh:PropertyShape; with none, nothing would be validated."
            ),
        )
    graph, reader = Graph(), TermReader()
    origin: dict[Node, Path] = {}
    bad: dict[Node, Path] = {}
    for path in data:
        _refuse_plain_json(path)
        for triple in read_rdf(path, reader, lenient=True):
            graph.add(triple)
            origin.setdefault(triple[0], path)
            bad.update({term: path for term in triple if isinstance(term, URIRef) and _BAD_IRI.search(term)})
    results = list(run(graph, loaded))
    anchors = {result.focus: _anchor(graph, result.focus) for result in results}
    wanted = {str(term) for term in (*anchors.values(), *bad)}
    lines = {path: lines_of(path, wanted) for path in data} if wanted else {}

    def place(term: Node, path: Path | None) -> tuple[Place, ...]:
        file = path or next((path for path in lines if str(term) in lines[path]), data[0])
        return (Place(str(file), line=lines[file].get(str(term))),)

    found = _findings(results, loaded, graph, lambda result: place(anchors[result.focus], origin.get(result.focus)))
    ill_formed = [finding("rdf-iri", place(term, path), value=f"<{term}>") for term, path in bad.items()]
    idle = idle_targets(graph, loaded) if graph else [finding("rdf-empty", (Place(str(data[0])),))]
    return sort_findings([*loaded.notices, *idle, *ill_formed, *found])


def _refuse_plain_json(path: Path) -> None:
    """JSON without any keyword of JSON-LD 1.1 §1.7 is data of another kind, though a parser takes keys for IRIs."""
    if path.suffix.lower() == ".json" and path.is_file() and not _KEYWORD.search(path.read_bytes()):
        raise InputError(
            message("this JSON is not JSON-LD: it has neither @context nor another keyword of JSON-LD"),
            place=Place(str(path)),
            remedy=message("Name an RDF file; the facts of a release are in <dataset>/<dataset>.ttl."),
        )


def _anchor(graph: Graph, node: Node) -> Node:
    """The node itself, or for a blank node the nearest node with an IRI that leads to it."""
    seen = {node}
    while isinstance(node, BNode):
        above = in_order(term for term in graph.subjects(None, node) if term not in seen)
        if not above:
            break
        node = above[-1]
        seen.add(node)
    return node


def _findings(
    results: Iterable[Result], shapes: Shapes, data: Graph, places: Callable[[Result], tuple[Place, ...]]
) -> list[Finding]:
    return sort_findings(finding_of(result, shapes, places(result), data) for result in results)


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """By file, row, column, line and code, then by the terms: the same findings are always in the same order."""
    return sorted(findings, key=_sort_key)


def _sort_key(each: Finding) -> tuple[object, ...]:
    first = each.places[0] if each.places else Place("\uffff")
    place = (first.file, first.row or 0, first.column or "", first.line or 0, first.offset or 0)
    terms = tuple(term or "" for term in (each.focus, each.path, each.value, each.shape, each.component))
    return (*place, each.code, *terms, sorted(each.message.items()))
