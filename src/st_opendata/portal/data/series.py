"""The order of datasets that belong together, from the statements of a catalogue: editions, and members of series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Statements, iris

Ids = Mapping[str, str]
"""The ids of the datasets of a release, by their IRIs."""


def editions_of(statements: Statements, dataset: str, ids: Ids) -> tuple[str, ...]:
    """The ids of the editions of the dataset with this IRI, the current one first, then the later ones first."""
    current = _datasets(statements, dataset, "dcat:hasCurrentVersion", ids)
    if not current:  # dcat:hasVersion without it is a relation that a publisher states
        return ()
    editions = _datasets(statements, dataset, "dcat:hasVersion", ids)
    ordered = _in_order(statements, editions, ("dcat:previousVersion", "dcat:prev")) or editions
    found = dict.fromkeys((*current, *reversed(ordered)))
    return tuple(ids[each] for each in found)


def members_by_series(statements: Statements, ids: Ids) -> dict[str, tuple[tuple[str, ...], bool]]:
    """By the IRI of each series, the ids of its members, and whether they are in its order, which few series have."""
    found: dict[str, list[str]] = {}
    for iri in ids:
        for series in iris(statements.values(iri, expand("dcat:inSeries"))):
            found.setdefault(series, []).append(iri)
    return {series: _members(statements, series, members, ids) for series, members in found.items()}


def _members(statements: Statements, series: str, members: list[str], ids: Ids) -> tuple[tuple[str, ...], bool]:
    first = iris(statements.values(series, expand("dcat:first")))
    ordered = _in_order(statements, members, ("dcat:prev",)) if first else None
    return tuple(ids[each] for each in ordered or members), ordered is not None


def _datasets(statements: Statements, dataset: str, name: str, ids: Ids) -> list[str]:
    return [iri for iri in iris(statements.values(dataset, expand(name))) if iri in ids]


def _in_order(statements: Statements, datasets: Sequence[str], names: Sequence[str]) -> list[str] | None:
    """The datasets, each after those that these properties of it name.

    None if they contradict each other: dcat:prev does not name its series, and two series can have opposite orders.
    """
    among = set(datasets)
    before = {
        each: among.intersection(iri for name in names for iri in iris(statements.values(each, expand(name))))
        for each in datasets
    }
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError:
        return None
