"""Parts that a build takes over from the release before have the bytes that a build from nothing would write."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tiny import write_tiny

from st_opendata.build import Job, Outcome, build
from st_opendata.exports import graphs, xlsx
from st_opendata.facts import base

Edit = Callable[[random.Random, Path, Path], None]
"""Changes the catalogue or the release that was built from it."""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Three datasets: one refers to another with its picture, and one has the labels of that one's codes."""
    folder = write_tiny(tmp_path / "catalogue")
    _replace(folder / "catalogue.yaml", "datasets: [places, says]", "datasets: [places, says, kinds]")
    _replace(folder / "places" / "dataset.yaml", '"geo:long"}\n', '"geo:long"}\n' + _KIND)
    text = (folder / "places" / "countries.csv").read_text("utf-8").splitlines()
    rows = [f"{row},{kind}" for row, kind in zip(text, ("kind", "old", "new", "old"), strict=True)]
    (folder / "places" / "countries.csv").write_text("\n".join([*rows, ""]), "utf-8")
    (folder / "kinds").mkdir()
    (folder / "kinds" / "dataset.yaml").write_text(_KINDS, "utf-8")
    (folder / "kinds" / "kinds.csv").write_text("code,label\nold,Old country\nnew,New country\n", "utf-8")
    _age(folder)
    return folder


_KIND = '        - {name: kind, propertyUrl: "dct:type", valueUrl: "kind/{kind}"}\n'
_KINDS = """\
title: {en: Kinds, fr: Genres, de: Arten}
description: {en: Kinds of countries., fr: Genres de pays., de: Arten von Ländern.}
tables:
  - url: kinds.csv
    title: {en: Kinds}
    tableSchema:
      aboutUrl: "kind/{code}"
      primaryKey: code
      columns:
        - {name: code, titles: {en: Code}, required: true}
        - {name: label, titles: {en: Label}, lang: en, propertyUrl: "skos:prefLabel"}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "skos:Concept"}
"""


@pytest.fixture
def release(catalogue: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "release"
    assert not build(Job(catalogue), folder).reused
    _age(folder)
    assert not build(Job(catalogue), folder).written  # the record has no doubts any more
    return folder


def test_a_changed_cell_costs_its_own_dataset_only(catalogue: Path, release: Path, tmp_path: Path) -> None:
    first = (release / "says" / "says.xlsx").stat()
    _replace(catalogue / "places" / "cities.csv", "Vienna", "Wien")
    outcome = build(Job(catalogue), release)
    assert (outcome.written, outcome.reused) == (True, 2)
    assert (release / "says" / "says.xlsx").stat().st_ino != first.st_ino  # a copy, not a link
    _compare(outcome, catalogue, release, tmp_path / "whole")


@pytest.mark.slow
def test_a_changed_cell_sorts_its_own_shard_only(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(base, "_SHARD_TRIPLES", 8)
    release = request.getfixturevalue("release")
    _replace(catalogue / "places" / "cities.csv", "Vienna", "Wien")
    read, whole = list[str](), base.FactBase._sorted_facts

    def sorted_facts(facts: base.FactBase, dataset: str, shards: Sequence[str]) -> str:
        read.extend(shards)
        return whole(facts, dataset, shards)

    with monkeypatch.context() as patched:
        patched.setattr(base.FactBase, "_sorted_facts", sorted_facts)
        for name in ("write_rdf", "write_trig"):
            patched.delattr(graphs, name)  # of no use, since all files take over the text of other shards
        outcome = build(Job(catalogue), release)
    assert 0 < len(read) < 4
    _compare(outcome, catalogue, release, tmp_path / "whole")


def test_a_changed_cell_costs_its_own_sheet_only(
    catalogue: Path, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _replace(catalogue / "places" / "cities.csv", "Vienna", "Wien")
    taken, exchange = list[str](), xlsx.exchange_members

    def exchanged(path: Path, older: Path, names: Sequence[str], target: Path) -> None:
        taken.extend(names)
        exchange(path, older, names, target)

    with monkeypatch.context() as patched:
        patched.setattr(xlsx, "exchange_members", exchanged)
        outcome = build(Job(catalogue), release)
    assert taken == ["xl/worksheets/sheet3.xml"]
    _compare(outcome, catalogue, release, tmp_path / "whole")


@pytest.mark.slow
def test_texts_that_a_workbook_cuts_are_counted_in_all_its_sheets(
    catalogue: Path, release: Path, tmp_path: Path
) -> None:
    origins, says = catalogue / "says" / "origins.csv", catalogue / "says" / "says.csv"
    page, census = ("Page of the city", "Page" * 9_000), ("The census counts.", "Cens" * 9_000)
    edits = ((origins, *page), (says, *census), (origins, *reversed(page)))
    for number, (path, old, new) in enumerate(edits):
        _replace(path, old, new)
        outcome = build(Job(catalogue), release)
        _compare(outcome, catalogue, release, tmp_path / f"whole-{number}")


@pytest.mark.slow
def test_a_damaged_file_is_written_again_with_its_dataset(catalogue: Path, release: Path, tmp_path: Path) -> None:
    _damage(random.Random(1), catalogue, release, "says/says.nt")
    _replace(catalogue / "places" / "cities.csv", "Vienna", "Wien")
    outcome = build(Job(catalogue), release)
    assert outcome.reused == 1
    _compare(outcome, catalogue, release, tmp_path / "whole")


@pytest.mark.slow
def test_the_label_of_another_dataset_is_drawn_anew(catalogue: Path, release: Path, tmp_path: Path) -> None:
    assert "Old country" in (release / "places" / "preview.svg").read_text("utf-8")
    _replace(catalogue / "kinds" / "kinds.csv", "Old country", "Former country")
    outcome = build(Job(catalogue), release)
    assert outcome.reused == 2
    assert "Former country" in (release / "places" / "preview.svg").read_text("utf-8")
    _compare(outcome, catalogue, release, tmp_path / "whole")


@pytest.mark.slow
def test_a_fresh_build_takes_nothing_over(catalogue: Path, release: Path) -> None:
    _replace(catalogue / "places" / "cities.csv", "Vienna", "Wien")
    assert not build(Job(catalogue, fresh=True), release).reused


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_after_any_edits_the_bytes_are_those_of_a_build_from_nothing(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, seed: int
) -> None:
    """The datasets have one shard, or several."""
    if seed % 2:
        monkeypatch.setattr(base, "_SHARD_TRIPLES", 8)
    release = request.getfixturevalue("release")
    chance, reused, built = random.Random(seed), 0, 0
    for step in range(4):
        for edit in chance.sample(EDITS, chance.choice((1, 1, 2, 3))):
            edit(chance, catalogue, release)
        outcome = build(Job(catalogue), release)
        if outcome.release is None:  # a claim is about a city with another key
            break
        _compare(outcome, catalogue, release, tmp_path / f"whole-{step}")
        reused, built = reused + outcome.reused, built + outcome.written
    assert reused or built < 3


def _compare(outcome: Outcome, catalogue: Path, release: Path, other: Path) -> None:
    whole = build(Job(catalogue, fresh=True), other)
    assert not whole.reused
    assert _contents(release) == _contents(other)
    assert not outcome.written or outcome.release == whole.release
    assert _findings(outcome) == _findings(whole)
    assert (outcome.rows, outcome.triples, outcome.advice) == (whole.rows, whole.triples, whole.advice)
    shutil.rmtree(other)


def _findings(outcome: Outcome) -> list[object]:
    return [(each.code, dict(each.message), each.places, each.shape, each.dataset) for each in outcome.findings]


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _age(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new), "utf-8")


def _try_replace(path: Path, old: str, new: str) -> None:
    if path.is_file():
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def _exchange(path: str, old: str, new: str) -> Edit:
    """One text for another, or back."""

    def edit(_chance: random.Random, catalogue: Path, _release: Path) -> None:
        there = (catalogue / path).is_file() and new in (catalogue / path).read_text("utf-8")
        _try_replace(catalogue / path, *((new, old) if there else (old, new)))

    return edit


def _cell(chance: random.Random, catalogue: Path, _release: Path) -> None:
    """A name, a number, a reason: of any table."""
    path, old = chance.choice(
        (
            ("places/cities.csv", "Lyon,"),
            ("places/cities.csv", "1510378"),
            ("places/countries.csv", "Germany"),
            ("says/says.csv", "The census counts."),
            ("says/origins.csv", "Page of the city"),
            ("kinds/kinds.csv", "New country"),
        )
    )
    new = str(chance.randrange(10**6)) if old.isdigit() else f"{chance.choice('ABC')}{old}"
    _try_replace(catalogue / path, old, new)


def _key(chance: random.Random, catalogue: Path, _release: Path) -> None:
    """The key of a city, and where it is referred to."""
    name = "".join(chance.choices("abcdef", k=6))
    _try_replace(catalogue / "places" / "cities.csv", "lyon,", f"{name},")
    _try_replace(catalogue / "says" / "says.csv", ";lyon;", f";{name};")


def _dataset(_chance: random.Random, catalogue: Path, _release: Path) -> None:
    """One more dataset, or one less."""
    folder, head = catalogue / "extra", catalogue / "catalogue.yaml"
    if folder.is_dir():
        shutil.rmtree(folder)
        _try_replace(head, ", extra]", "]")
    else:
        folder.mkdir()
        text = _KINDS.replace("kinds", "extra").replace('"kind/', '"extra/')
        (folder / "dataset.yaml").write_text(text, "utf-8")
        (folder / "extra.csv").write_text("code,label\na,First\nb,Second\n", "utf-8")
        _try_replace(head, "kinds]", "kinds, extra]")


def _rename_dataset(_chance: random.Random, catalogue: Path, _release: Path) -> None:
    old, new = ("kinds", "sorts") if (catalogue / "kinds").is_dir() else ("sorts", "kinds")
    (catalogue / old).rename(catalogue / new)
    _try_replace(catalogue / "catalogue.yaml", f"says, {old}", f"says, {new}")


def _rules(chance: random.Random, catalogue: Path, _release: Path) -> None:
    """A shape or a term of the catalogue's own, or none."""
    kind, text = chance.choice(
        (
            ("shapes", "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetClass <urn:c> ."),
            ("ontology", "<urn:c> <http://www.w3.org/2000/01/rdf-schema#label> 'Class'@en ."),
        )
    )
    if (catalogue / kind).is_dir():
        shutil.rmtree(catalogue / kind)
    else:
        (catalogue / kind).mkdir()
        (catalogue / kind / "own.ttl").write_text(text, "utf-8")


def _damage(chance: random.Random, _catalogue: Path, release: Path, name: str | None = None) -> None:
    """Another content of the same size and time, in place of a file or in the file itself."""
    files = sorted(path for path in release.rglob("*") if path.is_file() and path.name != "release.json")
    path = release / name if name else chance.choice(files)
    content, stat = path.read_bytes(), path.stat()
    if chance.random() < 0.5:
        path.unlink()
    path.write_bytes(content[:-2] + b"!\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _lose(chance: random.Random, _catalogue: Path, release: Path) -> None:
    chance.choice(
        sorted(path for path in release.rglob("*") if path.is_file() and path.name != "release.json")
    ).unlink()


def _move(_chance: random.Random, _catalogue: Path, release: Path) -> None:
    """Other inodes and times, the same content."""
    shutil.copytree(release, release.with_name("copied"))
    shutil.rmtree(release)
    release.with_name("copied").rename(release)


EDITS: tuple[Edit, ...] = (
    _cell, _cell, _cell, _key, _dataset, _rename_dataset, _rules, _damage, _lose, _move,
    _exchange("says/dataset.yaml", "{en: Claims, fr", "{en: Statements, fr"),
    _exchange("kinds/dataset.yaml", "Kinds of countries.", "Their kinds."),
    _exchange("places/dataset.yaml", "titles: {en: Name}", "titles: {en: Name of the city}"),
    _exchange("places/dataset.yaml", "datatype: date, ", "datatype: string, "),
    _exchange("says/dataset.yaml", "title: {en: Sources}", "title: {en: Origins}\n    lenient: true"),
    _exchange("says/dataset.yaml", "title: {en: Claims, fr", "formats: {ods: false, ttl: 3}\ntitle: {en: Claims, fr"),
    _exchange("says/origins.csv", "Page of the city", "Page" * 9_000),
    _exchange("says/says.csv", "census", "cens" * 9_000),
    _exchange("catalogue.yaml", "title: {en: Tiny catalogue", "title: {en: Small catalogue"),
    _exchange("catalogue.yaml", "language: [en]", "language: [en, fr]"),
    _exchange("catalogue.yaml", "language: [en]", "formats: {xlsx: false, trig: false}\nlanguage: [en]"),
    _exchange("catalogue.yaml", "id: tiny", "prefixes: {ex: 'https://example.org/tiny/city/'}\nid: tiny"),
    _exchange("catalogue.yaml", "id: tiny", "site: https://data.example.org/\nid: tiny"),
    _exchange("catalogue.yaml", "modified: 2020-03-01", "modified: 2020-04-01"),
)  # fmt: skip
