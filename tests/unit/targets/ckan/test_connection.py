"""Every way in which what answers may fail, by a server that fails in it."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from st_opendata.errors import InputError, RemoteError, UsageError
from st_opendata.http.client import is_transient
from st_opendata.targets.ckan.connection import CkanClient, format_details
from st_opendata.targets.ckan.rights import read_site_of
from st_opendata.targets.ckan.token import find_token

Answer = tuple[int, dict[str, str], bytes]
HTML = {"Content-Type": "text/html"}


class Server(ThreadingHTTPServer):
    """Gives each request the next answer, the last one repeatedly; keeps the requests."""

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
        ((200, HTML, b"<title>Welcome</title>"), 200, 'not from CKAN\'s API: a web page, "Welcome"', False),
        ((404, HTML, b"<p>Nothing here</p>"), 404, "not from CKAN's API: Nothing here", False),
        ((500, HTML, b"<title>Internal Server Error</title>"), 500, 'answered 500: a web page, "Internal', True),
        ((301, {"Location": "https://example.org/api/action/status_show"}, b""), 301, "https://example.org", False),
        ((413, HTML, b"<title>Too large</title>"), 413, "does not accept files as large", False),
        (refusal(403, "Authorization Error", message="Access denied: User x not authorized"), 403, "User x not", False),
        (refusal(404, "Not Found Error", message="Not found: places"), 404, "not found: places", False),
        (refusal(409, "Validation Error", notes=["Missing value"]), 409, "notes: Missing value", False),
        (refusal(500, "Search Index Error", message="Solr down"), 500, "search failed", True),
        (refusal(500, "Search Connection Error", message="No server"), 500, "Search Connection Error: No", True),
        (refusal(409, "Search Error", message="Search Error: no core"), 500, "search failed", True),
        ((200, {}, b'{"success": false, "error": "text"}'), 200, "not from CKAN's API", False),
        ((200, {}, b'{"success": true}'), 200, "not from CKAN's API", False),
        ((200, {}, b"[1, 2]"), 200, "not from CKAN's API", False),
    ],
)
def test_each_failure_is_one_error(
    server: Server, client: CkanClient, answer: Answer, status: int, says: str, may_pass: bool
) -> None:
    server.answers = [answer]
    for call in (lambda: client.read("status_show"), lambda: client.write("package_create", {})):
        error = failing(call)
        assert (error.status, is_transient(error)) == (status, may_pass)
        assert says in str(error)


TOKEN = "secret-token"
ECHOES = [TOKEN, "secret\\u002dtoken", "secret%2Dtoken", "secret&#45;token", "secret&#x2d;token", "s\\u0065cret-token"]
"""The token as JSON, URLs and HTML may have it."""


def raw(status: int, error: str, echo: str) -> Answer:
    """A refusal with the echo in its JSON."""
    return status, {}, f'{{"success": false, "error": {error.replace("ECHO", echo)}}}'.encode()


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize(
    "answer",
    [
        lambda echo: (200, HTML, f"<title>Welcome {echo}</title>".encode()),
        lambda echo: (500, HTML, f"<p>Traceback: Authorization: {echo}</p>".encode()),
        lambda echo: (301, {"Location": f"https://login.example/?token={echo}"}, b""),
        lambda echo: raw(403, '{"message": "token ECHO unknown"}', echo),
        lambda echo: raw(403, '{"__type": "Authorization Error", "message": "ECHO"}', echo),
        lambda echo: raw(404, '{"__type": "Not Found Error", "message": "ECHO"}', echo),
        lambda echo: raw(409, '{"__type": "Validation Error", "notes": ["ECHO"]}', echo),
        lambda echo: raw(409, '{"__type": "Search Error", "message": "ECHO"}', echo),
        lambda echo: (200, {}, f'{{"success": true, "{echo}": 1}}'.encode()),
        lambda echo: (502, HTML, b"x" * 195 + f" {echo}".encode()),
    ],
)
def test_a_token_that_is_echoed_is_not_told(
    server: Server, client: CkanClient, answer: Callable[[str], Answer], echo: str
) -> None:
    server.answers = [answer(echo)]
    error = failing(lambda: client.write("package_create", {}))
    told = f"{error} {error.message_text()} {error.remedy_text()} {error.details}"
    assert not any(each in told for each in ECHOES)
    assert "cret" not in told


def test_a_token_in_what_a_dataset_says_is_hidden(server: Server, client: CkanClient) -> None:
    server.answers = [ok({"title": f"A title with {TOKEN}", "notes": "and without"})]
    assert client.read("package_show") == {"title": "A title with [token]", "notes": "and without"}


@pytest.mark.slow
def test_a_line_of_status_that_echoes_the_token_is_hidden() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(f"NO-HTTP {TOKEN}\r\n\r\n".encode())

        thread = threading.Thread(target=answer)
        thread.start()
        with closing(CkanClient(f"http://127.0.0.1:{listening.getsockname()[1]}", TOKEN)) as client:
            error = failing(lambda: client.write("package_create", {}))
        thread.join()
    assert "NO-HTTP [token]" in str(error)


def test_what_is_too_short_for_a_token_hides_nothing(server: Server) -> None:
    server.answers = [ok({"title": "wrong"})]
    with closing(CkanClient(f"http://127.0.0.1:{server.server_port}", "wrong")) as client:
        assert client.read("package_show") == {"title": "wrong"}


def test_https_to_a_port_for_http_says_so(server: Server) -> None:
    server.answers = [ok({})]
    url = f"127.0.0.1:{server.server_port}"
    with closing(CkanClient(f"https://{url}", TOKEN)) as client:
        for call in (lambda: client.read("status_show"), lambda: client.write("package_create", {})):
            error = failing(call)
            assert error.message_text() == "this port speaks http, not https"
            assert f"Give http://{url} as --url" in error.remedy_text()
            assert not is_transient(error)
    assert "Authorization" not in "".join(str(headers) for _, _, headers, _ in server.asked)


@pytest.fixture
def tls(server: Server, tmp_path: Path) -> Server:
    """The server behind TLS, with a certificate that it signed itself."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    files = ["-subj", "/CN=portal", "-out", str(certificate), "-keyout", str(key)]
    subprocess.run([*made, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.answers = [ok({})]
    return server


def test_http_to_a_port_for_https_says_so(tls: Server) -> None:
    url = f"127.0.0.1:{tls.server_port}"
    with closing(CkanClient(f"http://{url}", TOKEN)) as client:
        error = failing(lambda: client.write("package_create", {}))
    assert error.message_text() == "this port speaks https, not http"
    assert f"Give https://{url} as --url" in error.remedy_text()


def test_a_certificate_that_nobody_vouches_for_is_called_so(tls: Server) -> None:
    with closing(CkanClient(f"https://127.0.0.1:{tls.server_port}", TOKEN)) as client:
        error = failing(lambda: client.read("status_show"))
    assert "the certificate of the portal is not trusted: " in error.message_text()
    assert "self-signed certificate" in error.message_text()
    assert "REQUESTS_CA_BUNDLE" in error.remedy_text()


@pytest.mark.slow
def test_reads_are_repeated_and_writes_say_when(server: Server, client: CkanClient) -> None:
    server.answers = [(503, {"Retry-After": "0"}, b""), (429, {"Retry-After": "0"}, b""), ok("there")]
    assert client.read("package_show", {"id": "places"}) == "there"
    server.asked.clear()
    server.answers = [(429, {"Retry-After": "7"}, b"slow down")]
    error = failing(lambda: client.write("package_create", {}))
    assert (len(server.asked), error.status, error.wait, is_transient(error)) == (1, 429, 7.0, True)


def test_files_are_sent_beside_the_data(server: Server, client: CkanClient) -> None:
    server.answers = [ok({})]
    client.send("package_revise", {"filter": ["-tags"]}, {"upload": ("a.csv", lambda: BytesIO(b"a,b\n"))})
    _, path, headers, body = server.asked[0]
    assert path == "/api/action/package_revise"
    assert headers["Authorization"] == "secret-token"
    assert int(headers["Content-Length"]) == len(body)
    assert b'name="filter"\r\n\r\n["-tags"]\r\n' in body
    assert b'filename="a.csv"' in body


@pytest.mark.slow
def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with closing(CkanClient(f"http://127.0.0.1:{port}")) as client:
        error = failing(lambda: client.write("package_create", {}))
    assert (error.status, is_transient(error)) == (0, True)
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
    assert "not a CKAN" in str(failing(lambda: read_site_of(client, "city")))


@pytest.mark.parametrize("url", ["portal.example.org", "ftp://portal.example.org", "http://[::1/portal"])
def test_a_url_is_needed(url: str) -> None:
    with pytest.raises(UsageError):
        CkanClient(url)


def test_what_is_refused_reads_as_one_line() -> None:
    details = {"notes": ["Missing value"], "resources": [{}, {"size": ["Invalid integer"], "name": []}]}
    assert format_details(details) == "notes: Missing value; resources: 2 size: Invalid integer"


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


def test_the_bytes_that_are_sent_are_heard_of(server: Server, client: CkanClient) -> None:
    server.answers = [ok({})]
    heard: list[tuple[str, int, int]] = []
    files = {name: (name, lambda: BytesIO(b"x" * 100_000)) for name in ("a.csv", "b.csv")}
    client.send("package_revise", {}, files, lambda *sent: heard.append(sent))
    assert len(heard) > 2
    assert {name for name, _, _ in heard} == {"a.csv + 1"}
    assert [sent for _, sent, _ in heard] == sorted(sent for _, sent, _ in heard)
    assert heard[-1][1] == heard[-1][2] > 200_000
