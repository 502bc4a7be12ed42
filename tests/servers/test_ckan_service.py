"""The program that runs a CKAN: what it says without one, and that every download is pinned. Needs no CKAN."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


def run(root: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CKAN_")}
    program = [sys.executable, str(root / "services" / "ckan"), command]
    return subprocess.run(program, env={**clean, **environment}, capture_output=True, text=True, check=False)


def test_status_of_a_new_folder(root: Path, tmp_path: Path) -> None:
    done = run(root, "status", CKAN_STATE=str(tmp_path), CKAN_PORT="5300", CKAN_SOLR_PORT="8983")
    status = json.loads(done.stdout)
    assert status["url"] == "http://127.0.0.1:5300"
    assert status["ports"] == [5300, 5301, 5302, 8983]
    assert set(status["pids"].values()) == {None}


def test_stop_without_anything_running(root: Path, tmp_path: Path) -> None:
    done = run(root, "stop", CKAN_STATE=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_stop_leaves_other_programs_alone(root: Path, tmp_path: Path) -> None:
    """A process id in a file from before a restart of the machine may be another program's by now."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "gunicorn.pid").write_text(f"{os.getpid()}\n", "ascii")
    assert run(root, "stop", CKAN_STATE=str(tmp_path)).stderr == ""


@pytest.mark.parametrize("port", ["five", "0", "65536", "-1"])
def test_port_that_is_none(root: Path, tmp_path: Path, port: str) -> None:
    done = run(root, "start", CKAN_STATE=str(tmp_path), CKAN_PORT=port)
    assert done.returncode == 1
    assert done.stderr == f"Error: CKAN_PORT must be a whole number from 1 to 65535, not {port!r}.\n"


def test_version_that_is_none(root: Path, tmp_path: Path) -> None:
    done = run(root, "start", CKAN_STATE=str(tmp_path), CKAN_VERSION="2.9")
    assert done.returncode == 1
    assert done.stderr == "Error: CKAN_VERSION must be one of 2.12, 2.11, 2.10, not '2.9'.\n"


def test_folder_keeps_its_version(root: Path, tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text('{"ports": [5300, 5301, 5302, 5303], "version": "2.10"}', "ascii")
    assert json.loads(run(root, "status", CKAN_STATE=str(tmp_path)).stdout)["version"] == "2.10"


def test_plugin_that_there_is_not(root: Path, tmp_path: Path) -> None:
    done = run(root, "start", CKAN_STATE=str(tmp_path), CKAN_WITHOUT="datastore text_veiw")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: CKAN_WITHOUT names text_veiw, which is none of the site's plugins: dcat, ")


def test_port_that_is_taken(root: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = run(root, "start", CKAN_STATE=str(tmp_path), CKAN_POSTGRES_PORT=port)
    assert done.returncode == 1
    assert f"Error: Port {port}, meant for postgres, is not free" in done.stderr


def test_folder_of_a_site_with_other_ports(root: Path, tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text('{"ports": [5300, 5301, 5302, 5303]}', "ascii")
    done = run(root, "start", CKAN_STATE=str(tmp_path), CKAN_PORT="5400")
    assert done.returncode == 1
    assert "holds a site with the ports 5300, 5301, 5302, 5303" in done.stderr


def test_missing_programs_are_named(root: Path, tmp_path: Path) -> None:
    """Where nothing may be installed: no apt-get in PATH, which also hides the programs."""
    ports = {
        f"CKAN_{name}PORT": str(port) for name, port in zip(("", "POSTGRES_", "REDIS_", "SOLR_"), free(), strict=True)
    }
    places = {"CKAN_STATE": str(tmp_path / "state"), "CKAN_INSTALL": str(tmp_path / "install")}
    done = run(root, "start", PATH=str(tmp_path), **ports, **places)
    assert done.returncode == 1
    assert re.search(r"sudo apt-get install --no-install-recommends .*default-jre-headless .*redis-server", done.stderr)


def free() -> list[int]:
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    ports = [server.getsockname()[1] for server in servers]
    for server in servers:
        server.close()
    return ports


def test_locks_pin_every_version_and_name_no_host(root: Path) -> None:
    folder = root / "services" / "ckan"
    versions = tomllib.loads((folder / "versions.toml").read_text("utf-8"))
    locks = {
        f"ckan-{version}.lock": [f"ckan=={release}", *versions["python"]["requirements"]]
        for version, release in versions["ckan"].items()
    }
    locks["build.lock"] = versions["python"]["build"]
    assert set(locks) == {path.name for path in folder.glob("*.lock")}
    for name, requirements in locks.items():
        text = (folder / name).read_text("ascii")
        assert not re.search(r"://|index-url|find-links|^/|\s/", text, re.MULTILINE)
        assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z0-9])", text.strip()))
        for requirement in requirements:
            assert f"{requirement} " in text, requirement
        assert not re.search(r"^psycopg2==", text, re.MULTILINE)


def test_jars_have_hashes(root: Path) -> None:
    lines = (root / "services" / "ckan" / "solr" / "jars.sha256").read_text("ascii").splitlines()
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w.-]+\.jar", line) for line in lines)
    solr = tomllib.loads((root / "services" / "ckan" / "versions.toml").read_text("utf-8"))["java"]["solr"]
    assert any(line.endswith(f"  solr-core-{solr}.jar") for line in lines)
