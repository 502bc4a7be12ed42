"""Commands that a signal ends: they tidy up, say so in one line and have the exit code that shells know."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SAID = {
    signal.SIGTERM: "Ended by SIGTERM. Nothing is lost: run the command again.",
    signal.SIGHUP: "Ended by SIGHUP. Nothing is lost: run the command again.",
}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A table that takes seconds."""
    folder = tmp_path / "input"
    folder.mkdir()
    path = folder / "large.csv"
    lines = (f"{number},Place {number},{number % 97}.5,2020-01-0{number % 9 + 1}\n" for number in range(300_000))
    path.write_text("id,name,value,day\n" + "".join(lines), "utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "at", "code"),
    [("convert", signal.SIGTERM, 143), ("convert", signal.SIGHUP, 129), ("init", signal.SIGTERM, 143)],
)
def test_a_command_that_is_ended_tidies_up(
    command: str, at: signal.Signals, code: int, large: Path, tmp_path: Path
) -> None:
    temporary, output = tmp_path / "temporary", tmp_path / "output"
    for folder in (temporary, output):
        folder.mkdir()
    arguments = {
        "convert": [str(large), "--to", "nt", "--output", str(output / "large.nt")],
        "init": [str(output / "drafted"), "--from", str(large)],
    }[command]
    process = subprocess.Popen(
        [sys.executable, "-m", "st_opendata", command, *arguments],
        env=os.environ | {"TMPDIR": str(temporary), "ST_LANG": "en"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (any(temporary.iterdir()) or any(output.iterdir())) and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(at)
    said = process.communicate(timeout=60)[1].strip().splitlines()
    assert (process.returncode, said[-1:]) == (code, [SAID[at]])
    assert [*temporary.iterdir(), *output.iterdir()] == []
