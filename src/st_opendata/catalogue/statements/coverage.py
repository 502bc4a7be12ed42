"""Places, periods and dates, read back from DCAT statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from st_opendata.catalogue.statements.reader import Reader, Yaml, filled, one_or_more
from st_opendata.messages.message import message
from st_opendata.model.coverage import NUTS, region_label
from st_opendata.rdf.statements import Term, text_of

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def read_places(reader: Reader, key: str) -> object:
    """Places, each with the NUTS region that is called after it; other regions are separate."""
    places: list[Yaml] = []
    regions: dict[str, dict[str, str]] = {}
    for node in reader.values(key, "dct:spatial"):
        label = reader.named(node, "skos:prefLabel")
        if text_of(node).startswith(NUTS):
            regions[text_of(node)] = label
        elif place := _place(reader, node, label):
            places.append(place)
        else:
            place_text = ", ".join(label.values()) or text_of(node)
            unknown = message(
                'The portal has "{text}": write iri (of GeoNames, NUTS …) and label of the place', text=place_text
            )
            reader.found.remark(key, unknown)
    for place in places:
        for iri, label in regions.items():
            if label and label == region_label(iri.removeprefix(NUTS), place["label"]):
                place["nuts"] = iri.removeprefix(NUTS)
    alone = regions.keys() - {f"{NUTS}{place.get('nuts')}" for place in places}
    return [*places, *(filled(iri=iri, label=regions[iri]) for iri in sorted(alone))]


def _place(reader: Reader, node: Term, label: dict[str, str]) -> Yaml | None:
    """A place that has a label, and an IRI or a position."""
    iri, position = reader.own_iri(node, text_of(node)), _position(reader, node)
    return filled(iri=iri, label=label, **position) if label and (iri or position) else None


def _position(reader: Reader, node: Term) -> Yaml:
    """Centroid and box, whose numbers are longitude and latitude in WKT and in GeoJSON."""
    found: Yaml = {}
    if point := _numbers(reader.below(node, "dcat:centroid")):
        found["centroid"] = [point[1], point[0]]
    if shape := reader.text_below(node, "locn:geometry"):
        found["geometry"] = re.sub(r"^\s*<[^>]*>\s*", "", shape)
    if ring := _numbers(reader.below(node, "dcat:bbox")):
        xs, ys = ring[::2], ring[1::2]
        found["bbox"] = [min(xs), min(ys), max(xs), max(ys)]
    return found


def _numbers(values: Sequence[Term]) -> list[float]:
    text = re.sub("<[^>]*>", "", text_of(values[0])) if values else ""
    found = list(map(float, _NUMBER.findall(text)))
    return found if len(found) % 2 == 0 else []


def read_periods(reader: Reader, key: str) -> object:
    """The periods that the data cover."""
    found = []
    for node in reader.values(key, "dct:temporal"):
        start, end = (reader.text_below(node, name) for name in ("dcat:startDate", "dcat:endDate"))
        found.append(filled(start=day_of(start) if start else None, end=day_of(end) if end else None))
    return one_or_more(each for each in sorted(found, key=str) if each)


def day_of(text: str) -> date | str:
    """The day of a date or instant; other text unchanged."""
    try:
        return date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d{2}-\d{2}([T ]|$)", text) else text
    except ValueError:
        return text
