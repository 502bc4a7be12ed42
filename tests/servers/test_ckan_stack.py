"""The CKAN of `make ckan` is what the publisher is built for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
import requests
from rdflib.namespace import DCAT, DCTERMS, RDF

TABLE = "name,height\nDanube Tower,252\nPont de la Guillotière,\n"


@pytest.fixture
def state(ckan: Any) -> Path:
    if not ckan.state:
        pytest.skip("this CKAN was not started by `make ckan`")
    return Path(ckan.state)


@pytest.fixture
def dataset(ckan: Any) -> Iterator[dict[str, Any]]:
    """A private dataset with a resource that has no file yet."""
    name = f"stack-test-{uuid.uuid4().hex[:12]}"
    resource = {"id": str(uuid.uuid4()), "name": "Table", "format": "CSV", "url": ""}
    made = ckan.act(
        "package_create",
        name=name,
        title="A test of the stack",
        notes="Made and removed by a test.",
        owner_org=ckan.organization,
        private=True,
        resources=[resource],
    )
    yield made
    ckan.purge(name)


def revise(ckan: Any, dataset: dict[str, Any], table: str) -> dict[str, Any]:
    """Give the resource its file and make the dataset public, in one call."""
    resource = f"update__resources__{dataset['resources'][0]['id'][:8]}__upload"
    form = {"match__name": dataset["name"], "update": '{"private": false}', "include": "-*"}
    ckan.act("package_revise", **form, files={resource: ("table.csv", table.encode(), "text/csv")})
    return dict(ckan.act("package_show", id=dataset["name"]))


def test_every_request_is_in_the_access_log(ckan: Any, state: Path) -> None:
    name = uuid.uuid4().hex
    ckan.post(name)
    deadline = time.monotonic() + 10  # a line is written when its answer is already sent
    while name not in (state / "log" / "access.log").read_text("utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_version_and_plugins(ckan: Any, root: Path) -> None:
    versions = tomllib.loads((root / "services" / "ckan" / "versions.toml").read_text("utf-8"))
    status = ckan.post("status_show").json()["result"]
    assert status["ckan_version"] in versions["ckan"].values()
    assert {"dcat", "scheming_datasets", "datastore", "activity"} < set(status["extensions"])
    assert {"image_view", "text_view", "datatables_view", "geojson_view"} < set(status["extensions"])
    schema = ckan.act("scheming_dataset_schema_show", type="dataset")
    assert {"applicable_legislation", "contact", "spatial_coverage"} < {
        field["field_name"] for field in schema["dataset_fields"]
    }


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_site_speaks(ckan: Any, language: str) -> None:
    page = requests.get(f"{ckan.url}/{language}/dataset/", timeout=60)
    assert page.ok
    assert f'lang="{language}"' in page.text


def test_editor_is_no_sysadmin_and_may_create_in_the_organization(ckan: Any) -> None:
    user = ckan.act("user_show")
    assert user["sysadmin"] is False
    allowed = ckan.act("organization_list_for_user", permission="create_dataset")
    assert [(found["name"], found["capacity"]) for found in allowed] == [(ckan.organization, "editor")]
    assert ckan.post("user_show", token="wrong").status_code == 404


def test_nothing_listens_beyond_loopback(state: Path) -> None:
    if not shutil.which("ss"):
        pytest.skip("ss (Debian: iproute2) is not there")
    sessions = {int(path.read_text("ascii")) for path in (state / "run").glob("*.pid")}
    assert len(sessions) == 4
    seen = set()
    for line in subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines():
        pids = {int(pid) for pid in re.findall(r"pid=(\d+)", line)}
        ours = {session for pid in pids if (session := os.getsid(pid)) in sessions}
        if ours:
            seen |= ours
            address = line.split()[3].rpartition(":")[0]
            assert address in ("127.0.0.1", "[::ffff:127.0.0.1]", "[::1]"), line
    assert seen == sessions


def test_no_request_finds_the_tables_of_ckan_half_filled(ckan: Any, state: Path, root: Path) -> None:
    """The modules that a process of the portal has loaded before its first request."""
    pid = (state / "run" / "gunicorn.pid").read_text("ascii").split()[0]
    python = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    tables = "logic._actions, logic._validators_cache, authz._AuthFunctions._functions"
    program = f"import wsgi; from ckan import authz, logic; print(all([{tables}]))"
    inside = {"CKAN_INI": str(state / "ckan.ini"), "PYTHONPATH": str(root / "services" / "ckan" / "inside")}
    done = subprocess.run(
        [python, "-c", program], env=inside, cwd=state / "tmp", capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "True"


def test_secrets_are_for_their_owner_only(state: Path) -> None:
    for name in ("editor.token", "sysadmin.token", "secrets.json", "ckan.ini", "redis/redis.conf"):
        assert (state / name).stat().st_mode & 0o777 == 0o600, name


def test_round_trip(ckan: Any, dataset: dict[str, Any]) -> None:
    """Created private, given its file and made public in one call, fetched and found by a visitor."""
    assert requests.get(f"{ckan.url}/dataset/{dataset['name']}", timeout=60).status_code in (403, 404)
    shown = revise(ckan, dataset, TABLE)
    [resource] = shown["resources"]
    assert resource["id"] == dataset["resources"][0]["id"]
    assert resource["size"] == len(TABLE.encode())
    assert requests.get(resource["url"], timeout=60).content == TABLE.encode()
    assert requests.get(f"{ckan.url}/dataset/{dataset['name']}", timeout=60).ok
    found = ckan.post("package_search", fq=f"name:{dataset['name']}").json()["result"]
    assert [package["name"] for package in found["results"]] == [dataset["name"]]


def test_turtle(ckan: Any, dataset: dict[str, Any]) -> None:
    """ckanext-dcat serves the dataset as DCAT-AP, its file as a distribution."""
    revise(ckan, dataset, TABLE)
    answer = requests.get(f"{ckan.url}/dataset/{dataset['name']}.ttl", timeout=60)
    assert answer.headers["Content-Type"].startswith("text/turtle")
    graph = rdflib.Graph().parse(data=answer.content, format="turtle")
    [subject] = graph.subjects(RDF.type, DCAT.Dataset)
    assert str(graph.value(subject, DCTERMS.title)) == "A test of the stack"
    assert len(list(graph.objects(subject, DCAT.distribution))) == 1


def test_datastore(ckan: Any, dataset: dict[str, Any]) -> None:
    """The editor makes a typed table; a visitor filters its rows and sees a preview of it."""
    [resource] = revise(ckan, dataset, TABLE)["resources"]
    fields = [{"id": "name", "type": "text"}, {"id": "height", "type": "numeric"}]
    records = [{"name": "Danube Tower", "height": 252}, {"name": "Pont de la Guillotière", "height": None}]
    table = {"resource_id": resource["id"], "fields": fields, "records": records, "primary_key": ["name"]}
    ckan.act("datastore_create", **table, force=True)
    found = ckan.post("datastore_search", resource_id=resource["id"], filters={"height": 252}).json()["result"]
    assert [row["name"] for row in found["records"]] == ["Danube Tower"]
    assert {field["id"]: field["type"] for field in found["fields"]} == {
        "_id": "int",
        "name": "text",
        "height": "numeric",
    }
    view = ckan.act("resource_view_create", resource_id=resource["id"], view_type="datatables_view", title="Table")
    place = f"{ckan.url}/dataset/{dataset['name']}/resource/{resource['id']}/view/{view['id']}"
    assert requests.get(place, timeout=60).ok
    ckan.act("datastore_delete", resource_id=resource["id"], force=True)


def test_map(ckan: Any, dataset: dict[str, Any]) -> None:
    """The map view of ckanext-geoview works with this CKAN."""
    [resource] = revise(ckan, dataset, '{"type": "FeatureCollection", "features": []}')["resources"]
    view = ckan.act("resource_view_create", resource_id=resource["id"], view_type="geojson_view", title="Map")
    place = f"{ckan.url}/dataset/{dataset['name']}/resource/{resource['id']}/view/{view['id']}"
    page = requests.get(place, timeout=60)
    assert page.ok
    assert "geojson" in page.text
