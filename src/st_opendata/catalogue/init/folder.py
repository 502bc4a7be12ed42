"""Drafting a catalogue: files in, a folder out that `build` accepts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.columns import DraftTable
from st_opendata.catalogue.init.proposals import Proposal, propose_profiles
from st_opendata.catalogue.init.sources import Source, find_sources
from st_opendata.catalogue.init.tables import draft_tables
from st_opendata.catalogue.init.writing import dataset_text
from st_opendata.catalogue.profiles import packaged_profiles
from st_opendata.catalogue.statements import Description, Yaml
from st_opendata.catalogue.write import HINTS, write_yaml
from st_opendata.errors import InputError
from st_opendata.names import free, slug
from st_opendata.release.exchange import stage

_ORDER = ("id", "base", "profiles", "title", "description", *HINTS, "issued", "datasets")
_OWN_NAMES = ("facts", "croissant")
NEEDED = ("publisher", "license", "contactPoint", "theme")
"""What DCAT-AP needs or the score rewards, and no file tells."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was drafted: the tables with their rows, the keys that nobody has told, and profiles that fit."""

    tables: tuple[DraftTable, ...]
    missing: tuple[str, ...]
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What the publisher told: title, base, language and day, and `terms` by the keys of catalogue.yaml.

    `told` is true where the publisher named the language, which then is that of the tables.
    """

    title: str
    base: str
    language: str = "en"
    day: date | None = None
    terms: Yaml = field(default_factory=dict)
    told: bool = False


def draft_catalogue(folder: Path, files: Sequence[Path], answers: Answers) -> Draft:
    """Write a catalogue of one dataset, with these files as its tables, to a folder that is new or empty.

    Raises:
        InputError: a file cannot be read, or the folder is not empty.
        ConfigurationError: an answer is not as the catalogue needs it.
        OSError: the disk is full, or a folder must not be written to.
    """
    with stage(folder, refuse=_refuse) as draft:
        languages = (answers.language,) if answers.told else ()
        sources = [source for path in files for source in find_sources(path, languages)]
        identifier = slug(folder.resolve().name) or "catalogue"
        identifier = identifier if len(identifier) > 1 else f"{identifier}-data"
        tables = draft_tables(sources, list(_names(sources)))
        copies = _copy(sources, draft.folder / identifier)
        by_table = {table.name: copies[table.source.path] for table in tables}
        catalogue = _catalogue(identifier, answers)
        proposals = tuple(propose_profiles(tables))
        for each in proposals:
            catalogue.remark("profiles", f"{each.reason[0].upper()}{each.reason[1:]}.")
        text = dataset_text(_dataset(tables, answers), tables, by_table, answers.language)
        missing = tuple(key for key in NEEDED if key not in answers.terms)
        (draft.folder / identifier / "dataset.yaml").write_text(text, "utf-8", newline="\n")
        heading = [
            "Drafted by st-opendata init. What no file tells stands here as a comment: write it and build again."
        ]
        content = write_yaml(catalogue, heading, _ORDER, [key for key in HINTS if key not in answers.terms])
        (draft.folder / "catalogue.yaml").write_text(content, "utf-8", newline="\n")
        read_catalogue(draft.folder)
        draft.commit()
    return Draft(tuple(tables), missing, proposals)


def _refuse(folder: Path) -> None:
    raise InputError(f"{folder} is not empty; nothing was changed", remedy="Name a new folder, or empty this one.")


def _names(sources: Sequence[Source]) -> Iterator[str]:
    taken = [*_OWN_NAMES]
    for source in sources:
        name = free(slug(source.name) or "table", taken)
        taken.append(name)
        yield name


def _copy(sources: Sequence[Source], folder: Path) -> dict[Path, str]:
    """Copy each file once, unchanged, under a plain name; the names by the files."""
    folder.mkdir()
    names: dict[Path, str] = {}
    for path in dict.fromkeys(source.path for source in sources):
        ending = path.suffix.lower() if path.suffix[1:].isalpha() else ".csv"
        stems = [name.rpartition(".")[0] for name in names.values()]
        names[path] = free(slug(path.stem) or "table", [*_OWN_NAMES, *stems]) + ending
        shutil.copyfile(path, folder / names[path])
    return names


def _catalogue(identifier: str, answers: Answers) -> Description:
    found = Description({"id": identifier, "base": answers.base})
    found.remark("base", "The start of the address of everything: choose it once, on a domain that you keep.")
    found.values["profiles"] = list[str]()
    listed = ", ".join(packaged_profiles())
    found.remark("profiles", f"Rules beyond those for everybody: {listed}, or a folder of your own, as ./rules.")
    found.values["title"] = {answers.language: answers.title}
    found.values["description"] = {answers.language: answers.title}
    found.remark("description", "Say in a sentence or two what it is about: people find it by that.")
    found.values |= answers.terms
    if answers.day:
        found.values["issued"] = answers.day.isoformat()
    found.values["datasets"] = [identifier]
    return found


def _dataset(tables: Sequence[DraftTable], answers: Answers) -> Description:
    listed = ", ".join(table.source.name for table in tables)
    found = Description({"title": {answers.language: answers.title}})
    found.values["description"] = {answers.language: f"{answers.title}: {listed}."}
    return found
