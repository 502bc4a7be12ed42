"""Writing the catalogue into a release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import rdflib

from st_opendata.catalogue.dcat import catalogue_graph
from st_opendata.catalogue.schema_org import schema_org
from st_opendata.catalogue.void import Counts, void_graph
from st_opendata.formats import JSON_LD, RDF_XML, TURTLE
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.release import Distribution, File
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf import write_graph


def write_catalogue(
    catalogue: Catalogue,
    distributions: Mapping[str, tuple[Distribution, ...]],
    dumps: Sequence[File],
    counts: Mapping[str | None, Counts],
    folder: Path,
) -> rdflib.Graph:
    """Write catalog.{ttl,jsonld,rdf}, void.ttl and <dataset>/schema.jsonld; `counts` as for `void_graph`.

    What the catalog files state is given back, for those who validate and score it.

    Raises:
        InputError: an IRI of the catalogue cannot be written.
    """
    prefixes = PREFIXES | catalogue.prefixes
    triples = {dataset: count.triples for dataset, count in counts.items() if dataset}
    graph = catalogue_graph(catalogue, distributions, triples)
    for form in (TURTLE, JSON_LD, RDF_XML):
        write_graph(graph, folder / f"catalog{form.extension}", form, prefixes)
    write_graph(void_graph(catalogue, distributions, dumps, counts), folder / "void.ttl", TURTLE, prefixes)
    for dataset in catalogue.datasets:
        described = schema_org(catalogue, dataset, distributions.get(dataset.id, ()))
        (folder / dataset.id).mkdir(exist_ok=True)
        text = json.dumps(described, ensure_ascii=False, indent=2)
        (folder / dataset.id / "schema.jsonld").write_text(f"{text}\n", "utf-8", newline="\n")
    return graph
