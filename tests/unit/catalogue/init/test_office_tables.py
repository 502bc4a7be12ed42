"""Tables as offices lay them out: drafted, and read again without an edit, this month's file and the next one's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from office_tables import make, wrong
from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.draft import Answers, draft_catalogue
from st_opendata.catalogue.init.layout import Layout, find_layout
from st_opendata.catalogue.init.sources import find_sources
from st_opendata.facts import load_facts
from st_opendata.model.findings import conforms

SEED = int(os.environ.get("ST_SEED", "13"))
"""tests/fuzz/office_tables.py tries hundreds, of any seed."""


@pytest.mark.quick(1)
@pytest.mark.parametrize("number", [0, 1, *(pytest.param(number, marks=pytest.mark.slow) for number in range(2, 12))])
def test_no_row_of_data_is_lost_and_no_other_published(number: int, tmp_path: Path) -> None:
    assert wrong(make(SEED, number), tmp_path) == []


def layout(tmp_path: Path, text: str) -> Layout:
    (tmp_path / "t.csv").write_text(text, "utf-8")
    return find_layout(find_sources(tmp_path / "t.csv")[0])


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("a;Kosten;;b;\n;2019;2020;x;y\nWien;1;2;3;4\n", ["a", "Kosten 2019", "Kosten 2020", "b x", "b y"]),
        ("Site;;Plug;\nOwner;Town;Type;kW\nA;B;T2;22\n", ["Site Owner", "Site Town", "Plug Type", "Plug kW"]),
        (";2022;2022;2023\n;m;w;m\n;Anzahl;Anzahl;Anzahl\nX;1;2;3\nY;4;5;6\n", ["", "2022 m", "2022 w", "2023 m"]),
        ("\n;Kosten;;Fläche\n;2020;2021;km²\nX;1;2;3\nY;4;5;6\n", ["", "Kosten 2020", "Kosten 2021", "Fläche km²"]),
        ("Bericht;;Stand 2024;\nName;Ort;m;w\nA;B;1;2\n", ["Name", "Ort", "m", "w"]),
        ("code;name;;\nx;Mill;foo;bar\ny;Old;baz;qux\n", ["code", "name", "", ""]),
        ("Alter;0-17;18-64;65+\nNord;3;4;5\nOst;1;2;3\n", ["Alter", "0-17", "18-64", "65+"]),
        ("Ort;31.12.2023;31.12.2024\nNord;3;4\nOst;1;2\n", ["Ort", "31.12.2023", "31.12.2024"]),
        ("Bericht\nMai\nAmt\nHaus\nid;name\n1;x\n", ["id", "name"]),
    ],
)  # fmt: skip
def test_headers(tmp_path: Path, text: str, titles: list[str]) -> None:
    assert list(layout(tmp_path, text).titles.values()) == titles


@pytest.mark.parametrize(
    ("rows", "skipped"),
    [
        (";m²;in EUR\nNord;1;2\nSüd;3;4\n", {"below-header": {2}}),
        ("(1);(2);(3)\nNord;1;2\nSüd;3;4\n", {"below-header": {2}}),
        ("Nord;m²;EUR\nSüd;kg;%\n", {}),
        ("Nord;1;2\nSüd;3;4\nSumme;4;6\n", {"totals": {4}}),
        ("Summe;4;6\nNord;1;2\nSüd;3;4\n", {"totals": {2}}),
        ("Nord;1,5;2\nSüd;3;4,25\nSumme;4,5;6,25\n", {"totals": {4}}),
        ("Nord;1.000;2\nSüd;3.500;-\nStadt insgesamt:;4.500;2\n", {"totals": {4}}),
        ("Nord;1;2\nSüd;3;4\nSumme;4;7\n", {}),
        ("Nord;0;0\nSüd;0;0\nSumme;0;0\n", {}),
        ("Nord;1;x\nSüd;3;y\nSumme;4;z\n", {}),
        ("Nord;1;2\nSumme;1;2\n", {}),
        ("Nord;1;2\nSüd;3;4\nNeustadt;4;6\n", {}),
        ("Nord;1;2\nQuelle: Amt;;\nStand 2024;;\n* vorläufig;;\n", {"footnotes": {3, 4, 5}}),
        ("Nord;1;2\nQuelle: Amt, Ort\n", {"footnotes": {3}}),
        ("Nord;1;2\nQuelle: Amt;;\nSüd;3;4\n", {}),
        ("Nord;1;2\n____;;\n(C)opyright Amt;;\nDie Angaben sind vorläufig.;;\n", {"footnotes": {3, 4, 5}}),
        ("Nord;1;2\nQuellental;;\n", {}),
        ("Nord;1;2\nBad Neustadt a.d. Saale;;\n", {}),
        ("1) Nord;1;2\n2) Süd;3;4\n3) Ost;;\n", {}),
        ("* Nord;1;2\n* Süd;;\n", {}),
        ("Vorab;1;2\n1) Süd;;\n2) Ost;;\n", {}),
        ("1) Süd;;\n2) Ost;;\n", {}),
        ("Nord;1;2\n1) ohne Süd;;\nQuelle: Amt;;\n", {"footnotes": {3, 4}}),
        ("Nord;1;2\nName;a;b\nSüd;3;4\n", {"repeated-header": {3}}),
        ("Nord;1;2\n;;\nSüd;3;4\n", {"blank-rows": {3}}),
    ],
)
def test_what_is_no_data_and_what_may_be(tmp_path: Path, rows: str, skipped: dict[str, set[int]]) -> None:
    found = layout(tmp_path, f"Name;a;b\n{rows}").skipped
    assert {kind: each.numbers for kind, each in found.items()} == skipped


def test_a_pair_of_coordinates_under_a_title_row(tmp_path: Path) -> None:
    rows = "Stations 2024;;\nName;Place;PM10\nA;48.2, 16.3;1\nB;48.3, 16.2;2\nC;48.1, 16.4;3\nSource: us;;\n"
    (tmp_path / "t.csv").write_text(rows, "utf-8")
    draft_catalogue(tmp_path / "c", [tmp_path / "t.csv"], Answers("Stations", "https://office.example/"))
    assert "titles: ''" not in next(tmp_path.glob("c/*/dataset.yaml")).read_text("utf-8")
    with load_facts(read_catalogue(tmp_path / "c")) as base:
        (rows_read,) = base.records("t")
    assert rows_read == [("A", "48.2", "16.3", "1"), ("B", "48.3", "16.2", "2"), ("C", "48.1", "16.4", "3")]


@pytest.mark.quick(2)
@pytest.mark.parametrize("end", [" \n", "\t\n", ";;\n\n;;\n", ";;;;\n", "; ;\n", '""\n', "\x1a", ";;\r\n\x1a"])
def test_rows_at_the_end_in_which_nothing_can_be_seen(tmp_path: Path, end: str) -> None:
    (tmp_path / "t.csv").write_bytes(f"id;name;n\n1;a;2\n2;b;3\n{end}".encode())
    draft = tmp_path / "draft"
    assert main(["init", str(draft), "--from", str(tmp_path / "t.csv"), "--publisher", "Town"]) == 0
    with load_facts(read_catalogue(draft)) as base:
        assert conforms(base.findings)
        assert [row for batch in base.records("t") for row in batch] == [("1", "a", "2"), ("2", "b", "3")]
