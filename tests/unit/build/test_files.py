"""Files and links of a dataset from the description to the release: checked, copied, described."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from plans import PDF, write_plans
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, PROV, XSD

from st_opendata.build import Job, build, check
from st_opendata.build.files import fetched_findings, file_findings
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.fetched import write_fetched
from st_opendata.dcat.terms import SPDX
from st_opendata.model.findings import Severity
from st_opendata.model.resources import FetchedFile
from st_opendata.release import read_release
from st_opendata.shacl import validate_catalogue

BASE = "https://data.fennwick.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_plans(tmp_path / "catalogue")


def findings(folder: Path) -> list[tuple[str, int | None]]:
    return [(each.code, each.places[0].line) for each in file_findings(read_catalogue(folder))]


def test_good_files_have_no_findings(folder: Path) -> None:
    assert findings(folder) == []


def test_each_wrong_file_is_found_at_its_line(folder: Path) -> None:
    plans = folder / "plans"
    (plans / "report.pdf").write_bytes(b"<!DOCTYPE html><html></html>")
    (plans / "plans.zip").write_bytes(b"")
    (plans / "roads.zip").rename(plans / "Roads.zip")
    (plans / "places.geojson").unlink()
    (plans / "places.geojson").mkdir()
    (plans / "areas.gpkg").write_bytes(PDF)
    assert findings(folder) == [
        ("file-extension", 5),
        ("file-empty", 11),
        ("file-missing", 12),
        ("file-not-regular", 13),
        ("file-format", 15),
    ]
    missing = next(each for each in file_findings(read_catalogue(folder)) if each.code == "file-missing")
    assert "Did you mean “Roads.zip”?" in missing.message["en"]
    outcome = check(Job(folder))
    assert not outcome.conforms


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read every file")
def test_a_file_without_permission_is_found(folder: Path) -> None:
    (folder / "plans" / "report.pdf").chmod(0)
    assert findings(folder) == [("file-unreadable", 5)]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket is opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield


@pytest.mark.usefixtures("offline")
def test_a_dataset_without_tables_is_released_with_its_files_and_links(folder: Path, tmp_path: Path) -> None:
    release = tmp_path / "release"
    outcome = build(Job(folder), release)
    assert outcome.conforms
    found = read_release(release).datasets[0]
    assert outcome.release is not None
    assert outcome.release.datasets[0] == found
    assert found.points == 405
    names = ["report.pdf", "plans.zip", "roads.zip", "places.geojson", "map.png", "areas.gpkg"]
    assert [each.file.path for each in found.distributions] == [f"plans/files/{name}" for name in names]
    assert [each.format.name for each in found.distributions] == ["pdf", "zip", "shp", "geojson", "png", "gpkg"]
    for name, each in zip(names, found.distributions, strict=True):
        data = (folder / "plans" / name).read_bytes()
        assert (release / each.file.path).read_bytes() == data
        assert each.file.sha256 == hashlib.sha256(data).hexdigest()
    assert [(link.service, link.format and link.format.name) for link in found.links] == [
        ("WMS", "wms-srvc"),
        (None, None),
        (None, "csv"),
    ]
    graph = Graph().parse(release / "catalog.ttl")
    assert not [each for each in validate_catalogue(graph) if each.severity == "violation"]
    report = URIRef(f"{BASE}/distribution/plans/files/report.pdf")
    assert str(graph.value(report, DCTERMS.license)).endswith("/CC0")
    assert str(graph.value(report, DCTERMS.language)).endswith("/DEU")
    assert str(graph.value(report, DCAT.byteSize)) == str(len(PDF))
    service = graph.value(predicate=DCAT.endpointURL, object=URIRef("https://geo.fennwick.example/wms"))
    assert len(list(graph.subjects(DCAT.accessService, service))) == 1
    assert len(list(graph.objects(None, DCAT.distribution))) == 9
    crate = json.loads((release / "ro-crate-metadata.json").read_text("utf-8"))
    assert {"plans/files/map.png", "plans/files/areas.gpkg"} <= {each["@id"] for each in crate["@graph"]}
    files = json.loads((release / "plans" / "croissant.json").read_text("utf-8"))["distribution"]
    assert [each["name"] for each in files] == names
    downloads = json.loads((release / "plans" / "schema.jsonld").read_text("utf-8"))["distribution"]
    assert [each.get("contentUrl") for each in downloads][-1] == "https://files.fennwick.example/big.csv"
    assert len(downloads) == 9


def test_a_changed_file_alone_is_a_change_and_the_bytes_are_those_of_a_fresh_build(
    folder: Path, tmp_path: Path
) -> None:
    release, fresh = tmp_path / "release", tmp_path / "fresh"
    assert build(Job(folder), release).written
    assert not build(Job(folder), release).written
    with (folder / "plans" / "report.pdf").open("ab") as file:
        file.write(b"%")
    assert build(Job(folder), release).written
    build(Job(folder, fresh=True), fresh)
    assert contents(release) == contents(fresh)
    moved = shutil.copytree(folder, tmp_path / "elsewhere" / "catalogue")
    build(Job(moved), tmp_path / "third")
    assert contents(tmp_path / "third") == contents(fresh)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def hostile_names(seed: int) -> list[str]:
    """Names with spaces, signs of URLs and YAML, other scripts, both forms of accents, and the longest ones."""
    chance = random.Random(seed)
    letters = [*"abcXYZ019 %#?&=+;,'()[]{}@!~^`|<>*\"$:-_", "ä", "u\u0308", "\u00e9", "ß", "Ω", "日", "🗺", "\u200d"]
    found = {
        "100 %.txt",
        "%41.txt",
        "a#b?c.txt",
        "x" * 251 + ".txt",
        "ü" * 125 + ".txt",
        "CON.txt",
        "n.txt/deep er.txt",
    }
    while len(found) < 25:
        name = "".join(chance.choice(letters) for _ in range(chance.randrange(1, 30))).strip()
        found.add(f"n{name}.txt")
    return sorted(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_files_with_hostile_names_are_released_unchanged(seed: int, folder: Path, tmp_path: Path) -> None:
    plans = folder / "plans"
    names = hostile_names(seed)
    for number, name in enumerate(names):
        (plans / name).parent.mkdir(exist_ok=True)
        (plans / name).write_text(f"{number}\n", "utf-8")
    described = {"title": {"en": "P"}, "description": {"en": "P"}, "files": [{"path": name} for name in names]}
    (plans / "dataset.yaml").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
    release = tmp_path / "release"
    outcome = build(Job(folder), release)
    assert outcome.conforms, outcome.findings
    found = read_release(release).datasets[0].distributions
    assert [each.file.path for each in found] == [f"plans/files/{name}" for name in names]
    assert [(release / each.file.path).read_text("utf-8") for each in found] == [f"{n}\n" for n in range(len(names))]
    graph = Graph().parse(release / "catalog.ttl")
    assert len(set(graph.objects(None, DCAT.downloadURL))) == len(names)
    assert read_release(release).datasets[0].points == 355  # without keywords, and text is not machine-readable


def test_a_fetched_file_says_where_it_is_from(folder: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256((folder / "plans" / "report.pdf").read_bytes()).hexdigest()
    url = "https://archive.fennwick.example/report"
    entry = FetchedFile("report.pdf", url, "2026-11-30T10:00:00Z", digest)
    schema = FetchedFile("schema.json", "https://schemas.example/schema.json", "2026-11-30T10:00:00Z", "0" * 64)
    write_fetched(folder / "plans", [schema, entry])
    (dataset,) = read_catalogue(folder).datasets
    assert [link.url for link in dataset.source] == [url]
    assert [(each.code, each.places[0].line) for each in fetched_findings(read_catalogue(folder))] == [
        ("fetched-missing", 6)
    ]
    write_fetched(folder / "plans", [entry])
    outcome = build(Job(folder), tmp_path / "release")
    assert outcome.release is not None
    assert "plans/fetched.yaml" in {file.path for file in outcome.release.inputs}
    graph = Graph().parse(tmp_path / "release" / "catalog.ttl")
    node = URIRef(f"{BASE}/dataset/plans")
    assert (node, PROV.wasDerivedFrom, URIRef(url)) in graph
    (activity,) = graph.objects(node, PROV.wasGeneratedBy)
    assert graph.value(activity, PROV.used) == URIRef(url)
    assert (activity, PROV.endedAtTime, Literal(entry.date, datatype=XSD.dateTime)) in graph
    checksum = graph.value(graph.value(activity, PROV.generated), SPDX.checksum)
    assert digest == str(graph.value(checksum, SPDX.checksumValue))
    (folder / "plans" / "report.pdf").write_bytes(PDF + b"%edited")
    changed = [each for each in check(Job(folder)).findings if each.code == "fetched-changed"]
    assert [(each.severity, str(each.places[0])) for each in changed] == [
        (Severity.WARNING, "plans/fetched.yaml, line 2, column 1")
    ]
