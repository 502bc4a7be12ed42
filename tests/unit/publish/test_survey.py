"""Reading the search of a portal page by page."""

from __future__ import annotations

from typing import Any, cast

import pytest

from st_opendata.publish.client import CkanClient
from st_opendata.publish.preflight import Portal
from st_opendata.publish.survey import Surveyor

PORTAL = Portal("https://p.example", "2.12.0", frozenset(), "editor", "city", "0b5e", "en", {})


class Search:
    """A portal that gives at most so many rows in one answer (ckan.search.rows_max), whatever it is asked for."""

    def __init__(self, datasets: int, rows_max: int) -> None:
        self.names = [f"d{number}" for number in range(datasets)]
        self.rows_max = rows_max
        self.asked = 0

    def read(self, _action: str, question: dict[str, Any]) -> dict[str, Any]:
        self.asked += 1
        start, rows = question["start"], min(question["rows"], self.rows_max)
        return {"count": len(self.names), "results": [{"name": name} for name in self.names[start : start + rows]]}


@pytest.mark.parametrize(
    ("datasets", "rows_max", "asked"), [(0, 1000, 1), (1000, 1000, 1), (1001, 1000, 2), (1000, 300, 4)]
)
def test_every_dataset_is_listed_once(datasets: int, rows_max: int, asked: int) -> None:
    search = Search(datasets, rows_max)
    surveyor = Surveyor(cast(CkanClient, search), PORTAL, {})
    assert [each["name"] for each in surveyor.listed()] == search.names
    assert search.asked == asked
