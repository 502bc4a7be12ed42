"""The properties of a site, and every dataset that its search lists, page by page."""

from __future__ import annotations

from typing import Any, cast

import pytest

from st_opendata.errors import RemoteError
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fingerprint import Fingerprint, extras_with
from st_opendata.targets.ckan.pull.listing import list_organization
from st_opendata.targets.ckan.site import read_site, search_agrees, search_datasets


class Client:
    """Answers with prepared results, by action; its search gives at most this many rows."""

    url = "https://p.example"

    def __init__(self, datasets: list[dict[str, Any]], rows_max: int = 1000, **answers: Any) -> None:
        self.datasets, self.rows_max, self.answers = datasets, rows_max, answers
        self.asked: list[dict[str, Any]] = []

    def read(self, action: str, question: dict[str, Any] | None = None) -> Any:
        if action != "package_search":
            return self.answers[action]
        assert question
        self.asked.append(question)
        start, rows = question.get("start", 0), min(question.get("rows", 10), self.rows_max)
        return {"count": self.answers.get("count", len(self.datasets)), "results": self.datasets[start : start + rows]}


def client(*datasets: dict[str, Any], **settings: Any) -> Any:
    return cast(CkanClient, Client(list(datasets), **settings))


STATUS = {
    "ckan_version": "2.11.3",
    "locale_default": "fr_FR",
    "site_url": "https://own.example/",
    "extensions": ["dcat"],
}


def test_a_site_says_what_it_is() -> None:
    site = read_site(client(status_show=STATUS))
    assert (site.url, site.own_url, site.version) == ("https://p.example", "https://own.example", "2.11.3")
    assert (site.language, site.plugins, site.organization) == ("fr", frozenset({"dcat"}), "")
    bare = read_site(client(status_show={"ckan_version": "2.9"}))
    assert (bare.own_url, bare.language) == ("https://p.example", "en")


@pytest.mark.parametrize("status", [None, [], "CKAN", {"version": 1}])
def test_what_states_no_version_is_no_ckan(status: object) -> None:
    with pytest.raises(RemoteError, match="not a CKAN"):
        read_site(client(status_show=status))


@pytest.mark.parametrize(("number", "rows_max", "asked"), [(0, 1000, 1), (250, 1000, 1), (251, 1000, 2), (250, 100, 3)])
def test_pages_follow_what_a_site_gives(number: int, rows_max: int, asked: int) -> None:
    datasets = [{"name": f"d{each}"} for each in range(number)]
    searched = client(*datasets, rows_max=rows_max)
    assert list(search_datasets(searched, "town", 250, include_private=True)) == datasets
    assert len(searched.asked) == asked
    assert all(each["fq"] == 'organization:"town"' and each["include_private"] for each in searched.asked)


def test_search_agrees_where_only_the_date_differs() -> None:
    fingerprint = Fingerprint("https://example.org/", "d", "c", ("title",), ())
    there = {"id": "p", "title": "A", "state": "active", "resources": [], "extras": extras_with([], None, fingerprint)}
    assert search_agrees(client({**there, "metadata_modified": "2026"}), there)
    assert not search_agrees(client({**there, "title": "B"}), there)
    assert not search_agrees(client(), there)
    assert not search_agrees(client(there, there), there)


def test_a_list_without_end_is_given_up() -> None:
    class Endless(Client):
        def read(self, action: str, question: dict[str, Any] | None = None) -> Any:
            if action == "package_search":
                return {"count": 10**9, "results": [{"id": "same", "name": "same", "resources": []}] * 250}
            return super().read(action, question)

    endless = Endless([], status_show=STATUS, organization_show={"name": "town"})
    with pytest.raises(RemoteError, match="more than 50,000 datasets, too many for a catalogue"):
        list_organization(cast(CkanClient, endless), "town", private=False)
