"""Messages and questions, keys between tables, refusals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.profile import Profile, guess


def profile(*cells: str) -> Profile:
    found = Profile()
    for cell in cells:
        found.add(cell)
    return found


def test_keys_lead_from_table_to_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Partners"
    for row in (["id", "name", "city"], ["p1", "Roofers", "ly"], ["p2", "Institute", "wi"], ["p3", "Office", "ly"]):
        book.active.append(row)
    book.save(tmp_path / "project.xlsx")
    (tmp_path / "Cities.csv").write_text("code;name_en\nly;Lyon\nwi;Vienna\n", "utf-8")
    files = [str(tmp_path / name) for name in ("project.xlsx", "Cities.csv")]
    folder = tmp_path / "two"
    assert main(["init", str(folder), "--from", *files, "--publisher", "Town hall"]) == 0
    partners, cities = read_catalogue(folder).datasets[0].tables
    assert (partners.name, cities.name) == ("partners", "cities")
    (key,) = partners.foreign_keys
    assert (key.columns, key.table, key.reference) == (("city",), "cities", ("code",))
    assert cities.column("name_en").lang == "en"
    assert "# all cells are keys of “cities”" in (folder / "two/dataset.yaml").read_text("utf-8")
    assert main(["build", str(folder), "-o", str(tmp_path / "release")]) == 0
    facts = (tmp_path / "release/two/two.nt").read_text("utf-8")
    assert '<https://two.example/cities/ly> <http://www.w3.org/2000/01/rdf-schema#label> "Lyon"@en .' in facts


def test_what_nobody_told_is_left_with_a_clear_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,x\n", "utf-8")
    folder = tmp_path / "draft"
    assert main(["init", str(folder), "--from", str(tmp_path / "a.csv")]) == 1
    told = capsys.readouterr()
    assert "a: 1 row, 2 columns, key id" in told.out
    for key in ("publisher", "license", "contactPoint", "theme"):
        assert f"catalogue.yaml: {key}" in told.err
    assert "# publisher: The publisher: iri, name and type" in (folder / "catalogue.yaml").read_text("utf-8")
    assert main(["build", str(folder), "-o", str(tmp_path / "release")]) == 1
    assert "publisher" in capsys.readouterr().out


def type_in_terminal(arguments: list[str], answers: list[str]) -> tuple[int, str]:
    """Run the program in a separate terminal, typing the answers: the exit code, and all that the terminal shows."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "st_opendata", *arguments]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, start_new_session=True) as program:
        os.close(its)
        os.write(ours, "\n".join([*answers, ""]).encode())
        shown = b""
        with suppress(OSError):  # the program has closed the terminal
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    return program.returncode, shown.decode()


@pytest.mark.slow
def test_it_asks_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,x\n", "utf-8")
    folder = tmp_path / "asked"
    answers = ["Roofs", "https://data.example.org", "https://data.example.org/", "Town hall", "", "CC-BY", "CC_BY_4_0"]
    answers += ["desk@example.org", "ENER, TRAN"]
    code, shown = type_in_terminal(["init", str(folder), "--from", str(tmp_path / "a.csv")], answers)
    assert code == 0, shown
    assert "CC-BY" in shown
    catalogue = read_catalogue(folder)
    assert (catalogue.title, catalogue.base) == ({"en": "Roofs"}, "https://data.example.org/")
    assert (catalogue.license, catalogue.theme) == ("CC_BY_4_0", ("ENER", "TRAN"))
    assert len(catalogue.contact_point) == 1
    assert catalogue.publisher is not None
    assert (catalogue.contact_point[0].email, catalogue.publisher.name) == ("desk@example.org", {"en": "Town hall"})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "not a CSV file but a PDF document"),
        (b"PK\x03\x04zip", "not a CSV file but an Excel or OpenDocument workbook"),
        (b"a,b\n\0,1\n", "line 2: This line contains a NUL byte"),
        (b"<table><tr><td>1", "a web page or XML file"),
        (b'{"rows": []}', "a JSON file"),
        (b"a,b\n1,\xc3\x8f\n2,\x8f\n", "line 3: the byte 0x8F in this line is not a character of utf-8"),
        (b"a,b\n1," + b"x" * 600_000, "more than 500000 characters"),
    ],
)
def test_what_is_no_table_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, reason: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert main(["init", str(tmp_path / "draft"), "--from", str(tmp_path / "a.csv")]) == 3
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "draft").exists()


def test_a_folder_with_content_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("mine", "utf-8")
    (tmp_path / "a.csv").write_text("id\n1\n", "utf-8")
    assert main(["init", str(tmp_path / "full"), "--from", str(tmp_path / "a.csv")]) == 3
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("option", "answer"),
    [
        ("--license", "CC-BY"),
        ("--theme", "ENER, TRANS"),
        ("--base", "https://data.example.org"),
        ("--publisher-iri", "www.example.org"),
        ("--contact", "the office"),
        ("--language", "the one we speak"),
    ],
)
def test_a_wrong_answer_is_told_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, answer: str
) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", "utf-8")
    assert main(["init", str(tmp_path / "d"), "--from", str(tmp_path / "a.csv"), option, answer]) == 2
    assert f"Invalid value for {option}: " in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("cells", "base", "form", "comma"),
    [
        (("1", "-2"), "integer", None, False),
        (("1.5", "2"), "decimal", None, False),
        (("1.5", "2"), "decimal", None, True),
        (("1,234", "5,678"), "string", None, False),
        (("1,234", "5,67"), "decimal", {"decimalChar": ","}, False),
        (("1,234.5", "2"), "decimal", {"groupChar": ","}, False),
        (("1'234.50",), "decimal", {"groupChar": "'"}, False),
        (("1.234.567", "2"), "integer", {"decimalChar": ",", "groupChar": "."}, False),
        (("12 345", "1 234"), "integer", {"groupChar": " "}, False),
        (("45.764", "48.208"), "decimal", None, False),
        (("007", "1"), "string", None, False),
        (("TRUE", "FALSE"), "boolean", "TRUE|FALSE", False),
        (("1", "0"), "integer", None, False),
        (("2020-01-01T10:00:00",), "dateTime", None, False),
        (("13:45",), "time", "HH:mm", False),
        (("31/12/2020", "01/02/2021"), "date", "dd/MM/yyyy", False),
        (("12/31/2020", "01/02/2021"), "date", "MM/dd/yyyy", False),
        (("31/12/2020", "12/31/2020"), "string", None, False),
        (("2020-02-30",), "string", None, False),
        (("1", "k.A."), "integer", None, False),
    ],
)
def test_guesses(cells: tuple[str, ...], base: str, form: object, *, comma: bool) -> None:
    found = guess(profile(*cells), comma=comma)
    assert (found.base, found.form) == (base, form), found


def test_days_that_could_be_months_are_told() -> None:
    assert "no cell shows which is the month" in str(guess(profile("01/02/2020", "03/04/2020"), comma=False).why)


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (("a|b", "c"), None),
        (("a|b", "a|c", "d"), "|"),
        (("energy, water", "water, energy", "energy"), ", "),
        (("12 Main Street, Lyon", "3 Old Road, Paris"), None),
        (("He came; he saw it all, and then went home to write it down", "x; y"), None),
    ],
)
def test_lists(cells: tuple[str, ...], separator: str | None) -> None:
    assert guess(profile(*cells), comma=False).separator == separator


def test_a_draft_that_states_nothing_says_what_would(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("nr,street\n1,Mill Lane\n", "utf-8")
    folder, release = tmp_path / "draft", tmp_path / "release"
    assert main(["init", str(folder), "--from", str(tmp_path / "a.csv"), "--publisher", "Town hall"]) == 0
    for command in (["check", str(folder)], ["build", str(folder), "--output", str(release)]):
        assert main([*command, "--lang", "en"]) == 0
        assert "No cell states a fact yet: give a propertyUrl to columns" in capsys.readouterr().err
    described = folder / "draft/dataset.yaml"
    described.write_text(described.read_text("utf-8").replace("name: street", "name: street, propertyUrl: rdfs:label"))
    assert main(["check", str(folder)]) == 0
    assert "No cell states a fact" not in capsys.readouterr().err
