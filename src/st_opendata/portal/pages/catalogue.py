"""The page of all datasets: search, facets, order and paging; each state has its own address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request

from st_opendata.model.text import Text, pick
from st_opendata.portal.api.schema_org import catalogue_json, data_block
from st_opendata.portal.api.signposting import catalogue_links
from st_opendata.portal.data.description_file import describe_release
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.facets import FACETS
from st_opendata.portal.data.inventory import ORDERS, Inventory, Order, SearchResult, take_inventory
from st_opendata.portal.data.names import ThingName, ThingNames
from st_opendata.portal.data.search import words_of_query
from st_opendata.portal.rendering import PageView
from st_opendata.portal.requests import base_url, edition_of, language_of, page_url, whole_number
from st_opendata.portal.wording import alphabetical

PAGE_SIZE = 20
_VISIBLE_VALUES = 8
"""The number of a facet's values that are visible before the visitor opens the rest."""
_LONGEST_QUERY = 200
_THINGS = 8
"""The most things that a search lists in addition to datasets."""


@dataclass(frozen=True, slots=True)
class SearchState:
    """The visitor's search, read from the address of the page."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] | None = None
    order: Order | None = None
    page: int = 1

    @classmethod
    def of(cls, request: Request, inventory: Inventory) -> SearchState:
        """The state in an address; unknown parameters are ignored."""
        query = request.query_params
        words = " ".join("".join(each if each.isprintable() else " " for each in query.get("q", "")).split())
        chosen = {name: inventory.facets.known(name, query.getlist(name)) for name in FACETS}
        order = next((each for each in ORDERS if each == query.get("sort")), None)
        number = whole_number(query.get("page"), 1, 1_000_000, otherwise=1)
        return cls(words[:_LONGEST_QUERY], {name: keys for name, keys in chosen.items() if keys}, order, number)

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the chosen values by facet."""
        return self.chosen or {}

    @property
    def effective_order(self) -> Order:
        """The requested order; by default the best match first if there are words, else by title."""
        return self.order or ("relevance" if self.words else "title")

    def query(self) -> dict[str, Any]:
        """As parameters of an address."""
        page_number = self.page if self.page > 1 else None
        return {"q": self.words, **self.facets, "sort": self.order, "page": page_number}

    def toggle(self, facet: str, key: str) -> SearchState:
        """The state with this value selected, or deselected if it was selected."""
        keys = self.facets.get(facet, ())
        changed = tuple(each for each in keys if each != key) if key in keys else (*keys, key)
        others = {name: each for name, each in self.facets.items() if name != facet}
        return replace(self, chosen={**others, **({facet: changed} if changed else {})}, page=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet as a link: its label, its number of datasets, whether it is selected, and its address."""

    label: Text
    count: int
    chosen: bool
    address: str


def show_catalogue(request: Request) -> PageView:
    """The page of the datasets that the address selects."""
    edition, language = edition_of(request), language_of(request)
    inventory = edition.part(take_inventory)
    state = SearchState.of(request, inventory)
    found = inventory.find(state.words, state.facets, state.effective_order, language)
    pages = max(1, -(-len(found.datasets) // PAGE_SIZE))
    state = replace(state, page=min(state.page, pages))
    first = (state.page - 1) * PAGE_SIZE
    datasets = found.datasets[first : first + PAGE_SIZE]

    def address(changed: SearchState) -> str:
        return page_url(language, **changed.query())

    values = {
        "state": state,
        "about": edition.part(describe_release).about,
        "total": len(inventory.datasets),
        "found": found.datasets,
        "datasets": datasets,
        "first": first + 1,
        "pages": pages,
        "things": _things(edition, state, language),
        "facets": {
            name: choices
            for name in FACETS
            if _narrow(choices := _choices(name, inventory, found, state, language), len(found.datasets))
        },
        "visible_values": _VISIBLE_VALUES,
        "orders": {
            each: address(replace(state, order=each, page=1)) for each in ORDERS if state.words or each != "relevance"
        },
        "page_address": lambda number: address(replace(state, page=number)),
        "without_words": address(replace(state, words="", page=1)),
        "described": data_block(catalogue_json(edition.release, datasets, base_url(request), language)),
        "suggestion": found.suggestion,
        "suggested": address(replace(state, words=found.suggestion or "", page=1)),
    }
    return PageView(values, headers={"Link": catalogue_links(request)})


def _things(edition: Edition, state: SearchState, language: str) -> list[ThingName]:
    """Things whose names have the words of the search, so that visitors find the page of a partner."""
    words = words_of_query(state.words)
    if not words or state.page > 1:
        return []
    names = ThingNames(edition, language)
    iris = [term[1:-1] for term in edition.index.called(words, _THINGS)]
    names.learn(iris)
    return [named for named in map(names.of, iris) if named.href]


def _choices(name: str, inventory: Inventory, found: SearchResult, state: SearchState, language: str) -> list[Choice]:
    """The values of a facet that have a dataset or are selected: the selected ones first, then those with most."""
    keys = state.facets.get(name, ())
    choices = [
        Choice(value.label, count, key in keys, page_url(language, **state.toggle(name, key).query()))
        for key, value in inventory.facets.values[name].items()
        if (count := found.counts[name][key]) or key in keys
    ]
    return sorted(choices, key=lambda each: (not each.chosen, -each.count, alphabetical(pick(each.label, language))))


def _narrow(choices: Iterable[Choice], found: int) -> bool:
    """Whether there is a choice: a value that only some of the results have, or a selected one."""
    return any(each.chosen or each.count < found for each in choices)
