"""Servers that tests talk to. Absent servers skip their tests; ST_REQUIRE=ckan makes that a failure."""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from browsers import axe, browser
from publisher import FIRST, NAMES, SECOND, Publisher, build
from relay import Relay

from st_opendata.__main__ import main

__all__ = ["axe", "browser"]  # fixtures


FOLDER = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that talks to a CKAN, a browser or another server is slow."""
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker(pytest.mark.slow)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Results of pyoxigraph belong to a thread: what earlier tests left is collected here, not by that of a server."""
    if item.path.stem.startswith("test_portal"):
        gc.collect()


@dataclass(frozen=True)
class Ckan:
    """A running CKAN, an organisation in it, and the token of an editor of that organisation."""

    url: str
    organization: str
    token: str
    state: Path | None
    """The folder of the stack that `make ckan` started; None for a CKAN from elsewhere."""

    def post(self, action: str, *, token: str = "", files: dict[str, Any] | None = None, **data: Any) -> Any:
        """Call an action of the API, with JSON or as a form with files; the unchanged answer."""
        body: dict[str, Any] = {"data": data, "files": files} if files else {"json": data}
        headers = {"Authorization": token} if token else {}
        return requests.post(f"{self.url}/api/3/action/{action}", headers=headers, timeout=60, **body)

    def act(self, action: str, **data: Any) -> Any:
        """The result of an action that the editor calls and that must succeed."""
        answer = self.post(action, token=self.token, **data)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def purge(self, name: str) -> None:
        """Remove a dataset for good; needs the site administrator, so a CKAN from elsewhere keeps it deleted."""
        self.act("package_delete", id=name)
        if self.state:
            assert self.post("dataset_purge", token=self.sysadmin, id=name).status_code == 200

    def empty(self) -> None:
        """Remove what tests of publishing published."""
        for name in NAMES:
            if self.post("package_show", token=self.token, id=name).status_code == 200:
                self.purge(name)

    @property
    def sysadmin(self) -> str:
        """The token of the site's administrator."""
        if not self.state:
            pytest.skip("only in a stack of `make ckan` is there an administrator's token")
        return (self.state / "sysadmin.token").read_text("ascii").strip()


def absent(reason: str) -> None:
    """Skip, or fail where CKAN is required."""
    if "ckan" in os.environ.get("ST_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


def configured(root: Path) -> Ckan:
    """The CKAN that ST_CKAN_URL, ST_CKAN_ORGANIZATION and ST_CKAN_TOKEN_FILE name, or that of `make ckan`."""
    if url := os.environ.get("ST_CKAN_URL"):
        token = Path(os.environ["ST_CKAN_TOKEN_FILE"]).read_text("ascii").strip()
        return Ckan(url.rstrip("/"), os.environ["ST_CKAN_ORGANIZATION"], token, None)
    state = Path(os.environ.get("CKAN_STATE") or root / "build" / "ckan")
    if not (state / "site.json").is_file():
        absent("no CKAN: start one with `make ckan`, or set ST_CKAN_URL, ST_CKAN_ORGANIZATION and ST_CKAN_TOKEN_FILE")
    return started(state)


def started(state: Path) -> Ckan:
    """The CKAN that services/ckan started in this folder."""
    site = json.loads((state / "site.json").read_text("utf-8"))
    token = Path(site["editor_token_file"]).read_text("ascii").strip()
    return Ckan(site["url"], site["organization"], token, state)


@pytest.fixture(scope="session")
def ckan(root: Path) -> Ckan:
    """A CKAN that answers."""
    site = configured(root)
    try:
        requests.get(f"{site.url}/api/3/action/status_show", timeout=30).raise_for_status()
    except requests.RequestException as error:
        absent(f"CKAN at {site.url} does not answer ({type(error).__name__}): start it with `make ckan`")
    return site


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A release; one with another title, row and table; and that without the dataset of notes."""
    folder = tmp_path_factory.mktemp("publish")
    return (
        build(folder / "first", FIRST, "Places"),
        build(folder / "second", SECOND, "All places"),
        build(folder / "third", {"places": SECOND["places"]}, "All places"),
    )


@pytest.fixture
def emptied(ckan: Ckan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take away from the CKAN what a test published; nothing is remembered of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ST_CKAN_TOKEN", ckan.token)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    ckan.empty()


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(ckan: Ckan, emptied: None, capsys: pytest.CaptureFixture[str]) -> Command:
    """Publish; exit code, output and messages, in which no token and no trace of a defect ever stands."""

    def run(release: Path, *options: str, url: str = ckan.url) -> tuple[int, str, str]:
        capsys.readouterr()
        target = ("--url", url, "--organization", ckan.organization)
        code = main(["publish", "ckan", str(release), *target, *options])
        out, err = capsys.readouterr()
        for secret in (ckan.token, "Traceback", "defect"):
            assert secret not in out + err
        return code, out, err

    return run


@pytest.fixture
def publish(command: Command) -> Callable[..., tuple[int, str]]:
    """As `command`, with all that was written in one text."""

    def run(release: Path, *options: str, **target: str) -> tuple[int, str]:
        code, out, err = command(release, *options, **target)
        return code, out + err

    return run


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of all requests."""
    methods: list[str] = []
    send = requests.Session.send

    def record(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        methods.append(str(request.method))
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", record)
    return methods


@pytest.fixture(scope="session")
def running_relay(ckan: Ckan) -> Iterator[Relay]:
    """A relay before the CKAN, always at one address, since addresses are part of the published data."""
    with Relay(ckan.url) as relay:
        yield relay


@pytest.fixture
def relay(running_relay: Relay) -> Iterator[Relay]:
    """The relay, which passes everything on unless a test sets a fault."""
    running_relay.begin()
    yield running_relay
    running_relay.begin()


@pytest.fixture
def stack(ckan: Ckan, root: Path) -> Callable[..., None]:
    """Start and stop parts of the CKAN, with these settings: `stack("stop", "solr")`."""
    if not ckan.state:
        pytest.skip("parts of a CKAN are only stopped in a stack of `make ckan`")

    def run(*arguments: str, **settings: str) -> None:
        environment = os.environ | {"CKAN_STATE": str(ckan.state)} | settings
        program = [sys.executable, str(root / "services" / "ckan"), *arguments]
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture
def publisher(ckan: Ckan, relay: Relay, command: Command) -> Publisher:
    """Publishes through the relay."""
    return Publisher(ckan, relay, command)


OTHERS = {
    "plain": {"CKAN_WITHOUT": "dcat dcat_json_interface structured_data scheming_datasets"},
    "extras": {"CKAN_WITHOUT": "scheming_datasets"},
    "2.11": {"CKAN_VERSION": "2.11"},
    "2.10": {"CKAN_VERSION": "2.10"},
}
"""Sites of other kinds, with the settings that make them."""


@pytest.fixture(scope="session", params=OTHERS)
def other_ckan(request: pytest.FixtureRequest, root: Path) -> Iterator[Ckan]:
    """A CKAN of another kind, where ST_CKAN_OTHERS names it: started in a folder that stays, and stopped afterwards."""
    name = str(request.param)
    if name not in os.environ.get("ST_CKAN_OTHERS", "").split():
        pytest.skip(f"set ST_CKAN_OTHERS to start other sites, as ST_CKAN_OTHERS='{' '.join(OTHERS)}'")
    state = root / "build" / f"ckan-{name}"
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith("CKAN_") or key == "CKAN_INSTALL"
    }
    environment = inherited | {"CKAN_STATE": str(state)} | OTHERS[name] | free_ports(state)
    program = [sys.executable, str(root / "services" / "ckan")]
    done = subprocess.run([*program, "start"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    try:
        yield started(state)
    finally:
        subprocess.run([*program, "stop"], env=environment, capture_output=True, check=True)


def free_ports(state: Path) -> dict[str, str]:
    """Settings for a site that is new; one that is there has its ports."""
    if (state / "site.json").exists():
        return {}
    with ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(4)]
        ports = [str(server.getsockname()[1]) for server in servers]
    names = ("CKAN_PORT", "CKAN_POSTGRES_PORT", "CKAN_REDIS_PORT", "CKAN_SOLR_PORT")
    return dict(zip(names, ports, strict=True))
