"""Comparison as SPARQL defines it, and that no data makes the validation fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDF, XSD, BNode, Literal, URIRef
from rdflib.term import Node

from st_opendata.model.findings import NO_LIMIT
from st_opendata.settings import Settings
from st_opendata.shacl import load_shapes, validate_files
from st_opendata.shacl.comparing import order


def typed(lexical: str, datatype: str) -> Literal:
    return Literal(lexical, datatype=XSD[datatype], normalize=False)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (typed("1", "integer"), typed("1.0", "decimal"), 0),
        (typed("1.5", "decimal"), typed("1.4e0", "double"), 1),
        (typed("9", "byte"), typed("10", "integer"), -1),
        (typed("NaN", "double"), typed("1.5", "decimal"), None),
        (typed("1" * 400, "integer"), typed("1.5", "double"), 1),
        (typed("1.5", "double"), typed("-" + "1" * 400, "integer"), 1),
        (typed("INF", "double"), typed("1.5", "decimal"), 1),
        (Literal("a"), typed("b", "string"), -1),
        (Literal("a", lang="fr"), Literal("b", lang="fr"), None),
        (typed("false", "boolean"), typed("true", "boolean"), -1),
        (typed("true", "boolean"), typed("1", "integer"), None),
        (typed("2026-01-31", "date"), typed("2026-02-01", "date"), -1),
        (typed("2026-01-31", "date"), typed("2026-02-01T00:00:00", "dateTime"), None),
        (typed("2026-13-45", "date"), typed("2026-02-01", "date"), None),
        (typed("2026-02-01T00:00:00Z", "dateTime"), typed("2026-02-01T01:00:00+01:00", "dateTime"), 0),
        (typed("2026-02-01T00:00:00Z", "dateTime"), typed("2026-02-01T00:00:00", "dateTime"), None),
        (typed("2025", "gYear"), typed("2026", "gYear"), -1),
        (Literal("<a/>", datatype=RDF.XMLLiteral), Literal("<b/>", datatype=RDF.XMLLiteral), None),
        (URIRef("e:a"), URIRef("e:b"), None),
        (BNode("a"), typed("1", "integer"), None),
        (Literal("x", datatype=URIRef("e:t")), Literal("y", datatype=URIRef("e:t")), None),
    ],
)
def test_order(left: Node, right: Node, expected: int | None) -> None:
    assert order(left, right) == expected
    assert order(right, left) == (expected if expected is None else -expected)


VALUES = (
    '"a"', '"a"@fr', "1", "1.5", '"NaN"^^xsd:double', "true", '"x"^^xsd:date', '"2026-01-31"^^xsd:date', "ex:b", "[]",
    '"2026-01-31T00:00:00Z"^^xsd:dateTime', '"P1D"^^xsd:duration', '"zz"^^ex:T', '"ff"^^xsd:hexBinary', '"{"^^rdf:JSON',
)  # fmt: skip


def test_no_pair_of_values_makes_the_validation_fail(tmp_path: Path) -> None:
    prefixes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> . @prefix xsd: <"
        f"{XSD}> . @prefix rdf: <{RDF}> .\n"
    )
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    constraints = "sh:lessThan ex:q ; sh:minInclusive 0.5 ; sh:maxExclusive '2027-01-01'^^xsd:date ; sh:equals ex:q"
    shapes.write_text(f"{prefixes}ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; {constraints} ] .")
    pairs = [f"ex:s{i}-{j} ex:p {one} ; ex:q {two} ." for i, one in enumerate(VALUES) for j, two in enumerate(VALUES)]
    data.write_text(prefixes + "\n".join(pairs))
    codes = {each.code for each in validate_files([data], [shapes], Settings(max_findings=NO_LIMIT))}
    assert codes == {"shacl-less-than", "shacl-min-inclusive", "shacl-max-exclusive", "shacl-equals"}
    assert load_shapes([shapes]).notices == ()
