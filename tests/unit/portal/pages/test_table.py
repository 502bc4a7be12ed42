"""The page of a table: sorted, filtered, a page at a time; and rows that break pages."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from starlette.testclient import TestClient

from st_opendata.errors import InputError
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.rows import Filter, RowQuery, RowReader, RowsError, open_rows
from st_opendata.sql.engine import SqlError

CITIES = "/en/dataset/places/table/cities"
FILE = "places/cities.parquet"


def first_cells(text: str) -> list[str]:
    rows = re.findall(r"<tr[^>]*>\s*<th[^>]*>[\d,.\s]*</th>\s*<td[^>]*>(.*?)</td>", text, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", row)) for row in rows]


def count(text: str) -> str:
    found = re.search(r'role="status">(.*?)</p>', text)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def rows(edition: Edition) -> RowReader:
    return edition.part(open_rows)


def test_the_first_page(client: TestClient) -> None:
    page = client.get(CITIES)
    assert page.status_code == 200
    assert first_cells(page.text)[:3] == ["lyon", "wien", "nowhere"]
    assert count(page.text) == "Rows 1 to 25 of 203"


@pytest.mark.parametrize(
    ("query", "cells"),
    [
        ("sort=-inhabitants", ["wien", "lyon", "c199"]),
        ("sort=id", ["c000", "c001", "c002"]),
        ("has.name=VILLE+E+19", ["c019", "c190", "c191"]),
        ("has.name=lyon", ["lyon"]),
        ("is.id=wien", ["wien"]),
        ("from.inhabitants=199&sort=inhabitants", ["c199", "lyon", "wien"]),
        ("from.lat=45.76&to.lat=45.76", ["lyon"]),
        ("to.founded=1500-01-01", ["wien"]),
        ("is.founded=1790-02-14", ["lyon"]),
        ("empty.name=1", ["nowhere"]),
        ("has.tags=hill", ["lyon"]),
        ("page=9&size=25", ["c197", "c198", "c199"]),
    ],
)
def test_states(client: TestClient, query: str, cells: list[str]) -> None:
    assert first_cells(client.get(f"{CITIES}?{query}").text)[:3] == cells


def test_empty_cells_come_last_whichever_way(client: TestClient) -> None:
    for order in ("inhabitants", "-inhabitants"):
        assert first_cells(client.get(f"{CITIES}?sort={order}&size=100&page=3").text)[-1] == "nowhere"


def test_every_link_of_a_state_works(client: TestClient) -> None:
    text = client.get(f"{CITIES}?has.name=ville&from.inhabitants=10&sort=-name&page=2").text
    addresses = {unescape(each) for each in re.findall(r'href="(/en/dataset/[^"]*)"', text)}
    assert len(addresses) > 15
    for address in addresses:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    "query",
    [
        "from.inhabitants=many", "is.founded=2020-13-45", "to.lat=%00",
        "is.inhabitants=99999999999999999999999999999999",
        "from.lat=1e999", "is.founded=%F0%9F%98%80",
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_told(client: TestClient, query: str) -> None:
    refused = client.get(f"{CITIES}?{query}")
    assert refused.status_code == 400
    assert "does not fit its type" in refused.text


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    "query",
    [
        "sort=unknown", "sort=", "sort=-", "sort=--id", 'sort=id"', "sort=id;drop", "page=0", "page=-5", "page=1e3",
        "page=99999999999999999999999", "page=100000", "size=0", "size=1000000", "size=x", "has.unknown=1", "has.=1",
        "has.name=%00", "has.name=%25%27%22--", "has.name=" + "x" * 9000, "is.name='; DROP TABLE x; --", "zzz",
        "has.name=%FF", "empty.name=", "from.name=1", "%00=%00", "has.name=a&has.name=b", "page=٣",
    ],
)  # fmt: skip
def test_odd_addresses_give_a_page(client: TestClient, query: str) -> None:
    assert client.get(f"{CITIES}?{query}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/en/dataset/places/table/unknown", "/en/dataset/unknown/table/cities",
        "/en/dataset/places/table/..%2F..%2Frelease", "/xx/dataset/places/table/cities", "/en/dataset/places/table/%00",
    ],
)  # fmt: skip
def test_other_tables_are_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_text_is_shown_and_never_read_as_markup(client: TestClient) -> None:
    text = client.get("/en/dataset/texts/table/cells?size=100").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert 'href="javascript:' not in text
    assert "javascript:alert(7)" in text
    assert 'href="https://example.org/ok"' not in text or "javascript" in text
    assert "x" * 1000 + "…" in text
    assert "x" * 1001 not in text


@pytest.mark.slow
def test_a_question_that_takes_too_long_is_interrupted(rows: RowReader, tmp_path: Path) -> None:
    """A separate file, large enough that sorting it takes longer than the limit set here."""
    duckdb.sql(f"COPY (SELECT md5(range::VARCHAR) AS x FROM range(3000000)) TO '{tmp_path}/many.parquet'")
    slow = replace(_rows_of(tmp_path), seconds=0.02)
    try:
        with pytest.raises(RowsError) as error:
            slow.ask("many.parquet", RowQuery((Filter("x", "contains", "zzz"),), sort="x", offset=1_000_000))
        assert error.value.reason == "slow"
        # The next question is answered as ever.
        assert replace(slow, seconds=60).ask("many.parquet", RowQuery(limit=1)).total == 3_000_000
    finally:
        slow.close()


def _rows_of(folder: Path) -> RowReader:
    return open_rows(SimpleNamespace(folder=folder, path=folder.joinpath))  # type: ignore[arg-type]


def test_no_more_than_some_questions_at_once(rows: RowReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("st_opendata.portal.data.rows._WAIT", 0.01)
    taken = 0
    while rows._turns.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(RowsError) as error:
            rows.ask(FILE, RowQuery())
        assert error.value.reason == "busy"
    finally:
        for _ in range(taken):
            rows._turns.release()
    assert rows.ask(FILE, RowQuery()).total == 203


def test_a_long_queue_is_not_made_longer(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("st_opendata.portal.pages.table._MOST_WAITING", -1)
    refused = client.get(CITIES.replace("/en/", "/de/"))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Zu viele Besucher rufen gerade Zeilen ab." in refused.text
    assert client.get("/en/").status_code == 200


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "ATTACH '/tmp/x.db'",
    ],
)
def test_the_engine_reaches_nothing_else(rows: RowReader, statement: str) -> None:
    with pytest.raises(SqlError):
        rows.database.session().rows(statement)


def test_columns_are_quoted(edition: Edition, tmp_path: Path) -> None:
    duckdb.sql(f"""COPY (SELECT 1 AS "a""b; DROP", 'x' AS "select") TO '{tmp_path}/odd.parquet'""")
    odd = _rows_of(tmp_path)
    try:
        question = RowQuery((Filter('a"b; DROP', "equals", "1"), Filter("select", "contains", "X")), sort="select")
        assert odd.ask("odd.parquet", question).rows == [("1", "x")]
        with pytest.raises(KeyError):
            odd.ask("odd.parquet", RowQuery(sort="unknown"))
    finally:
        odd.close()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nothing")
    bad = _rows_of(tmp_path)
    try:
        with pytest.raises(InputError, match="cannot be read"):
            bad.ask("bad.parquet", RowQuery())
    finally:
        bad.close()
