"""Facets: the values by which visitors select datasets, the number of datasets of each, and the selected values.

A set of datasets is a whole number with a bit for each: the intersection of two is one operation for any size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from st_opendata.model.text import Text
from st_opendata.portal.data.descriptions import DatasetDescription, Entity

FACETS: Mapping[str, Callable[[DatasetDescription], Iterable[Entity]]] = {
    "theme": lambda dataset: dataset.themes,
    "publisher": lambda dataset: filter(None, [dataset.publisher]),
    "place": lambda dataset: dataset.places,
    "format": lambda dataset: (Entity(label, {"und": label}) for label in dataset.formats),
    "year": lambda dataset: (Entity(str(year), {"und": str(year)}) for year in dataset.years),
    "licence": lambda dataset: filter(None, [dataset.licence]),
}
"""The properties of each facet, by the facet's name in addresses."""
Chosen = Mapping[str, Collection[str]]
"""Keys of values by facet."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet: its key in addresses, its label, and the set of its datasets."""

    key: str
    label: Text
    members: int


class Facets:
    """The facets of some datasets; sets refer to a dataset by its position in `datasets`."""

    def __init__(self, datasets: Sequence[DatasetDescription]) -> None:
        self._all = (1 << len(datasets)) - 1
        self.values = {name: _values(name, datasets) for name in FACETS}

    def matching(self, among: Iterable[int] | None, chosen: Chosen, *, without: str | None = None) -> int:
        """The set of datasets that have one of the chosen values of each facet, ignoring the facet `without`."""
        found = self._all if among is None else members(among)
        for name, keys in chosen.items():
            if name != without:
                found &= self._any(name, keys)
        return found

    def _any(self, name: str, keys: Collection[str]) -> int:
        found = 0
        for key in keys:
            if value := self.values[name].get(key):
                found |= value.members
        return found

    def known(self, name: str, keys: Iterable[str]) -> tuple[str, ...]:
        """The keys that the facet has, each once."""
        return tuple(key for key in dict.fromkeys(keys) if key in self.values[name])


def members(numbers: Iterable[int]) -> int:
    """The set of these numbers."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def _values(name: str, datasets: Sequence[DatasetDescription]) -> dict[str, FacetValue]:
    named: dict[str, Entity] = {}
    sets: dict[str, int] = {}
    for number, dataset in enumerate(datasets):
        for each in FACETS[name](dataset):
            named.setdefault(each.iri, each)
            sets[each.iri] = sets.get(each.iri, 0) | 1 << number
    uses = Counter(each.key for each in named.values())
    return {
        key: FacetValue(key, each.label, sets[each.iri])
        for each in named.values()
        for key in [each.key if each.key and uses[each.key] == 1 else each.iri]
    }
