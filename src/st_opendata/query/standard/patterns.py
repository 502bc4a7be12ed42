"""Triples and property paths (§19.8, rules 75 to 106): where a path of length zero begins at a term that no triple has.

Such a path ends where it begins (§18.4, evaluation of ZeroLengthPath), whether the graph has the term or not; the
engine finds nothing there. In GRAPH it is left so: which graphs there are is not in the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from st_opendata.query.standard.expressions import Expressions
from st_opendata.query.standard.order import Term
from st_opendata.query.standard.tokens import NotUnderstoodError

_CLOSING = {"{": "}", "(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class _Node:
    """A subject or an object; a constant is an IRI or a literal."""

    text: str
    is_constant: bool = False
    is_variable: bool = False
    is_name: bool = False


@dataclass(slots=True)
class _Verb:
    """A predicate or a path with its objects; `before` are semicolons, `ways` counts how it has the length zero."""

    before: str
    text: str
    ways: int = 0
    objects: list[tuple[str, _Node]] = field(default_factory=list)
    """Each with the comma before it."""

    @property
    def whole(self) -> str:
        """All of it."""
        return self.before + self.text + "".join(comma + object_.text for comma, object_ in self.objects)


class Patterns(Expressions):
    """Reads triples; a subclass knows the dataset, and what a name stands for."""

    _free_name = "x"
    """The beginning of variables that the query does not have."""

    def _is_missing(self, term: str) -> bool | None:
        """Whether no triple of the default graph has a term as subject or object; None where that may depend."""
        raise NotImplementedError

    def _term_of(self, token: str) -> Term:
        """What a constant stands for; raises NotUnderstoodError."""
        raise NotImplementedError

    def _triples(self) -> str:
        """The triples of one subject."""
        subject = self._node()
        verbs: list[_Verb] = []
        separator = ""
        while self._is_verb() and (separator or not verbs):
            verbs.append(self._verb(separator))
            separator = ""
            while self._is_sign(";"):
                separator += self._any()
        added = ""
        kept: list[_Verb] = []
        for verb in verbs:
            mended = [self._of_no_length(subject, verb, object_) for _, object_ in verb.objects]
            added += "".join(each for each in mended if each)
            rest = [each for each, instead in zip(verb.objects, mended, strict=True) if instead is None]
            if rest:
                kept.append(replace(verb, objects=[("", rest[0][1]), *rest[1:]]))
        if not added:
            return subject.text + "".join(verb.whole for verb in verbs) + separator
        if not kept:
            return added
        kept[0].before = ""
        return f"{subject.text}{''.join(verb.whole for verb in kept)} .{added}"

    def _of_no_length(self, subject: _Node, verb: _Verb, object_: _Node) -> str | None:
        """What to ask for instead, None where the engine is right."""
        if not verb.ways or not (subject.is_constant or object_.is_constant):
            return None
        constant, other = (subject, object_) if subject.is_constant else (object_, subject)
        if other.is_constant:
            if self._term_of(constant.text) != self._term_of(other.text):
                return None
            zero = " UNION ".join(["{ }"] * verb.ways)
        elif other.is_variable:
            zero = f"{{ VALUES {other.text} {{{constant.text * verb.ways} }} }}"
        else:
            return None
        missing = self._is_missing(constant.text)
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
        return self._next.kind in ("variable", "iri", "name") or self._keyword == "A" or self._is_sign("^", "!", "(")

    def _verb(self, before: str) -> _Verb:
        text, ways = (self._any(), 0) if self._next.kind == "variable" else self._path()
        verb = _Verb(before, text, ways)
        verb.objects.append(("", self._node()))
        while self._is_sign(","):
            comma = self._any()
            verb.objects.append((comma, self._node()))
        return verb

    def _node(self) -> _Node:
        kind, is_blank = self._next.kind, self._next.text.startswith("_:")
        if kind == "sign" and not self._is_sign("+", "-"):
            return _Node(self._block("(", "["))
        sign = self._if_sign("+", "-")
        if sign or kind == "number":
            return _Node(sign + self._take("number"), is_constant=True)
        if kind == "variable":
            return _Node(self._any(), is_variable=True)
        if kind in ("iri", "name"):
            return _Node(self._any(), is_constant=not is_blank, is_name=not is_blank)
        return _Node(self._literal().text if kind == "string" else self._word("TRUE", "FALSE"), is_constant=True)

    def _path(self) -> tuple[str, int]:
        """A path, and in how many ways it has the length zero."""
        text, ways = self._sequence()
        while self._is_sign("|"):
            sign = self._any()
            more, others = self._sequence()
            text, ways = text + sign + more, ways + others
        return text, ways

    def _sequence(self) -> tuple[str, int]:
        text, ways = self._step()
        while self._is_sign("/"):
            sign = self._any()
            more, others = self._step()
            text, ways = text + sign + more, ways * others
        return text, ways

    def _step(self) -> tuple[str, int]:
        text, ways = self._if_sign("^"), 0
        if self._is_sign("("):
            text += self._any()
            inside, ways = self._path()
            text += inside + self._sign(")")
        elif self._is_sign("!"):
            text += self._any()
            text += self._block("(") if self._is_sign("(") else self._if_sign("^") + self._name()
        else:
            text += self._name()
        if self._is_sign("*", "?"):
            return text + self._any(), 1
        return (text + self._any(), min(ways, 1)) if self._is_sign("+") else (text, ways)

    def _name(self) -> str:
        if self._keyword == "A":
            return self._any()
        return self._any() if self._next.kind == "iri" else self._take("name")

    def _block(self, *openings: str) -> str:
        """All of a bracket as it is."""
        if not self._is_sign(*openings):
            raise NotUnderstoodError
        text = ""
        closing: list[str] = []
        while closing or not text:
            if self._is_sign(*_CLOSING):
                closing.append(_CLOSING[self._next.text])
            elif self._is_sign("<<", "{|") or (self._is_sign(*_CLOSING.values()) and closing.pop() != self._next.text):
                raise NotUnderstoodError
            text += self._any()
        return text
