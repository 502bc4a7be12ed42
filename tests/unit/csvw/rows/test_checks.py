"""The findings of a check of a described table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from st_opendata.csvw.rows.checks import LISTED
from st_opendata.model.findings import Severity

Convert = Callable[..., Any]


@pytest.mark.parametrize(
    ("column", "text", "codes"),
    [
        ({}, "a\n1\n", []),
        ({"datatype": "integer"}, "a\n1\nx\n", ["cell-datatype"]),
        ({"datatype": {"base": "integer", "maximum": 1}}, "a\n2\n", ["cell-range"]),
        ({"datatype": "integer", "separator": ";"}, "a\n1;x\n", ["cell-datatype"]),
        ({"datatype": {"base": "string", "maxLength": 1}, "separator": ";"}, "a\nx;yy\n", ["cell-range"]),
        ({"required": True}, "a,b\n,1\n", ["csvw-structure", "cell-required"]),
        ({"required": True, "null": "NA"}, "a\nNA\n", ["cell-required"]),
        ({}, "b\n1\n", ["csvw-structure"]),
        ({}, "a\n1,2\n", ["csvw-structure"]),
        ({"nonsense": 1}, "a\n1\n", ["csvw-ignored"]),
        ({"aboutUrl": "http://e.org/{as}"}, "a\n1\n2\n", ["csvw-structure"]),
        ({"valueUrl": "http://e.org/{b}"}, "a\n1\n2\n", ["csvw-structure"]),
        ({"aboutUrl": "http://e.org/{a}{_row}", "valueUrl": "{_name}{_column}"}, "a\n1\n2\n", []),
    ],
)
def test_a_column(findings: Convert, column: dict[str, Any], text: str, codes: list[str]) -> None:
    assert [found.code for found in findings([{"titles": "a", **column}], text)] == codes


def test_a_finding_names_its_cell_and_description(findings: Convert) -> None:
    (found,) = findings([{"titles": "a", "datatype": "integer"}], "a\n1\nx\n")
    (place,) = found.places
    assert (place.file, place.row, place.column) == ("a.csv", 3, "a")
    assert found.severity is Severity.VIOLATION
    assert "a.csv-metadata.json" in found.remedy["en"]


def test_many_findings_are_counted(findings: Convert) -> None:
    found = findings([{"titles": "a", "datatype": "integer"}], "a\n" + "x\n" * (LISTED + 5))
    assert len(found) == LISTED + 1
    assert found[-1].code == "findings-more"
    assert "5" in found[-1].message["en"]


KEYS = [{"columnReference": "b", "reference": {"resource": "a.csv", "columnReference": "a"}}]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a,b\n1,2\n2,1\n", []),
        ("a,b\n1,1\n1,1\n", ["key-duplicate", "key-ambiguous", "key-ambiguous"]),
        ("a,b\n1,2\n", ["key-dangling"]),
        ("a,b\n1,\n", ["key-null"]),
    ],
)
def test_keys(findings: Convert, text: str, codes: list[str]) -> None:
    columns = [{"name": name, "titles": name} for name in "ab"]
    found = findings([], text, tableSchema={"columns": columns, "primaryKey": "a", "foreignKeys": KEYS})
    assert [one.code for one in found] == codes


def test_rows_that_a_cell_swallowed(findings: Convert) -> None:
    columns = [{"titles": "a"}, {"titles": "b"}, {"titles": "c"}]
    text = 'a,b,c\n1,"x,y\n2,x,y\n3,x,y\n4,x",y\n5,"Hall\n1010 Wien",y\n'
    (found,) = findings(columns, text)
    assert (found.code, found.places[0].row, found.places[0].column) == ("rows-swallowed", 2, "b")
    assert "Rows 2 to 5 are read as one cell" in found.message["en"]
