"""Every query in datasets/questions has an answer in the release of the real catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUERIES = sorted((ROOT / "datasets" / "questions").glob("*.rq"))


@pytest.mark.quick(3)
@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_query_has_rows(query: Path, release: Path, run: Callable[[Sequence[str]], tuple[int, str]]) -> None:
    code, shown = run(["query", str(release), f"@{query}", "--format", "json"])
    assert code == 0, shown
    assert json.loads(shown)["results"]["bindings"], f"{query.name} finds nothing"


def test_there_are_queries_and_each_says_its_question() -> None:
    assert QUERIES
    for query in QUERIES:
        assert query.read_text("utf-8").startswith("# "), f"{query.name} starts with a comment: the question it answers"
