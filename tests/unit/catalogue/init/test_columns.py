"""Guesses about single columns, coordinates and keys, and their comments."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from st_opendata.__main__ import main
from st_opendata.catalogue.init.profile import Guess, Profile, guess
from st_opendata.documents import read_document
from st_opendata.tables.title_words import words


def guessed(*cells: str, comma: bool = False, title: str = "") -> Guess:
    profile = Profile()
    for cell in cells:
        profile.add(cell)
    return guess(profile, comma=comma, title=title)


def test_cells_together_count_as_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("st_opendata.catalogue.init.profile._SAMPLE", 5)
    monkeypatch.setattr("st_opendata.catalogue.init.profile._MOST_TEXT", 60)
    whole = 0
    for seed in range(400):
        chance = random.Random(seed)
        words = [*("", " ", "\u00a0", "a"), *("x" * chance.randint(1, 9) + str(number) for number in range(12))]
        cells = [chance.choice(words[: chance.randint(1, len(words))]) for _ in range(chance.randint(0, 40))]
        one, together = Profile(most=9), Profile(most=9)
        for cell in cells:
            one.add(cell)
        while cells:
            cut = chance.randint(1, 12)
            together.add_all(cells[:cut])
            del cells[:cut]
        assert (together, list(together.cells.items())) == (one, list(one.cells.items())), seed
        whole += one.whole
    assert 10 < whole < 390


@pytest.mark.parametrize(
    ("title", "cells", "said"),
    [
        ("v", ("7,5", "8.25"), "more than one way, as “8.25” and “7,5”"),
        ("v", ("1'250.5", "7,5"), "more than one way, as “1'250.5” and “7,5”"),
        ("number", ("111 222 333 00044", "555 666 777 00088"), "no number format reads"),
        ("siret", ("11122233300044",), "numbers that identify things"),
        ("SIREN", ("111 222 333", "444 555 666"), "numbers that identify things"),
        ("plz", ("1010", "8010", "2020"), "numbers that identify things"),
        ("postcode", ("1910", "2020"), "numbers that identify things"),
        ("siren", ("1010;2020", "3"), "numbers that identify things"),
        ("Telefon", ("123 456 789",), "telephone numbers"),
        ("code", ("010.005.2005", "010.006.2005"), "codes with leading zeros"),
        ("host", ("10.0.0.1", "10.0.0.2"), "IP addresses"),
        ("host", ("192.168.100.200", "192.168.101.201"), "IP addresses"),
        ("v", ("DE89 3704 0044 0532 0130 00", "12"), "account numbers (IBAN)"),
        ("v", ("€ 1.250,50", "7 €", "EUR 3"), "amounts with a currency"),
        ("v", ("1 250 EUR",), "amounts with a currency"),
        ("v", ("7,00 zł", "8,00 zł", "7,00 zł"), "amounts with a currency"),
        ("v", ("2024-W05", "2024-W06"), "weeks"),
        ("v", ("−5,5", "7,5"), "minus sign that is not a hyphen"),
        ("v", ("31.12.99", "01.02.03"), "year has two digits"),
        ("v", ("12/31/99",), "year has two digits"),
        ("v", ("23,78 %", "-", "9,1"), "percentages among"),
        ("v", ("1.2.3", "1.2.4"), "no number format reads"),
        ("v", ("52°30'N", "48°10'N"), "degrees and minutes"),
        ("v", ("12", "twelve"), "1 of 2 different cells are numbers, others not, as “twelve”"),
    ],
)
def test_what_looks_like_numbers_and_is_none_is_text_and_said(title: str, cells: tuple[str, ...], said: str) -> None:
    found = guessed(*cells, title=title)
    assert (found.base, found.separator) == ("string", None)
    assert said in str(found.why)
    assert "kept as text" in str(found.why)


@pytest.mark.parametrize(
    ("cells", "base", "form", "separator"),
    [
        (("2014,2015", "2016"), "integer", None, ","),
        (("2014, 2015", "2016"), "integer", None, ","),
        (("2014;2015",), "integer", None, ";"),
        (("1;2;3", "4;5"), "integer", None, ";"),
        (("1,2,3", "4,5"), "integer", None, ","),
        (("1.5|2", "3|4.25"), "decimal", None, "|"),
        (("23.5%", "5.0%"), "decimal", "#0.0%", None),
        (("12%",), "decimal", "#0%", None),
        (("23,5%", "5,25%"), "decimal", {"pattern": "#0,0#%", "decimalChar": ",", "groupChar": "."}, None),
        (("1.5E+3", "2"), "double", None, None),
        (("2014", "2015"), "integer", None, None),
        ((".5", "1"), "decimal", None, None),
    ],
)
def test_what_a_format_reads_is_read(cells: tuple[str, ...], base: str, form: object, separator: str | None) -> None:
    found = guessed(*cells)
    assert (found.base, found.form, found.separator) == (base, form, separator)


def test_words_of_titles() -> None:
    assert words("projectID") == ("project", "id")
    assert words("Zeměpisná šířka") == ("zemepisna", "sirka")
    assert words("lat_WGS84") == ("lat", "wgs", "84")
    assert words("Όνομα (πλήρες)") == ("ονομα", "πληρεσ")


def drafted(folder: Path, **tables: str) -> tuple[dict[str, dict[str, Any]], str]:
    """The tables of a draft of these files, by name, and dataset.yaml; it must be checked without a violation."""
    files = []
    for name, content in tables.items():
        files.append(folder / f"{name}.csv")
        files[-1].write_text(content, "utf-8")
    draft = folder / "draft"
    assert main(["init", str(draft), "--from", *map(str, files), "--publisher", "Town hall"]) == 0
    assert main(["check", str(draft)]) == 0
    (path,) = draft.glob("*/dataset.yaml")
    data = read_document(path, "dataset.yaml").data
    assert isinstance(data, dict)
    found = {table["url"].removesuffix(".csv"): table for table in data["tables"]}
    return found, path.read_text("utf-8")


def stated(table: dict[str, Any]) -> dict[str, str]:
    return {each["propertyUrl"]: each["name"] for each in table["tableSchema"]["columns"] if "propertyUrl" in each}


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("title", "cells", "pattern", "said"),
    [
        ("v", ('"52.5, 13.4"', '"53.5, 9.9"'), "{latitude}, {longitude}", "so all places lie in Europe"),
        ("geolocation", ('"51.98,5.66"', '"40.43,-3.73"'), "{latitude},{longitude}", "so all places lie in Europe"),
        ("gps", ('"-12.5,-45.4"',), "{latitude},{longitude}", "the usual order"),
        ("v", ('"13.41234, 52.51234"',), "{longitude}, {latitude}", "so all places lie in Europe"),
        ("lonlat", ('"40.41234, 42.51234"',), "{longitude}, {latitude}", "as the title says"),
        ("v", ("(48.2082;-116.3738)",), "({latitude};{longitude})", "beyond 90 degrees"),
        ("SHAPE", ("POINT (16.37 48.2)", "POINT (16.4 48.3)"), "POINT ({longitude} {latitude})", "longitude first"),
        ("coords", ('"48,2 / 16,37"',), "{latitude} / {longitude}", "so all places lie in Europe"),
        ("gps", ("48.2 16.37", "-"), "{latitude} {longitude}", "so all places lie in Europe"),
    ],
)
def test_a_pair_in_one_cell_becomes_two_columns(
    tmp_path: Path, title: str, cells: tuple[str, ...], pattern: str, said: str
) -> None:
    rows = "".join(f"k{number},{cell}\n" for number, cell in enumerate(cells))
    tables, text = drafted(tmp_path, t=f"id,{title}\n{rows}")
    assert tables["t"]["split"] == [{"column": title, "pattern": pattern}]
    assert stated(tables["t"]) == {"geo:lat": "latitude", "geo:long": "longitude"}
    assert said in text


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("range", '"1, 5"'),
        ("v", '"95.5, 195.5"'),
        ("size", '"10,5"'),
        ("size", "1.5/2.5"),
        ("where", "3506123 5645123"),
    ],
)
def test_other_pairs_are_left_alone(tmp_path: Path, title: str, cell: str) -> None:
    tables, _ = drafted(tmp_path, t=f"id,{title}\nk1,{cell}\n")
    assert "split" not in tables["t"]
    assert not stated(tables["t"])


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("stop_id,stop_name,stop_lat,stop_lon", "a,Mill,47.5,-0.5", "stop_name stop_lat stop_lon"),
        ("id,nimi,x,y", "a,Mylly,24.94,60.17", "nimi y x"),
        ("id,nazwa,szerokość,długość", "a,Most,52.1,21.0", "nazwa szerokosc dlugosc"),
        ("id,naam,lat_wgs84,lon_wgs84", "a,Brug,52.1,5.1", "naam lat_wgs84 lon_wgs84"),
        ("id,όνομα,πλάτος,μήκος", "a,Οδός,37.9,23.7", "onoma platos mikos"),
        ("id,име,ширина,дължина", "a,Мост,42.7,23.3", "ime shirina dalzhina"),
        ("id,nome,latitudine,longitudine", "a,Ponte,45.4,12.3", "nome latitudine longitudine"),
        ("id,név,LATITUDE,LONGITUDE", "a,Híd,47.4,19.0", "nev LATITUDE LONGITUDE"),
        ("id,name,KOORX,KOORY", "a,Dom,6.95,50.94", "name KOORY KOORX"),
        ("id,name,KOORX,KOORY", "a,Dom,356123.5,5645123.5", "name"),
        ("id,name,lat,lon", "a,Dom,5645123.5,356123.5", "name"),
        ("id,name,x,y", "a,Dom,6,50", "name"),
        ("id,name,lat", "a,Dom,50.5", "name"),
    ],
)
def test_names_and_coordinates_by_what_they_are_called(tmp_path: Path, header: str, row: str, expected: str) -> None:
    tables, text = drafted(tmp_path, t=f"{header}\n{row}\n")
    properties = ("rdfs:label", "geo:lat", "geo:long")
    assert stated(tables["t"]) == dict(zip(properties, expected.split(), strict=False)), text


def test_composite_keys_and_links_by_name(tmp_path: Path) -> None:
    projects = "id,title\n" + "".join(f"10{n},P{n}\n" for n in range(30))
    topics = "projectID,topic\n" + "".join(f"10{n},T{n % 3}\n" for n in range(30))
    members = "projectID,orgId,role\n" + "".join(f"10{n},7{m},x\n" for n in range(30) for m in range(2))
    organisations = "orgId,name\n70,Roofs\n71,Walls\n"
    tables, text = drafted(tmp_path, topics=topics, members=members, projects=projects, organisations=organisations)
    schema = tables["members"]["tableSchema"]
    assert schema["primaryKey"] == ["projectID", "orgId"]
    assert schema["aboutUrl"] == "members/{projectID}/{orgId}"
    links = {key["columnReference"]: key["reference"] for key in schema["foreignKeys"]}
    assert links == {
        "projectID": {"resource": "projects.csv", "columnReference": "id"},
        "orgId": {"resource": "organisations.csv", "columnReference": "orgId"},
    }
    assert tables["topics"]["tableSchema"]["foreignKeys"][0]["reference"]["resource"] == "projects.csv"
    assert "all cells are keys of “projects”; also of “topics”, which its name suits less" in text
    assert "foreignKeys" not in tables["projects"]["tableSchema"]


def test_numbers_need_a_name_that_speaks_for_it(tmp_path: Path) -> None:
    tables, _ = drafted(tmp_path, rooms="id,area\n1,x\n2,y\n3,z\n", visits="nr,count,room\n7,1,2\n8,3,2\n")
    (link,) = tables["visits"]["tableSchema"]["foreignKeys"]
    assert link["columnReference"] == "room"


def test_rows_without_a_key_say_so(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, t="name,count\nx,1\nx,1\ny,2\n")
    assert "rows go by their number" in text
    assert "by its name it states rdfs:label about the row by its number: the table has no key" in text


def test_a_key_that_only_looks_alike_is_said(tmp_path: Path) -> None:
    tables, text = drafted(tmp_path, cities="id\nMu\u0308nchen\nWien\n", sites="nr,city\n1,M\u00fcnchen\n2,Wien\n")
    assert "foreignKeys" not in tables["sites"]["tableSchema"]
    assert "not a foreign key to “cities”: “M\u00fcnchen” is there too, but in other characters" in text


def test_personal_data_is_said(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, t="id,Vorname,mail,firma\n1,Anna,a.berg@example.org,Roofs\n")
    assert "probably personal data: names of persons" in text
    assert "probably personal data: e-mail addresses" in text
    assert text.count("probably personal data") == 2


def test_what_was_read_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = 'nr;Straße;wo;Jahre\n1;Müllergasse;"48,2 / 16,4";2014,2015\n2;Am Kai;;2016\n'
    drafted(tmp_path, t=content)
    capsys.readouterr()
    lines = [
        ["column", "type", "row 2", "row 3"],
        ["nr", "integer", "1", "2"],
        ["Straße", "text", "Müllergasse", "Am Kai"],
        ["latitude", "decimal", "48.2"],
        ["longitude", "decimal", "16.4"],
        ["Jahre", "integer,", "list", "2014", "|", "2015", "2016"],
    ]
    for arguments in (["--sample", str(tmp_path / "draft")], [str(tmp_path / "draft"), "--sample", "2"]):
        assert main(["check", *arguments, "--lang", "en"]) == 0
        out = capsys.readouterr().out
        shown = [line.split() for line in out.partition("\nt\n")[2].splitlines()]
        assert shown == [" ".join(each).split() for each in lines]
    assert main(["init", str(tmp_path / "again"), "--from", str(tmp_path / "t.csv"), "--publisher", "x"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[1].split() == ["column", "type", "row", "2", "row", "3"]
    assert "Müllergasse" in out
    assert main(["check", str(tmp_path / "draft"), "--sample", "--json"]) == 2


@pytest.mark.parametrize(("delimiter", "datatype"), [("\t", None), ("|", None), (";", None), (",", "decimal")])
def test_thousands_or_decimals_where_nothing_tells(tmp_path: Path, delimiter: str, datatype: str | None) -> None:
    rows = [("id", "betrag"), ("1", "1.250"), ("2", "640"), ("3", "8.110")]
    tables, _ = drafted(tmp_path, t="".join(f"{delimiter.join(row)}\n" for row in rows))
    assert tables["t"]["tableSchema"]["columns"][1].get("datatype") == datatype
