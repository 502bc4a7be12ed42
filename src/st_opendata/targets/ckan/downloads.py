"""A portal as a visitor sees it: files are fetched as they stream, and measured; kept only where a path is given.

A visitor has no account, unless a token is given: it goes to the portal's own address and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Event
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from st_opendata import __version__
from st_opendata.errors import RemoteError
from st_opendata.place import Place
from st_opendata.targets.ckan.connection import RETRY
from st_opendata.targets.ckan.secrecy import hide_in_error, hiding

_AGENT = {"User-Agent": f"st-opendata/{__version__}", "Accept-Encoding": "identity"}
_TIMEOUT = (10.0, 60.0)
_BLOCK = 1 << 18
_ATTEMPTS, _REDIRECTS = 3, 5
_REFUSALS = {401: "it is not open", 403: "it is not open", 404: "it is not there", 410: "it is not there any more"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the status, and of a good answer size, SHA-256 and media type."""

    status: int
    size: int = 0
    sha256: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be fetched: files of at most `size` bytes, from addresses that `open_to` allows, until `stopped`."""

    size: int
    open_to: Callable[[str], bool]
    stopped: Event = field(default_factory=Event)


class Visitor:
    """Fetches files, by default without a token; safe to use from several threads."""

    def __init__(self, *, token: str | None = None, site: str = "", connections: int = 4) -> None:
        """`site` is the URL of the portal that knows the token."""
        self._hide = hiding(token)
        self._session = requests.Session()
        self._session.auth = _Nobody() if token is None else _Known(token, origin(site))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=connections, max_retries=RETRY))

    def close(self) -> None:
        """Give up the connections."""
        self._session.close()

    def measure(self, url: str) -> Fetched:
        """Fetch a file and measure it.

        Raises:
            RemoteError: there was no answer, or it broke off.
        """
        digest, size = sha256(), 0
        try:
            with self._session.get(url, headers=_AGENT, timeout=_TIMEOUT, stream=True) as response:
                if response.status_code != 200:
                    return Fetched(response.status_code)
                for block in response.iter_content(_BLOCK):
                    digest.update(block)
                    size += len(block)
                media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                return Fetched(200, size, digest.hexdigest(), media_type)
        except requests.RequestException as error:
            told = RemoteError(
                f"the file could not be fetched: {type(error).__name__}",
                place=Place(url),
                remedy="Check the URL and the network, then verify again.",
            )
            raise hide_in_error(told, self._hide) from None

    def save(self, url: str, path: Path, bounds: Bounds) -> str:
        """Fetch a file to `path`, again from its start where it breaks off, and give its SHA-256.

        Redirects are followed to where `bounds` is open.

        Raises:
            RemoteError: it may not be fetched, is too large, is refused, or does not come whole.
            OSError: it cannot be written.
        """
        broken: requests.RequestException | None = None
        for _ in range(_ATTEMPTS):
            try:
                return self._save(url, path, bounds)
            except requests.exceptions.ChunkedEncodingError as error:  # it broke off
                broken = error
            except requests.RequestException as error:  # the session has tried again
                broken = error
                break
            except RemoteError as error:
                raise hide_in_error(error, self._hide) from None
        path.unlink(missing_ok=True)
        text = f"it could not be fetched: {type(broken).__name__}"
        told = RemoteError(text, place=Place(url), remedy="Check the network, then pull again.")
        raise hide_in_error(told, self._hide) from None

    def _save(self, url: str, path: Path, bounds: Bounds) -> str:
        for _ in range(_REDIRECTS):
            if not bounds.open_to(url):
                raise RemoteError(f"it leads elsewhere, to {url}, which may not be fetched", place=Place(url))
            with self._session.get(
                url, headers=_AGENT, timeout=_TIMEOUT, stream=True, allow_redirects=False
            ) as response:
                if response.is_redirect:
                    url = urljoin(url, response.headers["Location"])
                    continue
                if response.status_code != 200:
                    refusal = _REFUSALS.get(response.status_code, "the server refused or failed")
                    text = f"{refusal} (status {response.status_code})"
                    raise RemoteError(text, place=Place(url), status=response.status_code)
                return _stream(response, path, bounds)
        raise RemoteError("it redirects without end", place=Place(url))


def _stream(response: requests.Response, path: Path, bounds: Bounds) -> str:
    """Write the body to `path`; it is whole, as long as the answer's header said, or an error."""
    announced = response.headers.get("Content-Length", "")
    expected = int(announced) if announced.isdigit() else None
    digest, size, limit = sha256(), 0, bounds.size
    too_large = expected is not None and expected > limit
    if not too_large:
        with path.open("wb") as file:
            for block in response.iter_content(_BLOCK):
                size += len(block)
                if bounds.stopped.is_set():
                    raise RemoteError("it was given up", place=Place(response.url))
                if too_large := size > limit:
                    break
                digest.update(block)
                file.write(block)
    if too_large:
        path.unlink(missing_ok=True)
        found = f"{expected:,}" if expected else f"more than {limit:,}"
        raise RemoteError(f"it is too large: {found} bytes, the limit is {limit:,}", place=Place(response.url))
    if expected is not None and size < expected:
        raise requests.exceptions.ChunkedEncodingError
    return digest.hexdigest()


def origin(url: str) -> str:
    """Scheme, host and port of an http(s) URL; empty for any other text."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname else ""


class _Nobody(requests.auth.AuthBase):
    """No authentication, not even one that ~/.netrc has for the host."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Known(requests.auth.AuthBase):
    """The token, for the portal's own address alone."""

    def __init__(self, token: str, site: str) -> None:
        self._token, self._site = token, site

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if request.url and origin(request.url) == self._site:
            request.headers["Authorization"] = self._token
        return request
