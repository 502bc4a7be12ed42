"""The series of a catalogue: those that catalogue.yaml describes, and one for the editions of a dataset by period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from st_opendata.catalogue.editions import period_span, version_numbers
from st_opendata.documents import Document, Problems
from st_opendata.messages.message import message
from st_opendata.model.coverage import Period
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.series import Series
from st_opendata.spelling import hint

_KEY = "inSeries"
_ORDERS: Mapping[str, Callable[[Dataset], Any]] = {
    "issued": lambda dataset: dataset.issued,
    "temporal": lambda dataset: period_span(dataset.temporal) if dataset.temporal else None,
    "version": lambda dataset: version_numbers(dataset.version),
}
"""The order of the members of a series, by the value of its key `order`."""


def with_series(catalogue: Catalogue, listing: Document, documents: Mapping[str, Document]) -> Catalogue:
    """The catalogue with the members of its series, and the series of editions; `documents` are those of the datasets.

    Raises:
        ConfigurationError: a series has no members or no order, or a dataset names a series that does not exist.
    """
    whole = isinstance(listing.data, dict) and isinstance(listing.data.get("series"), dict)
    members = _members(catalogue, documents, whole=whole)
    series = tuple(_filled(each, members[each.id], documents) for each in catalogue.series)
    datasets = {each.id: each for each in catalogue.datasets}
    own = tuple(
        _of_editions(each, [datasets[name] for name in each.editions.ids])
        for each in catalogue.datasets
        if each.editions and each.editions.by_period
    )
    _check(series, own, listing)
    return catalogue.model_copy(update={"series": (*series, *own)})


def _members(catalogue: Catalogue, documents: Mapping[str, Document], *, whole: bool) -> dict[str, list[Dataset]]:
    """The datasets of each series; if the catalogue has only one, written without a list, all that name no series."""
    found: dict[str, list[Dataset]] = {each.id: [] for each in catalogue.series}
    for dataset in catalogue.datasets:
        named = dataset.in_series
        for number, name in enumerate((tuple(found) if whole else ()) if named is None else dict.fromkeys(named)):
            if name in found:
                found[name].append(dataset)
                continue
            problems = Problems(documents[dataset.id])
            unknown = message('catalogue.yaml has no series "{name}"{hint}', name=name, hint=hint(name, found))
            problems.add((_KEY, number), unknown)
            problems.raise_any()
    return found


def _filled(series: Series, members: Sequence[Dataset], documents: Mapping[str, Document]) -> Series:
    """The series with its members in its order."""
    if series.order is None or series.order == "datasets":
        return series.with_members([each.id for each in members])
    value = _ORDERS[series.order]
    seen: dict[object, str] = {}
    for each in members:
        problems = Problems(documents[each.id])
        key = value(each)
        if key is None:
            missing = message(
                'the series "{series}" is ordered by "{key}", which "{dataset}" does not state as a date, period or '
                "number",
                series=series.id,
                key=series.order,
                dataset=each.id,
            )
            problems.add((series.order,), missing)
        elif key in seen:
            same = message(
                'the series "{series}" is ordered by "{key}", which is the same in "{other}"',
                series=series.id,
                key=series.order,
                other=seen[key],
            )
            problems.add((series.order,), same)
        problems.raise_any()
        seen[key] = each.id
    return series.with_members([each.id for each in sorted(members, key=value)])


def _of_editions(dataset: Dataset, editions: Sequence[Dataset]) -> Series:
    """The series of the editions of a dataset, described as the dataset."""
    first, last = editions[0], editions[-1]
    shared = ("title", "description", "publisher", "creator", "contact_point", "accrual_periodicity", "spatial")
    start = min((each.start for each in first.temporal), key=lambda each: each or "")
    end = max((each.end for each in last.temporal), key=lambda each: each or "9999")
    series = Series(
        **{key: getattr(dataset, key) for key in shared},
        id=dataset.id,
        order="temporal",
        temporal=(Period(start=start, end=end),) if start or end else (),
        issued=first.issued,
        modified=last.modified,
    )
    return series.with_members([each.id for each in editions], dataset.id)


def _check(stated: Sequence[Series], own: Sequence[Series], listing: Document) -> None:
    """Note series without members, and ids that two series have."""
    problems = Problems(listing)
    of_editions, seen = {each.id for each in own}, set[str]()
    for number, each in enumerate(stated):
        loc = ("series", number)
        if not each.members:
            empty = message(
                'no dataset is in the series "{name}"; write {example} in one',
                name=each.id,
                example=f"{_KEY}: {each.id}",
            )
            problems.add(loc, empty)
        if each.id in seen:
            problems.add((*loc, "id"), message('the series "{name}" is here a second time', name=each.id))
        elif each.id in of_editions:
            taken = message(
                'the editions of the dataset "{name}" are a series with this name already; rename this one',
                name=each.id,
            )
            problems.add((*loc, "id"), taken)
        seen.add(each.id)
    problems.raise_any()
