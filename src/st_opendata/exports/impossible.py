"""Formats that cannot carry the facts of a dataset: its release lacks them, and `check` warns before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby

import pyoxigraph as ox

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


def impossible_formats(facts: FactBase, dataset: Dataset) -> dict[Format, UnwritableTripleError]:
    """The formats of a dataset that cannot carry one of its facts, each with the first that it cannot."""
    found = {RDF_XML: _unnameable(facts, dataset.id), GEOJSON: _misplaced(facts, dataset.id)}
    return {form: error for form, error in found.items() if error}


def impossible_findings(facts: FactBase, dataset: Dataset) -> list[Finding]:
    """A warning for each such format, at the column or the cell."""
    found = []
    for form, error in impossible_formats(facts, dataset).items():
        subject, predicate, value = error.triple
        places = facts.places(subject, predicate, value)[:1]
        name = value if predicate == _TYPE else predicate
        code = "format-rdfxml" if form is RDF_XML else "format-geojson"
        found.append(finding(code, places, dataset=dataset.id, name=name, subject=subject))
    return found


def _unnameable(facts: FactBase, dataset: str) -> UnwritableTripleError | None:
    """The error for a property that RDF/XML cannot name; reads the facts only if a name is suspect."""
    properties = facts.predicates(dataset)
    suspect = [name for name in properties if not is_element_name(ox.NamedNode(name[1:-1]))]
    types = [name for name in facts.classes(dataset) if name.startswith("<")]
    if not suspect and all(is_element_name(ox.NamedNode(name[1:-1])) for name in types):
        return None
    try:
        for _ in xml_triples(parse_lines(facts.lines(dataset))):
            pass
    except UnwritableTripleError as error:
        return error
    return None


def _misplaced(facts: FactBase, dataset: str) -> UnwritableTripleError | None:
    """The first place without one latitude and one longitude in degrees."""
    if not {LATITUDE, LONGITUDE} <= {name[1:-1] for name in facts.predicates(dataset)}:
        return None
    try:
        for coordinates in _places(facts, dataset):
            point_of(coordinates)
    except UnwritableTripleError as error:
        return error
    return None


def _places(facts: FactBase, dataset: str) -> Iterator[list[ox.Triple]]:
    """The coordinates of each subject that has both."""
    lines = facts.statements((f"<{LATITUDE}>", f"<{LONGITUDE}>"), dataset)
    for _, group in groupby(chain.from_iterable(lines), lambda line: line[: line.index(" ")]):
        coordinates = list(parse_lines([list(group)]))
        if {triple.predicate.value for triple in coordinates} == {LATITUDE, LONGITUDE}:
            yield coordinates
