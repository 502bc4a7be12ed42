"""Ways to bring the same datasets and files to a portal; each is run again after a change, as its users would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from threading import Thread, local
from typing import Any

import requests

from publishing.portal import WORKERS, Portal
from st_opendata.targets.ckan.packages import Package, packages
from st_opendata.targets.ckan.site import Site

CKANAPI_WORKERS = 3
"""ckanapi goes no higher against a URL (its `parallel_limit`)."""


@dataclass(frozen=True)
class Work:
    """The data to publish and the portal; `files` holds every file at `<resource id>/<file name>`, `home` is kept."""

    portal: Portal
    release: Path
    packages: tuple[Package, ...]
    files: Path
    home: Path


@contextmanager
def work(portal: Portal, release: Path, home: Path) -> Iterator[Work]:
    """The release as packages for the portal, with all files ready."""
    made = packages(release, Site(portal.url, portal.organization))
    with TemporaryDirectory(dir=home) as folder:
        for resource in (resource for package in made for resource in package.resources):
            path = Path(folder, resource.id, resource.file_name)
            path.parent.mkdir()
            if isinstance(resource.file, bytes):
                path.write_bytes(resource.file)
            elif resource.file:
                copyfile(resource.file, path)
        yield Work(portal, release, made, Path(folder), home)


def st_opendata(given: Work, *more: str) -> None:
    """Our command, as a publisher gives it; the interpreter's start and the plan are in its time."""
    portal = given.portal
    command = [sys.executable, "-m", "st_opendata", "publish", "ckan", str(given.release), "--url", portal.url]
    options = ["--organization", portal.organization, "--token-file", str(portal.token_file)]
    run([*command, *options, "--workers", str(WORKERS), *more], {"XDG_CACHE_HOME": str(given.home / "cache")})


def plan_only(given: Work) -> None:
    """Our command up to the first write."""
    st_opendata(given, "--dry-run")


def ckanapi(given: Work) -> None:
    """`ckanapi load datasets --upload-resources`, which fetches each file from a URL: here from a local server."""
    with served(given.files) as base:
        lines = given.home / "datasets.jsonl"
        lines.write_text("".join(json.dumps(_for_ckanapi(each, base)) + "\n" for each in given.packages), "utf-8")
        program = str(Path(sys.executable).with_name("ckanapi"))
        options = ["-r", given.portal.url, "-a", given.portal.token, "-p", str(CKANAPI_WORKERS), "-I", str(lines), "-q"]
        path = f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}"  # it starts itself by its name
        run([program, "load", "datasets", "--upload-resources", *options], {"PATH": path})


def loop(given: Work) -> None:
    """What scripts do: package_create and one resource_create for each file, else package_patch and resource_update."""
    call = Caller(given.portal)

    def publish(package: Package) -> None:
        there = call("package_show", {"id": package.name}, missing=True)
        if there:
            call("package_patch", {**package.metadata, "id": there["id"]})
        else:
            call("package_create", package.metadata)
        for resource in package.resources:
            data = {**resource.metadata, "id": resource.id, "package_id": package.name}
            with (given.files / resource.id / resource.file_name).open("rb") as file:
                call("resource_update" if there else "resource_create", data, {"upload": (resource.file_name, file)})

    in_parallel(publish, given.packages)


def bare(given: Work) -> None:
    """The least that gives the same: a private package_create, then one package_revise with all files; no plan."""
    call = Caller(given.portal)

    def publish(package: Package) -> None:
        resources = [{**each.metadata, "id": each.id, "url": ""} for each in package.resources]
        call("package_create", {**package.metadata, "private": True, "resources": resources})
        with ExitStack() as opened:
            files = {
                f"update__resources__{each.id}__upload": (
                    each.file_name,
                    opened.enter_context((given.files / each.id / each.file_name).open("rb")),
                )
                for each in package.resources
            }
            call("package_revise", {"match": {"name": package.name}, "update": {"private": False}}, files)

    in_parallel(publish, given.packages)


class Caller:
    """Calls actions with a session for each thread."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._local = local()

    def __call__(
        self, action: str, data: Mapping[str, Any], files: Mapping[str, Any] | None = None, *, missing: bool = False
    ) -> Any:  # noqa: ANN401 (JSON)
        """The action's result; None where `missing` is allowed and nothing is there."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers["Authorization"] = self._portal.token
        url = f"{self._portal.url}/api/action/{action}"
        if files:
            fields = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in data.items()}
            answer = self._local.session.post(url, data=fields, files=files, timeout=120)
        else:
            answer = self._local.session.post(url, json=data, timeout=120)
        if missing and answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise RuntimeError(f"{action}: {answer.status_code} {answer.text[:500]}")
        return answer.json()["result"]


def in_parallel(publish: Callable[[Package], None], given: tuple[Package, ...]) -> None:
    """Publish all, as many at a time as our command does."""
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(publish, given))


def run(command: list[str], environment: Mapping[str, str]) -> None:
    """Run a program to its end; RuntimeError where it fails."""
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[1:4]} ended with {done.returncode}: {(done.stdout + done.stderr)[-1500:]}")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on a web server on this machine; its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _for_ckanapi(package: Package, base: str) -> dict[str, Any]:
    resources = [
        {**each.metadata, "id": each.id, "url": f"{base}/{each.id}/{each.file_name}", "url_type": "upload"}
        for each in package.resources
    ]
    return {**package.metadata, "resources": resources}


OURS, BARE = "st-opendata publish", "create + revise, bare"
WAYS: Mapping[str, Callable[[Work], None]] = {
    OURS: st_opendata,
    "ckanapi load datasets": ckanapi,
    "create + resource_create": loop,
    BARE: bare,
}
