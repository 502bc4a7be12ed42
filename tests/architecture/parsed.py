"""The syntax of the program's modules: each is parsed and walked once for all tests of a process."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "st_opendata"
MODULES = sorted(SOURCE.rglob("*.py"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a module as `ast.walk` gives them; the first is the module."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))
