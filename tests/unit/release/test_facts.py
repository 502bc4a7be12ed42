"""The facts of a release by predicate answer as those by dataset, which is all that older releases have."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from drawn import write_drawn

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import base, load_facts
from st_opendata.model.release import FactFolder
from st_opendata.release.changes import Changes, DividedFacts, WholeFacts
from st_opendata.release.layout import facts_file, predicate_files
from st_opendata.release.origins import open_origins


def write(catalogue: Path, folder: Path) -> FactFolder:
    (folder / "facts").mkdir(parents=True)
    with load_facts(read_catalogue(catalogue)) as facts:
        for dataset in facts.catalogue.datasets:
            (folder / dataset.id).mkdir()
            facts.write_facts(dataset.id, folder / facts_file(dataset.id))
        return facts.write_files(predicate_files(facts.predicates()), folder)


@pytest.mark.parametrize(
    ("seeds", "triples"),
    [((2,), 40), *(pytest.param(range(10), triples, marks=pytest.mark.slow) for triples in (12, base._SHARD_TRIPLES))],
)
def test_both_name_the_same_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds: tuple[int, ...], triples: int
) -> None:
    monkeypatch.setattr(base, "_SHARD_TRIPLES", triples)
    for seed in seeds:
        folder = tmp_path / f"release-{seed}"
        described = write(write_drawn(tmp_path / f"catalogue-{seed}", seed), folder)
        with open_origins(folder, described) as divided, open_origins(folder, None) as whole:
            terms = [f"<https://example.org/id/{path}>" for path in ("thing/a", "thing/aa", "thing/one", "a", "none")]
            terms += [f"<https://example.org/id/thing/{key}>" for key in ("c/d", "c%2Fd", "1", "10")]
            assert divided.about(terms) == whole.about(terms)
            assert [divided.about([term]) for term in terms[:3]] == [whole.about([term]) for term in terms[:3]]
            for origin in islice(whole.about(terms), 5):
                objects = [origin.object, terms[0]]
                found = divided.naming(origin.predicate, objects)
                assert found == whole.naming(origin.predicate, objects)
                assert origin in found
            assert divided.about([]) == divided.naming("<p>", terms) == []


@pytest.mark.parametrize(
    ("seeds", "triples"),
    [((2,), 40), *(pytest.param(range(8), triples, marks=pytest.mark.slow) for triples in (12, base._SHARD_TRIPLES))],
)
def test_both_have_the_same_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds: tuple[int, ...], triples: int
) -> None:
    compared = 0
    for seed in seeds:
        folders = [tmp_path / f"release-{seed}-{side}" for side in (0, 1)]
        described = []
        for side, folder in enumerate(folders):
            monkeypatch.setattr(base, "_SHARD_TRIPLES", triples * (1 + 15 * (side & seed)))
            described.append(write(write_drawn(tmp_path / f"catalogue-{seed}-{side}", 2 * seed + side), folder))
        paths = [path for folder in folders for path in folder.glob("*/*.parquet")]
        for names in ([], ["d0"], ["d1"], ["d0", "d1"]):
            divided = [divide(folder, facts, names) for folder, facts in zip(folders, described, strict=True)]
            whole = [
                WholeFacts([path for name in names if (path := folder / facts_file(name)).exists()])
                for folder in folders
            ]
            found = []
            for old, new in (divided, whole):
                with Changes(paths, "500MB", 1) as changes:
                    found.append((changes.compare_triples(old, new), [*changes.removed()], [*changes.added()]))
            assert found[0] == found[1]
            compared += sum(found[0][0])
    assert compared > 10


def divide(folder: Path, facts: FactFolder, names: list[str]) -> DividedFacts:
    shards = max((facts.datasets.get(name, 0) for name in names), default=0)
    return DividedFacts(
        {f"<{each.predicate}>": folder / each.path for each in facts.files}, names, facts.digits, shards
    )
