"""`doctor`: what is there, what is absent, what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from st_opendata import diagnosis

Run = Callable[..., Any]


def entries(run: Run) -> tuple[int, dict[str, dict[str, str]]]:
    ran = run("doctor", "--json")
    content = json.loads(ran.out)
    assert content["well"] == (ran.code == 0)
    return ran.code, {entry["name"]: entry for entry in content["entries"]}


def test_what_is_here(run: Run) -> None:
    code, found = entries(run)
    assert code == 0
    assert found["duckdb"] == {
        "group": "package",
        "name": "duckdb",
        "state": "good",
        "detail": metadata.version("duckdb"),
        "remedy": "",
    }
    assert found["st-opendata"]["detail"] == metadata.version("st-opendata")
    assert found["Python"]["detail"].startswith(".".join(map(str, sys.version_info[:3])))
    assert found["current folder"]["detail"].endswith(str(Path.cwd()))
    assert {"web", "ckan", "portal", "java", "chromium", "fact base", "encoding"} <= found.keys()


def test_a_missing_extra_is_absent_with_its_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name in ("ckanapi", "starlette"):
            raise metadata.PackageNotFoundError(name)
        return metadata.version(name)

    monkeypatch.setattr(diagnosis, "version", version)
    code, found = entries(run)
    assert code == 0
    assert (found["ckan"]["state"], found["ckan"]["remedy"]) == ("absent", "pip install 'st-opendata[ckan]'")
    assert found["ckan"]["detail"].endswith(": ckanapi")
    assert found["portal"]["detail"].endswith(": starlette")
    assert found["web"]["state"] == "good"


def test_a_missing_package_of_the_core_is_wrong(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "pyshacl":
            raise metadata.PackageNotFoundError(name)
        return metadata.version(name)

    monkeypatch.setattr(diagnosis, "version", version)
    code, found = entries(run)
    assert (code, found["pyshacl"]["state"], found["pyshacl"]["remedy"]) == (1, "wrong", "pip install st-opendata")


def test_a_full_disk_is_wrong(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=1 << 20)
    monkeypatch.setattr(diagnosis.shutil, "disk_usage", lambda _path: usage)
    code, found = entries(run)
    assert (code, found["temporary files"]["state"]) == (1, "wrong")
    assert found["temporary files"]["remedy"].startswith("TMPDIR=")


def test_a_locale_without_utf8_is_wrong() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "st_opendata", "doctor", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = {entry["name"]: entry for entry in json.loads(done.stdout)["entries"]}
    assert (done.returncode, found["encoding"]["state"], found["encoding"]["remedy"]) == (1, "wrong", "LC_ALL=C.UTF-8")


@pytest.mark.parametrize(
    ("language", "heading", "group"),
    [("en", "found", "package"), ("fr", "trouvé", "paquet"), ("de", "gefunden", "Paket")],
)
def test_it_speaks_three_languages(language: str, heading: str, group: str, run: Run) -> None:
    ran = run("doctor", "--lang", language)
    first, *rest = ran.out.splitlines()
    assert heading in first
    assert any(line.startswith(f"{group} ") for line in rest)
    assert ran.err


def test_a_folder_without_room_is_left_for_another(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/proc")
    code, found = entries(run)
    assert code == 1
    assert found["current folder"]["state"] == "wrong"
    assert found["current folder"]["detail"].startswith("0.0 GiB free in /proc")
    assert found["current folder"]["remedy"] == "cd /another/folder"
