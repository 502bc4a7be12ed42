"""The tokens of SPARQL (§19.8 of the recommendation), each with the space before it, so that nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"{3}(?:\\.|(?!\"{3}).)*\"{3} | '{3}(?:\\.|(?!'{3}).)*'{3}
        | "(?:\\.|[^"\\\n\r])*" | '(?:\\.|[^'\\\n\r])*')
    | (?P<variable>[?$]\w+)
    | (?P<language>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)
    | (?P<name>(?P<prefix>[\w.-]{0,200}):(?:\\.|[\w%:-]|\.+(?=[\w%:\\-]))*)     # prefixed name, blank node
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)
    | (?P<word>[A-Za-z][A-Za-z0-9_]*)
    | (?P<sign>\|\||&&|\^\^|!=|<=|>=|<<|>>|\{\||\|\}|[-+*/|^!=<>(){}\[\],;.?~])
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"{": "}", "(": ")", "[": "]"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")


class NotUnderstoodError(Exception):
    """This module cannot read the query: the engine gets it unchanged."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `before` is the white space and the comments that come before it."""

    kind: str
    text: str
    before: str

    @property
    def whole(self) -> str:
        """The token with the space and comments before it."""
        return self.before + self.text


def read_tokens(text: str) -> list[Token]:
    """The tokens of a query, the last one of the kind "end"; raises NotUnderstoodError."""
    for escape in _ESCAPE.finditer(text):
        if int(escape[1] or escape[2], 16) < 0x80:  # it may encode a sign or a letter of a keyword
            raise NotUnderstoodError
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    begin = end = 0
    for found in TOKEN.finditer(text):
        if text[end : found.start()].strip(" \t\r\n"):
            raise NotUnderstoodError
        end = found.end()
        if found["comment"] is None:
            kind = "name" if found.lastgroup == "prefix" else str(found.lastgroup)
            yield Token(kind, found[0], text[begin : found.start()])
            begin = end
    if text[end:].strip(" \t\r\n"):
        raise NotUnderstoodError
    yield Token("end", "", text[begin:])


class Tokens:
    """A text, token by token: methods that take a token return it with the space and comments before it.

    They raise NotUnderstoodError if the next token is not the expected one.
    """

    def __init__(self, text: str) -> None:
        """Read it; raises NotUnderstoodError."""
        self._tokens = read_tokens(text)
        self._place = 0

    @property
    def next(self) -> Token:
        """The next token."""
        return self._tokens[self._place]

    @property
    def keyword(self) -> str:
        """The next token in capitals, if it is a word."""
        return self.next.text.upper() if self.next.kind == "word" else ""

    def is_sign(self, *signs: str) -> bool:
        """Whether one of these comes next."""
        return self.next.kind == "sign" and self.next.text in signs

    def is_call(self) -> bool:
        """Whether a bracket comes after the next token."""
        after = self._tokens[min(self._place + 1, len(self._tokens) - 1)]
        return after.kind == "sign" and after.text == "("

    def any(self) -> str:
        """Take any token except the end."""
        if self.next.kind == "end":
            raise NotUnderstoodError
        self._place += 1
        return self._tokens[self._place - 1].whole

    def take(self, *kinds: str) -> str:
        """Take a token of one of these kinds."""
        if self.next.kind not in kinds:
            raise NotUnderstoodError
        return self.any()

    def sign(self, *signs: str) -> str:
        """Take one of these signs."""
        if not self.is_sign(*signs):
            raise NotUnderstoodError
        return self.any()

    def word(self, *words: str) -> str:
        """Take one of these words, which are given in capitals."""
        if self.keyword not in words:
            raise NotUnderstoodError
        return self.any()

    def if_word(self, *words: str) -> str:
        """Take one of these words, if it comes next, else nothing."""
        return self.any() if self.keyword in words else ""

    def if_sign(self, *signs: str) -> str:
        """Take one of these signs, if it comes next, else nothing."""
        return self.any() if self.is_sign(*signs) else ""

    def literal(self) -> tuple[str, str]:
        """Take a string with its language or its datatype; which of them it has, as "language" or "type"."""
        text = self.take("string")
        if self.next.kind == "language":
            return text + self.any(), "language"
        if self.is_sign("^^"):
            return text + self.any() + self.take("iri", "name"), "type"
        return text, ""

    def block(self, *openings: str) -> str:
        """Take all of a bracket unchanged."""
        text = self.sign(*openings)
        closing = [_CLOSING[text[-1]]]
        while closing:
            if self.is_sign(*_CLOSING):
                closing.append(_CLOSING[self.next.text])
            elif self.is_sign("<<", "{|") or (self.is_sign(*_CLOSING.values()) and closing.pop() != self.next.text):
                raise NotUnderstoodError
            text += self.any()
        return text
