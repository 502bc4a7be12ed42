"""The W3C's CSVW suites, csv2rdf, csv2json and validation, offline, through what `convert` and `check` call."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from csvw_suite import BASE, Case, cases, loader_of
from rdflib import Graph, Literal
from rdflib.compare import isomorphic

from st_opendata.csvw import check_group, conversion_warnings, group_json, group_lines, open_group
from st_opendata.errors import ConfigurationError
from st_opendata.model.findings import Severity
from st_opendata.model.numeric import NUMBERS
from st_opendata.namespaces import XSD
from st_opendata.rdf.lines import parse_lines
from st_opendata.rdf.reading import TermReader, Triple, parse_rdf

FOLDER = Path(os.environ.get("ST_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "conformance" / "csvw"
COUNTS = {"rdf": 270, "json": 270, "validation": 282}
KNOWN: dict[str, dict[str, str]] = {"rdf": {}, "json": {}, "validation": {}}
"""Tests that fail, by suite, each with its cause; docs/csvw.md lists them too."""

BY_VALUE = {
    "test155": "10.10e1 is expected as it stands; our text of a number has a capital E",
    "test158": "0.0E0 and 10.10E1 are expected as 0.0 and 101.0",
    "test283": "+1 is expected as it stands; our text of a number has no plus sign",
}
"""Results of csv2rdf whose numbers have the expected value in another lexical form; all others are equal letter by
letter."""


@cache
def suite(name: str) -> dict[str, Case]:
    return cases(FOLDER, name) if FOLDER.is_dir() else {}


def every(name: str) -> list[object]:
    """The tests of a suite as parameters; those known to fail must still fail (xfail_strict)."""
    known = KNOWN[name]
    marks = {test: [pytest.mark.xfail(reason=known[test], raises=AssertionError)] for test in known}
    return [pytest.param(case, id=test, marks=marks.get(test, [])) for test, case in suite(name).items()]


@pytest.mark.parametrize("name", COUNTS)
def test_the_suite_is_whole(shared: Path, name: str) -> None:
    assert shared / "conformance" / "csvw" == FOLDER
    assert len(suite(name)) == COUNTS[name]


def has_warned(case: Case, warnings: list[object]) -> bool:
    return bool(warnings) or case.kind != "Warning"


@pytest.mark.slow
@pytest.mark.parametrize("case", every("rdf"))
def test_csv2rdf(case: Case) -> None:
    if case.kind == "Negative":
        with pytest.raises(ConfigurationError), open_group(case.action, loader_of(FOLDER), case.hints) as opened:
            list(group_lines(opened, minimal=case.minimal))
        return
    with open_group(case.action, loader_of(FOLDER), case.hints) as opened:
        found = TermReader().triples(parse_lines(group_lines(opened, minimal=case.minimal)))
        assert has_warned(case, conversion_warnings(opened))
    result = (FOLDER / case.result.removeprefix(BASE)).read_bytes()
    wanted = parse_rdf(result, ox.RdfFormat.TURTLE, base=case.result, shown=case.name)
    by_value = case.name in BY_VALUE
    assert isomorphic(graph(found, by_value=by_value), graph(wanted, by_value=by_value))


def graph(triples: Iterable[Triple], *, by_value: bool) -> Graph:
    found = Graph()
    for subject, predicate, term in triples:
        found.add((subject, predicate, value_of(term) if by_value and isinstance(term, Literal) else term))
    return found


def value_of(literal: Literal) -> Literal:
    """A number in one lexical form."""
    base = str(literal.datatype or "").removeprefix(XSD)
    if base not in NUMBERS or str(literal) in ("INF", "-INF", "NaN"):
        return literal
    return Literal(str(Decimal(str(literal)).normalize()), datatype=literal.datatype, normalize=False)


@pytest.mark.slow
@pytest.mark.parametrize("case", every("json"))
def test_csv2json(case: Case) -> None:
    if case.kind == "Negative":
        with pytest.raises(ConfigurationError), open_group(case.action, loader_of(FOLDER), case.hints) as opened:
            list(group_json(opened, minimal=case.minimal))
        return
    with open_group(case.action, loader_of(FOLDER), case.hints) as opened:
        text = "".join(group_json(opened, minimal=case.minimal))
        assert has_warned(case, conversion_warnings(opened))
    assert json.loads(text) == json.loads((FOLDER / case.result.removeprefix(BASE)).read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("case", every("validation"))
def test_validation(case: Case) -> None:
    assert verdict(case) == case.kind


def verdict(case: Case) -> str:
    """Negative for a refused description or a violation, Warning for a warning alone, Positive for neither."""
    try:
        with open_group(case.action, loader_of(FOLDER), case.hints) as opened:
            severities = {finding.severity for finding in check_group(opened)}
    except ConfigurationError:
        return "Negative"
    return "Negative" if Severity.VIOLATION in severities else "Warning" if severities else "Positive"
