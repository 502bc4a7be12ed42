"""URLs of a metadata document: references made absolute, and two spellings of one URL compared (RFC 3986 §5, §6)."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit

from st_opendata.tables.templates import ILLEGAL_IN_IRI, SCHEME

_PORTS = {"http": 80, "https": 443}
_ILLEGAL = re.compile(r"[\x00-\x20<>\"\\^`|]|%(?![0-9A-Fa-f]{2})|[^\x00-\x7f]")
_START = re.compile(r"\{([+#./;?&]?)")


def absolute(reference: str, base: str) -> str:
    """The reference resolved against the base; characters that are not allowed in an IRI are percent-encoded.

    Raises:
        ValueError: it is not a URL.
    """
    return re.sub(ILLEGAL_IN_IRI, lambda found: quote(found.group(), safe=""), urljoin(base, reference))


def same_document(one: str, other: str) -> bool:
    """True for two spellings of one URL: escapes of plain characters, capitals of scheme and host, default ports."""
    return _normal(one) == _normal(other)


def _normal(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme) else ""
        path = quote(unquote(urlsplit(urljoin(url, parts.path or "/")).path), safe="/:@!$&*+,;=")
    except ValueError:  # an invalid port or host
        return url
    return f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}{port}{path}?{parts.query}"


def encoded_template(template: str) -> str:
    """The URI template with the characters percent-encoded that its literals cannot have (RFC 6570 §3.1)."""
    parts = re.split(r"(\{[^{}]*\})", template)
    parts[::2] = [_ILLEGAL.sub(lambda found: quote(found.group(), safe=""), part) for part in parts[::2]]
    return "".join(parts)


def placed_template(template: str, document: str) -> str:
    """A URI template relative to the table's URL `document`, which has no fragment, with its start made absolute.

    Characters that its literals cannot have are percent-encoded. One that starts with `{+…}` stays unchanged, since its
    cells decide (CSVW metadata §5.1.3).

    Raises:
        ValueError: the text before its first expression is not a URL.
    """
    template = encoded_template(template)
    if re.match(SCHEME, template) or template.startswith("{+"):
        return template
    found = _START.match(template)
    if found:
        return _before(found[1], document) + template
    literal, brace, rest = template.partition("{")
    if literal.startswith("#"):
        return document + template
    return urljoin(document, literal) + brace + rest


def _before(operator: str, document: str) -> str:
    """The text before an expression whose first character comes from its operator."""
    if operator == "#":
        return document
    if operator == "?":
        return document.partition("?")[0]
    if operator == "/":
        parts = urlsplit(document)
        return f"{parts.scheme}://{parts.netloc}"
    return urljoin(document, ".")
