"""An engine that notes what it is asked, and a small catalogue that asks for nearly everything."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.sql.engine import Engine


class RecordingEngine:
    """Any engine, with the queries that reach it; a condition is noted as the query that it is part of."""

    def __init__(self, engine: Engine, queries: list[str]) -> None:
        self._engine, self._queries = engine, queries
        self.folder = engine.folder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def create(self, name: str, query: str) -> None:
        self._queries.append(query)
        self._engine.create(name, query)

    def append(self, name: str, query: str) -> None:
        self._queries.append(query)
        self._engine.append(name, query)

    def remove(self, name: str, condition: str) -> None:
        self._queries.append(f"SELECT * FROM {name} WHERE {condition}")
        self._engine.remove(name, condition)

    def rows(self, query: str, values: Any = ()) -> Any:
        self._queries.append(query)
        return self._engine.rows(query, values)

    def batches(self, query: str, size: int) -> Any:
        self._queries.append(query)
        return self._engine.batches(query, size)

    def write(self, queries: Any, path: Path, columns: Any = None, **options: Any) -> None:
        self._queries += queries
        self._engine.write(queries, path, columns, **options)


def recording(queries: list[str]) -> Callable[[Path | None, str, int], Any]:
    """Opens DuckDB, whose queries are added to the list."""
    return lambda folder, memory, threads: RecordingEngine(DuckDBEngine(folder, memory, threads), queries)


BASE = "https://example.org/id/"
KINDS: list[tuple[Any, str, str]] = [
    ("string", 'a "b" \\ é', "a\x0bb"),
    ({"base": "string", "format": "[a-z]+(?!x)"}, "abc", "1"),
    ({"base": "string", "format": "[A-Z]{2}|\\d+", "maxLength": "2"}, "12", "123"),
    ("token", " a  b ", "Ã¼"),
    ("integer", "+0042", "x"),
    ({"base": "integer", "minimum": "0", "maximum": "100"}, "100", "101"),
    ({"base": "integer", "format": "000"}, "007", "7"),
    ({"base": "decimal", "format": {"pattern": "# ##0,00", "decimalChar": ",", "groupChar": " "}}, "1 234,50", "1,5"),
    ({"base": "decimal", "format": "0.0%"}, "12.5%", "12"),
    ("decimal", "-0.50", "1e3"),
    ({"base": "double", "maxExclusive": "1"}, "1.5e-3", "1"),
    ("boolean", "1", "x"),
    ({"base": "boolean", "format": "oui|non"}, "non", "no"),
    ({"base": "date", "format": "d/M/yyyy", "minimum": "2000-01-01"}, "1/2/2024", "1/2/1999"),
    ("date", "2024-02-29", "2023-02-29"),
    ({"base": "time", "format": "HHmm"}, "1430", "14"),
    ({"base": "dateTime", "format": "dd/MM/yyyy HH:mm:ss.SSS X"}, "01/05/2023 12:00:00.5 +0130", "1"),
    ("dateTime", "2024-02-29T14:30:05Z", "2024"),
    ({"base": "gYear", "minimum": "2000"}, "2024", "1999"),
    ("duration", "P1Y2M3DT4H", "P"),
    ("hexBinary", "0aFF", "0"),
    ({"base": "base64Binary", "maxLength": "4"}, "AAAA", "!"),
    ("language", "fr-FR", "français"),
    ("anyURI", "https://example.org/é?a=1#b", "https://example.org/a b"),
]
"""Types of cells, each with a text that is written as it asks and one that is not."""


def write_catalogue(folder: Path, *, wrong: bool = False) -> Path:
    """A small catalogue with every kind of column, template, key and rule, whose cells, rows and keys may be wrong."""
    label = {"en": "Data"}
    head = {"id": "test", "base": BASE, "title": label, "description": label, "datasets": ["data"]}
    head["prefixes"] = {"ex": "https://example.org/ns#"}
    dataset = {"title": label, "description": label, "tables": _tables()}
    (folder / "data").mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    (folder / "data" / "dataset.yaml").write_text(json.dumps(dataset), "utf-8")
    cells = [bad if wrong else good for _, good, bad in KINDS]
    rows = [["id", *(f"k{number}" for number, _ in enumerate(KINDS))], ["1", *cells], ["2", *("" for _ in cells)]]
    rows += [["2", *cells], ["", *cells], ["A", *("" for _ in cells)], ["a", *("" for _ in cells)]] if wrong else []
    with (folder / "data" / "kinds.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows, ["" for _ in rows[0]]])
    more = "9,Nowhere,+1,,XX|FR,xx:p,file:x,1,2,\n" if wrong else ""
    header = "id,label,formula,tags,country,property,page,value,phone,note\n"
    (folder / "data" / "cities.csv").write_text(
        f"{header}lyon,Lyon,=1+1,a b|c,FR,ex:cost,https://example.org/x,1.50,FR7630006000011234567890189,n/a\n"
        f"wien,Wien,-,,FR|AT,https://example.org/p,ex:page,3,,EUR x\n{more}total,Total,,,AT,ex:p,ex:y,4,,\n",
        "utf-8",
    )
    (folder / "data" / "countries.csv").write_text("code;name\nFR;France\nAT;Österreich\n", "utf-8")
    years = f"country,2019,2020\nFR,1,\nAT,2,{'x' if wrong else '3'}\n"
    (folder / "data" / "years.csv").write_text(years + (",,\nAT,4,5\n" if wrong else ""), "utf-8")
    return folder


def _tables() -> list[dict[str, Any]]:
    kinds = [{"name": f"k{n}", "datatype": kind, "propertyUrl": f"ex:k{n}"} for n, (kind, _, _) in enumerate(KINDS)]
    page = {"name": "page", "datatype": "anyURI", "propertyUrl": "ex:page", "valueUrl": "{+page}"}
    cities: list[dict[str, Any]] = [
        {"name": "id", "required": True},
        {"name": "label", "lang": "fr", "propertyUrl": "rdfs:label"},
        {"name": "formula", "propertyUrl": "ex:formula"},
        {"name": "tags", "separator": "|", "propertyUrl": "ex:tag", "valueUrl": "tag/{tags}"},
        {"name": "country", "separator": "|", "propertyUrl": "ex:in"},
        {"name": "property"},
        page,
        {"name": "value", "propertyUrl": "{+property}", "datatype": "decimal"},
        {"name": "phone", "propertyUrl": "ex:account"},
        {"name": "note", "null": ["n/a"], "default": "none", "propertyUrl": "ex:note"},
        {"name": "kind", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "ex:City"},
        {"name": "more", "virtual": True, "propertyUrl": "ex:more", "valueUrl": "x/{id:2}{?label,tags*}{#id}"},
        {"name": "row", "virtual": True, "propertyUrl": "ex:row", "valueUrl": "row/{_row}/{_sourceRow}"},
    ]
    key = {"columnReference": "country", "reference": {"resource": "countries.csv", "columnReference": "code"}}
    rules = {"controlCharacters": "remove", "replace": [{"text": "EUR ", "to": ""}, {"cell": "-", "to": ""}]}
    return [
        {
            "url": "kinds.csv",
            "tableSchema": {"aboutUrl": "kind/{id}", "primaryKey": "id", "columns": [{"name": "id"}, *kinds]},
        },
        {
            "url": "cities.csv",
            "dialect": {"trim": True},
            "cleaning": rules,
            "tableSchema": {"aboutUrl": "city/{id}", "primaryKey": "id", "foreignKeys": [key], "columns": cities},
        },
        {
            "url": "countries.csv",
            "dialect": {"delimiter": ";"},
            "tableSchema": {
                "primaryKey": "code",
                "columns": [{"name": "code"}, {"name": "name", "propertyUrl": "rdfs:label"}],
            },
        },
        _years(),
    ]


def _years() -> dict[str, Any]:
    """A table with a column for each year."""
    columns: list[dict[str, Any]] = [
        {"name": "country", "aboutUrl": "country/{country}", "propertyUrl": "ex:code"},
        {"name": "year", "datatype": "gYear", "propertyUrl": "ex:year"},
        {"name": "persons", "datatype": "integer", "propertyUrl": "ex:persons"},
    ]
    return {
        "url": "years.csv",
        "unpivot": {"columns": "(?P<year>[0-9]{4})", "value": "persons", "skipEmpty": True},
        "tableSchema": {"aboutUrl": "{country}/{year}", "primaryKey": ["country", "year"], "columns": columns},
    }
