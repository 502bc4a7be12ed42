"""GeoJSON (RFC 7946): the subjects with `geo:lat` and `geo:long` as points in WGS 84, longitude first.

A feature's id is its IRI. Its properties are its other facts, in a flat form for map programs: the last part of the
property's IRI is the key (its prefixed name, or else its IRI, where two properties share that part), `@fr` is appended
for text in a language, several values make an array, numbers and booleans are JSON's, and links are IRIs. `name` is
the name of the place, in English or else in the first language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path

import pyoxigraph as ox

from st_opendata.exports.sources import DatasetSource
from st_opendata.messages.message import message
from st_opendata.model.text import pick
from st_opendata.namespaces import PREFIXES, XSD
from st_opendata.rdf.labels import LABELS, best_label
from st_opendata.rdf.lines import parse_lines
from st_opendata.rdf.writing import UnwritableTripleError
from st_opendata.tables.json_text import json_array, json_object, json_value, quote, read_number

LATITUDE, LONGITUDE = f"{PREFIXES['geo']}lat", f"{PREFIXES['geo']}long"
_LIMITS = {LATITUDE: 90, LONGITUDE: 180}
_NAME = "name"

Point = tuple[Decimal, Decimal]
Box = tuple[Decimal, Decimal, Decimal, Decimal]


def has_places(source: DatasetSource) -> bool:
    """True when some subject has both coordinates."""
    axes = [f"<{axis}>" for axis in _LIMITS]
    stated = source.facts.relations.keys() >= set(axes)  # in the catalogue: it saves most datasets from being read
    return stated and all(map(source.holds, axes)) and any(True for _ in _places(source.lines()))


def write_geojson(source: DatasetSource, path: Path) -> None:
    """Write the places of the dataset as a feature collection with its bounding box.

    Raises:
        UnwritableTripleError: a coordinate is not a number or out of range, or a place has two of them.
    """
    keys = _keys(chain.from_iterable(_places(source.lines())), source.prefixes)
    box: Box | None = None
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write('{"type": "FeatureCollection", "features": [')
        comma = "\n"
        for subject, triples in groupby(parse_lines(_places(source.lines())), attrgetter("subject")):
            facts = list(triples)
            point = point_of(facts)
            box = _grow(box, point)
            out.write(comma + _feature(subject.value, point, _properties(facts, keys)))
            comma = ",\n"
        out.write(f'\n], "bbox": {json_array(map(str, box or ()))}}}\n')


def _places(batches: Iterable[list[str]]) -> Iterator[list[str]]:
    """The lines of each subject that has both coordinates."""
    lines = chain.from_iterable(batches)
    for _, group in groupby(lines, lambda line: line[: line.index(" ")]):
        facts = list(group)
        if {_predicate(line) for line in facts} >= _LIMITS.keys():
            yield facts


def _predicate(line: str) -> str:
    return line.split(" ", 2)[1][1:-1]


def _keys(lines: Iterable[str], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The name of each property in the features."""
    last_parts = {iri: re.split("[/#:]", iri)[-1] for iri in map(_predicate, lines)}
    uses = Counter([*last_parts.values(), _NAME, ""])
    names = {namespace + part: f"{prefix}:{part}" for prefix, namespace in prefixes.items() for part in uses if part}
    return {iri: part if uses[part] == 1 else names.get(iri, iri) for iri, part in last_parts.items()}


def point_of(facts: Iterable[ox.Triple]) -> Point:
    """Longitude and latitude of a place, exact.

    Raises:
        UnwritableTripleError: one is not a number or out of range, or there are two of them.
    """
    found: dict[str, Decimal] = {}
    for triple in facts:
        axis = triple.predicate.value
        if axis not in _LIMITS:
            continue
        limit = _LIMITS[axis]
        value = read_number(triple.object.value) if isinstance(triple.object, ox.Literal) else None
        if value is None or abs(value) > limit or axis in found:
            raise UnwritableTripleError(
                triple,
                message("GeoJSON needs one number from -{limit} to {limit}", limit=limit),
                message("Correct the coordinate in the table."),
            )
        found[axis] = value
    return found[LONGITUDE], found[LATITUDE]


def _grow(box: Box | None, point: Point) -> Box:
    """The box (west, south, east, north), extended by the point."""
    longitude, latitude = point
    west, south, east, north = box or (*point, *point)
    return min(west, longitude), min(south, latitude), max(east, longitude), max(north, latitude)


def _feature(iri: str, point: Point, properties: str) -> str:
    geometry = f'{{"type": "Point", "coordinates": {json_array(map(str, point))}}}'
    return f'{{"type": "Feature", "id": {quote(iri)}, "geometry": {geometry}, "properties": {properties}}}'


def _properties(facts: Iterable[ox.Triple], keys: Mapping[str, str]) -> str:
    tokens: dict[str, list[str]] = {}
    labels: dict[str, dict[str, str]] = {iri: {} for iri in LABELS}
    for triple in facts:
        predicate, term = triple.predicate.value, triple.object
        if predicate in _LIMITS:
            continue
        language = term.language if isinstance(term, ox.Literal) else None
        key = f"{keys[predicate]}@{language}" if language else keys[predicate]
        tokens.setdefault(key, []).append(_token(term))
        if predicate in labels and isinstance(term, ox.Literal):
            labels[predicate].setdefault(language or "", term.value)
    names = best_label(labels.get)
    members = [(_NAME, quote(pick(names, "en")))] if names else []
    members += [(key, many[0] if len(many) == 1 else json_array(many)) for key, many in tokens.items()]
    return json_object(members)


def _token(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    if isinstance(term, ox.Literal):
        return json_value(term.value, term.datatype.value.removeprefix(XSD))
    return quote(str(term)[1:-1])
