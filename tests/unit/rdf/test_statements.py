"""The index that holds a large catalogue."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from st_opendata.dcat import read_dcat
from st_opendata.errors import InputError
from st_opendata.rdf.lines import graph_lines
from st_opendata.rdf.statements import Statements, iris, read_statements

CATALOGUE = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
<https://example.org/a> a dcat:Dataset ; dct:title "Été"@fr, "a \\"b\\""@en ; dct:issued "2020-01-01" .
<https://example.org/c> a dcat:Catalog ; dcat:dataset <https://example.org/a> .
"""


def test_a_catalogue_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "catalog.ttl"
    path.write_text(CATALOGUE, "utf-8")
    assert read_statements(path).lines() == graph_lines(read_dcat(path))


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
