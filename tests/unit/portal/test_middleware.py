"""The layers that every request passes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from st_opendata.errors import UsageError
from st_opendata.portal.app import make_app
from st_opendata.portal.assets import asset_url
from st_opendata.portal.data.current import Current
from st_opendata.portal.options import Options


@pytest.mark.slow
def test_files_of_pages_do_not_count_as_requests(tmp_path: Path, write_release: Callable[..., Path]) -> None:
    release = write_release(
        tmp_path / "release", {"http://e/dataset/one": "<http://e/a> <http://e/b> <http://e/c> .\n"}
    )
    with TestClient(make_app(Current(release), Options(requests_per_minute=3))) as client:
        assert {client.get(asset_url("portal.css")).status_code for _ in range(10)} == {200}
        assert [client.get("/healthz").status_code for _ in range(3)] == [200, 200, 200]
        refused = client.get("/healthz")
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 120
        assert client.get(asset_url("portal.css")).status_code == 200


@pytest.mark.slow
def test_a_download_is_not_joined_of_compressed_and_plain_bytes(smarter_release: Path) -> None:
    """A compressed answer has a weak tag, with which no client resumes a download."""
    plain = (smarter_release / "partners/partners.csv").read_bytes()
    with TestClient(make_app(Current(smarter_release), Options())) as client:
        tags = {}
        for coding in ("gzip", "identity"):
            got = client.get("/partners/partners.csv", headers={"Accept-Encoding": coding})
            assert (got.headers.get("Content-Encoding", "identity"), got.content) == (coding, plain)
            tags[coding] = got.headers["ETag"]
            again = client.get("/partners/partners.csv", headers={"If-None-Match": tags[coding]})
            assert again.status_code == 304
        assert tags["gzip"] == f"W/{tags['identity']}"
        for coding, status in (("gzip", 200), ("identity", 206)):
            headers = {"Range": "bytes=100-", "If-Range": tags[coding], "Accept-Encoding": "identity"}
            rest = client.get("/partners/partners.csv", headers=headers)
            assert (rest.status_code, rest.content) == (status, plain[100:] if status == 206 else plain)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, write_release: Callable[..., Path]) -> Iterator[Any]:
    """A portal that is open, as a server knows it."""
    folder = tmp_path_factory.mktemp("app") / "release"
    release = write_release(folder, {"http://e/dataset/one": "<http://e/a> <http://e/b> <http://e/c> .\n"})
    app = make_app(Current(release), Options(largest_body=1000))
    with TestClient(app):
        yield app


def asked(app: Any, *messages: dict[str, Any], version: str = "1.1", headers: list[tuple[bytes, bytes]]) -> int:
    """The status of the answer to a POST to the endpoint, 0 where none is sent."""
    sent: list[dict[str, Any]] = []
    left = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(left, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": version, "scheme": "http", "root_path": "",
        "method": "POST", "raw_path": b"/sparql", "path": "/sparql", "query_string": b"", "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 80), "headers": [(b"content-type", b"application/sparql-query"), *headers], "state": {},
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"] if sent else 0


PIECE = {"type": "http.request", "body": b"x" * 600, "more_body": True}


@pytest.mark.parametrize(
    "hosts", [[], [b"a", b"a"], [b"a", b"b"], [b""], [b"a, b"], [b"a/b"], [b"a b"], [b"a@b"], [b"a:b"]]
)
def test_a_request_names_one_host(hosts: list[bytes], app: Any) -> None:
    assert asked(app, PIECE, headers=[(b"host", host) for host in hosts]) == 400


@pytest.mark.parametrize(
    "host", ["data.example.org", "127.0.0.1:8000", "[::1]:80", "xn--nxasmq6b", "münchen.example", "a:"]
)
def test_hosts_of_all_kinds_are_taken(host: str, app: Any) -> None:
    headers = [(b"host", host.encode("idna" if "ü" in host else "ascii"))]
    assert asked(app, headers=headers) != 400


def test_who_leaves_in_the_middle_of_a_request_makes_one_line(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert asked(app, PIECE, headers=[(b"host", b"a")]) == 0
    [line] = [record.getMessage() for record in caplog.records if record.name != "asyncio"]
    assert '"POST /sparql HTTP/1.1" 499 -' in line


def test_a_body_without_a_stated_length_is_bounded_too(app: Any) -> None:
    assert asked(app, PIECE, PIECE, PIECE, headers=[(b"host", b"a")]) == 413


def test_http_1_0_needs_no_host(app: Any) -> None:
    assert asked(app, version="1.0", headers=[]) != 400


def test_proxies_are_addresses_and_networks() -> None:
    options = Options(trusted_proxies=("10.88.0.1", "192.0.2.7/24", "2001:db8::/32"))
    assert options.believed == ["10.88.0.1/32", "192.0.2.0/24", "2001:db8::/32"]
    assert all(map(options.is_proxy, ("10.88.0.1", "192.0.2.200", "2001:db8::9")))
    assert not any(map(options.is_proxy, ("10.88.0.2", "127.0.0.1", "::1", "unix")))
    assert Options().believed == ["127.0.0.1"]
    assert not Options().is_proxy("127.0.0.1")
    with pytest.raises(UsageError, match="not the IP address of a proxy"):
        Options(trusted_proxies=("proxy.example",))
