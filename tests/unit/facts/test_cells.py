"""Every datatype: the right canonical text, or a finding at the cell. SQL and Python agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from st_opendata.facts import FactBase, cells
from st_opendata.model.numeric import INTEGER_BOUNDS
from st_opendata.model.tables import Datatype
from st_opendata.tables.datatypes import BLANKS, datatype_iri, parse

Load = Callable[..., FactBase]
FRENCH = {"base": "decimal", "format": {"decimalChar": ",", "groupChar": " "}}

RIGHT: list[tuple[Any, str, str]] = [
    (FRENCH, "29 119 448,36", "29119448.36"),
    (FRENCH, "29\u00a0119\u00a0448,360", "29119448.360"),
    (FRENCH, "29\u202f119\u202f448,36", "29119448.36"),
    (FRENCH, "29119448,36", "29119448.36"),
    (FRENCH, "-1 000", "-1000"),
    (FRENCH, "\u00a01,5".strip("\u00a0"), "1.5"),
    (
        {"base": "decimal", "format": {"pattern": "# ##0,00", "decimalChar": ",", "groupChar": " "}},
        "1 234,50",
        "1234.50",
    ),
    ({"base": "decimal", "format": {"pattern": "#,##0.00"}}, "1,234.50", "1234.50"),
    ({"base": "decimal", "format": {"pattern": "#,##,##0.##"}}, "12,34,567.5", "1234567.5"),
    ({"base": "decimal", "format": {"groupChar": "'"}}, "1’234.50", "1234.50"),
    ({"base": "decimal", "format": "0.0%"}, "12.5%", "0.125"),
    ({"base": "decimal", "format": "0‰"}, "5‰", "0.005"),
    ({"base": "decimal", "format": "#0.0 %"}, "12.5\u00a0%", "0.125"),
    ({"base": "decimal", "format": "#0.0 ‰"}, "-12.5‰", "-0.0125"),
    ({"base": "decimal", "format": {"pattern": "#0,00 %", "decimalChar": ","}}, "23,78 %", "0.2378"),
    ({"base": "decimal", "format": {"pattern": "#0,00", "decimalChar": ","}}, "23,78", "23.78"),
    ({"base": "decimal", "format": {"pattern": "#.##0,0", "decimalChar": ","}}, "1.234,5", "1234.5"),
    (
        {"base": "decimal", "format": {"pattern": "# ##0,0 %", "decimalChar": ",", "groupChar": " "}},
        "1 234,5 %",
        "12.345",
    ),
    ({"base": "integer", "format": "000"}, "007", "7"),
    ("decimal", "1.50", "1.50"),
    ("decimal", "+007.10", "7.10"),
    ("decimal", ".5", "0.5"),
    ("decimal", "5.", "5"),
    ("decimal", " 12 ", "12"),
    ("token", "\u00a0Lyon\u202f", "Lyon"),
    (
        "decimal",
        "123456789012345678901234567890.123456789012345678901234567890",
        "123456789012345678901234567890.123456789012345678901234567890",
    ),
    ("integer", "+0042", "42"),
    ("integer", "-0", "0"),
    ("double", "1.5e10", "1.5E10"),
    ("double", "-INF", "-INF"),
    ("float", "NaN", "NaN"),
    ("byte", "-128", "-128"),
    ("boolean", "1", "true"),
    ({"base": "boolean", "format": "oui|non"}, "non", "false"),
    ("date", "2024-02-29", "2024-02-29"),
    ({"base": "date", "format": "d/M/yyyy"}, "1/2/2024", "2024-02-01"),
    ({"base": "date", "format": "dd.MM.yyyy"}, "29.02.2024", "2024-02-29"),
    ({"base": "date", "format": "yyyyMMdd"}, "20240229", "2024-02-29"),
    ("time", "14:30:05.50", "14:30:05.50"),
    ({"base": "time", "format": "HHmm"}, "1430", "14:30:00"),
    ("dateTime", "2024-02-29T14:30:05Z", "2024-02-29T14:30:05Z"),
    ({"base": "dateTime", "format": "yyyy-MM-dd HH:mm:ss"}, "2023-05-01 12:00:00", "2023-05-01T12:00:00"),
    (
        {"base": "dateTime", "format": "dd/MM/yyyy HH:mm:ss.SSS X"},
        "01/05/2023 12:00:00.5 +0130",
        "2023-05-01T12:00:00.5+01:30",
    ),
    ({"base": "dateTime", "format": "yyyy-MM-ddTHH:mmX"}, "2023-05-01T12:00+02", "2023-05-01T12:00:00+02:00"),
    ("gYear", "2024", "2024"),
    ("gYearMonth", "2024-12", "2024-12"),
    ("duration", "P1Y2M3DT4H", "P1Y2M3DT4H"),
    ("anyURI", "https://www.grandlyon.com/é?a=1#b", "https://www.grandlyon.com/é?a=1#b"),
    ("anyURI", "mailto:a@b.fr", "mailto:a@b.fr"),
    ("language", "fr-FR", "fr-FR"),
    ("hexBinary", "0aFF", "0aFF"),
    ({"base": "string", "format": "[a-z]+(?!x)"}, "abc", "abc"),
    ({"base": "string", "format": "[A-Z]{2}|\\d+"}, "12", "12"),
    ({"base": "string", "maxLength": "3"}, "é😀a", "é😀a"),
    ({"base": "integer", "minimum": "0", "maximum": "100"}, "100", "100"),
    ({"base": "date", "minimum": "2016-02-01"}, "2016-02-01", "2016-02-01"),
]

WRONG: list[tuple[Any, str, str]] = [
    (FRENCH, "29 1194 48,36", "cell-datatype"),
    (FRENCH, "29119448.36", "cell-datatype"),
    (FRENCH, "29  119", "cell-datatype"),
    (FRENCH, "29 119 448,36 €", "cell-datatype"),
    (
        {"base": "decimal", "format": {"pattern": "# ##0,00", "decimalChar": ",", "groupChar": " "}},
        "1234,50",
        "cell-datatype",
    ),
    ({"base": "decimal", "format": {"pattern": "#,##0.00"}}, "1,234.5", "cell-datatype"),
    ({"base": "decimal", "format": "0.0%"}, "12.5", "cell-datatype"),
    ({"base": "integer", "format": "000"}, "07", "cell-datatype"),
    ("decimal", "1e3", "cell-datatype"),
    ("decimal", "1_000", "cell-datatype"),
    ("decimal", "1,5", "cell-datatype"),
    ("decimal", ".", "cell-datatype"),
    ("decimal", "INF", "cell-datatype"),
    ("decimal", "٣", "cell-datatype"),
    ("integer", "1.0", "cell-datatype"),
    ("integer", "1.5", "cell-datatype"),
    ("byte", "128", "cell-range"),
    ("nonNegativeInteger", "-1", "cell-range"),
    ("boolean", "oui", "cell-datatype"),
    ("boolean", "TRUE", "cell-datatype"),
    ("date", "2030-02-30", "cell-datatype"),
    ("date", "2030", "cell-datatype"),
    ("date", "today", "cell-datatype"),
    ("date", "0000-01-01", "cell-datatype"),
    ("date", "2024-2-9", "cell-datatype"),
    ({"base": "date", "format": "d/M/yyyy"}, "31/2/2024", "cell-datatype"),
    ({"base": "date", "format": "dd/MM/yyyy"}, "1/2/2024", "cell-datatype"),
    ({"base": "date", "format": "dd/MM/yyyy"}, "12/31/2024", "cell-datatype"),
    ("time", "24:30:00", "cell-datatype"),
    ("dateTime", "2024-02-29 14:30:05", "cell-datatype"),
    ("dateTimeStamp", "2024-02-29T14:30:05", "cell-datatype"),
    ("gYear", "24", "cell-datatype"),
    ("duration", "PT", "cell-datatype"),
    ("duration", "P", "cell-datatype"),
    ("anyURI", "https://example.org/a b", "cell-datatype"),
    ("anyURI", "http:/example.org", "cell-datatype"),
    ("anyURI", "https://", "cell-datatype"),
    ("anyURI", "https://example.org/100%", "cell-datatype"),
    ("language", "français", "cell-datatype"),
    ("hexBinary", "0a1", "cell-datatype"),
    ({"base": "string", "format": "[a-z]+"}, "abc1", "cell-datatype"),
    ({"base": "string", "format": "a+(?!b)"}, "ab", "cell-datatype"),
    ({"base": "string", "minLength": "3"}, "ab", "cell-range"),
    ({"base": "decimal", "minimum": "0"}, "-5", "cell-range"),
    ({"base": "double", "maxExclusive": "1"}, "1.0", "cell-range"),
    ({"base": "date", "maximum": "2022-06-30"}, "2022-07-01", "cell-range"),
    ({"base": "dateTime", "minimum": "2016-01-01T00:00:00Z"}, "2015-12-31T23:59:59Z", "cell-range"),
]


def one_column(cases: list[tuple[Any, str, str]]) -> tuple[str, list[dict[str, Any]]]:
    """A table of one row with one column per case."""
    columns = [
        {"name": f"c{number}", "datatype": datatype, "personal": False} for number, (datatype, _, _) in enumerate(cases)
    ]
    header = "\t".join(str(column["name"]) for column in columns)
    return f"{header}\n" + "\t".join(text for _, text, _ in cases) + "\n", columns


def test_right_cells(load: Load) -> None:
    content, columns = one_column(RIGHT)
    base = load(content, columns, dialect={"delimiter": "\\t"})
    assert [finding.message["en"] for finding in base.findings] == []
    ((row,),) = base.records("t")
    assert dict(zip((text for _, text, _ in RIGHT), row, strict=True)) == {text: value for _, text, value in RIGHT}


def test_wrong_cells(load: Load) -> None:
    content, columns = one_column(WRONG)
    base = load(content, columns, dialect={"delimiter": "\\t"})
    codes = {finding.places[0].column: finding.code for finding in base.findings}
    missed = {text: codes.get(f"c{n}") for n, (_, text, code) in enumerate(WRONG) if codes.get(f"c{n}") != code}
    assert missed == {}
    assert all(finding.places[0].row == 2 for finding in base.findings)


def test_message_shows_value_type_and_example(load: Load) -> None:
    base = load('cost\n"29 1194 48,36"\n', [{"name": "cost", "datatype": FRENCH}])
    message = base.findings[0].message
    assert "29 1194 48,36" in message["fr"] and "decimal" in message["de"] and "1 234 567,50" in message["en"]


def test_null_default_and_required(load: Load) -> None:
    columns = [
        {"name": "id", "required": "true"},
        {"name": "a", "null": ["-", "n/a", ""], "datatype": "integer"},
        {"name": "b", "default": "fr", "lang": "en"},
    ]
    base = load("id,a,b\n1,-,\n2,n/a,de\n3,,\n", columns)
    assert list(base.records("t")) == [[("1", None, "fr"), ("2", None, "de"), ("3", None, "fr")]]
    base = load("id,a,b\n1,-,\n,1,\n", columns)
    found = [(finding.code, finding.places[0].row) for finding in base.findings]
    assert found == [("cell-required", 3), ("cleaned-null", 2)]


def test_lists(load: Load) -> None:
    columns = [{"name": "id"}, {"name": "years", "separator": ";", "datatype": "gYear"}]
    base = load("id,years\n1,2016;2017; 2018\n2,\n3,2016\n", columns)
    assert list(base.records("t")) == [[("1", ["2016", "2017", "2018"]), ("2", None), ("3", ["2016"])]]
    base = load("id,years\n1,2016;20\n", columns)
    assert base.findings[0].places[0].row == 2 and base.findings[0].code == "cell-datatype"


def test_list_items_beyond_sql(load: Load) -> None:
    kind = {"base": "decimal", "format": "0%"}
    base = load("id,s\n1,50%|5%\n2,\n", [{"name": "id"}, {"name": "s", "separator": "|", "datatype": kind}])
    assert list(base.records("t")) == [[("1", ["0.50", "0.05"]), ("2", None)]]


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


DATATYPES = [
    Datatype(base, datatype_iri(base))
    for base in ("integer", "decimal", "double", "date", "dateTime", "time", "anyURI", "gYear")
] + [
    Datatype("decimal", datatype_iri("decimal"), decimal_char=",", group_char=" "),
    Datatype("decimal", datatype_iri("decimal"), "#,##0.0#"),
    Datatype("integer", datatype_iri("integer"), "#,##0"),
    Datatype("double", datatype_iri("double"), "0.0E0"),
    Datatype("date", datatype_iri("date"), "d.M.yyyy"),
    Datatype("dateTime", datatype_iri("dateTime"), "dd/MM/yyyy HH:mm:ss.SSXXX"),
]
NUMBERISH = st.text("0123456789+-.,  eE\u00a0", max_size=12)
MOMENTISH = st.from_regex(
    r"[0-3]?[0-9][./][01]?[0-9][./]20[0-9]{2}"
    r"( [0-2][0-9]:[0-5][0-9]:[0-9]{2}(\.[0-9]{1,3})?(Z|[+-][01][0-9]:[0-9]{2})?)?"
    r"|20[0-3][0-9]-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,3})?)?"
    r"(Z|[+-][01][0-9]:[0-5][0-9])?",
    fullmatch=True,
)


CELLISH = st.one_of(NUMBERISH, MOMENTISH, st.text(max_size=10).filter(lambda text: "\0" not in text))


@settings(max_examples=12, deadline=None)
@given(texts=st.lists(CELLISH, min_size=1, max_size=20))  # planning the expressions takes longer than reading with them
def test_sql_reads_cells_as_python_does(engine: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    from st_opendata.sql import dialect as sql

    readings = ", ".join(cells.canonical(kind, sql.trim("x", BLANKS)) for kind in DATATYPES)
    rows = engine.execute(f"SELECT x, {readings} FROM (SELECT unnest($1::VARCHAR[]) AS x)", [texts]).fetchall()
    assert Counter(rows) == Counter((text, *(parse(kind, text) for kind in DATATYPES)) for text in texts)


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=3), group=st.sampled_from(" \u00a0\u202f"))
def test_french_numbers_are_read_without_losing_a_digit(number: Decimal, group: str) -> None:
    written = f"{number:,}".replace(",", group).replace(".", ",")
    kind = Datatype("decimal", datatype_iri("decimal"), decimal_char=",", group_char=" ")
    value = parse(kind, written)
    assert value is not None
    assert Decimal(value) == number and len(value.partition(".")[2]) == 3


@given(base=st.sampled_from(sorted(INTEGER_BOUNDS)), number=st.integers())
def test_integers_are_canonical(base: str, number: int) -> None:
    assert parse(Datatype(base, datatype_iri(base)), f"{number:+06d}") == str(number)


def test_columns_without_any_value(load: Load) -> None:
    _, columns = one_column(RIGHT)
    columns = [{**column, "propertyUrl": f"ex:{column['name']}"} for column in columns]
    columns += [{"name": "open", "propertyUrl": "ex:o", "valueUrl": "{+open}"}, {"name": "list", "separator": "|"}]
    header = "\t".join(str(column["name"]) for column in columns)
    base = load(
        f"id\t{header}\n" + f"x{chr(9) * len(columns)}\n" * 2, [{"name": "id"}, *columns], dialect={"delimiter": "\\t"}
    )
    assert base.findings == ()
    assert list(base.lines()) == []
