"""Catalogues of one dataset, made from CSV text and CSVW columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts

BASE = "https://example.org/id/"


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Write a catalogue: `make({"cities.csv": (text or bytes, schema)}, dialect={...})`."""

    def write(tables: dict[str, tuple[str | bytes, dict[str, Any]]], **more: Any) -> Path:
        folder = tmp_path / "catalogue"
        (folder / "data").mkdir(parents=True, exist_ok=True)
        label = {"en": "Data"}
        head = {"id": "test", "base": BASE, "title": label, "description": label, "datasets": ["data"]}
        head["prefixes"] = {"ex": "https://example.org/ns#"}
        (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
        described = []
        for name, (content, schema) in tables.items():
            (folder / "data" / name).write_bytes(content.encode() if isinstance(content, str) else content)
            described.append({"url": name, "tableSchema": schema, **more})
        dataset = {"title": label, "description": label, "tables": described}
        (folder / "data" / "dataset.yaml").write_text(json.dumps(dataset), "utf-8")
        return folder

    return write


@pytest.fixture
def load(make: Callable[..., Path]) -> Iterator[Callable[..., FactBase]]:
    """Load the facts of a catalogue written by `make`; closed at the end of the test."""
    opened = []

    def open_base(content: str | bytes, columns: list[dict[str, Any]], **more: Any) -> FactBase:
        schema = {"columns": columns} | {key: more.pop(key) for key in ("aboutUrl", "primaryKey") if key in more}
        opened.append(load_facts(read_catalogue(make({"t.csv": (content, schema)}, **more))))
        return opened[-1]

    yield open_base
    for base in opened:
        base.close()
