"""Aggregates have one door: an answer, or None for the engine to answer; no other package looks behind it."""

from __future__ import annotations

import ast
from pathlib import Path

DOOR = "st_opendata.sparql.aggregates"


def test_no_other_package_imports_what_is_behind_it(root: Path) -> None:
    source = root / "src" / "st_opendata"
    importing = [
        f"{path.relative_to(source)}:{node.lineno}"
        for path in source.rglob("*.py")
        if not path.is_relative_to(source / "sparql" / "aggregates")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{DOOR}.")
    ]
    assert importing == []
