"""The W3C's tests of SPARQL 1.1 results as CSV; a store of values writes 1.0E6 as 1000000."""

from __future__ import annotations

import csv
import os
from collections import Counter
from io import StringIO
from pathlib import Path

import pyoxigraph as ox
import pytest

from st_opendata.sparql.query import ask
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sparql.text import Query

ROOT = Path(os.environ.get("ST_SHARED", Path(__file__).resolve().parents[3] / "shared"))
SUITE = ROOT / "conformance" / "sparql11" / "csv-tsv-res"


def rows(text: str) -> Counter[tuple[str, ...]]:
    """The rows, blank nodes without their names."""
    table = csv.reader(StringIO(text.replace("1.0E6", "1000000"), newline=""))
    return Counter(tuple("_:" if cell.startswith("_:") else cell for cell in row) for row in table)


@pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C's tests are not here")
@pytest.mark.parametrize(
    ("query", "data", "result"),
    [
        ("csvtsv01.rq", "data.ttl", "csvtsv01.csv"),
        ("csvtsv02.rq", "data.ttl", "csvtsv02.csv"),
        ("csvtsv01.rq", "data2.ttl", "csvtsv03.csv"),
    ],
)
def test_csv(query: str, data: str, result: str) -> None:
    store = ox.Store()
    store.bulk_load(path=str(SUITE / data), format=ox.RdfFormat.TURTLE)
    table = ask(ReleaseStore(store), Query((SUITE / query).read_text("utf-8")), "csv")
    assert isinstance(table, bytes)
    assert rows(table.decode()) == rows((SUITE / result).read_text("utf-8"))
