"""Files of a portal as visitors get them: measured as they stream, or saved, within limits.

A visitor has no account, unless a token is given: it goes to the portal's own address and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urljoin

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
    origin,
)
from st_opendata.http.redaction import redact_error, redactor
from st_opendata.http.tls import Tls
from st_opendata.messages.message import Message, message
from st_opendata.place import Place
from st_opendata.targets.base import Progress

_IDENTITY = {"Accept-Encoding": "identity"}
_PER_FILE = TransferLimits(timeout=60.0)
_MARGIN = 1_000_000
"""Bytes beyond twice the expected size up to which a file is read, to report its size."""
_ATTEMPTS, _REDIRECTS = 3, 5
_MEASURING: Wording = {
    Cause.UNANSWERED: (
        message("the file could not be downloaded: {detail}"),
        message("Check the URL and the network, then verify again."),
    )
}
_SAVING: Wording = {
    Cause.UNANSWERED: (
        message("it could not be downloaded: {detail}"),
        message("Check the network, then pull again."),
    )
}


@dataclass(frozen=True, slots=True)
class Measurement:
    """The answer for a file: its status, and for status 200 the size, SHA-256 and media type."""

    status: int
    size: int = 0
    sha256: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A file to save: its URL, its path, and its SHA-256 and size in bytes if the portal states them."""

    url: str
    path: Path
    sha256: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """Files that may be saved: of at most `size` bytes, from addresses that `open_to` allows, until `stopped`."""

    size: int
    open_to: Callable[[str], bool]
    stopped: Event = field(default_factory=Event)


class Downloader:
    """Fetches files, by default without a token; safe to use from several threads."""

    def __init__(
        self,
        *,
        token: str | None = None,
        site: str = "",
        connections: int = 4,
        saving: bool = False,
        tls: Tls = Tls(),  # noqa: B008 (frozen)
    ) -> None:
        """`site` is the URL of the portal that knows the token, and to which `tls` applies.

        Errors are about `saving` files, else measuring.
        """
        own = origin(site)
        self._own, self._tls = own, tls
        self._redact = redactor(token)
        self._http = HttpClient(
            wording=_SAVING if saving else _MEASURING,
            authorization=lambda url: token if origin(url) == own else None,
            redact=self._redact,
            connections=connections,
            repeat=True,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _options(self, url: str) -> Mapping[str, Any]:
        return self._tls.request_options() if origin(url) == self._own else {}

    def measure(self, url: str, expected: int) -> Measurement:
        """Fetch a file and measure it; stops once it is clearly larger than the `expected` bytes.

        Raises:
            RemoteError: there was no answer, or it was interrupted.
        """
        digest, size = sha256(), 0
        with self._http.request("GET", url, _PER_FILE, headers=_IDENTITY, **self._options(url)) as response:
            if response.status_code != 200:
                return Measurement(int(response.status_code))
            for block in blocks(response, _PER_FILE):
                digest.update(block)
                size += len(block)
                if size > 2 * expected + _MARGIN:
                    break
            return Measurement(200, size, digest.hexdigest(), media_type(response))

    def save(self, url: str, path: Path, limits: DownloadLimits) -> str:
        """Fetch a file to `path`, again from its start if it is interrupted, and return its SHA-256.

        Redirects are followed to addresses that the limits allow.

        Raises:
            RemoteError: the file must not be fetched, is too large, is refused, or arrives incomplete.
            OSError: it cannot be written.
        """
        attempts, redirects = _ATTEMPTS, _REDIRECTS
        try:
            while redirects:
                if not limits.open_to(url):
                    text = message("it redirects to {url}, from which nothing may be downloaded", url=url)
                    raise RemoteError(text, place=Place(url))
                options = self._options(url)
                with self._http.request("GET", url, _PER_FILE, follow=False, headers=_IDENTITY, **options) as response:
                    if response.is_redirect:
                        url, redirects = urljoin(url, response.headers["Location"]), redirects - 1
                        continue
                    _refuse_failure(response, url)
                    try:
                        return _write(response, path, limits)
                    except IncompleteAnswerError:
                        attempts -= 1
                        if not attempts:
                            raise
            raise RemoteError(message("it redirects without end"), place=Place(url))
        except RemoteError as error:
            path.unlink(missing_ok=True)
            raise redact_error(error, self._redact) from None


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Saves files, `workers` at a time; once cancelled, it fetches no more."""

    downloader: Downloader
    limits: DownloadLimits
    workers: int
    on_progress: Progress

    def fetch(self, downloads: Sequence[Download]) -> dict[Path, Message]:
        """Save the files; returns the reason for each failure, by its path. Raises OSError for an unwritable one."""
        failures: dict[Path, Message] = {}
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(self._fetch, each) for each in downloads]
            whole = False
            try:
                for number, (each, future) in enumerate(zip(downloads, futures, strict=True), 1):
                    if reason := future.result():
                        failures[each.path] = reason
                    self.on_progress(each.path.name, number / len(downloads))
                whole = True
            finally:
                if not whole:  # an interrupt, or a full disk: cancel the other downloads
                    self.limits.stopped.set()
                    pool.shutdown(wait=False, cancel_futures=True)
        return failures

    def _fetch(self, download: Download) -> Message | None:
        """The reason why the file differs from the portal's statement; None if it is equal."""
        if not self.limits.open_to(download.url):
            return elsewhere(download.url)
        if download.size is not None and download.size > self.limits.size:
            return _too_large(f"{download.size:,}", self.limits.size)
        download.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            found = self.downloader.save(download.url, download.path, self.limits)
        except RemoteError as error:
            return error.message
        if download.sha256 and found != download.sha256:
            download.path.unlink()
            return message(
                "its SHA-256 is {found}, but the portal states {stated}", found=found, stated=download.sha256
            )
        return None


def elsewhere(url: str) -> Message:
    """Why a file of another site was not saved."""
    return message("it is on another site; --links downloads it too: {url}", url=url)


def _too_large(size: str | Message, limit: int) -> Message:
    return message("it is too large: {size} bytes, the limit is {limit}", size=size, limit=f"{limit:,}")


def _refusal(status: int) -> Message:
    match status:
        case 401 | 403:
            return message("it is not open (status {status})", status=status)
        case 404:
            return message("it is not there (status {status})", status=status)
        case 410:
            return message("it is no longer there (status {status})", status=status)
    return message("the server refused or failed (status {status})", status=status)


def _refuse_failure(response: HttpResponse, url: str) -> None:
    if response.status_code != 200:
        raise RemoteError(_refusal(response.status_code), place=Place(url), status=response.status_code)


def _write(response: HttpResponse, path: Path, limits: DownloadLimits) -> str:
    """Write the complete body to `path`; an error if its length differs from the header's."""
    announced = response.headers.get("Content-Length", "")
    expected = int(announced) if announced.isdigit() else None
    digest, size, limit = sha256(), 0, limits.size
    too_large = expected is not None and expected > limit
    if not too_large:
        with path.open("wb") as file:
            for block in blocks(response, _PER_FILE):
                size += len(block)
                if limits.stopped.is_set():
                    raise RemoteError(message("it was given up"), place=Place(response.url))
                if too_large := size > limit:
                    break
                digest.update(block)
                file.write(block)
    if too_large:
        found = f"{expected:,}" if expected else message("more than {number}", number=f"{limit:,}")
        raise RemoteError(_too_large(found, limit), place=Place(response.url))
    if expected is not None and size < expected:
        raise IncompleteAnswerError
    return digest.hexdigest()
