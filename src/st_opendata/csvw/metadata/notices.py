"""What CSVW lets pass with a warning, or refuses, in a metadata document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from st_opendata.errors import ConfigurationError
from st_opendata.model.findings import Finding
from st_opendata.place import Place


class Notices:
    """Warnings about the documents of one conversion, each with its document and the path of the property in it."""

    def __init__(self) -> None:
        self.warnings: list[tuple[Place, str]] = []
        self.violations: list[tuple[Place, str]] = []
        self.empty: list[Place] = []
        self.rows: list[Finding] = []
        """What is to be said of rows that only the whole file shows."""
        self._document = ""
        self._path: list[str] = []

    @contextmanager
    def document(self, shown: str) -> Iterator[None]:
        """What is noted in this context is said of this document."""
        before = self._document, self._path
        self._document, self._path = shown, []
        try:
            yield
        finally:
            self._document, self._path = before

    @contextmanager
    def at(self, *steps: str | int) -> Iterator[None]:
        """What is noted in this context is said of the property under these steps."""
        self._path.append("".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps))
        try:
            yield
        finally:
            self._path.pop()

    def warn(self, message: str) -> None:
        """Note what is ignored or replaced by a default (CSVW metadata §6.4)."""
        self._note(self.warnings, message)

    def object(self, message: str) -> None:
        """Note what is an error to a validator; a converter goes on (CSVW syntax §6)."""
        self._note(self.violations, message)

    def nothing(self) -> None:
        """Note that the table has nothing in it, not even a header."""
        self.empty.append(Place(self._document))

    def _note(self, notes: list[tuple[Place, str]], message: str) -> None:
        entry = (Place(self._document), self._shown(message))
        if entry not in notes:
            notes.append(entry)

    def refused(self, message: str) -> ConfigurationError:
        """The error to raise where CSVW wants the document refused."""
        return ConfigurationError(
            self._shown(message),
            place=Place(self._document),
            remedy="Correct the CSVW description and run the command again.",
        )

    def _shown(self, message: str) -> str:
        path = "".join(self._path).removeprefix(".")
        return f"{path}: {message}" if path else message
