"""A small server that answers as a CKAN does: a release as it is on a portal, or what a test puts there, and faults."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from st_opendata.__main__ import main
from st_opendata.release import read_release
from st_opendata.targets.ckan.fingerprint import Fingerprint, content_digest, fields_of
from st_opendata.targets.ckan.packages import Package, packages
from st_opendata.targets.ckan.site import Site

Answer = tuple[int, dict[str, str], bytes]
Pull = Callable[..., tuple[int, str]]


@dataclass
class Portal:
    """The state of the server: datasets of the organisation `town`, files by path, answers that replace actions."""

    url: str = ""
    datasets: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, Answer] = field(default_factory=dict)
    actions: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    stalls_at: str = ""
    """The path of a file that never comes; `stalled` is set when a client requests it."""
    stalled: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def result(self, action: str, parameters: dict[str, str]) -> object:
        match action:
            case "status_show":
                return {"ckan_version": "2.12.0", "locale_default": "en", "site_url": self.url, "extensions": []}
            case "organization_show":
                return {"name": "town", "title": "Town of Fennwick", "description": ""}
            case "package_search":
                start, rows = int(parameters["start"]), int(parameters["rows"])
                return {"count": len(self.datasets), "results": self.datasets[start : start + rows]}
        raise AssertionError(action)

    def add(self, name: str, *resources: dict[str, Any], **fields: Any) -> None:
        numbered = [{"id": f"{name}-{number}", **each} for number, each in enumerate(resources)]
        self.datasets.append({"id": name, "name": name, "resources": numbered, **fields})

    def upload(self, path: str, content: bytes, **fields: Any) -> dict[str, Any]:
        """A resource whose file has this content."""
        self.files[f"/files/{path}"] = (200, {}, content)
        return {"url": f"{self.url}/files/{path}", "name": path, "url_type": "upload", "format": "CSV", **fields}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    portal: Portal

    def do_GET(self) -> None:
        self.portal.asked.append((self.path, self.headers.get("Authorization")))
        path = urlsplit(self.path)
        if path.path.startswith("/api/"):
            action = path.path.rpartition("/")[2]
            parameters = {key: values[0] for key, values in parse_qs(path.query).items()}
            status, headers, content = self.portal.actions.get(action) or ok(self.portal.result(action, parameters))
        else:
            status, headers, content = self.portal.files.get(path.path, (404, {}, b"not here"))
        if path.path == self.portal.stalls_at:
            self.portal.stalled.set()
            self.portal.goes_on.wait(60)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        if int(headers.get("Content-Length", 0)) > len(content):
            self.close_connection = True  # the answer breaks off

    def log_message(self, *_: Any) -> None: ...


def ok(result: object) -> Answer:
    return 200, {}, json.dumps({"success": True, "result": result}).encode()


@pytest.fixture
def portal() -> Iterator[Portal]:
    served = Portal()
    handler = type("Served", (Handler,), {"portal": served})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        served.url = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield served
        served.goes_on.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def pull(portal: Portal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Pull:
    """Run the command; its exit code and all it wrote, in which no token and no defect stands."""
    monkeypatch.setenv("ST_CKAN_TOKEN", "secret-token")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(output: Path, *options: str) -> tuple[int, str]:
        capsys.readouterr()
        given = ["--url", portal.url, "--organization", "town", "--output", str(output)]
        code = main(["pull", "ckan", *given, *options])
        written = "".join(capsys.readouterr())
        assert "secret-token" not in written
        assert "defect" not in written
        return code, written

    return run


@pytest.fixture
def put_release(portal: Portal) -> Callable[[Path], None]:
    """Put a release on the portal as `publish ckan` does."""

    def put(release: Path) -> None:
        base = read_release(release).base
        for package in packages(release, Site(portal.url, "town")):
            portal.datasets.append(_shown(portal, package, base))

    return put


def _shown(portal: Portal, package: Package, base: str) -> dict[str, Any]:
    resources = []
    for each in package.resources:
        if each.file is None:
            resources.append({**each.metadata, "id": each.id})
            continue
        with each.open() as file:
            portal.files[urlsplit(each.url).path] = (200, {}, file.read())
        resources.append({**each.metadata, "id": each.id, "url": each.url, "url_type": "upload"})
    shown = {**package.metadata, "id": package.name, "resources": resources}
    fields = fields_of(shown)
    fingerprint = Fingerprint(base, package.digest, content_digest(shown, *fields), *fields)
    extras = [*shown.get("extras", ()), {"key": "st_opendata", "value": fingerprint.text()}]
    return {**shown, "extras": extras}
