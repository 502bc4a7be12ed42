"""Files, things and pages over HTTP, as tools of all kinds ask for them from a real server."""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import rdflib
import requests

from st_opendata.release import read_release

CSV, PARQUET = "/cities/cities.csv", "/cities/facts.parquet"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BASE = "https://w3id.org/st-opendata/smarter-together/"


@pytest.fixture(scope="module")
def url(smarter_release: Path, serve: Any) -> Iterator[str]:
    with serve(smarter_release) as served:
        yield served.url


@pytest.fixture(scope="module")
def get(url: str) -> Callable[..., requests.Response]:
    def send(path: str, **headers: str | None) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.get(url + path, headers=named, timeout=60)

    return send


Get = Callable[..., requests.Response]


def status_of(url: str, path: str, *headers: tuple[str, str]) -> int:
    """Of a request with these lines, which `requests` would put together."""
    with closing(http.client.HTTPConnection(url.partition("://")[2], timeout=60)) as connection:
        connection.putrequest("GET", path)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status


def test_who_has_a_file_by_its_date_is_told_so(get: Get) -> None:
    first = get(CSV)
    modified = first.headers["Last-Modified"]
    moment = parsedate_to_datetime(modified)
    assert moment.timestamp() <= time.time()
    again = get(CSV, If_Modified_Since=modified)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["ETag"].startswith('W/"')  # it came compressed
    forms = ("%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y")  # the two others that a server takes
    assert {get(CSV, If_Modified_Since=moment.strftime(form)).status_code for form in forms} == {304}
    assert get(CSV, If_Modified_Since=formatdate(time.time() + 60, usegmt=True)).status_code == 304
    assert get(CSV, If_Modified_Since=formatdate(moment.timestamp() - 1, usegmt=True)).status_code == 200
    assert get("/catalog.ttl", If_Modified_Since=get("/catalog.ttl").headers["Last-Modified"]).status_code == 304


@pytest.mark.parametrize(
    "date", ["yesterday", "", "0", "Sun, 99 Nov 2044 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT"]
)
def test_what_is_no_date_is_ignored(date: str, get: Get) -> None:
    assert get(CSV, If_Modified_Since=date).status_code == 200


def test_a_tag_goes_before_a_date(get: Get) -> None:
    first = get(CSV)
    late = formatdate(time.time() + 60, usegmt=True)
    assert get(CSV, If_Modified_Since=late, If_None_Match='"other"').status_code == 200
    early = formatdate(0, usegmt=True)
    assert get(CSV, If_Modified_Since=early, If_None_Match=first.headers["ETag"]).status_code == 304


def test_pages_have_no_date_and_ignore_one(get: Get) -> None:
    page = get("/en/")
    assert "Last-Modified" not in page.headers
    assert get("/en/", If_Modified_Since=formatdate(time.time() + 60, usegmt=True)).status_code == 200


@pytest.mark.slow
def test_a_release_that_is_put_back_is_newer_than_what_it_replaces(
    tmp_path: Path, write_release: Callable[..., Path], serve: Any
) -> None:
    """Its files are older than those that clients have of the release between."""
    old = write_release(tmp_path / "old", {"http://e/dataset/one": "<http://e/a> <http://e/b> <http://e/c> .\n"})
    for path in old.rglob("*"):
        os.utime(path, (1e9, 1e9))
    put_back = old.rename(tmp_path / "release")
    with serve(put_back) as served:
        modified = requests.get(f"{served.url}/tiny.nq", timeout=60).headers["Last-Modified"]
    assert parsedate_to_datetime(modified).timestamp() > time.time() - 600


@pytest.mark.parametrize(
    ("ranges", "status", "start", "end"),
    [
        ("bytes=0-3", 206, 0, 4), ("bytes=10-", 206, 10, None), ("bytes=-5", 206, -5, None), ("Bytes = 2-3", 206, 2, 4),
        ("bytes=0-99999999999", 206, 0, None), ("bytes=0-3, 99999999-", 206, 0, 4), ("bytes=99999999-, 0-3", 206, 0, 4),
        ("bytes=-0, 0-3", 206, 0, 4), ("bytes=99999999-", 416, 0, 0), ("bytes=-0", 416, 0, 0),
        ("lines=1-2", 200, 0, None), ("items=0-4", 200, 0, None), ("seconds=1-", 200, 0, None),
        ("bytes", 200, 0, None), ("bytes=", 200, 0, None), ("bytes=-", 200, 0, None), ("bytes=a-b", 200, 0, None),
        ("bytes=5-2", 200, 0, None), ("bytes=0-3,5-2", 200, 0, None), ("bytes=1_0-20", 200, 0, None),
        ("bytes=0x1-5", 200, 0, None), ("", 200, 0, None), ("0-3", 200, 0, None),
        (f"bytes={'9' * 5000}-", 200, 0, None),
    ],
)  # fmt: skip
def test_ranges(ranges: str, status: int, start: int, end: int | None, get: Get) -> None:
    whole = get(PARQUET).content
    answer = get(PARQUET, Range=ranges, Accept_Encoding="identity")
    assert answer.status_code == status
    assert answer.headers.get("Accept-Ranges") == ("bytes" if status != 416 else None)
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
    else:
        assert answer.content == whole[start:end]


def test_several_ranges(get: Get, url: str) -> None:
    answer = get(PARQUET, Range="bytes=0-3, -4")
    assert answer.status_code == 206
    assert answer.headers["Content-Type"].startswith("multipart/byteranges")
    assert answer.content.count(b"PAR1") == 2
    assert status_of(url, PARQUET, ("Range", "bytes=0-3"), ("Range", "bytes=0-3")) == 200


def test_a_download_goes_on_by_date(get: Get) -> None:
    modified = get(PARQUET).headers["Last-Modified"]
    assert get(PARQUET, Range="bytes=4-", If_Range=modified).status_code == 206
    assert get(PARQUET, Range="bytes=4-", If_Range=formatdate(0, usegmt=True)).status_code == 200


def test_what_is_packed_is_sent_with_its_length(get: Get) -> None:
    for path in (PARQUET, "/cities/cities.xlsx", "/cities/cities.ods", "/smarter-together.nq.gz"):
        answer = get(path, Accept_Encoding="gzip")
        assert "Content-Encoding" not in answer.headers
        assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert get(CSV, Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    "path",
    [PARQUET, CSV, "/smarter-together.nq", "/en/", "/en/dataset/cities", "/id/city/lyon", "/data/city/lyon.ttl",
     "/catalogue", "/city/lyon", "/ontology", "/ontology.ttl", "/scheme/city-role", "/en/query", "/", "/catalog.ttl",
     "/void.ttl", "/.well-known/void", "/sitemap.xml", "/robots.txt", "/en/story", "/healthz", "/data", "/nowhere",
     "/en/dataset/cities/croissant.json"],
)  # fmt: skip
def test_pages_of_other_sites_may_read_every_address(path: str, url: str) -> None:
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match,range",
    }
    allowed = requests.options(url + path, headers=asked, timeout=60)
    assert (allowed.status_code, allowed.content) == (200, b"")
    assert allowed.headers["Access-Control-Allow-Origin"] == "*"
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert allowed.headers["Access-Control-Allow-Headers"] == "if-none-match,range"
    assert int(allowed.headers["Access-Control-Max-Age"]) > 0
    plain = requests.options(url + path, timeout=60)
    assert (plain.status_code, plain.headers["Allow"]) == (200, "GET, HEAD, OPTIONS")
    assert "Access-Control-Allow-Methods" not in plain.headers
    for headers in ({}, {"Origin": "https://elsewhere.example"}):
        answer = requests.get(url + path, headers=headers, timeout=60, allow_redirects=False)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert {"Content-Range", "Accept-Ranges", "Content-Length", "ETag", "Link", "Last-Modified"} <= exposed


def test_a_part_of_a_file_for_a_page_of_another_site(get: Get) -> None:
    for headers in (
        {"Range": "bytes=0-3"},
        {"Range": "bytes=99999999-"},
        {"If_None_Match": get(PARQUET).headers["ETag"]},
    ):
        answer = get(PARQUET, Origin="https://elsewhere.example", **headers)
        assert answer.status_code in (206, 416, 304)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]


def test_the_server_as_a_whole_may_be_asked(url: str) -> None:
    with closing(http.client.HTTPConnection(url.partition("://")[2], timeout=60)) as connection:
        connection.request("OPTIONS", "*")
        assert connection.getresponse().status == 200


MEDIA_TYPES = {
    "/ro-crate-metadata.json": "application/ld+json",
    "/cities/croissant.json": "application/ld+json",
    "/cities/schema.jsonld": "application/ld+json",
    "/cities/cities.csv-metadata.json": "application/csvm+json",
    "/cities/cities.json": "application/json",
    "/cities/cities.geojson": "application/geo+json",
    "/cities/cities.csv": "text/csv; charset=utf-8",
    "/cities/cities.parquet": "application/vnd.apache.parquet",
    "/cities/cities.ttl": "text/turtle; charset=utf-8",
    "/cities/preview.svg": "image/svg+xml",
    "/story/story.yaml": "application/yaml",
    "/story/money.rq": "application/sparql-query",
    "/smarter-together.nq": "application/n-quads; charset=utf-8",
    "/smarter-together.nq.gz": "application/gzip",
    "/smarter-together.trig": "application/trig",
    "/smarter-together.sqlite": "application/vnd.sqlite3",
    "/release.json": "application/json",
    "/report.json": "application/json",
}


@pytest.mark.parametrize("path", MEDIA_TYPES)
def test_media_types(path: str, url: str) -> None:
    assert requests.head(url + path, timeout=60).headers["Content-Type"] == MEDIA_TYPES[path]


@pytest.mark.slow
def test_every_file_has_the_media_type_that_the_catalogue_states(url: str, smarter_release: Path) -> None:
    release = read_release(smarter_release)
    files = [each for dataset in release.datasets for each in dataset.distributions]
    assert len(files) > 100
    for each in files:
        sent = requests.head(f"{url}/{each.file.path}", timeout=60).headers["Content-Type"]
        assert sent.partition(";")[0] == each.format.media_type, each.file.path
    unnamed = [file.path for file in release.files if _sent(url, file.path) == "application/octet-stream"]
    assert unnamed == []


def _sent(url: str, path: str) -> str:
    return requests.head(f"{url}/{path}", timeout=60).headers["Content-Type"]


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/city/lyon", f"{BASE}city/lyon"), ("/", f"{BASE}catalogue"), ("/catalogue", f"{BASE}catalogue"),
        ("/id/city/lyon", f"{BASE}city/lyon"), ("/dataset/cities", f"{BASE}dataset/cities"),
        ("/ontology", "https://w3id.org/st-opendata/ontology"),
    ],
)  # fmt: skip
def test_rdflib_reads_an_iri(path: str, known: str, url: str) -> None:
    for form in (None, "turtle", "xml", "json-ld"):
        graph = rdflib.Graph().parse(url + path, format=form)
        assert (rdflib.URIRef(known), None, None) in graph


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (BROWSER, "/en/"), ("*/*", "/en/"), (None, "/en/"), ("image/png", "/en/"), ("text/html, text/turtle", "/en/"),
        ("text/turtle", "/catalog.ttl"), ("text/n3", "/catalog.ttl"), ("application/json", "/catalog.jsonld"),
        ("application/ld+json", "/catalog.jsonld"), ("application/rdf+xml", "/catalog.rdf"),
        ("text/turtle;q=0.3, application/rdf+xml;q=0.5, text/html;q=0.1", "/catalog.rdf"),
    ],
)  # fmt: skip
def test_the_root_is_the_catalogue_for_programs(accept: str | None, target: str, url: str) -> None:
    for path in ("/", "/st-opendata/smarter-together/"):  # as a redirection from the base of its IRIs leaves it
        answer = requests.get(url + path, headers={"Accept": accept}, timeout=60, allow_redirects=False)
        assert answer.headers["Location"] == target
        assert answer.headers["Vary"] == "Accept, Accept-Language"
        assert answer.status_code == (302 if target == "/en/" else 303)


@pytest.mark.parametrize(
    ("query", "accept", "target"),
    [
        ("", "application/json", "/data/city/lyon.jsonld"), ("", "text/n3", "/data/city/lyon.ttl"),
        ("", "text/rdf+n3, */*;q=0.1", "/data/city/lyon.ttl"), ("", "application/xml", "/data/city/lyon.rdf"),
        ("", BROWSER, "/en/thing/city/lyon"), ("?format=ttl", BROWSER, "/data/city/lyon.ttl"),
        ("?format=xlsx&format=json", BROWSER, "/data/city/lyon.jsonld"), ("?format=nt", "*/*", "/data/city/lyon.nt"),
        ("?format=application/rdf%2Bxml", "*/*", "/data/city/lyon.rdf"),
        ("?format=html", "text/turtle", "/en/thing/city/lyon"), ("?format=trig", "text/turtle", "/data/city/lyon.ttl"),
    ],
)  # fmt: skip
def test_a_thing_by_other_names_of_formats(query: str, accept: str, target: str, url: str) -> None:
    for path in ("/city/lyon", "/id/city/lyon"):
        answer = requests.get(f"{url}{path}{query}", headers={"Accept": accept}, timeout=60, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, target)


def test_several_lines_of_accept_are_one_list(url: str, get: Get) -> None:
    wanted = (("Accept", "image/png;q=0.9"), ("Accept", "text/turtle"))
    for path in ("/city/lyon", "/ontology", "/scheme/city-role", "/"):
        assert status_of(url, path, *wanted) == 303
    tag = get("/en/").headers["ETag"]
    assert status_of(url, "/en/", ("If-None-Match", '"other"'), ("If-None-Match", tag)) == 304
    assert status_of(url, CSV, ("If-None-Match", '"other"'), ("If-None-Match", get(CSV).headers["ETag"])) == 304
