"""Secure connections: whether the certificate of a server is checked, the client's own one, and what a port speaks."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place

INSECURE = message(
    "WARNING: --insecure is set: the certificate of the portal is not checked. Another computer may answer in its "
    "place, read the API token and change the data."
)
_PROBE_SECONDS = 5.0
_ALERT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Tls:
    """The security of connections to one server: by default its certificate is checked, and the client has none.

    `certificate` is a PEM file, with the private key if `key` is None.
    """

    insecure: bool = False
    certificate: Path | None = None
    key: Path | None = None

    def request_options(self) -> Mapping[str, Any]:
        """The options of a request, as `requests` takes them; given with each, they win over REQUESTS_CA_BUNDLE."""
        options: dict[str, Any] = {}
        if self.insecure:
            import urllib3

            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # we warn ourselves, once
            options["verify"] = False
        if self.certificate:
            options["cert"] = (str(self.certificate), str(self.key)) if self.key else str(self.certificate)
        return options


def secured(insecure: bool, certificate: Path | None, key: Path | None) -> Tls:  # noqa: FBT001
    """The security with these options; the files of the certificate are read, so that a fault is found early.

    Raises:
        UsageError: there is a key without a certificate.
        InputError: a file cannot be read, is not PEM, is encrypted, or the key is that of another certificate.
    """
    if key and not certificate:
        raise UsageError(
            message("a private key needs its certificate"), remedy=message("Name its file with --client-cert.")
        )
    if certificate:
        _check_files(certificate, key)
    return Tls(insecure, certificate, key)


def _check_files(certificate: Path, key: Path | None) -> None:
    for file in filter(None, (certificate, key)):
        try:
            file.read_bytes()
        except OSError as error:
            raise InputError(
                message("the client certificate cannot be read: {reason}", reason=system_reason(error)),
                place=Place(str(file)),
                remedy=message("Name a PEM file with --client-cert, and that of its private key with --client-key."),
            ) from None
    try:
        # Without a password OpenSSL would ask for one on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        raise InputError(
            message("the client certificate and its private key cannot be used: {reason}", reason=reason),
            place=Place(str(certificate)),
            remedy=message(
                "Give a certificate and its own private key as PEM, without a password: "
                "`openssl pkey -in KEY -out NEW` removes it."
            ),
        ) from None


def is_open_network(url: str) -> bool:
    """Whether requests to this URL are readable on their way: http to another computer.

    >>> [is_open_network(f"http://{host}") for host in ("localhost:5000", "127.0.0.1", "[::1]", "portal.example")]
    [False, False, False, True]
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


def speaks_http(url: str) -> bool:
    """Whether the host and port of the URL speak http without TLS; the request is not sent again."""
    host, port = _host_and_port(url)
    connection = HTTPConnection(host, port, timeout=_PROBE_SECONDS)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return True


def speaks_https(url: str) -> bool:
    """Whether the host and port of the URL speak TLS, with any certificate."""
    host, port = _host_and_port(url)
    try:
        with socket.create_connection((host, port), _PROBE_SECONDS) as plain, _unchecked().wrap_socket(plain):
            return True
    except (OSError, ValueError):
        return False


def requires_certificate(url: str) -> bool:
    """Whether the host and port of the URL end a secure connection of a client without certificate.

    With TLS 1.3 they may do so while the client sends a request, which then does not see their reason.
    """
    host, port = _host_and_port(url)
    try:
        with (
            socket.create_connection((host, port), _PROBE_SECONDS) as plain,
            _unchecked().wrap_socket(plain, server_hostname=host) as secure,
        ):
            secure.settimeout(_ALERT_SECONDS)
            secure.recv(1)
    except ssl.SSLError as error:
        return "CERTIFICATE_REQUIRED" in str(error)
    except (OSError, ValueError):
        pass
    return False


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
