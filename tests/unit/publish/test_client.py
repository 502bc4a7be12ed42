"""Every way in which what answers may fail, by a server that fails in it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from st_opendata.errors import InputError, RemoteError, UsageError
from st_opendata.publish.client import CkanClient, described, passes
from st_opendata.publish.preflight import survey_portal
from st_opendata.publish.token import find_token

Answer = tuple[int, dict[str, str], bytes]
HTML = {"Content-Type": "text/html"}


class Server(ThreadingHTTPServer):
    """Gives each request the next answer, the last one for ever; keeps what it was sent."""

    answers: list[Answer]
    asked: list[tuple[str, str, dict[str, str], bytes]]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.asked.append((self.command, self.path, dict(self.headers), body))
        status, headers, content = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 (the name that http.server calls)

    def log_message(self, *_: Any) -> None: ...


Serve = Callable[..., CkanClient]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.answers, running.asked = [], []
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def client(server: Server) -> Iterator[CkanClient]:
    with closing(CkanClient(f"http://127.0.0.1:{server.server_port}/", "secret-token")) as made:
        yield made


def ok(result: object) -> Answer:
    return 200, {}, json.dumps({"success": True, "result": result}).encode()


def refusal(status: int, kind: str, **error: object) -> Answer:
    return status, {}, json.dumps({"success": False, "error": {"__type": kind, **error}}).encode()


def failing(call: Callable[[], object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        call()
    assert "secret-token" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("answer", "status", "says", "may_pass"),
    [
        ((200, HTML, b"<title>Welcome</title>"), 200, 'not CKAN\'s API: a web page, "Welcome"', False),
        ((404, HTML, b"<p>Nothing here</p>"), 404, "not CKAN's API: Nothing here", False),
        ((500, HTML, b"<title>Internal Server Error</title>"), 500, 'answered 500: a web page, "Internal', True),
        ((301, {"Location": "https://example.org/api/action/status_show"}, b""), 301, "https://example.org", False),
        ((413, HTML, b"<title>Too large</title>"), 413, "does not take files as large", False),
        (refusal(403, "Authorization Error", message="Access denied: User x not authorized"), 403, "User x not", False),
        (refusal(404, "Not Found Error", message="Not found: places"), 404, "not found: places", False),
        (refusal(409, "Validation Error", notes=["Missing value"]), 409, "notes: Missing value", False),
        (refusal(500, "Search Index Error", message="Solr down"), 500, "search failed", True),
        (refusal(500, "Search Connection Error", message="No server"), 500, "Search Connection Error: No", True),
        (refusal(409, "Search Error", message="Search Error: no core"), 500, "search failed", True),
        ((200, {}, b'{"success": false, "error": "text"}'), 200, "not CKAN's API", False),
        ((200, {}, b'{"success": true}'), 200, "not CKAN's API", False),
        ((200, {}, b"[1, 2]"), 200, "not CKAN's API", False),
    ],
)
def test_each_failure_is_one_error(
    server: Server, client: CkanClient, answer: Answer, status: int, says: str, may_pass: bool
) -> None:
    server.answers = [answer]
    for call in (lambda: client.read("status_show"), lambda: client.write("package_create", {})):
        error = failing(call)
        assert (error.status, passes(error)) == (status, may_pass)
        assert says in str(error)


def test_reads_are_repeated_and_writes_say_when(server: Server, client: CkanClient) -> None:
    server.answers = [(503, {"Retry-After": "0"}, b""), (429, {"Retry-After": "0"}, b""), ok("there")]
    assert client.read("package_show", {"id": "places"}) == "there"
    server.asked.clear()
    server.answers = [(429, {"Retry-After": "7"}, b"slow down")]
    error = failing(lambda: client.write("package_create", {}))
    assert (len(server.asked), error.status, error.wait, passes(error)) == (1, 429, 7.0, True)


def test_files_are_sent_beside_the_data(server: Server, client: CkanClient) -> None:
    server.answers = [ok({})]
    client.send("package_revise", {"filter": ["-tags"]}, {"upload": ("a.csv", lambda: BytesIO(b"a,b\n"))})
    _, path, headers, body = server.asked[0]
    assert path == "/api/action/package_revise"
    assert headers["Authorization"] == "secret-token"
    assert int(headers["Content-Length"]) == len(body)
    assert b'name="filter"\r\n\r\n["-tags"]\r\n' in body
    assert b'filename="a.csv"' in body


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with closing(CkanClient(f"http://127.0.0.1:{port}")) as client:
        error = failing(lambda: client.write("package_create", {}))
    assert (error.status, passes(error)) == (0, True)
    assert "refused" in str(error)


def test_another_token_of_the_user_is_not_sent(
    server: Server, client: CkanClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password netrc-secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.answers = [ok({})]
    client.read("status_show")
    assert server.asked[0][2]["Authorization"] == "secret-token"


def test_something_else_that_speaks_json_is_no_ckan(server: Server, client: CkanClient) -> None:
    server.answers = [ok({"version": 1})]
    assert "not a CKAN" in str(failing(lambda: survey_portal(client, "city")))


@pytest.mark.parametrize("url", ["portal.example.org", "ftp://portal.example.org", "http://[::1/portal"])
def test_a_url_is_needed(url: str) -> None:
    with pytest.raises(UsageError):
        CkanClient(url)


def test_what_is_refused_reads_as_one_line() -> None:
    details = {"notes": ["Missing value"], "resources": [{}, {"size": ["Invalid integer"], "name": []}]}
    assert described(details) == "notes: Missing value; resources: 2 size: Invalid integer"


def test_tokens_come_from_file_or_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(" abc\n")
    assert find_token("https://x", file, {"ST_CKAN_TOKEN": "other"}) == "abc"
    assert find_token("https://x", None, {"ST_CKAN_TOKEN": "other "}) == "other"
    for text, error in (("", InputError), ("two words", UsageError), ("a\nb", UsageError)):
        file.write_text(text)
        with pytest.raises(error):
            find_token("https://x", file, {})
    with pytest.raises(InputError, match="cannot be read"):
        find_token("https://x", tmp_path / "missing", {})
