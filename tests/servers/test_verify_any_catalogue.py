"""Verified at once after it was published, a catalogue has no difference, whatever it leaves out or says.

ST_CATALOGUES sets how many are tried, ST_CATALOGUES_FROM the first seed (`catalogues.py`).
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from catalogues import write
from st_opendata.__main__ import main

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.timeout(600)]

FIRST, NUMBER = int(os.environ.get("ST_CATALOGUES_FROM", "3")), int(os.environ.get("ST_CATALOGUES", "4"))
RUN = uuid4().hex[:8]
INCOMPLETE = {
    "catalogue.yaml": """\
id: {id}
base: https://example.org/{id}/
title: {{en: Budget}}
description: {{en: What was spent.}}
publisher: {{iri: "https://example.org/town", name: {{en: Town}}}}
datasets: [sites]
""",
    "sites/dataset.yaml": """\
title: {en: Budget}
description: {en: What was spent.}
tables:
  - url: spent.csv
    title: {en: Spent}
    tableSchema: {columns: [{name: office}, {name: spent, datatype: integer}]}
""",
    "sites/spent.csv": "office,spent\nRoads,3\nParks,5\n",
}
"""No date, period, contact, licence or propertyUrl: less cannot be said. Its files of triples are empty."""


def run(*arguments: object) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue() or err.getvalue()


@dataclass(frozen=True)
class Published:
    """A catalogue on a CKAN."""

    ckan: Any
    release: Path
    name: str

    def publish(self, *options: str) -> tuple[int, str]:
        where = ("--url", self.ckan.url, "--organization", self.ckan.organization)
        return run("publish", "ckan", self.release, *where, *options)

    def verify(self) -> tuple[int, dict[str, Any]]:
        code, written = run("verify", "ckan", self.release, "--url", self.ckan.url, "--json")
        return code, json.loads(written)

    def problems(self) -> list[tuple[str, str, str]]:
        """Dataset without the catalogue's id, part and text of each problem."""
        found = self.verify()[1]["problems"]
        return [(each["dataset"].removeprefix(f"{self.name}-"), each["part"], each["text"]) for each in found]

    def remove(self) -> None:
        for dataset in ("one", "two", "sites", "catalogue"):
            self.ckan.post("dataset_purge", token=self.ckan.sysadmin, id=f"{self.name}-{dataset}")


@pytest.fixture(scope="module", autouse=True)
def environment(ckan: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        monkeypatch.setenv("ST_CKAN_TOKEN", ckan.token)
        yield


@pytest.mark.parametrize("seed", range(FIRST, FIRST + NUMBER))
def test_a_catalogue_by_chance(ckan: Any, tmp_path: Path, seed: int) -> None:
    name = f"chance-{RUN}-{seed}"
    folder = write(tmp_path / "catalogue", name, seed)
    code, written = run("build", folder, "--output", tmp_path / "release")
    if code:
        pytest.skip(f"what rules forbid is not built, nor published: {written[:300]}")
    published = Published(ckan, tmp_path / "release", name)
    try:
        assert published.publish()[0] == 0
        code, found = published.verify()
        assert (code, found["problems"]) == (0, [])
        assert published.publish("--dry-run", "--exit-code")[0] == 0
    finally:
        published.remove()


@pytest.fixture(scope="module")
def incomplete(ckan: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder, name = tmp_path_factory.mktemp("incomplete"), f"incomplete-{RUN}"
    (folder / "sites").mkdir()
    for path, text in INCOMPLETE.items():
        (folder / path).write_text(text.format(id=name) if path == "catalogue.yaml" else text, "utf-8")
    code, written = run("build", folder, "--output", folder / "release")
    assert code == 0, written
    published = Published(ckan, folder / "release", name)
    try:
        assert published.publish()[0] == 0
        yield published
    finally:
        published.remove()


@pytest.fixture
def sites(incomplete: Published) -> Iterator[dict[str, Any]]:
    """The dataset on the portal, put back afterwards."""
    assert incomplete.problems() == []
    yield incomplete.ckan.act("package_show", id=f"{incomplete.name}-sites")
    assert incomplete.publish("--overwrite")[0] == 0
    assert incomplete.problems() == []


def file_of(sites: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in sites["resources"] if each["url"].endswith(f"/{name}"))
    return found


def test_an_incomplete_catalogue_scores_less_and_that_is_no_difference(incomplete: Published) -> None:
    code, found = incomplete.verify()
    assert (code, found["problems"]) == (0, [])
    exact = next(each for each in found["harvested"] if each["form"] == "catalogue")
    assert max(exact["points"].values()) < 405
    reasons = " ".join(loss["reason"] for loss in found["losses"])
    assert "states no date" in reasons
    assert "size of an empty file" in reasons


def test_what_people_add_is_no_difference(incomplete: Published, sites: dict[str, Any]) -> None:
    publisher = [{"name": "Clerk", "email": "clerk@example.org"}]
    values = {"frequency": "http://publications.europa.eu/resource/authority/frequency/DAILY", "contact": publisher}
    tags, extras = [{"name": "handmade"}], [*sites["extras"], {"key": "department", "value": "Roads"}]
    incomplete.ckan.act("package_patch", id=sites["id"], version="3", tags=tags, extras=extras, **values)
    incomplete.ckan.act("resource_patch", id=sites["resources"][0]["id"], rights="Ask us.")
    code, found = incomplete.verify()
    assert (code, found["problems"]) == (0, [])
    [kept] = [loss["reason"] for loss in found["losses"] if "people added" in loss["reason"]]
    assert {"contact", "rights", "extras:department", "frequency", "tags", "version"} <= set(
        kept.partition(": ")[2].split(", ")
    )
    assert incomplete.publish("--dry-run", "--exit-code")[0] == 0


def test_a_loss_beside_what_people_added_is_found(incomplete: Published, sites: dict[str, Any]) -> None:
    incomplete.ckan.act("package_patch", id=sites["id"], publisher=[], version="3")
    found = incomplete.problems()
    assert ("sites", "publisher") in {each[:2] for each in found}
    assert any("dct:publisher" in part for _, part, _ in found)


def test_a_size_that_is_lost_is_found_where_the_file_is_not_empty(incomplete: Published, sites: dict[str, Any]) -> None:
    resource = file_of(sites, "spent.csv")
    incomplete.ckan.act("resource_patch", id=resource["id"], size=0)
    found = incomplete.problems()
    assert ("sites", f"{resource['name']}: size") in {each[:2] for each in found}
    assert any("dcat:byteSize" in part for _, part, _ in found)


def test_a_file_that_is_missing_is_one_line(incomplete: Published, sites: dict[str, Any]) -> None:
    resource = file_of(sites, "spent.csv")
    incomplete.ckan.act("resource_delete", id=resource["id"])
    assert incomplete.problems() == [("sites", resource["name"], "the file is not there")]


def test_a_file_that_was_added_is_one_line(incomplete: Published, sites: dict[str, Any]) -> None:
    link = {"package_id": sites["id"], "name": "Report", "url": "https://example.org/report.pdf", "format": "PDF"}
    incomplete.ckan.act("resource_create", **link)
    assert incomplete.problems() == [("sites", "Report", "the file is there, but not in the release")]


def test_another_order_and_a_lost_mark_are_told(incomplete: Published, sites: dict[str, Any]) -> None:
    order = [each["id"] for each in sites["resources"]][::-1]
    incomplete.ckan.act("package_resource_reorder", id=sites["id"], order=order)
    incomplete.ckan.act("package_patch", id=sites["id"], extras=[])
    assert {each[:2] for each in incomplete.problems()} >= {("sites", "order of the files"), ("sites", "mark")}


def test_a_renamed_one_is_told_with_its_name(incomplete: Published, sites: dict[str, Any]) -> None:
    name = f"{sites['name']}-by-hand"
    incomplete.ckan.act("package_patch", id=sites["id"], name=name)
    assert incomplete.problems() == [("sites", "", f'visitors do not see it: it was renamed to "{name}"')]


@pytest.mark.parametrize(
    ("filters", "row", "says"),
    [
        ({"office": "Parks"}, {"office": "Parks", "spent": 6}, 'row 2, spent: "5" was released, "6" is there'),
        ({"office": "Parks"}, None, "number of rows: 2 was released, 1 is there"),
        ({}, None, "number of rows: 2 was released, 0 is there"),
    ],
)
def test_a_table_that_people_altered_is_told_and_put_back(
    incomplete: Published, sites: dict[str, Any], filters: dict[str, str], row: dict[str, Any] | None, says: str
) -> None:
    resource = file_of(sites, "spent.csv")
    which = {"resource_id": resource["id"], "force": True}
    incomplete.ckan.act("datastore_records_delete", **which, filters=filters)
    if row:
        incomplete.ckan.act("datastore_upsert", **which, method="insert", records=[row])
    assert incomplete.problems() == [("sites", f"{resource['name']}: table", says)]
    code, written = incomplete.publish("--dry-run")
    assert f"drifted    {sites['name']}: its DataStore table was edited on the portal" in written
    assert code == 0
