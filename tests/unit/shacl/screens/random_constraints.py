"""Random queries of shapes (sh:sparql) on the data of `pairs`: nested groups, filters, sums, paths."""

from __future__ import annotations

from random import Random

from pairs import EX, Maker
from rdflib import RDF, XSD, BNode, Graph, Literal
from rdflib.collection import Collection
from rdflib.term import Node

from st_opendata.shacl.terms import SH, term_text

_PATHS = ("{0}", "{0}", "{0}", "{0}/{1}", "^{0}", "{0}|{1}", "{0}+", "^({0}/{1})", "{0}/({1}|^{0})", "({0}|^{1})+")
_CONSTANTS = ("1", '"abc"', '"a@en"@en', "true", "5.0", f'"2024-01-01Z"^^<{XSD.date}>')
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class QueryMaker:
    """Makes the query of a seed."""

    def __init__(self, random: Random, maker: Maker) -> None:
        self._random = random
        self._terms = [term_text(each) for each in (*maker.nodes[:5], *maker.classes)]
        self._literals = [*_CONSTANTS, *(term_text(each) for each in maker.literals[:4])]
        self._predicates = [term_text(each) for each in maker.predicates]
        self._count = 0

    def query(self) -> str:
        """A SELECT of $this."""
        if self._random.random() < 0.15:
            return f"{self._sums()} HAVING ({self._expression(['?s0', '?s1'], 1)})"
        end = " LIMIT 99" if self._random.random() < 0.05 else ""
        return f"SELECT $this ?a ?path ?value {{ {self._group(0, ['$this'])} }}{end}"

    def _variable(self, bound: list[str]) -> str:
        if self._random.random() < 0.4:
            return self._random.choice(bound)
        found = self._random.choice(("?a", "?b", "?c", "?value", "?A"))
        bound.append(found)
        return found

    def _triple(self, bound: list[str]) -> str:
        random = self._random
        subject = random.choice(bound) if random.random() < 0.9 else random.choice(self._terms)
        if random.random() < 0.15:
            return f"{subject} a {random.choice(self._terms)} ."
        verb = (
            "?path" if random.random() < 0.1 else random.choice(_PATHS).format(*random.choices(self._predicates, k=2))
        )
        value = self._variable(bound) if random.random() < 0.92 else random.choice([*self._terms, *self._literals])
        if random.random() < 0.05:
            value = f"[ {random.choice(self._predicates)} {value} ]"
        return f"{subject} {verb} {value} ."

    def _group(self, depth: int, bound: list[str]) -> str:
        random = self._random
        parts = [self._triple(bound) for _ in range(random.randint(1, 2))]
        for _ in range(random.randint(0, 2 - depth // 2) if depth < 3 else 0):
            match random.randint(0, 9):
                case 0:
                    parts.append(f"OPTIONAL {{ {self._group(depth + 1, bound)} }}")
                case 1:
                    parts.append(f"{{ {self._group(depth + 1, bound)} }} UNION {{ {self._group(depth + 1, bound)} }}")
                case 2:
                    parts.append(f"{{ {self._group(depth + 1, ['$this'])} }}")
                case 3:
                    parts.append(f"{{ {self._sums()} }}")
                    bound += ["?s0", "?s1"]
                case 4 if depth < 2:
                    self._count += 1
                    source = random.choice([*bound, '"abc"', self._terms[0]])
                    parts.append(f"BIND ({source} AS ?bound{self._count})")
                    bound.append(f"?bound{self._count}")
                case 5 | 6:
                    parts.append(
                        f"FILTER {random.choice(('', 'NOT '))}EXISTS {{ {self._group(depth + 1, list(bound))} }}"
                    )
                case _:
                    parts.append(f"FILTER ({self._expression(bound, depth)})")
        return " ".join(parts)

    def _sums(self) -> str:
        what = self._random.choice(("SUM(?x)", "COUNT(?x)", "COUNT(DISTINCT ?x)", "MAX(?x)", "SUM(?y)"))
        inner = f"$this {self._random.choice(_PATHS).format(*self._random.choices(self._predicates, k=2))} ?x"
        if self._random.random() < 0.3:
            inner += f" . ?x {self._random.choice(self._predicates)} ?y"
        return f"SELECT $this ({what} AS ?s0) (COUNT(*) AS ?s1) {{ {inner} }} GROUP BY $this"

    def _expression(self, bound: list[str], depth: int) -> str:
        random = self._random
        term, other = (random.choice([*bound, *bound, "?a", *self._literals, *self._terms]) for _ in "ab")
        sign, text = random.choice(_COMPARISONS), random.choice(('"a"', '"https:"', "STR($this)", "STR(?a)", other))
        listed = ", ".join(random.choices([*self._terms, *self._literals, *bound, *self._predicates], k=3))
        forms = {
            "comparison": (f"{term} {sign} {other}", f"STR({term}) {sign} {text}"),
            "list": (f"{random.choice((term, '?path'))} {random.choice(('IN', 'NOT IN'))} ({listed})",),
            "text": tuple(f"{name}(STR({term}), {text})" for name in ("STRSTARTS", "CONTAINS", "STRENDS")),
            "kind": (f"isIRI({term})", f"isLiteral({term})", f"BOUND({random.choice(bound)})", "BOUND(?a)"),
        }
        if depth < 3 and random.random() < 0.3:
            one, another = self._expression(bound, depth + 1), self._expression(bound, depth + 1)
            return random.choice((f"({one}) && ({another})", f"({one}) || ({another})", f"!({one})"))
        return random.choice(forms[random.choice(("comparison", "comparison", "comparison", "list", "text", "kind"))])


def make(seed: int) -> tuple[Graph, Graph]:
    """Data, and a shape with one or two queries, which may be nested in another."""
    maker, random = Maker(seed), Random(seed)
    data, shapes = maker.data(), Graph()
    queries = QueryMaker(random, maker)
    holder: Node = EX.S
    if random.random() < 0.3:
        holder = BNode()
        if random.random() < 0.5:
            shapes.add((EX.S, SH["not"], holder))
        else:
            head = BNode()
            Collection(shapes, head, [holder])
            shapes.add((EX.S, SH[random.choice(("or", "and", "xone"))], head))
        shapes.add((holder, RDF.type, SH.NodeShape))
    shapes.add((EX.S, RDF.type, SH.NodeShape))
    for _ in range(random.randint(1, 2)):
        constraint = BNode()
        shapes.add((holder, SH.sparql, constraint))
        shapes.add((constraint, SH.select, Literal(queries.query())))
        shapes.add((constraint, SH.message, Literal("{?value} {$this}", lang="en")))
    for predicate in random.choices(maker.predicates, k=2):
        shapes.add((EX.S, SH[random.choice(("targetSubjectsOf", "targetObjectsOf"))], predicate))
    return data, shapes
