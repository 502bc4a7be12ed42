"""The header of a file against the columns of a schema (CSVW metadata §5.5.1, syntax §6.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from st_opendata.csvw.metadata.values import MetadataObject
from st_opendata.messages.message import Message, counted, message

Titles = Mapping[str, tuple[str, ...]]


def embedded_titles(header: Sequence[Sequence[str]], width: int, language: str) -> list[Titles]:
    """For each column of the file its titles, in the language of the table (`und` for none)."""
    found: list[Titles] = []
    for number in range(width):
        texts = (row[number].strip() for row in header if number < len(row))
        titles = tuple(dict.fromkeys(text for text in texts if text))
        found.append({language: titles} if titles else {})
    return found


def titles_of(column: MetadataObject) -> Titles:
    """The titles of a column description."""
    titles = column.get("titles", {})
    assert isinstance(titles, Mapping)
    return titles


def incompatibility(columns: Sequence[MetadataObject], embedded: Sequence[Titles]) -> Message | None:
    """The reason why the columns of a schema, except virtual ones, do not fit those of a file; None if they fit."""
    if len(columns) != len(embedded):
        return counted(
            "the schema has {count} column, the file {columns}",
            "the schema has {count} columns, the file {columns}",
            number="count",
            count=len(columns),
            columns=len(embedded),
        )
    for number, (column, titles) in enumerate(zip(columns, embedded, strict=True), 1):
        name, described = column.get("name"), titles_of(column)
        if not titles or (name is None and not described):
            continue
        texts = {text for listed in titles.values() for text in listed}
        if any(_meets(described, tag, texts) for tag in titles):
            continue
        if not described:
            return message(
                'column {number} of the file is "{title}"; its description has a name but no titles',
                number=number,
                title=min(texts),
            )
        expected = sorted(f"{text} ({tag})" for tag, listed in described.items() for text in listed)
        return message(
            'column {number} of the file is "{title}", but the description has "{titles}"',
            number=number,
            title=min(texts),
            titles=", ".join(expected),
        )
    return None


def _meets(described: Titles, tag: str, texts: set[str]) -> bool:
    """True when a title is among the texts, in a language that the tag's range covers or that covers it."""
    return any(
        texts & set(listed)
        for other, listed in described.items()
        if "und" in (tag, other) or f"{other}-".startswith(f"{tag}-") or f"{tag}-".startswith(f"{other}-")
    )


def described_name(column: MetadataObject, number: int) -> str:
    """The name of a described column: its own, else its first title in the default language, else its number."""
    name = column.get("name")
    if isinstance(name, str):
        return name
    titles = titles_of(column)
    listed = titles.get(column.context.language or "und") or titles.get("und")
    return _encoded(listed[0]) if listed else f"_col.{number}"


def embedded_name(titles: Titles, number: int) -> str:
    """The name of a column of a file that no schema describes: its first title, else its number."""
    return next((_encoded(listed[0]) for listed in titles.values() if listed), f"_col.{number}")


def _encoded(title: str) -> str:
    """Percent-encoded but for what a variable of a template may hold (RFC 6570 §2.3)."""
    return quote(title, safe="").replace("-", "%2D").replace("~", "%7E")
