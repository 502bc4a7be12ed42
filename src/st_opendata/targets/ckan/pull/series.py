"""The series and the editions of a catalogue that st-opendata published, from its exact description."""

from __future__ import annotations

import filecmp
from collections.abc import Mapping, Sequence
from pathlib import Path

from st_opendata.catalogue.statements import Description, Yaml, read_description
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import TYPE, Statements, iris, text_of
from st_opendata.targets.ckan.pull.folder import DatasetFolder

_KEYS = ("publisher", "creator", "contactPoint", "accrualPeriodicity", "spatial", "temporal", "issued", "modified")
"""The keys of a series that the catalogue states where the series does not."""
_ORDERS = {"issued": "issued", "version": "version", "temporal": "temporal"}
_NOT_INHERITED = frozenset({
    *("issued", "modified", "identifier", "otherIdentifier", "versionNotes", "hasVersion", "isVersionOf"),
    *("inSeries", "links", "version", "temporal", "title"),
})  # fmt: skip
_OF_NEWEST = ("version", "temporal", "issued", "modified")
"""The keys that a dataset with editions takes from the newest one."""
_SERIES, _MEMBER, _NEWEST = expand("dcat:DatasetSeries"), expand("dcat:inSeries"), expand("dcat:hasCurrentVersion")


def series_of(graph: Statements, base: str) -> list[str]:
    """The IRIs of the series that catalogue.yaml describes: those of editions follow from the editions."""
    found = sorted(subject for subject, kind in graph.of(TYPE.value) if text_of(kind) == _SERIES)
    start = f"{base}series/"
    return [
        each
        for each in found
        if each.startswith(start) and not graph.values(f"{base}dataset/{each.removeprefix(start)}", _NEWEST)
    ]


def state_series(graph: Statements, base: str, catalogue: Description, datasets: Sequence[DatasetFolder]) -> None:
    """State several series, or one that not all datasets are in, in the catalogue, and in each dataset its own."""
    named = {series: series.rpartition("/")[2] for series in series_of(graph, base)}
    if not named:
        return
    of = {each.id: sorted(named[iri] for iri in _series_of(graph, base, each.id) if iri in named) for each in datasets}
    if len(named) == 1 and all(of.values()):
        return  # one series without a list has all datasets
    catalogue.values.pop("accrualPeriodicity", None)
    catalogue.values["series"] = [
        _series(graph, iri, name, catalogue, [each for each in datasets if name in of[each.id]])
        for iri, name in named.items()
    ]
    for each in datasets:
        if of[each.id]:
            each.description.values["inSeries"] = of[each.id]


def _series_of(graph: Statements, base: str, dataset: str) -> list[str]:
    return iris(graph.values(f"{base}dataset/{dataset}", _MEMBER))


def _series(graph: Statements, iri: str, name: str, catalogue: Description, members: Sequence[DatasetFolder]) -> Yaml:
    described = read_description(graph, iri, "und", {}).values
    found: Yaml = {"id": name} | {key: described[key] for key in ("title", "description") if key in described}
    if graph.values(iri, expand("dcat:first")):
        found["order"] = _order(members)
    own = {key: described[key] for key in _KEYS if key in described and described[key] != catalogue.values.get(key)}
    return found | own


def _order(members: Sequence[DatasetFolder]) -> str:
    """The key by which all members differ; if there is none, the order in catalogue.yaml, which is not known."""
    for key in _ORDERS:
        values = [str(each.description.values.get(key, "")) for each in members]
        if all(values) and len(set(values)) == len(values):
            return key
    return "datasets"


def restore_editions(graph: Statements, base: str, datasets: Sequence[DatasetFolder], folder: Path) -> None:
    """Make datasets that are the editions of another one its editions: they inherit from it, and have the data."""
    by_id = {each.id: each for each in datasets}
    for each in datasets:
        newest = [_id(iri, base) for iri in iris(graph.values(f"{base}dataset/{each.id}", _NEWEST))]
        ids = [_id(iri, base) for iri in iris(graph.values(f"{base}dataset/{each.id}", expand("dcat:hasVersion")))]
        editions = [by_id[id_] for id_ in ids if id_ in by_id]
        if not newest or newest[0] not in by_id or len(editions) != len(ids):
            continue
        if all(_inherits(one, each) for one in editions):
            _leave_data(each, by_id[newest[0]], folder)
            for one in editions:
                _make_edition(one, each)


def _id(iri: str, base: str) -> str:
    return iri.removeprefix(f"{base}dataset/")


def _inherits(edition: DatasetFolder, dataset: DatasetFolder) -> bool:
    """Whether the edition has all that it would inherit."""
    own = edition.description.values
    return all(key in own for key in dataset.description.values if key not in _NOT_INHERITED)


def _leave_data(dataset: DatasetFolder, newest: DatasetFolder, folder: Path) -> None:
    """Leave to the newest edition the files and the values that the dataset has from there."""
    values, own = dataset.description.values, newest.description.values
    values.pop("hasVersion", None)
    for key in _OF_NEWEST:
        if key in values and values[key] == own.get(key):
            del values[key]
    for key, name in (("tables", "url"), ("files", "path")):
        for entry in values.get(key, ()):
            mine, theirs = (folder / each.id / str(entry[name]) for each in (dataset, newest))
            if mine.is_file() and theirs.is_file() and filecmp.cmp(mine, theirs, shallow=False):
                mine.unlink()


def _make_edition(edition: DatasetFolder, dataset: DatasetFolder) -> None:
    values: Mapping[str, object] = dataset.description.values
    own = edition.description.values
    kept = {key: value for key, value in own.items() if key in _NOT_INHERITED or values.get(key) != value}
    kept.pop("isVersionOf", None)
    own.clear()
    own.update({"editionOf": dataset.id, **kept})
