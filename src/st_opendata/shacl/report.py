"""Findings as a report: text for people, JSON for programs, Turtle (`sh:ValidationReport`) for linked data.

The JSON is one object, every key always there:

    conforms   true when there is no violation
    counts     {"violation": n, "warning": n, "info": n}
    findings   list of {code, severity, message, remedy, places, dataset, focus, path, value, shape, component,
               unlisted};
               message and remedy map language to text; places are {file, row, column, line, offset}, row counting the
               header as 1; focus, value, shape and component are RDF terms in N-Triples syntax, path is a SPARQL
               property path; unlisted is the number of findings beyond --max-findings for which this one is written,
               and `counts` leaves these out; a key that does not apply is null
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from urllib.parse import quote

import pyoxigraph as ox

from st_opendata.json_text import indented_json
from st_opendata.messages.message import counted, message
from st_opendata.model.findings import Finding, Severity, conforms
from st_opendata.model.text import pick
from st_opendata.namespaces import PREFIXES
from st_opendata.place import Place
from st_opendata.printable import printable
from st_opendata.rdf.lines import literal_text
from st_opendata.shacl.order import sort_findings
from st_opendata.shacl.terms import short

REPORT_IRI = "urn:st-opendata:report"

_PLACE = tuple(each.name for each in fields(Place))
_PLACE_VALUES = attrgetter(*_PLACE)
_SEVERITIES = {
    Severity.VIOLATION: message("violation"),
    Severity.WARNING: message("warning"),
    Severity.INFO: message("note"),
}


def report_text(findings: Iterable[Finding], language: str = "en") -> str:
    """The report for people, grouped by file, headings and messages in `language` (fr, en or de)."""
    ordered = sort_findings(findings)
    if not ordered:
        return message("No findings.")[language] + "\n"
    lines: list[str] = []
    for file, group in groupby(ordered, key=lambda each: each.places[0].file if each.places else ""):
        lines += [file or message("Without a place")[language], *_group_lines(list(group), language), ""]
    return printable("\n".join([*lines, _summary(ordered, language)])) + "\n"


def _group_lines(group: list[Finding], language: str) -> Iterator[str]:
    for each in group:
        where = each.places[0].within(language) if each.places else ""
        severity = _SEVERITIES[each.severity][language]
        yield "  " + "  ".join(filter(None, (where, severity, f"[{each.code}]")))
        text = pick(each.message, language)
        yield f"    {text}"
        if about := _about(each, text):
            yield f"    {about}"
        if each.remedy:
            yield f"    → {pick(each.remedy, language)}"
        if others := each.places[1:]:
            shown = "; ".join(_elsewhere(place, each.places[0].file, language) for place in others[:5])
            places = shown + ("; …" if len(others) > 5 else "")
            also = message("also: {places}", places=places)
            yield f"    {also[language]}"


def _about(each: Finding, text: str) -> str:
    """The nodes of the finding that the message does not name; blank nodes have no name."""
    terms = dict.fromkeys(term for term in (each.focus, each.value) if term and not term.startswith("_:"))
    return "  ".join(shown for shown in map(short, terms) if shown not in text)


def _elsewhere(place: Place, file: str, language: str) -> str:
    return place.within(language) if place.file == file else place.text(language)


def _summary(findings: Sequence[Finding], language: str) -> str:
    counts = Counter(each.severity for each in findings)
    violations, warnings, notes = (counts[severity] for severity in _SEVERITIES)
    unlisted = sum(each.unlisted or 0 for each in findings)
    parts = (
        counted("{n} violation", "{n} violations", number="n", n=violations),
        counted("{n} warning", "{n} warnings", number="n", n=warnings),
        counted("{n} note", "{n} notes", number="n", n=notes),
        counted("{n} more not listed", "{n} more not listed", number="n", n=unlisted),
    )
    return ", ".join(part[language] for part in parts if part.fields["n"])


def report_json(findings: Iterable[Finding]) -> str:
    """The report for programs, as described above."""
    ordered = sort_findings(findings)
    counts = Counter(each.severity for each in ordered)
    content = {
        "conforms": conforms(ordered),
        "counts": {severity.value: counts[severity] for severity in Severity},
        "findings": [_json_finding(each) for each in ordered],
    }
    return indented_json(content) + "\n"


def _json_finding(each: Finding) -> dict[str, object]:
    return {
        "code": each.code,
        "severity": each.severity.value,
        "message": dict(sorted(each.message.items())),
        "remedy": dict(sorted(each.remedy.items())),
        "places": [dict(zip(_PLACE, _PLACE_VALUES(place), strict=True)) for place in each.places],
        "dataset": each.dataset,
        "focus": each.focus,
        "path": each.path,
        "value": each.value,
        "shape": each.shape,
        "component": each.component,
        "unlisted": each.unlisted,
    }


def report_turtle(findings: Iterable[Finding], iri: str = REPORT_IRI) -> str:
    """The report as a `sh:ValidationReport` named `iri`, its results `iri#1`, `iri#2`…; no blank nodes.

    A cell is a `prov:Location` with `csvw:url` (RFC 7111 fragment: `cities.csv#row=5`, the header being row 1) and
    `csvw:title`, its column; a line is `#line=4,5` (RFC 5147: from the end of the fourth to that of the fifth).
    A finding of the tables has neither focus node nor component; its code is its `dct:identifier`.
    A path that is not a predicate would need blank nodes: it is given as a SPARQL path in `rdfs:comment`.
    """
    ordered = sort_findings(findings)
    used = ("csvw", "dct", "prov", "rdfs", "sh", "xsd")
    lines = [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in used]
    results = [f"<{iri}#{number}>" for number in range(1, len(ordered) + 1)]
    # SHACL §3.2: a report conforms when it has no result at all, whatever their severity.
    body = ["a sh:ValidationReport", f"sh:conforms {'false' if ordered else 'true'}"]
    lines += ["", _block(f"<{iri}>", [*body, *([f"sh:result {', '.join(results)}"] if results else [])])]
    for result, each in zip(results, ordered, strict=True):
        places = [f"{result[:-1]}-{number}>" for number in range(1, len(each.places) + 1)]
        lines += ["", _block(result, [*_result_lines(each), *(f"prov:atLocation {place}" for place in places)])]
        lines += [_block(node, _place_lines(place)) for node, place in zip(places, each.places, strict=True)]
    return "\n".join(lines) + "\n"


def _block(subject: str, statements: Iterable[str]) -> str:
    return f"{subject} " + " ;\n    ".join(statements) + " ."


def _result_lines(each: Finding) -> Iterator[str]:
    yield "a sh:ValidationResult"
    yield f"dct:identifier {literal_text(each.code)}"
    yield f"sh:resultSeverity sh:{each.severity.value.capitalize()}"
    if each.focus:
        yield f"sh:focusNode {_named(each.focus)}"
    if each.path and each.path.startswith("<") and _is_readable(each.path):
        yield f"sh:resultPath {each.path}"
    elif each.path:
        yield f"rdfs:comment {literal_text(each.path)}"
    if each.value:
        yield f"sh:value {_named(each.value)}"
    if each.shape:
        yield f"sh:sourceShape {_named(each.shape)}"
    if each.component:
        yield f"sh:sourceConstraintComponent {each.component}"
    for language, text in sorted(each.message.items()):
        yield f"sh:resultMessage {literal_text(text)}@{language}"


def _named(term: str) -> str:
    """The term; a blank node of the data as a skolem IRI (RDF 1.1 §3.5), stable for the same input.

    A term with an ill-formed IRI, which lenient data may have, would make the report unreadable: its text replaces it.
    """
    if term.startswith("_:"):
        return f"<urn:st-opendata:blank:{term[2:]}>"
    return term if _is_readable(term) else literal_text(term)


@lru_cache(maxsize=100_000)
def _is_readable(term: str) -> bool:
    try:
        return bool(list(ox.parse(f"<urn:s> <urn:p> {term} .", format=ox.RdfFormat.N_TRIPLES)))
    except SyntaxError:
        return False


def _place_lines(place: Place) -> Iterator[str]:
    yield "a prov:Location"
    fragment = f"#row={place.row}" if place.row else f"#line={place.line - 1},{place.line}" if place.line else ""
    yield f"csvw:url {literal_text(quote(place.file) + fragment)}^^xsd:anyURI"
    if place.column:
        yield f"csvw:title {literal_text(place.column)}"
