"""Places and periods as nodes of a catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.dcat.terms import DCAT, DCT, GSP, LOCN, RDFS, SKOS, XSD, add_text, add_types, state
from st_opendata.rdf.statements import Statements, literal_node

if TYPE_CHECKING:
    from st_opendata.model.coverage import Location, Period

_TYPES = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
"""The datatype of a day, month or year, by the length of its text."""


def add_places(graph: Statements, iri: str, location: Location) -> list[ox.NamedNode]:
    """dct:Location of a place, and of the NUTS region in which it lies; `iri` is for a place without one."""
    from st_opendata.model.coverage import NUTS, region_label  # whoever only reads a catalogue does without the models

    place = add_types(graph, location.iri or iri, DCT.Location)
    if not location.label:
        state(graph, place, RDFS.label, literal_node(f"NUTS {place.value.removeprefix(NUTS)}"))
    add_text(graph, place, SKOS.prefLabel, location.label)
    if location.centroid:
        latitude, longitude = location.centroid
        state(graph, place, DCAT.centroid, _wkt(f"POINT({longitude} {latitude})"))
    if location.bbox:
        west, south, east, north = location.bbox
        corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
        ring = ", ".join(f"{x} {y}" for x, y in corners)
        state(graph, place, DCAT.bbox, _wkt(f"POLYGON(({ring}))"))
    if location.geometry:
        state(graph, place, LOCN.geometry, _wkt(location.geometry))
    if not location.nuts:
        return [place]
    region = add_types(graph, NUTS + location.nuts, DCT.Location)
    add_text(graph, region, SKOS.prefLabel, region_label(location.nuts, location.label))
    return [place, region]


def _wkt(text: str) -> ox.Literal:
    return literal_node(text, datatype=GSP.wktLiteral)


def add_period(graph: Statements, iri: str, period: Period) -> ox.NamedNode:
    """dct:PeriodOfTime with the ends that are not open."""
    node = add_types(graph, iri, DCT.PeriodOfTime)
    for predicate, end in ((DCAT.startDate, period.start), (DCAT.endDate, period.end)):
        if end:
            state(graph, node, predicate, literal_node(end, datatype=_TYPES[len(end)]))
    return node
