"""Gzip files of several members: what any reader gets from them, and which of them the next version takes over."""

from __future__ import annotations

import gzip
import random
import subprocess
import zlib
from pathlib import Path

import pytest

from st_opendata.system.members import write_members


def written(folder: Path, name: str, contents: list[list[bytes]], older: Path | None = None) -> Path:
    write_members(contents, folder / name, older)
    return folder / name


def test_readers_get_all_contents_one_after_the_other(tmp_path: Path) -> None:
    path = written(tmp_path, "a.gz", [[b"one\n", b"two\n"], [], [b"three\n" * 100_000]])
    whole = b"one\ntwo\n" + b"three\n" * 100_000
    assert gzip.decompress(path.read_bytes()) == whole
    assert subprocess.run(["gzip", "-cd", str(path)], check=True, capture_output=True).stdout == whole


def test_no_content_makes_an_empty_file(tmp_path: Path) -> None:
    assert gzip.decompress(written(tmp_path, "a.gz", []).read_bytes()) == b""


def test_the_bytes_depend_on_the_contents_alone(tmp_path: Path) -> None:
    first = written(tmp_path, "a.gz", [[b"facts\n" * 1000], [b"x"]])
    assert written(tmp_path, "b.gz", [[b"facts\n"] * 1000, [b"x"]]).read_bytes() == first.read_bytes()
    assert written(tmp_path, "c.gz", [[b"facts\n" * 1000], [b"y"]]).read_bytes() != first.read_bytes()


@pytest.mark.parametrize("seed", range(5))
def test_a_file_with_members_of_the_one_before_is_that_made_from_nothing(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    contents = [[chance.randbytes(chance.choice((0, 1, 500)))] for _ in range(chance.randint(1, 12))]
    older = written(tmp_path, "older.gz", contents)
    for _ in range(chance.randint(1, 4)):
        chance.choice((contents.append, lambda each: contents.insert(0, each)))([chance.randbytes(30)])
        contents.pop(chance.randrange(len(contents)))
    chance.shuffle(contents)
    whole = written(tmp_path, "whole.gz", contents).read_bytes()
    known = {b"".join(each) for each in contents} & set(_members(older))
    compressed = []

    def compressobj(*arguments: int) -> object:
        compressed.append(1)
        return original(*arguments)

    original = zlib.compressobj
    monkeypatch.setattr(zlib, "compressobj", compressobj)
    assert written(tmp_path, "next.gz", contents, older).read_bytes() == whole
    assert len(compressed) == sum(b"".join(each) not in known for each in contents)


def _members(path: Path) -> list[bytes]:
    """The content of each member, by decompressing them."""
    found, rest = [], path.read_bytes()
    while rest:
        reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
        found.append(reader.decompress(rest))
        rest = reader.unused_data
    return found


def test_members_of_another_program_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "older.gz").write_bytes(gzip.compress(b"facts\n") + bytes(100))
    path = written(tmp_path, "next.gz", [[b"facts\n"]], tmp_path / "older.gz")
    assert path.read_bytes() == written(tmp_path, "whole.gz", [[b"facts\n"]]).read_bytes()
