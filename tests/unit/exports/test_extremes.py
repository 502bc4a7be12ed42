"""Numbers beyond what a float holds: every format keeps them, as text where it has no other way."""

import sqlite3
from contextlib import closing

import duckdb
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from st_opendata.exports.ods import write_ods
from st_opendata.exports.sources import CatalogueSource, DatasetSource
from st_opendata.exports.sqlite import write_sqlite
from st_opendata.exports.xlsx import write_xlsx
from st_opendata.facts import load_facts

NUMBERS = ["1E400", *(pytest.param(number, marks=pytest.mark.slow) for number in ("1E-400", "-1.5E308")), "1.5E99"]


@pytest.fixture(scope="module", params=NUMBERS)
def extreme(catalogue_of, request):
    """The number, the catalogue with it in the column `share`, and its facts."""
    catalogue = catalogue_of([])
    path = catalogue.folder / "places/cities.csv"
    path.write_text(path.read_text("utf-8").replace("INF", request.param).replace("1.5E0", "0"), "utf-8")
    with load_facts(catalogue) as facts:
        assert {found.code for found in facts.findings} <= {"cleaned-null", "formula-like"}
        yield request.param, catalogue, facts


@pytest.mark.quick(1)
def test_spreadsheets(extreme, tmp_path):
    number, catalogue, facts = extreme
    source = DatasetSource(catalogue, catalogue.datasets[1], facts, tmp_path)
    write_xlsx(source, tmp_path / "a.xlsx")
    write_ods(source, tmp_path / "a.ods")
    header, lyon, vienna, _ = openpyxl.load_workbook(tmp_path / "a.xlsx")["cities"].values
    place = header.index("share")
    kept = number if number in ("1E400", "1E-400") else float(number)
    assert (lyon[place], vienna[place]) == (0, kept)
    assert CalamineWorkbook.from_path(tmp_path / "a.ods").get_sheet_by_name("cities").to_python()[2][place] == kept


def test_sqlite(extreme, tmp_path):
    number, catalogue, facts = extreme
    write_sqlite(CatalogueSource(catalogue, facts, tmp_path), tmp_path / "a.sqlite")
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as database:
        read = [share for (share,) in database.execute("SELECT share FROM cities LIMIT 2")]
    assert read == ([0.0, 1.5e99] if number == "1.5E99" else ["0", number])


def test_parquet(extreme, tmp_path):
    number, _, facts = extreme
    facts.write_table("cities", tmp_path / "a.parquet")
    with duckdb.connect() as connection:  # the one that all share may have been left in any state
        rows = connection.read_parquet(str(tmp_path / "a.parquet"))["share"].fetchall()
    read = [share for (share,) in rows[:2]]
    assert read == ([0.0, 1.5e99] if number == "1.5E99" else ["0", number])
