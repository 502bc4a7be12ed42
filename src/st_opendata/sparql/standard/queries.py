"""The clauses of a query: their expressions, and the graphs that each part reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from st_opendata.sparql.standard import replacements
from st_opendata.sparql.standard.expressions import Expressions
from st_opendata.sparql.standard.order import RdfTerm
from st_opendata.sparql.standard.patterns import Patterns
from st_opendata.sparql.standard.replacements import ValueType
from st_opendata.sparql.standard.tokens import NotUnderstoodError, Tokens


class Store(Protocol):
    """Looks up the terms of tokens, and the contents of the store."""

    def find(self, prologue: str, token: str) -> RdfTerm:
        """The term of an IRI or a literal; raises NotUnderstoodError."""

    def has_node(self, term: RdfTerm) -> bool:
        """Whether a triple of the store has it as subject or object."""


class Queries:
    """Reads a query and rewrites it for the engine."""

    def __init__(self, text: str, prefixes: Mapping[str, str], store: Store, *, is_whole: bool) -> None:
        """`is_whole`: the default graph has all triples of the store, unless the query names graphs.

        Raises:
            NotUnderstoodError: the module cannot interpret the query with certainty.
        """
        self._store = store
        self._is_whole = is_whole
        self._prefixes = dict(prefixes)
        self._declared = ""
        self._graphs_around = 0
        free_name = "x"
        while free_name in text:
            free_name += "x"
        self._tokens = Tokens(text)
        self._expressions = Expressions(self._tokens, self._prefixes, self._group)
        self._patterns = Patterns(self._tokens, self, free_name)

    @property
    def separators(self) -> list[str]:
        """The separators that need a concatenation function, as found by `Expressions`."""
        return self._expressions.separators

    def rewrite(self) -> str:
        """The query for the engine; raises NotUnderstoodError."""
        text = self._declared = self._prologue()
        match self._tokens.keyword:
            case "SELECT":
                text += self._select()
            case "ASK":
                text += (
                    self._tokens.any()
                    + self._graphs()
                    + self._tokens.if_word("WHERE")
                    + self._group()
                    + self._modifiers()
                )
            case "CONSTRUCT":
                text += self._tokens.any() + self._construct()
            case "DESCRIBE":
                text += self._tokens.any() + self._describe() + self._modifiers()
        text += self._values()
        if self._tokens.next.kind != "end":
            raise NotUnderstoodError
        return text + self._tokens.next.before

    # Clauses

    def _prologue(self) -> str:
        text = ""
        while self._tokens.keyword in ("PREFIX", "BASE"):
            is_prefix = self._tokens.keyword == "PREFIX"
            text += self._tokens.any()
            name = self._tokens.next.text.removesuffix(":") if is_prefix else ""
            if is_prefix:
                text += self._tokens.take("name")
                self._prefixes[name] = self._tokens.next.text[1:-1]
            text += self._tokens.take("iri")
        return text

    def _select(self) -> str:
        self._expressions.known.append({})
        text = self._tokens.word("SELECT") + self._tokens.if_word("DISTINCT", "REDUCED")
        while not self._tokens.is_sign("{") and self._tokens.keyword not in ("WHERE", "FROM"):
            text += self._column()
        text += self._graphs() + self._tokens.if_word("WHERE") + self._group() + self._modifiers()
        self._expressions.known.pop()
        return text

    def _column(self) -> str:
        if self._tokens.is_sign("*") or self._tokens.next.kind == "variable":
            return self._tokens.any()
        text, name, kind = self._named_value()
        self._expressions.known[-1][name] = kind
        return text

    def _named_value(self) -> tuple[str, str, ValueType]:
        """An expression in brackets, and the variable that it is given to, if it is."""
        text, name = self._tokens.sign("("), ""
        piece = self._expressions.expression()
        text += piece.text
        if self._tokens.keyword == "AS":
            text += self._tokens.any()
            name = self._tokens.next.text[1:]
            text += self._tokens.take("variable")
        return text + self._tokens.sign(")"), name, piece.kind

    def _graphs(self) -> str:
        """The clauses of the dataset, each graph once (§13.2.1: a merge; a set)."""
        text, found = "", set()
        self._is_whole = self._is_whole and self._tokens.keyword != "FROM"
        while self._tokens.keyword == "FROM":
            clause = self._tokens.any() + self._tokens.if_word("NAMED")
            named = clause.upper().endswith("NAMED")
            graph = self._tokens.next
            clause += self._tokens.take("iri", "name")
            graph_of = (named, self.find(graph.text))
            text += "" if graph_of in found else clause
            found.add(graph_of)
        return text

    def _construct(self) -> str:
        text = ""
        if self._tokens.is_sign("{"):
            text += self._tokens.block("{")
            return text + self._graphs() + self._tokens.if_word("WHERE") + self._group() + self._modifiers()
        return self._graphs() + self._tokens.word("WHERE") + self._tokens.block("{") + self._modifiers()

    def _describe(self) -> str:
        text = ""
        while self._tokens.next.kind in ("variable", "iri", "name") or self._tokens.is_sign("*"):
            text += self._tokens.any()
        text += self._graphs()
        where = self._tokens.if_word("WHERE")
        if where or self._tokens.is_sign("{"):
            text += where + self._group()
        return text

    def _modifiers(self) -> str:
        text = ""
        if self._tokens.keyword == "GROUP":
            text += self._tokens.any() + self._tokens.word("BY")
            text += self._repeated(self._key)
        if self._tokens.keyword == "HAVING":
            text += self._tokens.any() + self._repeated(self._constraint)
        if self._tokens.keyword == "ORDER":
            text += self._tokens.any() + self._tokens.word("BY") + self._repeated(self._order)
        while self._tokens.keyword in ("LIMIT", "OFFSET"):
            text += self._tokens.any() + self._tokens.take("number")
        return text

    def _repeated(self, read: Callable[[], str]) -> str:
        text = read()
        while self._is_condition():
            text += read()
        return text

    def _is_condition(self) -> bool:
        """Whether another key, constraint or condition of an order comes."""
        if self._tokens.keyword in ("HAVING", "VALUES"):
            return False
        return (
            self._tokens.next.kind in ("variable", "iri", "name") or self._tokens.is_sign("(") or self._tokens.is_call()
        )

    def _key(self) -> str:
        return self._column() if self._tokens.is_sign("(") else self._expressions.primary().text

    def _order(self) -> str:
        before, direction = self._tokens.next.before, self._tokens.keyword
        word = self._tokens.if_word("ASC", "DESC")
        piece = self._expressions.primary()
        if piece.kind is not ValueType.ANY or piece.is_constant:
            return word + piece.text
        return before + replacements.order(piece, direction if word else "ASC")

    def _constraint(self) -> str:
        if self._tokens.is_sign("("):
            opening = self._tokens.any()
            return opening + replacements.truth(self._expressions.expression()) + self._tokens.sign(")")
        if not self._tokens.is_call() and self._tokens.keyword not in ("EXISTS", "NOT"):
            raise NotUnderstoodError
        return replacements.truth(self._expressions.primary())

    def _values(self) -> str:
        if self._tokens.keyword != "VALUES":
            return ""
        text = self._tokens.any()
        text += self._tokens.block("(") if self._tokens.is_sign("(") else self._tokens.take("variable")
        return text + self._tokens.block("{")

    # Groups

    def _group(self) -> str:
        text = self._tokens.sign("{")
        self._expressions.known.append({})
        if self._tokens.keyword == "SELECT":
            text += self._select() + self._values()
        while not self._tokens.is_sign("}"):
            text += self._part()
        self._expressions.known.pop()
        return text + self._tokens.any()

    def _part(self) -> str:
        match self._tokens.keyword:
            case "FILTER":
                return self._tokens.any() + self._constraint()
            case "BIND":
                return self._tokens.any() + self._named_value()[0]
            case "VALUES":
                return self._values()
            case "GRAPH":
                return self._in_graph()
        word = self._tokens.if_word("OPTIONAL", "UNION", "MINUS")
        if word or self._tokens.is_sign("{"):
            return word + self._group()
        return self._tokens.if_sign(".") or self._patterns.triples()

    def _in_graph(self) -> str:
        text = self._tokens.any()
        text += self._tokens.take("variable", "iri", "name")
        self._graphs_around += 1
        text += self._group()
        self._graphs_around -= 1
        return text

    def find(self, token: str) -> RdfTerm:
        """The term of a constant of this query; raises NotUnderstoodError."""
        return self._store.find(self._declared, token)

    def is_missing(self, token: str) -> bool | None:
        """Whether no triple of the queried graph has it; None if that may depend on the selected graphs."""
        if self._graphs_around:
            return False  # as far as is known
        if not self._store.has_node(self.find(token)):
            return True
        return False if self._is_whole else None
