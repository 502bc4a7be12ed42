"""Cells as values: what CSVW syntax §6.4 makes of them, through both conversions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Convert = Callable[..., Any]


def objects_of(lines: list[str]) -> list[str]:
    return [line.split(" ", 2)[2].removesuffix(" .").replace("http://www.w3.org/2001/XMLSchema#", "") for line in lines]


@pytest.mark.quick(5)
@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ({}, "x", ['"x"']),
        ({"lang": "FR"}, "é", ['"é"@fr']),
        ({}, "", []),
        ({"default": "none"}, "", ['"none"']),
        ({"null": ["-", "NA"]}, "NA", []),
        ({"null": ["-"]}, "", ['""']),
        ({"datatype": "integer"}, " 007 ", ['"7"^^<integer>']),
        ({"datatype": "integer"}, "seven", ['"seven"']),
        ({"datatype": "decimal"}, "12.5%", ['"0.125"^^<decimal>']),
        ({"datatype": "decimal"}, "-5‰", ['"-0.005"^^<decimal>']),
        ({"datatype": {"base": "decimal", "format": {"pattern": "%#0.0"}}}, "%12.5", ['"0.125"^^<decimal>']),
        ({"datatype": {"base": "decimal", "format": "0.00#,###"}}, '"1.123,4"', ['"1.1234"^^<decimal>']),
        ({"datatype": {"base": "double", "format": "0.0E0"}}, "10.0E1", ['"10.0E1"']),
        ({"datatype": {"base": "integer", "maximum": 5}}, "6", ['"6"']),
        ({"datatype": {"base": "date", "format": "d.M.yyyy"}}, "1.2.2026", ['"2026-02-01"^^<date>']),
        ({"datatype": {"base": "boolean", "format": "Y|N"}}, "Y", ['"true"^^<boolean>']),
        ({"datatype": {"base": "string", "format": "(?=a)a+"}}, "aa", ['"aa"']),
        ({"datatype": {"@id": "https://e.org/t", "base": "token"}}, "  a   b ", ['"a b"^^<https://e.org/t>']),
        ({"datatype": "normalizedString"}, '"a\n b "', ['"a  b "^^<normalizedString>']),
        ({"separator": ";"}, "a; b;", ['"a"', '" b"']),
        ({"separator": ";", "null": "a"}, "a", []),
        ({"separator": ";", "datatype": "integer"}, "1; x ;3", ['"1"^^<integer>', '"x"', '"3"^^<integer>']),
        ({"separator": ";", "datatype": {"base": "string", "format": "(?=a)a+"}}, "a;b", ['"a"', '"b"']),
        ({"separator": ";", "default": "d"}, "a;", ['"a"', '"d"']),
        ({"valueUrl": "#v-{a}"}, "x y", ["<https://example.org/a.csv#v-x%20y>"]),
        ({"valueUrl": "#v"}, "", []),
        ({"valueUrl": "{+a}"}, "schema:Place", ["<http://schema.org/Place>"]),
        ({"valueUrl": "{+a}"}, "../b", ["<https://example.org/b>"]),
        ({"valueUrl": "{+a}"}, "/b c", ["<https://example.org/b%20c>"]),
        ({"valueUrl": "{+a}"}, "#b", ["<https://example.org/a.csv#b>"]),
        ({"valueUrl": "v{?nothing}"}, "x", ["<https://example.org/v>"]),
        ({"valueUrl": "{nothing}v{a}"}, "x", ["<https://example.org/vx>"]),
    ],
)
def test_a_cell_as_triples(lines: Convert, column: dict[str, Any], cell: str, expected: list[str]) -> None:
    assert objects_of(lines([{"name": "a", "titles": "a", **column}], f"a,b\n{cell},\n")) == expected


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ({"datatype": "decimal"}, "1.50", {"a": 1.5}),
        ({"datatype": "double"}, "INF", {"a": "INF"}),
        ({"datatype": "boolean"}, "1", {"a": True}),
        ({"datatype": "integer"}, "x", {"a": "x"}),
        ({"separator": ";"}, "b", {"a": ["b"]}),
        ({"propertyUrl": "schema:name"}, "b", {"schema:name": "b"}),
        ({"propertyUrl": "https://e.org/{a}"}, "b", {"https://e.org/b": "b"}),
        ({"propertyUrl": "rdf:type", "valueUrl": "schema:Place"}, "b", {"@type": "schema:Place"}),
        ({"suppressOutput": True}, "b", None),
    ],
)
def test_a_cell_as_json(objects: Convert, column: dict[str, Any], cell: str, expected: object) -> None:
    found = objects([{"name": "a", "titles": "a", **column}], f"a\n{cell}\n")
    assert found == ([] if expected is None else [expected])


def test_text_is_escaped(lines: Convert) -> None:
    (line,) = lines([{"titles": "a"}], 'a\n"x\\ ""y""\n\tz"\n')
    assert line.endswith('"x\\\\ \\"y\\"\\n\\tz" .')


def test_an_ordered_list(lines: Convert) -> None:
    found = lines([{"titles": "a", "separator": ";", "ordered": True}], "a\nx;y\n", aboutUrl="#s")
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    assert found == [
        "<https://example.org/a.csv#s> <https://example.org/a.csv#a> _:t1c1r1i1 .",
        f'_:t1c1r1i1 <{rdf}first> "x" .',
        f"_:t1c1r1i1 <{rdf}rest> _:t1c1r1i2 .",
        f'_:t1c1r1i2 <{rdf}first> "y" .',
        f"_:t1c1r1i2 <{rdf}rest> <{rdf}nil> .",
    ]


def test_standard_mode_describes_rows(lines: Convert) -> None:
    schema = {"columns": [{"titles": "a", "name": "a"}], "rowTitles": "a"}
    found = lines([], "a\nx\n", minimal=False, tableSchema=schema, notes=[{"dc:title": "n"}])
    csvw, rdf = "http://www.w3.org/ns/csvw#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    assert found == [
        f"_:g <{rdf}type> <{csvw}TableGroup> .",
        f"_:g <{csvw}table> _:t1 .",
        f"_:t1 <{rdf}type> <{csvw}Table> .",
        f"_:t1 <{csvw}url> <https://example.org/a.csv> .",
        f"_:t1 <{csvw}note> _:a1 .",
        '_:a1 <http://purl.org/dc/terms/title> "n" .',
        f"_:t1 <{csvw}row> _:t1r1 .",
        f"_:t1r1 <{rdf}type> <{csvw}Row> .",
        f'_:t1r1 <{csvw}rownum> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        f"_:t1r1 <{csvw}url> <https://example.org/a.csv#row=2> .",
        f'_:t1r1 <{csvw}title> "x" .',
        f"_:t1r1 <{csvw}describes> _:t1s1 .",
        '_:t1s1 <https://example.org/a.csv#a> "x" .',
    ]


def test_objects_are_nested_but_not_in_a_circle(objects: Convert) -> None:
    about, other = {"aboutUrl": "#a-{a}"}, {"aboutUrl": "#b-{a}"}
    columns = [
        {"titles": "a", **about},
        {"name": "to", "virtual": True, "propertyUrl": "#to", "valueUrl": "#b-{a}", **about},
        {"name": "back", "virtual": True, "propertyUrl": "#back", "valueUrl": "#a-{a}", **other},
    ]
    start = "https://example.org/a.csv#"
    assert objects(columns, "a\n1\n") == [
        {"@id": f"{start}a-1", "a": "1", f"{start}to": {"@id": f"{start}b-1", f"{start}back": f"{start}a-1"}}
    ]


def test_notes_hold_any_json_ld(lines: Convert, objects: Convert) -> None:
    note = {"@type": [], "dc:title": [["a"], None, True, {"@id": "b c"}], "dc:date": None}
    (_, *said) = [line for line in lines([{"titles": "a"}], "a\n", minimal=False, notes=[note]) if "_:a1" in line]
    title = "_:a1 <http://purl.org/dc/terms/title>"
    assert said == [
        f'{title} "a" .',
        f'{title} "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .',
        f"{title} <https://example.org/b%20c> .",
    ]
    (table,) = objects([{"titles": "a"}], "a\n", minimal=False, notes=[note])["tables"]
    assert table["notes"] == [{"@type": [], "dc:title": [["a"], [], True, "https://example.org/b%20c"], "dc:date": []}]


def test_comments_of_the_file_are_said_of_the_table(objects: Convert) -> None:
    found = objects([{"titles": "a"}], "#hello\na\n1\n", minimal=False, dialect={"commentPrefix": "#"})
    assert found["tables"][0]["rdfs:comment"] == "hello"
    assert found["tables"][0]["row"][0]["url"] == "https://example.org/a.csv#row=3"


def test_a_file_without_a_header(objects: Convert) -> None:
    assert objects([{"name": "x"}, {"titles": "y"}], "1,2\n", dialect={"header": False}) == [{"x": "1", "y": "2"}]
    assert objects([], "1,2\n", dialect={"header": False}, tableSchema={}) == [{"_col.1": "1", "_col.2": "2"}]
