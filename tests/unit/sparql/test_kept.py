"""A query on a large release uses what the user's cache keeps of it, and answers as on a loaded one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import Message
from st_opendata.sparql.kept import STEPS
from st_opendata.sparql.query import ResultTable, answer
from st_opendata.sparql.text import Query
from st_opendata.system.cache import cache_folder

COUNTS = Query("SELECT ?kind (COUNT(*) AS ?n) { ?s a ?kind } GROUP BY ?kind ORDER BY ?kind")
QUERIES = (
    COUNTS,
    Query("SELECT * { ?s ?p 7 } ORDER BY ?s"),
    Query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"),
    Query("ASK { <http://e/nothing> ?p ?o }"),
    Query("SELECT * { <http://e/thing/7> ?p ?o } ORDER BY ?p"),
)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Lets any release count as large, and the cache be empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for module in ("kept", "workers.columns"):
        monkeypatch.setattr(f"st_opendata.sparql.{module}.LEAST_TRIPLES", 1)


def ask(folder: Path, query: Query = COUNTS) -> tuple[ResultTable | bytes, list[Message]]:
    steps = list[Message]()
    return answer(folder, query, None, on_step=steps.append), steps


def test_a_small_release_leaves_nothing(things: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert ask(things)[1] == []
    assert not cache_folder("stores").exists()


@pytest.mark.usefixtures("large")
def test_the_first_query_makes_what_later_ones_use(things: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, steps = ask(things)
    assert steps == [STEPS["store"], STEPS["columns"]]
    assert {path.name.split(".")[1].partition("-")[0] for path in cache_folder("stores").iterdir()} == {
        "lock",
        "store",
        "columns",
    }
    kept = [ask(things, query) for query in QUERIES]
    assert kept[0] == (first, [])
    monkeypatch.setattr("st_opendata.sparql.kept.LEAST_TRIPLES", 10**9)
    assert [ask(things, query) for query in QUERIES] == kept


@pytest.mark.slow
@pytest.mark.usefixtures("large")
def test_the_store_is_filled_for_the_first_query_that_needs_it(
    things: Path, add_facts: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = add_facts(shutil.copytree(things, tmp_path / "release"))
    asked = [ask(folder, query) for query in (*QUERIES, *QUERIES)]
    assert [step for _, told in asked for step in told] == [STEPS["columns"], STEPS["store"]]
    monkeypatch.setattr("st_opendata.sparql.kept.LEAST_TRIPLES", 10**9)
    assert [found for found, _ in asked] == [ask(folder, query)[0] for query in (*QUERIES, *QUERIES)]


@pytest.mark.usefixtures("large")
def test_a_wrong_query_is_refused_before_anything_is_filled(
    things: Path, add_facts: Callable[[Path], Path], tmp_path: Path
) -> None:
    folder = add_facts(shutil.copytree(things, tmp_path / "release"))
    with pytest.raises(UsageError, match="expected"):
        ask(folder, Query("ASK { ?s ?p }"))
    assert not list(cache_folder("stores").glob("*.store-*"))


@pytest.mark.usefixtures("large")
def test_a_changed_file_makes_nothing(things: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(things, tmp_path / "changed")
    with (changed / "catalog.ttl").open("a") as file:
        file.write("\n")
    with pytest.raises(InputError, match=r"catalog\.ttl is not the file that the release lists"):
        ask(changed)


@pytest.mark.slow
@pytest.mark.usefixtures("large")
def test_without_a_cache_each_query_loads(things: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    found, steps = ask(things)
    assert steps == [STEPS["unkept"]]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert ask(things)[0] == found


@pytest.mark.slow
@pytest.mark.usefixtures("large")
def test_a_new_release_in_the_folder_replaces_it(
    things: Path, write_release: Callable[..., Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(things, tmp_path / "release")
    ask(folder)
    shutil.rmtree(folder)
    write_release(
        folder, {"http://e/d": "<http://e/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/Other> .\n"}
    )
    found, steps = ask(folder)
    assert isinstance(found, ResultTable)
    assert ("<http://e/Other>", '"1"^^<http://www.w3.org/2001/XMLSchema#integer>') in found.rows
    assert steps == [STEPS["store"], STEPS["columns"]]
    assert len(list(cache_folder("stores").glob("*.lock"))) == 1
