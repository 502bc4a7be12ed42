"""SARIF logs keep to the rules of its schema that concern them; annotations come back as GitHub reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft7Validator

from st_opendata.errors import ConfigurationError
from st_opendata.messages.codes import finding
from st_opendata.messages.message import message
from st_opendata.model.findings import Finding
from st_opendata.place import Place
from st_opendata.shacl import error_github, error_sarif, report_github, report_sarif

CITIES = 'Identifier,Name\na,"Two\nlines, ""quoted"""\nb,B\n\nd,D\n'
FINDINGS = [
    finding("cell-datatype", (Place("cities/a b.csv", 3, "Name"),), value="x", datatype="date", example="2026-01-31"),
    finding("row-blank", (Place("cities/a b.csv", 4),)),
    finding(
        "key-duplicate",
        (Place("cities/a b.csv", 5, "Name"), Place("cities/a b.csv", 2, "Name")),
        value="D",
        rows="2, 5",
    ),
    finding("shacl-import", (Place("shapes.ttl", line=4, offset=7),), iri="https://example.org/"),
    finding("rdf-iri", (), value="<e:a b>"),
]


def _object(required: str = "", **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


TEXT = {"type": "string", "minLength": 1}
MESSAGE = _object("text", text=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
NUMBER = {"type": "integer", "minimum": 1}
PHYSICAL = _object(
    "artifactLocation",
    artifactLocation=_object("uri", uri={"type": "string", "pattern": r"^[!-~]+$"}),
    region=_object("startLine", startLine=NUMBER, startColumn=NUMBER),
)
LOCATION = _object(
    "physicalLocation",
    physicalLocation=PHYSICAL,
    logicalLocations=_list(_object("", name=TEXT, fullyQualifiedName=TEXT, kind=TEXT)),
)
RESULT = _object(
    "message",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations=_list(LOCATION),
    relatedLocations=_list(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    properties={"type": "object"},
)
RULE = _object(
    "id",
    id=TEXT,
    shortDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=_object("", level=LEVEL),
)
DRIVER = _object(
    "name",
    name=TEXT,
    semanticVersion={"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
    rules={**_list(RULE), "uniqueItems": True},
    language={"type": "string", "pattern": r"^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"},
)
INVOCATION = _object(
    "executionSuccessful",
    executionSuccessful={"type": "boolean"},
    exitCode={"type": "integer"},
    toolConfigurationNotifications=_list(_object("message", message=MESSAGE, level=LEVEL, locations=_list(LOCATION))),
)
RUN = _object(
    "tool",
    tool=_object("driver", driver=DRIVER),
    language=TEXT,
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations=_list(INVOCATION),
    results=_list(RESULT),
)
SARIF = {
    **_object("version runs", version={"const": "2.1.0"}, runs=_list(RUN)),
    "properties": {"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": _list(RUN)},
}
"""What the schema of SARIF 2.1.0 says of the properties that are written here; others are refused."""


def parsed(text: str) -> Any:
    log = json.loads(text)
    Draft7Validator(SARIF).validate(log)
    [run] = log["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue with one table, below the current folder."""
    (tmp_path / "data" / "cities").mkdir(parents=True)
    (tmp_path / "data" / "cities" / "a b.csv").write_text(CITIES)
    monkeypatch.chdir(tmp_path)
    return Path("data")


def test_sarif(folder: Path) -> None:
    run = parsed(report_sarif(FINDINGS, "en", folder))
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("cell-datatype", "error"),
        ("row-blank", "error"),
        ("key-duplicate", "error"),
        ("shacl-import", "note"),
        ("rdf-iri", "error"),
    ]
    first, _, duplicate, line, nowhere = run["results"]
    [location] = first["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "data/cities/a%20b.csv"},
        "region": {"startLine": 4},
    }
    assert location["logicalLocations"][0]["name"] == "Name"
    assert duplicate["locations"][0]["physicalLocation"]["region"]["startLine"] == 6
    assert duplicate["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 2
    assert line["locations"][0]["physicalLocation"]["region"] == {"startLine": 4, "startColumn": 7}
    assert nowhere["locations"] == []


def test_sarif_speaks_one_language(folder: Path) -> None:
    run = parsed(report_sarif(FINDINGS, "fr", folder))
    assert run["language"] == "fr"
    assert FINDINGS[1].message["fr"] in run["results"][1]["message"]["text"]


def test_no_findings_are_a_successful_run() -> None:
    run = parsed(report_sarif([]))
    assert (run["results"], run["invocations"]) == ([], [{"executionSuccessful": True}])


def test_fingerprints_outlive_other_rows(folder: Path) -> None:
    """A finding that moves down keeps its fingerprint; another value has another one."""

    def fingerprint(row: int, column: str) -> str:
        found = [Finding("cell-datatype", FINDINGS[0].severity, {"en": "m"}, (Place("a.csv", row, column),))]
        result: dict[str, str] = parsed(report_sarif(found, "en", folder))["results"][0]["partialFingerprints"]
        return result["finding/v1"]

    assert fingerprint(3, "Name") == fingerprint(9, "Name") != fingerprint(3, "Identifier")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as GitHub's runner takes them apart."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*(?::[^:]+)*?)::(.*)", line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        found.append((match[1], {name: unquote(value) for name, value in properties.items()}, unquote(match[3])))
    return found


def test_github(folder: Path) -> None:
    found = commands(report_github(FINDINGS, "en", folder))
    assert [(level, each.get("file"), each.get("line"), each.get("col")) for level, each, _ in found] == [
        ("error", "data/cities/a b.csv", "4", None),
        ("error", "data/cities/a b.csv", "5", None),
        ("error", "data/cities/a b.csv", "6", None),
        ("notice", "shapes.ttl", "4", "7"),
        ("error", None, None, None),
    ]
    assert found[0][1]["title"] == 'cell-datatype: row 3, column "Name"'
    assert found[0][2].splitlines() == [FINDINGS[0].message["en"], FINDINGS[0].remedy["en"]]


def test_an_error_is_told_in_each_form(folder: Path) -> None:
    (folder / "catalogue.yaml").write_text("x: [")
    place = Place("catalogue.yaml", line=1, offset=5)
    problem = message("not valid {syntax}: {reason}", syntax="YAML", reason="100% column")
    error = ConfigurationError(problem, place=place, remedy=message("Check the path."))
    [invocation] = parsed(error_sarif(error, "de", folder))["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    [notification] = invocation["toolConfigurationNotifications"]
    assert notification["message"]["text"] == "kein gültiges YAML: 100% column\nPrüfen Sie den Pfad."
    [location] = notification["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "data/catalogue.yaml"
    [(level, properties, text)] = commands(error_github(error, "de", folder))
    assert (level, properties["file"], properties["line"]) == ("error", "data/catalogue.yaml", "1")
    assert text == notification["message"]["text"]
