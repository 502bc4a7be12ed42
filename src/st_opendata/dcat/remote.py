"""DCAT descriptions on the web, and checks whether their URLs answer."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pyoxigraph as ox
import rdflib

from st_opendata.dcat.reading import parse_dcat
from st_opendata.dcat.terms import DCAT
from st_opendata.errors import RemoteError
from st_opendata.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TURTLE
from st_opendata.http.client import MAX_BYTES, HttpClient, TransferLimits, blocks, fetch, media_type, refuse_failure
from st_opendata.http.tls import Tls
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.rdf.formats import accept_header
from st_opendata.rdf.reading import syntax_of

_ACCEPT = accept_header((TURTLE, RDF_XML, JSON_LD, N_TRIPLES, N_QUADS))


def fetch_dcat(
    url: str,
    *,
    timeout: float = 60.0,
    limit: int = MAX_BYTES,
    tls: Tls = Tls(),  # noqa: B008 (frozen)
) -> rdflib.Graph:
    """The DCAT description at an http(s) URL, at most `limit` bytes in at most about `timeout` seconds.

    Raises:
        UsageError: the URL is not http(s).
        InputError: `requests` is not installed, or the answer has a syntax error.
        RemoteError: no answer, a status of 400 or more, a web page, too much data or too slow.
    """
    limits = TransferLimits(timeout, limit, timeout)
    with fetch(url, limits, _ACCEPT, tls) as response:
        refuse_failure(response, url)
        data, kind, final = b"".join(blocks(response, limits)), media_type(response), str(response.url)
    if kind in ("text/html", "application/xhtml+xml"):
        raise RemoteError(
            message("the answer is a web page, not RDF"),
            place=Place(url),
            remedy=message("Give the URL of the RDF file itself."),
        )
    syntax = ox.RdfFormat.from_media_type(kind) if kind else None
    if syntax is None or kind in ("text/plain", "application/xml", "text/xml", "application/json"):
        syntax = syntax_of(urlsplit(final).path)
    return parse_dcat(data, syntax, base=final, shown=url)


def served_urls(graph: rdflib.Graph) -> set[str]:
    """Access and download URLs of the graph: those that its score needs."""
    return {str(url) for predicate in (DCAT.accessURL, DCAT.downloadURL) for url in graph.objects(None, predicate)}


def answering_urls(urls: Iterable[str], *, workers: int = 8, timeout: float = 10.0) -> frozenset[str]:
    """Those http(s) URLs that answer HEAD, after redirects, with a status of 200 to 399.

    At most `workers` requests run at a time, each given `timeout` seconds to connect and as many to answer.

    Raises:
        InputError: `requests` is not installed.
    """
    asked = sorted(url for url in set(urls) if url.startswith(("http://", "https://")))
    with closing(HttpClient(connections=workers)) as client, ThreadPoolExecutor(workers) as pool:

        def answers(url: str) -> bool:
            try:
                with client.request("HEAD", url, TransferLimits(timeout)) as response:
                    return int(response.status_code) in range(200, 400)
            except (RemoteError, ValueError):
                return False

        return frozenset(url for url, found in zip(asked, pool.map(answers, asked), strict=True) if found)
