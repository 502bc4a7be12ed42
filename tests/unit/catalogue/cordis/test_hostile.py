"""Exports with faults of any kind: none stops the import or the facts, and each cell that is left out is reported."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.cordis import SampleLayout, import_cordis, write_sample_tables
from st_opendata.catalogue.importers import ImportOptions
from st_opendata.facts import FactBase, load_facts
from st_opendata.facts.loading import LoadedTable
from st_opendata.model.findings import Severity, conforms

Rows = list[list[str]]
BASE = "https://example.org/"
FACTS = 877
"""The distinct triples of four projects with this seed."""


def imported(folder: Path, output: Path) -> FactBase:
    import_cordis([folder], output, ImportOptions(base=BASE))
    return load_facts(read_catalogue(output))


def export(folder: Path, projects: int = 4, seed: int = 777, *, only: str = "*") -> Path:
    """An export; `only` is a pattern of the names of tables that stay in it."""
    write_sample_tables(folder, projects, seed=seed, layout=SampleLayout(False))
    for path in folder.iterdir():
        if not path.match(only):
            path.unlink()
    return folder


def rows_of(path: Path) -> Rows:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline=""), delimiter=";"))


def write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)


def with_cell(column: str, text: str, rows: Rows) -> Rows:
    place = rows[0].index(column)
    return [rows[0], *([*row[:place], text, *row[place + 1 :]] for row in rows[1:])]


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [row[::-1] for row in rows],
        lambda rows: [[*row, row[0]] for row in rows],
        lambda rows: [[*row, row[rows[0].index("totalCost")]] for row in rows],
        lambda rows: [[*row, "x" if number else "", ""] for number, row in enumerate(rows)],
        lambda rows: [[title.upper() for title in rows[0]], *rows[1:]],
        lambda rows: with_cell("contentUpdateDate", "2022-03-01T10:30:00Z", rows),
        lambda rows: with_cell("contentUpdateDate", "2022-03-01 10:30:00.123", rows),
        lambda rows: with_cell("startDate", "2022-03-01T00:00:00+01:00", rows),
    ],
    ids=["another order", "key twice", "cost twice", "no titles", "capitals", "zone", "fraction", "midnight"],
)
def test_projects_in_other_forms_lose_nothing(change: Callable[[Rows], Rows], tmp_path: Path) -> None:
    folder = export(tmp_path / "export")
    write(folder / "project.csv", change(rows_of(folder / "project.csv")))
    with imported(folder, tmp_path / "catalogue") as base:
        assert conforms(list(base.findings)) and base.triples() == FACTS
        assert not any(finding.code.startswith(("cell-", "key-", "row")) for finding in base.findings)


def test_a_mark_without_its_pair_costs_one_row(tmp_path: Path) -> None:
    folder = export(tmp_path / "export", only="project.csv")
    path = folder / "project.csv"
    path.write_bytes(path.read_bytes().replace(b'"SIGNED"', b'"SIGNED', 1))
    with imported(folder, tmp_path / "catalogue") as base:
        assert conforms(list(base.findings)) and base.rows("project") == 3
        (ragged,) = (finding for finding in base.findings if finding.code == "row-ragged")
        assert [(place.file, place.row) for place in ragged.places] == [("projects/project.csv", 2)]


def test_a_table_whose_rows_are_all_longer_than_its_header_stops(tmp_path: Path) -> None:
    folder = export(tmp_path / "export", only="project.csv")
    header, *rows = rows_of(folder / "project.csv")
    write(folder / "project.csv", [header, *([*row, "x"] for row in rows)])
    with imported(folder, tmp_path / "catalogue") as base:
        assert [each.code for each in base.findings if each.code.startswith(("header", "row"))][:1] == ["header-width"]
        assert not conforms(list(base.findings)) and not base.triples()


def test_what_macos_adds_is_no_table(tmp_path: Path) -> None:
    folder = export(tmp_path / "export", only="project.csv")
    for name in ("._project.csv", "__MACOSX/._project.csv", "__MACOSX/project.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X        ")
    assert not import_cordis([folder], tmp_path / "catalogue", ImportOptions(base=BASE)).left_out


def test_a_reference_to_no_character_is_kept(tmp_path: Path) -> None:
    folder = export(tmp_path / "export", only="project.csv")
    write(folder / "project.csv", with_cell("title", "&eacute; &#0; &#9999999;", rows_of(folder / "project.csv")))
    with imported(folder, tmp_path / "catalogue") as base:
        titles = {line.partition("#title> ")[2] for batch in base.lines() for line in batch if "/project/" in line}
        assert '"é &#0; &#9999999;" .' in titles


_CELLS = (
    *("", " ", "NULL", "N/A", "x", "-1", "0", "1e5", "1.234.567,89", "12,5", "12.5", "€ 100", "9" * 30, "1.0E+08"),
    *("2022-13-45", "2022-03-01 10:00:00", "2022-03-01T00:00:00+01:00", "01/03/2022", "March 2022", "2022"),
    *(
        "javascript:alert(1)",
        "www.example.org",
        "http://a b",
        "http://x/#a#b",
        "10.3030/1 2",
        "doi:10.1/x",
        "https://[",
    ),
    *("48,2", "48.2,16.3", "POINT(16.3 48.2)", "POINT(1)", "120.5,48.1", "NaN,NaN", "N48 E16"),
    *(
        '"',
        "'",
        'a "b" c',
        "a;b|c\td",
        "a\nb",
        "a\r\nb",
        "\\",
        "{x}",
        "%zz",
        "a/b c",
        "<b>&amp;&eacute;&#0;</b>",
        "=1+1",
    ),
    *("\u200bx", "x ", " x", "\u00a0", "e\u0301", "Ã©", "�", "\u202ex", "😀", "é" * 400, "/99/abc", "29/101", "/"),
    *("Coord.", "COORDINATOR", "coordinateur", "thirdParty", "true", "Ja", "XX", "uk", "PAUSED", "closed"),
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20261201, 20261216))
def test_random_faults_are_reported_at_their_cells(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    folder = export(tmp_path / "export", projects=12, seed=seed)
    written: dict[str, Rows] = {}
    for path in sorted(folder.iterdir()):
        rows = rows_of(path)
        for row in rows[1:]:
            for place in range(len(row)):
                if chance.random() < 0.04:
                    row[place] = chance.choice(_CELLS)
            if chance.random() < 0.02:
                row.append("more") if chance.random() < 0.5 else row.pop()
        rows += chance.sample(rows[1:], min(2, len(rows) - 1))
        write(path, rows)
        written[path.name] = rows
    with imported(folder, tmp_path / "catalogue") as base:
        assert conforms(list(base.findings)), [each for each in base.findings if each.severity is Severity.VIOLATION]
        assert base.triples() > 1_000
        places = [place for each in base.findings for place in each.places]
        rows_told = {(Path(place.file).name, place.row) for place in places}
        cells_told = {(Path(place.file).name, place.row, place.column) for place in places}
        for loaded in base._tables:
            file = loaded.table.path.name
            values = {number: cells for number, *cells in base.engine.rows(cells_of(loaded))}
            for number, row in enumerate(written.get(file, [])[1:], 2):
                if number not in values:
                    assert (file, number) in rows_told, row
                    continue
                for column, value in zip(loaded.table.source_columns, values[number], strict=True):
                    text = row[loaded.source.order[column.number - 1] - loaded.source.numbered].strip()
                    if value is None and text and text not in column.null:
                        assert (file, number, loaded.source.title(column.number)) in cells_told, (column.name, text)


def cells_of(loaded: LoadedTable) -> str:
    columns = ", ".join(f"c{column.number}" for column in loaded.table.source_columns)
    return f"SELECT record, {columns} FROM {loaded.name}"
