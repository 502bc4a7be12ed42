"""Triples and property paths (§19.8, rules 75 to 106): handles paths of length zero at a term without triples.

Such a path ends where it begins (§18.4, evaluation of ZeroLengthPath), whether the graph has the term or not; the
engine finds nothing there. In GRAPH it stays so, as the text does not state which graphs exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from st_opendata.sparql.standard.order import RdfTerm
from st_opendata.sparql.standard.tokens import Tokens


class TermLookup(Protocol):
    """Looks up constants: their terms, and whether a graph has them."""

    def find(self, token: str) -> RdfTerm:
        """The term of an IRI or a literal; raises NotUnderstoodError."""

    def is_missing(self, token: str) -> bool | None:
        """Whether no triple of the graph has it as subject or object; None if that may depend on the graphs."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A subject or an object; a constant is an IRI or a literal."""

    text: str
    is_constant: bool = False
    is_variable: bool = False
    is_name: bool = False


@dataclass(slots=True)
class _Verb:
    """A predicate or a path with its objects; `before` are semicolons, `ways` counts the ways to the length zero."""

    before: str
    text: str
    ways: int = 0
    objects: list[tuple[str, _Node]] = field(default_factory=list)
    """Each with the comma before it."""

    @property
    def whole(self) -> str:
        """The whole text."""
        return self.before + self.text + "".join(comma + object_.text for comma, object_ in self.objects)


class Patterns:
    """Reads the triples of a query from tokens."""

    def __init__(self, tokens: Tokens, terms: TermLookup, free_name: str) -> None:
        """`free_name` begins no variable of the query."""
        self._tokens = tokens
        self._terms = terms
        self._free_name = free_name

    def triples(self) -> str:
        """The triples of one subject."""
        subject = self._node()
        verbs: list[_Verb] = []
        separator = ""
        while self._is_verb() and (separator or not verbs):
            verbs.append(self._verb(separator))
            separator = ""
            while self._tokens.is_sign(";"):
                separator += self._tokens.any()
        added = ""
        kept: list[_Verb] = []
        for verb in verbs:
            rewritten = [self._of_no_length(subject, verb, object_) for _, object_ in verb.objects]
            added += "".join(each for each in rewritten if each)
            rest = [each for each, instead in zip(verb.objects, rewritten, strict=True) if instead is None]
            if rest:
                kept.append(replace(verb, objects=[("", rest[0][1]), *rest[1:]]))
        if not added:
            return subject.text + "".join(verb.whole for verb in verbs) + separator
        if not kept:
            return added
        kept[0].before = ""
        return f"{subject.text}{''.join(verb.whole for verb in kept)} .{added}"

    def _of_no_length(self, subject: _Node, verb: _Verb, object_: _Node) -> str | None:
        """The replacement for a path of length zero, None if the engine is right."""
        if not verb.ways or not (subject.is_constant or object_.is_constant):
            return None
        constant, other = (subject, object_) if subject.is_constant else (object_, subject)
        if other.is_constant:
            if self._terms.find(constant.text) != self._terms.find(other.text):
                return None
            zero = " UNION ".join(["{ }"] * verb.ways)
        elif other.is_variable:
            zero = f"{{ VALUES {other.text} {{{constant.text * verb.ways} }} }}"
        else:
            return None
        missing = self._terms.is_missing(constant.text)
        if missing is None:
            one, two, three = (f"?{self._free_name}{number}" for number in range(3))
            node = f"{{ {one} {two}{constant.text} }}"
            if constant.is_name:
                node += f" UNION {{{constant.text} {two} {three} }}"
            path = f"{{{subject.text}{verb.text}{object_.text} }}"
            return f" {path} UNION {{ {zero} FILTER NOT EXISTS {{ {node} }} }}"
        return f" {zero}" if missing else None

    # Parts

    def _is_verb(self) -> bool:
        return (
            self._tokens.next.kind in ("variable", "iri", "name")
            or self._tokens.keyword == "A"
            or self._tokens.is_sign("^", "!", "(")
        )

    def _verb(self, before: str) -> _Verb:
        text, ways = (self._tokens.any(), 0) if self._tokens.next.kind == "variable" else self._path()
        verb = _Verb(before, text, ways)
        verb.objects.append(("", self._node()))
        while self._tokens.is_sign(","):
            comma = self._tokens.any()
            verb.objects.append((comma, self._node()))
        return verb

    def _node(self) -> _Node:
        kind, is_blank = self._tokens.next.kind, self._tokens.next.text.startswith("_:")
        if kind == "sign" and not self._tokens.is_sign("+", "-"):
            return _Node(self._tokens.block("(", "["))
        sign = self._tokens.if_sign("+", "-")
        if sign or kind == "number":
            return _Node(sign + self._tokens.take("number"), is_constant=True)
        if kind == "variable":
            return _Node(self._tokens.any(), is_variable=True)
        if kind in ("iri", "name"):
            return _Node(self._tokens.any(), is_constant=not is_blank, is_name=not is_blank)
        return _Node(
            self._tokens.literal()[0] if kind == "string" else self._tokens.word("TRUE", "FALSE"), is_constant=True
        )

    def _path(self) -> tuple[str, int]:
        """A path, and in how many ways it has the length zero."""
        text, ways = self._sequence()
        while self._tokens.is_sign("|"):
            sign = self._tokens.any()
            more, others = self._sequence()
            text, ways = text + sign + more, ways + others
        return text, ways

    def _sequence(self) -> tuple[str, int]:
        text, ways = self._step()
        while self._tokens.is_sign("/"):
            sign = self._tokens.any()
            more, others = self._step()
            text, ways = text + sign + more, ways * others
        return text, ways

    def _step(self) -> tuple[str, int]:
        text, ways = self._tokens.if_sign("^"), 0
        if self._tokens.is_sign("("):
            text += self._tokens.any()
            inside, ways = self._path()
            text += inside + self._tokens.sign(")")
        elif self._tokens.is_sign("!"):
            text += self._tokens.any()
            text += self._tokens.block("(") if self._tokens.is_sign("(") else self._tokens.if_sign("^") + self._name()
        else:
            text += self._name()
        if self._tokens.is_sign("*", "?"):
            return text + self._tokens.any(), 1
        return (text + self._tokens.any(), min(ways, 1)) if self._tokens.is_sign("+") else (text, ways)

    def _name(self) -> str:
        if self._tokens.keyword == "A":
            return self._tokens.any()
        return self._tokens.take("iri", "name")
