"""SQL has one home: statements are put together in `sql/duckdb.py` alone, and functions are named in `sql/` alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from parsed import MODULES, SOURCE, nodes

ASKING = ("facts", "csvw", "shacl/screens", "release", "portal/data/rows.py", "diagnosis.py")
"""The modules that build queries; the columns of the SPARQL endpoint have their own dialect (`sparql/aggregates`)."""
STATEMENT = re.compile(
    r"\b(CREATE (OR REPLACE )?(TEMP )?(TABLE|VIEW)|INSERT INTO|DELETE FROM|DROP (TABLE|VIEW)|BEGIN TRANSACTION"
    r"|COPY \(|ATTACH '|SET \w+ = |DESCRIBE )"
)
FUNCTION = re.compile(r"(?<![\w.\\])([a-z_][a-z0-9_]*)\((?!\?)")
STANDARD = {"count", "sum", "min", "max", "coalesce", "n", "t"}
"""Aggregates and COALESCE are the same in every SQL; n and t name columns of VALUES."""
SELECTING = re.compile(r"\b(SELECT|FROM|WHERE|CASE|ORDER BY|IS NULL)\b")
OTHER_SQL = (
    "exports/sqlite.py",
    "exports/geopackage.py",
    "portal/data/search.py",
    "portal/pages/snippets.py",
    "sparql/",
    "tables/",
)
"""SQLite files, examples for readers, SPARQL and wording that begins alike."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module with their lines, those of f-strings with `{}` for what is put in; no docstrings."""
    docstrings = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in nodes(path) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes(path):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | parts:
            yield node.lineno, node.value


def test_statements_are_put_together_in_one_module() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line}: {text.strip()[:60]}"
        for path in MODULES
        if not path.relative_to(SOURCE).as_posix().startswith(("sql/duckdb.py", *OTHER_SQL))
        for line, text in texts(path)
        if STATEMENT.search(text)
    ]
    assert found == []


def functions(path: Path) -> set[str]:
    return {name for _, text in texts(path) for name in FUNCTION.findall(text)} - STANDARD


def test_functions_are_named_in_the_dialect_alone() -> None:
    named = functions(SOURCE / "sql/dialect.py") | functions(SOURCE / "sql/native.py")
    assert {"length", "list_extract", "read_parquet", "substr"} <= named
    folders = [SOURCE / name for name in ASKING]
    found = [
        f"{path.relative_to(SOURCE)}:{line}: {name}"
        for folder in folders
        for path in (folder.rglob("*.py") if folder.is_dir() else [folder])
        for line, text in texts(path)
        for name in FUNCTION.findall(text)
        if name in named or (SELECTING.search(text) and name not in STANDARD)
    ]
    assert found == []
