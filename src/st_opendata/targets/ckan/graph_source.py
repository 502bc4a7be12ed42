"""The statements of a release as the source of the values of fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from st_opendata.model.text import Text, pick
from st_opendata.namespaces import expand
from st_opendata.rdf.labels import best_label
from st_opendata.rdf.statements import Statements, Term, text_of

DISTRIBUTION = expand("dcat:distribution")


@dataclass(frozen=True, slots=True)
class GraphSource:
    """The source of the values of fields; `iris` requests IRIs in place of words for people."""

    graph: Statements
    language: str
    iris: bool
    markdown: Mapping[str, Text] = field(default_factory=dict)
    """The descriptions of datasets that are Markdown, by their IRI."""

    def values(self, node: str, path: tuple[str, ...]) -> list[Term]:
        """The values that the path leads to from a node, sorted, each once; the node itself for the empty path."""
        found: dict[Term, None] = {ox.NamedNode(node): None}
        for predicate in path:
            # Fields of one contact of several are all of the first; fields of files are of all of them.
            several = predicate == path[0] or path[0] == DISTRIBUTION
            through = list(found) if several else sorted(found, key=text_of)[:1]
            found = {value: None for each in through for value in self.graph.values(text_of(each), predicate)}
        return sorted(found, key=text_of) if len(found) > 1 else list(found)

    def label(self, node: Term) -> str:
        """The name of a node in the site's language, else its IRI or text."""
        name = text_of(node)
        return best_label(lambda label: self.text(self.graph.values(name, label))) or name

    def labels(self, node: Term) -> dict[str, str]:
        """The names of a node by language; empty if it has none."""
        return best_label(lambda label: texts_of(self.graph.values(text_of(node), label)) or None) or {}

    def labels_of(self, nodes: Iterable[Term]) -> list[str]:
        """The name of each node in the site's language."""
        return list(map(self.label, nodes))

    def text(self, values: Iterable[Term]) -> str:
        """The first literal in the site's language."""
        return pick(texts_of(values), self.language).strip()


_WKT = re.compile(r"(POINT|POLYGON) ?\(+([-\d., ]+)\)+")
_GEOMETRIES = tuple(map(expand, ("dcat:bbox", "dcat:centroid", "locn:geometry")))


def geojson_of(source: GraphSource, places: Iterable[Term]) -> str | None:
    """The first box of these places, else the first point, as GeoJSON (RFC 7946); None if they have neither."""
    names = [text_of(place) for place in places]
    for predicate in _GEOMETRIES:
        for value in (value for name in names for value in source.graph.values(name, predicate)):
            if found := _WKT.fullmatch(text_of(value).strip()):
                points = [[float(number) for number in point.split()] for point in found[2].split(",")]
                kind, coordinates = ("Point", points[0]) if found[1] == "POINT" else ("Polygon", [points])
                return json.dumps({"type": kind, "coordinates": coordinates})
    return None


def texts_of(values: Iterable[Term]) -> dict[str, str]:
    """The literals by language, `und` for those without; of several in a language the first in order."""
    literals = [value for value in values if isinstance(value, ox.Literal)]
    return {each.language or "und": each.value for each in sorted(literals, key=text_of, reverse=True)}
