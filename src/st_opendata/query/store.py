"""A release in a SPARQL store: the default graph is all of it merged, each dataset is also the graph of its IRI."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError
from st_opendata.model.release import Release
from st_opendata.namespaces import ST
from st_opendata.place import Place
from st_opendata.release import read_release

_File = tuple[Path, ox.RdfFormat, ox.NamedNode | None]
"""A file to load, with its syntax and graph."""


def load(folder: Path) -> ox.Store:
    """A store in memory with the release's facts, catalogue and ontology; raises InputError."""
    store = ox.Store()
    fill(store, folder, read_release(folder))
    return store


def load_files(folder: Path, catalogue: str, base: str, datasets: Iterable[str]) -> ox.Store:
    """As `load`, for a release whose manifest is not written yet: id and base of its catalogue, ids of its datasets."""
    store = ox.Store()
    _fill(store, _sources(folder, catalogue, base, datasets))
    return store


def fill(store: ox.Store, folder: Path, release: Release) -> None:
    """Load a release's facts, catalogue and ontology into an empty store; raises InputError."""
    _fill(store, _sources(folder, release.catalogue, release.base, (dataset.id for dataset in release.datasets)))


def _fill(store: ox.Store, sources: Iterable[_File]) -> None:
    for path, form, graph in sources:
        try:
            store.bulk_load(path=str(path), format=form, to_graph=graph)
        except (OSError, SyntaxError, ValueError) as error:
            raise InputError(
                f"it cannot be loaded: {error}",
                place=Place(str(path)),
                remedy="Ask `st-opendata verify release` what has changed, or build the release again.",
            ) from error


def catalogue_graph_of(release: Release) -> str:
    """The IRI of the graph that holds the catalogue."""
    return _catalogue_graph(release.base)


def _catalogue_graph(base: str) -> str:
    return f"{base}catalogue"


ONTOLOGY_GRAPH = ST.rstrip("#")
"""The IRI of the graph that holds the ontology and its schemes."""


def _sources(folder: Path, catalogue: str, base: str, datasets: Iterable[str]) -> list[_File]:
    """Files to load, each with its syntax and its graph: None for the default graph, or for those that it names."""
    background = [(folder / "catalog.ttl", ox.NamedNode(_catalogue_graph(base)))]
    background += [(path, ox.NamedNode(ONTOLOGY_GRAPH)) for path in sorted((folder / "ontology").rglob("*.ttl"))]
    facts = [folder / dataset / f"{dataset}.nt" for dataset in datasets]
    return [
        (folder / f"{catalogue}.nq", ox.RdfFormat.N_QUADS, None),
        *((path, ox.RdfFormat.N_TRIPLES, None) for path in facts),
        *((path, ox.RdfFormat.TURTLE, graph) for path, name in background for graph in (name, None)),
    ]
