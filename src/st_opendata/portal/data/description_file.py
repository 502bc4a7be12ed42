"""The descriptions of a large release as one file of its cache: reading them takes no look at the catalogue.

Most datasets name the same few agents, places and licences: each is written once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from st_opendata import __version__
from st_opendata.model.release import DatasetRelease
from st_opendata.portal.data.descriptions import (
    DatasetDescription,
    Descriptions,
    Entity,
    SeriesDescription,
    describe_all,
)
from st_opendata.portal.data.edition import Edition

VERSION = f"3-{__version__}"
"""The version of the content and of what describes datasets: files of other versions are not read."""
_ONE = ("publisher", "licence", "access_rights", "frequency")
_SEVERAL = (
    *("creators", "contacts", "themes", "places", "languages", "sources", "standards", "pages", "landing_pages"),
    *("related", "series"),
)
_PLAIN = (*("title", "description", "issued", "modified", "version", "version_notes", "provenance", "rights"),)
"""The fields with one entity, with several, and with texts."""


def describe(edition: Edition) -> Mapping[str, DatasetDescription]:
    """All datasets by id, in the order of the catalogue."""
    return edition.part(describe_release).datasets


def describe_release(edition: Edition) -> Descriptions:
    """The descriptions of an edition, a part of it (`Edition.part`); those of a large one are kept for later starts."""
    if edition.cache:
        with suppress(OSError, ValueError, LookupError, TypeError):  # the disk is full, or the file is not ours
            path = edition.cache.keep(
                "descriptions", VERSION, lambda path: write_descriptions(path, describe_all(edition))
            )
            return read_descriptions(path, edition.datasets)
    return describe_all(edition)


def write_descriptions(path: Path, described: Descriptions) -> None:
    """Write them to a new file; raises OSError."""
    numbers: dict[str, int] = {}

    def number(entity: Entity) -> int:
        content = json.dumps([entity.iri, dict(entity.label), entity.page])
        return numbers.setdefault(content, len(numbers))

    datasets = {}
    for name, each in described.datasets.items():
        one = {key: number(entity) for key in _ONE if (entity := getattr(each, key))}
        several = {key: list(map(number, getattr(each, key))) for key in _SEVERAL}
        texts = {key: dict(text) if isinstance(text := getattr(each, key), Mapping) else text for key in _PLAIN}
        lists = {
            "keywords": dict(each.keywords),
            "formats": each.formats,
            "periods": each.periods,
            "editions": each.editions,
        }
        datasets[name] = [one, several, texts, lists]
    series = {name: asdict(each) for name, each in described.series.items()}
    about, entities = dict(described.about), list(map(json.loads, numbers))
    content = {"about": about, "entities": entities, "datasets": datasets, "series": series}
    path.write_text(json.dumps(content), "utf-8")


def read_descriptions(path: Path, releases: Mapping[str, DatasetRelease]) -> Descriptions:
    """The descriptions in a file of `write_descriptions`; `releases` are the datasets of the release by id.

    Raises OSError, ValueError, LookupError or TypeError for any other file.
    """
    content = json.loads(path.read_text("utf-8"))
    entities = [Entity(*each) for each in content["entities"]]
    datasets = {name: _description(release, entities, content["datasets"][name]) for name, release in releases.items()}
    series = {
        name: SeriesDescription(**each | {"members": tuple(each["members"])})
        for name, each in content["series"].items()
    }
    return Descriptions(content["about"], datasets, series)


def _description(release: DatasetRelease, entities: list[Entity], content: list[dict[str, Any]]) -> DatasetDescription:
    one, several, texts, lists = content
    fields: dict[str, Any] = {key: entities[one[key]] if key in one else None for key in _ONE}
    fields |= {key: tuple(entities[number] for number in several[key]) for key in _SEVERAL}
    fields |= {key: texts[key] for key in _PLAIN}
    keywords = {language: tuple(words) for language, words in lists["keywords"].items()}
    fields |= {key: tuple(lists[key]) for key in ("formats", "editions")}
    fields |= {"periods": tuple(map(tuple, lists["periods"]))}
    return DatasetDescription(release=release, keywords=keywords, **fields)
