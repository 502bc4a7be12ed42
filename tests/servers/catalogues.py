"""Small catalogues made by chance: each leaves out other things that may be left out, and says odd things elsewhere.

`python tests/servers/catalogues.py --seed 7 FOLDER` writes one for inspection.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXTS = (
    "Places",
    " Spaces around ",
    "Two\nlines",
    "* 2 * 3 < 4 & <b>bold</b>",
    "1. [link](https://example.org/) `code` _x_",
    "# Heading\n\n- item\n- item",
    'Quotes " and \\ backslash',
    "Grüße aus Łódź, 東京 και Ελλάδα",
    "e\u0301 decomposed, soft\u00adhyphen, no\u00a0break",
    "😀 beyond the BMP",
    "x" * 300,
    "2024",
    "true",
    "https://example.org/a text that looks like an IRI",
)
WORDS = (
    "city",
    "R&D (public)",
    "X",
    "air quality",
    "Straße",
    "a" * 120,
    "two  spaces",
    "C++",
    "City",
    "2024",
    "a.b-c_d",
)
PLACES = (
    {"iri": "https://sws.geonames.org/2996944/", "label": {"en": "Lyon"}},
    {"iri": "https://sws.geonames.org/2761369/", "label": {"en": "Vienna"}, "centroid": [48.2, 16.37]},
    {"iri": "http://data.europa.eu/nuts/code/AT130"},
    {"iri": "https://example.org/place", "label": {"de": "Ort"}, "bbox": [4.7, 45.7, 4.9, 45.8], "nuts": "FRK26"},
)
DAYS = ("1999-12-31", "2020-02-29", "2024-01-01", "0044-03-15")
Values = Callable[[random.Random], str]
COLUMNS: dict[str, tuple[Any, Values]] = {
    "text": ("string", lambda chance: chance.choice((*TEXTS[:1], *TEXTS[3:], "", "01067", "NULL", "=1+1", "a,b;c"))),
    "number": ("decimal", lambda chance: chance.choice(("1", "-0.50", "12345678901234567890.123456789", "0", ""))),
    "whole": ("integer", lambda chance: chance.choice(("0", "-7", "98765432109876543210", ""))),
    "float": ("double", lambda chance: chance.choice(("1.5", "1E-300", "-2.5E7", "0.1", ""))),
    "yes": ("boolean", lambda chance: chance.choice(("true", "false", ""))),
    "day": ("date", lambda chance: chance.choice((*DAYS, ""))),
    "moment": ("dateTime", lambda chance: chance.choice(("2024-01-01T12:00:00", "2024-01-01T12:00:00Z", ""))),
    "year": ("gYear", lambda chance: chance.choice(("2024", "1999"))),
    "page": ("anyURI", lambda chance: chance.choice(("https://example.org/a,b", "https://example.org/ä"))),
}


def write(folder: Path, name: str, seed: int) -> Path:
    """A catalogue with this id in the folder; the same seed makes the same catalogue."""
    chance = random.Random(seed)
    datasets = ["one", "two"][: chance.choice((1, 1, 2))]
    common = {
        "id": name,
        "base": f"https://example.org/{name}/",
        "title": _texts(chance),
        "description": _texts(chance),
        "publisher": _agent(chance),
        **_terms(chance, chance.choice((0.0, 0.2, 0.5, 1.0))),
        **_some(chance, 0.3, homepage="https://example.org/home"),
        **_some(chance, 0.2, series={"id": "all", "title": _texts(chance), "description": _texts(chance)}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    _dump(folder / "catalogue.yaml", common | {"datasets": datasets})
    for number, dataset in enumerate(datasets):
        (folder / dataset).mkdir()
        table = _table(chance, folder / dataset, f"table-{number}")
        described = {
            "title": _texts(chance),
            "description": _texts(chance),
            **_terms(chance, chance.choice((0.0, 0.2, 0.5))),
            **_about(chance),
        }
        _dump(folder / dataset / "dataset.yaml", described | {"tables": [table]})
    return folder


def _dump(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")  # JSON is YAML


def _texts(chance: random.Random) -> dict[str, str]:
    return {
        tag: chance.choice(TEXTS) for tag in chance.choice((["en"], ["en"], ["de"], ["fr", "en"], ["en", "fr", "de"]))
    }


def _some(chance: random.Random, share: float, **values: object) -> dict[str, object]:
    return {key: value for key, value in values.items() if chance.random() < share}


def _agent(chance: random.Random) -> dict[str, object]:
    optional = _some(chance, 0.5, type="LocalAuthority", homepage="https://example.org/office")
    return {"iri": f"https://example.org/agent-{chance.randrange(3)}", "name": _texts(chance), **optional}


def _terms(chance: random.Random, share: float) -> dict[str, object]:
    """The optional keys of a catalogue and each dataset, each with its probability."""
    contact = {
        "name": _texts(chance),
        **_some(chance, 0.5, email="o.f-f'ice+x@example.org", url="https://example.org/c"),
    }
    period = {"start": "2020-01-01", **_some(chance, 0.5, end="2021-12-31")}
    tags = chance.choice((["en"], ["de"], ["en", "fr"]))
    return _some(
        chance,
        share,
        creator=_agent(chance),
        contactPoint=contact,
        license=chance.choice(("CC_BY_4_0", "CC0", "DLDE_BY_2_0")),
        rights=_texts(chance),
        accessRights="PUBLIC",
        accrualPeriodicity=chance.choice(("AS_NEEDED", "ANNUAL")),
        availability=chance.choice(("STABLE", "EXPERIMENTAL")),
        status=chance.choice(("COMPLETED", "DEVELOP")),
        language=chance.choice((["en"], ["de", "fr"])),
        theme=chance.choice((["REGI"], ["ENER", "TRAN"])),
        keyword={tag: sorted(set(chance.choices(WORDS, k=chance.randrange(1, 5)))) for tag in tags},
        spatial=chance.sample(PLACES, chance.randrange(1, 4)),
        temporal=period,
        issued=DAYS[0],
        modified=chance.choice(DAYS[:3]),
        version=chance.choice(("1", "1.0.0", "v 2 <beta>")),
        landingPage={"url": "https://example.org/landing", "label": _texts(chance)},
    )


def _about(chance: random.Random) -> dict[str, object]:
    """The optional keys of datasets only."""

    def links(word: str) -> list[dict[str, object]]:
        return [
            {"url": f"https://example.org/{word}/{number}?a=b&c=d#e", "label": _texts(chance)}
            for number in range(chance.randrange(1, 3))
        ]

    return _some(
        chance,
        chance.choice((0.0, 0.3, 1.0)),
        versionNotes=_texts(chance),
        provenance=_texts(chance),
        source=links("source"),
        page=links("page"),
        conformsTo=links("standard"),
        type="STATISTICAL",
        highValue={"category": ["c_ac64a52d"]},
    )


def _table(chance: random.Random, folder: Path, name: str) -> dict[str, object]:
    """Write a table of a few columns and rows, perhaps of none; its description."""
    kinds = chance.sample(sorted(COLUMNS), chance.randrange(0, 6))
    linked = chance.random() < 0.5
    columns: list[dict[str, object]] = [{"name": "id", "required": True}]
    for kind in kinds:
        described = {"name": kind, "datatype": COLUMNS[kind][0], **_some(chance, 0.3, titles={"en": f"The {kind}"})}
        columns.append(
            described | _some(chance, 0.5 if linked else 0.0, propertyUrl=f"https://example.org/says/{kind}")
        )
    rows = [
        {"id": f"r{number}", **{kind: COLUMNS[kind][1](chance) for kind in kinds}}
        for number in range(chance.choice((0, 1, 7)))
    ]
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", *kinds])
        writer.writeheader()
        writer.writerows(rows)
    schema = {"columns": columns, "primaryKey": "id", **({"aboutUrl": f"{name}/{{id}}"} if linked else {})}
    return {"url": f"{name}.csv", **_some(chance, 0.5, title=_texts(chance)), "tableSchema": schema}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    sys.stdout.write(f"{write(asked.folder, f'chance-{asked.seed}', asked.seed)}\n")
