"""Certificates of the portal and of the publisher, and proxies between them: by real TLS before a real CKAN."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from publisher import Publisher, assert_published, only_message
from relay import Answer, Relay, Request, Stage

from st_opendata.__main__ import main

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.usefixtures("emptied")]

INSECURE = "WARNING: --insecure is set"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    files = folder / f"{name}.pem", folder / f"{name}.key"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={name}"]
    ends = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run([*made, *ends], check=True, capture_output=True)
    return files


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("server"), "server")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("client"), "client")


def context(server: tuple[Path, Path]) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*server)
    return made


@pytest.fixture
def secure(publisher: Publisher, server: tuple[Path, Path]) -> Iterator[Relay]:
    """The portal behind TLS."""
    with Relay(publisher.ckan.url, context(server)) as relay:
        yield relay


@pytest.fixture
def strict(publisher: Publisher, server: tuple[Path, Path], client: tuple[Path, Path]) -> Iterator[Relay]:
    """The portal behind TLS, for those with one certificate only."""
    demanding = context(server)
    demanding.verify_mode = ssl.CERT_REQUIRED
    demanding.load_verify_locations(client[0])
    with Relay(publisher.ckan.url, demanding) as relay:
        yield relay


def test_an_unknown_certificate_is_refused_unless_it_is_not_checked(
    publisher: Publisher, releases: tuple[Path, ...], secure: Relay, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = publisher.command(releases[0], url=secure.url)
    said = only_message(err)
    assert (code, "the certificate of the portal is not trusted" in said, "--insecure" in said) == (4, True, True)
    assert secure.requests == []
    code, _, err = publisher.command(releases[0], "--insecure", url=secure.url)
    assert (code, err.count(INSECURE)) == (0, 1), err
    assert_published(publisher.ckan, releases[0])
    assert secure.requests
    portal = ["--url", secure.url]
    assert main(["verify", "ckan", str(releases[0]), *portal]) == 4
    assert "is not trusted" in capsys.readouterr().err
    assert main(["verify", "ckan", str(releases[0]), *portal, "--insecure"]) in (0, 1)
    out, err = capsys.readouterr()
    assert ("not trusted" in out + err, "Error" in err, err.count(INSECURE)) == (False, False, 1)


def test_an_authority_that_the_publisher_names(
    publisher: Publisher,
    releases: tuple[Path, ...],
    secure: Relay,
    server: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server[0]))
    code, _, err = publisher.command(releases[0], "--dry-run", url=secure.url)
    assert (code, INSECURE in err) == (0, False)


def test_a_portal_that_requires_a_certificate(
    publisher: Publisher,
    releases: tuple[Path, ...],
    strict: Relay,
    server: tuple[Path, Path],
    client: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server[0]))
    own = ["--client-cert", str(client[0]), "--client-key", str(client[1])]
    foreign = ["--client-cert", str(server[0]), "--client-key", str(server[1])]
    for options in ((), foreign):
        code, _, err = publisher.command(releases[0], *options, url=strict.url)
        said = only_message(err)
        assert (code, "--client-cert" in said, strict.url in said) == (4, True, True), err
    assert strict.requests == []
    assert publisher.command(releases[0], "--dry-run", *own, url=strict.url)[0] == 0
    monkeypatch.setenv("ST_CKAN_CLIENT_CERT", str(client[0]))
    monkeypatch.setenv("ST_CKAN_CLIENT_KEY", str(client[1]))
    code, _, err = publisher.command(releases[0], url=strict.url)
    assert code == 0, err
    assert_published(publisher.ckan, releases[0])


def test_a_certificate_that_cannot_be_used(
    publisher: Publisher, releases: tuple[Path, ...], client: tuple[Path, Path], server: tuple[Path, Path]
) -> None:
    for options, expected in (
        (("--client-cert", "absent.pem"), 3),
        (("--client-cert", str(client[0]), "--client-key", str(server[1])), 3),
        (("--client-key", str(client[1])), 2),
    ):
        publisher.relay.begin()
        code, _, err = publisher.command(releases[0], *options, url=publisher.relay.url)
        assert (code, "--client-cert" in err or "private key" in err) == (expected, True), err
        assert publisher.relay.requests == []


class Proxy(ThreadingTCPServer):
    """A proxy that tunnels (CONNECT) to any address, for those with its password; it counts the tunnels."""

    daemon_threads = True
    password = b"Basic dXNlcjpnZWhlaW0="  # user:geheim

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.tunnels = 0


class _Tunnel(StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Proxy)
        head = b"".join(iter(self.rfile.readline, b"\r\n"))
        method, target = head.split()[:2]
        if method != b"CONNECT" or self.server.password not in head:
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        self.server.tunnels += 1
        host, _, port = target.decode().partition(":")
        with socket.create_connection((host, int(port)), 60) as portal:
            self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = Thread(target=hand_on, args=(portal, self.connection), daemon=True)
            back.start()
            hand_on(self.connection, portal)
            back.join(60)


def hand_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(1 << 16):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Set a variable for a proxy; no other one counts."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch.setenv


def test_a_proxy_before_a_secure_portal(
    publisher: Publisher,
    releases: tuple[Path, ...],
    secure: Relay,
    proxy: Proxy,
    through: Callable[[str, str], None],
) -> None:
    through("HTTPS_PROXY", f"http://user:geheim@{proxy.address}")
    code, _, err = publisher.command(releases[0], "--insecure", url=secure.url)
    assert code == 0, err
    assert proxy.tunnels > 0
    assert_published(publisher.ckan, releases[0])
    tunnels = proxy.tunnels
    through("NO_PROXY", "127.0.0.1")
    assert publisher.command(releases[0], "--insecure", "--dry-run", url=secure.url)[0] == 0
    assert proxy.tunnels == tunnels


def test_a_proxy_that_refuses_or_is_absent(
    publisher: Publisher,
    releases: tuple[Path, ...],
    secure: Relay,
    proxy: Proxy,
    through: Callable[[str, str], None],
) -> None:
    for address in (proxy.address, "127.0.0.1:9"):
        through("HTTPS_PROXY", f"http://user:falsches-wort@{address}")
        code, _, err = publisher.command(releases[0], "--insecure", url=secure.url)
        said = only_message(err)
        assert (code, "the proxy before the portal failed" in said, "HTTPS_PROXY" in said) == (4, True, True), err
        assert "falsches-wort" not in err
    assert (proxy.tunnels, secure.requests) == (0, [])


def test_a_proxy_before_a_plain_portal(
    publisher: Publisher, releases: tuple[Path, ...], through: Callable[[str, str], None]
) -> None:
    """The relay serves as the proxy."""
    through("HTTP_PROXY", publisher.relay.url)
    publisher.relay.begin()
    assert publisher.command(releases[0], "--dry-run")[0] == 0
    assert publisher.relay.requests

    def refuse(request: Request, stage: Stage) -> None:
        raise Answer("407 Proxy Authentication Required", "<title>Log in</title>")

    publisher.relay.begin(refuse)
    code, _, err = publisher.command(releases[0], "--dry-run")
    assert (code, "the proxy before the portal failed" in only_message(err)) == (4, True)


def test_a_token_is_never_sent_in_the_clear(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    code, _, err = publisher.command(releases[0], url="http://portal.invalid")
    assert (code, "without encryption" in only_message(err)) == (2, True)
