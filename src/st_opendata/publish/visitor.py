"""A portal as a visitor without account sees it: files are fetched and measured as they stream, nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import requests

from st_opendata import __version__
from st_opendata.errors import RemoteError
from st_opendata.place import Place

_AGENT = {"User-Agent": f"st-opendata/{__version__}", "Accept-Encoding": "identity"}
_TIMEOUT = (10.0, 60.0)
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the status, and of a good answer size, SHA-256 and media type."""

    status: int
    size: int = 0
    sha256: str = ""
    media_type: str = ""


class Visitor:
    """Fetches files without a token; safe to use from several threads."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.auth = _Nobody()

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
            raise RemoteError(
                f"the file could not be fetched: {type(error).__name__}",
                place=Place(url),
                remedy="Check the URL and the network, then verify again.",
            ) from None


class _Nobody(requests.auth.AuthBase):
    """No authentication, not even one that ~/.netrc has for the host."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request
