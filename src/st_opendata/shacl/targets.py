"""Shapes without any node: SHACL accepts a wrong IRI of a target silently, so that the shape checks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Set
from pathlib import Path

from rdflib.term import Node

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.place import Place
from st_opendata.rdf.reading import read_rdf
from st_opendata.resources import resource_folder
from st_opendata.shacl.met_terms import MetTerms
from st_opendata.shacl.positions import lines_of
from st_opendata.shacl.shapes import Shapes
from st_opendata.shacl.suggesting import nearest_term
from st_opendata.shacl.terms import SH, short, term_text


def idle_targets(met: MetTerms, shapes: Shapes) -> list[Finding]:
    """A note for each target (SHACL §2.1.3) of the shapes that no node of the data has, with the nearest that some has.

    Shapes that come with the program, or copies of them in a release, are left out: they foresee more than one
    catalogue states. `sh:targetNode` is too: it has its node whatever the data are.
    """
    packaged = {path.read_bytes() for path in resource_folder("shapes").rglob("*.ttl")}
    own = {path for path in set(shapes.files.values()) if path.read_bytes() not in packaged}
    known = {
        SH.targetClass: met.classes,
        SH.targetSubjectsOf: met.predicates,
        SH.targetObjectsOf: met.predicates,
    }
    notes = []
    for kind, found in known.items():
        for shape, target in sorted(shapes.graph.subject_objects(kind), key=lambda pair: tuple(map(term_text, pair))):
            path = shapes.files.get(shape)
            has_node = met.has_instance(target) if kind == SH.targetClass else target in found
            if path in own and not has_node:
                notes.append(_note(shape, target, path, found))
    return notes


def target_terms(paths: Iterable[Path]) -> frozenset[str]:
    """The target classes and properties of the shapes of these files (SHACL §2.1.3), as N-Triples terms.

    Raises:
        InputError: a file cannot be read or parsed.
    """
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    return frozenset(
        term_text(target) for path in paths for _, predicate, target in read_rdf(path) if predicate in targets
    )


def _note(shape: Node, target: Node, path: Path, known: Set[Node]) -> Finding:
    near = nearest_term(target, known)
    return finding(
        "shacl-no-target",
        (Place(str(path), line=lines_of(path, {str(shape)}).get(str(shape))),),
        shape=short(term_text(shape)),
        target=short(term_text(target)),
        near=short(term_text(near)) if near else "",
    )
