"""The files of an export: those of a folder, or of a zip file, which is unpacked within bounds.

The name of a member never becomes a path: each is unpacked under a number.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from st_opendata.errors import InputError
from st_opendata.messages.message import Message, message, number_text
from st_opendata.place import Place
from st_opendata.tables.workbooks import EXTENSIONS

ENDINGS = (".csv", ".txt", *EXTENSIONS)
_LEVELS = 2
"""Folders below the one that is named: CORDIS's zip files unpack into one of their own."""
MAX_MEMBERS = 1_000
MAX_UNPACKED = 8_000_000_000
"""Bytes of all tables of a zip file: the publications of Horizon 2020 have about half a gigabyte."""
MAX_RATIO = 200
"""Times that a table may be larger than its packed form: text is 3 to 20 times as large."""
_SMALL = 1_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export; `name` is what the publisher calls it, `path` where its content is."""

    name: str
    path: Path


def find_files(sources: Sequence[Path], scratch: Path) -> list[ExportFile]:
    """The files that may be tables, sorted by name; members of zip files are unpacked into `scratch`.

    Raises:
        InputError: a source does not exist, or a zip file is damaged, protected or beyond the bounds.
    """
    found: list[ExportFile] = []
    for source in sources:
        if source.is_dir():
            found += _in_folder(source)
        elif zipfile.is_zipfile(source) and source.suffix.lower() not in EXTENSIONS:
            found += _unpacked(source, scratch, len(found))
        else:
            raise _no_export(source)
    return found


def _no_export(source: Path) -> InputError:
    remedy = message("Name the zip file that CORDIS offers, or the folder into which you unpacked it.")
    if not source.exists():
        return InputError(message("there is no such file or folder"), place=Place(str(source)), remedy=remedy)
    if source.suffix.lower() == ".zip":
        damaged = message("the file is not a complete zip file")
        return InputError(damaged, place=Place(str(source)), remedy=message("Download the file again."))
    return InputError(message("this is neither a folder nor a zip file"), place=Place(str(source)), remedy=remedy)


def _in_folder(folder: Path) -> Iterator[ExportFile]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if len(inside.parts) <= _LEVELS and _may_be_table(PurePosixPath(inside.as_posix())) and path.is_file():
            yield ExportFile(inside.as_posix(), path)


def _may_be_table(name: PurePosixPath) -> bool:
    """Whether a file has the ending of a table, and is not what macOS adds to each file of a zip file."""
    return name.suffix.lower() in ENDINGS and not name.name.startswith("._") and "__MACOSX" not in name.parts


def _unpacked(source: Path, scratch: Path, start: int) -> Iterator[ExportFile]:
    def refuse(problem: Message) -> InputError:
        remedy = message("Download the file again, or unpack it and name the folder.")
        return InputError(problem, place=Place(str(source)), remedy=remedy)

    try:
        with zipfile.ZipFile(source) as archive:
            members = [each for each in archive.infolist() if _may_be_table(PurePosixPath(each.filename))]
            if problem := _problem(members):
                raise refuse(problem)
            for number, member in enumerate(sorted(members, key=lambda each: each.filename), start):
                name = PurePosixPath(member.filename)
                path = scratch / f"{number}{name.suffix.lower()}"
                _unpack(archive, member, path)
                yield ExportFile(name.as_posix(), path)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError) as error:
        raise refuse(message("the zip file is damaged: {reason}", reason=str(error))) from None


def _problem(members: Sequence[zipfile.ZipInfo]) -> Message | None:
    """The fault of a zip file that no one should unpack."""
    if len(members) > MAX_MEMBERS:
        return message("the zip file has more than {most} tables", most=number_text(MAX_MEMBERS))
    if (size := sum(member.file_size for member in members)) > MAX_UNPACKED:
        return message(
            "the zip file unpacks to {size} bytes, more than {most}",
            size=number_text(size),
            most=number_text(MAX_UNPACKED),
        )
    for member in members:
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
            return message('the zip file has a member outside its own folder: "{name}"', name=member.filename)
        if member.flag_bits & 1:
            return message('the member "{name}" is protected by a password', name=member.filename)
        if member.file_size > max(_SMALL, member.compress_size * MAX_RATIO):
            return message(
                'the member "{name}" is more than {most} times as large as its packed form',
                name=member.filename,
                most=number_text(MAX_RATIO),
            )
    return None


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Write a member; zipfile reads no more bytes than the member states, and compares their checksum."""
    with archive.open(member) as packed, path.open("wb") as plain:
        while chunk := packed.read(_CHUNK):
            plain.write(chunk)
