"""Where documents with IRIs are found: a folder that stands for the folder of an IRI, and, when allowed, the web."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag, urlsplit

from st_opendata.errors import InputError
from st_opendata.place import Place

MAX_METADATA = 20_000_000
"""Bytes of a metadata document."""

Fetch = Callable[[str], Path | None]
"""Gets the document at a URL into a file; None where there is none."""


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
            raise InputError("is not in the folder of the source", place=Place(str(path)), remedy="Put the file there.")
        return self.base + quote(path.resolve().relative_to(folder).as_posix())

    def find(self, iri: str) -> Path | None:
        """The file that holds the document, None where there is none; a folder answers no queries.

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
            raise InputError(f"cannot be read: {getattr(error, 'strerror', error)}", place=Place(name[:80])) from None
        if not inside:
            raise InputError("leads out of the folder", place=Place(name), remedy="Put the file itself there.")
        return path if found else None

    def table(self, iri: str) -> Path:
        """The file of a table, whose IRI may have a query.

        Raises:
            InputError: there is none.
        """
        path = self.find(iri) or (self.find(iri.partition("?")[0]) if self.folder is not None else None)
        if path is None:
            raise InputError(self._missing(iri), place=Place(self.label(iri)), remedy=self._remedy(iri))
        return path

    def read(self, iri: str) -> bytes:
        """A metadata document.

        Raises:
            InputError: there is none, it cannot be read, or it is too large.
        """
        path = self.find(iri)
        if path is None:
            raise InputError(self._missing(iri), place=Place(self.label(iri)), remedy=self._remedy(iri))
        try:
            if path.stat().st_size > MAX_METADATA:
                raise InputError(f"has more than {MAX_METADATA:,} bytes", place=Place(self.label(iri)))
            return path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", place=Place(self.label(iri))) from None

    def label(self, iri: str) -> str:
        """The document's name in messages: within the folder its path there."""
        return unquote(iri.removeprefix(self.base)) if self._near(iri) else iri

    def _near(self, iri: str) -> bool:
        return self.folder is not None and iri.startswith(self.base)

    def _missing(self, iri: str) -> str:
        return "there is no such file" if self._near(iri) or self.fetch else "lies outside the folder"

    def _remedy(self, iri: str) -> str:
        if self._near(iri) or self.fetch:
            return "Correct the name, or put the file there."
        return f"Only documents below {self.base} are read; copy it there, or name its folder with --base."
