"""A release release, read back by the libraries of others: RO-Crate, Croissant, pandas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from rocrate.rocrate import ROCrate

from st_opendata.release import read_release


@pytest.fixture
def crate(release: Path) -> ROCrate:
    return ROCrate(release)


def test_the_root_says_what_the_release_is(crate: ROCrate, release: Path) -> None:
    root = crate.root_dataset
    assert crate.version == "1.2"
    assert (root["name"], root["datePublished"]) == (read_release(release).title["en"], "2020-03-01")
    assert root["license"]["@type"] == "CreativeWork"
    assert root["license"].id == "https://creativecommons.org/licenses/by/4.0/"
    assert root["publisher"]["name"]


def test_every_file_of_the_release_is_described_and_measured(crate: ROCrate, release: Path) -> None:
    files = {entity.id: entity for entity in crate.get_by_type("File")}
    for file in read_release(release).files:
        if file.path != "ro-crate-metadata.json":
            assert files[file.path]["contentSize"] == str(file.size), file.path
    assert files["places/cities.csv"]["encodingFormat"] == "text/csv"
    for dataset in read_release(release).datasets:
        for each in dataset.distributions:
            assert files[each.file.path]["sha256"] == each.file.sha256


def test_every_entity_is_part_of_the_root(crate: ROCrate) -> None:
    seen, waiting = set(), [crate.root_dataset]
    while waiting:
        entity = waiting.pop()
        seen.add(entity.id)
        waiting += entity.get("hasPart", [])
    assert {entity.id for entity in crate.data_entities} <= seen


def test_all_references_lead_to_entities(release: Path) -> None:
    """RO-Crate 1.2, Root Data Entity: what is referred to within the crate is described there."""
    content = json.loads((release / "ro-crate-metadata.json").read_text("utf-8"))
    known = {entity["@id"] for entity in content["@graph"]}
    assert len(known) == len(content["@graph"])
    for entity in content["@graph"]:
        for key in ("hasPart", "license", "publisher", "author", "funder", "about"):
            values = entity.get(key, [])
            for value in values if isinstance(values, list) else [values]:
                assert value["@id"] in known, (entity["@id"], key)
        assert all(len(value) > 1 for value in entity.values() if isinstance(value, list)), entity


@pytest.mark.filterwarnings("ignore")
def test_mlcroissant_reads_the_rows_of_a_release(
    release: Path, tmp_path: Path, read_with: Callable[[str], ModuleType]
) -> None:
    mlcroissant = read_with("mlcroissant")
    described = json.loads((release / "places/croissant.json").read_text("utf-8"))
    for file in described["distribution"]:
        file["contentUrl"] = str(release / file["@id"])
    (tmp_path / "croissant.json").write_text(json.dumps(described), "utf-8")
    dataset = mlcroissant.Dataset(jsonld=tmp_path / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    rows = list(dataset.records("cities"))
    assert [row["cities/id"] for row in rows] == [b"lyon", b"wien", b"munich"]
    assert rows[0]["cities/inhabitants"] == 522250


@pytest.mark.parametrize("name", ["places.xlsx", "places.ods"])
def test_pandas_reads_the_workbooks(release: Path, read_with: Callable[[str], ModuleType], name: str) -> None:
    frame = read_with("pandas").read_excel(release / "places" / name, sheet_name="cities", engine="calamine")
    assert list(frame["id"]) == ["lyon", "wien", "munich"]
    assert frame["inhabitants"].iloc[0] == 522250
