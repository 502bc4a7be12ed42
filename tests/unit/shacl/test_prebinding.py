"""Queries of shapes with every variable bound that SHACL binds, whatever sign stands before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, Literal, Namespace

from st_opendata.shacl import load_shapes, validate_files
from st_opendata.shacl.engine import run
from st_opendata.shacl.shapes import Shapes
from st_opendata.shacl.terms import SH

EX = Namespace("https://example.org/")

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .
"""
DATA = """
ex:a a ex:City ; ex:name "A" ; ex:people 0 ; ex:capital false ; ex:twin ex:a .
ex:b a ex:City ; ex:name "B" ; ex:people 7 ; ex:capital true ; ex:twin ex:a .
"""


def focus_nodes(folder: Path, shapes: str) -> list[str]:
    """The local names of the nodes with a violation, once for each."""
    (folder / "data.ttl").write_text(HEAD + DATA)
    (folder / "shapes.ttl").write_text(HEAD + shapes)
    found = validate_files([folder / "data.ttl"], [folder / "shapes.ttl"])
    return sorted(str(each.focus).removeprefix("<https://example.org/").rstrip(">") for each in found)


COMPONENT = """ex:Only a sh:ConstraintComponent ;
      sh:parameter [ sh:path ex:only ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ; sh:ask "ASK { %s }" ] .
    ex:S a sh:NodeShape ; sh:targetClass ex:City ; sh:property [ sh:path ex:%s ; ex:only %s ] ."""


@pytest.mark.parametrize("where", ["?x ex:people $value FILTER(?x=$this)", "?x ex:people ?y FILTER(?y=$value)"])
def test_a_variable_is_found_after_any_sign(tmp_path: Path, where: str) -> None:
    assert focus_nodes(tmp_path, COMPONENT % (where, "people", "7")) == []


def test_the_path_is_put_in_after_any_sign(tmp_path: Path) -> None:
    shapes = """ex:S a sh:PropertyShape ; sh:targetClass ex:City ; sh:path ex:twin ; sh:sparql [
        sh:prefixes ex: ; sh:select "SELECT $this ?value { $this ^$PATH ?value }" ] ."""
    assert focus_nodes(tmp_path, shapes) == ["a", "a"]


@pytest.mark.parametrize(("path", "only"), [("people", "0"), ("capital", "false")])
def test_a_false_value_is_bound_too(tmp_path: Path, path: str, only: str) -> None:
    assert focus_nodes(tmp_path, COMPONENT % ("FILTER($value = $only)", path, only)) == ["b"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("$this ^ex:of+ ?value", {"": "ab", "0": "c", "false": "c", "b": "a"}),
        ("?value ex:of+ $this", {"": "ab", "0": "c", "false": "c", "b": "a"}),
        ("$this (^ex:of)? ?value FILTER isIRI(?value)", {"": "b", "0": "c", "false": "c", "b": "ab"}),
        ("?value ex:of* $this FILTER isIRI(?value)", {"": "ab", "0": "c", "false": "c", "b": "ab"}),
        ("$this ^(ex:of/ex:of) ?value", {"": "a"}),
        ("?value (ex:of|^ex:of)+ $this FILTER (?value = 0)", {"0": "0", "false": "0"}),
    ],
)
def test_a_path_ends_at_a_false_literal(pattern: str, found: dict[str, str]) -> None:
    data = Graph().parse(data=f'{HEAD} ex:a ex:of ex:b . ex:b ex:of "" . ex:c ex:of 0, false . ex:d ex:no ex:e .')
    select = f"PREFIX ex: <https://example.org/> SELECT $this ?value {{ {pattern} }}"
    shapes = Graph().parse(data=f"{HEAD} ex:S a sh:NodeShape ; sh:targetObjectsOf ex:of ; sh:sparql ex:query .")
    shapes.add((EX.query, SH.select, Literal(select)))
    names = [(str(each.focus).removeprefix(EX), str(each.value).removeprefix(EX)) for each in run(data, Shapes(shapes))]
    assert sorted(names) == sorted((node, value) for node, values in found.items() for value in values)


ALLOWED = """ex:S a sh:NodeShape ; sh:targetClass ex:City ; ex:allowed "B" ; sh:sparql [
    sh:prefixes ex: ; sh:select "SELECT $this { $this ex:name ?name FILTER NOT EXISTS { %s } }" ] ."""


@pytest.mark.parametrize(
    ("pattern", "nodes"),
    [
        ("GRAPH $shapesGraph { $currentShape ex:allowed ?name }", ["a"]),
        ("GRAPH $shapesGraph { ?shape ex:allowed ?name } FILTER bound($shapesGraph)", ["a"]),
        ("GRAPH ?g { ?shape ex:allowed ?name }", ["a"]),
        ("GRAPH ex:g { ?shape ex:allowed ?name }", ["a", "b"]),
        ("?shape ex:allowed ?name", ["a", "b"]),
        ("GRAPH $shapesGraph { ?city ex:name ?name }", ["a", "b"]),
    ],
)
def test_the_shapes_graph_is_a_graph_of_its_own(tmp_path: Path, pattern: str, nodes: list[str]) -> None:
    assert focus_nodes(tmp_path, ALLOWED % pattern) == nodes


def test_shapes_with_their_own_graph_are_well_formed(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(HEAD + ALLOWED % "GRAPH $shapesGraph { $currentShape ex:allowed ?name }")
    assert load_shapes([tmp_path / "shapes.ttl"]).notices == ()
