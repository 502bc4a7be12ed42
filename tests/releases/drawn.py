"""Random catalogues: several datasets that share subjects and triples, and cells that are hard to write as RDF."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random
from typing import Any

BASE = "https://example.org/id/"
TEXTS = (
    "",
    "a",
    'a"b',
    "a\\b",
    "a\nb",
    "a b",
    "é",
    "\U0001f600",
    "a.",
    "a>b",
    "<x>",
    "#",
    "~",
    "tab\there",
    "45.5",
    "-7",
)
KEYS = ("a", "aa", "a-b", "b", "B", "c/d", "é", "\U0001f600", "1", "10")
PAGES = (
    "https://sws.geonames.org/2996944/",
    "http://www.wikidata.org/entity/Q1",
    "http://data.europa.eu/nuts/code/FR1",
    "https://example.org/é?a=1",
)
COLUMNS: tuple[dict[str, Any], ...] = (
    {"propertyUrl": "rdfs:label"},
    {"propertyUrl": "rdfs:label", "lang": "fr"},
    {"propertyUrl": "ex:label", "lang": "en"},
    {"propertyUrl": "ex:Label"},
    {"propertyUrl": "ex:facts"},
    {"propertyUrl": "ex:tag", "valueUrl": "tag/{name}", "separator": "|"},
    {"propertyUrl": "owl:sameAs", "valueUrl": "{+name}", "pages": True},
    {"propertyUrl": "ex:page", "datatype": "anyURI", "pages": True},
    {"propertyUrl": "ex:2024"},
    {"propertyUrl": "rdf:type", "valueUrl": "ex:kind/{name}"},
    {"propertyUrl": "rdf:type"},
    {"propertyUrl": "geo:lat"},
    {"propertyUrl": "geo:long"},
    {"propertyUrl": "ex:about", "aboutUrl": "other/{id}"},
)


def write_drawn(folder: Path, seed: int, *, datasets: int = 3, rows: int = 12) -> Path:
    """A catalogue of one to this many datasets, each of one or two tables of up to this many rows."""
    draw = Random(seed)
    names = [f"d{number}" for number in range(draw.randint(1, datasets))]
    text = {"en": "Data"}
    head = {"id": "test", "base": BASE, "title": text, "description": text, "datasets": names}
    head["prefixes"] = {"ex": "https://example.org/ns#"}
    folder.mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    for name in names:
        (folder / name).mkdir()
        tables = [_table(draw, folder / name, f"{name}-{number}", rows) for number in range(draw.randint(1, 2))]
        content = {"title": text, "description": text, "tables": tables}
        (folder / name / "dataset.yaml").write_text(json.dumps(content), "utf-8")
    return folder


def _table(draw: Random, folder: Path, name: str, rows: int) -> dict[str, Any]:
    chosen = [dict(each) for each in draw.sample(COLUMNS, draw.randint(1, 7))]
    columns: list[dict[str, Any]] = [{"name": "id"}]
    cells: list[tuple[str, ...]] = []
    for number, column in enumerate(chosen):
        cells.append(PAGES if column.pop("pages", False) else TEXTS)
        own = f"c{number}"
        columns.append(
            {"name": own}
            | {
                key: value.replace("{name}", f"{{{own}}}") if key == "valueUrl" else value
                for key, value in column.items()
            }
        )
        columns[-1]["valueUrl"] = columns[-1].get("valueUrl", "").replace("{+name}", f"{{+{own}}}")
        if not columns[-1]["valueUrl"]:
            del columns[-1]["valueUrl"]
    if draw.random() < 0.5:
        columns.append(
            {"name": "kind", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": draw.choice(["ex:City", "ex:5"])}
        )
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([column["name"] for column in columns if not column.get("virtual")])
        out.writerows([draw.choice(KEYS), *map(draw.choice, cells)] for _ in range(draw.randint(0, rows)))
    about = draw.choice(["thing/{id}", "thing/{id}", "{id}", "thing/one"])
    return {"url": f"{name}.csv", "tableSchema": {"aboutUrl": about, "columns": columns}}
