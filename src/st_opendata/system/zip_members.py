"""Members of zip files in their packed form, which another zip file can take over."""

from __future__ import annotations

import struct
from collections.abc import Collection
from copy import copy
from pathlib import Path
from zipfile import ZipFile, ZipInfo

_SIZES = struct.Struct("<26xHH")
"""The lengths of the name and of the extra field in the header of a member (APPNOTE 4.3.7)."""
_BLOCK = 1 << 20
_DESCRIPTOR = 0x08
"""The flag of a member whose sizes follow its data."""


def exchange_members(path: Path, older: Path, names: Collection[str], target: Path) -> None:
    """Write the zip file to `target`, with these members as they are in an older one.

    No member may have its sizes after its data, as those have that zipfile writes to a stream.

    Raises:
        OSError: a file cannot be read or written.
        KeyError: the older file has no such member.
        BadZipFile: a file is damaged.
    """
    with ZipFile(path) as new, ZipFile(older) as old, ZipFile(target, "w") as out:
        for info in new.infolist():
            _take(*((old, old.getinfo(info.filename)) if info.filename in names else (new, info)), out)


def _take(source: ZipFile, info: ZipInfo, out: ZipFile) -> None:
    """Add a member unchanged; zipfile writes the directory in the end."""
    assert source.fp and out.fp and not info.flag_bits & _DESCRIPTOR
    moved = copy(info)
    moved.header_offset = out.fp.tell()
    source.fp.seek(info.header_offset)
    header = source.fp.read(_SIZES.size)
    left = sum(_SIZES.unpack(header)) + info.compress_size
    out.fp.write(header)
    while left and (block := source.fp.read(min(_BLOCK, left))):
        out.fp.write(block)
        left -= len(block)
    out.filelist.append(moved)
    out.NameToInfo[moved.filename] = moved
    out.start_dir = out.fp.tell()
