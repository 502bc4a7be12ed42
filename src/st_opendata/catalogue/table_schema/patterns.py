"""Regular expressions of Table Schema, which are those of XML Schema, for CSVW, which has those of ECMAScript."""

from __future__ import annotations

import re

_LETTERS = "0-9A-Za-z_ªµºÀ-ÖØ-öø-\u037d\u037f-\u1fff\u2c00-\u2fef\u3005-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
r"""`\w` of XML Schema has the letters of all languages, that of ECMAScript those of English: those of XML names."""
_PARTS = re.compile(r"\\.|\[\^?\]?|\]", re.DOTALL)

_LONGITUDE = r"-?(180|1[0-7]\d|\d?\d)(\.\d+)?"
_LATITUDE = r"-?(90|[0-8]?\d)(\.\d+)?"
POINTS = {
    "": f"{_LONGITUDE} *, *{_LATITUDE}",
    "default": f"{_LONGITUDE} *, *{_LATITUDE}",
    "array": rf"\[ *{_LONGITUDE} *, *{_LATITUDE} *\]",
}
"""The formats of a geopoint: longitude and latitude."""
BRACKETS = {"object": r"\s*\{[\s\S]*\}\s*", "geojson": r"\s*\{[\s\S]*\}\s*", "array": r"\s*\[[\s\S]*\]\s*"}
"""How JSON of these types begins and ends."""


def ecma_pattern(pattern: str) -> str:
    r"""The same expression for CSVW: `\w` and `\W` with the letters of all languages."""
    in_set = False

    def part(found: re.Match[str]) -> str:
        nonlocal in_set
        text = found[0]
        if text[0] == "[":
            in_set = not (in_set and text[-1] == "]")  # within a set, [ is a character
        elif text == "]":
            in_set = False
        elif text == r"\w":
            return _LETTERS if in_set else f"[{_LETTERS}]"
        elif text == r"\W" and not in_set:
            return f"[^{_LETTERS}]"
        return text

    return _PARTS.sub(part, pattern)
