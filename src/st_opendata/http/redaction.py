"""Redaction of secrets in all answers of a server, or of a proxy before it: bodies, headers and texts of errors.

The secrets are the token for the server, and the passwords of proxies in the environment.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from st_opendata.errors import RemoteError
from st_opendata.messages.message import change_fields
from st_opendata.place import Place

_REDACTED = "[token]"
_HIDDEN = "[password]"
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_LEAST = 8
"""Characters of a token that can be one: shorter ones are mistakes, and are parts of other words."""
Redact = Callable[[str], str]


def redactor(token: str | None) -> Redact:
    r"""A function that replaces the token in a text, also if its characters are escaped for JSON, HTML or URLs.

    >>> redactor("secret-token")('{"error": "secret\\u002dtoken, secret%2Dtoken"}')
    '{"error": "[token], [token]"}'
    """
    if not token or len(token) < _LEAST:
        return lambda text: text
    pattern = _pattern(token)
    return lambda text: pattern.sub(_REDACTED, text)


def redact_error(error: RemoteError, redact: Redact) -> RemoteError:
    """The error without the token, and without the passwords of the proxies."""

    def hide(text: str) -> str:
        return hide_proxies(redact(text))

    return RemoteError(
        change_fields(error.message, hide),
        place=Place(hide(error.place.file)) if error.place else None,
        remedy=change_fields(error.remedy, hide) if error.remedy else None,
        status=error.status,
        details=error.details,
        wait=error.wait,
    )


def hide_proxies(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The text without the passwords of the proxies that the environment names.

    Only errors are read like this: a short password may be a word of a dataset.

    >>> hide_proxies("http://me:secret@proxy:1 failed", {"HTTPS_PROXY": "http://me:secret@proxy:1"})
    'http://me:[password]@proxy:1 failed'
    """
    for secret in _proxy_secrets(environment):
        text = _pattern(secret).sub(_HIDDEN, text)
    return text


def _proxy_secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """The passwords of the proxies, as they are in the variable, decoded, and in the header that the proxy gets."""
    for name in _PROXIES:
        for variable in (name, name.upper()):
            try:
                parts = urlsplit(environment.get(variable, ""))
            except ValueError:
                continue
            if parts.password:
                user, password = unquote(parts.username or ""), unquote(parts.password)
                yield b64encode(f"{user}:{password}".encode()).decode()
                yield from dict.fromkeys((parts.password, password))


def _pattern(secret: str) -> re.Pattern[str]:
    return re.compile("".join(map(_character, secret)))


def _character(character: str) -> str:
    code = ord(character)
    escapes = rf"\\u{code:04x}|%{code:02x}|&#(?:0*{code}|x0*{code:x});"
    named = {"&": "|&amp;", "<": "|&lt;", ">": "|&gt;", '"': "|&quot;"}.get(character, "")
    return rf"(?:\\?{re.escape(character)}|(?i:{escapes}{named}))"
