"""The W3C SHACL test suite (core 98, SPARQL 23) through `validate_files`, as the command does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from rdflib import BNode, Graph, Namespace, URIRef
from rdflib.term import Node

from st_opendata.errors import ConfigurationError
from st_opendata.model.findings import Severity
from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.shacl import validate_files
from st_opendata.shacl.terms import SH, path_text, term_text

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")


class Expected(NamedTuple):
    """A result reduced to what both sides state without blank nodes."""

    focus: str
    path: str | None
    value: str | None
    component: str
    severity: Severity


def graph_of(path: Path) -> Graph:
    graph = Graph()
    for triple in read_rdf(path, TermReader()):
        graph.add(triple)
    return graph


def text(term: Node | None) -> str | None:
    return "_" if isinstance(term, BNode) else None if term is None else term_text(term)


def cases_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of each test; by file, since one manifest forgets nodeValidator-001."""
    for file in sorted(folder.rglob("*.ttl")):
        for case in sorted(graph_of(file).subjects(MF.action, None)):
            yield str(case).removeprefix("file:///"), file


def outcome(name: str, path: Path) -> tuple[object, object]:
    """The result that the suite expects of the test of that name in the file, and the actual one."""
    manifest = graph_of(path)
    case = URIRef(f"file:///{name}")
    action = manifest.value(case, MF.action)
    data, shapes = (
        path.parent / str(manifest.value(action, use)).removeprefix("file:///")
        for use in (SHT.dataGraph, SHT.shapesGraph)
    )
    result = manifest.value(case, MF.result)
    wanted = "failure" if result == SHT.Failure else expected_of(manifest, result)
    try:
        found = [each for each in validate_files([data], [shapes]) if each.component]  # not the notes on the files
    except ConfigurationError as error:
        return wanted, "failure" if result == SHT.Failure else error
    named = {text(shape) for shape in manifest.objects(None, SH.sourceShape) if isinstance(shape, URIRef)}
    assert named <= {each.shape for each in found}, name
    actual = Counter(
        Expected(
            "_" if each.focus and each.focus.startswith("_:") else str(each.focus),
            each.path,
            "_" if each.value and each.value.startswith("_:") else each.value,
            str(each.component),
            each.severity,
        )
        for each in found
    )
    return wanted, actual


def expected_of(manifest: Graph, report: Node) -> Counter[Expected]:
    severities = {SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}
    return Counter(
        Expected(
            str(text(manifest.value(node, SH.focusNode))),
            path_text(manifest, path) if (path := manifest.value(node, SH.resultPath)) else None,
            text(manifest.value(node, SH.value)),
            str(text(manifest.value(node, SH.sourceConstraintComponent))),
            severities.get(manifest.value(node, SH.resultSeverity), Severity.VIOLATION),  # type: ignore[call-overload]
        )
        for node in manifest.objects(report, SH.result)
    )


@pytest.mark.slow
@pytest.mark.parametrize(("part", "count"), [pytest.param("core", 98, marks=pytest.mark.slow), ("sparql", 23)])
def test_w3c_suite(shared: Path, part: str, count: int) -> None:
    cases = list(cases_in(shared / "conformance" / "shacl" / part))
    assert len(cases) == count
    failed = {}
    for name, file in cases:
        wanted, actual = outcome(name, file)
        if wanted != actual:
            failed[name] = (wanted, actual)
    assert not failed
