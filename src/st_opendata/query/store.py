"""A release in a SPARQL store: the default graph is all of it merged, each dataset is also the graph of its IRI."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError
from st_opendata.model.release import Release
from st_opendata.namespaces import ST
from st_opendata.place import Place
from st_opendata.release import read_release


def load(folder: Path) -> ox.Store:
    """A store in memory with the release's facts, catalogue and ontology; raises InputError."""
    store = ox.Store()
    fill(store, folder, read_release(folder))
    return store


def fill(store: ox.Store, folder: Path, release: Release) -> None:
    """Load a release's facts, catalogue and ontology into an empty store; raises InputError."""
    for path, form, graph in _sources(folder, release):
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
    return f"{release.base}catalogue"


ONTOLOGY_GRAPH = ST.rstrip("#")
"""The IRI of the graph that holds the ontology and its schemes."""


def _sources(folder: Path, release: Release) -> list[tuple[Path, ox.RdfFormat, ox.NamedNode | None]]:
    """Files to load, each with its syntax and its graph: None for the default graph, or for those that it names."""
    background = [(folder / "catalog.ttl", ox.NamedNode(catalogue_graph_of(release)))]
    background += [(path, ox.NamedNode(ONTOLOGY_GRAPH)) for path in sorted((folder / "ontology").rglob("*.ttl"))]
    facts = [folder / dataset.id / f"{dataset.id}.nt" for dataset in release.datasets]
    return [
        (folder / f"{release.catalogue}.nq", ox.RdfFormat.N_QUADS, None),
        *((path, ox.RdfFormat.N_TRIPLES, None) for path in facts),
        *((path, ox.RdfFormat.TURTLE, graph) for path, name in background for graph in (name, None)),
    ]
