"""Tables and descriptions written, opened and converted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_opendata.csvw import DocumentLoader, OpenGroup, check_group, open_group
from st_opendata.csvw.csv2json import group_json
from st_opendata.csvw.csv2rdf import group_lines
from st_opendata.model.findings import Finding

BASE = "https://example.org/"
Convert = Callable[..., Any]


def write(folder: Path, columns: list[dict[str, Any]], text: str, table: dict[str, Any]) -> str:
    (folder / "a.csv").write_text(text, "utf-8")
    document = {"@context": "http://www.w3.org/ns/csvw", "url": "a.csv", "tableSchema": {"columns": columns}}
    (folder / "a.csv-metadata.json").write_text(json.dumps(document | table), "utf-8")
    return f"{BASE}a.csv"


@pytest.fixture
def lines(tmp_path: Path) -> Convert:
    """The N-Triples lines of a table: minimal unless asked otherwise."""

    def convert(columns: list[dict[str, Any]], text: str, *, minimal: bool = True, **table: Any) -> list[str]:
        def found(opened: OpenGroup) -> list[str]:
            return [line for batch in group_lines(opened, minimal=minimal) for line in batch]

        with open_group(write(tmp_path, columns, text, table), DocumentLoader(BASE, tmp_path)) as opened:
            return found(opened)

    return convert


@pytest.fixture
def objects(tmp_path: Path) -> Convert:
    """The JSON of a table: minimal unless asked otherwise."""

    def convert(columns: list[dict[str, Any]], text: str, *, minimal: bool = True, **table: Any) -> Any:
        with open_group(write(tmp_path, columns, text, table), DocumentLoader(BASE, tmp_path)) as opened:
            return json.loads("".join(group_json(opened, minimal=minimal)))

    return convert


@pytest.fixture
def findings(tmp_path: Path) -> Convert:
    """The findings of a check."""

    def check(columns: list[dict[str, Any]], text: str, **table: Any) -> list[Finding]:
        with open_group(write(tmp_path, columns, text, table), DocumentLoader(BASE, tmp_path)) as opened:
            return check_group(opened)

    return check
