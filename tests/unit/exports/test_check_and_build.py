"""What `check` passes, `build` writes: odd but well-formed catalogues end alike in both."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from st_opendata.__main__ import main

_ID: dict[str, Any] = {"name": "id"}
_LINKS = {"name": "l", "propertyUrl": "ex:l", "valueUrl": "{+l}"}
_LIST = {"name": "l", "separator": "|", "propertyUrl": "ex:l", "valueUrl": "ex/{l}"}
Tables = dict[str, tuple[str, list[dict[str, Any]]]]

PASSING: dict[str, Tables] = {
    "a separator that the base has": {"t.csv": ("id,l\n1,a/b\n", [_ID, _LINKS | {"separator": "/"}])},
    "a separator that a scheme has": {"t.csv": ("id,l\n1,a:b\n", [_ID, _LINKS | {"separator": ":"}])},
    "names that differ by capitals": {"t.csv": ("id,a,A\n1,b,c\n", [_ID, {"name": "a"}, {"name": "A"}])},
    "tables that differ by capitals": {"t.csv": ("id\n1\n", [_ID]), "T.csv": ("id\n1\n", [_ID])},
    "a table called as its dataset": {"data.csv": ("id\n1\n", [_ID])},
    "a class without a name": {
        "t.csv": ("id\n1\n", [_ID, {"name": "v", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "ex:12"}])
    },
    "a property of RDF/XML itself": {"t.csv": ("id,a\n1,b\n", [_ID, {"name": "a", "propertyUrl": "rdf:li"}])},
    "a property that ends in digits": {"t.csv": ("id,a\n1,b\n", [_ID, {"name": "a", "propertyUrl": "ex:2010"}])},
    "no rows": {"t.csv": ("id,a\n", [_ID, {"name": "a", "propertyUrl": "ex:a"}])},
}
FAILING: dict[str, Tables] = {
    "a table called as a list": {"t.csv": ("id,l\n1,a|b\n", [_ID, _LIST]), "t.l.csv": ("id\n1\n", [_ID])},
    "a list called as a table": {"t.l.csv": ("id\n1\n", [_ID]), "t.csv": ("id,l\n1,a|b\n", [_ID, _LIST])},
    "a name that SQLite keeps": {"sqlite_x.csv": ("id\n1\n", [_ID])},
}


def write(folder: Path, tables: Tables) -> Path:
    (folder / "data").mkdir(parents=True)
    label = {"en": "Data"}
    publisher = {"iri": "https://p.example/", "name": {"en": "Town hall"}}
    head = {
        "id": "test",
        "base": "https://example.org/id/",
        "title": label,
        "description": label,
        "publisher": publisher,
    }
    head |= {"datasets": ["data"], "prefixes": {"ex": "https://example.org/ns#"}}
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    described = [{"url": name, "tableSchema": {"columns": columns}} for name, (_, columns) in tables.items()]
    for name, (content, _) in tables.items():
        (folder / "data" / name).write_text(content, "utf-8")
    dataset = {"title": label, "description": label, "tables": described}
    (folder / "data/dataset.yaml").write_text(json.dumps(dataset), "utf-8")
    return folder


FIRST = 3
"""How many are built in every run."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if number < FIRST else pytest.mark.slow) for number, name in enumerate(PASSING)],
)
def test_what_check_passes_is_built(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "catalogue", PASSING[name])
    assert main(["check", str(folder)]) == 0
    assert main(["build", str(folder), "-o", str(tmp_path / "release")]) == 0


@pytest.mark.parametrize("name", FAILING)
def test_what_build_refuses_is_refused_by_check(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    folder = write(tmp_path / "catalogue", FAILING[name])
    assert main(["check", str(folder)]) == 3
    checked = capsys.readouterr().err
    assert main(["build", str(folder), "-o", str(tmp_path / "release")]) == 3
    assert capsys.readouterr().err == checked
    assert "dataset.yaml" in checked


def test_a_published_list_of_addresses_can_be_taken_apart(tmp_path: Path) -> None:
    folder = write(tmp_path / "catalogue", PASSING["a separator that the base has"])
    assert main(["build", str(folder), "-o", str(tmp_path / "release")]) == 0
    data = tmp_path / "release/data"
    described = json.loads((data / "t.csv-metadata.json").read_text("utf-8"))["tables"][0]["tableSchema"]["columns"]
    with (data / "t.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    separator = next(column["separator"] for column in described if column["name"] == "l")
    assert row["l"].split(separator) == ["https://example.org/id/a", "https://example.org/id/b"]
