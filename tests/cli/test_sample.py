"""The first rows as they were read, in a narrow terminal too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_long_values_and_titles_leave_room_for_each_other(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"k{number},{'word ' * 60},7\n" for number in range(3))
    (tmp_path / "t.csv").write_text(f"id,objective,{'very ' * 30}long\n{rows}", "utf-8")
    lines = run("init", tmp_path / "drafted", "--from", tmp_path / "t.csv").out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("column"))
    head, first, second, third = lines[start : start + 4]
    assert head.split() == ["column", "type", "row", "2", "row", "3", "row", "4"]
    assert first.split() == ["id", "text", "k0", "k1", "k2"]
    assert second.startswith("objective")
    assert second.count("word") >= 3
    assert second.count("…") == 3
    assert third.startswith("very very")
    assert third.split()[-3:] == ["7", "7", "7"]
    assert all(len(line) <= 80 for line in (head, first, second, third))
