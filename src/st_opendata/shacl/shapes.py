"""Shapes: read from files, checked to be well-formed, ready for validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import OWL, Graph, URIRef
from rdflib.term import Node

from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.codes import finding
from st_opendata.messages.message import Message, message, verbatim
from st_opendata.model.findings import Finding
from st_opendata.model.text import LANGUAGES
from st_opendata.place import Place
from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.shacl.languages import language_shapes
from st_opendata.shacl.positions import lines_of
from st_opendata.shacl.queries import write_prefixes
from st_opendata.shacl.terms import SH, in_order, short, term_text
from st_opendata.shacl.wellformed import ShapeFault, problems


@dataclass(frozen=True, slots=True)
class Shapes:
    """A well-formed shapes graph. `notices` are findings on the shape files themselves: their ignored parts."""

    graph: Graph
    notices: tuple[Finding, ...] = ()
    owners: Mapping[Node, URIRef] = field(default_factory=dict)
    """For a shape without IRI: the named shape that holds it."""
    files: Mapping[Node, Path] = field(default_factory=dict)
    """The file that states a shape."""


def load_shapes(paths: Sequence[Path], languages: Sequence[str] | None = None) -> Shapes:
    """All shapes of the files as one shapes graph; `owl:imports` is not followed.

    Shapes that require labels in each language are completed for these tags, unless `languages` is None.

    Raises:
        ConfigurationError: a file cannot be read or parsed, or states shapes that SHACL calls ill-formed; the message
            names all of them with file, line and shape.
    """
    graph, reader = Graph(), TermReader()
    files: dict[Node, Path] = {}
    for path in paths:
        try:
            for triple in read_rdf(path, reader):
                graph.add(triple)
                files.setdefault(triple[0], path)
        except InputError as error:
            raise ConfigurationError(error.message, place=error.place, remedy=error.remedy) from error
    if languages is not None:
        graph.parse(data=language_shapes(graph, languages), format="turtle")
    owners = _owners(graph)
    found = list(problems(graph))
    places = _places(found, files, owners)
    if fatal := [problem for problem in found if problem.ignored is None]:
        raise _error(fatal, places, owners)
    notices = []
    for problem in found:
        term, shape = _shown(problem.ignored), _shown(owners.get(problem.shape, problem.shape))
        notices.append(finding("shacl-unknown-term", (places[problem.shape],), term=term, shape=shape))
    for target in in_order(graph.objects(None, OWL.imports)):
        if (target, None, None) not in graph:
            importing = in_order(graph.subjects(OWL.imports, target))[0]
            notices.append(finding("shacl-import", (Place(str(files[importing])),), iri=str(target)))
    write_prefixes(graph)
    _drop_idle_flags(graph)
    return Shapes(graph, tuple(notices), owners, files)


def _drop_idle_flags(graph: Graph) -> None:
    """Remove flags other than `true`: SHACL requires exactly that term, while pySHACL accepts `"1"^^xsd:boolean`."""
    for flag in (SH.uniqueLang, SH.closed, SH.qualifiedValueShapesDisjoint, SH.deactivated):
        for shape, value in list(graph.subject_objects(flag)):
            if str(value) != "true":
                graph.remove((shape, flag, value))
                if flag == SH.closed:  # pySHACL refuses a list of ignored properties without it
                    graph.remove((shape, SH.ignoredProperties, None))


def _owners(graph: Graph) -> dict[Node, URIRef]:
    """Each blank node with the nearest named node that leads to it."""
    owners: dict[Node, URIRef] = {}
    pending: list[tuple[URIRef, Node]] = [
        (subject, subject) for subject in in_order(graph.subjects()) if isinstance(subject, URIRef)
    ]
    while pending:
        owner, node = pending.pop(0)
        for value in in_order(graph.objects(node)):
            if not isinstance(value, URIRef) and value not in owners and (value, None, None) in graph:
                owners[value] = owner
                pending.append((owner, value))
    return owners


def _shown(term: Node | None) -> str:
    return short(term_text(term)) if term is not None else ""


def _name(shape: Node, owners: Mapping[Node, URIRef]) -> Message:
    if isinstance(shape, URIRef):
        return verbatim(short(term_text(shape)))
    if shape in owners:
        return message("a shape in {shape}", shape=short(term_text(owners[shape])))
    return message("a shape without IRI")


def _places(found: list[ShapeFault], files: Mapping[Node, Path], owners: Mapping[Node, URIRef]) -> dict[Node, Place]:
    named = {problem.shape: owners.get(problem.shape, problem.shape) for problem in found}
    wanted = {str(name) for name in named.values()}
    lines = {path: lines_of(path, wanted) for path in dict.fromkeys(files.values())} if wanted else {}
    places: dict[Node, Place] = {}
    for shape, name in named.items():
        mentions = [path for path in lines if str(name) in lines[path]]
        path = files.get(shape) or files.get(name) or next(iter(mentions), next(iter(lines)))
        places[shape] = Place(str(path), line=lines[path].get(str(name)))
    return places


def _error(fatal: list[ShapeFault], places: Mapping[Node, Place], owners: Mapping[Node, URIRef]) -> ConfigurationError:
    first, *rest = fatal
    text = _problem(first, owners)
    for each in rest:
        place = places[each.shape]
        where = {language: place.text(language) for language in LANGUAGES}
        text = message("{text}\n{place}: {problem}", text=text, place=where, problem=_problem(each, owners))
    return ConfigurationError(text, place=places[first.shape], remedy=first.remedy)


def _problem(fault: ShapeFault, owners: Mapping[Node, URIRef]) -> Message:
    return message("{shape}: {problem}", shape=_name(fault.shape, owners), problem=fault.message)


def messages_of(shapes: Shapes, node: Node | None) -> dict[str, str]:
    """`sh:message` of a shape or constraint by language; a text without language counts as English."""
    if node is None:
        return {}
    texts = in_order(shapes.graph.objects(node, SH.message))
    return {getattr(text, "language", None) or "en": str(text) for text in texts}
