"""Publishing to CKAN without ckanext-dcat, and to older ones: the same from the first write to the last.

Only the sites that ST_CKAN_OTHERS names are started (docs/ckan-stack.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tiny import build_enriched

from st_opendata.__main__ import main

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.timeout(900)]

ID = f"other-test-{uuid4().hex[:8]}"
PLACES, SAYS, CATALOGUE = f"{ID}-places", f"{ID}-says", f"{ID}-catalogue"
TABLES = 3
"""CSV files, whose tables of the DataStore each run looks at."""
Run = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A release; one with another title and row; and that without the second dataset."""
    folder = tmp_path_factory.mktemp("other")
    first = build_enriched(folder, ID)
    places = folder / ID / "places"
    replace(places / "cities.csv", "Vienna", "Wien")
    replace(places / "dataset.yaml", "title: {en: Places, fr", "title: {en: All places, fr")
    second, third = folder / "second", folder / "third"
    assert main(["build", str(folder / ID), "--output", str(second)]) == 0
    replace(folder / ID / "catalogue.yaml", "[places, says]", "[places]")
    assert main(["build", str(folder / ID), "--output", str(third)]) == 0
    return first, second, third


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def site(other_ckan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The site, which has nothing of these tests afterwards."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ST_CKAN_TOKEN", other_ckan.token)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield other_ckan
    for name in (PLACES, SAYS, CATALOGUE):
        if other_ckan.post("package_show", token=other_ckan.token, id=name).status_code == 200:
            other_ckan.purge(name)


@pytest.fixture
def run(site: Any, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `publish` or `verify`; its exit code and its JSON."""

    def run(command: str, release: Path, *options: str) -> tuple[int, Any]:
        capsys.readouterr()
        organization = ["--organization", site.organization] if command == "publish" else []
        code = main([command, "ckan", str(release), "--url", site.url, "--json", *organization, *options])
        out, err = capsys.readouterr()
        assert out, err
        return code, json.loads(out)

    return run


def kinds(run: Run, release: Path, *options: str) -> dict[str, str]:
    """The action of publishing on each dataset."""
    code, plan = run("publish", release, *options)
    assert code == 0, plan
    return {change["dataset"].removeprefix(f"{ID}-"): change["change"] for change in plan["changes"]}


def assert_verified(run: Run, release: Path) -> None:
    code, found = run("verify", release)
    assert (code, found["problems"]) == (0, [])


def test_publish_twice_update_and_verify(site: Any, run: Run, releases: tuple[Path, ...], sent: list[str]) -> None:
    assert kinds(run, releases[0]) == dict.fromkeys(("catalogue", "places", "says"), "create")
    ids = {each["id"] for each in site.act("package_show", id=PLACES)["resources"]}
    sent.clear()
    assert kinds(run, releases[0]) == dict.fromkeys(("catalogue", "places", "says"), "unchanged")
    assert set(sent) == {"GET"}
    assert len(sent) <= 7 + 1 + TABLES
    assert_verified(run, releases[0])
    assert kinds(run, releases[1]) == {"catalogue": "update", "places": "update", "says": "unchanged"}
    assert_verified(run, releases[1])
    shown = site.act("package_show", id=PLACES)
    assert shown["title"] == "All places"
    assert ids == {each["id"] for each in shown["resources"]}


def test_an_edit_is_kept_until_overwritten(site: Any, run: Run, releases: tuple[Path, ...]) -> None:
    kinds(run, releases[0])
    site.act("package_patch", id=SAYS, notes="By hand")
    code, plan = run("publish", releases[0])
    assert code == 1
    assert {change["change"] for change in plan["changes"]} == {"unchanged", "drifted"}
    assert site.act("package_show", id=SAYS)["notes"] == "By hand"
    assert kinds(run, releases[0], "--overwrite")["says"] == "update"
    assert_verified(run, releases[0])


def test_saving_without_a_change_is_no_edit(
    site: Any, run: Run, releases: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sent: list[str]
) -> None:
    """CKAN before 2.12 gives such a dataset a new date, and its search keeps the old one."""
    kinds(run, releases[0])
    site.act("package_patch", id=SAYS, title=site.act("package_show", id=SAYS)["title"])
    assert_verified(run, releases[0])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another machine"))
    for reads in (5 + 3 + 2 + 1 + TABLES, 6 + 1 + TABLES):
        sent.clear()
        assert set(kinds(run, releases[0]).values()) == {"unchanged"}
        assert len(sent) <= reads
        assert set(sent) == {"GET"}


def test_deleted_is_revived_and_left_over_is_pruned(site: Any, run: Run, releases: tuple[Path, ...]) -> None:
    kinds(run, releases[1])
    site.act("package_delete", id=PLACES)
    assert kinds(run, releases[1])["places"] == "revive"
    assert_verified(run, releases[1])
    assert kinds(run, releases[2])["says"] == "left"
    assert kinds(run, releases[2], "--prune")["says"] == "delete"
    assert site.post("package_show", id=SAYS).status_code in (403, 404)
    assert_verified(run, releases[2])
