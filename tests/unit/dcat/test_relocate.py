"""The catalogue at another address: addresses move, names stay."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from st_opendata.dcat.relocate import move_site, serialise, write_statements
from st_opendata.namespaces import PREFIXES, expand
from st_opendata.rdf.statements import Statements
from st_opendata.release.layout import CATALOGUES

SITE, HOME = "https://example.org/data/", "https://portal.example.eu/"


@pytest.fixture
def statements() -> Statements:
    found = Statements()
    for name, value in (
        ("rdf:type", expand("dcat:Distribution")),
        ("dcat:accessURL", f"{SITE}a/a.csv"),
        ("dcat:downloadURL", f"{SITE}a/a.csv"),
        ("dcat:downloadURL", "https://elsewhere.example/a.csv"),
        ("dct:conformsTo", f"{SITE}standard"),
        ("void:sparqlEndpoint", f"{SITE}sparql"),
    ):
        found.add(f"{SITE}distribution/a", expand(name), ox.NamedNode(value))
    return found


def test_only_addresses_at_the_site_move(statements: Statements) -> None:
    move_site(statements, SITE, HOME)

    def values(name: str) -> list[str]:
        return [value.value for value in statements.values(f"{SITE}distribution/a", expand(name))]

    assert values("dcat:accessURL") == [f"{HOME}a/a.csv"]
    assert values("dcat:downloadURL") == [f"{HOME}a/a.csv", "https://elsewhere.example/a.csv"]
    assert values("void:sparqlEndpoint") == [f"{HOME}sparql"]
    assert values("dct:conformsTo") == [f"{SITE}standard"]


def test_it_is_the_same_in_every_format(statements: Statements) -> None:
    move_site(statements, SITE, HOME)
    written = serialise(statements)
    assert written.keys() == CATALOGUES.keys()
    syntaxes = {"catalog.ttl": "turtle", "catalog.jsonld": "json-ld", "catalog.rdf": "xml"}
    graphs = [set(rdflib.Graph().parse(data=data, format=syntaxes[name])) for name, data in written.items()]
    assert graphs[0] == graphs[1] == graphs[2]
    assert len(graphs[0]) == 6


def test_files_declare_the_prefixes_that_they_use(statements: Statements, tmp_path: Path) -> None:
    write_statements(statements, tmp_path, CATALOGUES, PREFIXES | {"own": SITE, "other": "https://other.example/"})
    begin = (tmp_path / "catalog.ttl").read_text("utf-8").split("\n\n")[0]
    assert f"@prefix own: <{SITE}> ." in begin
    assert "other:" not in begin
