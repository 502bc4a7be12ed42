"""Writing the catalogue into a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.dcat.ap import catalogue_statements
from st_opendata.dcat.croissant import croissant
from st_opendata.dcat.relocate import write_statements
from st_opendata.dcat.ro_crate import ro_crate
from st_opendata.dcat.schema_org import schema_org
from st_opendata.dcat.void import Counts, void_statements
from st_opendata.formats import TURTLE
from st_opendata.json_text import indented_json
from st_opendata.model.release import Distribution, File, Picture
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.statements import Statements
from st_opendata.release.layout import CATALOGUES, CRATE, CROISSANT_FILE, SCHEMA_ORG_FILE, VOID_FILE, in_dataset

if TYPE_CHECKING:
    from st_opendata.model.descriptions import Catalogue


@dataclass(frozen=True, slots=True)
class ReleaseFiles:
    """The files of a release: distributions and pictures by dataset id, and the dumps.

    `counts` are as for `void_statements`.
    """

    distributions: Mapping[str, tuple[Distribution, ...]]
    pictures: Mapping[str, Picture]
    dumps: Sequence[File]
    counts: Mapping[str | None, Counts]


def write_catalogue(catalogue: Catalogue, written: ReleaseFiles, folder: Path) -> Statements:
    """Write catalog.{ttl,jsonld,rdf}, void.ttl, and schema.jsonld and croissant.json of each dataset.

    Returns the statements of the catalog files, which the caller validates and scores.

    Raises:
        InputError: an IRI of the catalogue cannot be written.
    """
    prefixes = PREFIXES | catalogue.prefixes
    triples = {dataset: count.triples for dataset, count in written.counts.items() if dataset}
    graph = catalogue_statements(catalogue, written.distributions, triples, written.pictures)
    write_statements(graph, folder, CATALOGUES, prefixes)
    void = void_statements(catalogue, written.distributions, written.dumps, written.counts)
    write_statements(void, folder, {VOID_FILE: TURTLE}, prefixes)
    for dataset in catalogue.datasets:
        files = written.distributions.get(dataset.id, ())
        described = schema_org(catalogue, dataset, files, written.pictures.get(dataset.id))
        (folder / dataset.id).mkdir(exist_ok=True)
        _write_json(described, folder / in_dataset(dataset.id, SCHEMA_ORG_FILE))
        _write_json(croissant(catalogue, dataset, files), folder / in_dataset(dataset.id, CROISSANT_FILE))
    return graph


def write_crate(catalogue: Catalogue, distributions: Mapping[str, tuple[Distribution, ...]], folder: Path) -> None:
    """Write ro-crate-metadata.json, which describes all files that are already in the release."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    sizes = {path: (folder / path).stat().st_size for path in paths}
    _write_json(ro_crate(catalogue, distributions, sizes), folder / CRATE)


def _write_json(content: Mapping[str, object], path: Path) -> None:
    path.write_text(indented_json(content, 2) + "\n", "utf-8", newline="\n")
