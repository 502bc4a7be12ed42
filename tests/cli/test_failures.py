"""A build that is killed, interrupted or without room leaves the old release whole and nothing behind."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import st_opendata.build  # noqa: F401 (loaded before the forks)
from st_opendata.__main__ import main

Run = Callable[..., Any]


class Child:
    """A build in a forked process; `err` is what it says on stderr."""

    def __init__(self, catalogue: Path, target: Path, prepare: Callable[[], object] = lambda: None) -> None:
        self.building = target.with_name(f".{target.name}.building")
        self._err = catalogue.parent / "stderr"
        self.pid = os.fork()
        if self.pid == 0:
            for number, path in ((1, Path(os.devnull)), (2, self._err)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
            sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
            signal.signal(signal.SIGINT, signal.default_int_handler)
            prepare()
            code = main(["build", str(catalogue), "--output", str(target)])
            sys.stderr.flush()
            os._exit(code)

    def wait_for_files(self, number: int) -> bool:
        """Wait until this many files have been written; False if the build ended before."""
        while os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if self.building.is_dir() and sum(len(files) for _, _, files in os.walk(self.building)) >= number:
                return True
            time.sleep(0.001)
        return False

    def end(self, number: int | None = None) -> int:
        if number is not None:
            os.kill(self.pid, number)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    @property
    def err(self) -> str:
        return self._err.read_text()


def digests(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(release: Path, tmp_path: Path) -> Path:
    """A copy of the release in a separate folder, with a changed catalogue next to it."""
    shutil.copytree(release, tmp_path / "place" / "release")
    return tmp_path / "place" / "release"


@pytest.fixture
def changed(catalogue: Path) -> Path:
    """The catalogue with another fact, so that its release differs from the old one."""
    table = catalogue / "places" / "cities.csv"
    table.write_text(table.read_text().replace("522250", "522251"))
    return catalogue


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.slow
def test_killed_at_many_points(changed: Path, place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = changed.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    old = digests(place)
    kept = 0
    for number in (0, 2, 15, 35, 55, 10_000):
        child = Child(changed, place)
        child.wait_for_files(number)
        child.end(signal.SIGKILL)
        assert run("verify", "release", place).code == 0
        if digests(place) == old:
            kept += 1
    assert kept >= 3  # all but those that were killed after the exchange
    assert run("build", changed, "--output", place).code == 0
    assert digests(place) != old
    assert names(place.parent) == ["release"]
    assert names(temporary) == []


SAID = {
    signal.SIGINT: (130, "Interrupted. Nothing is lost: run the command again."),
    signal.SIGTERM: (143, "Ended by SIGTERM. Nothing is lost: run the command again."),
    signal.SIGHUP: (129, "Ended by SIGHUP. Nothing is lost: run the command again."),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "at"), [(0, signal.SIGINT), (30, signal.SIGINT), (5, signal.SIGTERM), (15, signal.SIGHUP)]
)
def test_interrupted(number: int, at: signal.Signals, changed: Path, place: Path) -> None:
    old = digests(place)
    child = Child(changed, place)
    assert child.wait_for_files(number)
    code, said = SAID[at]
    assert child.end(at) == code
    assert child.err.strip() == said
    assert digests(place) == old
    assert names(place.parent) == ["release"]


@pytest.mark.slow
def test_several_signals_do_not_stop_what_tidies_up(changed: Path, place: Path) -> None:
    old = digests(place)
    child = Child(changed, place)
    assert child.wait_for_files(30)
    for at in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
        os.kill(child.pid, at)
    assert child.end() in (129, 143)  # which of them comes first is the system's
    assert digests(place) == old
    assert names(place.parent) == ["release"]


@pytest.mark.slow
def test_a_build_that_ignores_that_its_terminal_is_closed(changed: Path, place: Path) -> None:
    """The signal is ignored, as under nohup."""
    child = Child(changed, place, lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    assert child.wait_for_files(5)
    assert child.end(signal.SIGHUP) == 0


@pytest.mark.slow
def test_interrupted_from_a_shell(changed: Path, place: Path) -> None:
    command = [sys.executable, "-m", "st_opendata", "build", str(changed), "--output", str(place)]
    building = place.with_name(".release.building")
    for _ in range(20):  # on a busy machine the signal may come when the build has ended
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while not building.exists() and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        message = process.communicate()[1].strip()
        if process.returncode:
            break
    assert message == "Interrupted. Nothing is lost: run the command again."
    assert process.returncode == 130
    assert names(place.parent) == ["release"]


@pytest.mark.slow
@pytest.mark.parametrize("size", [512, 30_000, 100_000])
def test_no_room_for_a_file(size: int, changed: Path, place: Path) -> None:
    old = digests(place)
    child = Child(changed, place, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    assert child.end() == 3, child.err
    assert child.err.startswith("Error: ")
    assert "\n  " in child.err, "no remedy"
    assert "Traceback" not in child.err
    assert digests(place) == old
    assert names(place.parent) == ["release"]


@pytest.fixture
def small_disk(release: Path, tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a release and a half."""
    blocks = sum(path.stat().st_size // 4096 + 1 for path in release.rglob("*"))
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={blocks * 6}k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
def test_disk_full(changed: Path, small_disk: Path, release: Path) -> None:
    target = small_disk / "release"
    shutil.copytree(release, target)
    old = digests(target)
    child = Child(changed, target)
    assert child.end() == 3, child.err
    assert "No space left on device" in child.err
    assert "The disk is full" in child.err
    assert f"{target}" in child.err
    assert digests(target) == old
    assert names(small_disk) == ["release"]


def test_output_is_a_mount_point(changed: Path, small_disk: Path, run: Run) -> None:
    ran = run("build", changed, "--output", small_disk)
    assert (ran.code, "is a mount point" in ran.err) == (3, True)


@pytest.mark.parametrize(
    ("output", "said", "remedy"),
    [
        ("/proc/release", "/proc/release: No such file or directory", "you cannot create files there"),
        ("x" * 300, "File name too long", "Choose a shorter name"),
        ("loop/release", 'loop" is not a folder', "Name another folder"),
    ],
)
def test_an_output_that_cannot_be_made(catalogue: Path, run: Run, output: str, said: str, remedy: str) -> None:
    (catalogue.parent / "loop").symlink_to("loop")
    ran = run("build", catalogue, "--output", catalogue.parent / output)
    assert (ran.code, said in ran.err, remedy in ran.err) == (3, True, True), ran.err


@pytest.mark.slow
def test_two_builds_at_once(changed: Path, place: Path, run: Run) -> None:
    child = Child(changed, place)
    assert child.wait_for_files(0)
    ran = run("build", changed, "--output", place)
    assert (ran.code, child.end()) == (3, 0)
    assert "another command is writing to" in ran.err
    assert "Wait until it has ended" in ran.err
    assert names(place.parent) == ["release"]


@pytest.mark.parametrize("content", ["notes.txt", None])
def test_output_is_no_release(content: str | None, catalogue: Path, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    if content:
        target.mkdir()
        (target / content).write_text("mine")
    else:
        target.write_text("mine")
    ran = run("build", catalogue, "--output", target)
    assert ran.code == 3
    assert f'Error: "{target}" is ' in ran.err
    assert "nothing was changed" in ran.err
    assert (target / content if content else target).read_text() == "mine"


def test_output_in_a_file(catalogue: Path, run: Run) -> None:
    ran = run("build", catalogue, "--output", catalogue / "catalogue.yaml" / "release")
    assert ran.code == 3
    assert 'catalogue.yaml" is not a folder' in ran.err


def test_output_not_writable(catalogue: Path) -> None:
    """As an ordinary user, for whom rights hold."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(catalogue, folder / "tiny")
        (folder / "locked").mkdir()
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (folder / "stderr").touch()
        (folder / "stderr").chmod(0o666)
        (folder / "locked").chmod(0o555)
        child = Child(folder / "tiny", folder / "locked" / "release", lambda: os.geteuid() or os.setuid(65534))
        assert child.end() == 3
        assert "Permission denied" in child.err
        assert "Name a folder that you may read and write" in child.err
        assert names(folder / "locked") == []


def test_a_table_that_may_not_be_read(catalogue: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(catalogue, folder / "tiny")
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o644)
        (folder / "stderr").touch()
        (folder / "stderr").chmod(0o666)
        (folder / "tiny" / "catalogue.yaml").chmod(0)
        child = Child(folder / "tiny", folder / "release", lambda: os.geteuid() or os.setuid(65534))
        assert child.end() == 3
        assert "catalogue.yaml" in child.err
        assert "Traceback" not in child.err


def test_files_of_the_publisher_are_not_lost(place: Path, catalogue: Path, run: Run) -> None:
    for number in range(6):
        (place / "places" / f"mine{number}.txt").touch()
    before = digests(place)
    ran = run("build", catalogue, "--output", place)
    assert ran.code == 3
    assert (
        f'"{place}" has files that are not part of the release and would be lost: places/mine0.txt, places/mine1.txt'
        in ran.err
    )
    assert "and 1 more; nothing was changed" in ran.err
    assert digests(place) == before
    assert names(place.parent) == ["release"]


@pytest.mark.parametrize("manifest", ["{}", "[]", "no JSON", '{"version": 2}'])
def test_a_folder_with_another_release_json_is_not_replaced(
    manifest: str, catalogue: Path, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "release.json").write_text(manifest)
    (folder / "notes.txt").write_text("mine")
    ran = run("build", catalogue, "--output", folder)
    assert ran.code == 3
    assert f'"{folder}" is not a release that can be replaced: ' in ran.err
    assert "Name another folder with --output, or remove this one." in ran.err
    assert (folder / "notes.txt").read_text() == "mine"
