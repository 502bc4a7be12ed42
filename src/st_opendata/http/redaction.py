"""Redaction of a token in all answers of a server, or of a proxy before it: bodies, headers and texts of errors."""

from __future__ import annotations

import re
from collections.abc import Callable

from st_opendata.errors import RemoteError
from st_opendata.messages.message import change_fields
from st_opendata.place import Place

_REDACTED = "[token]"
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
    pattern = re.compile("".join(map(_character, token)))
    return lambda text: pattern.sub(_REDACTED, text)


def redact_error(error: RemoteError, redact: Redact) -> RemoteError:
    """The error without the token."""
    return RemoteError(
        change_fields(error.message, redact),
        place=Place(redact(error.place.file)) if error.place else None,
        remedy=change_fields(error.remedy, redact) if error.remedy else None,
        status=error.status,
        details=error.details,
        wait=error.wait,
    )


def _character(character: str) -> str:
    code = ord(character)
    escapes = rf"\\u{code:04x}|%{code:02x}|&#(?:0*{code}|x0*{code:x});"
    named = {"&": "|&amp;", "<": "|&lt;", ">": "|&gt;", '"': "|&quot;"}.get(character, "")
    return rf"(?:\\?{re.escape(character)}|(?i:{escapes}{named}))"
