"""Temporary folders of killed processes are removed by the next; those in use and those of others stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from st_opendata.system.scratch import Scratch


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_removed_when_closed(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    (scratch.folder / "spill").mkdir()
    (scratch.folder / "spill" / "1").touch()
    scratch.close()
    scratch.close()
    assert names(tmp_path) == []


def test_left_by_a_killed_process(tmp_path: Path) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        scratch = Scratch(tmp_path)
        (scratch.folder / "facts.duckdb").touch()
        os.write(write, b"ready")
        signal.pause()
    assert os.read(read, 5) == b"ready"
    [used] = names(tmp_path)
    beside = Scratch(tmp_path)
    assert names(tmp_path) == sorted([used, beside.folder.name]), "in use"
    beside.close()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert names(tmp_path) == [used]
    after = Scratch(tmp_path)
    assert names(tmp_path) == [after.folder.name]
    after.close()
    os.close(read)
    os.close(write)


def test_processes_that_start_together_do_not_take_each_others(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "from st_opendata.system.scratch import Scratch\n"
        "for _ in range(400):\n"
        "    Scratch(pathlib.Path(sys.argv[1])).close()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert names(tmp_path) == []


def test_others_stay(tmp_path: Path) -> None:
    (tmp_path / ".st-opendata").mkdir()
    (tmp_path / ".st-opendata-mine").mkdir()
    (tmp_path / "st-opendata-release").mkdir()
    (tmp_path / ".st-opendata-abcdefgh").symlink_to("st-opendata-release")
    Scratch(tmp_path).close()
    assert len(names(tmp_path)) == 4
