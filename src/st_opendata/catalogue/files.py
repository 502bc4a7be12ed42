"""Writing the catalogue into a release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import rdflib

from st_opendata.catalogue.dcat import catalogue_graph
from st_opendata.catalogue.schema_org import schema_org
from st_opendata.catalogue.void import Counts, void_graph
from st_opendata.formats import JSON_LD, RDF_XML, TURTLE
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.release import Distribution, File, Picture
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf import write_graph


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: distributions and pictures by dataset id, and the dumps; `counts` as for `void_graph`."""

    distributions: Mapping[str, tuple[Distribution, ...]]
    pictures: Mapping[str, Picture]
    dumps: Sequence[File]
    counts: Mapping[str | None, Counts]


def write_catalogue(catalogue: Catalogue, written: Written, folder: Path) -> rdflib.Graph:
    """Write catalog.{ttl,jsonld,rdf}, void.ttl and <dataset>/schema.jsonld.

    What the catalog files state is given back, for those who validate and score it.

    Raises:
        InputError: an IRI of the catalogue cannot be written.
    """
    prefixes = PREFIXES | catalogue.prefixes
    triples = {dataset: count.triples for dataset, count in written.counts.items() if dataset}
    graph = catalogue_graph(catalogue, written.distributions, triples, written.pictures)
    for form in (TURTLE, JSON_LD, RDF_XML):
        write_graph(graph, folder / f"catalog{form.extension}", form, prefixes)
    void = void_graph(catalogue, written.distributions, written.dumps, written.counts)
    write_graph(void, folder / "void.ttl", TURTLE, prefixes)
    for dataset in catalogue.datasets:
        files = written.distributions.get(dataset.id, ())
        described = schema_org(catalogue, dataset, files, written.pictures.get(dataset.id))
        (folder / dataset.id).mkdir(exist_ok=True)
        text = json.dumps(described, ensure_ascii=False, indent=2)
        (folder / dataset.id / "schema.jsonld").write_text(f"{text}\n", "utf-8", newline="\n")
    return graph
