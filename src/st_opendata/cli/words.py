"""Numbers of things in messages, and texts that are in one language or in several."""

from __future__ import annotations

from dataclasses import replace

from st_opendata.messages.message import Message, counted, number_text
from st_opendata.model.text import Text, pick

_NOUNS = {
    "column": counted("{digits} column", "{digits} columns", number="count", count=0, digits=""),
    "dataset": counted("{digits} dataset", "{digits} datasets", number="count", count=0, digits=""),
    "difference": counted("{digits} difference", "{digits} differences", number="count", count=0, digits=""),
    "file": counted("{digits} file", "{digits} files", number="count", count=0, digits=""),
    "finding": counted("{digits} finding", "{digits} findings", number="count", count=0, digits=""),
    "row": counted("{digits} row", "{digits} rows", number="count", count=0, digits=""),
    "table": counted("{digits} table", "{digits} tables", number="count", count=0, digits=""),
    "triple": counted("{digits} triple", "{digits} triples", number="count", count=0, digits=""),
}


def count(number: int, noun: str) -> Message:
    """A number with its noun: `1 table`, `2,500 triples`; KeyError for any other noun than those of `_NOUNS`."""
    return replace(_NOUNS[noun], fields={"count": number, "digits": number_text(number)})


def text_of(text: Text | str, language: str) -> str:
    """The text in the language; a text without language, such as a name or a command, unchanged."""
    return text if isinstance(text, str) else pick(text, language)
