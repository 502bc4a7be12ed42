"""Collecting all problems of a description, so that a publisher sees them at once."""

from __future__ import annotations

from st_opendata.documents.document import Document, Steps
from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import Message, counted, joined, message
from st_opendata.place import Place


class Problems:
    """The problems of one document: call `add` for each, and `raise_any` at the end."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: list[tuple[Place, Message]] = []

    def add(self, loc: Steps, problem: Message) -> None:
        """Note a problem with the node at `loc`."""
        entry = (self._document.place(loc), problem)
        if entry not in self._found:
            self._found.append(entry)

    def __len__(self) -> int:
        return len(self._found)

    def raise_any(self) -> None:
        """Raise one ConfigurationError for everything that was added.

        Raises:
            ConfigurationError: something was added; its place is that of the first problem in the file.
        """
        if not self._found:
            return
        found = sorted(self._found, key=lambda entry: (entry[0].line or 0, entry[0].offset or 0))
        place, problem = found[0]
        others = [
            message("line {line}, column {column}: {problem}", line=other.line, column=other.offset, problem=text)
            for other, text in found[1:]
        ]
        if others:
            problem = counted(
                "{problem}\n  and {count} more in this file:\n  {others}",
                "{problem}\n  and {count} more in this file:\n  {others}",
                number="count",
                count=len(others),
                problem=problem,
                others=joined(others, "\n  "),
            )
        raise ConfigurationError(
            problem, place=place, remedy=message("Correct the description and run the command again.")
        )
