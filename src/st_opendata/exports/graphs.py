"""RDF: the facts of a dataset in four formats, and those of the catalogue with one named graph a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from st_opendata.exports.sources import CatalogueSource, DatasetSource, OlderDataset
from st_opendata.facts import FactBase
from st_opendata.facts.triples import prefixes
from st_opendata.formats import Format
from st_opendata.rdf.fragments import Shard, write_rdf_again, write_trig_again
from st_opendata.rdf.lines import encode_lines
from st_opendata.rdf.shards import FilePart, shard_parts
from st_opendata.rdf.writing import write_rdf, write_trig
from st_opendata.release.layout import FACTS_FILE, graph_file
from st_opendata.system.members import write_members


def write_n_triples(source: DatasetSource, path: Path) -> None:
    """Write the facts of the dataset, shard by shard, sorted within a shard; and with their cells to `FACTS_FILE`."""
    facts, dataset, cells = source.facts, source.dataset.id, path.with_name(FACTS_FILE)
    with path.open("wb") as out:
        older = source.older.facts if source.older else None
        if older is None:
            facts.write_facts(dataset, cells, lambda lines: out.write(encode_lines(lines)))
            return
        facts.write_facts(dataset, cells, older=older)
        digits = facts.shard_digits(dataset)
        known = shard_parts(older.lines, digits)
        for shard in prefixes(digits):
            same = shard in older.rows
            out.writelines(known.get(shard, ()) if same else [encode_lines(facts.shard_lines(dataset, [shard]))])


def write_graph_as(form: Format, source: DatasetSource, path: Path) -> None:
    """Write the dataset's N-Triples in another format; raises as `write_rdf`."""
    before = source.older.files.get(path.name) if source.older else None
    if before and source.older and source.older.facts:
        shards = _shards_twice(source.facts, source.folder.parent, source.dataset.id, source.older)
        if write_rdf_again(before, shards, path, form, source.prefixes):
            return
    write_rdf(source.lines(), path, form, source.prefixes)


def write_named_graphs(source: CatalogueSource, path: Path) -> None:
    """Write N-Quads: each dataset's facts in the graph that its IRI names."""
    with path.open("wb") as out:
        for dataset in _datasets(source):
            for shard in _shards(source, dataset, named=True):
                out.writelines(shard)


def write_named_graphs_as_trig(source: CatalogueSource, path: Path) -> None:
    """Write TriG: the same graphs, for human readers."""
    catalogue, before = source.catalogue, source.before(path)
    if before and source.older:
        graphs = {
            catalogue.dataset_iri(each): _shards_twice(source.facts, source.folder, each, source.older.get(each))
            for each in _datasets(source)
        }
        if write_trig_again(before, graphs, path, source.prefixes):
            return
    write_trig(
        ((catalogue.dataset_iri(dataset.id), source.lines(dataset.id)) for dataset in catalogue.datasets),
        path,
        source.prefixes,
    )


def zip_named_graphs(source: CatalogueSource, path: Path) -> None:
    """Write the same N-Quads, compressed shard by shard."""
    shards = chain.from_iterable(_shards(source, each, named=True) for each in _datasets(source))
    write_members(shards, path, source.before(path))


def zip_all_facts(source: CatalogueSource, path: Path) -> None:
    """Write the distinct facts of all datasets as compressed N-Triples: each where the first dataset states it."""
    shards = chain.from_iterable(_first_stated(source, each) for each in _datasets(source))
    write_members(shards, path, source.before(path))


def _first_stated(source: CatalogueSource, dataset: str) -> Iterator[Iterable[bytes]]:
    """The lines of each shard of a dataset, but for those that an earlier dataset has; no shard without lines."""
    facts = source.facts
    parts = shard_parts(source.folder / graph_file(dataset), facts.shard_digits(dataset))
    for shards, lines in facts.repeated_lines(dataset):
        repeated = {line.encode() for line in lines}
        for part in filter(None, map(parts.get, shards)):
            if not repeated:
                yield part
            elif others := [line for block in part for line in block.splitlines() if line not in repeated]:
                yield [b"\n".join([*others, b""])]


def _datasets(source: CatalogueSource) -> list[str]:
    return [dataset.id for dataset in source.catalogue.datasets]


def _shards_twice(facts: FactBase, folder: Path, dataset: str, older: OlderDataset | None) -> list[Shard]:
    """The shards of the dataset in the release in the folder, and in an older one."""
    digits = facts.shard_digits(dataset)
    now = shard_parts(folder / graph_file(dataset), digits)
    facts_before = older.facts if older else None
    before = shard_parts(facts_before.lines, digits) if facts_before else {}
    same = facts_before.rows if facts_before else ()
    return [Shard(now.get(each), before.get(each), each in same) for each in prefixes(digits)]


def _shards(source: CatalogueSource, dataset: str, *, named: bool = False) -> Iterable[FilePart]:
    """The lines of each shard of a dataset, or its quads."""
    graph = source.catalogue.dataset_iri(dataset) if named else ""
    return shard_parts(source.folder / graph_file(dataset), source.facts.shard_digits(dataset), graph).values()
