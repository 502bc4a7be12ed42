"""Packages with one door: what others need of them is exported by their `__init__`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "bench", "tools", "services", "browser")
DOORS = {"csvw": "tests/unit/csvw", "tables.workbooks": "tests/unit/tables/workbooks"}
"""By package the folder of its own tests, which may look inside."""


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that a file imports, each with its line; names that are imported from a package count too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def is_module(name: str) -> bool:
    path = ROOT / "src" / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


@pytest.mark.parametrize("package", DOORS)
def test_nobody_imports_what_is_inside(package: str) -> None:
    inside = f"st_opendata.{package}."
    own = (ROOT / "src" / "st_opendata" / package.replace(".", "/"), ROOT / DOORS[package])
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    suspects = [path for path in files if f"st_opendata.{package}" in path.read_text("utf-8")]
    offenders = {
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in suspects
        if not any(path.is_relative_to(each) for each in own)
        for line, name in imported(path)
        if name.startswith(inside) and is_module(name)
    }
    assert sorted(offenders) == []
