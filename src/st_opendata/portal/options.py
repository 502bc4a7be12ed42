"""How a portal is run: what the person who starts it may set."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from st_opendata.errors import UsageError
from st_opendata.urls import web_url


@dataclass(frozen=True, slots=True)
class Options:
    """Address and bounds of a portal.

    `base_url` is the address at which visitors find it, without a slash at its end; None where they use the one it
    listens on. `trusted_proxies` are the addresses whose forwarded headers are believed. `requests_per_minute` bounds
    what one client may ask, `largest_body` the bytes of a request.
    """

    base_url: str | None = None
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)
    requests_per_minute: int = 600
    largest_body: int = 1_000_000

    def __post_init__(self) -> None:
        """Raises UsageError where the base URL is not http(s)."""
        if self.base_url is None:
            return
        parts = web_url(self.base_url)
        if parts is None or parts.query or parts.fragment:
            raise UsageError(
                f'"{self.base_url}" is not the http(s) URL of a site', remedy="Write it as https://data.example.org/."
            )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names by which requests may ask for the portal; any where no base URL is given."""
        if self.base_url is None:
            return ("*",)
        return tuple(dict.fromkeys((urlsplit(self.base_url).hostname or "", "localhost", "127.0.0.1", "[::1]")))
