"""All datasets of an edition with their facets and their search index; made once for each edition."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from st_opendata.model.text import Text, pick
from st_opendata.portal.data.columns import tables_of
from st_opendata.portal.data.description_file import describe
from st_opendata.portal.data.descriptions import DatasetDescription
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.facets import Chosen, Facets
from st_opendata.portal.data.search import VERSION, SearchDocument, SearchIndex, words_of_query, write_search
from st_opendata.portal.wording import alphabetical

Order = Literal["relevance", "title", "newest"]
ORDERS: tuple[Order, ...] = ("relevance", "title", "newest")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Datasets in the requested order, and the number of datasets with each value of a facet: counts by key."""

    datasets: tuple[DatasetDescription, ...]
    counts: dict[str, dict[str, int]]
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class Inventory:
    """The datasets by number, the index of their words, which the first search may have to make, and their facets."""

    datasets: tuple[DatasetDescription, ...]
    index: Callable[[], SearchIndex]
    facets: Facets
    _orders: dict[tuple[Order, str], list[int]] = field(default_factory=dict)
    """The numbers of all datasets in an order and a language, from the first request for it."""

    def find(self, words: str, chosen: Chosen, order: Order, language: str) -> SearchResult:
        """The datasets with all these words and one of the chosen values of each facet.

        Counts of a facet's values ignore the chosen values of the same facet: they are the datasets with each value.
        """
        ranked = self.index().search(words) if words_of_query(words) else None
        found = self.facets.matching(ranked, chosen)
        listed = ranked if ranked is not None and order == "relevance" else self._ordered(order, language)
        flags = f"{found:0{len(self.datasets)}b}"[::-1]
        counts = {}
        for name, values in self.facets.values.items():
            others = self.facets.matching(ranked, chosen, without=name)
            counts[name] = {key: (value.members & others).bit_count() for key, value in values.items()}
        suggestion = self.index().suggest(words) if ranked == [] else None
        datasets = tuple(self.datasets[number] for number in listed if flags[number] == "1")
        return SearchResult(datasets, counts, suggestion)

    def _ordered(self, order: Order, language: str) -> list[int]:
        """The numbers of all datasets in this order; that of the catalogue stands for `relevance`."""
        numbers = self._orders.get((order, language))
        if numbers is None:
            numbers = list(range(len(self.datasets)))
            if order != "relevance":
                numbers.sort(key=lambda each: self._by_title(each, language))
            if order == "newest":
                numbers.sort(key=lambda each: self.datasets[each].modified or self.datasets[each].issued, reverse=True)
            self._orders[order, language] = numbers
        return numbers

    def _by_title(self, number: int, language: str) -> tuple[tuple[str, str], str]:
        dataset = self.datasets[number]
        return alphabetical(pick(dataset.title, language)), dataset.id


def take_inventory(edition: Edition) -> Inventory:
    """The inventory of an edition; a part of it (`Edition.part`)."""
    datasets = tuple(describe(edition).values())
    return Inventory(datasets, lambda: edition.part(open_search), Facets(datasets))


def open_search(edition: Edition) -> SearchIndex:
    """The search index of an edition; a part of it. That of a large release is kept for later starts."""

    def documents() -> Iterator[SearchDocument]:
        return (_document(edition, dataset) for dataset in describe(edition).values())

    if edition.cache:
        with suppress(OSError, sqlite3.Error):  # the disk is full
            path = edition.cache.keep("search", VERSION, lambda path: write_search(path, documents()))
            return SearchIndex.read(path)
    return SearchIndex.of(documents())


def _document(edition: Edition, dataset: DatasetDescription) -> SearchDocument:
    tables = tables_of(edition, dataset.release)
    columns = [column for table in tables for column in table.columns]
    texts: list[Text] = [*(table.title for table in tables), *(column.title for column in columns)]
    return SearchDocument(
        title=_joined([dataset.title, {"und": dataset.id}]),
        keywords=" ".join(word for words in dataset.keywords.values() for word in words),
        description=_joined([dataset.description, *(theme.label for theme in dataset.themes)]),
        columns=" ".join(dict.fromkeys((_joined(texts), *(column.name for column in columns)))),
    )


def _joined(texts: Iterable[Text]) -> str:
    return " ".join(dict.fromkeys(value for text in texts for value in text.values()))
