"""The finding about an encoding that the description does not state: at the first cell that depends on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import load_facts

COLUMNS = [{"name": "id"}, {"name": "ort", "titles": {"de": "Ort"}}]


def test_a_guess_is_told_where_no_encoding_is_stated(make: Callable[..., Path]) -> None:
    content = "id;Ort\n1;Lyon\n2;Müllerstraße\n3;Königsallee\n4;Größe\n".encode("windows-1252")
    folder = make({"t.csv": (content, {"columns": COLUMNS})}, dialect={"delimiter": ";"})
    with load_facts(read_catalogue(folder)) as base:
        (told,) = base.findings
        assert (told.code, told.severity) == ("encoding-guessed", "info")
        assert told.message["en"] == "The file is not UTF-8; it is read as windows-1252: “Müllerstraße”."
        assert (told.places[0].row, told.places[0].column) == (3, "Ort")
        assert base.rows("t") == 4


def test_a_stated_encoding_silences(make: Callable[..., Path]) -> None:
    content = "id;Ort\n1;Łódź\n2;Müller\n".encode("windows-1250")
    dialect = {"delimiter": ";", "encoding": "windows-1250"}
    with load_facts(read_catalogue(make({"t.csv": (content, {"columns": COLUMNS})}, dialect=dialect))) as base:
        assert base.findings == ()
        assert list(base.records("t")) == [[("1", "Łódź"), ("2", "Müller")]]


def test_doubt_is_a_warning_with_both_readings(make: Callable[..., Path]) -> None:
    folder = make({"t.csv": (b"id,Ort\n1,abc\xf1\n", {"columns": COLUMNS})})
    with load_facts(read_catalogue(folder)) as base:
        (told,) = base.findings
        assert (told.code, told.severity, told.places[0].row) == ("encoding-unsure", "warning", 2)
        assert "encoding: " in told.remedy["en"] and told.message["en"].count("“abc") == 2


def test_a_byte_that_no_encoding_has_is_refused_at_its_line(make: Callable[..., Path]) -> None:
    rows = "".join(f"{number},Müllerstraße Größe “Köln” Bäcker{'ä' * (number % 3)}\n" for number in range(50))
    content = f"id,Ort\n{rows}".encode("windows-1252") + b"x,M\xfcller \x81\x81\n"
    with load_facts(read_catalogue(make({"t.csv": (content, {"columns": COLUMNS})}))) as base:
        assert [(each.code, each.places[0].line) for each in base.findings] == [("encoding-broken", 52)]


def test_one_table_unlike_its_neighbours_is_told(make: Callable[..., Path]) -> None:
    text = "id,Ort\n1,Müllerstraße\n2,Königsallee\n3,Bärenplatz\n4,Größe\n"
    schema = {"columns": COLUMNS}
    tables = {f"{name}.csv": (text.encode("windows-1252"), schema) for name in ("a", "b")}
    folder = make(tables | {"c.csv": (text.encode("macintosh"), schema)})
    with load_facts(read_catalogue(folder)) as base:
        told = [(each.code, each.places[0].file) for each in base.findings if each.severity == "warning"]
        assert told == [("encoding-differs", "data/c.csv")]


def test_a_guess_is_told_beside_a_header_that_does_not_fit(make: Callable[..., Path]) -> None:
    content = "id,Größe\n1,Müllerstraße\n2,Königsallee\n".encode("windows-1252")
    with load_facts(read_catalogue(make({"t.csv": (content, {"columns": COLUMNS})}))) as base:
        codes = [each.code for each in base.findings]
        assert codes == ["encoding-guessed", "column-missing", "column-unknown"]
        assert "“Größe”" in base.findings[0].message["en"]
