"""Verifying a real CKAN: what is as released, and what is found when it is not."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from tiny import build_enriched

from st_opendata.__main__ import main

pytestmark = pytest.mark.xdist_group("ckan")

ID = f"verify-test-{uuid4().hex[:8]}"
PLACES, SAYS, CATALOGUE = f"{ID}-places", f"{ID}-says", f"{ID}-catalogue"


def run(*arguments: object) -> tuple[int, str, str]:
    """The command line in this process, without a token."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as monkeypatch, redirect_stdout(out), redirect_stderr(err):
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        monkeypatch.delenv("ST_CKAN_TOKEN", raising=False)
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


def verified(release: Path, url: str, *options: str) -> tuple[int, dict[str, Any]]:
    code, out, err = run("verify", "ckan", release, "--url", url, "--json", *options)
    assert code in (0, 1), err
    return code, json.loads(out)


def problems(release: Path, url: str) -> set[tuple[str, str]]:
    """Dataset and part of each problem."""
    code, found = verified(release, url)
    assert code == 1
    return {(each["dataset"], each["part"]) for each in found["problems"]}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_enriched(tmp_path_factory.mktemp("verify"), ID)


@pytest.fixture(scope="module")
def token_file(ckan: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("token") / "token"
    path.write_text(ckan.token, "ascii")
    return path


def publish(release: Path, ckan: Any, token_file: Path) -> None:
    where = ("--url", ckan.url, "--organization", ckan.organization, "--token-file", token_file)
    code, out, err = run("publish", "ckan", release, *where, "--overwrite")
    assert code == 0, out + err


@pytest.fixture(scope="module")
def portal(release: Path, ckan: Any, token_file: Path) -> Iterator[Any]:
    """The release is on it."""
    publish(release, ckan, token_file)
    yield ckan
    for name in (PLACES, SAYS, CATALOGUE):
        ckan.purge(name)


@pytest.fixture
def restored(release: Path, portal: Any, token_file: Path) -> Iterator[Any]:
    """A portal that the test may spoil."""
    yield portal
    publish(release, portal, token_file)


@pytest.fixture(scope="module")
def as_published(release: Path, portal: Any) -> dict[str, Any]:
    """The verification of unchanged datasets."""
    code, found = verified(release, portal.url)
    assert (code, found["problems"]) == (0, [])
    return found


def resource_of(portal: Any, name: str, file: str) -> dict[str, Any]:
    shown = portal.act("package_show", id=name)
    return next(each for each in shown["resources"] if each["url"].endswith(f"/{file}"))


def test_everything_is_as_released(release: Path, as_published: dict[str, Any]) -> None:
    found = as_published
    assert (found["datasets"], found["files"]) == (3, len(list(released_files(release))) + 3)
    own, exact = found["harvested"]
    assert (exact["form"], exact["violations"]) == ("catalogue", 0)
    assert set(exact["points"].values()) == {405}
    assert len(exact["points"]) == 2
    assert own["form"] == "ckanext-dcat"
    assert len(own["points"]) == 3
    assert all(loss["reason"] and loss["statements"] for loss in found["losses"])


def released_files(release: Path) -> Iterator[str]:
    content = json.loads((release / "release.json").read_text("utf-8"))
    for dataset in content["datasets"]:
        yield from {item["described_by"] for item in dataset["distributions"] if item["described_by"]}
        yield from (item["path"] for item in dataset["distributions"])
        if dataset.get("picture"):
            yield dataset["picture"]


def test_the_report_for_people(release: Path, portal: Any) -> None:
    code, out, _ = run("verify", "ckan", release, "--url", portal.url)
    assert code == 0
    assert "valid by the DCAT-AP shapes, 405 of 405 points for 2 datasets." in out
    assert out.endswith("all as in the release.\n")


def test_what_ckan_loses_is_known_one_by_one(as_published: dict[str, Any]) -> None:
    lost = {
        (each["property"].rpartition("#")[2].rpartition("/")[2], each["change"])
        for loss in as_published["losses"]
        for each in loss["statements"]
        if each["subject"].endswith("dataset/places")
    }
    assert {("inSeries", "lost"), ("triples", "lost"), ("wasDerivedFrom", "moved"), ("title", "untagged")} <= lost
    kept = {"theme", "language", "accessRights", "hvdCategory", "publisher", "contactPoint", "distribution", "page"}
    assert not kept & {name for name, _ in lost}


def test_ckan_serves_files_under_the_names_computed_beforehand(release: Path, portal: Any) -> None:
    for name in (PLACES, SAYS, CATALOGUE):
        for resource in portal.act("package_show", id=name)["resources"]:
            assert resource["url"].rpartition("/")[2] == resource["download_url"].rpartition("/")[2]
            assert requests.head(resource["download_url"], timeout=30).status_code == 200


def test_another_file_is_found(release: Path, restored: Any) -> None:
    resource = resource_of(restored, PLACES, "cities.csv")
    restored.post(
        "resource_patch", token=restored.token, id=resource["id"], files={"upload": ("cities.csv", b"id,name\n")}
    )
    found = problems(release, restored.url)
    assert (PLACES, "cities.csv") in found
    assert all(dataset == PLACES for dataset, _ in found)


def test_a_table_that_does_not_follow_its_file_is_found(release: Path, portal: Any) -> None:
    resource = resource_of(portal, PLACES, "countries.csv")
    if not resource.get("datastore_active"):
        pytest.skip("this CKAN has no DataStore")
    row = {"code": "IT", "label": "Italy"}
    which = {"resource_id": resource["id"], "force": True}
    portal.act("datastore_upsert", **which, method="insert", records=[row])
    try:
        assert (PLACES, f"{resource['name']}: table") in problems(release, portal.url)
    finally:
        portal.act("datastore_delete", **which, filters=row)


def test_rdf_that_the_portal_cannot_make_is_one_problem(release: Path, portal: Any) -> None:
    resource = resource_of(portal, SAYS, "says.csv")
    # ckanext-dcat 2.4.4 fails on the contacts of a service in the very form that its schema has for them.
    service = {"title": "Service", "endpoint_url": ["https://example.org/api"], "contact": [{"name": "Somebody"}]}
    portal.act("resource_patch", id=resource["id"], access_services=[service])
    try:
        if requests.get(f"{portal.url}/dataset/{SAYS}.ttl", timeout=30).status_code == 200:
            pytest.skip("this ckanext-dcat has learnt to write contacts of services")
        assert problems(release, portal.url) == {(SAYS, "RDF")}
    finally:
        portal.act("resource_patch", id=resource["id"], access_services=[])


def test_an_edited_description_is_found_and_gone_when_overwritten(
    release: Path, restored: Any, token_file: Path
) -> None:
    restored.act("package_patch", id=SAYS, notes="Somebody else's words.", theme=[])
    found = problems(release, restored.url)
    iri = f"<https://example.org/{ID}/dataset/says>"
    assert {(SAYS, "notes"), (SAYS, "theme"), (SAYS, f"{iri} dcat:theme"), (SAYS, f"{iri} dct:description")} <= found
    publish(release, restored, token_file)
    assert verified(release, restored.url)[1]["problems"] == []


def test_a_dataset_that_visitors_do_not_see_is_found(release: Path, restored: Any) -> None:
    restored.act("package_delete", id=SAYS)
    assert problems(release, restored.url) == {(SAYS, "")}


def test_a_dataset_that_search_does_not_list_is_found(release: Path, restored: Any, token_file: Path) -> None:
    if not restored.state:
        pytest.skip("the search of a CKAN from elsewhere cannot be reached")
    settings = (restored.state / "ckan.ini").read_text("utf-8")
    solr = re.search(r"^solr_url\s*=\s*(\S+)", settings, re.MULTILINE)
    assert solr
    answer = requests.post(f"{solr[1]}/update?commit=true", json={"delete": {"query": f'name:"{SAYS}"'}}, timeout=30)
    assert answer.status_code == 200
    assert problems(release, restored.url) == {(SAYS, "search")}
    restored.act("package_patch", id=SAYS, notes="Any write brings it back.")
    publish(release, restored, token_file)
    assert verified(release, restored.url)[1]["problems"] == []


def test_a_release_that_was_never_published(release: Path, portal: Any, tmp_path: Path) -> None:
    other = tmp_path / "release"
    shutil.copytree(release, other)
    content = (other / "release.json").read_text("utf-8").replace(f'"catalogue": "{ID}"', '"catalogue": "never-there"')
    (other / "release.json").write_text(content, "utf-8")
    assert {part for _, part in problems(other, portal.url)} == {""}


@pytest.mark.parametrize("path", ["/api/3", "/dataset"])
def test_what_is_no_ckan(release: Path, portal: Any, path: str) -> None:
    code, out, err = run("verify", "ckan", release, "--url", portal.url + path)
    assert (code, out) == (4, "")
    assert "home page" in err


def test_nobody_answers(release: Path) -> None:
    code, _, err = run("verify", "ckan", release, "--url", "http://127.0.0.1:9")
    assert code == 4
    assert "did not answer" in err
