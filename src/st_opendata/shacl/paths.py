"""Property paths (SHACL §2.3.1): as data, and walked in a graph.

pySHACL walks an inverse sequence `^(p/q)` as `^p/^q`, and refuses a path of ten steps. Its walk is replaced here, in
the one place where pySHACL looks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from weakref import WeakKeyDictionary

import pyshacl.shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, Graph, URIRef
from rdflib.term import Node

from st_opendata.shacl.terms import SH
from st_opendata.shacl.wellformed import list_members


@dataclass(frozen=True, slots=True)
class Step:
    """A path that is a predicate, forwards or backwards."""

    predicate: URIRef
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Any of the parts."""

    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part any number of times: not at all (`least` 0) or once at least; at most once if it is `single`."""

    part: Path
    least: int
    single: bool = False


Path = Step | Sequence | Alternative | Repeat
_REPEATS = {SH.zeroOrMorePath: (0, False), SH.oneOrMorePath: (1, False), SH.zeroOrOnePath: (0, True)}


def read_path(graph: Graph, path: Node, *, inverse: bool = False) -> Path:
    """A well-formed path of the shapes graph; inversion is at its predicates."""
    if isinstance(path, URIRef):
        return Step(path, inverse)
    if (path, RDF.first, None) in graph:
        parts = [read_path(graph, part, inverse=inverse) for part in list_members(graph, path) or ()]
        return Sequence(tuple(reversed(parts) if inverse else parts))
    if (choice := graph.value(path, SH.alternativePath)) is not None:
        return Alternative(tuple(read_path(graph, part, inverse=inverse) for part in list_members(graph, choice) or ()))
    if (turned := graph.value(path, SH.inversePath)) is not None:
        return read_path(graph, turned, inverse=not inverse)
    for predicate, (least, single) in _REPEATS.items():
        if (part := graph.value(path, predicate)) is not None:
            return Repeat(read_path(graph, part, inverse=inverse), least, single)
    raise ValueError(f"{path} is not a path")


def walk(graph: Graph, path: Path, start: set[Node]) -> set[Node]:
    """The nodes at the end of the path from any of these nodes."""
    match path:
        case Step(predicate, inverse=True):
            return {node for each in start for node in graph.subjects(predicate, each)}
        case Step(predicate):
            return {node for each in start for node in graph.objects(each, predicate)}
        case Sequence(parts):
            return reduce(lambda nodes, part: walk(graph, part, nodes), parts, start)
        case Alternative(parts):
            return {node for part in parts for node in walk(graph, part, start)}
        case Repeat(part, least, single):
            found = set() if least else set(start)
            new = walk(graph, part, start) - found
            while new:
                found |= new
                new = set() if single else walk(graph, part, new) - found
            return found


_READ: WeakKeyDictionary[ShapesGraph, dict[Node, Path]] = WeakKeyDictionary()


def _value_nodes(shapes: ShapesGraph, focus: Node, path: Node, data: Graph) -> set[Node]:
    """PySHACL's function of the same arguments."""
    known = _READ.setdefault(shapes, {})
    if path not in known:
        known[path] = read_path(shapes.graph, path)
    return walk(data, known[path], {focus})


def register() -> None:
    """Put the walk in the place of pySHACL's; doing it again changes nothing."""
    vars(pyshacl.shape)["value_nodes_from_path"] = _value_nodes
