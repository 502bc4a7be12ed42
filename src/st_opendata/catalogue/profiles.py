"""`profiles:` of catalogue.yaml: the packaged profiles by name, and folders of the catalogue with rules of its own.

A packaged profile is a folder `shapes/NAME` of the program: its shapes, and profile.yaml, which names the files of
`ontology/` that belong to it. A folder of the catalogue holds `shapes/*.ttl`, `ontology/*.ttl`, `lists/*.csv` and
profile.yaml, each of them optional.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from st_opendata.documents import Document, Fields, Problems, read_document
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.message import message
from st_opendata.model.descriptions import Dataset, Terms
from st_opendata.model.profiles import ApplicationProfile, CodeList
from st_opendata.model.text import is_language_tag
from st_opendata.names import slug
from st_opendata.place import Place
from st_opendata.release.layout import ONTOLOGY, SHAPES
from st_opendata.resources import resource_folder
from st_opendata.spelling import hint

_DESCRIPTION = "profile.yaml"
_KEYS = ("title", "description", "required", "fits")
_REQUIRABLE = tuple(
    sorted(
        {str(each.alias) for model in (Terms, Dataset) for each in model.model_fields.values()}
        - {"id", "tables", "formats"}
    )
)
_MAX_LIST = 10_000_000
"""Bytes of a code list."""


def packaged_profiles() -> list[str]:
    """The names of the profiles that come with the program."""
    return sorted(path.parent.name for path in resource_folder("shapes").glob(f"*/{_DESCRIPTION}"))


def read_profiles(folder: Path, entries: Sequence[str], document: Document | None = None) -> list[ApplicationProfile]:
    """The profiles that `profiles:` of the catalogue in `folder` lists; `document` is its catalogue.yaml, for places.

    Raises:
        ConfigurationError: there is no such profile, or its files are wrong.
        InputError: a file of it cannot be read.
    """
    found: list[ApplicationProfile] = []
    for number, entry in enumerate(entries):
        place = document.place(("profiles", number)) if document else None
        profile = _read(folder, entry, place)
        if profile.name in {each.name for each in found}:
            raise ConfigurationError(
                message('"{entry}" is the second profile called "{name}"', entry=entry, name=profile.name),
                place=place,
                remedy=message("List each profile once, and give each folder another name."),
            )
        found.append(profile)
    return found


def _read(folder: Path, entry: str, place: Place | None) -> ApplicationProfile:
    packaged = packaged_profiles()
    if entry in packaged:
        return packaged_profile(entry)
    if not entry.startswith("./") or ".." in entry.split("/"):
        near = hint(entry, [*packaged, *_folders(folder)])
        raise ConfigurationError(
            message('there is no profile "{entry}"{hint}', entry=entry, hint=near),
            place=place,
            remedy=message(
                "Name one that comes with the program ({names}), or a folder of the catalogue, as ./rules.",
                names=", ".join(packaged),
            ),
        )
    rules = folder / entry
    if not rules.is_dir():
        raise ConfigurationError(
            message(
                'there is no folder "{entry}" in the catalogue{hint}', entry=entry, hint=hint(entry, _folders(folder))
            ),
            place=place,
            remedy=message("Create it with shapes/, ontology/ or lists/ in it, or correct the list."),
        )
    name = slug(rules.resolve().name)
    if name in packaged or not name:
        raise ConfigurationError(
            message('the profile "{entry}" has the name of one that comes with the program', entry=entry),
            place=place,
            remedy=message("Rename its folder."),
        )
    return _own_profile(folder, entry, name)


def packaged_profile(name: str) -> ApplicationProfile:
    """A profile that comes with the program; KeyError for no such name."""
    folder = resource_folder("shapes") / name
    if not (folder / _DESCRIPTION).is_file():
        raise KeyError(name)
    document = read_document(folder / _DESCRIPTION, f"{SHAPES}/{name}/{_DESCRIPTION}")
    fields, problems = _fields(document)
    terms = {f"{ONTOLOGY}/{file}": resource_folder("ontology") / file for file in fields.texts("ontology")}
    return _described(fields, problems, ApplicationProfile(name, {}, _turtle(folder, f"{SHAPES}/{name}"), terms))


def _own_profile(catalogue: Path, entry: str, name: str) -> ApplicationProfile:
    folder = catalogue / entry
    shown = entry.removeprefix("./").rstrip("/")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        if not path.resolve().is_relative_to(catalogue.resolve()):
            raise ConfigurationError(
                message("this is a link that leaves the catalogue"),
                place=Place(str(path)),
                remedy=message("Put the file itself there."),
            )
    profile = ApplicationProfile(
        name,
        {"und": name},
        _turtle(folder / SHAPES, f"{SHAPES}/{name}"),
        _turtle(folder / ONTOLOGY, f"{ONTOLOGY}/{name}"),
        tuple(_code_list(path, shown) for path in files if path.match("lists/*.csv")),
    )
    description = folder / _DESCRIPTION
    if description.is_file():
        fields, problems = _fields(read_document(description, f"{shown}/{_DESCRIPTION}"))
        fields.only(_KEYS)
        return _described(fields, problems, profile)
    if profile.shapes or profile.ontology or profile.lists:
        return profile
    raise ConfigurationError(
        message('the profile "{entry}" has no rules', entry=entry),
        place=Place(shown),
        remedy=message(
            "Put shapes into its folder shapes/, terms into ontology/, code lists into lists/, or name required "
            "fields in profile.yaml."
        ),
    )


def _fields(document: Document) -> tuple[Fields, Problems]:
    problems = Problems(document)
    if not isinstance(document.data, dict):
        raise ConfigurationError(
            message("the file must hold keys"),
            place=document.place(),
            remedy=message("Write its keys, as in {example}.", example="title: {en: …}"),
        )
    return Fields(document.data, (), problems), problems


def _described(fields: Fields, problems: Problems, profile: ApplicationProfile) -> ApplicationProfile:
    """The profile with what its profile.yaml says."""
    required = fields.texts("required")
    for number, key in enumerate(required):
        if key not in _REQUIRABLE:
            unknown = message('"{key}" is not a key of dataset.yaml{hint}', key=key, hint=hint(key, _REQUIRABLE))
            problems.add(("required", number), unknown)
    title = fields.local_text("title") or {"und": profile.name}
    fits = tuple(frozenset(names.split()) for names in fields.texts("fits"))
    problems.raise_any()
    return replace(profile, title=title, required=required, fits=fits)


def _turtle(folder: Path, start: str) -> dict[str, Path]:
    return {f"{start}/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*.ttl"))}


def _folders(catalogue: Path) -> list[str]:
    found = (path for path in sorted(catalogue.iterdir()) if path.is_dir() and not path.name.startswith("."))
    return [f"./{path.name}" for path in found if (path / SHAPES).is_dir() or (path / _DESCRIPTION).is_file()]


def _code_list(path: Path, shown: str) -> CodeList:
    """A table of codes: the column `code`, and `label` or `label_LANGUAGE`; UTF-8, with commas, semicolons or tabs."""
    name, file = path.stem, f"{shown}/lists/{path.name}"
    if slug(name) != name:
        raise ConfigurationError(
            message('"{name}" cannot name a code list', name=path.name),
            place=Place(file),
            remedy=message("Use small letters, digits and hyphens, as in city-role.csv."),
        )
    if path.stat().st_size > _MAX_LIST:
        raise InputError(
            message("a code list has at most {number} bytes", number=f"{_MAX_LIST:,}"),
            place=Place(file),
            remedy=message("Shorten it."),
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            delimiter = max(",;\t", key=lines.readline().count)
            lines.seek(0)
            labels = dict(_codes(csv.reader(lines, delimiter=delimiter, strict=True), file))
    except (UnicodeError, csv.Error):
        raise InputError(
            message("the code list is not CSV in UTF-8"),
            place=Place(file),
            remedy=message("Save it as “CSV UTF-8”."),
        ) from None
    return CodeList(name, path, labels)


def _codes(rows: Iterator[list[str]], file: str) -> Iterator[tuple[str, dict[str, str]]]:
    header = [title.strip() for title in next(rows, [])]
    tags = {number: found[1] or "und" for number, title in enumerate(header) if (found := _label(title))}
    if "code" not in header or not tags:
        raise ConfigurationError(
            message("a code list needs the columns code and label (or label_en, label_fr …)"),
            place=Place(file, row=1),
            remedy=message("Give the first row these titles."),
        )
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        code = cells[header.index("code")] if len(cells) > header.index("code") else ""
        place = Place(file, row=number, column="code")
        if not re.fullmatch(r"[A-Za-z0-9._~-]+", code):
            raise ConfigurationError(
                message('"{code}" cannot be a code', code=code),
                place=place,
                remedy=message("Use letters, digits, hyphens, points and _."),
            )
        if seen.setdefault(code, number) < number:
            raise ConfigurationError(
                message('the code "{code}" is also in row {row}', code=code, row=seen[code]),
                place=place,
                remedy=message("Give each code one row."),
            )
        yield code, {tag: cells[at] for at, tag in tags.items() if at < len(cells) and cells[at]}


def _label(title: str) -> re.Match[str] | None:
    found = re.fullmatch(r"label(?:_([A-Za-z-]+))?", title)
    return found if found and (not found[1] or is_language_tag(found[1])) else None
