"""The facts in files: the same answers as the fact base, and the same bytes."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor
from hashlib import md5
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import drawn
import pyarrow.parquet as pq
import pytest
from counting import count_lines
from drawn import write_drawn

from st_opendata.catalogue import read_catalogue
from st_opendata.dcat import count_facts
from st_opendata.errors import InputError
from st_opendata.exports.impossible import unwritable
from st_opendata.facts import FactBase, FactReader, base, files, load_facts
from st_opendata.formats import RDF_XML
from st_opendata.model.release import FactFolder
from st_opendata.rdf.lines import parse_lines
from st_opendata.rdf.writing import UnwritableTripleError, xml_triples
from st_opendata.release.layout import predicate_files

SEEDS = 1
MORE_SEEDS = 9


def write(facts: FactBase, folder: Path) -> FactFolder:
    (folder / "facts").mkdir(parents=True)
    return facts.write_files(predicate_files(facts.predicates()), folder)


def stated(facts: FactBase, dataset: str | None) -> list[str]:
    """The lines of the fact base, shard by shard, by reading every row of its tables."""
    where = f" WHERE {facts._within(dataset)}" if dataset else ""
    lines = {
        f"{s} {predicate} {o} ."
        for predicate, name in facts._predicates.items()
        for s, o in facts._engine.rows(f"SELECT s, o FROM {name}{where}")
    }
    digits = facts.shard_digits(dataset)
    return sorted(lines, key=lambda line: (md5(line.split(" ")[0].encode()).hexdigest()[:digits], line))


def first_unwritable(facts: FactBase, dataset: str) -> tuple[str, str, str] | None:
    """The first triple that RDF/XML cannot carry, by trying all."""
    try:
        for _ in xml_triples(parse_lines(facts.lines(dataset))):
            pass
    except UnwritableTripleError as error:
        return error.triple
    return None


def compare(facts: FactBase, folder: Path) -> None:
    """Every answer of the files is that of the fact base, and of a plain reading."""
    datasets = {dataset.id: dataset for dataset in facts.catalogue.datasets}
    with FactReader(folder, write(facts, folder)) as reader:
        counts = count_facts(reader, datasets)
        for dataset in (None, *datasets):
            lines, read = ([*each.lines(dataset)] for each in (facts, reader))
            assert [*chain(*lines)] == stated(facts, dataset) == [*chain(*read)]
            assert reader.triples(dataset) == facts.triples(dataset) == sum(map(len, lines))
            assert reader.predicates(dataset) == facts.predicates(dataset)
            assert reader.classes(dataset) == facts.classes(dataset)
            assert counts[dataset] == count_lines(lines)
            if dataset:
                told: list[str] = []
                facts.write_facts(dataset, folder / "sorted.parquet", told.extend)
                assert told == [line for batch in lines for line in batch]
                chosen = sorted(facts.predicates(dataset))[::2]
                assert [set(batch) for batch in reader.statements(chosen, dataset)] == [
                    set(batch) for batch in facts.statements(chosen, dataset)
                ]
                found = unwritable(RDF_XML, facts, dataset)
                assert (found.triple if found else None) == first_unwritable(facts, dataset)
        for line in [line for batch in facts.lines() for line in batch][:40:8]:
            subject, predicate, _ = line.split(" ", 2)
            assert reader.objects(subject, predicate) == facts.objects(subject, predicate)
            assert line in reader.about(subject) == facts.about(subject)
        assert reader.objects("<s>", "<p>") == ()


@pytest.mark.parametrize(
    ("triples", "rows"),
    [(base._SHARD_TRIPLES, 1), pytest.param(40, 1, marks=pytest.mark.slow), (40, 200)],
    ids=["one shard", "many shards", "parts"],
)
@pytest.mark.parametrize("seeds", [range(SEEDS), pytest.param(range(SEEDS, MORE_SEEDS), marks=pytest.mark.slow)])
def test_files_answer_as_the_fact_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds: range, triples: int, rows: int
) -> None:
    monkeypatch.setattr("st_opendata.facts.triples._PART_ROWS", rows)
    monkeypatch.setattr(base, "_SHARD_TRIPLES", triples)
    monkeypatch.setattr(base, "_SORTED_ROWS", triples // 10)
    monkeypatch.setattr(files, "_TOGETHER", triples)
    compared = 0
    for seed in seeds:
        catalogue = read_catalogue(write_drawn(tmp_path / f"catalogue-{seed}", seed))
        with load_facts(catalogue) as facts:
            compare(facts, tmp_path / f"release-{seed}")
            compared += facts.triples()
    assert compared > 10 * len(seeds)


def lines_of(folder: Path, described: FactFolder, dataset: str | None) -> list[list[str]]:
    with FactReader(folder, described) as reader:
        return list(reader.lines(dataset))


@pytest.mark.slow
def test_bytes_do_not_depend_on_threads_and_other_processes_read_them_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "_SHARD_TRIPLES", 5_000)
    monkeypatch.setattr(base, "_SORTED_ROWS", 2_000)
    monkeypatch.setattr(drawn, "KEYS", [f"k{number}" for number in range(5_000)])
    catalogue = read_catalogue(write_drawn(tmp_path / "catalogue", 3, rows=8_000))
    written = []
    for number, threads in enumerate((1, 4, 4)):
        with load_facts(catalogue, threads=threads) as facts:
            folder = tmp_path / f"release-{number}"
            described = write(facts, folder)
            lines = {dataset: list(facts.lines(dataset)) for dataset in (None, "d0")}
            written.append((described, [(folder / file.path).read_bytes() for file in described.files]))
    assert written[0] == written[1] == written[2]
    assert sum(map(len, lines[None])) > 10_000
    assert described.digits
    assert any(pq.read_metadata(folder / file.path).num_row_groups > 2 for file in described.files)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = {dataset: pool.submit(lines_of, folder, described, dataset) for dataset in lines}
        assert {dataset: each.result() for dataset, each in found.items()} == lines


@pytest.mark.parametrize("rows", [4, base._SORTED_ROWS], ids=["sorted in parts", "sorted at once"])
def test_rows_have_their_cells_and_are_in_the_order_that_readers_skip_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(base, "_SORTED_ROWS", rows)
    monkeypatch.setattr(base, "_SHARD_TRIPLES", 10 * rows)
    catalogue = read_catalogue(write_drawn(tmp_path / "catalogue", 1))
    cells = {"subject", "predicate", "object", "table", "file", "row", "column", "cell"}
    with load_facts(catalogue) as facts:
        described = write(facts, tmp_path)
        (tmp_path / "cells").mkdir()
        for dataset in described.datasets:
            facts.write_facts(dataset, tmp_path / "cells" / f"{dataset}.parquet")
    found, known = [], []
    for file in described.files:
        rows = pq.read_table(tmp_path / file.path).to_pylist()
        order = [(row["h"], row["dataset"], row["s"], row["o"], row["table"], row["file"], row["row"]) for row in rows]
        assert order == sorted(order)
        assert {row["dataset"] for row in rows} == file.datasets.keys()
        found += [row | {"subject": row["s"], "predicate": f"<{file.predicate}>", "object": row["o"]} for row in rows]
    for dataset in described.datasets:
        table = pq.read_table(tmp_path / "cells" / f"{dataset}.parquet")
        known += [row | {"dataset": dataset} for row in table.to_pylist()]
    assert cells | {"dataset", "s", "o", "h"} == found[0].keys()
    wanted = [
        sorted(str(sorted((key, row[key]) for key in cells | {"dataset"})) for row in rows) for rows in (found, known)
    ]
    assert wanted[0] == wanted[1]


def test_a_damaged_file_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    catalogue = read_catalogue(write_drawn(tmp_path / "catalogue", 1))
    with load_facts(catalogue) as facts:
        described = write(facts, tmp_path)
    for file in described.files:
        (tmp_path / file.path).write_bytes(b"PAR1 no more")
    with FactReader(tmp_path, described) as reader, pytest.raises(InputError, match="cannot be read"):
        list(reader.lines())


def test_names_of_files_are_safe_and_differ() -> None:
    terms = ["label", "Label", "facts", "", "é", "a/label", "x-0123abcd", "a.b", "CON", "long" * 50]
    paths = predicate_files([f"<https://example.org/{term}>" for term in terms])
    names = [path.removeprefix("facts/").removesuffix(".parquet") for path in paths.values()]
    assert len({name.casefold() for name in names}) == len(terms)
    assert all(re.fullmatch("[A-Za-z0-9_-]{1,70}", name) for name in names)
    assert "facts" not in names
    assert paths["<https://example.org/a.b>"] == "facts/ab.parquet"
