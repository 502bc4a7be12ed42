"""Portals with schemas of their own: published, not written again, verified; what they require is found in the plan.

The schemas in schemas/ are made up after public ones; ckanext-scheming's example and ckanext-dcat's for the United
States come with the packages. Each schema restarts the site of `ckan`, so the test runs only with ST_CKAN_SCHEMAS=1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tiny import build_enriched

from st_opendata.__main__ import main

pytestmark = [
    pytest.mark.xdist_group("ckan"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(not os.environ.get("ST_CKAN_SCHEMAS"), reason="restarts the CKAN: set ST_CKAN_SCHEMAS=1"),
]

ID = f"schema-test-{uuid4().hex[:8]}"
HERE = Path(__file__).parent / "schemas"
CITY = """\
kind: ckan
url: {url}
organization: {organization}
fields:
  department: roads
  wards: 12
resourceFields:
  kind: {{from: dcat:mediaType, values: {{text/csv: data}}, default: paper}}
"""


@pytest.fixture
def restart(ckan: Any, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Restart the site with a schema; afterwards it has its own again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ST_CKAN_TOKEN", ckan.token)
    if not ckan.state:
        pytest.skip("a CKAN from elsewhere is not restarted")

    def run(schema: str = "", licences: str = "") -> None:
        settings = {"CKAN_STATE": str(ckan.state), "CKAN_SCHEMA": schema, "CKAN_LICENCES": licences}
        subprocess.run(
            [sys.executable, str(root / "services" / "ckan"), "start"], env=os.environ | settings, check=True
        )

    yield run
    for name in ("places", "says", "catalogue"):  # before another schema cannot read them
        if ckan.post("package_show", token=ckan.token, id=f"{ID}-{name}").status_code == 200:
            ckan.purge(f"{ID}-{name}")
    run()


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_enriched(tmp_path_factory.mktemp("schemas"), ID)


def run(capsys: pytest.CaptureFixture[str], command: str, release: Path, *options: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main([command, "ckan", str(release), "--json", *options])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else err


@pytest.mark.parametrize(
    "schema",
    [
        f"file://{HERE}/city.yaml",
        f"file://{HERE}/animals.yaml",
        "ckanext.scheming:ckan_dataset.yaml",
        "ckanext.dcat.schemas:dcat_us_full.yaml",
        "ckanext.dcat.schemas:dcat_ap_recommended.yaml",
    ],
)
def test_a_schema_is_filled_and_verified(
    ckan: Any, restart: Any, release: Path, schema: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    restart(schema)
    options = ["--url", ckan.url, "--organization", ckan.organization]
    verified = options[:2]
    if "city" in schema:
        code, written = run(capsys, "publish", release, *options)
        assert code == 3
        assert "department (Department), one of roads (Roads and bridges), parks; wards" in written
        assert ckan.post("package_show", id=f"{ID}-places").status_code == 404
        target = tmp_path / "city.yaml"
        target.write_text(CITY.format(url=ckan.url, organization=ckan.organization), "utf-8")
        options = verified = ["--target", str(target)]
    code, plan = run(capsys, "publish", release, *options, "--overwrite")
    assert code == 0, plan
    code, plan = run(capsys, "publish", release, *options, "--dry-run", "--exit-code")
    assert (code, {each["change"] for each in plan["changes"]}) == (0, {"unchanged"})
    code, found = run(capsys, "verify", release, *verified)
    assert (code, found["problems"]) == (0, [])
    if "city" in schema:
        shown = ckan.act("package_show", id=f"{ID}-places")
        assert (shown["update_frequency"], shown["access_level"], shown["wards"]) == ("as_required", "open", "12")
        assert shown["topics"] == ["regions-and-cities"]


def test_the_page_shows_the_licence_of_the_portals_own_list(
    ckan: Any, restart: Any, release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = {
        "id": "by-4",
        "title": "Attribution of the town",
        "url": "https://creativecommons.org/licenses/by/4.0/deed",
    }
    listed = tmp_path / "licences.json"
    listed.write_text(json.dumps([{**entry, "status": "active", "is_generic": False}]), "utf-8")
    restart(licences=listed.as_uri())
    assert run(capsys, "publish", release, "--url", ckan.url, "--organization", ckan.organization)[0] == 0
    assert ckan.act("package_show", id=f"{ID}-places")["license_title"] == entry["title"]
    assert run(capsys, "verify", release, "--url", ckan.url)[0] == 0


def test_a_dataset_of_another_program_is_taken_over_only_with_the_option(
    ckan: Any, restart: Any, release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    restart()
    options = ["--url", ckan.url, "--organization", ckan.organization]
    old = ckan.act("package_create", name=f"{ID}-places", title="By hand", notes="x", owner_org=ckan.organization)
    try:
        _, plan = run(capsys, "publish", release, *options, "--dry-run", "--adopt")
        assert {each["dataset"]: each["change"] for each in plan["changes"]}[f"{ID}-places"] == "adopt"
        assert run(capsys, "publish", release, *options)[0] == 4
        assert ckan.act("package_show", id=old["id"])["title"] == "By hand"
        assert run(capsys, "publish", release, *options, "--adopt")[0] == 0
        assert ckan.act("package_show", id=f"{ID}-places")["id"] == old["id"]
        assert run(capsys, "verify", release, "--url", ckan.url)[0] == 0
    finally:
        ckan.purge(old["id"])
