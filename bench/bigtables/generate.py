"""Seeded tables of any number of rows, with cells of every kind that publishers write, and planted errors.

A row depends on its number and the seed only, so that the first rows of a large table are those of a small one.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

WORDS = ("quantum", "Lärm", "ocean", "Straße", "énergie", "mobility", "“smart”", "café", "señal", "Brücke", "grid")
STREETS = ("rue de la Paix", "Hauptstraße", "Calle Mayor", "Via Roma", "Øster Allé")
_START = date(1990, 1, 1)
_BLOCK = 1 << 14
"""Rows of one random generator."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of column: its name, its cell from chance and the row's number, and its datatype in dataset.yaml."""

    name: str
    cell: Callable[[random.Random, int], str]
    datatype: object = None
    null: tuple[str, ...] = ()


def _name(chance: random.Random, number: int) -> str:
    said = f"{chance.choice(WORDS)} {chance.choice(WORDS)}"
    form = number % 50
    if form == 0:
        return f'The "{said}" {number}'
    if form == 1:
        return f"{said},\n{chance.choice(STREETS)}; {number}"
    return f"{said} {number % 5000}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _maybe(share: float, cell: Callable[[random.Random, int], str]) -> Callable[[random.Random, int], str]:
    return lambda chance, number: cell(chance, number) if chance.random() >= share else ""


def _day(chance: random.Random) -> date:
    return _START + timedelta(chance.randrange(12_000))


KINDS = (
    Kind("id", lambda _, number: f"R{number:08}"),
    Kind("name", _name),
    Kind(
        "amount",
        lambda chance, _: f"{chance.randrange(10_000_000)},{chance.randrange(100):02}",
        {"base": "decimal", "format": {"decimalChar": ","}},
    ),
    Kind(
        "cost",
        _maybe(0.1, lambda chance, _: f"{_grouped(chance.randrange(100_000_000))},{chance.randrange(100):02}"),
        {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}},
    ),
    Kind("start", lambda chance, _: _day(chance).isoformat(), "date"),
    Kind("end", lambda chance, _: f"{_day(chance):%d.%m.%Y}", {"base": "date", "format": "dd.MM.yyyy"}),
    Kind(
        "changed",
        lambda chance, _: f"{_day(chance)} {chance.randrange(24):02}:{chance.randrange(60):02}:00",
        {"base": "dateTime", "format": "yyyy-MM-dd HH:mm:ss"},
    ),
    Kind("code", lambda chance, _: f"H2020-EU.{chance.randrange(1, 5)}.{chance.randrange(1, 9)}."),
    Kind("active", lambda chance, _: chance.choice(("ja", "nein")), {"base": "boolean", "format": "ja|nein"}),
    Kind(
        "visitors",
        lambda chance, _: "n/a" if chance.random() < 0.02 else str(chance.randrange(2_000_000)),
        "integer",
        ("n/a",),
    ),
    Kind("remark", _maybe(0.7, lambda chance, _: " ".join(chance.choices(WORDS, k=6)))),
    Kind("street", lambda chance, _: f"{chance.choice(STREETS)} {chance.randrange(1, 900)}"),
)

ERRORS: dict[str, tuple[str, str]] = {
    "number": ("visitors", "many"),
    "date": ("start", "2030-02-30"),
    "required": ("id", ""),
    "repeated": ("id", "R1"),
    "dangling": ("code", "missing {number}"),
    "control": ("street", "Via\x01Roma {number}"),
    "mojibake": ("street", "FÃ¼r {number}"),
    "case": ("id", "{letter}{half}"),
    "spaced": ("id", " R{number}"),
}
"""Errors for every row: the column, and the cell instead of its own."""
STRUCTURE = ("wide", "short", "quote", "blank")
"""Errors of the file's structure: a cell too many, or too few, in each row, a mark in row 3, empty lines."""


@dataclass(frozen=True, slots=True)
class Form:
    """The size and form of a table; `error` is a key of `ERRORS`, or of `STRUCTURE`, in every row."""

    rows: int
    columns: int = len(KINDS)
    seed: int = 1
    delimiter: str = ";"
    encoding: str = "utf-8"
    error: str = ""
    odd_row: int = 0
    """The number of one row with a text for the number of visitors; 0 for none."""


def columns_of(count: int) -> list[Kind]:
    """The kinds, repeated under other names where there are more columns."""
    return [
        KINDS[place] if place < len(KINDS) else Kind(f"{each.name}_{place}", each.cell, each.datatype, each.null)
        for place, each in ((place, KINDS[place % len(KINDS)]) for place in range(count))
    ]


def records(form: Form) -> Iterator[list[str]]:
    """The rows of data."""
    kinds = columns_of(form.columns)
    names = [kind.name for kind in kinds]
    column, cell = ERRORS.get(form.error, ("", ""))
    wrong = names.index(column) if column else -1
    chance = random.Random()
    for number in range(1, form.rows + 1):
        if number % _BLOCK == 1:
            chance = random.Random(f"{form.seed}/{number}")
        row = [kind.cell(chance, number) for kind in kinds]
        if wrong >= 0:
            row[wrong] = cell.format(number=number, letter="rR"[number % 2], half=number // 2)
        if number == form.odd_row:
            row[names.index("visitors")] = "about 300"
        yield row


def write_table(form: Form, path: Path) -> Path:
    """Write the table as delimited text."""
    errors = "strict" if form.encoding.startswith("utf") else "replace"
    with path.open("w", encoding=form.encoding, errors=errors, newline="") as stream:
        writer = csv.writer(stream, delimiter=form.delimiter, lineterminator="\n")
        writer.writerow(kind.name for kind in columns_of(form.columns))
        for number, row in enumerate(records(form), 1):
            if form.error == "quote" and number == 2:
                stream.write(form.delimiter.join(['"' + row[0], *row[1:]]) + "\n")
                continue
            if form.error == "blank":
                stream.write("\n")
            writer.writerow({"wide": [*row, "more"], "short": row[:-1]}.get(form.error, row))
    return path


def write_catalogue(form: Form, folder: Path, mapped: int) -> Path:
    """A catalogue of one dataset over such a table; the first `mapped` columns after the key state facts."""
    (folder / "big").mkdir(parents=True)
    write_table(form, folder / "big" / "big.csv")
    described = []
    for place, kind in enumerate(columns_of(form.columns)):
        column: dict[str, object] = {"name": kind.name}
        column |= {"datatype": kind.datatype} if kind.datatype else {}
        column |= {"null": list(kind.null)} if kind.null else {}
        column |= {"required": True} if kind.name == "id" and form.error == "required" else {}
        if 1 <= place <= mapped:
            column |= {"aboutUrl": "row/{id}", "propertyUrl": f"https://data.example.org/def/{kind.name}"}
        described.append(column)
    schema: dict[str, object] = {"columns": described, "primaryKey": "id"}
    tables: list[dict[str, object]] = [
        {
            "url": "big.csv",
            "dialect": {"delimiter": form.delimiter}
            | ({"encoding": form.encoding} if form.encoding != "utf-8" else {}),
            "tableSchema": schema,
        }
    ]
    if form.error == "dangling":
        codes = sorted({f"H2020-EU.{one}.{two}." for one in range(1, 5) for two in range(1, 9)})
        (folder / "big" / "codes.csv").write_text("code\n" + "\n".join(codes) + "\n", "utf-8")
        schema["foreignKeys"] = [
            {"columnReference": "code", "reference": {"resource": "codes.csv", "columnReference": "code"}}
        ]
        keys = {"columns": [{"name": "code"}], "primaryKey": "code"}
        tables.append({"url": "codes.csv", "tableSchema": keys})
    title = {"en": "Large table"}
    head = {"id": "big", "base": "https://data.example.org/", "title": title, "description": title, "datasets": ["big"]}
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    text = json.dumps({"title": title, "description": title, "tables": tables}, ensure_ascii=False)
    (folder / "big" / "dataset.yaml").write_text(text, "utf-8")
    return folder
