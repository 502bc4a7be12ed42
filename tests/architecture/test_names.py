"""Names: one class has one name, a participle is not a noun, and layers are few."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from parsed import SOURCE, nodes

ROOT = Path(__file__).resolve().parents[2]
MODULES = [path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py")]
PARTICIPLES = re.compile(
    r"(?i)(?:^|_)(?:told|said|wanted|shown|held|kept|seen|meant|stated|described|pulled|fetched|skipped|sifted)$"
)
NO_NAMES = re.compile(r"(?:^|_)(?:utils?|helpers?|managers?|common|misc)(?:$|_)")
STANDARD = {"common_properties"}
"""Modules that a standard has named (CSVW metadata, section 5.8)."""
PRIVATE = re.compile(r"(?i)nursery|spool|\bshelf\b|furnish|_apart\b|confinement|\bobliging\b")
"""Words that only this project had for what has a name everywhere (ARCHITECTURE.md, words)."""


@pytest.fixture(scope="module")
def classes() -> dict[str, list[str]]:
    """The modules that have a public class of each name."""
    found = defaultdict(list)
    for module in MODULES:
        tree = nodes(SOURCE / module)[0]
        assert isinstance(tree, ast.Module)
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module)
    return found


def test_no_public_class_name_stands_twice(classes: dict[str, list[str]]) -> None:
    assert {name: modules for name, modules in classes.items() if len(modules) > 1} == {}


def test_no_class_is_named_by_a_participle(classes: dict[str, list[str]]) -> None:
    words = {name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in classes}
    assert [name for name, word in words.items() if PARTICIPLES.search(word)] == []


def test_no_module_is_a_drawer() -> None:
    assert [module for module in MODULES if NO_NAMES.search(stem := Path(module).stem) and stem not in STANDARD] == []


def test_standard_words_instead_of_private_ones() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in SOURCE.rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if PRIVATE.search(line)
    ]
    assert lines == []


def test_eight_layers_at_most() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert [len(each["layers"]) <= 8 for each in contracts if each["type"] == "layers"] == [True]


def test_each_decision_has_a_date_and_a_status() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert len(pages) > 20
    dated = re.compile(
        r"^Date: 20\d\d-\d\d-\d\d\. Status: (accepted|replaced by decision \d+|given up)\b.*\.$", re.MULTILINE
    )
    assert [page.name for page in pages if not dated.search(page.read_text("utf-8"))] == []


def test_modules_that_tests_share_have_one_name_each() -> None:
    """Python imports the first of two modules with one name, and which one that is depends on the test that ran."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]["pythonpath"]
    found = defaultdict(list)
    for folder in {*stated, "bench"}:
        for path in (ROOT / folder).iterdir():
            if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py"))):
                found[path.stem].append(folder)
    twice = {name: sorted(folders) for name, folders in found.items() if len(folders) > 1}
    assert {name: folders for name, folders in twice.items() if not name.startswith(("__", "conftest", "test_"))} == {}
