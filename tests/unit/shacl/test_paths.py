"""Property paths are walked as SPARQL does (SHACL §2.3.1)."""

from __future__ import annotations

import pytest
from rdflib import Graph, Namespace

from st_opendata.shacl.paths import read_path, walk
from st_opendata.shacl.terms import SH

EX = Namespace("https://example.org/")
DATA = """@prefix : <https://example.org/> .
:a :p :b . :b :q :c . :c :p :d . :d :q :a . :b :p "text" . :e :q :c ."""


@pytest.mark.parametrize(
    ("path", "start", "found"),
    [
        (":p", "a", "b"),
        ("(:p :q)", "a", "c"),
        ("[sh:inversePath (:p :q)]", "c", "a"),
        ("[sh:inversePath [sh:inversePath (:p :q)]]", "a", "c"),
        ("[sh:inversePath [sh:alternativePath (:p :q)]]", "c", "be"),
        ("[sh:zeroOrMorePath (:p :q)]", "a", "ac"),
        ("[sh:oneOrMorePath [sh:inversePath (:p :q)]]", "a", "ac"),
        ("[sh:zeroOrOnePath :q]", "b", "bc"),
        ("[sh:oneOrMorePath :q]", "a", ""),
        ("(" + ":p :q " * 6 + ")", "a", "a"),
    ],
)
def test_walk(path: str, start: str, found: str) -> None:
    data = Graph().parse(data=DATA)
    shapes = Graph().parse(data=f"@prefix : <{EX}> . @prefix sh: <{SH}> . :s sh:path {path} .")
    (head,) = shapes.objects(EX.s, SH.path)
    assert walk(data, read_path(shapes, head), {EX[start]}) == {EX[name] for name in found}
