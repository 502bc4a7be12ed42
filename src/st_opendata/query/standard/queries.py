"""The clauses of a query: where expressions stand in them, and what is asked of which graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from st_opendata.query.standard import wording
from st_opendata.query.standard.order import Term
from st_opendata.query.standard.patterns import Patterns
from st_opendata.query.standard.tokens import NotUnderstoodError
from st_opendata.query.standard.wording import Kind


class Terms(Protocol):
    """What tokens stand for, and what is in the store."""

    def find(self, prologue: str, token: str) -> Term:
        """The term of an IRI or a literal; raises NotUnderstoodError."""

    def has_node(self, term: Term) -> bool:
        """Whether a triple of the store has it as subject or object."""


class Queries(Patterns):
    """Reads a query and writes it again for the engine."""

    def __init__(self, text: str, prefixes: Mapping[str, str], terms: Terms, *, is_whole: bool) -> None:
        """`is_whole`: the default graph has all triples of the store, unless the query names graphs."""
        super().__init__(text, prefixes)
        self._terms = terms
        self._is_whole = is_whole
        self._declared = ""
        self._graphs_around = 0
        self._known: list[dict[str, Kind]] = [{}]
        """The variables that the SELECT clauses around here make, the innermost last."""
        while self._free_name in text:
            self._free_name += "x"

    def written(self) -> str:
        """The query for the engine; raises NotUnderstoodError."""
        text = self._declared = self._prologue()
        match self._keyword:
            case "SELECT":
                text += self._select()
            case "ASK":
                text += self._any() + self._graphs() + self._if_word("WHERE") + self._group() + self._modifiers()
            case "CONSTRUCT":
                text += self._any() + self._construct()
            case "DESCRIBE":
                text += self._any() + self._described() + self._modifiers()
        text += self._values()
        if self._next.kind != "end":
            raise NotUnderstoodError
        return text + self._next.before

    # Clauses

    def _prologue(self) -> str:
        text = ""
        while self._keyword in ("PREFIX", "BASE"):
            is_prefix = self._keyword == "PREFIX"
            text += self._any()
            name = self._next.text.removesuffix(":") if is_prefix else ""
            if is_prefix:
                text += self._take("name")
                self._prefixes[name] = self._next.text[1:-1]
            text += self._take("iri")
        return text

    def _select(self) -> str:
        self._known.append({})
        text = self._word("SELECT") + self._if_word("DISTINCT", "REDUCED")
        while not self._is_sign("{") and self._keyword not in ("WHERE", "FROM"):
            text += self._column()
        text += self._graphs() + self._if_word("WHERE") + self._group() + self._modifiers()
        self._known.pop()
        return text

    def _column(self) -> str:
        if self._is_sign("*") or self._next.kind == "variable":
            return self._any()
        text, name, kind = self._named_value()
        self._known[-1][name] = kind
        return text

    def _named_value(self) -> tuple[str, str, Kind]:
        """An expression in brackets, and the variable that it is given to, if it is."""
        text, name = self._sign("("), ""
        piece = self._expression()
        text += piece.text
        if self._keyword == "AS":
            text += self._any()
            name = self._next.text[1:]
            text += self._take("variable")
        return text + self._sign(")"), name, piece.kind

    def _kind_of_variable(self, name: str) -> Kind:
        return self._known[-1].get(name[1:], Kind.ANY)

    def _graphs(self) -> str:
        """The clauses of the dataset, each graph once (§13.2.1: a merge; a set)."""
        text, found = "", set()
        self._is_whole = self._is_whole and self._keyword != "FROM"
        while self._keyword == "FROM":
            clause = self._any() + self._if_word("NAMED")
            named = clause.upper().endswith("NAMED")
            graph = self._next
            clause += self._any() if graph.kind == "iri" else self._take("name")
            graph_of = (named, self._term_of(graph.text))
            text += "" if graph_of in found else clause
            found.add(graph_of)
        return text

    def _construct(self) -> str:
        text = ""
        if self._is_sign("{"):
            text += self._block("{")
            return text + self._graphs() + self._if_word("WHERE") + self._group() + self._modifiers()
        return self._graphs() + self._word("WHERE") + self._block("{") + self._modifiers()

    def _described(self) -> str:
        text = ""
        while self._next.kind in ("variable", "iri", "name") or self._is_sign("*"):
            text += self._any()
        text += self._graphs()
        where = self._if_word("WHERE")
        if where or self._is_sign("{"):
            text += where + self._group()
        return text

    def _modifiers(self) -> str:
        text = ""
        if self._keyword == "GROUP":
            text += self._any() + self._word("BY")
            text += self._repeated(self._key)
        if self._keyword == "HAVING":
            text += self._any() + self._repeated(self._constraint)
        if self._keyword == "ORDER":
            text += self._any() + self._word("BY") + self._repeated(self._order)
        while self._keyword in ("LIMIT", "OFFSET"):
            text += self._any() + self._take("number")
        return text

    def _repeated(self, read: Callable[[], str]) -> str:
        text = read()
        while self._is_condition():
            text += read()
        return text

    def _is_condition(self) -> bool:
        """Whether another key, constraint or condition of an order comes."""
        if self._keyword in ("HAVING", "VALUES"):
            return False
        return self._next.kind in ("variable", "iri", "name") or self._is_sign("(") or self._is_call()

    def _key(self) -> str:
        return self._column() if self._is_sign("(") else self._primary().text

    def _order(self) -> str:
        before, direction = self._next.before, self._keyword
        word = self._if_word("ASC", "DESC")
        piece = self._primary()
        if piece.kind is not Kind.ANY or piece.is_constant:
            return word + piece.text
        return before + wording.order(piece, direction if word else "ASC")

    def _constraint(self) -> str:
        if self._is_sign("("):
            opening = self._any()
            return opening + wording.truth(self._expression()) + self._sign(")")
        if not self._is_call() and self._keyword not in ("EXISTS", "NOT"):
            raise NotUnderstoodError
        return wording.truth(self._primary())

    def _values(self) -> str:
        if self._keyword != "VALUES":
            return ""
        text = self._any()
        text += self._block("(") if self._is_sign("(") else self._take("variable")
        return text + self._block("{")

    # Groups

    def _group(self) -> str:
        text = self._sign("{")
        self._known.append({})
        if self._keyword == "SELECT":
            text += self._select() + self._values()
        while not self._is_sign("}"):
            text += self._part()
        self._known.pop()
        return text + self._any()

    def _part(self) -> str:
        match self._keyword:
            case "FILTER":
                return self._any() + self._constraint()
            case "BIND":
                return self._any() + self._named_value()[0]
            case "VALUES":
                return self._values()
            case "GRAPH":
                return self._in_graph()
        word = self._if_word("OPTIONAL", "UNION", "MINUS")
        if word or self._is_sign("{"):
            return word + self._group()
        return self._if_sign(".") or self._triples()

    def _in_graph(self) -> str:
        text = self._any()
        text += self._any() if self._next.kind == "variable" else self._name()
        self._graphs_around += 1
        text += self._group()
        self._graphs_around -= 1
        return text

    def _term_of(self, token: str) -> Term:
        return self._terms.find(self._declared, token)

    def _is_missing(self, term: str) -> bool | None:
        if self._graphs_around:
            return False  # for all that is known
        if not self._terms.has_node(self._term_of(term)):
            return True
        return False if self._is_whole else None
