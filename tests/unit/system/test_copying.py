"""A copy has the content of a file, and neither its inode nor its times."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from st_opendata.system.copying import copy_content


@pytest.mark.parametrize("content", [b"", b"some bytes\x00\xff" * 100_000])
def test_a_copy_is_a_file_of_its_own(tmp_path: Path, content: bytes) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(content)
    os.utime(source, (1_600_000_000, 1_600_000_000))
    copy_content(source, target)
    assert target.read_bytes() == content
    assert source.stat().st_ino != target.stat().st_ino
    assert target.stat().st_nlink == 1
    assert target.stat().st_mtime > 1_600_000_000
    target.write_bytes(b"other")
    assert source.read_bytes() == content


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    for name in ("source", "target"):
        (tmp_path / name).write_text(name, "utf-8")
    with pytest.raises(FileExistsError):
        copy_content(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_text("utf-8") == "target"
