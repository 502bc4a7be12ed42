"""Editions: datasets whose description is that of another one, of which each states its version.

They are found before a description is validated, because the description of an edition is not complete alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from st_opendata.documents import Document, Problems
from st_opendata.messages.message import message
from st_opendata.model.coverage import Period
from st_opendata.model.records import OneOrMore
from st_opendata.model.series import Editions
from st_opendata.spelling import hint

EDITION_OF = "editionOf"
_OF_ONE = frozenset(
    {
        *("title", "version", "versionNotes", "issued", "modified", "identifier", "otherIdentifier"),
        *("hasVersion", "isVersionOf", EDITION_OF, "inSeries", "links"),
    }
)
"""Keys that a dataset does not give to its editions."""
_PERIODS: TypeAdapter[tuple[Period, ...]] = TypeAdapter(OneOrMore[Period])


@dataclass(frozen=True, slots=True)
class DatasetYaml:
    """The file with the description of a dataset, as it was read."""

    name: str
    folder: Path
    document: Document
    data: dict[str, Any]

    @property
    def edition_of(self) -> str | None:
        """The dataset that this one is an edition of, as far as the file names one."""
        stated = self.data.get(EDITION_OF)
        return stated if isinstance(stated, str) else None


def find_editions(sources: Mapping[str, DatasetYaml]) -> dict[str, Editions]:
    """The editions of each dataset that has some.

    Raises:
        ConfigurationError: an edition names no dataset, or its version or its place among the others is not known.
    """
    found: dict[str, list[DatasetYaml]] = {}
    for source in sources.values():
        if EDITION_OF in source.data and source.edition_of is None:
            problems = Problems(source.document)
            problems.add((EDITION_OF,), message('"{key}" must be plain text', key=EDITION_OF))
            problems.raise_any()
        if source.edition_of is not None:
            _check_dataset(source, sources)
            found.setdefault(source.edition_of, []).append(source)
    return {name: _ordered(name, editions) for name, editions in found.items()}


def complete(edition: DatasetYaml, dataset: DatasetYaml) -> dict[str, Any]:
    """The description of an edition: what it states, and the keys of its dataset that it leaves out.

    Its title is that of the dataset with the version.
    """
    title = dataset.data.get("title")
    data = deepcopy({key: value for key, value in dataset.data.items() if key not in _OF_ONE})
    if isinstance(title, dict) and "title" not in edition.data:
        data["title"] = {language: f"{text} {edition.data['version']}" for language, text in title.items()}
    return data | edition.data


def version_numbers(version: object) -> tuple[int, ...] | None:
    """The numbers of a version, as 2024, 1.10 and v2 have them; None for other texts."""
    if isinstance(version, str) and re.fullmatch(r"v?[0-9]{1,18}(\.[0-9]{1,18})*", version, re.ASCII):
        return tuple(map(int, version.removeprefix("v").split(".")))
    return None


def period_span(periods: Sequence[Period]) -> tuple[str, str]:
    """The first and the last day of the periods; an open end is before or after all days."""
    starts, ends = ([getattr(each, end) for each in periods] for end in ("start", "end"))
    first = min((f"{start}-01-01"[:10] if len(start) != 7 else f"{start}-01") if start else "" for start in starts)
    return first, max(f"{end}{'-12-31'[len(end) - 4 :]}" if end else "9999-99-99" for end in ends)


def _check_dataset(edition: DatasetYaml, sources: Mapping[str, DatasetYaml]) -> None:
    problems, name = Problems(edition.document), str(edition.edition_of)
    if name not in sources:
        missing = message('the catalogue has no dataset "{name}"{hint}', name=name, hint=hint(name, sources))
        problems.add((EDITION_OF,), missing)
    elif name == edition.name:
        problems.add((EDITION_OF,), message("a dataset cannot be an edition of itself"))
    elif other := sources[name].edition_of:
        nested = message(
            '"{name}" is an edition of "{other}"; name a dataset that is not an edition', name=name, other=other
        )
        problems.add((EDITION_OF,), nested)
    version = edition.data.get("version")
    if not isinstance(version, str) or not version:
        needed = message("an edition needs a version, as in {example}", example='version: "2024"')
        problems.add(("version",), needed)
    problems.raise_any()


def _ordered(dataset: str, editions: Sequence[DatasetYaml]) -> Editions:
    """The editions in their order: by period if no two share a day, else by date of issue, else by version."""
    _check_versions(editions)
    if spans := _values(editions, _span):
        ordered = [each for _, each in sorted(zip(spans, editions, strict=True), key=lambda pair: pair[0])]
        if len(spans) > 1 and all(before[1] < after[0] for before, after in pairwise(sorted(spans))):
            return Editions(tuple(each.name for each in ordered), by_period=True)
    for value in (_issued, _numbers):
        values = _values(editions, value)
        if values and len(set(values)) == len(values):
            pairs = sorted(zip(values, editions, strict=True), key=lambda pair: pair[0])
            return Editions(tuple(each.name for _, each in pairs), by_period=False)
    problems = Problems(editions[0].document)
    unknown = message(
        'the order of the editions of "{name}" is not known; state a different {key} in each, or versions of numbers, '
        "as 2024 or 1.2",
        name=dataset,
        key="issued",
    )
    problems.add(("version",), unknown)
    problems.raise_any()
    raise AssertionError


def _check_versions(editions: Iterable[DatasetYaml]) -> None:
    seen: dict[str, str] = {}
    for edition in editions:
        version = edition.data["version"]
        if version in seen:
            problems = Problems(edition.document)
            used = message('the edition {other} has the version "{version}" too', other=seen[version], version=version)
            problems.add(("version",), used)
            problems.raise_any()
        seen[version] = edition.name


def _values(editions: Iterable[DatasetYaml], value: Callable[[DatasetYaml], Any]) -> list[Any] | None:
    """This value of each edition; None if one has none."""
    found = [value(edition) for edition in editions]
    return None if None in found else found


def _span(edition: DatasetYaml) -> tuple[str, str] | None:
    try:
        periods = _PERIODS.validate_python(edition.data["temporal"])
    except (KeyError, ValidationError):
        return None
    return period_span(periods) if periods else None


def _issued(edition: DatasetYaml) -> str | None:
    issued = edition.data.get("issued")
    return issued if isinstance(issued, str) else None


def _numbers(edition: DatasetYaml) -> tuple[int, ...] | None:
    return version_numbers(edition.data.get("version"))
