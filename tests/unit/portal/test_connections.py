"""Clients that are slow, large, many or gone, against a real server with short deadlines."""

from __future__ import annotations

import asyncio
import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from st_opendata.portal.connections import Connection, ConnectionLimits, Connections, client_of
from st_opendata.portal.options import Options

HEAD = b"GET / HTTP/1.1\r\nHost: portal.example\r\n"
QUICK = ConnectionLimits(head_seconds=0.3, body_seconds=0.3, stall_seconds=0.5, per_client=20, total=30)
LARGE = 40_000_000
"""Bytes that no buffer between server and client holds."""


async def portal(scope: dict, receive: Callable, send: Callable) -> None:
    """Says the host, the number of fields and the body; `/large` sends more than a client takes unasked."""
    if scope["type"] == "http":
        request = Request(scope, receive)
        body = await request.body()
        answer = f"{request.headers.get('host')} {len(scope['headers'])} {body.decode()}\n".encode()
        if scope["path"] == "/large":
            answer += b"x" * LARGE
        await Response(answer, media_type="text/plain")(scope, receive, send)


@contextmanager
def serving(
    limits: ConnectionLimits, *proxies: str, app: Callable = portal, connections: Connections | None = None
) -> Iterator[tuple[str, int]]:
    """Where it listens."""
    connections = connections or Connections(limits, Options(trusted_proxies=proxies).is_proxy)
    protocol = partial(Connection, connections=connections)
    config = uvicorn.Config(app, port=0, http=protocol, ws="none", lifespan="off", log_config=None)  # type: ignore[arg-type]
    server = uvicorn.Server(config)

    async def work() -> None:
        watching = asyncio.create_task(connections.watch())
        await server.serve()
        watching.cancel()

    thread = threading.Thread(target=asyncio.run, args=(work(),))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serving(QUICK) as address:
        yield address


def answer(address: tuple[str, int], *pieces: bytes, pause: float = 0.1) -> bytes:
    """All that comes until the server closes the connection."""
    with socket.create_connection(address, timeout=30) as client:
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(pause)
            client.sendall(piece)
        received = b""
        while data := client.recv(1 << 16):
            received += data
        return received


def status(received: bytes) -> int:
    return int(received.split(b" ", 2)[1])


CLOSE = b"Connection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: portal.example\r\n"


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
        HEAD + b"X: " + b"a" * 3_000_000,
        HEAD + b"".join(b"X%d: a\r\n" % number for number in range(100)) + b"\r\n",
        HEAD + b"".join(b"X%d: %s\r\n" % (number, b"a" * 1000) for number in range(90)) + b"\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\r\n" * 150_000,
        POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(100)) + b"\r\n",
    ],
    ids=["field", "endless", "fields", "together", "target", "blank", "trailers"],
)
def test_a_head_that_is_too_large_is_refused(head: bytes, address: tuple[str, int]) -> None:
    assert status(answer(address, head)) == 431


def test_the_largest_head_is_taken(address: tuple[str, int]) -> None:
    fields = b"".join(b"X%d: a\r\n" % number for number in range(98))
    assert answer(address, HEAD + fields + CLOSE).endswith(b"portal.example 100 \n")
    assert status(answer(address, HEAD + b"X: " + b"a" * 64_000 + b"\r\n" + CLOSE)) == 200


def test_a_client_that_goes_on_sending_reads_why_it_is_refused(address: tuple[str, int]) -> None:
    lines = b"".join(b"X%05d: b\r\n" % number for number in range(90_000))
    received = answer(address, HEAD, lines, lines, lines, pause=0.02)
    assert (status(received), received.count(b"HTTP/1.1")) == (431, 1)


@pytest.mark.quick(2)
@pytest.mark.parametrize("begun", [HEAD, HEAD + b"X: ", b"G", b"\r\n", POST + b"Content-Length: 9\r\n\r\nASK"])
def test_a_request_that_does_not_arrive_is_refused(begun: bytes, address: tuple[str, int]) -> None:
    assert status(answer(address, begun)) == 408


@pytest.mark.slow
def test_a_byte_now_and_then_is_no_request(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(HEAD + b"X: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            for _ in range(2000):
                client.sendall(b"a")
                time.sleep(0.01)


def test_a_connection_that_asks_nothing_is_closed(address: tuple[str, int]) -> None:
    assert answer(address) == b""
    assert answer(address, HEAD + b"\r\n", b"\r\n").count(b"HTTP/1.1 200") == 1


@pytest.mark.slow
def test_a_slow_body_that_does_arrive_is_taken() -> None:
    pieces = [b"a" * 50_000] * 6
    head = POST + b"Content-Length: 300000\r\n" + CLOSE
    with serving(ConnectionLimits(body_seconds=0.3, body_rate=10_000)) as address:
        assert answer(address, head, *pieces, pause=0.2).endswith(b" " + b"a" * 300_000 + b"\n")


@pytest.mark.parametrize("begun", [b"", HEAD + b"X: ", POST + b"Content-Length: 9\r\n\r\nASK", HEAD + b"X: X\r\n\r\n"])
def test_connections_that_wait_do_not_block_others(begun: bytes) -> None:
    limits = ConnectionLimits(head_seconds=60, body_seconds=60, per_client=20, total=30)
    with serving(limits) as address, ExitStack() as stack:
        for _ in range(50):
            client = stack.enter_context(socket.create_connection(address, timeout=30))
            client.sendall(begun)
            if begun.endswith(b"X\r\n\r\n"):  # it has its answer, and waits for another request
                client.recv(1)
        assert status(answer(address, HEAD + CLOSE)) == 200


def test_a_client_is_bounded_and_a_proxy_is_not() -> None:
    patient = ConnectionLimits(head_seconds=60, per_client=20, total=60)
    for proxies, most in (((), 20), (("127.0.0.0/8",), 60)):
        with serving(patient, *proxies) as address, ExitStack() as stack:
            clients = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(100)]
            for client in clients:
                client.setblocking(False)
            assert status(answer(address, HEAD + CLOSE)) == 200
            assert sum(is_open(client) for client in clients) <= most
            assert sum(is_open(client) for client in clients) >= most - 2


def is_open(client: socket.socket) -> bool:
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False


def test_one_too_many_is_told_where_all_are_being_answered() -> None:
    limits = ConnectionLimits(per_client=2, total=60)
    with serving(limits) as address, ExitStack() as stack:
        for _ in range(2):
            client = stack.enter_context(socket.create_connection(address, timeout=30))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(1)
        assert status(answer(address)) == 503


def test_a_client_that_reads_nothing_is_left() -> None:
    connections = Connections(QUICK, Options().is_proxy)
    with serving(QUICK, connections=connections) as address, socket.create_connection(address, timeout=30) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(1)
        assert connections.number == 1
        for _ in range(1500):
            if connections.number == 0:
                break
            time.sleep(0.02)
        else:
            pytest.fail("it is still there")
        received = 0
        with suppress(ConnectionResetError):
            while data := client.recv(1 << 16):
                received += len(data)
        assert received < LARGE


@pytest.mark.slow
def test_a_client_that_reads_slowly_is_served() -> None:
    with serving(ConnectionLimits(stall_seconds=1)) as address, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        client.settimeout(30)
        client.connect(address)
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n" + CLOSE)
        received, end = 0, time.monotonic() + 3
        while data := client.recv(1 << 18):
            received += len(data)
            if time.monotonic() < end:
                time.sleep(0.05)
        assert received > LARGE


@pytest.mark.slow
def test_a_client_that_leaves_makes_no_noise(address: tuple[str, int], caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        with socket.create_connection(address, timeout=30) as client:
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(1000)
    time.sleep(0.2)
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_who_asks_to_upgrade_is_answered(
    protocol: bytes, address: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    """Java's client asks for HTTP/2 with its first request, whatever that is; the log says nothing of it."""
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol + b"\r\nHTTP2-Settings: AAMAAABk\r\n"
    bodies = (b"Content-Length: 6\r\n\r\nASK {}", b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n")
    for body in bodies:
        received = answer(address, HEAD + upgrade + b"\r\n" + POST + upgrade + body + HEAD + CLOSE)
        assert received.count(b"HTTP/1.1 200") == 3
        assert received.count(b"ASK {}\n") == 1
        received = answer(address, POST + upgrade + body[:-3], body[-3:] + HEAD + CLOSE)
        assert (received.count(b"HTTP/1.1 200"), received.count(b"ASK {}\n")) == (2, 1)
    assert [record.getMessage() for record in caplog.records if record.name == "uvicorn.error"] == []


def test_requests_that_do_not_wait_for_answers(address: tuple[str, int]) -> None:
    assert answer(address, (HEAD + b"\r\n") * 9 + HEAD + CLOSE).count(b"HTTP/1.1 200") == 10
    with suppress(ConnectionResetError):
        assert answer(address, (HEAD + b"\r\n") * 5000).count(b"HTTP/1.1 200") < 100


def test_the_host_in_a_target_overrules_the_field(address: tuple[str, int]) -> None:
    request = b"GET http://other.example:80/ HTTP/1.1\r\nHost: portal.example\r\n" + CLOSE
    assert b"\r\n\r\nother.example:80 2" in answer(address, request)


def test_a_refusal_before_the_body_has_come_can_be_read() -> None:
    async def refuse(scope: dict, receive: Callable, send: Callable) -> None:
        await PlainTextResponse("too large\n", 413, {"Connection": "close"})(scope, receive, send)

    with serving(QUICK, app=refuse) as address:
        body = b"a" * 8_000_000
        connection = http.client.HTTPConnection(*address, timeout=30)
        connection.request("POST", "/", body)
        assert connection.getresponse().read() == b"too large\n"
        connection.close()


@pytest.mark.parametrize(
    "request_",
    [b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\r\n"],
)
def test_other_protocols_are_refused(request_: bytes, address: tuple[str, int]) -> None:
    assert status(answer(address, request_)) == 400


@pytest.mark.slow
def test_as_many_connections_as_files_may_be_open() -> None:
    script = (
        "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (256, {hard}))\n"
        "from st_opendata.portal.connections import ConnectionLimits, fitted\n"
        "limits = fitted(ConnectionLimits())\n"
        "print(limits.total, limits.per_client, r.getrlimit(r.RLIMIT_NOFILE)[0])"
    )
    for hard, told in ((800, "200 100 800"), (4000, "1000 200 3200"), (256, "20 10 256")):
        command = [sys.executable, "-c", script.format(hard=hard)]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == told


def test_clients_of_a_network_are_one() -> None:
    assert client_of("2001:db8::1") == client_of("2001:db8::ffff:1") != client_of("2001:db8:0:1::1")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1") != client_of("192.0.2.2")
    assert client_of("unix") == "unix"
