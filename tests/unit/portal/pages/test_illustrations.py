"""Maps and charts of datasets, drawn from the rows of the release."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from st_opendata.formats import PARQUET
from st_opendata.model.release import Distribution, File
from st_opendata.pictures import KINDS
from st_opendata.portal.data.columns import ColumnDescription, PublishedTable, Reference
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.rows import open_rows
from st_opendata.portal.pages import illustrations
from st_opendata.portal.pages.illustrations import Illustrations

AMOUNT = "http://data.europa.eu/s66#value"
CURRENCY = "http://data.europa.eu/s66#currency"
LATITUDE, LONGITUDE = (f"http://www.w3.org/2003/01/geo/wgs84_pos#{name}" for name in ("lat", "long"))
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
AS_WKT = "http://www.opengis.net/ont/geosparql#asWKT"


def column(
    name: str, datatype: str = "string", states: str | None = None, language: str | None = None
) -> ColumnDescription:
    return ColumnDescription(name, {"en": name.title()}, {}, datatype, False, None, states, None, language)


def table(folder: Path, name: str, columns: tuple[ColumnDescription, ...], rows: str) -> PublishedTable:
    path = folder / f"{name}.parquet"
    names = ", ".join(each.name for each in columns)
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {rows}) AS t({names})) TO '{path}' (FORMAT parquet)")
    file = Distribution(File(path.name, path.stat().st_size, ""), PARQUET, {}, "d", name)
    return PublishedTable(name, {"en": name.title()}, {}, columns, 0, (file,))


@pytest.fixture
def rows(tmp_path: Path) -> Any:
    rows = open_rows(SimpleNamespace(folder=tmp_path, path=tmp_path.joinpath))  # type: ignore[arg-type]
    yield rows
    rows.close()


def parts(figure: str) -> dict[str, ET.Element]:
    """The pictures of a figure, by the place that they are for."""
    return {str(each.get("class")): each[0] for each in ET.fromstring(figure)}


def texts(svg: ET.Element) -> list[str]:
    return ["".join(each.itertext()) for each in svg.iter() if each.tag.endswith("text")]


def draft(rows: Any, *tables: PublishedTable) -> Any:
    return illustrations._Draft(None, rows, "d", list(tables), "en")  # type: ignore[arg-type]


def test_a_table_with_positions_has_a_map(edition: Edition) -> None:
    [drawn] = Illustrations(edition).of("places", "en")
    assert drawn.table == "cities"
    pictures = parts(drawn.figure)
    assert "Lyon" in texts(pictures["wide"])
    assert "Vienna" in texts(pictures["narrow"])
    assert pictures["wide"].get("width") != pictures["narrow"].get("width")


def test_positions_that_are_none_have_no_place_on_the_map(tmp_path: Path, rows: Any) -> None:
    """The columns hold text, as the vocabulary allows."""
    columns = (column("id"), column("north", states=LATITUDE), column("east", states=LONGITUDE))
    values = "('Lyon', '45.76', '4.83'), ('none', 'unknown', '4'), ('pole', '95', '0'), ('nan', 'nan', '0')"
    places = table(tmp_path, "places", columns, values)
    drawn = illustrations._map(draft(rows, places), places)
    assert drawn
    assert "1 place" in texts(parts(drawn.figure)["wide"])
    nowhere = table(tmp_path, "nowhere", columns, "('none', 'here', 'there')")
    assert illustrations._map(draft(rows, nowhere), nowhere) is None


def test_kinds_of_places_differ_by_shape_and_are_named(smarter: Edition) -> None:
    """The roles of the cities, each with the number of its cities and its own shape; no other map has kinds."""
    names = {"en": "Lead city (3)", "fr": "Ville leader (3)", "de": "Leuchtturmstadt (3)"}
    for language, name in names.items():
        [drawn] = Illustrations(smarter).of("cities", language)
        for picture in parts(drawn.figure).values():
            assert name in texts(picture)
            shapes = {each.get("class"): re.sub(r"[\d.]+", "", str(each.get("d"))) for each in marks(picture)}
            assert len(shapes) == len(set(shapes.values())) == 3
    [partners] = Illustrations(smarter).of("partners", "en")
    assert {each.get("class") for each in marks(parts(partners.figure)["wide"])} == {"picture-kind-0"}


def marks(picture: ET.Element) -> list[ET.Element]:
    return [each for each in picture.iter() if str(each.get("class")).startswith("picture-kind-")]


def test_a_busy_moment_is_not_remembered(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures, turns = Illustrations(edition), edition.part(open_rows)._turns
    monkeypatch.setattr("st_opendata.portal.data.rows._WAIT", 0.01)
    with ExitStack() as others:
        while turns.acquire(blocking=False):
            others.callback(turns.release)
        assert pictures.of("places", "en") == ()
    assert len(pictures.of("places", "en")) == 1


def test_a_table_without_has_none(edition: Edition) -> None:
    assert Illustrations(edition).of("texts", "en") == ()


def test_every_picture_has_its_table(client: TestClient) -> None:
    text = client.get("/en/dataset/places").text
    [figure] = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert 'href="/en/dataset/places/table/cities"' in figure
    assert figure.count('role="img"') == 2
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert "style=" not in figure


def test_money_is_drawn_largest_first_by_the_names_of_rows(tmp_path: Path, rows: Any) -> None:
    people = table(tmp_path, "people", (column("id"), column("name", states=LABEL)), "('a', 'Anna'), ('b', 'Ben')")
    named = replace(column("who"), reference=Reference("d", "people"))
    year = column("year", "integer", "https://example.org/year")
    columns = (column("id"), named, year, column("amount", "decimal", AMOUNT), column("currency", states=CURRENCY))
    values = "('1', 'a', 2016, 10.5, 'EUR'), ('2', 'b', 2015, 2000000.0, 'EUR'), ('3', 'c', 2017, NULL, NULL)"
    money = table(tmp_path, "money", columns, values)
    drawn = illustrations._money(draft(rows, money, people), money)
    assert drawn
    said = texts(parts(drawn.figure)["wide"])
    assert said.index("Ben") < said.index("Anna")
    assert "2,000,000" in said
    assert "Amount in euros" in said


@pytest.mark.parametrize(
    "values",
    [
        "('1', 1.0, 'EUR'), ('2', 2.0, 'USD')",
        "('1', 1.0, 'EUR'), ('2', -2.0, 'EUR')",
        "('1', 1.0, 'EUR'), ('2', NULL, 'EUR')",
    ],
)
def test_amounts_that_do_not_compare_are_not_drawn(tmp_path: Path, rows: Any, values: str) -> None:
    columns = (column("id"), column("amount", "decimal", AMOUNT), column("currency", states=CURRENCY))
    money = table(tmp_path, "money", columns, values)
    assert illustrations._money(draft(rows, money), money) is None


def test_years_stay_in_their_order(tmp_path: Path, rows: Any) -> None:
    columns = (column("id"), column("day", "date", LABEL))
    days = ", ".join(f"('{n}', DATE '{2018 + (n > 3) + (n > 9)}-01-01')" for n in range(12))
    dated = table(tmp_path, "dated", columns, days)
    drawn = illustrations._years(draft(rows, dated), dated)
    assert drawn
    assert [text for text in texts(parts(drawn.figure)["wide"]) if text.startswith("20")] == ["2018", "2019", "2020"]
    few = table(tmp_path, "few", columns, "('1', DATE '2018-01-01'), ('2', DATE '2019-01-01')")
    assert illustrations._years(draft(rows, few), few) is None


def test_every_kind_of_place_has_a_colour_of_its_own() -> None:
    sheet = files("st_opendata.portal").joinpath("static/portal.css").read_text("utf-8")
    first = re.findall(r"class\^=\"picture-kind-\"\] \{ fill: ([^;]+);", sheet)
    others = re.findall(r"\.picture-kind-(\d) \{ fill: ([^;]+);", sheet)
    assert [int(number) for number, _ in others] == list(range(1, KINDS))
    assert len({*first, *(colour for _, colour in others)}) == KINDS


def test_geometries_are_read_whole(tmp_path: Path, rows: Any) -> None:
    ring = ", ".join(f"16.{number:04} 48.2" for number in range(1, 3000))
    wkt = f"POLYGON((16 48, {ring}, 16 48))"
    columns = (column("name", states=LABEL), column("geometry", "wktLiteral", AS_WKT))
    areas = table(tmp_path, "areas", columns, f"('Old Town', '{wkt}'), ('Nowhere', NULL)")
    draft = illustrations._Draft(SimpleNamespace(), rows, "d", [areas], "en")  # type: ignore[arg-type]
    drawn = illustrations._map(draft, areas)
    assert drawn is not None
    wide = parts(drawn.figure)["wide"]
    assert "Old Town" in texts(wide)
    assert [each.get("class") for each in wide.iter() if each.get("class") == "picture-area"] == ["picture-area"]


def test_too_many_geometries_have_no_map(tmp_path: Path, rows: Any) -> None:
    columns = (column("name"), column("geometry", "wktLiteral", AS_WKT))
    points = table(tmp_path, "points", columns, "('a', 'POINT(16 48)'), ('b', 'POINT(16 48)')")
    assert points.parquet
    path = points.parquet.file.path
    assert rows.whole_cells(path, "geometry", 2, 24) == ["POINT(16 48)"] * 2
    assert rows.whole_cells(path, "geometry", 1, 24) == rows.whole_cells(path, "geometry", 2, 23) == []
