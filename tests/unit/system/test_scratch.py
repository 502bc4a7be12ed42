"""A folder belongs to the process that holds its lock: left-overs of killed processes are removed, others stay."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from st_opendata.system.scratch import Scratch, remove_leftovers, remove_unlocked, take_lock, try_lock


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_removed_when_closed(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    (scratch.folder / "spill").mkdir()
    (scratch.folder / "spill" / "1").touch()
    scratch.close()
    scratch.close()
    assert names(tmp_path) == []


@contextmanager
def process(work: Callable[[], object]) -> Iterator[int]:
    """A process that has done the work and then waits; it is killed (SIGKILL) where the block ends, if not before."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        kept = work()  # noqa: F841 (as long as it lives)
        os.write(write, b"ready")
        signal.pause()
    try:
        assert os.read(read, 5) == b"ready"
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read)
        os.close(write)


def test_left_by_a_killed_process(tmp_path: Path) -> None:
    def work() -> Scratch:
        scratch = Scratch(tmp_path)
        (scratch.folder / "facts.duckdb").touch()
        return scratch

    with process(work):
        [used] = names(tmp_path)
        beside = Scratch(tmp_path)
        assert names(tmp_path) == sorted([used, beside.folder.name]), "in use"
        beside.close()
    assert names(tmp_path) == [used]
    after = Scratch(tmp_path)
    assert names(tmp_path) == [after.folder.name]
    after.close()


def test_in_use_in_another_container(tmp_path: Path) -> None:
    """Process numbers mean nothing there: this one's is that of another process, or of none."""
    script = "import sys, pathlib; from st_opendata.system.scratch import Scratch; Scratch(pathlib.Path(sys.argv[1]))"
    command = ["unshare", "--pid", "--fork", sys.executable, "-c", script, str(tmp_path)]
    if subprocess.run([*command[:3], "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespace can be made here")
    with process(lambda: Scratch(tmp_path)):
        [used] = names(tmp_path)
        subprocess.run(command, check=True)
        assert names(tmp_path) == [used]
    subprocess.run(command, check=True)
    assert names(tmp_path) == []


def test_made_while_another_process_removes_left_overs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes between the folder and its lock: the folder is gone then, and the next one is taken."""
    flock, removed = fcntl.flock, list[str]()

    def first_the_other(descriptor: int, operation: int) -> None:
        if not removed:
            removed.extend(names(tmp_path))
            child = os.fork()
            if child == 0:
                monkeypatch.undo()
                remove_leftovers(tmp_path)
                os._exit(0)
            os.waitpid(child, 0)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", first_the_other)
    scratch = Scratch(tmp_path)
    assert len(removed) == 1
    assert names(tmp_path) == [scratch.folder.name] != removed
    with process(lambda: remove_leftovers(tmp_path)):
        assert names(tmp_path) == [scratch.folder.name]
    scratch.close()
    assert names(tmp_path) == []


def test_where_there_are_no_locks_no_other_process_removes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", refuse)
        scratch = Scratch(tmp_path)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == [scratch.folder.name]
    scratch.close()
    assert names(tmp_path) == []


@pytest.mark.slow
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


def test_a_lock_is_held_until_its_process_ends(tmp_path: Path) -> None:
    path = tmp_path / "store.lock"
    with process(lambda: take_lock(path)):
        assert try_lock(path) is None
    lock = try_lock(path)
    assert lock
    lock.close()
    assert names(tmp_path) == ["store.lock"]
    take_lock(path).remove()
    assert names(tmp_path) == []


def test_a_shared_lock_keeps_what_is_named_like_it(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data").touch()
        (tmp_path / f"{name}.columns").touch()
    with process(lambda: take_lock(tmp_path / "one.lock", shared=True)):
        take_lock(tmp_path / "one.lock", shared=True).close()
        assert try_lock(tmp_path / "one.lock") is None
        remove_unlocked(tmp_path / "one.lock")
        assert names(tmp_path) == ["one", "one.columns", "one.lock", "two", "two.columns"]
    remove_unlocked(tmp_path / "one.lock")
    assert names(tmp_path) == ["two", "two.columns"]


def test_who_waits_for_a_lock_that_is_removed_takes_the_next(tmp_path: Path) -> None:
    path = tmp_path / "store.lock"
    lock = take_lock(path)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        lock.close()  # its copy, or it would wait for itself
        os.write(write, b"ready")
        own = take_lock(path)
        os._exit(0 if path.exists() and try_lock(path) is None and own else 1)
    assert os.read(read, 5) == b"ready"
    lock.remove()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(read)
    os.close(write)
