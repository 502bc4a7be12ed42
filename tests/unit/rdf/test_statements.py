"""The index that holds a large catalogue."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from st_opendata.dcat import read_dcat
from st_opendata.errors import InputError
from st_opendata.rdf.lines import graph_lines
from st_opendata.rdf.statements import Statements, iri_node, iris, literal_node, read_statements

CATALOGUE = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
<https://example.org/a> a dcat:Dataset ; dct:title "Été"@fr, "a \\"b\\""@en ; dct:issued "2020-01-01" .
<https://example.org/c> a dcat:Catalog ; dcat:dataset <https://example.org/a> .
"""


def test_a_catalogue_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "catalog.ttl"
    path.write_text(CATALOGUE, "utf-8")
    statements = read_statements(path)
    assert statements.lines() == graph_lines(read_dcat(path))
    assert statements.size() == len(statements.lines()) == len(set(statements.texts()))


def test_each_statement_is_there_once_until_another_takes_its_place() -> None:
    one, other = ox.NamedNode("https://example.org/1"), ox.NamedNode("https://example.org/2")
    statements = Statements()
    for value in (other, one, other):
        statements.add("s", "p", value)
    assert statements.values("s", "p") == [other, one]
    assert iris(statements.values("s", "p")) == [one.value, other.value]
    assert statements.has("s", "p", one)
    assert list(statements.of("p")) == [("s", other), ("s", one)]
    third = ox.NamedNode("https://example.org/3")
    statements.replace("s", "p", other, third)
    assert statements.values("s", "p") == [third, one]
    statements.put("s", "p", ox.Literal("x"))
    assert statements.lines() == ['<s> <p> "x" .']
    assert statements.values("s", "q") == statements.values("t", "p") == statements.predicates("t") == []


def test_what_no_syntax_can_write_is_refused() -> None:
    assert str(literal_node("1", datatype="https://example.org/d")) == '"1"^^<https://example.org/d>'
    assert str(literal_node("Été", language="fr-BE")) == '"Été"@fr-be'
    for wrong in (
        lambda: iri_node("no IRI"),
        lambda: literal_node("x", language="no tag"),
        lambda: literal_node("x", datatype="relative"),
    ):
        with pytest.raises(InputError, match="is not an IRI, or its language tag or datatype is wrong"):
            wrong()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<https://example.org/a> <https://example.org/b> .", "damaged"),
        ("<https://example.org/a> <https://example.org/b> [] .", "blank node"),
        (None, "cannot be read"),
    ],
)
def test_a_catalogue_that_cannot_be_used(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "catalog.ttl"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        read_statements(path)
