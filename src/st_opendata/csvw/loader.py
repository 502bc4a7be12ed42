"""Documents by their IRIs: from a folder that represents the folder of an IRI and, if allowed, from the web."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag, urlsplit

from st_opendata.errors import InputError
from st_opendata.messages.message import Message, message, number_text
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place

MAX_METADATA = 20_000_000
"""Bytes of a metadata document."""

Fetch = Callable[[str], Path | None]
"""Gets the document at a URL into a file; None if there is no such document."""


@dataclass(frozen=True, slots=True)
class DocumentLoader:
    """Documents below the IRI `base`, which ends in a slash, are the files below `folder`; `fetch` gets the others.

    Without a folder all are fetched.
    """

    base: str
    folder: Path | None
    fetch: Fetch | None = None
    _fetched: dict[str, Path | None] = field(default_factory=dict)

    def iri(self, path: Path) -> str:
        """The IRI of a file of the folder.

        Raises:
            InputError: it is not in the folder.
        """
        folder = (self.folder or Path()).resolve()
        if not path.resolve().is_relative_to(folder):
            raise InputError(
                message("the file is not in the folder of the source"),
                place=Place(str(path)),
                remedy=message("Put the file there."),
            )
        return self.base + quote(path.resolve().relative_to(folder).as_posix())

    def find(self, iri: str) -> Path | None:
        """The file with the document, None if it does not exist; a folder has no documents with a query.

        Raises:
            InputError: a link leads out of the folder.
        """
        plain, _ = urldefrag(iri)
        if self.folder is not None and plain.startswith(self.base):
            return None if urlsplit(plain).query else self._file(self.folder, plain)
        if self.fetch is None:
            return None
        if plain not in self._fetched:
            self._fetched[plain] = self.fetch(plain)
        return self._fetched[plain]

    def _file(self, folder: Path, iri: str) -> Path | None:
        name = unquote(iri.removeprefix(self.base))
        path = folder / name
        if "\0" in name:
            return None
        try:
            inside, found = path.resolve().is_relative_to(folder.resolve()), path.is_file()
        except (OSError, RuntimeError) as error:  # links in a circle, a name that is too long
            reason = system_reason(error) if isinstance(error, OSError) else str(error)
            raise InputError(
                message("the file cannot be read: {reason}", reason=reason), place=Place(name[:80])
            ) from None
        if not inside:
            raise InputError(
                message("this is a link that leaves the folder"),
                place=Place(name),
                remedy=message("Put the file itself there."),
            )
        return path if found else None

    def table(self, iri: str) -> Path:
        """The file of a table, whose IRI may have a query.

        Raises:
            InputError: it does not exist.
        """
        path = self.find(iri) or (self.find(iri.partition("?")[0]) if self.folder is not None else None)
        if path is None:
            raise InputError(self._missing(iri), place=Place(self.label(iri)), remedy=self._remedy(iri))
        return path

    def read(self, iri: str) -> bytes:
        """A metadata document.

        Raises:
            InputError: it does not exist, cannot be read, or it is too large.
        """
        path = self.find(iri)
        if path is None:
            raise InputError(self._missing(iri), place=Place(self.label(iri)), remedy=self._remedy(iri))
        try:
            if path.stat().st_size > MAX_METADATA:
                raise InputError(
                    message("the document has more than {most} bytes", most=number_text(MAX_METADATA)),
                    place=Place(self.label(iri)),
                )
            return path.read_bytes()
        except OSError as error:
            raise InputError(
                message("the file cannot be read: {reason}", reason=system_reason(error)), place=Place(self.label(iri))
            ) from None

    def label(self, iri: str) -> str:
        """The document's name in messages: within the folder its path there."""
        return unquote(iri.removeprefix(self.base)) if self._near(iri) else iri

    def _near(self, iri: str) -> bool:
        return self.folder is not None and iri.startswith(self.base)

    def _missing(self, iri: str) -> Message:
        if self._near(iri) or self.fetch:
            return message("there is no such file")
        return message("the document is not in the folder")

    def _remedy(self, iri: str) -> Message:
        if self._near(iri) or self.fetch:
            return message("Correct the name, or put the file there.")
        return message(
            "The program reads only documents below {base}: copy it there, or name its folder with --base.",
            base=self.base,
        )
