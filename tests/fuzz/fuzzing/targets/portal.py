"""Requests to the portal: methods, paths, parameters, headers and bodies, to the application itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.routing import Route

from fuzzing.catalogues import build_release
from fuzzing.outcomes import DefectError, Outcome
from fuzzing.targets import Take, Target
from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.options import Options
from st_opendata.sparql.endpoint import Limits


def _requests(folder: Path) -> Take:
    release = build_release(folder)
    current = Current(release, Limits(seconds=2, workers=1))
    runner = asyncio.Runner()
    runner.run(current.open())
    app = make_app(current, Options(requests_per_minute=1_000_000_000))

    def take(data: bytes) -> Outcome:
        status, body = runner.run(_answer(app, _scope(data), data.partition(b"\n\n")[2]))
        if status == 0 or (status >= 500 and status not in (503, 504)):
            raise DefectError(f"status {status}: {body[:500]!r}")
        if b"canary-that" in body:
            raise DefectError("what lies outside was read")
        return Outcome.TAKEN if status < 400 else Outcome.TOLD

    return take


def _scope(data: bytes) -> dict[str, Any]:
    """What a server makes of a request: `GET /path?query`, then a line for each header (ASGI, HTTP connection scope)."""
    first, *lines = data.partition(b"\n\n")[0].split(b"\n")
    method, _, address = first.partition(b" ")
    raw, _, query = address.partition(b"?")
    headers = [
        (name.strip().lower(), value.strip())
        for name, colon, value in (line.partition(b":") for line in lines)
        if colon
    ]
    if not any(name == b"host" for name, _ in headers):
        headers.append((b"host", b"127.0.0.1"))
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": method.decode("ascii", "replace").upper() or "GET", "raw_path": raw,
        "path": unquote_to_bytes(raw or b"/").decode("utf-8", "replace"), "query_string": query, "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip


async def _answer(app: Any, scope: dict[str, Any], body: bytes) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []
    asked = False
    waiting = asyncio.Event()

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": body, "more_body": False}
        await waiting.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    status = next((message["status"] for message in sent if message["type"] == "http.response.start"), 0)
    return status, b"".join(message.get("body", b"") for message in sent)


_PATHS = (
    "/", "/en/", "/fr/datasets", "/de/?q=city&theme=REGI", "/en/dataset/places", "/en/dataset/places/cities", "/en/dataset/places/cities?sort=name&page=2",
    "/en/query?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D", "/sparql?query=ASK%20%7B%7D&format=csv&timeout=1", "/sparql?query=DESCRIBE%20%3Chttp%3A%2F%2Fe%2F%3E",
    "/rdf-graph-store?default", "/catalog.ttl", "/catalog", "/places/cities.csv", "/places/places.ttl", "/release.json", "/healthz", "/static/portal.css",
    "/city/lyon", "/id/city/lyon", "/data/city/lyon.ttl", "/doc/city/lyon", "/places/cities.csv-metadata.json", "/../outside/secret.csv",
    "/%2e%2e/%2e%2e/outside/secret.csv", "/..%2foutside%2fsecret.csv", "/outside-of-the-catalogue/secret.csv", "//outside-of-the-catalogue/secret.csv",
    "/static/..%2f..%2fapp.py", "/en/dataset/..%2f..%2foutside/secret", "/completions?prefix=sch", "/void.ttl", "/.well-known/void", "/en/story", "/robots.txt",
    "/sitemap.xml", "/ontology/st-opendata.ttl", "/en/vocabulary", "/en/quality", "/en/dataset/places/cities?filter=lyon%00&columns=id", "/fr/%ff%fe",
)  # fmt: skip


def _seeds() -> list[bytes]:
    app = make_app(Current(Path()), Options())  # nothing is opened: only its routes are needed
    routed = [
        route.path_format.replace("{language}", "en").replace("{dataset}", "places").replace("{table}", "cities")
        for route in app.routes
        if isinstance(route, Route)
    ]
    paths = dict.fromkeys((*_PATHS, *routed))
    headers = (
        "Accept: text/html, application/ld+json;q=0.5\nAccept-Language: fr;q=0.9, de\nAccept-Encoding: gzip, zstd, br"
    )
    listed = [f"GET {path}\n{headers}\nIf-None-Match: *\nRange: bytes=0-10" for path in paths]
    form = "Content-Type: application/x-www-form-urlencoded"
    listed += [
        f"POST /sparql\n{form}\nAccept: application/sparql-results+json\n\nquery=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D&default-graph-uri=http://e/",
        "POST /sparql\nContent-Type: application/sparql-query; charset=utf-8\n\nSELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "POST /sparql\nContent-Type: application/sparql-update\n\nLOAD <file:///outside-of-the-catalogue/secret.ttl>",
        "PUT /places/cities.csv\nContent-Length: 3\n\nabc", "OPTIONS /sparql\nOrigin: https://example.org", "HEAD /catalog.ttl\nHost: example.org",
    ]  # fmt: skip
    return [text.encode() for text in listed]


_WORDS = tuple(
    word.encode()
    for word in ("GET", "POST", "HEAD", "PUT", "DELETE", "/", "//", "..", "%2e%2e", "%2f", "%5c", "%00", "%ff", "%C3%A9", "?", "&", "=", "#", ";", "page=",
                 "page=-1", "page=99999999999999999999", "sort=", "sort=-id", "q=", "query=", "format=json", "timeout=1e9", "timeout=nan", "default",
                 "graph=", "default-graph-uri=", "en", "fr", "xx", "places", "cities", "lyon", "Accept:", "Accept-Language:", "Accept-Encoding:", "Host:",
                 "If-None-Match:", "If-Modified-Since:", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", "Range: bytes=", "Range: bytes=5-1,-0,99-", "Range: lines=1-2", "OPTIONS", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers:", "format=ttl", "format=text/html", "output=", "timeout=0", "%EF%BB%BF", "/sparql/", "Content-Type:", "Content-Length: 99", "X-Forwarded-For:",
                 "q=0.5", "q=nan", "*/*", "text/turtle", "application/ld+json;profile=x", "text/", "/;q", "\n\n", "\n", "SELECT", "SERVICE", "\xff", "%u0041",
                 "outside-of-the-catalogue", "secret.csv", ".index.duckdb", "release.json", ".ttl", ".csv", ".jsonld", "<script>", "{{7*7}}", "%0d%0aX: y")
)  # fmt: skip

TARGETS = (Target("http", _seeds, _WORDS, _requests, ("subprocess.Popen", "os.fork", "os.posix_spawn")),)
