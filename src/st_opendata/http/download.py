"""One file from a URL to a path, within bounds on redirects, size and time, and only if it has changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from time import monotonic
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from st_opendata.errors import RemoteError
from st_opendata.http.client import (
    Cause,
    HttpClient,
    HttpResponse,
    IncompleteAnswerError,
    TransferLimits,
    Wording,
    blocks,
    media_type,
    refuse_failure,
)
from st_opendata.http.urls import web_url
from st_opendata.messages.message import message
from st_opendata.place import Place

_REDIRECTS = 5
_PLAIN = re.compile(r';\s*filename\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)', re.IGNORECASE)
_EXTENDED = re.compile(r";\s*filename\*\s*=\s*[\w-]+'[^']*'[^;]", re.IGNORECASE)
_IDENTITY = {"Accept-Encoding": "identity"}
_NOT_MODIFIED = 304
_MORE = message("Allow more with --max-file BYTES.")
_LONGER = message("Try again later, or wait longer with --timeout SECONDS.")
WORDING: Wording = {
    Cause.UNANSWERED: (message("did not answer: {detail}"), message("Check the URL and the network.")),
    Cause.TIMEOUT: (message("did not answer within {detail} seconds"), _LONGER),
    Cause.UNTRUSTED: (
        message("the certificate is not trusted: {detail}"),
        message("Name the file with its certificate authority in REQUESTS_CA_BUNDLE."),
    ),
    Cause.TLS: (message("no secure connection (TLS) could be made: {detail}"), message("Check the URL and its port.")),
    Cause.PLAIN_HTTP: (message("this port speaks http, not https"), message("Use {url}, or the port for https.")),
    Cause.ONLY_HTTPS: (message("this port speaks https, not http"), message("Use {url}, or the port for http.")),
    Cause.TOO_LARGE: (message("is larger than {detail} bytes"), _MORE),
    Cause.TOO_SLOW: (message("took longer than {detail} seconds"), _LONGER),
}
"""The messages of a client that downloads for a command with `--timeout` and `--max-file`."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server says about a version of a file (RFC 9110 §8.8); empty where it says nothing."""

    etag: str = ""
    last_modified: str = ""

    def conditions(self) -> Mapping[str, str]:
        """The headers that ask for the file only if it has changed since."""
        stated = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in stated.items() if value}


@dataclass(frozen=True, slots=True)
class DownloadedFile:
    """A file that arrived whole: `name` is that which the server, else the URL, gives it, not yet safe to use."""

    path: Path
    sha256: str
    size: int
    name: str
    media_type: str
    validators: Validators


def download(
    client: HttpClient,
    url: str,
    path: Path,
    limits: TransferLimits,
    *,
    known: Validators = Validators(),
    on_progress: Callable[[float], None] = lambda _done: None,
) -> DownloadedFile | None:
    """Write the file at an http(s) URL to `path`; None if the server says that the `known` version is the present one.

    Raises:
        RemoteError: no answer, another status than 200, too large, too slow, incomplete, or a redirect to elsewhere.
        OSError: it cannot be written.
    """
    conditions = known.conditions()
    with _followed(client, url, limits, {**_IDENTITY, **conditions}) as response:
        if response.status_code == _NOT_MODIFIED and conditions:
            return None
        refuse_failure(response, url)
        if response.status_code != 200:
            raise RemoteError(
                message("answered {status} {reason}", status=response.status_code, reason=response.reason),
                place=Place(url),
                remedy=message("Check the URL in a browser."),
                status=response.status_code,
            )
        digest, size = _write(response, path, limits, on_progress)
        return DownloadedFile(
            path,
            digest,
            size,
            file_name(response.headers.get("Content-Disposition", ""), str(response.url)),
            media_type(response),
            Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")),
        )


def file_name(disposition: str, url: str) -> str:
    """The name that Content-Disposition (RFC 6266), else the last part of the URL's path, gives a file; may be empty.

    >>> file_name("attachment; filename*=UTF-8''v%C3%A9los.csv", ""), file_name("", "https://example.org/a/b%20c.csv?x")
    ('vélos.csv', 'b c.csv')
    """
    header = EmailMessage()
    try:
        # Headers are read as Latin-1, but most servers that write other letters write UTF-8.
        text = disposition.encode("latin-1").decode("utf-8")
        if _EXTENDED.search(text):
            text = _PLAIN.sub("", text)  # `filename*` takes precedence (RFC 6266 §4.3)
        header["Content-Disposition"] = text or "attachment"
        stated = header.get_filename()
    except (UnicodeError, ValueError):
        stated = None
    return stated or unquote(urlsplit(url).path.rpartition("/")[2])


@contextmanager
def _followed(
    client: HttpClient, url: str, limits: TransferLimits, headers: Mapping[str, str]
) -> Iterator[HttpResponse]:
    """The answer after redirects, whose bodies are not read; they lead to http(s) only."""
    for _ in range(_REDIRECTS + 1):
        with client.request("GET", url, limits, follow=False, headers=headers) as response:
            if not response.is_redirect:
                yield response
                return
            target = urldefrag(urljoin(url, response.headers["Location"])).url
        if web_url(target) is None:
            raise RemoteError(
                message("redirects to {url}, which is not an http(s) URL", url=target),
                place=Place(url),
                remedy=message("Check the URL in a browser."),
            )
        url = target
    raise RemoteError(
        message("redirects more than {number} times", number=_REDIRECTS),
        place=Place(url),
        remedy=message("Check the URL in a browser."),
    )


def _encodings(response: HttpResponse) -> list[str]:
    """How the body is compressed, which some servers do unasked; it is decompressed when it is read."""
    stated = str(response.headers.get("Content-Encoding", "")).lower()
    encodings = [each.strip() for each in stated.split(",") if each.strip() not in ("", "identity")]
    if unknown := [each for each in encodings if each not in response.raw.CONTENT_DECODERS]:
        raise RemoteError(
            message("is compressed with {encoding}, which this program cannot read", encoding=", ".join(unknown)),
            place=Place(response.url),
            remedy=message("Download the file with a browser."),
        )
    return encodings


def _write(
    response: HttpResponse, path: Path, limits: TransferLimits, on_progress: Callable[[float], None]
) -> tuple[str, int]:
    """Write the complete body; its SHA-256 and size. An answer that says that it is too large is not read."""
    announced, encodings = response.headers.get("Content-Length", ""), _encodings(response)
    expected = int(announced) if announced.isdigit() else None
    if expected is not None and limits.size is not None and expected > limits.size:
        raise RemoteError(
            message("has {size} bytes; the limit is {limit}", size=f"{expected:,}", limit=f"{limits.size:,}"),
            place=Place(response.url),
            remedy=_MORE,
        )
    if encodings:
        expected = None  # the length of what is sent, which urllib3 compares; the file is longer
    digest, size, shown = sha256(), 0, monotonic()
    with path.open("wb") as file:
        for block in blocks(response, limits):
            size += len(block)
            digest.update(block)
            file.write(block)
            if expected and monotonic() - shown > 0.2:
                on_progress(min(size / expected, 1.0))
                shown = monotonic()
    if expected is not None and size < expected:
        raise IncompleteAnswerError
    return digest.hexdigest(), size
