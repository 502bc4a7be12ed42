"""Workbooks as zip files from any source: checked within bounds before a library reads them.

A small file may unpack to fill a disk, and XML may grow by its own entities. So this module counts the members,
unpacks each once, whatever its name, to compare its size with the one that the file states, and parses XML by expat
without any document type.
"""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from st_opendata.errors import MessageError
from st_opendata.messages.message import message, number_text

MAX_MEMBERS = 2_000
MAX_UNPACKED = 600_000_000
"""Bytes of all members together: a sheet of a million rows with a dozen columns has about 400 million."""

MAX_TOKEN = 10_000_000
"""Bytes of one text or tag; a cell holds 32,767 characters."""
MAX_DEPTH = 100_000
"""Levels of elements, counted by the signs of their tags: expat keeps the names of all that are open."""
_CHUNK = 1 << 18
_LAST = True

_READ = re.compile(r"(xl|_rels)/|\[Content_Types\]|content\.xml$|styles\.xml$|META-INF/")
"""XML that may be read under its usual name; OpenOffice leaves other members empty."""

Attributes = Mapping[str, str]
Handler = Callable[[Attributes], None]


class WorkbookError(MessageError):
    """The file is not a workbook that can be read; the message says why."""


class Archive:
    """The members of a zip file whose unpacked size is known to be bounded; use it as a context manager.

    `size` are the bytes of all of them.

    Raises:
        WorkbookError: it is not a zip file, is damaged, or is beyond the bounds.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, RuntimeError) as error:
            raise WorkbookError(message("it is damaged: {reason}", reason=str(error))) from None
        try:
            self._check()
        except WorkbookError:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, member: str) -> bool:
        return member in self._zip.NameToInfo

    def alike(self, name: str) -> list[str]:
        """Members of that name in any case, as readers of workbooks look for them."""
        return self._alike.get(_folded(name), [])

    def _check(self) -> None:
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise WorkbookError(
                message(
                    "it has {members} members, more than {most}",
                    members=number_text(len(members)),
                    most=number_text(MAX_MEMBERS),
                )
            )
        if len({member.filename for member in members}) < len(members):
            raise WorkbookError(message("it has two members with the same name"))
        self.size = sum(member.file_size for member in members)
        if self.size > MAX_UNPACKED:
            raise WorkbookError(
                message(
                    "it unpacks to {size} bytes, more than {most}",
                    size=number_text(self.size),
                    most=number_text(MAX_UNPACKED),
                )
            )
        self._alike: dict[str, list[str]] = {}
        self._verified = set[str]()
        for member in members:
            self._alike.setdefault(_folded(member.filename), []).append(member.filename)
            if _READ.match(member.filename) and member.filename.lower().endswith((".xml", ".rels")):
                self.verify(member.filename)
            else:
                for _ in self.chunks(member.filename):
                    pass

    def verify(self, member: str) -> None:
        """Refuse a member that is not XML within the bounds; if one ends too early, calamine does not end."""
        if member not in self._verified:
            self._verified.add(member)
            self.parse(member, {})

    def chunks(self, member: str) -> Iterator[bytes]:
        """The bytes of a member; WorkbookError where it is missing or damaged, or larger than the file says."""
        try:
            described = self._zip.getinfo(member)
            one_more = copy.copy(described)
            one_more.file_size += (
                1  # zipfile reads no more than this; other readers continue to the end of the packed data
            )
            read = 0
            with self._zip.open(one_more) as stream:
                while chunk := stream.read(_CHUNK):
                    read += len(chunk)
                    yield chunk
        except KeyError:
            raise WorkbookError(message("it has no member {member}", member=member)) from None
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
            raise WorkbookError(
                message("its member {member} is damaged: {reason}", member=member, reason=str(error))
            ) from None
        if read != described.file_size:
            raise WorkbookError(
                message("its member {member} does not have the size that the file states", member=member)
            )

    def parse(self, member: str, handlers: Mapping[str, Handler], text: Callable[[str], None] | None = None) -> None:
        """Tell each element that starts to the handler of its local name, and all text to `text`.

        Attributes go by their names as written, with prefix.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        known = _ByLocalName(handlers)

        def start(name: str, attributes: dict[str, str]) -> None:
            if handler := known[name]:
                handler(attributes)

        if handlers:
            parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = _refuse_doctype
        if text:
            parser.CharacterDataHandler = text
        try:
            for piece in _deferred(self.chunks(member), parser):
                parser.Parse(piece)
            parser.Parse(b"", _LAST)
        except WorkbookError:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two for an unknown encoding
            raise WorkbookError(
                message("its member {member} is not well-formed XML: {reason}", member=member, reason=str(error))
            ) from None


def _deferred(chunks: Iterator[bytes], parser: expat.XMLParserType) -> Iterator[bytes]:
    """Chunks put together as long as the parser waits for the end of a text or tag.

    Expat before 2.6 begins a text anew with every chunk, which takes hours for one of some megabytes (CVE-2023-52425).
    """
    held, given, waiting, untagged, depth = bytearray(), 0, 0, 0, 0
    for chunk in chunks:
        depth += chunk.count(b"<") - sum(map(chunk.count, (b"<!", b"<?", b"/>"))) - 2 * chunk.count(b"</")
        if depth > MAX_DEPTH:
            raise WorkbookError(message("its XML nests deeper than {most} levels", most=number_text(MAX_DEPTH)))
        untagged = 0 if b"<" in chunk else untagged + len(chunk)
        if untagged > MAX_TOKEN:
            raise _too_long()
        held += chunk
        if len(held) >= waiting:
            yield bytes(held)
            given += len(held)
            held.clear()
            waiting = given - max(parser.CurrentByteIndex, 0)
            if waiting > MAX_TOKEN:
                raise _too_long()
    yield bytes(held)


def text_too_long() -> WorkbookError:
    """The refusal of a text that is longer than a cell can be."""
    return WorkbookError(message("it has a text of more than {most} characters", most=number_text(MAX_TOKEN)))


def _too_long() -> WorkbookError:
    return WorkbookError(message("it has a text or tag of more than {most} bytes", most=number_text(MAX_TOKEN)))


class _ByLocalName(dict[str, Handler | None]):
    """Handlers by the name with prefix, found once for each."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        super().__init__()
        self._handlers = handlers

    def __missing__(self, name: str) -> Handler | None:
        found = self[name] = self._handlers.get(name.rpartition(":")[2])
        return found


def _folded(name: str) -> str:
    return name.replace("\\", "/").lower()


def _refuse_doctype(*_: object) -> NoReturn:
    raise WorkbookError(message("its XML declares a document type, which no spreadsheet program writes"))
