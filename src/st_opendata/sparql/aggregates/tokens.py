"""The tokens of a query that the grammar for columns knows; at any other it is `OutsideError`."""

from __future__ import annotations

import re

from st_opendata.sparql.aggregates.selection import OutsideError

_TOKEN = re.compile(
    r"""(?:\s|\#[^\n\r]*)*+(?:
      (?P<iri><[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\x00-\x20]*>)
    | (?P<string>"[^"\n\r]*+"(?!") | '[^'\n\r]*+'(?!'))
    | [?$](?P<variable>[A-Za-z_]\w*+)
    | (?P<number>[-+]?[0-9]++(?:\.[0-9]++)?)(?![\w.])
    | (?P<name>(?:[A-Za-z](?:[\w-]|\.(?=[\w-]))*+)?+:(?:\w(?:[\w-]|\.(?=[\w-]))*+)?+)(?![:%])
    | @(?P<language>[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    | (?P<word>[A-Za-z]++)(?![\w:-])
    | (?P<sign>&&|\|\||\^\^|[<>!]=|[=<>!(){},;.*])
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)


class Tokens:
    """A text, token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._step()

    def _step(self) -> None:
        token = _TOKEN.match(self._text, self._place)
        if token is None:
            raise OutsideError
        self._place = token.end()
        self._kind = str(token.lastgroup)
        self._value = str(token[self._kind])

    def _take(self, kind: str) -> str:
        if self._kind != kind:
            raise OutsideError
        value = self._value
        if kind != "end":
            self._step()
        return value

    def _is_sign(self, sign: str) -> bool:
        return self._kind == "sign" and self._value == sign

    def _sign(self, sign: str) -> bool:
        """Whether that comes next; it is taken."""
        found = self._is_sign(sign)
        if found:
            self._step()
        return found

    def _word(self, word: str) -> bool:
        """As `_sign`, for a keyword."""
        found = self._kind == "word" and self._value.upper() == word
        if found:
            self._step()
        return found

    def _expect(self, sign: str) -> None:
        if not self._sign(sign):
            raise OutsideError

    def _expect_word(self, word: str) -> None:
        if not self._word(word):
            raise OutsideError
