"""CSV, JSON and Parquet of a table, read back by other libraries and compared with the cleaned rows."""

import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_opendata.errors import InputError
from st_opendata.exports.csv_table import write_csv
from st_opendata.exports.sources import TableSource
from st_opendata.model.tables import Column
from st_opendata.tables.json_text import json_value

TABLES = {"cities": "places", "texts": "places", "countries": "countries"}


def rows(facts, table):
    return [row for batch in facts.records(table) for row in batch]


def columns(catalogue, table):
    (found,) = (t for dataset in catalogue.datasets for t in dataset.tables if t.name == table)
    return found.source_columns


@pytest.mark.parametrize("table", TABLES)
class TestCsv:
    def expected(self, catalogue, facts, table):
        found = []
        for row in rows(facts, table):
            texts = []
            for column, cell in zip(columns(catalogue, table), row, strict=True):
                null = "" if "" in column.null else "-"
                if column.separator:
                    texts.append(column.separator.join(cell or []))
                else:
                    texts.append(null if cell is None else cell)
            found.append(texts)
        return found

    def test_the_csv_module_reads_it(self, release, catalogue, facts, table):
        with (release / TABLES[table] / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
            header, *read = csv.reader(lines, strict=True)
        assert header == [column.name for column in columns(catalogue, table)]
        assert read == self.expected(catalogue, facts, table)

    def test_arrow_reads_it(self, release, catalogue, facts, table):
        names = [column.name for column in columns(catalogue, table)]
        read = pyarrow.csv.read_csv(
            release / TABLES[table] / f"{table}.csv",
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pyarrow.string())),
        )
        assert read.column_names == names
        assert [list(row.values()) for row in read.to_pylist()] == self.expected(catalogue, facts, table)

    def test_bytes(self, release, catalogue, table):
        data = (release / TABLES[table] / f"{table}.csv").read_bytes()
        header = ",".join(column.name for column in columns(catalogue, table))
        assert data.startswith(f"{header}\r\n".encode())
        assert data.endswith(b"\r\n")


def test_a_formula_is_text(release):
    assert b"\r\n11,=1+1\r\n" in (release / "places/texts.csv").read_bytes()


def test_an_item_that_holds_the_separator(catalogue, tmp_path):
    """A decimal comma makes room for a point as separator, until the canonical text has points of its own."""
    dataset = catalogue.datasets[0]
    lists = replace(dataset.tables[0], columns=(Column("amounts", 1, separator="."),))
    source = TableSource(catalogue, dataset, lists, Records([(["1.5", "2"],)]))
    with pytest.raises(InputError, match=r'the item "1.5" in the column "amounts" contains the separator'):
        write_csv(source, tmp_path / "lists.csv")


class Records:
    """Rows that no table can state."""

    def __init__(self, rows):
        self._rows = rows

    def records(self, table):
        yield self._rows


class TestJson:
    @pytest.mark.parametrize("table", TABLES)
    def test_read_back(self, release, catalogue, facts, table):
        text = (release / TABLES[table] / f"{table}.json").read_text("utf-8")
        read = json.loads(text, parse_float=str, parse_int=str)
        expected = [
            {
                column.name: {"true": True, "false": False}.get(cell, cell)
                if column.datatype.base == "boolean"
                else cell
                for column, cell in zip(columns(catalogue, table), row, strict=True)
            }
            for row in rows(facts, table)
        ]
        assert _lexical(read) == _lexical(expected)

    def test_types(self, release):
        lyon, vienna, nowhere = json.loads((release / "places/cities.json").read_text("utf-8"), parse_float=Decimal)
        assert str(lyon["budget"]) == "29119448.36"
        assert str(vienna["budget"]) == "7.50"
        assert str(lyon["lat"]) == "45.7640"
        assert lyon["inhabitants"] == 522250
        assert (lyon["capital"], vienna["capital"], nowhere["capital"]) == (False, True, None)
        assert lyon["since"] == "2021-07-31"
        assert lyon["tags"] == ["river", "hill"]
        assert lyon["years"] == ["2016", "2021"]
        assert vienna["share"] == "INF"
        assert list(lyon) == list(nowhere)

    def test_one_line_a_row(self, release):
        lines = (release / "places/cities.json").read_text("utf-8").splitlines()
        assert (lines[0], lines[-1], len(lines)) == ("[", "]", 5)

    @pytest.mark.parametrize(
        ("text", "base", "token"),
        [
            ("1.50", "decimal", "1.50"),
            ("+1.50", "decimal", "1.50"),
            (".5", "decimal", "0.5"),
            ("5.", "decimal", "5"),
            ("007", "integer", "7"),
            ("-0", "integer", "-0"),
            ("123456789012345678901234567890.10", "decimal", "123456789012345678901234567890.10"),
            ("0.1", "decimal", "0.1"),
            ("1.0E0", "double", "1.0"),
            ("1.5E300", "double", "1.5E+300"),
            ("NaN", "double", '"NaN"'),
            ("-INF", "double", '"-INF"'),
            ("true", "boolean", "true"),
            ("true", "string", '"true"'),
            ("5", "string", '"5"'),
            ("2021", "gYear", '"2021"'),
            ('"\n\x01é😀', "string", '"\\"\\n\\u0001é😀"'),
        ],
    )
    def test_tokens(self, text, base, token):
        assert json_value(text, base) == token
        json.loads(token)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_are_exact(number):
    assert Decimal(json_value(str(number), "decimal")).compare_total(number) == 0


def _lexical(found: list[dict]) -> list[dict]:
    """Numbers compared as numbers, other cells unchanged."""
    return [{name: _number(cell) if name in ("share",) else cell for name, cell in row.items()} for row in found]


def _number(cell: str | None) -> object:
    return float(cell) if cell else cell


class TestParquet:
    def test_types_and_values(self, release):
        table = pyarrow.parquet.read_table(release / "places/cities.parquet")
        lyon, vienna, nowhere = table.to_pylist()
        assert lyon["since"] == date(2021, 7, 31)
        assert lyon["capital"] is False
        assert vienna["capital"] is True
        assert lyon["inhabitants"] == 522250
        assert float(lyon["budget"]) == pytest.approx(29119448.36)
        assert lyon["tags"] == ["river", "hill"]
        assert vienna["share"] == float("inf")
        assert nowhere["budget"] is None

    @pytest.mark.parametrize("table", TABLES)
    def test_texts(self, release, catalogue, facts, table):
        read = pyarrow.parquet.read_table(release / TABLES[table] / f"{table}.parquet").to_pylist()
        texts = [c.name for c in columns(catalogue, table) if c.datatype.base == "string" and not c.separator]
        names = [column.name for column in columns(catalogue, table)]
        expected = [dict(zip(names, row, strict=True)) for row in rows(facts, table)]
        assert [[row[name] for name in texts] for row in read] == [[row[name] for name in texts] for row in expected]
        assert list(read[0]) == names

    def test_facts(self, release):
        read = pyarrow.parquet.read_table(release / "places/facts.parquet")
        assert read.column_names == ["subject", "predicate", "object", "table", "file", "row", "column", "cell"]
        stated = {f"{row['subject']} {row['predicate']} {row['object']} ." for row in read.to_pylist()}
        lines = (release / "places/places.nt").read_text("utf-8").split("\n")[:-1]
        assert stated == set(lines)
        label = next(row for row in read.to_pylist() if row["object"] == '"Lyon"@fr')
        assert (label["table"], label["file"], label["row"], label["column"]) == (
            "cities",
            "places/cities.csv",
            2,
            "label_fr",
        )
