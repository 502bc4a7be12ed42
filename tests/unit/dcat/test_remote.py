from __future__ import annotations

import gzip
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from st_opendata.dcat import answering_urls, fetch_dcat, served_urls
from st_opendata.errors import InputError, RemoteError, UsageError

TURTLE = b"<http://example.org/d> a <http://www.w3.org/ns/dcat#Dataset> ."


class Portal(BaseHTTPRequestHandler):
    """`/status/404` answers so; `/moved` redirects; `/slow` takes its time; other paths are bodies by name."""

    bodies: ClassVar[dict[str, tuple[str, bytes]]] = {}
    asked: ClassVar[list[str]] = []
    running = most = 0
    changed = threading.Condition()
    is_read_to_the_end = False

    def do_HEAD(self) -> None:
        """Answers once two requests have arrived at the same time, or after a time-out."""
        with self.changed:
            Portal.running += 1
            Portal.most = max(Portal.most, Portal.running)
            self.changed.notify_all()
            self.changed.wait_for(lambda: Portal.most > 1, 30)
            Portal.running -= 1
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        Portal.asked.append(f"{self.command} {self.path} {self.headers.get('Accept')}")
        if self.path == "/moved":
            self.head(302, {"Location": "/turtle"})
        elif self.path == "/lost":
            self.head(302, {"Location": "/status/404"})
        elif self.path.startswith("/status/"):
            self.head(int(self.path.rpartition("/")[2]), {})
        elif self.path == "/slow":
            self.head(200, {"Content-Type": "text/turtle"})
            for _ in range(600):
                self.wfile.write(b"# wait\n")
                time.sleep(0.05)
            Portal.is_read_to_the_end = True
        else:
            media_type, body = self.bodies[self.path]
            packed = {"Content-Encoding": "gzip"} if self.path == "/packed" else {}
            self.head(200, {"Content-Type": media_type, "Content-Length": str(len(body)), **packed})
            if self.command == "GET":
                self.wfile.write(body)

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the client has heard enough
            self.close_connection = True


@pytest.fixture
def portal() -> Iterator[str]:
    Portal.bodies = {
        "/turtle": ("text/turtle; charset=utf-8", TURTLE),
        "/catalog.rdf": ("application/xml", Graph().parse(TURTLE, format="turtle").serialize(format="xml").encode()),
        "/any": ("application/octet-stream", TURTLE),
        "/broken.ttl": ("text/turtle", b"<http://a>\n\n<http://b> ."),
        "/packed": ("text/turtle", gzip.compress(TURTLE)),
        "/page": ("text/html", b"<html></html>"),
    }
    Portal.asked, Portal.most = [], 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", ["/turtle", "/catalog.rdf", "/any", "/moved", "/packed"])
def test_rdf_is_fetched_whatever_it_is_called(portal: str, path: str) -> None:
    assert isomorphic(fetch_dcat(portal + path), Graph().parse(TURTLE, format="turtle"))
    assert Portal.asked[0].startswith(f"GET {path} text/turtle, application/rdf+xml;q=0.9")


@pytest.mark.parametrize(
    ("path", "message"),
    [("/status/404", "answered 404"), ("/status/503", "answered 503"), ("/page", "web page")],
)
def test_a_refusal_is_a_remote_error(portal: str, path: str, message: str) -> None:
    with pytest.raises(RemoteError, match=message):
        fetch_dcat(portal + path)


def test_size_and_time_are_bounded(portal: str) -> None:
    with pytest.raises(RemoteError, match="larger than 10 bytes"):
        fetch_dcat(f"{portal}/turtle", limit=10)
    with pytest.raises(RemoteError, match=r"took longer than 0\.2 seconds"):
        fetch_dcat(f"{portal}/slow", timeout=0.2)
    assert not Portal.is_read_to_the_end


def test_a_syntax_error_names_url_and_line(portal: str) -> None:
    with pytest.raises(InputError, match=r"/broken\.ttl, line 3"):
        fetch_dcat(f"{portal}/broken.ttl")


def test_no_answer_and_no_web_address() -> None:
    with pytest.raises(RemoteError, match=r": did not answer: Connection refused\n  Check the URL and the network\.$"):
        fetch_dcat("http://127.0.0.1:9/catalog.ttl", timeout=2)
    for url in ("file:///etc/passwd", "http://[::1/catalog.ttl", "http:catalog.ttl"):
        with pytest.raises(UsageError, match="not an http"):
            fetch_dcat(url)


def test_head_decides_which_urls_answer(portal: str, graph: Graph) -> None:
    good = {f"{portal}{path}" for path in ("/turtle", "/moved", "/status/204", "/status/304")}
    bad = {f"{portal}{path}" for path in ("/lost", "/status/404", "/status/405", "/status/500")}
    unusable = {"http://127.0.0.1:9/", "http://.broken/", "ftp://example.org/", "relative", "http://[1"}
    assert answering_urls(good | bad | unusable, workers=3, timeout=60) == good
    assert 1 < Portal.most <= 3
    assert {line.partition(" ")[0] for line in Portal.asked} == {"HEAD"}
    assert answering_urls(()) == frozenset()
    assert len(served_urls(graph)) == 10


def test_without_requests_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(InputError, match=r"pip install 'st-opendata\[web\]'"):
        fetch_dcat("https://example.org/catalog.ttl")
    with pytest.raises(InputError, match="requests"):
        answering_urls(["https://example.org/"])
