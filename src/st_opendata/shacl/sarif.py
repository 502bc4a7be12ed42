"""Findings at the lines that cause them: SARIF 2.1.0 for code scanning, and GitHub's workflow commands.

SARIF: https://docs.oasis-open.org/sarif/sarif/v2.1.0/; one run, a rule for each code, a result for each finding.
Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
Both show lines of files: a row is turned into the line on which it begins.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from st_opendata import __version__
from st_opendata.errors import StError
from st_opendata.json_text import indented_json
from st_opendata.messages.codes import codes
from st_opendata.model.findings import Finding, Severity
from st_opendata.model.text import pick
from st_opendata.place import Place
from st_opendata.shacl.order import sort_findings

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
Json = dict[str, object]


class LineFinder:
    """The lines of places. Files of tables are named from `folder`; paths are shown from the current folder."""

    def __init__(self, places: Iterable[Place], folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, set[int]] = {}
        self._shown: dict[str, str] = {}
        for place in places:
            if place.row is not None:
                self._rows.setdefault(place.file, set()).add(place.row)

    @cached_property
    def _starts(self) -> Mapping[str, Mapping[int, int]]:
        return {file: _row_lines(self._path(file), rows) for file, rows in self._rows.items()}

    def line(self, place: Place) -> int | None:
        """The line of a place, or the line on which its row begins; None where the file does not show it."""
        return place.line if place.row is None else self._starts[place.file].get(place.row)

    def shown(self, place: Place) -> str:
        """The path of the file with `/`: relative where it lies below the current folder."""
        if place.file not in self._shown:
            path = self._path(place.file).absolute()
            here = Path.cwd()
            inside = path.is_relative_to(here)
            self._shown[place.file] = path.relative_to(here).as_posix() if inside else path.as_posix()
        return self._shown[place.file]

    def _path(self, file: str) -> Path:
        inside = self._folder / file
        return inside if inside.exists() else Path(file)


def _row_lines(path: Path, rows: Collection[int]) -> dict[int, int]:
    """The lines on which the rows of a CSV file begin: a line inside quotes does not begin a row (RFC 4180 §2)."""
    if path.suffix not in (".csv", ".tsv", ".txt") or not path.is_file():
        return {}
    starts: dict[int, int] = {}
    row, quotes = 1, 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if quotes % 2 == 0 and row in rows:
                starts.setdefault(row, number)
            quotes += line.count(b'"')
            row += quotes % 2 == 0
    return starts


def report_sarif(findings: Iterable[Finding], language: str = "en", folder: Path = Path()) -> str:
    """The findings as a SARIF 2.1.0 log; `folder` is where the names of their files start."""
    ordered = sort_findings(findings)
    lines = LineFinder((place for each in ordered for place in each.places), folder)
    named = sorted({each.code for each in ordered})
    rules = {code: number for number, code in enumerate(named)}
    results = [_result(each, rules[each.code], lines, language) for each in ordered]
    return _log(language, [_rule(code, language) for code in named], results, {"executionSuccessful": True})


def error_sarif(error: StError, language: str = "en", folder: Path = Path()) -> str:
    """An error that stopped a check, as the log of a run that failed (SARIF §3.20.21)."""
    places = [error.place] if error.place else []
    notification = {
        "level": "error",
        "message": {"text": _error_text(error, language)},
        "locations": [_location(place, LineFinder(places, folder), language) for place in places],
    }
    invocation = {"executionSuccessful": False, "toolConfigurationNotifications": [notification]}
    return _log(language, [], [], {**invocation, "exitCode": error.exit_code})


def _log(language: str, rules: Sequence[Json], results: Sequence[Json], invocation: Json) -> str:
    driver = {"name": "st-opendata", "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": {**driver, "language": language}},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
    }
    return indented_json({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(code: str, language: str) -> Json:
    """The meaning of a code; its texts keep their fields in braces."""
    entry = codes()[code]
    return {
        "id": code,
        "shortDescription": {"text": pick(entry.message, language)},
        "help": {"text": pick(entry.remedy, language)},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
    }


def _result(each: Finding, rule: int, lines: LineFinder, language: str) -> Json:
    fields = ("dataset", "focus", "path", "value", "shape", "component", "unlisted")
    locations = [_location(place, lines, language) for place in each.places]
    return {
        "ruleId": each.code,
        "ruleIndex": rule,
        "level": _LEVELS[each.severity],
        "message": {"text": _text(each, language)},
        "locations": locations[:1],
        "relatedLocations": locations[1:],
        "partialFingerprints": {"finding/v1": _fingerprint(each)},
        "properties": {name: value for name in fields if (value := getattr(each, name)) is not None},
    }


def _location(place: Place, lines: LineFinder, language: str) -> Json:
    region = {"startLine": line} if (line := lines.line(place)) else {}
    if region and place.offset:
        region["startColumn"] = place.offset
    artifact = {"artifactLocation": {"uri": _uri(lines.shown(place))}}
    location: Json = {"physicalLocation": {**artifact, **({"region": region} if region else {})}}
    if place.row is not None:
        names = {"name": place.column} if place.column else {}
        location["logicalLocations"] = [{**names, "fullyQualifiedName": place.within(language), "kind": "member"}]
    return location


@cache
def _uri(path: str) -> str:
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path)


def _fingerprint(each: Finding) -> str:
    """The same for the same finding after rows above it came or went (SARIF §3.27.17)."""
    where = sorted({(place.file, place.column or "") for place in each.places})
    known = [each.code, where, each.focus, each.path, each.value, each.shape, each.component]
    return sha256(json.dumps(known).encode()).hexdigest()


def report_github(findings: Iterable[Finding], language: str = "en", folder: Path = Path()) -> str:
    """The findings as workflow commands, one on a line; GitHub shows them at their lines in a pull request."""
    ordered = sort_findings(findings)
    lines = LineFinder((place for each in ordered for place in each.places[:1]), folder)
    return "".join(
        _command(_COMMANDS[each.severity], each.code, _text(each, language), next(iter(each.places), None), lines)
        for each in ordered
    )


def error_github(error: StError, language: str = "en", folder: Path = Path()) -> str:
    """An error that stopped a check, as a workflow command."""
    places = [error.place] if error.place else []
    return _command("error", "st-opendata", _error_text(error, language), error.place, LineFinder(places, folder))


def _command(command: str, title: str, message: str, place: Place | None, lines: LineFinder) -> str:
    properties: dict[str, str | int | None] = {"title": title}
    if place is not None:
        within = place.within() if place.row is not None else ""
        properties = {
            "file": lines.shown(place),
            "line": lines.line(place),
            "col": place.offset,
            "title": f"{title}: {within}" if within else title,
        }
    shown = ",".join(f"{name}={_escape(str(value), ':,')}" for name, value in properties.items() if value is not None)
    return f"::{command} {shown}::{_escape(message)}\n"


def _escape(text: str, more: str = "") -> str:
    """Per cent, line ends, and in a property its delimiters, as the runner reads them back."""
    for sign in ("%", "\r", "\n", *more):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _text(each: Finding, language: str) -> str:
    return _sentences(pick(each.message, language), pick(each.remedy, language))


def _error_text(error: StError, language: str) -> str:
    return _sentences(error.message_text(language), error.remedy_text(language))


def _sentences(message: str, remedy: str) -> str:
    return f"{message}\n{remedy}" if remedy else message
