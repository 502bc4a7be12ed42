"""The HTTP client: its limits, and one error for each cause for which a request may fail."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from st_opendata.errors import RemoteError, UsageError
from st_opendata.http.client import (
    WORDING,
    Cause,
    HttpClient,
    IncompleteAnswerError,
    TransferLimits,
    blocks,
    fetch_file,
    media_type,
    origin,
)
from st_opendata.http.redaction import redact_error, redactor
from st_opendata.messages.message import message
from st_opendata.place import Place

LIMITS = TransferLimits(timeout=5)
SCHEMES = {
    **WORDING,
    Cause.PLAIN_HTTP: (message("speaks http"), message("Give {url}.")),
    Cause.ONLY_HTTPS: (message("speaks https"), message("Give {url}.")),
    Cause.TIMEOUT: (message("no answer within {detail} seconds"), message("Wait.")),
}


class Handler(BaseHTTPRequestHandler):
    """`/slow` sends a byte now and then, `/stalls` nothing, `/broken` less than it says, `/echo` what it was sent."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = {
            "/large": b"x" * 1000,
            "/large?token=secret-token": b"xx",
            "/echo": str(self.headers.get("Authorization")).encode(),
        }.get(self.path, b"body")
        if self.path == "/busy" and self.asked.count("/busy") < 3:
            self.send_response(503)
            self.send_header("Retry-After", "0")
            body = b""
        else:
            if self.path == "/stalls":
                time.sleep(0.6)
            self.send_response({"/gone": 410, "/forbidden": 403}.get(self.path, 200))
            self.send_header("Link", '<meta.json>; rel="describedby"')
        self.send_header("Content-Type", "Text/CSV; charset=utf-8")
        self.send_header("Content-Length", str(len(body) + (10 if self.path in ("/slow", "/broken") else 0)))
        self.end_headers()
        self.wfile.write(body)
        for _ in range(10 if self.path == "/slow" else 0):
            time.sleep(0.05)
            self.wfile.write(b".")
        self.close_connection = self.path == "/broken"

    def log_message(self, *_: Any) -> None: ...

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the client has heard enough
            self.close_connection = True


@pytest.fixture
def url() -> Iterator[str]:
    Handler.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fetch(url: str, limits: TransferLimits = LIMITS, **options: Any) -> bytes:
    with closing(HttpClient(**options)) as client, client.request("GET", url, limits) as response:
        return b"".join(blocks(response, limits))


def failing(call: Callable[[], object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        call()
    return caught.value


def test_an_answer_comes_whole(url: str) -> None:
    assert fetch(f"{url}/any") == b"body"
    with closing(HttpClient()) as client, client.request("GET", url, LIMITS) as response:
        assert media_type(response) == "text/csv"


@pytest.mark.parametrize(
    ("path", "limits", "says"),
    [
        ("/large", TransferLimits(5, size=999), "is larger than 999 bytes"),
        ("/slow", TransferLimits(5, seconds=0.1), "took longer than 0.1 seconds"),
        ("/stalls", TransferLimits(0.2), "did not answer: "),
        ("/broken", LIMITS, "did not answer: the answer broke off"),
    ],
)
def test_size_and_time_are_limited(url: str, path: str, limits: TransferLimits, says: str) -> None:
    error = failing(lambda: fetch(url + path, limits))
    assert says in error.message_text()
    assert (error.place, error.status) == (Place(url + path), 0)


def test_a_limit_that_is_just_kept_is_no_failure(url: str) -> None:
    assert len(fetch(f"{url}/large", TransferLimits(5, size=1000))) == 1000


def test_a_time_out_has_words_of_its_own_where_there_are_some(url: str) -> None:
    error = failing(lambda: fetch(f"{url}/stalls", TransferLimits(0.2), wording=SCHEMES))
    assert (error.message_text(), error.remedy_text()) == ("no answer within 0.2 seconds", "Wait.")


def test_no_such_host_and_a_refused_connection() -> None:
    assert "did not answer: " in failing(lambda: fetch("http://nowhere.invalid/")).message_text()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert failing(lambda: fetch(f"http://127.0.0.1:{port}/")).message_text() == "did not answer: Connection refused"
    assert "did not answer: " in failing(lambda: fetch("http://.broken/")).message_text()


def test_what_speaks_no_http(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        error = failing(lambda: fetch(f"http://127.0.0.1:{listening.getsockname()[1]}/"))
        thread.join()
    assert "did not answer: " in error.message_text()
    assert "SSH-2.0" in error.message_text()


def test_the_other_scheme_is_looked_for_where_there_are_words_for_it(url: str) -> None:
    secure = url.replace("http:", "https:")
    error = failing(lambda: fetch(f"{secure}/any", wording=SCHEMES, address=secure))
    assert (error.message_text(), error.remedy_text(), error.status) == ("speaks http", f"Give {url}.", 495)
    error = failing(lambda: fetch(f"{secure}/any"))
    assert ("did not answer: " in error.message_text(), error.status) == (True, 0)


def test_reads_are_repeated_only_where_asked(url: str) -> None:
    with closing(HttpClient()) as client, client.request("GET", f"{url}/busy", LIMITS) as response:
        assert response.status_code == 503
    assert fetch(f"{url}/busy", repeat=True) == b"body"


def test_credentials_go_where_they_are_for(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password netrc-secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    def header(asked: str) -> str | None:
        return "secret-token" if origin(asked) == origin(url) else None

    assert fetch(f"{url}/echo", authorization=header) == b"secret-token"
    assert fetch(f"{url}/echo", authorization=lambda _: None) == b"None"  # nor what ~/.netrc has


def test_a_secret_is_hidden_in_errors(url: str) -> None:
    address = f"{url}/broken?token=secret-token"
    error = failing(
        lambda: fetch(address.replace("broken", "large"), TransferLimits(5, 1), redact=redactor("secret-token"))
    )
    assert error.place == Place(f"{url}/large?token=[token]")


def test_what_breaks_off_can_be_caught_and_fetched_again(url: str) -> None:
    with (
        closing(HttpClient()) as client,
        client.request("GET", f"{url}/broken", LIMITS) as response,
        pytest.raises(IncompleteAnswerError),
    ):
        b"".join(blocks(response, LIMITS))


def test_a_document_is_written_to_a_file_or_is_not_there(url: str, tmp_path: Path) -> None:
    found = fetch_file(f"{url}/any", tmp_path / "document")
    assert found
    assert (found.path.read_bytes(), found.link) == (b"body", '<meta.json>; rel="describedby"')
    assert fetch_file(f"{url}/gone", tmp_path / "nothing") is None
    assert failing(lambda: fetch_file(f"{url}/forbidden", tmp_path / "nothing")).status == 403
    assert not (tmp_path / "nothing").exists()
    with pytest.raises(UsageError, match="not an http"):
        fetch_file("ftp://example.org/a.csv", tmp_path / "nothing")


def test_a_token_is_hidden_in_messages_within_messages_in_each_language() -> None:
    inner = message('a web page, "{title}"', title="secret-token")
    error = RemoteError(
        message("the portal answered {status}: {summary}", status=500, summary=inner),
        place=Place("https://p.example/secret-token"),
        remedy=message("Give {url} as --url, or the port for https.", url="https://secret%2Dtoken/"),
    )
    hidden = redact_error(error, redactor("secret-token"))
    assert [hidden.message_text(language) for language in ("en", "de")] == [
        'the portal answered 500: a web page, "[token]"',
        "das Portal hat mit 500 geantwortet: eine Webseite, „[token]“",
    ]
    assert all("secret" not in hidden.remedy_text(language) for language in ("en", "fr", "de"))
    assert hidden.place == Place("https://p.example/[token]")
