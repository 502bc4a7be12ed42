"""Members that a zip file takes over from another are as if they had been packed there."""

from __future__ import annotations

import random
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from st_opendata.system.zip_members import exchange_members


def _pack(path: Path, contents: dict[str, bytes]) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as out:
        for name, content in contents.items():
            out.writestr(ZipInfo(name, (1980, 1, 31, 0, 0, 0)), content, ZIP_DEFLATED)


@pytest.mark.parametrize("seed", range(10))
def test_exchanged_members(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    names = [f"{chance.choice('aé')}{number}" for number in range(chance.randrange(1, 8))]
    old, new = ({name: chance.randbytes(chance.choice((0, 1, 5_000))) * 3 for name in names} for _ in range(2))
    taken = chance.sample(names, chance.randrange(len(names) + 1))
    _pack(tmp_path / "old", dict(sorted(old.items(), key=lambda _: chance.random())))
    _pack(tmp_path / "new", new)
    _pack(tmp_path / "whole", new | {name: old[name] for name in taken})
    exchange_members(tmp_path / "new", tmp_path / "old", taken, tmp_path / "both")
    assert (tmp_path / "both").read_bytes() == (tmp_path / "whole").read_bytes()
    with ZipFile(tmp_path / "both") as both:
        assert both.testzip() is None
