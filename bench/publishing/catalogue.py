"""Catalogues to publish, the same for the same number of datasets: 13 files each in eight formats."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from st_opendata.build import Job, build

ROWS = 320
"""Of each table: they make files of 10 to 100 kB, 500 kB a dataset."""
TABLES = ("measurements", "stations")
LABEL = {"en": "{name} of district {number}", "fr": "{name} du quartier {number}", "de": "{name} im Bezirk {number}"}
DESCRIPTION = {
    "id": "bench",
    "base": "https://data.example.org/bench/",
    "title": {"en": "Districts in numbers", "fr": "Les quartiers en chiffres", "de": "Bezirke in Zahlen"},
    "description": {"en": "Made to be measured.", "fr": "Fait pour être mesuré.", "de": "Zum Messen gemacht."},
    "publisher": {
        "iri": "https://data.example.org/office",
        "name": {"en": "City office", "fr": "Mairie", "de": "Stadtamt"},
        "type": "LocalAuthority",
    },
    "contactPoint": {"name": {"en": "City office"}, "email": "office@example.org"},
    "license": "CC_BY_4_0",
    "rights": {"en": "Free to use with attribution."},
    "accessRights": "PUBLIC",
    "accrualPeriodicity": "AS_NEEDED",
    "availability": "STABLE",
    "status": "COMPLETED",
    "language": ["en", "fr", "de"],
    "theme": ["REGI", "ENVI"],
    "keyword": {"en": ["city", "district"], "fr": ["ville", "quartier"], "de": ["Stadt", "Bezirk"]},
    "spatial": [
        {
            "iri": "https://sws.geonames.org/2996944/",
            "label": {"en": "Lyon", "fr": "Lyon", "de": "Lyon"},
            "centroid": [45.74906, 4.84789],
        }
    ],
    "temporal": {"start": "2020-01-01", "end": "2020-12-31"},
    "issued": "2021-02-01",
    "modified": "2021-03-01",
    "version": "1.0.0",
}
_COLUMNS: list[dict[str, object]] = [
    {"name": "id", "titles": {"en": "Number"}, "required": True},
    {"name": "label", "titles": {"en": "Name"}, "lang": "en", "propertyUrl": "rdfs:label"},
    {"name": "value", "titles": {"en": "Value"}, "datatype": "decimal"},
    {"name": "day", "titles": {"en": "Day"}, "datatype": "date"},
    {"name": "note", "titles": {"en": "Note"}, "lang": "en"},
]


def make_release(folder: Path, datasets: int, *, changed: bool = False) -> Path:
    """Build a release of this many datasets below the folder.

    Where `changed`, one row of one table of the first dataset is another than else.
    """
    name = f"{datasets}-{'changed' if changed else 'first'}"
    outcome = build(Job(make_catalogue(folder / f"{name}-source", datasets, changed=changed)), folder / name)
    if not outcome.conforms:
        raise RuntimeError(f"the catalogue does not conform: {outcome.findings[:3]}")
    return folder / name


@dataclass(frozen=True, slots=True)
class Kind:
    """What is particular to datasets: the `seed` of their cells, an `own` property, a wrong date in `wrong`."""

    seed: int = 0
    own: bool = False
    wrong: frozenset[int] = frozenset()


def make_catalogue(folder: Path, datasets: int, *, changed: bool = False, kind: Kind = Kind()) -> Path:
    """Write the descriptions and tables of this many datasets into the folder."""
    for number in range(datasets):
        home = folder / _id(number)
        home.mkdir(parents=True, exist_ok=True)
        (home / "dataset.yaml").write_text(json.dumps(_description(number, own=kind.own)), "utf-8")
        for table in TABLES:
            name, edited = f"{table}-{number:04}", changed and number == 0 and table == TABLES[0]
            rows = "".join(_rows(f"{name}{kind.seed or ''}", edited=edited))
            if number in kind.wrong and table == TABLES[0]:
                rows += f"{ROWS},Wrong,1.5,2020-02-30,\n"
            (home / f"{name}.csv").write_text(rows, "utf-8")
    content = {**DESCRIPTION, "datasets": list(map(_id, range(datasets)))}
    (folder / "catalogue.yaml").write_text(json.dumps(content), "utf-8")
    return folder


def _description(number: int, *, own: bool) -> dict[str, object]:
    value = {"propertyUrl": f"https://data.example.org/terms#value{number}"} if own else {}
    columns = [column | value if column["name"] == "value" else column for column in _COLUMNS]
    tables = [
        {
            "url": f"{table}-{number:04}.csv",
            "title": _texts(table.capitalize(), number),
            "tableSchema": {"aboutUrl": f"{table}-{number:04}/{{id}}", "primaryKey": "id", "columns": columns},
        }
        for table in TABLES
    ]
    head = {"title": _texts("Numbers", number), "description": _texts("Values and places", number)}
    return {**head, "tables": tables}


def _id(number: int) -> str:
    return f"district-{number:04}"


def _rows(name: str, *, edited: bool) -> Iterator[str]:
    chance = random.Random(name)
    yield "id,label,value,day,note\n"
    for number in range(ROWS):
        label = f"{'Corrected' if edited and number == 0 else 'Place'} {chance.randrange(10**12):012}"
        day = f"2020-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        yield f"{number},{label},{chance.random():.6f},{day},{chance.randbytes(20).hex()}\n"


def _texts(name: str, number: int) -> dict[str, str]:
    return {language: text.format(name=name, number=number) for language, text in LABEL.items()}
