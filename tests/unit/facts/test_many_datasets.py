"""A catalogue of many datasets: what one of them costs does not depend on how many others there are."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from engines import recording

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import base, load_facts
from st_opendata.place import Place

BASE = "https://example.org/id/"
ROWS = 5


def catalogue(folder: Path, datasets: int) -> Path:
    """This many datasets of one table of `ROWS` rows, named d0, d1 …."""
    label, names = {"en": "Data"}, [f"d{number}" for number in range(datasets)]
    head = {"id": "test", "base": BASE, "title": label, "description": label, "datasets": names}
    folder.mkdir()
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    for name in names:
        columns = [{"name": "id"}, {"name": "label", "propertyUrl": "rdfs:label"}]
        table = {"url": f"{name}.csv", "tableSchema": {"aboutUrl": f"{name}/{{id}}", "columns": columns}}
        (folder / name).mkdir()
        (folder / name / "dataset.yaml").write_text(
            json.dumps({"title": label, "description": label, "tables": [table]}), "utf-8"
        )
        (folder / name / f"{name}.csv").write_text(
            "id,label\n" + "".join(f"{row},{name}\n" for row in range(ROWS)), "utf-8"
        )
    return folder


@pytest.mark.parametrize("triples", [base._SHARD_TRIPLES, 2 * ROWS], ids=["one shard", "catalogue in shards"])
def test_what_a_dataset_asks_of_the_engine_does_not_grow_with_the_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, triples: int
) -> None:
    monkeypatch.setattr(base, "_SHARD_TRIPLES", triples)
    asked, work = list[str](), {}
    for datasets in (3, 9):
        many = read_catalogue(catalogue(tmp_path / str(datasets), datasets))
        with load_facts(many, engine=recording(asked)) as facts:
            asked.clear()
            lines = [line for batch in facts.lines("d1") for line in batch]
            facts.write_table("d1", tmp_path / "table.parquet")
            facts.write_facts("d1", tmp_path / "facts.parquet")
            assert facts.places(f"<{BASE}d1/2>") == (Place("d1/d1.csv", row=4, column="label"),)
            work[datasets] = (len(asked), sum(map(len, asked)))
        assert len(lines) == len(set(lines)) == pq.read_metadata(tmp_path / "facts.parquet").num_rows == ROWS
    assert work[3] == work[9]


@pytest.mark.slow
def test_a_dataset_is_sharded_by_its_own_size_and_holds_the_same_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = catalogue(tmp_path / "catalogue", 3)
    (folder / "d1" / "d1.csv").write_text("id,label\n" + "".join(f"{row},x\n" for row in range(200)), "utf-8")
    with load_facts(read_catalogue(folder)) as whole:
        wanted = {name: [line for batch in whole.lines(name) for line in batch] for name in ("d0", "d1")}
    monkeypatch.setattr(base, "_SHARD_TRIPLES", 10)
    with load_facts(read_catalogue(folder)) as facts:
        small, large, all_of_it = list(facts.lines("d0")), list(facts.lines("d1")), list(facts.lines())
        assert [facts.shard_digits(name) for name in ("d0", "d1")] == [0, 2]
    assert small == [wanted["d0"]]
    assert sorted(line for batch in large for line in batch) == wanted["d1"]
    assert sum(map(len, all_of_it)) == 200 + 2 * ROWS


def test_triples_are_counted_once_in_each_dataset_that_states_them(tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "many", 4)
    for name in ("d1", "d2"):  # d1, in two tables, and d2 state the facts of d0; d3 has its own
        text = (folder / name / "dataset.yaml").read_text("utf-8").replace(f"{name}/{{id}}", "d0/{id}")
        description = json.loads(text)
        if name == "d1":
            description["tables"].append(description["tables"][0] | {"url": "more.csv"})
            (folder / name / "more.csv").write_text("id,label\n0,d0\n99,d0\n", "utf-8")
        (folder / name / "dataset.yaml").write_text(json.dumps(description), "utf-8")
        (folder / name / f"{name}.csv").write_bytes((folder / "d0" / "d0.csv").read_bytes())
    with load_facts(read_catalogue(folder)) as facts:
        for dataset in ("d0", "d1", "d2", "d3", None):
            counted = {line for batch in facts.lines(dataset) for line in batch}
            assert facts.triples(dataset) == len(counted)
        assert [facts.triples(dataset) for dataset in ("d0", "d1", "d2", "d3")] == [ROWS, ROWS + 1, ROWS, ROWS]
        assert facts.triples() == 2 * ROWS + 1
