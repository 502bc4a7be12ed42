"""The tokens of SPARQL (§19.8 of the recommendation), each with what stands before it, so that nothing is lost."""

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
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")


class NotUnderstoodError(Exception):
    """The query is beyond what is read here: the engine gets it as it is."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `before` is the white space and the comments that come before it."""

    kind: str
    text: str
    before: str

    @property
    def whole(self) -> str:
        """It and what stands before it."""
        return self.before + self.text


def read_tokens(text: str) -> list[Token]:
    """The tokens of a query, the last one of the kind "end"; raises NotUnderstoodError."""
    for escape in _ESCAPE.finditer(text):
        if int(escape[1] or escape[2], 16) < 0x80:  # it may stand for a sign or a letter of a keyword
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
    """A text, token by token: what takes one gives it back with what stands before it."""

    def __init__(self, text: str) -> None:
        """Read it; raises NotUnderstoodError."""
        self._tokens = read_tokens(text)
        self._place = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    @property
    def _keyword(self) -> str:
        """The next token in capitals, if it is a word."""
        return self._next.text.upper() if self._next.kind == "word" else ""

    def _is_sign(self, *signs: str) -> bool:
        return self._next.kind == "sign" and self._next.text in signs

    def _is_call(self) -> bool:
        """Whether a bracket comes after the next token."""
        after = self._tokens[min(self._place + 1, len(self._tokens) - 1)]
        return after.kind == "sign" and after.text == "("

    def _any(self) -> str:
        if self._next.kind == "end":
            raise NotUnderstoodError
        self._place += 1
        return self._tokens[self._place - 1].whole

    def _take(self, kind: str) -> str:
        if self._next.kind != kind:
            raise NotUnderstoodError
        return self._any()

    def _sign(self, *signs: str) -> str:
        if not self._is_sign(*signs):
            raise NotUnderstoodError
        return self._any()

    def _word(self, *words: str) -> str:
        if self._keyword not in words:
            raise NotUnderstoodError
        return self._any()

    def _if_word(self, *words: str) -> str:
        """One of these words, if it comes next, else nothing."""
        return self._any() if self._keyword in words else ""

    def _if_sign(self, *signs: str) -> str:
        return self._any() if self._is_sign(*signs) else ""
