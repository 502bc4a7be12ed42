"""Which of http and https a port speaks, asked where a connection failed: nothing of the request is sent again."""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

_SECONDS = 5.0


def speaks_http(url: str) -> bool:
    """Whether what answers at the host and port of the URL speaks http without TLS."""
    host, port = _where(url)
    connection = HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return True


def speaks_https(url: str) -> bool:
    """Whether what answers at the host and port of the URL speaks TLS, with whatever certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    host, port = _where(url)
    try:
        with socket.create_connection((host, port), _SECONDS) as plain, context.wrap_socket(plain):
            return True
    except (OSError, ValueError):
        return False


def _where(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
