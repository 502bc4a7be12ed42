"""RDF: the facts of a dataset in four formats, and those of the catalogue with one named graph a dataset."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from st_opendata.exports.sources import CatalogueSource, DatasetSource
from st_opendata.formats import Format
from st_opendata.rdf.lines import encode_lines, read_text
from st_opendata.rdf.writing import write_gzip, write_quads, write_rdf, write_trig
from st_opendata.release.layout import FACTS_FILE, graph_file


def write_n_triples(source: DatasetSource, path: Path) -> None:
    """Write the facts of the dataset, shard by shard, sorted within a shard; and with their cells to `FACTS_FILE`."""
    with path.open("wb") as out:
        source.facts.write_facts(
            source.dataset.id, path.with_name(FACTS_FILE), lambda lines: out.write(encode_lines(lines))
        )


def write_graph_as(form: Format, source: DatasetSource, path: Path) -> None:
    """Write the dataset's N-Triples in another format; raises as `write_rdf`."""
    write_rdf(source.lines(), path, form, source.prefixes)


def write_named_graphs(source: CatalogueSource, path: Path) -> None:
    """Write N-Quads: each dataset's facts in the graph that its IRI names."""
    catalogue = source.catalogue
    texts = ((each, read_text(source.folder / graph_file(each.id))) for each in catalogue.datasets)
    write_quads(((catalogue.dataset_iri(dataset.id), text) for dataset, text in texts), path)


def write_named_graphs_as_trig(source: CatalogueSource, path: Path) -> None:
    """Write TriG: the same graphs, for human readers."""
    catalogue = source.catalogue
    write_trig(
        ((catalogue.dataset_iri(dataset.id), source.lines(dataset.id)) for dataset in catalogue.datasets),
        path,
        source.prefixes,
    )


def zip_named_graphs(_source: CatalogueSource, path: Path) -> None:
    """Compress the N-Quads file that has the name of `path` without `.gz`."""
    _zip(path.with_suffix(""), path)


def zip_all_facts(source: CatalogueSource, path: Path) -> None:
    """Write the distinct facts of all datasets as compressed N-Triples: those of a single one are in its file."""
    if len(source.catalogue.datasets) == 1:
        _zip(source.folder / graph_file(source.catalogue.datasets[0].id), path)
    else:
        write_gzip(map(encode_lines, source.facts.lines()), path)


def _zip(file: Path, path: Path) -> None:
    with file.open("rb") as data:
        write_gzip(iter(partial(data.read, 1 << 20), b""), path)
