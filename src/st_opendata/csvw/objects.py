"""The objects that a row describes, those nested whose identifier another one's cell names (csv2json §4.3, §4.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from st_opendata.csvw.metadata.common_properties import compact_name
from st_opendata.csvw.rows.cells import Cell
from st_opendata.namespaces import RDF
from st_opendata.tables.json_text import json_array, json_object, json_value, quote


@dataclass(slots=True)
class _Node:
    """An object: for each name its values, which are JSON or other objects; `parent` is what it is nested in."""

    id: str | None
    members: dict[str, list[str | _Node]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    parent: _Node | None = None

    def root(self) -> _Node:
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def text(self) -> str:
        identity = [("@id", quote(self.id))] if self.id is not None else []
        return json_object(identity + [(name, self._value(name)) for name in self.members])

    def _value(self, name: str) -> str:
        values = [value if isinstance(value, str) else value.text() for value in self.members[name]]
        return json_array(values) if len(values) > 1 or name in self.listed else values[0]


def row_objects(cells: Sequence[Cell]) -> list[str]:
    """The JSON text of each root object, in the order of their first cells."""
    nodes: dict[str | None, _Node] = {}
    for cell in cells:
        nodes.setdefault(cell.subject, _Node(cell.subject))
    once = _named_once(cells)
    for cell in cells:
        _state(nodes, cell, once)
    return [node.text() for node in nodes.values() if node.parent is None]


def _named_once(cells: Iterable[Cell]) -> frozenset[str]:
    counted = Counter(cell.iri for cell in cells if cell.iri is not None)
    return frozenset(iri for iri, count in counted.items() if count == 1)


def _state(nodes: dict[str | None, _Node], cell: Cell, once: frozenset[str]) -> None:
    node = nodes[cell.subject]
    name = _name(cell)
    values = node.members.setdefault(name, [])
    if cell.listed:
        node.listed.add(name)
    if cell.iri is None:
        values.extend(json_value(text, cell.column.datatype.base if sound else "string") for text, sound in cell.values)
        return
    other = nodes.get(cell.iri) if cell.iri in once else None
    if other is not None and other is not node and node.root() is not other:
        other.parent = node
        values.append(other)
    else:
        values.append(quote(compact_name(cell.iri) if name == "@type" else cell.iri))


def _name(cell: Cell) -> str:
    if cell.property is None:
        return unquote(cell.column.name)
    return "@type" if cell.property == f"{RDF}type" else compact_name(cell.property)
