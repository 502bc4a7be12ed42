"""DCAT descriptions and other files on the web; the only module here that talks to the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyoxigraph as ox
import rdflib

from st_opendata import __version__
from st_opendata.dcat.reading import parse_dcat
from st_opendata.dcat.terms import DCAT
from st_opendata.errors import InputError, RemoteError, UsageError
from st_opendata.http.urls import web_url
from st_opendata.place import Place
from st_opendata.rdf import syntax_of

if TYPE_CHECKING:
    from requests import Response

MAX_BYTES = 100_000_000
_ACCEPT = (
    "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/n-triples;q=0.7, "
    "application/n-quads;q=0.6, */*;q=0.1"
)
_AGENT = {"User-Agent": f"st-opendata/{__version__}"}
_BLOCK = 65_536
_DOWNLOAD = "Download it, then name the file."


def fetch_dcat(url: str, *, timeout: float = 60.0, limit: int = MAX_BYTES) -> rdflib.Graph:
    """The DCAT description at an http(s) URL, at most `limit` bytes in at most about `timeout` seconds.

    Raises:
        UsageError: the URL is not http(s).
        InputError: `requests` is not installed, or what came has a syntax error.
        RemoteError: no answer, an answer of 400 or more, a web page, too much or too slow.
    """
    _require_http(url)
    data, media_type, final = _fetch(url, timeout, limit)
    if media_type in ("text/html", "application/xhtml+xml"):
        raise RemoteError(
            "the answer is a web page, not RDF", place=Place(url), remedy="Give the URL of the RDF file itself."
        )
    syntax = ox.RdfFormat.from_media_type(media_type) if media_type else None
    if syntax is None or media_type in ("text/plain", "application/xml", "text/xml", "application/json"):
        syntax = syntax_of(urlsplit(final).path)
    return parse_dcat(data, syntax, base=final, shown=url)


def served_urls(graph: rdflib.Graph) -> set[str]:
    """Access and download URLs of the graph: those that its score asks for."""
    return {str(url) for predicate in (DCAT.accessURL, DCAT.downloadURL) for url in graph.objects(None, predicate)}


def answering_urls(urls: Iterable[str], *, workers: int = 8, timeout: float = 10.0) -> frozenset[str]:
    """Those http(s) URLs that answer HEAD, after redirects, with a status of 200 to 399.

    At most `workers` requests run at a time, each given `timeout` seconds to connect and as many to answer.

    Raises:
        InputError: `requests` is not installed.
    """
    requests = _requests()
    asked = sorted(url for url in set(urls) if url.startswith(("http://", "https://")))

    def answers(url: str) -> bool:
        try:
            response = requests.head(url, headers=_AGENT, timeout=timeout, allow_redirects=True)
        except (requests.RequestException, ValueError):
            return False
        return int(response.status_code) in range(200, 400)

    with ThreadPoolExecutor(workers) as pool:
        return frozenset(url for url, found in zip(asked, pool.map(answers, asked), strict=True) if found)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a URL answered: a file, and its Link header."""

    path: Path
    link: str | None


def fetch_file(url: str, target: Path, *, timeout: float = 60.0, limit: int = MAX_BYTES) -> Answer | None:
    """The document at an http(s) URL written to `target`, at most `limit` bytes; None where there is none (404, 410).

    Raises:
        UsageError: the URL is not http(s).
        InputError: `requests` is not installed.
        RemoteError: no answer, another answer of 400 or more, too much or too slow.
    """
    _require_http(url)
    requests = _requests()
    from urllib3.exceptions import HTTPError

    try:
        with requests.get(url, headers={**_AGENT, "Accept": "*/*"}, timeout=timeout, stream=True) as response:
            if response.status_code in (404, 410):
                return None
            _refuse_failure(response, url)
            with target.open("wb") as out:
                for block in _blocks(response, url, timeout, limit):
                    out.write(block)
            return Answer(target, response.headers.get("Link"))
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise _no_answer(url, error) from None


def _refuse_failure(response: Response, url: str) -> None:
    if response.status_code >= 400:
        status = response.status_code
        remedy = "Check the URL in a browser." if status < 500 else "Try again later."
        raise RemoteError(f"answered {status} {response.reason}", place=Place(url), remedy=remedy, status=status)


def _blocks(response: Response, url: str, timeout: float, limit: int) -> Iterator[bytes]:
    """The content as it arrives, bounded in size and time."""
    end, size = monotonic() + timeout, 0
    # Whatever has arrived: requests' own iteration waits for full blocks, however slowly they fill.
    while block := response.raw.read1(_BLOCK, decode_content=True):
        size += len(block)
        if size > limit:
            raise RemoteError(f"is larger than {limit:,} bytes", place=Place(url), remedy=_DOWNLOAD)
        if monotonic() > end:
            raise RemoteError(f"took longer than {timeout:g} seconds", place=Place(url), remedy=_DOWNLOAD)
        yield block


def _no_answer(url: str, error: Exception) -> RemoteError:
    return RemoteError(f"did not answer: {_cause(error)}", place=Place(url), remedy="Check the URL and the network.")


def _cause(error: BaseException) -> str:
    """What the system says at the bottom of what the libraries made of it; else what they say."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = inner.__cause__ or inner.__context__
    return str(error)


def _fetch(url: str, timeout: float, limit: int) -> tuple[bytes, str, str]:
    """Content, media type and final URL."""
    requests = _requests()
    from urllib3.exceptions import HTTPError

    try:
        with requests.get(url, headers={**_AGENT, "Accept": _ACCEPT}, timeout=timeout, stream=True) as response:
            _refuse_failure(response, url)
            data = b"".join(_blocks(response, url, timeout, limit))
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return data, media_type, str(response.url)
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise _no_answer(url, error) from None


def _require_http(url: str) -> None:
    if web_url(url) is None:
        raise UsageError(f'"{url}" is not an http(s) URL', remedy="Write it as the browser shows it, with https://.")


def _requests() -> ModuleType:
    try:
        import requests
    except ImportError:
        raise InputError(
            "reading what is on the web needs the package requests", remedy="pip install 'st-opendata[web]'"
        ) from None
    return requests
