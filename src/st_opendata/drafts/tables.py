"""The description of each table: names, titles, languages, datatypes, keys, and what a few columns state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from st_opendata.drafts.layout import Layout, find_layout
from st_opendata.drafts.profile import Guess, Profile, guess
from st_opendata.drafts.sources import Source
from st_opendata.names import free, plain

_LANGUAGES = [
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fi",
    "fr",
    "ga",
    "hr",
    "hu",
    "it",
    "lt",
    "lv",
    "mt",
    "nl",
    "no",
    "pl",
    "pt",
    "ro",
    "sk",
    "sl",
    "sv",
    "uk",
]
_IN_NAME = re.compile(rf"(?:^|_)({'|'.join(_LANGUAGES)})$", re.IGNORECASE)
_KEY_NAMES = (
    "id",
    "code",
    "key",
    "nr",
    "no",
    "num",
    "number",
    "nummer",
    "kennung",
    "identifier",
    "identifiant",
    "numero",
    "ref",
)
_PROPERTIES = {
    "rdfs:label": ("name", "label", "title", "titel", "titre", "nom", "bezeichnung", "intitule", "libelle"),
    "dct:description": ("description", "beschreibung", "descriptif"),
    "geo:lat": ("lat", "latitude", "breite", "breitengrad"),
    "geo:long": ("long", "lon", "lng", "longitude", "laenge", "lange", "langengrad"),
}
_LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]*")


@dataclass(slots=True)
class DraftColumn:
    """A column: its name, the title in the header, what its cells show."""

    name: str
    title: str
    profile: Profile
    found: Guess
    language: str | None = None
    property: str | None = None
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DraftTable:
    """A table; `key` is the column that names its rows, `references` lead from a column to the key of another table."""

    name: str
    source: Source
    layout: Layout
    columns: list[DraftColumn]
    rows: int = 0
    remarks: list[str] = field(default_factory=list)
    key: DraftColumn | None = None
    references: list[tuple[DraftColumn, DraftTable]] = field(default_factory=list)


def draft_tables(sources: Sequence[Source], names: Sequence[str]) -> list[DraftTable]:
    """The tables under these names, with the keys between them.

    Raises:
        InputError: a file cannot be read to its end.
    """
    tables = [_draft(source, name) for source, name in zip(sources, names, strict=True)]
    for table in tables:
        table.key = _key(table)
    for table in tables:
        _find_references(table, tables)
    return tables


def _draft(source: Source, name: str) -> DraftTable:
    layout = find_layout(source)
    profiles = {place: Profile() for place in layout.titles}
    table = DraftTable(name, source, layout, [], remarks=list(layout.remarks))
    width = max(layout.titles, default=-1) + 1
    ragged, blanks = 0, 0
    for row in source.rows():
        if row.line <= layout.above:
            continue
        if not any(cell.strip() for cell in row.cells):
            blanks += 1  # rows without content at the end are dropped; between others, `build` tells of them
            continue
        table.rows += 1
        ragged += source.sheet is None and len(row.cells) != width
        for place, profile in profiles.items():
            profile.add(row.cells[place] if place < len(row.cells) else "")
    if ragged:
        table.remarks.append(f"{ragged} rows have more or fewer cells than the header: correct them in the file")
    comma = source.delimiter == ";" or _has_decimal_comma(list(profiles.values()))
    taken: list[str] = []
    for place, title in layout.titles.items():
        column_name = _name(title, place, taken, layout)
        taken.append(column_name)
        found = guess(profiles[place], comma=comma)
        table.columns.append(_column(column_name, title, profiles[place], found))
    return table


def _has_decimal_comma(profiles: Sequence[Profile]) -> bool:
    pattern = re.compile(r"-?[0-9 \u00a0\u202f.]*,(?:[0-9]{1,2}|[0-9]{4,})")
    return any(pattern.fullmatch(cell) for profile in profiles for cell in islice(profile.cells, 1000))


def _name(title: str, place: int, taken: Sequence[str], layout: Layout) -> str:
    kept = {each for each in layout.titles.values() if _LEGAL.fullmatch(each)}
    if layout.plain and title in kept:
        return title
    name = plain(title, "_").lower() or f"column_{place + 1}"
    return free(name, [*taken, *kept] if layout.plain else taken, "_")


def _column(name: str, title: str, profile: Profile, found: Guess) -> DraftColumn:
    column = DraftColumn(name, title, profile, found)
    if found.why:
        column.remarks.append(found.why)
    text = found.base == "string" and not found.separator
    language = _IN_NAME.search(plain(title, "_") or name)
    if language and text:
        column.language = language[1].lower()
        column.remarks.append(f"the name says that it is in the language {column.language}")
    stem = _IN_NAME.sub("", plain(title, "_") or name).strip("_").lower()
    for iri, words in _PROPERTIES.items():
        fits = found.base in ("decimal", "integer") if iri.startswith("geo:") else text
        if stem in words and fits and profile.cells:
            column.property = iri
            column.remarks.append(f"by its name it states {iri}")
    return column


def _key(table: DraftTable) -> DraftColumn | None:
    """The column whose cells name the rows: one that is called so, else the first if it can."""
    able = [
        column
        for column in table.columns
        if column.profile.unique and not column.found.separator and column.found.base in ("string", "integer")
    ]
    able = [column for column in able if max(map(len, column.profile.cells)) <= 80 and not column.found.null]
    named = [column for column in able if _is_called_key(column)]
    first = [column for column in able if column is table.columns[0]]
    found = next(iter(named or first), None)
    if found:
        found.remarks.append("no cell is empty or stands twice: the key of the table")
        return found
    for column in table.columns:
        if reason := _why_no_key(column):
            column.remarks.append(f"no key, though called like one: {reason}")
    return None


def _is_called_key(column: DraftColumn) -> bool:
    return bool(set(column.name.lower().split("_")) & set(_KEY_NAMES))


def _why_no_key(column: DraftColumn) -> str:
    """What is wrong with the cells of a column that is called like a key; empty for any other."""
    profile = column.profile
    if not _is_called_key(column):
        return ""
    twice = next((cell for cell, number in profile.cells.items() if number > 1), None)
    empty = f"{profile.blank} cell{'s are' if profile.blank > 1 else ' is'} empty" if profile.blank else ""
    return ", ".join(filter(None, (empty, f"“{twice}” stands in more than one row" if twice else "")))


def _find_references(table: DraftTable, tables: Sequence[DraftTable]) -> None:
    for column in table.columns:
        if column is table.key or not column.profile.cells or not column.profile.whole:
            continue
        values = _values(column)
        for other in tables:
            if other is table or other.key is None or other.key.found.base != column.found.base:
                continue
            if values <= set(map(str.strip, other.key.profile.cells)) and _alike(column, other):
                table.references.append((column, other))
                column.remarks.append(f"all cells are keys of {other.name}")
                break


def _values(column: DraftColumn) -> set[str]:
    cells, separator = column.profile.cells, column.found.separator
    items = (item for cell in cells for item in (cell.split(separator) if separator else [cell]))
    return {item.strip() for item in items} - {*column.found.null}


def _alike(column: DraftColumn, other: DraftTable) -> bool:
    """True where a name speaks for it; several texts that all are keys need none."""
    assert other.key is not None
    name, table = column.name.lower(), other.name.lower().replace("-", "_")
    singular = re.sub(r"(ies|en|s|e|n)$", "", table)
    named = singular in name or (name == other.key.name.lower() and name not in _KEY_NAMES)
    return named or (column.found.base == "string" and len(_values(column)) > 1)
