"""Questions about small tables are answered in memory, as by the engine."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import load_facts, small

TEXTS = (
    "", "a", "A", "é", "É", "ǅ", "İ", "=1", "-2", "+3 m", "＝x", "@b", "\ta", "x@y.org",
    "jo@example.org", "+33 4 72 10",
    "FR76 3000 6000 0112 3456 7890 189", "DE1", "Total", "total:", "Source: x", "note：", "None", "-", "1:2", " ", "[z",
)  # fmt: skip
NUMBERS = ("", "1", "-2", "1.5", "12.250", "99999999999999999999", "1234567890123456789.5", "0.000", "007", "x")
MOMENTS = ("", "2020-01-02", "2020-01-02Z", "1850-05-05", "x")
KINDS: dict[str, tuple[str, ...]] = {
    "string": TEXTS, "decimal": NUMBERS, "integer": NUMBERS,
    "double": ("", "1E5", "INF", "-INF", "NaN", "1E400", "2.50"),
    "date": MOMENTS, "boolean": ("", "true", "0", "false"),
    "anyURI": ("", "https://example.org/", "mailto:a@b.org", "x"),
}  # fmt: skip


def _table(chance: random.Random) -> tuple[str, dict[str, Any]]:
    kinds = ["string", *(chance.choice(list(KINDS)) for _ in range(chance.randint(0, 4)))]
    columns: list[dict[str, Any]] = [
        {"name": f"n{number}", "datatype": kind} for number, kind in enumerate(kinds) if kind
    ]
    for column in columns:
        if column["datatype"] == "string" and chance.random() < 0.3:
            column["separator"] = chance.choice([";", "+", "@"])
    few = {kind: chance.sample(values, chance.randint(1, min(4, len(values)))) for kind, values in KINDS.items()}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column["name"] for column in columns])
    for number in range(chance.randint(1, 8)):
        row = [chance.choice(few[column["datatype"]]) for column in columns]
        if chance.random() < 0.5 and "separator" not in columns[0]:
            row[0] += str(number)
        if "separator" in columns[-1]:
            row[-1] = columns[-1]["separator"].join(chance.sample(TEXTS, 3))
        writer.writerow(row)
    schema: dict[str, Any] = {"columns": columns}
    plain = [column["name"] for column in columns if "separator" not in column]
    if plain and chance.random() < 0.7:
        schema["primaryKey"] = plain[: chance.randint(1, len(plain))]
    return out.getvalue(), schema


def _answers(folder: Path, kinds: list[dict[str, Any]]) -> tuple[object, ...]:
    with load_facts(read_catalogue(folder)) as base:
        path = folder / "t.parquet"
        try:
            base.write_table("t", path)
        except KeyError:  # not loaded
            return (base.findings,)
        fits = [base.fits("t", column["name"], r"-?[0-9]{1,18}") for column in kinds]
        return base.findings, path.read_bytes(), fits, list(base.records("t"))


def _check(seed: int, make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    content, schema = _table(random.Random(seed))
    folder = make({"t.csv": (content, schema)})
    with monkeypatch.context() as patch:
        found = _answers(folder, schema["columns"])
        patch.setattr(small, "_MOST_CELLS", 0)
        assert _answers(folder, schema["columns"]) == found, (seed, content, schema)
    findings: Any = found[0]
    return {one.code for one in findings}


@pytest.mark.parametrize("seeds", [range(5), pytest.param(range(5, 12), marks=pytest.mark.slow)])
def test_the_engine_gives_the_same_answers(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, seeds: range
) -> None:
    codes = set[str]().union(*(_check(seed, make, monkeypatch) for seed in seeds))
    assert {"formula-like", "key-duplicate"} <= codes


@pytest.mark.slow
@pytest.mark.parametrize("start", range(100, 300, 100))
def test_the_engine_gives_the_same_answers_for_many(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, start: int
) -> None:
    codes = set[str]().union(*(_check(seed, make, monkeypatch) for seed in range(start, start + 100)))
    assert {"formula-like", "key-duplicate", "row-doubtful"} <= codes
