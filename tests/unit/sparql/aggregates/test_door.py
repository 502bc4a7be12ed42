"""Aggregates have one door: an answer, or None for the engine to answer; no other package looks behind it."""

from __future__ import annotations

import ast

from parsed import MODULES, SOURCE, nodes

DOOR = "st_opendata.sparql.aggregates"


def test_no_other_package_imports_what_is_behind_it() -> None:
    importing = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in MODULES
        if not path.is_relative_to(SOURCE / "sparql" / "aggregates")
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{DOOR}.")
    ]
    assert importing == []
