"""A release is kept only if a build from nothing would write the same bytes."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import write_tiny

from st_opendata.build import Job, Outcome, build
from st_opendata.settings import Settings

Edit = Callable[[Path, Path], None]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Files that changed long before the build, as those of a publisher."""
    folder = write_tiny(tmp_path / "catalogue")
    for path in folder.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return folder


@pytest.fixture
def release(catalogue: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "release"
    assert build(Job(catalogue), folder).written
    return folder


def test_a_release_of_the_same_files_is_kept(catalogue: Path, release: Path) -> None:
    before, first = stamps(release), build(Job(catalogue), release)
    second = build(Job(catalogue), release)
    assert not first.written
    assert not second.written
    assert stamps(release) == before
    assert second.release == first.release
    whole = build(Job(catalogue, fresh=True), release)
    assert whole.written
    assert facts_of(whole) == facts_of(second)
    assert stamps(release) != before


def test_a_file_with_another_time_and_the_same_content_is_no_change(catalogue: Path, release: Path) -> None:
    (catalogue / "says" / "says.csv").touch()
    (release / "release.json").touch()
    assert not build(Job(catalogue), release).written


@pytest.mark.slow
def test_content_of_the_same_size_and_time_is_a_change(catalogue: Path, release: Path) -> None:
    path = catalogue / "places" / "cities.csv"
    stat = path.stat()
    path.write_text(path.read_text("utf-8").replace("Vienna", "Wieden"), "utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert build(Job(catalogue), release).written
    assert "Wieden" in (release / "places" / "cities.csv").read_text("utf-8")


@pytest.mark.slow
def test_settings_that_change_bytes_are_a_change(catalogue: Path, release: Path) -> None:
    assert build(Job(catalogue, site="https://data.example.net/"), release).written
    assert build(Job(catalogue, Settings(source_date_epoch=1)), release).written
    assert not build(Job(catalogue, Settings(source_date_epoch=1, memory="900MB", threads=1)), release).written


@pytest.mark.slow
def test_a_catalogue_with_a_linked_folder_is_always_built(catalogue: Path, release: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (catalogue / "linked").symlink_to(tmp_path / "elsewhere")
    assert build(Job(catalogue), release).written
    assert build(Job(catalogue), release).written


@pytest.mark.slow
def test_without_a_cache_every_build_writes(
    catalogue: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert build(Job(catalogue), release).written
    assert build(Job(catalogue), release).written


def _edit_cell(catalogue: Path, _release: Path) -> None:
    path = catalogue / "places" / "cities.csv"
    path.write_text(path.read_text("utf-8").replace("Lyon", "Lyons"), "utf-8")


def _edit_description(catalogue: Path, _release: Path) -> None:
    path = catalogue / "says" / "dataset.yaml"
    path.write_text(path.read_text("utf-8").replace("Claims,", "Claim,"), "utf-8")


def _add_shape(catalogue: Path, _release: Path) -> None:
    (catalogue / "shapes").mkdir(exist_ok=True)
    text = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetClass <urn:c> ."
    (catalogue / "shapes" / "own.ttl").write_text(text, "utf-8")


def _add_ontology(catalogue: Path, _release: Path) -> None:
    (catalogue / "ontology").mkdir(exist_ok=True)
    text = "<urn:c> <http://www.w3.org/2000/01/rdf-schema#label> 'Class'@en ."
    (catalogue / "ontology" / "own.ttl").write_text(text, "utf-8")


def _remove_rules(catalogue: Path, _release: Path) -> None:
    for name in ("shapes", "ontology"):
        shutil.rmtree(catalogue / name, ignore_errors=True)


def _exchange_files(catalogue: Path, _release: Path) -> None:
    """The bytes stay, the inodes do not."""
    for path in (catalogue / "says").iterdir():
        draft = path.with_name(f"new-{path.name}")
        shutil.copy2(path, draft)
        draft.replace(path)


def _touch_all(catalogue: Path, release: Path) -> None:
    for path in (*catalogue.rglob("*.csv"), *release.rglob("*.ttl")):
        path.touch()


def _edit_release(_catalogue: Path, release: Path) -> None:
    path = release / "places" / "cities.csv"
    content, stat = path.read_bytes(), path.stat()
    path.write_bytes(content[:-2] + b"!\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _lose_file(_catalogue: Path, release: Path) -> None:
    (release / "void.ttl").unlink(missing_ok=True)


def _do_nothing(_catalogue: Path, _release: Path) -> None:
    pass


EDITS: tuple[Edit, ...] = (
    _edit_cell, _edit_description, _add_shape, _add_ontology, _remove_rules, _exchange_files, _touch_all, _edit_release,
    _lose_file, _do_nothing, _do_nothing,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_after_any_edits_the_bytes_are_those_of_a_build_from_nothing(
    catalogue: Path, release: Path, tmp_path: Path, seed: int
) -> None:
    chance, kept = random.Random(seed), 0
    for step in range(4):
        for edit in chance.sample(EDITS, chance.choice((1, 1, 2))):
            edit(catalogue, release)
        outcome = build(Job(catalogue), release)
        whole = build(Job(catalogue, fresh=True), tmp_path / f"whole-{step}")
        assert contents(release) == contents(tmp_path / f"whole-{step}")
        assert facts_of(outcome) == facts_of(whole)
        kept += not outcome.written
    assert kept < 4


def facts_of(outcome: Outcome) -> tuple[object, ...]:
    """The parts of an outcome that a publisher sees."""
    release = outcome.release
    assert release is not None
    findings = [
        (each.code, each.severity, dict(each.message), dict(each.remedy), each.places, each.shape, each.dataset)
        for each in outcome.findings
    ]
    return (findings, outcome.tables, outcome.rows, outcome.triples, outcome.advice, release.files)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }
