"""The settings of a portal."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from st_opendata.errors import UsageError
from st_opendata.http.urls import web_url
from st_opendata.messages.message import message


@dataclass(frozen=True, slots=True)
class Options:
    """Address and bounds of a portal.

    `base_url` is the address for visitors, without a slash at its end; None if they use the one that it listens on.
    `trusted_proxies` are the addresses and networks of proxies: the portal trusts their forwarded headers and does not
    limit their connections. `requests_per_minute` and `connections` are the limits of one client, `largest_body` is
    that of a request's bytes.
    """

    base_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    requests_per_minute: int = 600
    connections: int = 200
    largest_body: int = 1_000_000

    def __post_init__(self) -> None:
        """Raises UsageError if the base URL is not http(s), or a proxy has no address."""
        for proxy in self.trusted_proxies:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise UsageError(
                    message('"{proxy}" is not the IP address of a proxy', proxy=proxy),
                    remedy=message("Write an address (10.88.0.1) or a network (10.88.0.0/16)."),
                ) from None
        if self.base_url is None:
            return
        parts = web_url(self.base_url)
        if parts is None or parts.query or parts.fragment:
            raise UsageError(
                message('"{url}" is not the http(s) URL of a site', url=self.base_url),
                remedy=message("Write it as https://data.example.org/."),
            )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that requests may use; any if there is no base URL."""
        if self.base_url is None:
            return ("*",)
        return tuple(dict.fromkeys((urlsplit(self.base_url).hostname or "", "localhost", "127.0.0.1", "[::1]")))

    @property
    def believed(self) -> list[str]:
        """Addresses and networks whose forwarded headers are trusted: by default this machine's own."""
        return [str(ip_network(proxy, strict=False)) for proxy in self.trusted_proxies] or ["127.0.0.1"]

    def is_proxy(self, address: str) -> bool:
        """Whether that is the address of a trusted proxy."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in ip_network(proxy, strict=False) for proxy in self.trusted_proxies)
