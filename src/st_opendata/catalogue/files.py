"""Writing the catalogue into a release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

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
) -> tuple[File, ...]:
    """Write catalog.{ttl,jsonld,rdf}, void.ttl and <dataset>/schema.jsonld; `counts` as for `void_graph`.

    Raises:
        InputError: an IRI of the catalogue cannot be written.
    """
    return tuple(
        File(path.relative_to(folder).as_posix(), path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in _write(catalogue, distributions, dumps, counts, folder)
    )


def _write(
    catalogue: Catalogue,
    distributions: Mapping[str, tuple[Distribution, ...]],
    dumps: Sequence[File],
    counts: Mapping[str | None, Counts],
    folder: Path,
) -> Iterator[Path]:
    prefixes = PREFIXES | catalogue.prefixes
    triples = {dataset: count.triples for dataset, count in counts.items() if dataset}
    graph = catalogue_graph(catalogue, distributions, triples)
    for form in (TURTLE, JSON_LD, RDF_XML):
        path = folder / f"catalog{form.extension}"
        write_graph(graph, path, form, prefixes)
        yield path
    path = folder / "void.ttl"
    write_graph(void_graph(catalogue, distributions, dumps, counts), path, TURTLE, prefixes)
    yield path
    for dataset in catalogue.datasets:
        path = folder / dataset.id / "schema.jsonld"
        path.parent.mkdir(exist_ok=True)
        described = schema_org(catalogue, dataset, distributions.get(dataset.id, ()))
        path.write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")
        yield path
