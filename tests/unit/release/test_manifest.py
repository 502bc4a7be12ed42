"""release.json says what the release holds, and verifying finds every file that is not as it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from st_opendata.errors import InputError
from st_opendata.formats import CSV
from st_opendata.model.release import DatasetRelease, Distribution, FactFile, FactFolder, File, Release
from st_opendata.model.text import LANGUAGES
from st_opendata.release import FileChange, list_files, read_release, verify_release, write_manifest


@pytest.fixture
def release(tmp_path: Path) -> Release:
    (tmp_path / "cities").mkdir()
    (tmp_path / "cities" / "cities.csv").write_text("id\nwien\n")
    (tmp_path / "catalog.ttl").write_text("# empty\n")
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "label.parquet").write_bytes(b"PAR1")
    files = list_files(tmp_path)
    label = FactFile("https://e.org/label", "facts/label.parquet", 3, {"cities": 3})
    table = Distribution(files[1], CSV, {"fr": "Villes", "en": "Cities"}, "cities", "cities", ("http://a/",), "m.json")
    dataset = DatasetRelease(
        "cities", "https://e.org/dataset/cities", {"en": "Cities"}, {"cities": 1}, 3, 405, (table,)
    )
    made = Release(
        tool="st-opendata 0.1.0",
        catalogue="tiny",
        base="https://e.org/",
        site="https://e.org/",
        title={"en": "Tiny"},
        created="2025-06-26T00:00:00Z",
        triples=3,
        datasets=(dataset,),
        inputs=(File("catalogue.yaml", 3, "0" * 64),),
        files=files,
        prefixes={"nuts": "https://example.org/nuts/"},
        facts=FactFolder(2, {"cities": 1}, (label,)),
    )
    write_manifest(made, tmp_path)
    return made


def test_round_trip(release: Release, tmp_path: Path) -> None:
    assert [file.path for file in release.files] == ["catalog.ttl", "cities/cities.csv", "facts/label.parquet"]
    assert read_release(tmp_path) == release


def test_a_release_of_an_earlier_version_has_no_files_of_facts(release: Release, tmp_path: Path) -> None:
    content = json.loads((tmp_path / "release.json").read_text("utf-8"))
    del content["facts"]
    (tmp_path / "release.json").write_text(json.dumps(content), "utf-8")
    assert read_release(tmp_path) == replace(release, facts=None)


def test_verify(release: Release, tmp_path: Path) -> None:
    assert verify_release(tmp_path) == []
    (tmp_path / "catalog.ttl").write_text("# Empty\n")
    (tmp_path / "cities" / "cities.csv").unlink()
    (tmp_path / "cities" / "notes.txt").touch()
    (tmp_path / "link").symlink_to("cities")
    found = [(difference.path, difference.change) for difference in verify_release(tmp_path)]
    assert found == [
        ("catalog.ttl", FileChange.CHANGED),
        ("cities/cities.csv", FileChange.MISSING),
        ("cities/notes.txt", FileChange.EXTRA),
        ("link", FileChange.EXTRA),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.pop("files"), "'files' is missing"),
        (lambda content: content.update(version=2), "version 2"),
        (lambda content: content["files"][0].update(path="../../etc/passwd"), "leaves the release"),
        (
            lambda content: content["datasets"][0]["distributions"][0].update(format="xlt"),
            "'XLT' is missing or unknown",
        ),
        (lambda content: content.update(base="example"), '"example" is not an absolute IRI'),
        (lambda content: content["datasets"][0].update(iri=7), '"7" is not an absolute IRI'),
        (lambda content: content.update(files=3), "damaged"),
        (lambda content: content.update(datasets=["x"]), "damaged"),
        (lambda content: content["facts"]["files"][0].update(path="facts/x.parquet"), "'facts/x.parquet' is missing"),
        (lambda content: content["facts"]["files"][0].update(predicate="label"), '"label" is not an absolute IRI'),
        (lambda content: content["facts"].update(digits=9), "9 digits"),
        (lambda content: content["facts"]["datasets"].update(cities=3), "3 digits"),
    ],
)
def test_damaged(release: Release, tmp_path: Path, change, message: str) -> None:
    path = tmp_path / "release.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=message):
        read_release(tmp_path)


def test_not_a_release(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it has no release"):
        read_release(tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        read_release(tmp_path / "nothing")
    (tmp_path / "release.json").write_bytes(b"\xff[")
    with pytest.raises(InputError, match="damaged"):
        read_release(tmp_path)


def test_what_the_user_typed_stays_as_it_is_in_each_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        read_release(Path("column"))
    assert [caught.value.message_text(language).replace("\N{NO-BREAK SPACE}", " ") for language in LANGUAGES] == [
        'there is no folder "column"',
        "le dossier « column » n’existe pas",
        "den Ordner „column“ gibt es nicht",
    ]
