"""Notes and common properties, normalised JSON-LD, as N-Triples lines (csv2rdf §5) and as plain JSON (csv2json §5)."""

from __future__ import annotations

from collections.abc import Iterator

from st_opendata.csvw.metadata.common_properties import compact_name, plain_datatype
from st_opendata.model.groups import Annotations, Json
from st_opendata.namespaces import PREFIXES, RDF, XSD
from st_opendata.rdf.lines import literal_text

_NOTE = PREFIXES["csvw"] + "note"


class BlankNodes:
    """Labels for the nodes of annotations, in the order in which they are met."""

    def __init__(self) -> None:
        self._count = 0

    def new(self) -> str:
        """The term of one more node."""
        self._count += 1
        return f"_:a{self._count}"


def annotation_lines(node: str, said: Annotations, blanks: BlankNodes) -> Iterator[str]:
    """The lines about the node."""
    for name, value in said.properties.items():
        yield from _property(node, name, value, blanks)
    for note in said.notes:
        yield from _property(node, _NOTE, note, blanks)


def _property(node: str, name: str, value: Json, blanks: BlankNodes) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, list):
            yield from _property(node, name, item, blanks)
            continue
        if "@value" in item:
            yield f"{node} <{name}> {_literal(item)} ."
            continue
        inner = f"<{item['@id']}>" if "@id" in item else blanks.new()
        yield f"{node} <{name}> {inner} ."
        for kind in item.get("@type", ()):
            yield f"{inner} <{RDF}type> <{kind}> ."
        for key, below in item.items():
            if not key.startswith("@"):
                yield from _property(inner, key, below, blanks)


def _literal(item: dict[str, Json]) -> str:
    value = item["@value"]
    if isinstance(value, str):
        if "@language" in item:
            return f"{literal_text(value)}@{item['@language'].lower()}"
        kind = item.get("@type", f"{XSD}string")
        return literal_text(value) + ("" if kind == f"{XSD}string" else f"^^<{kind}>")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text}"^^<{item.get("@type") or plain_datatype(value)}>'


def annotation_members(said: Annotations) -> dict[str, Json]:
    """Notes and common properties as members of an object: names compacted, languages and datatypes left out."""
    found: dict[str, Json] = {}
    if said.notes:
        found["notes"] = [_plain(note) for note in said.notes]
    return found | {compact_name(name): _plain(value) for name, value in said.properties.items()}


def _plain(value: Json) -> Json:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if "@value" in value:
        return value["@value"]
    if set(value) == {"@id"}:
        return value["@id"]
    found: dict[str, Json] = {}
    for name, inner in value.items():
        if name == "@type":
            kinds = [compact_name(kind) for kind in inner]
            found[name] = kinds[0] if len(kinds) == 1 else kinds
        else:
            found[compact_name(name)] = inner if name == "@id" else _plain(inner)
    return found
