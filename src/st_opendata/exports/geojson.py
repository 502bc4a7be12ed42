"""GeoJSON (RFC 7946): the places of a dataset in WGS 84, longitude first.

A place is a subject with `geo:lat` and `geo:long`, a point, or with `gsp:hasGeometry`, a thing whose `gsp:asWKT` has
the geometry; two geometries of a place make a collection.

A feature's id is its IRI. Its properties are its other facts, in a flat form for map programs: the last part of the
property's IRI is the key (its prefixed name, or else its IRI, where two properties share that part), `@fr` is appended
for text in a language, several values make an array, numbers and booleans are JSON's, and links are IRIs. `name` is
the name of the place, in English or else in the first language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path

import pyoxigraph as ox

from st_opendata.exports.sources import DatasetSource
from st_opendata.messages.message import message
from st_opendata.model.geometry import geometry_json, positions_of
from st_opendata.model.text import pick
from st_opendata.namespaces import PREFIXES, XSD, readable
from st_opendata.rdf.labels import LABELS, best_label
from st_opendata.rdf.lines import parse_lines
from st_opendata.rdf.writing import UnwritableTripleError
from st_opendata.tables.json_text import json_array, json_object, json_value, quote, read_number

LATITUDE, LONGITUDE = f"{PREFIXES['geo']}lat", f"{PREFIXES['geo']}long"
_LIMITS = {LATITUDE: 90, LONGITUDE: 180}
HAS_GEOMETRY, AS_WKT = f"{PREFIXES['gsp']}hasGeometry", f"{PREFIXES['gsp']}asWKT"
_NAME = "name"

Point = tuple[Decimal, Decimal]
Box = tuple[Decimal, Decimal, Decimal, Decimal]


def has_places(source: DatasetSource) -> bool:
    """True when some subject has both coordinates, or a geometry."""
    if _states(source, HAS_GEOMETRY, AS_WKT):
        return True
    return _states(source, *_LIMITS) and any(True for _ in _places(source.lines()))


def _states(source: DatasetSource, *predicates: str) -> bool:
    """Whether the dataset states all of them; the catalogue is asked first, which saves most datasets a reading."""
    terms = [f"<{predicate}>" for predicate in predicates]
    return source.facts.relations.keys() >= set(terms) and all(map(source.holds, terms))


def write_geojson(source: DatasetSource, path: Path) -> None:
    """Write the places of the dataset as a feature collection with its bounding box.

    Raises:
        UnwritableTripleError: a coordinate is not a number or out of range, or a place has two of them.
    """
    keys = _keys(chain.from_iterable(_places(source.lines())), source.prefixes)
    shapes = _Shapes(source)
    box: Box | None = None
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write('{"type": "FeatureCollection", "features": [')
        comma = "\n"
        for subject, triples in groupby(parse_lines(_places(source.lines())), attrgetter("subject")):
            facts = list(triples)
            wkts = shapes.of(str(subject))
            if not wkts and not {triple.predicate.value for triple in facts} >= _LIMITS.keys():
                continue  # the geometry of the place is in another dataset
            geometry, points = _shape(wkts) if wkts else _point(point_of(facts))
            for point in points:
                box = _grow(box, point)
            properties = _properties(facts, keys, without=(HAS_GEOMETRY,) if wkts else tuple(_LIMITS))
            out.write(comma + _feature(subject.value, geometry, properties))
            comma = ",\n"
        out.write(f'\n], "bbox": {json_array(map(str, box or ()))}}}\n')


def _places(batches: Iterable[list[str]]) -> Iterator[list[str]]:
    """The lines of each subject that has both coordinates, or a geometry."""
    lines = chain.from_iterable(batches)
    for _, group in groupby(lines, lambda line: line[: line.index(" ")]):
        facts = list(group)
        predicates = {_predicate(line) for line in facts}
        if predicates >= _LIMITS.keys() or HAS_GEOMETRY in predicates:
            yield facts


class _Shapes:
    """The geometries of subjects, which are asked in the order of the facts."""

    def __init__(self, source: DatasetSource) -> None:
        stated = _states(source, HAS_GEOMETRY, AS_WKT)
        linked = source.facts.linked(f"<{HAS_GEOMETRY}>", f"<{AS_WKT}>", source.dataset.id) if stated else iter(())
        self._groups = ((subject, [wkt for _, wkt in rows]) for subject, rows in groupby(linked, lambda row: row[0]))
        self._next = next(self._groups, None)

    def of(self, subject: str) -> list[str]:
        """The geometries of a subject as N-Triples terms, an empty list for one without."""
        if self._next is None or self._next[0] != subject:
            return []
        found = self._next[1]
        self._next = next(self._groups, None)
        return found


def _shape(terms: Sequence[str]) -> tuple[str, Iterator[Point]]:
    """The geometry of WKT literals as JSON, and its positions."""
    wkts = [readable(term) for term in terms]
    shapes = [geometry_json(wkt) for wkt in wkts]
    geometry = shapes[0] if len(shapes) == 1 else json_object(_collection(shapes))
    lines = (line for wkt in wkts for line in positions_of(wkt)[1])
    return geometry, ((Decimal(east), Decimal(north)) for line in lines for east, north in line)


def _collection(shapes: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield "type", quote("GeometryCollection")
    yield "geometries", json_array(shapes)


def _point(point: Point) -> tuple[str, Iterator[Point]]:
    return f'{{"type": "Point", "coordinates": {json_array(map(str, point))}}}', iter([point])


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


def _feature(iri: str, geometry: str, properties: str) -> str:
    return f'{{"type": "Feature", "id": {quote(iri)}, "geometry": {geometry}, "properties": {properties}}}'


def _properties(facts: Iterable[ox.Triple], keys: Mapping[str, str], without: Collection[str]) -> str:
    tokens: dict[str, list[str]] = {}
    labels: dict[str, dict[str, str]] = {iri: {} for iri in LABELS}
    for triple in facts:
        predicate, term = triple.predicate.value, triple.object
        if predicate in without:
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
