"""Files that are computed from a release stay until another release replaces it."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from st_opendata.errors import InputError
from st_opendata.release.cache import ReleaseCache, open_cache
from st_opendata.system.cache import cache_folder

Write = Callable[..., Path]


@pytest.fixture
def release(tmp_path: Path, write_release: Write) -> Path:
    return write_release(tmp_path / "release", {"http://e/d": "<http://e/a> <http://e/b> <http://e/c> .\n"})


@pytest.fixture
def cache(release: Path, tmp_path: Path) -> Iterator[ReleaseCache]:
    cache = ReleaseCache.open(release, folder=tmp_path / "cache")
    yield cache
    cache.close()


class Maker:
    """Counts how often it writes."""

    def __init__(self, content: str = "content") -> None:
        self.content, self.times = content, 0

    def __call__(self, path: Path) -> None:
        self.times += 1
        path.write_text(self.content)


def test_it_is_made_once(cache: ReleaseCache, release: Path, tmp_path: Path) -> None:
    make = Maker()
    paths = {cache.keep("index", "1", make) for _ in range(2)}
    again = ReleaseCache.open(release, folder=tmp_path / "cache")
    assert {again.keep("index", "1", make)} == paths
    assert make.times == 1
    assert [path.read_text() for path in paths] == ["content"]


def test_a_folder_is_kept_like_a_file(cache: ReleaseCache) -> None:
    def make(path: Path) -> None:
        (path / "a").mkdir(parents=True)
        (path / "a" / "b").write_text("content")

    path = cache.keep("store", "1", make)
    before = (path / "a" / "b").stat().st_ino
    assert (cache.keep("store", "1", make) / "a" / "b").stat().st_ino == before
    (path / "a" / "b").write_text("c")
    assert (cache.keep("store", "1", make) / "a" / "b").read_text() == "content"


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("con")])
def test_what_is_damaged_is_made_again(damage: Callable[[Path], None], cache: ReleaseCache) -> None:
    make = Maker()
    damage(cache.keep("index", "1", make))
    assert cache.keep("index", "1", make).read_text() == "content"
    assert make.times == 2


def test_another_version_takes_its_place(cache: ReleaseCache) -> None:
    old = cache.keep("index", "1", Maker("old"))
    other = cache.keep("columns", "1", Maker())
    assert cache.keep("index", "2", Maker("new")).read_text() == "new"
    assert not old.exists()
    assert other.exists()


def test_a_failure_leaves_nothing(cache: ReleaseCache) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        cache.keep("index", "1", fail)
    assert {path.suffix for path in cache.folder.iterdir()} == {".lock", ".making"}
    assert cache.keep("index", "1", Maker()).read_text() == "content"


def test_processes_that_start_together_make_it_once(release: Path, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    made = context.Value("i", 0)

    def make(path: Path) -> None:
        with made.get_lock():
            made.value += 1
        path.write_text("content" * 10_000)

    def start() -> None:
        cache = ReleaseCache.open(release, folder=tmp_path / "cache")
        assert len(cache.keep("index", "1", make).read_text()) == 70_000

    processes = [context.Process(target=start) for _ in range(5)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 5
    assert made.value == 1


def test_that_of_a_replaced_release_is_removed_unless_it_is_in_use(
    cache: ReleaseCache, release: Path, tmp_path: Path, write_release: Write
) -> None:
    elsewhere = write_release(tmp_path / "elsewhere", {"http://e/d": "<http://e/x> <http://e/y> <http://e/z> .\n"})
    kept = cache.keep("index", "1", Maker())
    shutil.rmtree(release)
    write_release(release, {"http://e/d": "<http://e/a> <http://e/b> <http://e/other> .\n"})
    ReleaseCache.open(elsewhere, folder=cache.folder).close()
    assert kept.exists()
    cache.close()
    second = ReleaseCache.open(release, folder=cache.folder)
    assert not kept.exists()
    assert {path.suffix for path in cache.folder.iterdir()} == {".lock"}
    assert len(list(cache.folder.iterdir())) == 2
    second.close()
    cache._lock = second._lock = type("Closed", (), {"close": lambda self: None})()  # type: ignore[assignment]  # it is


def test_a_copy_is_kept_as_long_as_the_release(release: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(release, tmp_path / "copy")
    cache = ReleaseCache.open(copy, home=release, folder=tmp_path / "cache")
    kept = cache.keep("index", "1", Maker())
    cache.close()
    shutil.rmtree(copy)
    ReleaseCache.open(release, folder=tmp_path / "cache").close()
    assert kept.exists()


def test_notes(cache: ReleaseCache) -> None:
    assert cache.read_note("checked") == {}
    cache.write_note("checked", {"a/b": [1, 2]})
    assert cache.read_note("checked") == {"a/b": [1, 2]}
    [path] = cache.folder.glob("*.checked")
    path.write_text("{")
    assert cache.read_note("checked") == {}


def test_a_place_that_cannot_be_written_to(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written to the folder"):
        open_cache(release, folder=tmp_path / "file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache = open_cache(release)
    assert str(cache_folder("stores")) in caplog.text
    kept = cache.keep("index", "1", Maker())
    assert kept.read_text() == "content"
    cache.close()
    assert not kept.exists()
