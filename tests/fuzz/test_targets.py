"""A short run of each target, always with the same inputs; `make fuzz` is the long one (docs/bad-input.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzzing.found import FOUND
from fuzzing.targets import NAMES
from run import fuzz

INPUTS = dict.fromkeys(NAMES, 100) | dict.fromkeys(("xls", "csv", "csvw", "story", "templates", "yaml"), 15)


@pytest.mark.slow
@pytest.mark.parametrize("target", INPUTS)
def test_what_was_found_and_a_few_more(target: str, tmp_path: Path) -> None:
    inputs = len(FOUND.get(target, ())) + INPUTS[target]
    result = fuzz(target, "hypothesis", inputs, 1, tmp_path / target)
    told = [path.read_text("utf-8") for path in sorted(tmp_path.rglob("failures/*.txt"))]
    assert not result.failures, "\n".join(told)
    assert result.inputs == inputs
