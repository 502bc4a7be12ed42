"""A short run of each target, always with the same inputs; `make fuzz` is the long one (docs/bad-input.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzzing.found import FOUND
from fuzzing.targets import all_targets
from run import fuzz

INPUTS = dict.fromkeys(all_targets(), 100) | dict.fromkeys(("csv", "csvw", "templates", "yaml"), 25)


@pytest.mark.parametrize("target", INPUTS)
def test_short_run(target: str, tmp_path: Path) -> None:
    check(target, "hypothesis", INPUTS[target], tmp_path / target)


@pytest.mark.parametrize("target", FOUND)
def test_what_was_found(target: str, tmp_path: Path) -> None:
    check(target, "found", len(FOUND[target]), tmp_path / target)


def check(target: str, engine: str, inputs: int, folder: Path) -> None:
    result = fuzz(target, engine, inputs, 1, folder)
    told = [path.read_text("utf-8") for path in sorted(folder.rglob("failures/*.txt"))]
    assert not result.failures, "\n".join(told)
    assert result.inputs == inputs
