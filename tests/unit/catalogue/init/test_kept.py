"""Large tables are drafted as small ones: a sample, borne out by all cells, leads to the same description."""

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from st_opendata.catalogue.init import profile
from st_opendata.catalogue.init.columns import DraftTable
from st_opendata.catalogue.init.kept import CellStore
from st_opendata.catalogue.init.sources import find_sources
from st_opendata.catalogue.init.tables import draft_tables

Cell = Callable[[random.Random, int], str]
KINDS: dict[str, Cell] = {
    "id": lambda _, number: f"K-{number}",
    "key": lambda _, number: str(number),
    "numéro": lambda _, number: f"É{number}" if number % 3 else f"e{number}",
    "amount": lambda chance, _: f"{chance.randrange(10**7)},{chance.randrange(100):02}",
    "cost": lambda chance, _: f"{chance.randrange(10**7):,}".replace(",", ".") + f",{chance.randrange(100):02}",
    "thousands": lambda chance, _: f"{chance.randrange(1000, 10**6):,}".replace(",", "."),
    "share": lambda chance, _: f"{chance.randrange(1000) / 10} %",
    "day": lambda chance, _: f"{chance.randrange(1, 29):02}.{chance.randrange(1, 13):02}.20{chance.randrange(100):02}",
    "slashed": lambda chance, _: f"{chance.randrange(1, 13):02}/{chance.randrange(1, 13):02}/2020",
    "month": lambda chance, _: f"{chance.randrange(1, 13):02}/{chance.randrange(1, 29):02}/20{chance.randrange(100)}",
    "moment": lambda chance, _: f"2020-01-{chance.randrange(1, 32):02} {chance.randrange(24):02}:05",
    "count": lambda chance, _: str(chance.randrange(10**6)),
    "list": lambda chance, _: "|".join(str(chance.randrange(1000)) for _ in range(3)),
    "words": lambda chance, _: ";".join(chance.choices(["a", "b", "é", "cd"], k=4)),
    "name": lambda chance, _: "".join(chance.choices("abcé \n\"'", k=12)).strip() or "x",
    "flag": lambda chance, _: chance.choice(["ja", "nein"]),
}
ODD = (
    "about 3",
    "n/a",
    "-",
    "1.5",
    "13/13/2020",
    "31.02.2020",
    "",
    " 7",
    "007",
    "1e5",
    "x|y",
    "2,5",
    "\u00a0",
    "K-1",
    "k-1",
)


def write_table(path: Path, chance: random.Random, rows: int) -> None:
    kinds = chance.sample(list(KINDS.items()), k=6)
    odd = {(chance.randrange(rows), chance.randrange(6)) for _ in range(chance.choice([0, 1, 3]))}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow([name for name, _ in kinds])
        for number in range(rows):
            cells = [cell(chance, number) for _, cell in kinds]
            writer.writerow([chance.choice(ODD) if (number, place) in odd else c for place, c in enumerate(cells)])


def draft(*paths: Path) -> list[DraftTable]:
    sources = [source for path in paths for source in find_sources(path)]
    with CellStore("200MB", 1) as store:
        return draft_tables(sources, [path.stem for path in paths], store)


def described(table: DraftTable) -> list[object]:
    columns = [(c.name, c.found.base, c.found.form, c.found.separator, c.found.null) for c in table.columns]
    return [*columns, [c.name for c in table.key], [(r.column.name, r.table.name) for r in table.references]]


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "_MOST", 40)
    monkeypatch.setattr("st_opendata.catalogue.init.tables.MOST_CELLS", 480)
    monkeypatch.setattr(profile, "_SAMPLE", 20)


def compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> int:
    path, chance = tmp_path / f"table{seed}.csv", random.Random(seed)
    write_table(path, chance, 300)
    (whole,) = draft(path)
    with monkeypatch.context() as patch:
        shrink(patch)
        (sampled,) = draft(path)
    assert described(sampled) == described(whole), seed
    return sum(column.profile.sampled for column in sampled.columns)


def test_a_sample_leads_to_the_description_of_all_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(compare(tmp_path, monkeypatch, seed) for seed in range(4)) > 10


@pytest.mark.slow
def test_samples_of_many_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(compare(tmp_path, monkeypatch, seed) for seed in range(4, 150)) > 240


def test_one_text_among_many_numbers_is_found_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch)
    path = tmp_path / "visits.csv"
    rows = [f"{number};{'about 3' if number == 950 else number * 7}" for number in range(1000)]
    path.write_text("\n".join(["id;visits", *rows]), "utf-8")
    (table,) = draft(path)
    key, visits = table.columns
    assert table.key == (key,) and key.found.base == "integer" and visits.found.base == "string"
    remarks = list(map(str, visits.remarks))
    assert "others not, as “about 3”: kept as text" in remarks[0]
    assert "of 1000 different cells" in remarks[1]


def test_keys_of_a_large_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch)
    cities, visits = tmp_path / "cities.csv", tmp_path / "visits.csv"
    cities.write_text("\n".join(["city_id;name", *(f"C{n};Town {n}" for n in range(500))]), "utf-8")
    visits.write_text(
        "\n".join(["city_id;year;count", *(f"C{n % 30 * 16};{2000 + n // 30};5" for n in range(500))]), "utf-8"
    )
    large, small = draft(cities, visits)
    assert [column.name for column in large.key] == ["city_id"]
    assert [column.name for column in small.key] == ["city_id", "year"]
    assert [(one.column.name, one.table.name) for one in small.references] == [("city_id", "cities")]


@pytest.mark.parametrize(("one", "other"), [("k-7", "K-7"), ("Straße", "STRASSE"), ("é", "E\u0301")])
def test_keys_that_differ_by_capitals_only_are_no_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: str, other: str
) -> None:
    shrink(monkeypatch)
    path = tmp_path / "things.csv"
    path.write_text("\n".join(["id;size", *(f"K{n};{n}" for n in range(100)), f"{one};1", f"{other};2"]), "utf-8")
    (table,) = draft(path)
    assert table.columns[0].profile.sampled and not table.columns[0].profile.unique
