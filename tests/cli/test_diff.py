"""`diff` of two releases: rows by key, triples, the patch, which another library applies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from once import build
from rdflib import Dataset, Graph
from tiny import write_tiny

Run = Callable[..., Any]


CITIES = "places/cities.csv"
EDITS = (
    (CITIES, "522250", "530000"),  # a cell of Lyon
    (CITIES, "munich,Munich,DE,1510378,1158-06-14,\n", 'graz,"Graz,\nAustria",AT,,1128-02-20,\n'),
)
OTHER_CLAIM = ("says/says.csv", "a;lyon;522250", "c;lyon;522250")


def build_changed(catalogue: Path, release: Path, *changes: tuple[str, str, str]) -> Path:
    """The release of a catalogue with some text of its files replaced."""
    for name, old, new in changes:
        text = (catalogue / name).read_text("utf-8")
        assert old in text
        (catalogue / name).write_text(text.replace(old, new), "utf-8")
    return build(catalogue, release)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny release with another table of cities, only to be read."""
    folder = tmp_path_factory.mktemp("edited")
    return build_changed(write_tiny(folder / "tiny"), folder / "release", *EDITS)


@pytest.fixture(scope="module")
def edited_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with another claim too."""
    folder = tmp_path_factory.mktemp("edited-twice")
    return build_changed(write_tiny(folder / "tiny"), folder / "release", *EDITS, OTHER_CLAIM)


def test_the_same_release(release: Path, run: Run) -> None:
    ran = run("diff", release, release, "--exit-code")
    assert (ran.code, ran.out) == (0, "The two releases are the same, byte for byte.\n")
    content = json.loads(run("diff", release, release, "--json").out)
    assert (content["same"], content["datasets"]) == (True, [])


def test_rows_are_matched_by_key(release: Path, run: Run, edited: Path) -> None:
    content = json.loads(run("diff", release, edited, "--json").out)
    [dataset] = content["datasets"]
    assert (content["same"], dataset["id"], dataset["change"]) == (False, "places", "changed")
    [table] = dataset["tables"]
    assert (table["file"], table["key"]) == ("places/cities.csv", ["id"])
    assert (table["removed"], table["added"], table["changed"]) == (1, 1, 1)
    removed, added, lyon = table["first_rows"]
    assert (removed["key"], removed["new"], removed["old"]["name"]) == ({"id": "munich"}, {}, "Munich")
    assert (added["key"], added["old"], added["new"]["name"]) == ({"id": "graz"}, {}, "Graz,\nAustria")
    assert lyon == {"key": {"id": "lyon"}, "old": {"inhabitants": "522250"}, "new": {"inhabitants": "530000"}}
    assert "catalog.ttl" in content["files"]["changed"]
    text = run("diff", release, edited).out
    assert "  places/cities.csv  -1, +1, ~1  (key: id)" in text
    assert "        inhabitants: 522250 → 530000\n" in text
    assert "    + graz  name: Graz,⏎Austria, country: AT, founded: 1128-02-20\n" in text
    assert "(Schlüssel: id)" in run("diff", release, edited, "--lang", "de").out


def test_exit_code_as_git_diff_has_it(release: Path, run: Run, edited: Path) -> None:
    assert run("diff", release, edited).code == 0
    assert run("diff", release, edited, "--exit-code").code == 1
    assert run("diff", release, edited, "--exit-code", "--format", "patch").code == 1


def test_limit(release: Path, run: Run, edited: Path) -> None:
    [dataset] = json.loads(run("diff", release, edited, "--json", "--limit", "1").out)["datasets"]
    assert len(dataset["tables"][0]["first_rows"]) == 1
    assert len(dataset["triples"]["first_added"]) == 1
    assert dataset["triples"]["added"] > 1
    assert "… 2 rows more" in run("diff", release, edited, "--limit", "1").out


def facts(folder: Path) -> Graph:
    graph = Graph()
    for path in folder.glob("*/*.nt"):
        graph.parse(path)
    return graph


def test_the_patch_leads_from_one_to_the_other(release: Path, run: Run, edited_twice: Path) -> None:
    """rdflib's own parser of RDF Patch applies it; back again, the same patch with its signs turned."""
    patch = run("diff", release, edited_twice, "--format", "patch").out
    dataset = Dataset()
    for triple in facts(release):
        dataset.add(triple)
    dataset.parse(data=patch, format="patch")
    assert set(dataset.triples((None, None, None))) == set(facts(edited_twice))
    back = run("diff", edited_twice, release, "--format", "patch").out
    turned = {"A": "D", "D": "A"}
    assert sorted(turned[line[0]] + line[1:] for line in patch.splitlines() if line[0] in turned) == sorted(
        line for line in back.splitlines() if line[0] in turned
    )
    ends = [line.split()[2] for text in (patch, back) for line in text.splitlines() if line.startswith("H ")]
    assert ends == [ends[0], ends[1], ends[1], ends[0]] and ends[0] != ends[1]


@pytest.mark.slow
def test_a_column_and_a_dataset_more(release: Path, run: Run, catalogue: Path, tmp_path: Path) -> None:
    (catalogue / "more").mkdir()
    table = "title: {en: More}\ndescription: {en: More}\ntables:\n  - url: more.csv\n    title: {en: More}\n"
    schema = '    tableSchema:\n      aboutUrl: "more/{x}"\n      columns: [{name: x, propertyUrl: "rdfs:label"}]\n'
    (catalogue / "more" / "dataset.yaml").write_text(table + schema)
    (catalogue / "more" / "more.csv").write_text("x\none\ntwo\n")
    new = build_changed(
        catalogue,
        tmp_path / "new",
        ("catalogue.yaml", "[places, says]", "[places, more]"),
        ("places/countries.csv", "code,label,", "code,capital,label,"),
        ("places/countries.csv", "FR,", "FR,Paris,"),
        ("places/countries.csv", "AT,", "AT,,"),
        ("places/countries.csv", "DE,", "DE,,"),
        ("places/dataset.yaml", "        - {name: label,", "        - {name: capital}\n        - {name: label,"),
    )
    content = json.loads(run("diff", release, new, "--json").out)
    found = {each["id"]: each for each in content["datasets"]}
    assert {name: each["change"] for name, each in found.items()} == {
        "places": "changed",
        "more": "added",
        "says": "removed",
    }
    [countries] = found["places"]["tables"]
    assert (countries["columns_added"], countries["changed"]) == (["capital"], 0)
    assert found["places"]["triples"] == {"removed": 0, "added": 0, "first_removed": [], "first_added": []}
    [more] = found["more"]["tables"]
    assert (more["added"], more["key"]) == (2, [])
    assert {table["removed"] for table in found["says"]["tables"]} == {2}
    assert found["says"]["triples"]["removed"] == len(Graph().parse(release / "says" / "says.nt"))
    assert "    + column capital\n" in run("diff", release, new).out


def older(release: Path, folder: Path) -> Path:
    """The release as version 0.2 wrote it, without the files of facts by predicate."""
    shutil.copytree(release, folder)
    shutil.rmtree(folder / "facts")
    content = json.loads((folder / "release.json").read_text("utf-8"))
    del content["facts"]
    content["files"] = [file for file in content["files"] if not file["path"].startswith("facts/")]
    (folder / "release.json").write_text(json.dumps(content), "utf-8")
    return folder


def test_releases_of_an_earlier_version_are_compared_and_explained(
    release: Path, run: Run, edited: Path, tmp_path: Path
) -> None:
    old, new = older(release, tmp_path / "old"), older(edited, tmp_path / "new")
    wanted = json.loads(run("diff", release, edited, "--json").out)["datasets"]
    for pair in ((old, new), (old, edited), (release, new)):
        assert json.loads(run("diff", *pair, "--json").out)["datasets"] == wanted
    patch = run("diff", release, edited, "--format", "patch").out.splitlines()[2:]
    assert run("diff", old, edited, "--format", "patch").out.splitlines()[2:] == patch
    for thing in ("city/lyon", "says/a", "https://sws.geonames.org/2996944/"):
        assert run("explain", old, thing).out == run("explain", release, thing).out


def test_a_damaged_release_is_told(release: Path, run: Run, edited: Path, tmp_path: Path) -> None:
    new = shutil.copytree(edited, tmp_path / "new")
    (new / "facts" / "foundingDate.parquet").write_bytes(b"PAR1 no more")
    ran = run("diff", release, new)
    assert ran.code == 3
    assert "Traceback" not in ran.err
    (new / "facts" / "foundingDate.parquet").unlink()
    ran = run("diff", release, new)
    assert (ran.code, "the release lacks this file" in ran.err) == (3, True)
    assert run("diff", release, release.parent / "tiny").code == 3


def test_one_dataset_only(release: Path, run: Run, edited_twice: Path) -> None:
    content = json.loads(run("diff", release, edited_twice, "--json", "--dataset", "says").out)
    assert [each["id"] for each in content["datasets"]] == ["says"]
    assert all(path.startswith("says/") for paths in content["files"].values() for path in paths)
    patch = run("diff", release, edited_twice, "--format", "patch", "--dataset", "says").out
    assert "says/c" in patch
    assert "city/graz" not in patch
    ran = run("diff", release, edited_twice, "--dataset", "say")
    assert (ran.code, 'there is no dataset "say"' in ran.err) == (2, True)
    assert "places, says" in ran.err
