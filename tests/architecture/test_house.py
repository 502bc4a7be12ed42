"""The rules of the house that a program can check: layers, budgets, errors, words, lock file."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from parsed import MODULES, SOURCE, nodes

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = ("ontology", "shapes", "src", "datasets", "tests", "docs", "bench", ".ci/run")
DOCUMENTS = ("pyproject.toml", "README.md", "Makefile", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE")
OWNERS = {
    "regex": "system/matching.py",
    "duckdb": "sql/",
    "csvw": "csvw/",
    "pyshacl": "shacl/",
    "click": ("cli/", "__main__.py"),
    "rich": ("cli/", "__main__.py"),
    "requests": "http/client.py",
    "requests_toolbelt": "targets/ckan/connection.py",
    "ckanapi": "targets/ckan/connection.py",
    "starlette": ("portal/", "sparql/endpoint/", "http/conditions.py"),
    "mimeparse": "http/negotiation.py",
    "uvicorn": "portal/",
}


def functions(module: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in nodes(ROOT / module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def imported(module: str) -> set[str]:
    names: set[str] = set()
    for node in nodes(ROOT / module):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_top_level_is_complete() -> None:
    assert [name for name in TOP_LEVEL + DOCUMENTS if not (ROOT / name).exists()] == []


def over_budget(module: str) -> Iterator[str]:
    lines = (ROOT / module).read_text("utf-8").count("\n")
    if lines > 400:
        yield f"{module} has {lines} lines"
    for function in functions(module):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > 60:
            yield f"{module}:{function.lineno} {function.name} has {length} lines"
        parameters = function.args.args + function.args.posonlyargs + function.args.kwonlyargs
        count = sum(argument.arg not in ("self", "cls") for argument in parameters)
        if count > 6 and "/cli/" not in module:
            yield f"{module}:{function.lineno} {function.name} takes {count} parameters"


def foreign_libraries(module: str) -> Iterator[str]:
    inside = module.removeprefix("src/st_opendata/")
    names = imported(module)
    for library, home in OWNERS.items():
        if library in names and not inside.startswith(home):
            yield f"{module} imports {library}, which belongs in {home}"


def broad_excepts(module: str) -> Iterator[str]:
    for node in nodes(ROOT / module):
        if isinstance(node, ast.ExceptHandler) and not module.endswith("__main__.py"):
            caught = ast.unparse(node.type) if node.type else ""
            if caught in ("", "Exception", "BaseException"):
                yield f"{module}:{node.lineno} catches {caught or 'everything'}"


MARKS = re.compile(r"\b(TODO|FIXME|XXX)\b|type: ignore\s*$|pragma: no cover", re.MULTILINE)


def unfinished_code(module: str) -> Iterator[str]:
    text = (ROOT / module).read_text("utf-8")
    if not MARKS.search(text) and "NotImplementedError" not in text:
        return
    with (ROOT / module).open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            comment = token.type == tokenize.COMMENT and MARKS.search(token.string)
            if comment or token.string == "NotImplementedError":
                yield f"{module}:{token.start[0]} {token.line.strip()}"


RULES = (over_budget, foreign_libraries, broad_excepts, unfinished_code)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module_offends(rule: Callable[[str], Iterator[str]]) -> None:
    modules = [path.relative_to(ROOT).as_posix() for path in MODULES]
    assert [offence for module in modules for offence in rule(module)] == []


def test_class_depth() -> None:
    bases = {
        node.name: [base.id for base in node.bases if isinstance(base, ast.Name)]
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
    }

    def depth(name: str) -> int:
        return 1 + max((depth(base) for base in bases[name] if base in bases), default=0)

    assert [name for name in bases if depth(name) > 2] == []


def test_layers() -> None:
    """The contracts in pyproject.toml hold (import-linter), function-level imports included."""
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-readers.lock", "requirements-audit.lock"])
def test_lock_names_no_host_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|index-url|find-links|^/|\s/", text, re.MULTILINE)
    requirements = re.findall(r"^[a-z0-9][^\n=]*==", text, re.MULTILINE)
    assert len(requirements) > 20
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_version_heads_the_changelog() -> None:
    version = re.search(r'__version__ = "(.+)"', (SOURCE / "__init__.py").read_text("utf-8"))
    assert version
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


ONE_WORD = {
    "de": (r"Tatsache", "Fakt"),
    "fr": (r"\b(la|une|cette|sa|aucune|les|des) tables?\b(?! (européenne|de codes postaux))", "tableau"),
}
"""Words to avoid, by language, and the word to use. The code lists of the EU and Eurostat are called `tables`."""

TEXTS = {".py", ".yaml", ".ttl", ".csv", ".rq", ".html"}
"""Endings of files with texts in three languages."""


@pytest.mark.parametrize("language", ONE_WORD)
def test_one_word_per_idea_in_every_language(language: str) -> None:
    unwanted, word = ONE_WORD[language]
    folders = ("datasets", "ontology", "shapes", "src/st_opendata", "services")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in TEXTS]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(unwanted, line, re.IGNORECASE)
    ]
    assert not found, f"write {word}"
