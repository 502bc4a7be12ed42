"""Every code of SHACL findings has its texts in three languages, and every component has a code."""

from __future__ import annotations

import re

import pytest
from rdflib import RDF, URIRef

from st_opendata.messages.codes import Code, codes, finding
from st_opendata.model.text import LANGUAGES
from st_opendata.shacl.terms import SH
from st_opendata.shacl.wording import code_of

FIELDS = {
    name: name.upper()
    for name in ("focus", "path", "value", "expected", "term", "shape", "iri", "target", "kind", "reason")
}
COMPONENTS = (
    *("Class", "Datatype", "NodeKind", "MinCount", "MaxCount", "MinExclusive", "MinInclusive", "MaxExclusive"),
    *("MaxInclusive", "MinLength", "MaxLength", "Pattern", "LanguageIn", "UniqueLang", "Equals", "Disjoint"),
    *("LessThan", "LessThanOrEquals", "Not", "And", "Or", "Xone", "Node", "QualifiedMinCount", "QualifiedMaxCount"),
    *("Closed", "HasValue", "In", "SPARQL"),
)


def test_each_component_has_its_code() -> None:
    found = [code_of(SH[f"{name}ConstraintComponent"]) for name in COMPONENTS]
    assert len(set(found)) == len(COMPONENTS)
    assert "shacl-custom" not in found
    assert code_of(URIRef("https://example.org/MinCountConstraintComponent")) == "shacl-custom"
    assert code_of(RDF.type) == "shacl-custom"


@pytest.mark.parametrize(
    "code",
    [code for code in codes().values() if code.code.startswith(("shacl", "rdf"))],
    ids=lambda code: code.code,
)
def test_texts_are_complete(code: Code) -> None:
    filled = finding(code.code, (), count=2, **FIELDS)
    for text in (filled.message, filled.remedy):
        assert tuple(sorted(text)) == tuple(sorted(LANGUAGES))
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in text.values())
    assert code.example


@pytest.mark.parametrize("code", codes().values(), ids=lambda code: code.code)
def test_each_language_has_its_quotation_marks_apostrophes_and_spaces(code: Code) -> None:
    for text in (code.message, code.remedy, code.near or {}):
        assert not re.search(r"\w'\w| [:;?!»]|« ", text.get("fr", ""))
        assert not re.search("[«»]|“[^“„]*”", text.get("de", ""))
        assert not re.search("[«»„]", text.get("en", ""))
