"""Parts of a metadata document that CSVW ignores with a warning, and errors for which it refuses the document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import Message, message
from st_opendata.model.findings import Finding
from st_opendata.place import Place


class Notices:
    """Warnings about the documents of one conversion, each with its document and the path of the property in it."""

    def __init__(self) -> None:
        self.warnings: list[tuple[Place, Message]] = []
        self.violations: list[tuple[Place, Message]] = []
        self.empty: list[Place] = []
        self.rows: list[Finding] = []
        """Findings about rows that only the whole file shows."""
        self._document = ""
        self._path: list[str] = []

    @contextmanager
    def document(self, shown: str) -> Iterator[None]:
        """Notes made in this context are about this document."""
        before = self._document, self._path
        self._document, self._path = shown, []
        try:
            yield
        finally:
            self._document, self._path = before

    @contextmanager
    def at(self, *steps: str | int) -> Iterator[None]:
        """Notes made in this context are about the property under these steps."""
        self._path.append("".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps))
        try:
            yield
        finally:
            self._path.pop()

    def warn(self, text: Message) -> None:
        """Note a part that is ignored or replaced by a default (CSVW metadata §6.4)."""
        self._note(self.warnings, text)

    def object(self, text: Message) -> None:
        """Note an error for a validator; a converter continues (CSVW syntax §6)."""
        self._note(self.violations, text)

    def nothing(self) -> None:
        """Note that the table is empty, without even a header."""
        self.empty.append(Place(self._document))

    def _note(self, notes: list[tuple[Place, Message]], text: Message) -> None:
        entry = (Place(self._document), self._shown(text))
        if entry not in notes:
            notes.append(entry)

    def refused(self, text: Message) -> ConfigurationError:
        """The error to raise where CSVW requires that the document is refused."""
        return ConfigurationError(
            self._shown(text),
            place=Place(self._document),
            remedy=message("Correct the CSVW description and run the command again."),
        )

    def _shown(self, text: Message) -> Message:
        path = "".join(self._path).removeprefix(".")
        return message("{path}: {text}", path=path, text=text) if path else text
