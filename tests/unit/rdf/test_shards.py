"""The lines of each shard in a file of N-Triples are those whose subject's MD5 has its prefix."""

from __future__ import annotations

import random
from hashlib import md5
from pathlib import Path

import pytest

from st_opendata.rdf import shards
from st_opendata.rdf.shards import shard_parts


@pytest.mark.quick(6)
@pytest.mark.parametrize("seed", range(20))
def test_parts_are_the_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(shards, "_BLOCK", 70)
    chance = random.Random(seed)
    digits, path = chance.choice((0, 1, 1, 2)), tmp_path / "a.nt"
    subjects = [f"<http://e/{chance.choice('aé😀')}{chance.randrange(400)}>" for _ in range(chance.choice((1, 3, 300)))]
    lines = {f'{each} <http://e/p> "{"x y . é" * chance.randrange(9)}" .' for each in subjects for _ in range(2)}

    def shard(line: str) -> str:
        return md5(line.partition(" ")[0].encode()).hexdigest()[:digits]

    ordered = sorted(lines, key=lambda line: (shard(line), line))
    path.write_text("".join(f"{line}\n" for line in ordered), "utf-8")
    for graph, end in (("", " .\n"), ("http://e/g", " <http://e/g> .\n")):
        parts = shard_parts(path, digits, graph)
        expected = {
            each: "".join(line.removesuffix(" .") + end for line in ordered if shard(line) == each)
            for each in set(map(shard, ordered))
        }
        for _ in range(2):
            assert {each: b"".join(part).decode() for each, part in parts.items()} == expected


def test_an_empty_file_has_no_parts(tmp_path: Path) -> None:
    (tmp_path / "a.nt").touch()
    assert shard_parts(tmp_path / "a.nt", 1) == {}
