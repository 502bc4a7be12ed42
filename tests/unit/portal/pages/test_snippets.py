"""The programs of a page run unchanged: each loads the rows that the table has."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from st_opendata.portal.data.columns import PublishedTable, tables_of
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.pages.snippets import Snippet, snippets_of


@pytest.fixture(scope="module")
def address(release: Path, serve: Callable[..., Any]) -> Iterator[str]:
    """Of a portal that other programs reach."""
    with serve(release) as served:
        yield served.url


@pytest.fixture(scope="module")
def table(edition: Edition) -> PublishedTable:
    [table] = tables_of(edition, edition.datasets["places"])
    return table


@pytest.fixture(scope="module")
def snippets(table: PublishedTable, address: str) -> dict[str, Snippet]:
    return {each.label: each for each in snippets_of(table, address)}


def run(program: list[str], text: str, folder: Path) -> str:
    done = subprocess.run([*program, text], cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_there_is_one_for_each_tool(snippets: dict[str, Snippet]) -> None:
    assert list(snippets) == ["pandas", "polars", "DuckDB", "R", "curl"]


@pytest.mark.parametrize(
    ("label", "module", "shown"),
    [("pandas", "pandas", "[203 rows x 8 columns]"), ("polars", "polars", "(203, 8)"), ("DuckDB", "duckdb", "Vienna")],
)
def test_python(
    snippets: dict[str, Snippet], tmp_path: Path, label: str, module: str, shown: str, read_with: Callable[[str], Any]
) -> None:
    read_with(module)
    assert shown in run([sys.executable, "-W", "error::FutureWarning", "-c"], snippets[label].text, tmp_path)


def test_curl(snippets: dict[str, Snippet], tmp_path: Path) -> None:
    for program in ("curl", "sha256sum"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    assert "cities.csv: OK" in run(["sh", "-ec"], snippets["curl"].text, tmp_path)
    assert "Vienna" in (tmp_path / "cities.csv").read_text("utf-8")


def test_r(snippets: dict[str, Snippet], tmp_path: Path) -> None:
    if not shutil.which("Rscript"):
        pytest.skip("there is no Rscript on the path")
    assert "Vienna" in run(["Rscript", "-e"], snippets["R"].text, tmp_path)


def test_names_and_addresses_cannot_end_a_text(table: PublishedTable) -> None:
    from dataclasses import replace

    from st_opendata.model.release import File

    odd = """a"'`$(touch x)\\ é.csv"""
    files = tuple(replace(each, file=File(f"x/{odd}", 1, "0" * 64)) for each in table.files)
    for snippet in snippets_of(replace(table, name="class", files=files), "https://example.org"):
        assert "$(touch" not in snippet.text or "'" in snippet.text
        if snippet.language == "python":
            with contextlib.redirect_stdout(io.StringIO()):
                compile(snippet.text, "snippet", "exec")
