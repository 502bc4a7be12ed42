"""Formats that cannot carry the facts of a dataset: its release lacks them, and `check` warns before."""

from __future__ import annotations

import pyoxigraph as ox

from st_opendata.exports.choice import choose_formats
from st_opendata.exports.geojson import LATITUDE, LONGITUDE, point_of
from st_opendata.facts import FactBase
from st_opendata.formats import GEOJSON, RDF_XML, Format
from st_opendata.messages.codes import finding
from st_opendata.model.descriptions import Dataset
from st_opendata.model.findings import Finding
from st_opendata.namespaces import RDF
from st_opendata.rdf.lines import parse_lines
from st_opendata.rdf.writing import UnwritableTripleError, is_element_name, xml_triples

_TYPE = f"<{RDF}type>"
_SUFFIX = r"(?:@[a-z0-9-]+|\^\^<[^>]*>)?"
_DEGREES = {
    f"<{LATITUDE}>": rf'"-?(?:[1-8]?[0-9](?:\.[0-9]{{1,99}})?|90(?:\.0{{1,99}})?)"{_SUFFIX}',
    f"<{LONGITUDE}>": rf'"-?(?:(?:1[0-7]|[1-9])?[0-9](?:\.[0-9]{{1,99}})?|180(?:\.0{{1,99}})?)"{_SUFFIX}',
}
"""The usual forms of coordinates; Python decides on others."""


def unwritable(form: Format, facts: FactBase, dataset: str) -> UnwritableTripleError | None:
    """The error for the first of the dataset's facts that the format cannot carry."""
    if form is RDF_XML:
        return _unnameable(facts, dataset)
    return _misplaced(facts, dataset) if form is GEOJSON else None


def impossible_findings(facts: FactBase, dataset: Dataset) -> list[Finding]:
    """A warning for each such format, at the column or the cell."""
    found = []
    choice = choose_formats(facts, dataset)
    for form in (RDF_XML, GEOJSON):
        error = unwritable(form, facts, dataset.id) if choice.has(form) else None
        if error is None:
            continue
        subject, predicate, value = error.triple
        places = facts.places(subject, predicate, value)[:1]
        name = value if predicate == _TYPE else predicate
        code = "format-rdfxml" if form is RDF_XML else "format-geojson"
        found.append(finding(code, places, dataset=dataset.id, name=name, subject=subject))
    return found


def _unnameable(facts: FactBase, dataset: str) -> UnwritableTripleError | None:
    """The error for a property that RDF/XML cannot name, or a class that alone would have to name its element."""
    properties = [name for name in facts.predicates(dataset) if not is_element_name(ox.NamedNode(name[1:-1]))]
    classes = [name for name in facts.classes(dataset) if name.startswith("<")]
    unfit = [name for name in classes if not is_element_name(ox.NamedNode(name[1:-1]))]
    subject = facts.first_subject(properties, unfit, dataset) if properties or unfit else None
    if subject is None:
        return None
    try:
        for _ in xml_triples(parse_lines([facts.about(subject, dataset)])):
            pass
    except UnwritableTripleError as error:
        return error
    return None


def _misplaced(facts: FactBase, dataset: str) -> UnwritableTripleError | None:
    """The first place without one latitude and one longitude in degrees."""
    for subject in facts.unmatched(_DEGREES, dataset):
        try:
            point_of(parse_lines([facts.about(subject, dataset)]))
        except UnwritableTripleError as error:
            return error
    return None
