"""Validating graphs, facts and files: SHACL results become findings, each with its place.

This is the seam where screens in SQL may come before pySHACL (design, decision 3): callers see findings only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import RDF, BNode, Graph, URIRef
from rdflib.term import Node

from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.codes import finding
from st_opendata.messages.message import message
from st_opendata.model.findings import NO_LIMIT, Finding
from st_opendata.place import Place
from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.rdf.statements import Statements
from st_opendata.rdf.view import graph_view
from st_opendata.settings import Settings
from st_opendata.shacl.engine import run
from st_opendata.shacl.listing import listed
from st_opendata.shacl.met_terms import MetTerms, terms_of_facts, terms_of_graph
from st_opendata.shacl.order import sort_findings
from st_opendata.shacl.places import places_of
from st_opendata.shacl.positions import lines_of
from st_opendata.shacl.screening import Screening, screen_facts, screen_graph, screen_lines
from st_opendata.shacl.screens.files import LineFiles
from st_opendata.shacl.shapes import Shapes, load_shapes
from st_opendata.shacl.suggesting import unknown_terms
from st_opendata.shacl.targets import idle_targets
from st_opendata.shacl.terms import in_order, short, term_text
from st_opendata.shacl.wellformed import shapes_of
from st_opendata.shacl.wording import Wording

if TYPE_CHECKING:  # DuckDB is not needed to validate files
    from st_opendata.facts import FactBase

_DEFAULT = Settings()
UNLIMITED = Settings(max_findings=NO_LIMIT)
"""The default settings, with all findings listed."""
_BAD_IRI = re.compile(r"""[\x00-\x20<>"{}|\\^`\[\]]|^[^:]*$""")

_TYPE = term_text(RDF.type)
_KEYWORD = re.compile(rb'"@[a-z]+"\s*:')


def validate_graph(data: Graph | Statements, *shapes: Shapes, settings: Settings = UNLIMITED) -> list[Finding]:
    """The findings of each shapes graph on a graph, sorted, without places. The graph is not changed.

    The settings limit the findings listed of a shape, and memory and threads if the graph is large.

    Raises:
        ConfigurationError: the shapes cannot be evaluated.
    """
    found: list[Finding] = []
    graph = data if isinstance(data, Graph) else graph_view(data)
    for each, results in zip(shapes, screen_graph(data, shapes, settings.memory, settings.threads), strict=True):
        found += listed(results, [()] * len(results), Wording(each, graph), settings.max_findings)
    return sort_findings(found)


def validate_facts(
    facts: FactBase, shapes: Shapes, background: Graph | None = None, limit: int = NO_LIMIT
) -> list[Finding]:
    """The findings on the facts, each with the cells that cause it, sorted; at most `limit` of a shape.

    `background` are statements that the facts may refer to: ontology and concept schemes. Its own nodes are
    validated too, should a shape target them; they have no cells. Notes on targets that nothing has are among them.
    """
    ontology = Graph() if background is None else background
    met = terms_of_facts(facts, ontology)
    if met.has_target(shapes.graph):
        screening = screen_facts(facts, shapes, ontology)
    else:  # shapes that cannot be evaluated are an error without a target too
        screening = Screening(list(run(Graph(), shapes)), [], Graph())
    results = screening.results
    found = listed(results, list(places_of(results, facts)), Wording(shapes, screening.data), limit)
    return sort_findings(
        [*found, *screening.notices, *idle_targets(met, shapes), *_term_findings(met, ontology, facts)]
    )


def _term_findings(met: MetTerms, ontology: Graph, facts: FactBase) -> list[Finding]:
    """A finding for each term that its vocabulary does not have, at the columns that state it."""
    found = []
    for term, near in unknown_terms(met, ontology):
        name = term_text(term)
        places = {*facts.columns_stating(name), *facts.columns_stating(_TYPE, name)}
        if places:
            shown = "" if near is None else short(term_text(near))
            found.append(finding("term-unknown", tuple(sorted(places, key=str)), term=short(name), near=shown))
    return found


def validate_files(data: Sequence[Path], shapes: Sequence[Path], settings: Settings = _DEFAULT) -> list[Finding]:
    """The findings on RDF files taken as one graph, and on what is ignored in the shape files, sorted.

    Places are file and line, as far as the text of the file shows where a node is described. The settings limit memory,
    threads and the findings listed of a shape.

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
    with screen_lines(data, loaded, settings.memory, settings.threads) as screened:
        if screened is not None:
            return _line_findings(*screened, loaded, data, settings.max_findings)
    graph, reader = Graph(), TermReader()
    origin: dict[Node, Path] = {}
    bad: dict[Node, Path] = {}
    for path in data:
        _refuse_plain_json(path)
        for triple in read_rdf(path, reader, lenient=True):
            graph.add(triple)
            origin.setdefault(triple[0], path)
            bad.update({term: path for term in triple if isinstance(term, URIRef) and _BAD_IRI.search(term)})
    [results] = screen_graph(graph, [loaded], settings.memory, settings.threads)
    anchors = {focus: _anchor(graph, focus) for focus in {result.focus for result in results}}
    wanted = {str(term) for term in (*anchors.values(), *bad)}
    lines = {path: lines_of(path, wanted) for path in data} if wanted else {}

    def place(term: Node, path: Path | None) -> tuple[Place, ...]:
        file = path or next((path for path in lines if str(term) in lines[path]), data[0])
        return (Place(str(file), line=lines[file].get(str(term))),)

    places = [place(anchors[result.focus], origin.get(result.focus)) for result in results]
    found = listed(results, places, Wording(loaded, graph), settings.max_findings)
    ill_formed = [finding("rdf-iri", place(term, path), value=f"<{term}>") for term, path in bad.items()]
    idle = idle_targets(terms_of_graph(graph), loaded) if graph else [finding("rdf-empty", (Place(str(data[0])),))]
    return sort_findings([*loaded.notices, *idle, *ill_formed, *found])


def _line_findings(
    screening: Screening, files: LineFiles, shapes: Shapes, data: Sequence[Path], limit: int
) -> list[Finding]:
    """The findings on N-Triples files, which have no blank nodes, at their lines."""
    lines = files.lines({term_text(result.focus) for result in screening.results})
    places = []
    for result in screening.results:
        path, line = lines.get(term_text(result.focus), (data[0], None))
        places.append((Place(str(path), line=line),))
    found = listed(screening.results, places, Wording(shapes, screening.data), limit)
    idle = idle_targets(terms_of_graph(screening.data), shapes)
    return sort_findings([*shapes.notices, *screening.notices, *idle, *found])


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
