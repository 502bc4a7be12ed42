"""The same catalogue gives the same bytes in every file, whatever the process, its time zone, folder and hash seed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WORLDS = (
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "ST_THREADS": "1"},
    {"PYTHONHASHSEED": "2", "TZ": "America/Anchorage", "LC_ALL": "fr_FR.UTF-8", "ST_THREADS": "2", "ST_LANG": "fr"},
)


@pytest.mark.slow
def test_same_bytes(catalogue: Path, tmp_path: Path) -> None:
    builds = []
    for number, world in enumerate(WORLDS):
        place = tmp_path / f"world{number}" / ("deeper" * number)
        place.mkdir(parents=True)
        shutil.copytree(catalogue, place / "datasets")
        os.utime(place / "datasets" / "places" / "cities.csv", (number, number))
        command = [sys.executable, "-m", "st_opendata", "build", "--output", "out"]
        builds.append(
            (place, subprocess.Popen(command, cwd=place, env=os.environ | world, umask=(0o022, 0o077)[number]))
        )
    found = []
    for place, process in builds:
        assert process.wait() == 0
        found.append(
            {
                p.relative_to(place / "out").as_posix(): p.read_bytes()
                for p in (place / "out").rglob("*.*")
                if p.is_file()
            }
        )
    first, second = found
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    written = {Path(name).suffix for name in first}
    assert written >= {".csv", ".json", ".parquet", ".nt", ".ttl", ".rdf", ".jsonld", ".geojson", ".nq", ".gz"}
    assert written >= {".xlsx", ".ods", ".sqlite", ".trig"}
    assert all(str(tmp_path).encode() not in content for content in first.values())
    listed = json.loads(first["release.json"])["files"]
    assert sorted(file["path"] for file in listed) == sorted(set(first) - {"release.json"})
