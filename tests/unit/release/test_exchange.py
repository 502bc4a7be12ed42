"""A release takes the place of another in one step, and a build killed at any point leaves one of them whole."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.release import exchange
from st_opendata.release.exchange import complete, stage

FILES = ("release.json", "catalog.ttl", "cities/cities.csv", "cities/cities.nt")


def allow(folder: Path) -> None:
    """A folder with release.json may be replaced."""
    if not (folder / "release.json").is_file():
        raise InputError(message("{folder} is not a release; nothing was changed", folder=folder))


def fill(folder: Path, generation: str) -> None:
    for name in FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(generation)


def build(target: Path, generation: str) -> None:
    with stage(target, refuse=allow) as staging:
        fill(staging.folder, generation)
        staging.commit()


def content(target: Path) -> dict[str, str]:
    return {str(p.relative_to(target)): p.read_text() for p in target.rglob("*") if p.is_file()}


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def whole(generation: str) -> dict[str, str]:
    return dict.fromkeys(FILES, generation)


@pytest.fixture(params=["one step", "two renames"])
def target(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "two renames":  # what a system without RENAME_EXCHANGE does
        monkeypatch.setattr(exchange, "_exchange_names", lambda one, other: False)
    return tmp_path / "place" / "release"


def test_first_and_second_release(target: Path) -> None:
    build(target, "old")
    assert content(target) == whole("old")
    build(target, "new")
    assert content(target) == whole("new")
    assert names(target.parent) == ["release"]


def test_a_failed_build_leaves_the_old_release(target: Path) -> None:
    build(target, "old")
    with pytest.raises(ZeroDivisionError), stage(target, refuse=allow) as staging:
        fill(staging.folder, "new")
        1 / 0  # noqa: B018
    assert content(target) == whole("old")
    assert names(target.parent) == ["release"]


def test_a_draft_that_is_not_committed_is_removed(target: Path) -> None:
    build(target, "old")
    with stage(target, refuse=allow) as staging:
        fill(staging.folder, "new")
    assert content(target) == whole("old")
    assert names(target.parent) == ["release"]


def killed_build(target: Path, event: int) -> bool:
    """Build "new" in a child killed (SIGKILL) before its nth file operation; False if it got to the end."""
    child = os.fork()
    if child == 0:
        left = [event]

        def count(name: str, _: object) -> None:
            if name.startswith(("open", "os.", "shutil.", "ctypes.", "fcntl.")):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        build(target, "new")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.slow
@pytest.mark.parametrize("existing", [True, False])
def test_killed_at_every_file_operation(target: Path, existing: bool) -> None:
    seen = set()
    event = 1
    while True:
        if target.exists():
            for path in sorted(target.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            target.rmdir()
        if existing:
            build(target, "old")
        killed = killed_build(target, event)
        complete(target)
        if target.exists() and any(target.iterdir()):
            found = content(target)
            assert found in (whole("old"), whole("new")), f"torn at operation {event}"
            seen.add(found["release.json"])
        else:
            assert not existing, f"no release at operation {event}"
        build(target, "next")
        assert content(target) == whole("next")
        assert names(target.parent) == ["release"], f"litter from operation {event}"
        if not killed:
            break
        event += 1
    assert event > 20
    assert seen == ({"old", "new"} if existing else {"new"})


def test_the_second_of_two_builds_is_told(target: Path) -> None:
    build(target, "old")
    with (
        stage(target, refuse=allow) as staging,
        pytest.raises(InputError, match="another command is writing"),
    ):
        build(target, "other")
    assert not staging.folder.exists()


def test_a_lock_file_left_behind_does_not_lock(target: Path) -> None:
    target.parent.mkdir()
    (target.parent / ".release.lock").touch()
    build(target, "new")
    assert content(target) == whole("new")


def test_reading_waits_for_an_exchange_in_progress(target: Path) -> None:
    build(target.with_name(".release.ready"), "new")
    lock = os.open(target.with_name(".release.lock"), os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    child = os.fork()
    if child == 0:
        os.close(lock)
        complete(target)
        os._exit(0 if target.exists() else 1)
    assert os.waitpid(child, os.WNOHANG) == (0, 0)
    os.close(lock)
    # The child inherited the lock and closed its copy; the parent's close released it.
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert content(target) == whole("new")


@pytest.mark.parametrize("existing", ["notes.txt", None])
def test_other_content_is_refused(target: Path, existing: str | None) -> None:
    if existing:
        target.mkdir(parents=True)
        (target / existing).write_text("mine")
    else:
        target.parent.mkdir()
        target.write_text("mine")
    with pytest.raises(InputError, match="nothing was changed"):
        build(target, "new")
    assert (target / existing if existing else target).read_text() == "mine"
    assert names(target.parent) == ["release"]


def test_an_empty_folder_is_replaced(target: Path) -> None:
    target.mkdir(parents=True)
    build(target, "new")
    assert content(target) == whole("new")


def test_a_link_keeps_pointing_to_the_release(target: Path) -> None:
    build(target, "old")
    link = target.with_name("current")
    link.symlink_to("release")
    build(link, "new")
    assert link.is_symlink()
    assert content(target) == whole("new")


def test_a_parent_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is not a folder"):
        build(tmp_path / "file" / "release", "new")


@contextmanager
def lower_layer(folder: Path) -> Iterator[Path]:
    """A release "old" in the lower layer of an overlay, as in the image of a container; skips where none is mounted."""
    build(folder / "image/release", "old")
    layers = folder / "layers"
    (top := folder / "top").mkdir(exist_ok=True)
    layers.mkdir(exist_ok=True)
    options = f"lowerdir={folder / 'image'},upperdir={layers / 'upper'},workdir={layers / 'work'}"
    mounted = list[Path]()
    try:
        for command in (["tmpfs", "tmpfs", "size=1m", layers], ["overlay", "overlay", options, top]):
            kind, name, given, where = command
            done = subprocess.run(["mount", "-t", kind, "-o", given, name, where], capture_output=True, check=False)
            if done.returncode:
                pytest.skip("no overlay can be mounted here")
            mounted.append(Path(where))
            for each in ("upper", "work"):
                (layers / each).mkdir(exist_ok=True)
        yield top / "release"
    finally:
        for where in reversed(mounted):
            subprocess.run(["umount", str(where)], check=True)


def test_a_release_in_a_lower_layer_is_replaced(tmp_path: Path) -> None:
    with lower_layer(tmp_path) as target:
        with pytest.raises(OSError, match="cross-device"):
            target.rename(target.with_name("other"))
        build(target, "new")
        assert (content(target), names(target.parent)) == (whole("new"), ["release"])
        build(target, "next")
        assert (content(target), names(target.parent)) == (whole("next"), ["release"])


@pytest.mark.slow
def test_killed_while_it_replaces_one_in_a_lower_layer(tmp_path: Path) -> None:
    event, seen = 1, set()
    while True:
        with lower_layer(tmp_path) as target:
            killed = killed_build(target, event)
            complete(target)
            found = content(target)
            assert found in (whole("old"), whole("new")), f"torn at operation {event}"
            seen.add(found["release.json"])
            build(target, "next")
            assert (content(target), names(target.parent)) == (whole("next"), ["release"])
        if not killed:
            break
        event += 1
    assert seen == {"old", "new"}


def test_a_folder_that_is_mounted_is_refused(tmp_path: Path) -> None:
    (shown := tmp_path / "a folder").mkdir()
    build(tmp_path / "release", "old")
    done = subprocess.run(["mount", "--bind", tmp_path / "release", shown], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        with pytest.raises(InputError, match="mount point"):
            build(shown, "new")
        assert content(shown) == whole("old")
    finally:
        subprocess.run(["umount", str(shown)], check=True)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_an_error_of_writing_names_the_folder_that_was_asked_for(target: Path, number: int) -> None:
    said = os.strerror(number)
    with pytest.raises(OSError, match=said) as raised, stage(target, refuse=allow):
        raise OSError(number, said)  # as write(2) makes it
    assert raised.value.filename == str(target)
    with pytest.raises(OSError, match=said) as raised, stage(target, refuse=allow) as staging:
        raise OSError(number, said, "/source", None, str(staging.folder / "copy"))  # as a copy makes it
    assert raised.value.filename == str(target / "copy")
