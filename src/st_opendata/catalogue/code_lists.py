"""Code lists of a profile: `lists/*.csv`, and what `lists:` of its profile.yaml says about them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from st_opendata.documents import Fields
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.message import message
from st_opendata.model.profiles import CodeList
from st_opendata.model.text import Text, is_language_tag
from st_opendata.names import slug
from st_opendata.place import Place
from st_opendata.spelling import hint
from st_opendata.tables.templates import ILLEGAL_IN_IRI

_MAX_LIST = 10_000_000
"""Bytes of a code list."""
_KEYS = ("iri", "scheme", "title")
_CODE = r"[A-Za-z0-9._~-]+"
_PATH = rf"{_CODE}(/{_CODE})*"
"""A code of a list whose IRIs are not the catalogue's: it may be a path."""


def read_code_list(path: Path, shown: str) -> CodeList:
    """A table of codes in UTF-8, with commas, semicolons or tabs; `shown` is the profile's folder in messages.

    Its columns are `code`, `label` or `label_LANGUAGE`, and `match`: the code of the EU table with the same meaning.

    Raises:
        ConfigurationError, InputError: the file is not such a table.
    """
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
            rows = list(_rows(csv.reader(lines, delimiter=delimiter, strict=True), file))
    except (UnicodeError, csv.Error):
        raise InputError(
            message("the code list is not CSV in UTF-8"),
            place=Place(file),
            remedy=message("Save it as “CSV UTF-8”."),
        ) from None
    matches = {row.code: row.match for row in rows if row.match}
    return CodeList(name, path, {row.code: row.labels for row in rows}, matches)


def describe_code_lists(lists: Iterable[CodeList], fields: Fields) -> tuple[CodeList, ...]:
    """The lists with what `lists:` of the profile's description says; each problem is noted at its place."""
    known = {each.name: each for each in lists}
    said = fields.below("lists") if "lists" in fields else None
    for name in said.keys() if said else ():
        if name not in known:
            near = hint(name, known)
            fields.problem(message('there is no list "{name}"{hint}', name=name, hint=near), "lists", name)
        elif said and (about := said.below(name)):
            about.only(_KEYS)
            known[name] = _described(known[name], about)
    return tuple(known.values())


def check_codes(lists: Iterable[CodeList], shown: str) -> None:
    """Only a list with its own IRI has codes that are paths; `shown` is the profile's folder in messages.

    Raises:
        ConfigurationError: another list has such a code.
    """
    for each in lists:
        for number, code in enumerate(each.labels, 2):
            if each.start is None and not re.fullmatch(_CODE, code):
                _refuse(code, Place(f"{shown}/lists/{each.path.name}", row=number, column="code"))


def _refuse(code: str, place: Place) -> NoReturn:
    raise ConfigurationError(
        message('"{code}" cannot be a code', code=code),
        place=place,
        remedy=message("Use letters, digits, hyphens, points and _."),
    )


def _described(codes: CodeList, about: Fields) -> CodeList:
    start, scheme = about.text("iri", required=False), about.text("scheme", required=False)
    for key, iri in (("iri", start), ("scheme", scheme)):
        if iri and (not iri.startswith(("http://", "https://")) or re.search(ILLEGAL_IN_IRI, iri)):
            about.problem(message("not an absolute http(s) IRI, as https://example.org/ is"), key)
    if start and not scheme:
        scheme = start.rstrip("/#")
    return replace(codes, start=start, scheme=scheme, title=about.local_text("title"))


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    labels: Text
    match: str


@dataclass(frozen=True, slots=True)
class _Header:
    code: int
    tags: Mapping[int, str] = field(default_factory=dict)
    match: int | None = None


def _rows(rows: Iterator[list[str]], file: str) -> Iterator[_Row]:
    header = _header([title.strip() for title in next(rows, [])], file)
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        code = cells[header.code] if len(cells) > header.code else ""
        place = Place(file, row=number, column="code")
        if not re.fullmatch(_PATH, code):
            _refuse(code, place)
        if seen.setdefault(code, number) < number:
            raise ConfigurationError(
                message('the code "{code}" is also in row {row}', code=code, row=seen[code]),
                place=place,
                remedy=message("Give each code one row."),
            )
        labels = {tag: cells[at] for at, tag in header.tags.items() if at < len(cells) and cells[at]}
        match = cells[header.match] if header.match is not None and header.match < len(cells) else ""
        yield _Row(code, labels, match)


def _header(titles: list[str], file: str) -> _Header:
    tags = {number: found[1] or "und" for number, title in enumerate(titles) if (found := _label(title))}
    if "code" not in titles or not tags:
        raise ConfigurationError(
            message("a code list needs the columns code and label (or label_en, label_fr …)"),
            place=Place(file, row=1),
            remedy=message("Give the first row these titles."),
        )
    return _Header(titles.index("code"), tags, titles.index("match") if "match" in titles else None)


def _label(title: str) -> re.Match[str] | None:
    found = re.fullmatch(r"label(?:_([A-Za-z-]+))?", title)
    return found if found and (not found[1] or is_language_tag(found[1])) else None
