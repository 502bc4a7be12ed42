"""Paths of a release are written in `release/layout.py` and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from parsed import MODULES, SOURCE, nodes

_PATH = re.compile(
    r"(?:.*/)?(?:catalog\.(?:ttl|jsonld|rdf)?|void\.ttl|release\.json|report\.(?:json|ttl)|facts\.parquet|"
    r"schema\.jsonld|croissant\.json|preview\.svg|ro-crate-metadata\.json|story\.yaml|answers\.json)"
    r"|(?:ontology|shapes|questions|story)/\S*|\S*-metadata\.json|\.(?:nt|nq|trig|sqlite|parquet)(?:\.gz)?"
)
"""The form of a text that names a file of a release; messages have spaces."""
_FOLDERS = frozenset({"ontology", "shapes", "questions", "story"})
_ELSEWHERE = {
    "formats.py": "extensions of formats",
    "release/layout.py": "the home",
    "csvw/discovery.py": "the standard paths of CSVW",
    "portal/pages/snippets.py": "the name of a file that a reader downloads",
}


def _docstrings(path: Path) -> set[int]:
    """Texts that stand for themselves."""
    return {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}


def _literals(path: Path) -> Iterator[tuple[int, str]]:
    skipped = _docstrings(path)
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            if _PATH.fullmatch(node.value):
                yield node.lineno, node.value
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _names_folder(node.right):
            yield node.lineno, ast.unparse(node.right)


def _names_folder(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in _FOLDERS


def test_paths_of_a_release_have_one_home() -> None:
    found = [
        f"{name}:{line} {text}"
        for path in MODULES
        if (name := path.relative_to(SOURCE).as_posix()) not in _ELSEWHERE
        for line, text in _literals(path)
    ]
    assert not found, "\n".join(found)
