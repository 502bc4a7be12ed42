"""A large file goes to a real CKAN and comes back without ever being in memory. ST_BIG=1 makes it one of 2 GB."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from st_opendata.__main__ import main
from st_opendata.model.release import File
from st_opendata.release import read_release, write_manifest

pytestmark = pytest.mark.xdist_group("ckan")

MEGABYTE = 1 << 20
SIZE = 2048 * MEGABYTE if os.environ.get("ST_BIG") else 64 * MEGABYTE
ALLOWED = 24 * MEGABYTE
"""The largest difference of the peak of memory from that with a file of several hundred bytes."""
ID = f"big-test-{uuid4().hex[:8]}"
CATALOGUE = f"""\
id: {ID}
base: https://example.org/{ID}/
title: {{en: A catalogue with a large file}}
description: {{en: Made by a test.}}
publisher: {{iri: "https://example.org/publisher", name: {{en: City office}}, type: LocalAuthority}}
contactPoint: {{name: {{en: City office}}, email: office@example.org}}
license: CC_BY_4_0
accessRights: PUBLIC
accrualPeriodicity: AS_NEEDED
availability: STABLE
rights: {{en: Free to use with attribution.}}
language: [en]
theme: [REGI]
keyword: {{en: [city, example]}}
spatial: [{{iri: "https://sws.geonames.org/2996944/", label: {{en: Lyon}}, centroid: [45.74906, 4.84789]}}]
temporal: {{start: 2020-01-01, end: 2020-12-31}}
issued: 2020-02-01
modified: 2020-03-01
status: COMPLETED
targets: {{portal: {{kind: ckan, url: "https://portal.example.org", formats: {{parquet: true}}}}}}
datasets: [towns]
"""
DATASET = """\
title: {en: Towns}
description: {en: Towns and their names.}
tables:
  - url: places.csv
    title: {en: Places}
    tableSchema:
      aboutUrl: "place/{id}"
      primaryKey: id
      columns:
        - {name: id, required: true}
        - {name: label, lang: en, propertyUrl: "rdfs:label"}
"""
LARGE = "towns/places.parquet"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("big")
    (folder / "towns").mkdir()
    (folder / "towns" / "places.csv").write_text("id,label\na,Lyon\nb,Vienna\n", "utf-8")
    (folder / "towns" / "dataset.yaml").write_text(DATASET, "utf-8")
    (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    assert main(["build", str(folder), "--output", str(folder / "release")]) == 0
    return folder / "release"


def enlarge(release: Path, size: int) -> None:
    """Make one file of the release that large, in catalogue and manifest too."""
    content = read_release(release)
    before = next(file for file in content.files if file.path == LARGE)
    os.truncate(release / LARGE, size)
    after = File.of(release, LARGE)
    catalogue = release / "catalog.ttl"
    text = catalogue.read_text("utf-8")
    for old, new in ((f'"{before.size}"^^', f'"{after.size}"^^'), (before.sha256, after.sha256)):
        assert text.count(old) == 1
        text = text.replace(old, new)
    catalogue.write_text(text, "utf-8")
    datasets = tuple(
        replace(
            dataset,
            distributions=tuple(
                replace(each, file=after) if each.file.path == LARGE else each for each in dataset.distributions
            ),
        )
        for dataset in content.datasets
    )
    changed = {LARGE: after, "catalog.ttl": File.of(release, "catalog.ttl")}
    files = tuple(changed.get(file.path, file) for file in content.files)
    write_manifest(replace(content, datasets=datasets, files=files), release)


WATCH = """\
import os, subprocess, sys
program = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(program.pid, 0)
print(usage.ru_maxrss)
os._exit(os.waitstatus_to_exitcode(status))
"""
"""Started for each measurement: Linux counts what the starting process has for the one that it starts."""


def peak(*arguments: str) -> int:
    """Run the program; the largest memory that it had, in bytes."""
    command = [sys.executable, "-u", "-c", WATCH, sys.executable, "-m", "st_opendata", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout) * 1024


@pytest.fixture
def portal(ckan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ST_CKAN_TOKEN", ckan.token)
    yield ckan
    for name in (f"{ID}-towns", f"{ID}-catalogue"):
        if ckan.post("package_show", token=ckan.token, id=name).status_code == 200:
            ckan.purge(name)


@pytest.mark.timeout(1800)
def test_a_large_file_is_never_in_memory(portal: Any, release: Path) -> None:
    there = (str(release), "--target", "portal", "--url", portal.url)  # which takes files of any size
    publish = ("publish", "ckan", *there, "--organization", portal.organization)
    verify = ("verify", "ckan", *there)
    small = [peak(*publish), peak(*verify)]
    enlarge(release, SIZE)
    large = [peak(*publish), peak(*verify)]
    sys.stderr.write(f"peaks of publish and verify in MB: {[[n >> 20 for n in each] for each in (small, large)]}\n")
    assert large[0] < small[0] + ALLOWED
    assert large[1] < small[1] + ALLOWED
    shown = portal.post("package_show", id=f"{ID}-towns").json()["result"]
    assert SIZE in [resource["size"] for resource in shown["resources"]]
