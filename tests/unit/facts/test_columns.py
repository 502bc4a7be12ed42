"""Columns: parts of cells, personal data, letters that only look alike, formats that cannot carry the facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.exports import impossible_findings
from st_opendata.facts import FactBase, load_facts

Load = Callable[..., FactBase]
Make = Callable[..., Path]
_PLACE: list[dict[str, Any]] = [
    {"name": "id"},
    {"name": "lat", "datatype": "decimal", "propertyUrl": "geo:lat"},
    {"name": "long", "datatype": "decimal", "propertyUrl": "geo:long"},
]


def found(base: FactBase) -> list[tuple[str, int | None, str | None]]:
    assert all(one.message.keys() == {"en", "fr", "de"} == one.remedy.keys() for one in base.findings)
    return [(one.code, one.places[0].row, one.places[0].column) for one in base.findings]


@pytest.mark.parametrize(
    ("pattern", "cell"),
    [
        ("{lat}, {long}", "52.5,13.4"),
        ("{lat}, {long}", " 52.5 ,  13.4 "),
        ("({lat};{long})", "(52.5; 13.4)"),
        ("POINT ({long} {lat})", "POINT(13.4  52.5)"),
        ("{lat} {long}", "52.5 13.4"),
        ("[{long}|{lat}]", "[13.4|52.5]"),
    ],
)
def test_parts_of_a_cell_are_columns(load: Load, pattern: str, cell: str) -> None:
    base = load(f'place,id\n"{cell}",a\n,b\n', _PLACE, split=[{"column": "place", "pattern": pattern}])
    assert not base.findings
    assert list(base.records("t")) == [[("a", "52.5", "13.4"), ("b", None, None)]]
    (sampled,) = base.samples(2)
    assert [column.title for column in sampled.columns] == ["id", "lat", "long"]


def test_a_cell_that_has_no_such_parts_is_found(load: Load) -> None:
    content = 'id,place\na,"52.5, 13.4"\nb,52.5\nc,"1, 2, 3"\nd,"x, 2"\ne,n/a\n'
    columns = [column if column["name"] == "id" else column | {"null": ["", "n/a"]} for column in _PLACE]
    base = load(content, columns, split=[{"column": "place", "pattern": "{lat}, {long}"}])
    assert sorted(found(base)) == [
        ("cell-datatype", 5, "place"),
        ("cell-split", 3, "place"),
        ("cell-split", 4, "place"),
        ("cleaned-null", 6, "place"),
    ]
    assert base.findings[-1].message["en"].startswith("1 cell is read as empty")
    assert any("“1, 2, 3”" in finding.message["en"] for finding in base.findings)


def test_parts_beside_the_whole_cell_and_without_a_header(load: Load) -> None:
    split = [{"column": "place", "pattern": "{lat}, {long}"}]
    base = load('id,place\na,"1, 2"\n', [*_PLACE, {"name": "place"}], split=split)
    assert list(base.records("t")) == [[("a", "1", "2", "1, 2")]]
    base = load('a,"1, 2"\n', _PLACE, split=split, dialect={"header": False})
    assert not base.findings
    assert list(base.records("t")) == [[("a", "1", "2")]]
    base = load("id,where\na,x\n", _PLACE, split=split)
    assert [code for code, *_ in found(base)] == ["column-missing", "column-unknown"]


def test_parts_of_the_cells_of_a_workbook(make: Make) -> None:
    folder = make({"t.xlsx": (b"", {"columns": _PLACE})}, split=[{"column": "place", "pattern": "{lat}, {long}"}])
    book = openpyxl.Workbook()
    assert book.active
    for row in (["id", "place"], ["a", "52.5, 13.4"], ["b", None], ["c", 7.5]):
        book.active.append(row)
    book.save(folder / "data/t.xlsx")
    with load_facts(read_catalogue(folder)) as base:
        assert found(base) == [("cell-split", 4, "place")]
        assert base.findings[0].places[0].cell == "Sheet!B4"


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ({"column": "place", "pattern": "{lat}"}, "two columns or more"),
        ({"column": "place", "pattern": "{lat}{long}"}, "a sign or a blank between"),
        ({"column": "place", "pattern": "{lat}, {lat}"}, "each once"),
        ({"column": "place", "pattern": "{lat}, {lon}"}, 'there is no column "lon"'),
        ({"column": "place"}, '"pattern" is missing'),
        ({"columns": "place", "pattern": "{lat}, {long}"}, '"columns" is unknown'),
    ],
)
def test_a_split_that_cannot_be_is_refused(make: Make, split: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_catalogue(make({"t.csv": ("id,place\n", {"columns": _PLACE})}, split=[split]))


def test_the_published_table_has_the_parts_and_says_so(make: Make, tmp_path: Path) -> None:
    schema = {"columns": _PLACE, "primaryKey": "id"}
    folder = make(
        {"t.csv": ('id,place\na,"52.5, 13.4"\n', schema)}, split=[{"column": "place", "pattern": "{lat}, {long}"}]
    )
    publish(folder)
    assert main(["build", str(folder), "-o", str(tmp_path / "release")]) == 0
    data = tmp_path / "release/data"
    assert (data / "t.csv").read_text("utf-8") == "id,lat,long\na,52.5,13.4\n"
    described = json.loads((data / "t.csv-metadata.json").read_text("utf-8"))["tables"][0]["tableSchema"]["columns"]
    assert [(column["name"], column.get("datatype")) for column in described] == [
        ("id", None), ("lat", "decimal"), ("long", "decimal"),
    ]  # fmt: skip
    assert json.loads((data / "data.geojson").read_text("utf-8"))["features"][0]["geometry"]["coordinates"] == [
        13.4,
        52.5,
    ]


_PERSONAL = [
    ("contact", "anna.berg@example.org", "e-mail addresses"),
    ("reach", "mailto:k.tal@example.org", "e-mail addresses"),
    ("IBAN", "DE89 3704 0044 0532 0130 00", "account numbers"),
    ("account", "GB82WEST12345698765432", "account numbers"),
    ("call", "+43 1 58 801", "telephone numbers"),
    ("Tel.", "0123/45 67 89", "telephone numbers"),
    ("Vorname", "Anna", "names of persons"),
    ("Prénom", "Zoë", "names of persons"),
    ("Imię i nazwisko", "Łucja Żak", "names of persons"),
    ("apellidos", "García Núñez", "names of persons"),
    ("επώνυμο", "Παππάς", "names of persons"),
    ("contactPerson", "A. Berg", "names of persons"),
]  # fmt: skip
_NOT_PERSONAL = [
    ("name", "Anna Berg"),
    ("city", "San Sebastián"),
    ("organisation_name", "Roofs Ltd"),
    ("IBAN", "DE88 3704 0044 0532 0130 00"),
    ("code", "AT12ABCDEFGHIJKL"),
    ("number", "0123 456789"),
    ("twitter", "@town"),
    ("Name der Firma", "Berg"),
    ("delta", "+51.27"),
    ("surname", "12"),
    ("street", "Anna-Berg-Weg 3"),
    ("title", "Tel Aviv"),
]


@pytest.mark.quick(3)
@pytest.mark.parametrize(("title", "cell", "kind"), _PERSONAL)
def test_personal_data_is_warned_of_but_not_quoted(load: Load, title: str, cell: str, kind: str) -> None:
    column = {"name": "c", "titles": title}
    base = load(f'id,"{title}"\n1,\n2,"{cell}"\n3,"{cell}"\n', [{"name": "id"}, column])
    assert found(base) == [("personal-data", 3, title)]
    message = base.findings[0].message["en"]
    assert kind in message
    assert "2 of 3" in message
    assert cell not in message
    for decided in (True, False):
        assert not load(f'id,"{title}"\n2,"{cell}"\n', [{"name": "id"}, column | {"personal": decided}]).findings


@pytest.mark.quick(3)
@pytest.mark.parametrize(("title", "cell"), _NOT_PERSONAL)
def test_what_is_of_no_person_raises_no_alarm(load: Load, title: str, cell: str) -> None:
    base = load(f'id,"{title}"\n2,"{cell}"\n', [{"name": "id"}, {"name": "c", "titles": title}])
    assert [code for code, *_ in found(base) if code != "formula-like"] == []


def test_a_name_is_a_surname_beside_first_names_only(load: Load) -> None:
    names = [{"name": "nom"}, {"name": "prenom"}]
    assert [column for *_, column in found(load("nom,prenom\nBerg,Anna\n", names))] == ["nom", "prenom"]
    with_surname = [*names, {"name": "nachname"}]
    assert [column for *_, column in found(load("nom,prenom,nachname\nHaus,Anna,Berg\n", with_surname))] == [
        "prenom", "nachname",
    ]  # fmt: skip


def test_letters_that_only_look_alike(make: Make) -> None:
    key = {"columnReference": "city", "reference": {"resource": "cities.csv", "columnReference": "id"}}
    tables = {
        "cities.csv": ("id\nMu\u0308nchen\nWien\n", {"columns": [{"name": "id"}], "primaryKey": "id"}),
        "sites.csv": ("city\nM\u00fcnchen\nWien\nWein\n", {"columns": [{"name": "city"}], "foreignKeys": [key]}),
    }
    with load_facts(read_catalogue(make(tables))) as base:
        assert found(base) == [("key-decomposed", 2, "id"), ("key-twin", 2, "city"), ("key-dangling", 4, "city")]
        assert "Did you mean" not in base.findings[1].message["en"]


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ({"propertyUrl": "https://v.example/2010"}, "5", True),
        pytest.param({"propertyUrl": "{+v}"}, "https://v.example/2010", True, marks=pytest.mark.slow),
        pytest.param(
            {"propertyUrl": "rdf:type", "valueUrl": "https://v.example/{v}"}, "12", True, marks=pytest.mark.slow
        ),
        pytest.param({"propertyUrl": "https://v.example/size2"}, "5", False, marks=pytest.mark.slow),
    ],
)
def test_a_format_that_cannot_hold_the_facts_is_left_out(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str], column: dict[str, Any], cell: str, *, told: bool
) -> None:
    schema = {"columns": [{"name": "id"}, {"name": "v"} | column], "primaryKey": "id"}
    folder = make({"t.csv": (f"id,v\na,{cell}\n", schema)})
    publish(folder)
    assert main(["check", str(folder), "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["code"], each["places"][0]["column"]) for each in findings] == [("format-rdfxml", "v")] * told
    assert main(["build", str(folder), "-o", str(tmp_path / "release")]) == 0
    files = {path.suffix[1:] for path in (tmp_path / "release/data").iterdir()}
    assert {"nt", "ttl", "jsonld", "csv", "xlsx", "ods", "rdf"} - files == ({"rdf"} if told else set())
    catalogue = (tmp_path / "release/catalog.ttl").read_text("utf-8")
    assert ("data/data.rdf" in catalogue) != told
    assert main(["score", str(tmp_path / "release")]) == 0


@pytest.mark.parametrize(
    ("cell", "told"), [("95,5", True), ("x,5", True), ("45,200", True), ("45,5", False), (",", False)]
)
def test_places_that_are_no_degrees_make_no_map(load: Load, cell: str, *, told: bool) -> None:
    columns = [{"name": "id"}, {"name": "a", "propertyUrl": "geo:lat"}, {"name": "b", "propertyUrl": "geo:long"}]
    base = load(f"id,a,b\nx,{cell}\n", columns, primaryKey="id")
    findings = impossible_findings(base, base.catalogue.datasets[0])
    assert [each.code for each in findings] == ["format-geojson"] * told
    assert all("<https://example.org/id/t/x>" in each.message["en"] for each in findings)


def publish(folder: Path) -> None:
    """Tell who publishes, without which nothing is built."""
    head = json.loads((folder / "catalogue.yaml").read_text("utf-8"))
    head["publisher"] = {"iri": "https://p.example/", "name": {"en": "Town hall"}}
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
