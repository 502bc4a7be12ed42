"""Triple patterns of a query as joins: the rows that continue those of the patterns before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rdflib import XSD, BNode, Literal, Variable
from rdflib.term import Node

from st_opendata.shacl.paths import Path, Step
from st_opendata.shacl.screens.columns import DataColumns
from st_opendata.shacl.screens.conditions import Sum
from st_opendata.shacl.screens.queries import THIS, inverted
from st_opendata.shacl.screens.terms import column_text
from st_opendata.shacl.screens.walking import NOTHING, edges, value_pairs
from st_opendata.sql import dialect as sql


class UntranslatedError(Exception):
    """Any node may have a solution."""


@dataclass(frozen=True, slots=True)
class SolutionRows:
    """A query with the columns n (the focus node), `sure`, those of `others`, and those of variables.

    A solution may bind the variables of `maybe`, too.
    """

    query: str
    terms: Mapping[str, str] = field(default_factory=lambda: {THIS: "n"})
    sums: Mapping[str, Sum] = field(default_factory=dict)
    maybe: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """All columns but `sure`."""
        of_sums = [name for each in self.sums.values() for name in (each.value, each.unbound)]
        return list(dict.fromkeys([*self.terms.values(), *of_sums, *self.others]))

    def unsure(self) -> SolutionRows:
        """The same rows; none is sure."""
        return replace(self, query=f"SELECT {', '.join(self.columns)}, FALSE AS sure FROM ({self.query})")


class TriplePatterns:
    """Triple patterns that are joined to rows.

    `limits` are lists of IRIs that the variables of predicates are from. With `distinct`, each row is there as often as
    rdflib finds it; else a row may repeat.
    """

    def __init__(
        self,
        columns: DataColumns,
        rows: SolutionRows,
        numbers: Iterator[int],
        limits: Mapping[str, frozenset[Node]],
        *,
        distinct: bool,
    ) -> None:
        self._columns = columns
        self._before = rows
        self._numbers = numbers
        self._limits = limits
        self._distinct = distinct
        self._from = [f"({rows.query}) AS c"]
        self._where: list[str] = []
        self._bound = {name: f"c.{column}" for name, column in rows.terms.items()}

    def step(self, subject: Node, step: Step, value: Node) -> None:
        """A pattern whose path is a step."""
        pairs = edges(self._columns, step) or NOTHING
        self._join(f"({pairs})", {"n": subject, "v": value})

    def any_predicate(self, subject: Node, predicate: Variable, value: Node) -> None:
        """A pattern whose predicate is a variable."""
        among = self._limits.get(str(predicate))
        texts = None if among is None else {column_text(each) for each in among}
        parts = [
            f"SELECT s AS n, {sql.text(name)} AS p, o AS v FROM {relation}"
            for name, relation in self._columns.relations.items()
            if texts is None or name in texts
        ]
        none = f"SELECT n, {sql.null(sql.TEXT)} AS p, v FROM ({NOTHING})"
        self._join(f"({' UNION ALL '.join(parts) or none})", {"n": subject, "p": predicate, "v": value})

    def path(self, subject: Node, path: Path, value: Node) -> None:
        """A path of several steps, walked from the end that is bound."""
        start = next((each for each in (subject, value) if self._known(each) is not None), None)
        if start is None:
            raise UntranslatedError
        nodes = self._columns.create(f"SELECT DISTINCT {self._known(start)} AS n FROM {self._joined()}")
        pairs = value_pairs(self._columns, path if start == subject else inverted(path), nodes) or f"({NOTHING})"
        self._join(pairs, {"n": start, "v": value if start == subject else subject})

    def rows(self) -> SolutionRows:
        """The rows with the columns of all variables."""
        before = self._before
        terms, selected = dict(before.terms), [f"c.{name} AS {name}" for name in before.columns]
        for name, expression in self._bound.items():
            if name not in terms:
                terms[name] = f"v{next(self._numbers)}"
                selected.append(f"{expression} AS {terms[name]}")
        sure = "FALSE" if before.maybe & terms.keys() or before.sums.keys() & terms.keys() else "c.sure"
        query = f"SELECT {', '.join(selected)}, {sure} AS sure FROM {self._joined()}"
        return replace(before, query=query, terms=terms, maybe=before.maybe - terms.keys())

    def _joined(self) -> str:
        return f"{', '.join(self._from)} WHERE {sql.all_of(self._where or ['TRUE'])}"

    def _join(self, relation: str, ends: Mapping[str, Node]) -> None:
        alias = f"t{len(self._from)}"
        if self._distinct:
            relation = f"(SELECT DISTINCT {', '.join(ends)} FROM {relation})"
        self._from.append(f"{relation} AS {alias}")
        for column, term in ends.items():
            known = self._known(term)
            if known is None:
                self._bound[_name_of(term)] = f"{alias}.{column}"
            else:
                self._where.append(f"{alias}.{column} = {known}")

    def _known(self, term: Node) -> str | None:
        """The constant, or the column of a variable that is bound."""
        if isinstance(term, Variable | BNode):
            return self._bound.get(_name_of(term))
        if isinstance(term, Literal) and term.datatype == XSD.string:  # rdflib has it apart from a plain literal
            raise UntranslatedError
        return sql.text(column_text(term))


def _name_of(term: Node) -> str:
    return str(term) if isinstance(term, Variable) else f"_:{term}"
