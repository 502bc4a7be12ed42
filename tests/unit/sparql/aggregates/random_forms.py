"""Random queries in the forms of analysts: paths, OPTIONAL, UNION, MINUS, VALUES, subqueries, HAVING, arithmetic.

Most make sense of the kinds of the graph's terms, so that columns may answer them; some do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from random_queries import Graph
from random_terms import KINDS, E, Term, name

_NUMBERS = ("integer", "decimal")
_SIGNS = ("=", "!=", "<", "<=", ">", ">=")
_CONSTANTS = ("0", "1", "2", "-3", "0.5", "2.50", "100", "1000000", "-0.001", "7.0", "999999999999")
_TEXTS = ('"a"', '"Quantum"', '"x"', '""', '"qu"')
_PATTERNS = ('"a"', '"^Q"', '"quantum"', '"a|x"', '"q.*m$"', '"[a-z]"', '"k"')


@dataclass(slots=True)
class Form:
    """A query, the variables of its columns in the order of ORDER BY, and whether this has LIMIT."""

    text: str
    order: Sequence[str] = ()
    limit: str = ""


def ordinary_graph(chance: Random) -> Graph:
    """Triples as in a release: each predicate has objects of one kind, which not all subjects have, and some twice."""
    kinds = ["name", "integer", "decimal", "date", chance.choice(("string", "language")), "name"]
    predicates = [f"<{E}{each}>" for each in "pqrtuv"]
    subjects = [name(chance) for _ in range(chance.randint(2, 6))]
    lines: list[str] = []
    objects: list[list[Term]] = []
    for predicate, kind in zip(predicates, kinds, strict=True):
        objects.append([])
        for subject in subjects if chance.random() < 0.4 else chance.choices(subjects, k=chance.randint(1, 7)):
            objects[-1].append(KINDS[kind](chance))
            lines.append(f"{subject.in_data(chance)} {predicate} {objects[-1][-1].in_data(chance)} <http://e/g> .\n")
    terms = [*subjects, *(term for each in objects for term in each)]
    return Graph("".join(lines), predicates, objects, kinds, terms)


class Forms:
    """Queries about a graph."""

    def __init__(self, chance: Random, about: Graph) -> None:
        self._chance = chance
        self._about = about
        self._names = ["?" + each for each in "xyzuvw"[: len(about.predicates)]]
        """The variables that objects mostly have, by the place of the predicate."""
        self._kinds: dict[str, str] = {}
        """Of the variables that the group binds, so far."""
        self._fresh = 0

    def draw(self) -> Form:
        """One of them."""
        self._kinds, self._fresh = {}, 0
        where = self._group(2)
        text, columns = self._select(where, top=True)
        form = Form(text)
        if self._maybe(0.5):
            form.order = self._chance.sample(columns, self._chance.randint(1, min(2, len(columns))))
            directions = [self._chance.choice(("{}", "DESC({})", "ASC({})")).format(each) for each in form.order]
            form.text += f" ORDER BY {' '.join(directions)}"
            if self._maybe(0.4):
                form.limit = f" LIMIT {self._chance.randint(0, 4)} OFFSET {self._chance.randint(0, 2)}"
        return form

    def _maybe(self, share: float) -> bool:
        return self._chance.random() < share

    def _new(self) -> str:
        self._fresh += 1
        return f"?v{self._fresh}"

    # Clauses

    def _select(self, where: str, *, top: bool) -> tuple[str, list[str]]:
        """A SELECT without modifiers of the order, and its columns; the kinds become those of the columns."""
        columns: list[str] = []
        listed: list[str] = []
        kinds: dict[str, str] = {}
        known = list(self._kinds)
        tail = ""
        if self._maybe(0.7 if top else 0.5):
            keys = self._chance.sample(known, min(len(known), self._chance.randint(0, 2)))
            groups = list(keys)
            if self._maybe(0.25):
                made, kind = self._expression()
                name = self._new()
                groups.append(f"({made} AS {name})")
                keys.append(name)
                self._kinds[name] = kind
            for _ in range(self._chance.randint(0 if keys else 1, 2)):
                name = self._new()
                made, kinds[name] = self._aggregated(2)
                listed.append(f"({made} AS {name})")
            listed += keys
            kinds |= {key: self._kinds[key] for key in keys}
            columns = list(kinds)
            self._chance.shuffle(listed)
            tail = f" GROUP BY {' '.join(groups)}" if groups else ""
            if self._maybe(0.3):
                tail += f" HAVING ({self._aggregated(1)[0]} {self._chance.choice(_SIGNS)} {self._constant()})"
        else:
            columns = self._chance.sample(known, self._chance.randint(1, min(3, len(known))))
            listed = list(columns)
            kinds = {name: self._kinds[name] for name in columns}
            if self._maybe(0.4):
                name = self._new()
                made, kinds[name] = self._expression()
                listed.append(f"({made} AS {name})")
                columns.append(name)
        distinct = "DISTINCT " if self._maybe(0.3) else ""
        self._kinds = kinds
        return f"SELECT {distinct}{' '.join(listed)} {{ {where} }}{tail}", columns

    def _aggregated(self, depth: int) -> tuple[str, str]:
        chance = self._chance
        if depth and self._maybe(0.25):
            left, right = self._aggregated(depth - 1)[0], chance.choice((self._constant(), self._aggregated(0)[0]))
            return f"({left} {chance.choice('+-*/')} {right})", "decimal"
        if depth and self._maybe(0.1):
            return f"{chance.choice(('ROUND', 'FLOOR', 'CEIL', 'ABS'))}({self._aggregated(0)[0]})", "decimal"
        distinct = "DISTINCT " if self._maybe(0.2) else ""
        name = chance.choice(("COUNT(*)", "COUNT", "SUM", "SUM", "AVG", "MIN", "MAX", "SAMPLE"))
        if name == "COUNT(*)":
            return name, "integer"
        if name == "COUNT":
            return f"COUNT({distinct}{self._expression()[0]})", "integer"
        if name in ("SUM", "AVG"):
            return f"{name}({distinct}{self._number(1)})", "decimal"
        made, kind = self._expression()
        return f"{name}({made})", kind

    # Groups

    def _group(self, depth: int) -> str:
        """A group of parts, whose variables are known afterwards."""
        parts = [self._pattern("?s", depth)]
        if depth and self._maybe(0.1):
            parts = [self._data()]
            parts.append(self._pattern("?s", depth))
        for _ in range(self._chance.choice((0, 1, 1, 2, 2, 3) if depth == 2 else (0, 0, 1))):
            parts.append(self._part(depth))
        return " ".join(parts)

    def _part(self, depth: int) -> str:
        makes = [self._more, self._more, self._filter, self._filter, self._bind, self._data]
        if depth:
            makes += [
                lambda: self._optional(depth),
                lambda: self._optional(depth),
                lambda: f"{{ {self._group(depth - 1)} }} UNION {{ {self._group(depth - 1)} }}",
                lambda: f"MINUS {{ {self._aside(depth)} }}",
                lambda: f"FILTER {self._chance.choice(('', 'NOT '))}EXISTS {{ {self._aside(depth)} }}",
                lambda: self._subquery(depth),
                self._alternative,
            ]
        return self._chance.choice(makes)()

    def _more(self) -> str:
        return self._pattern(self._chance.choice(("?s", "?s", "?t", *self._kinds)), 1)

    def _filter(self) -> str:
        return f"FILTER ({self._condition(2)})"

    def _bind(self) -> str:
        made, kind = self._expression()
        name = self._new()
        self._kinds[name] = kind
        return f"BIND ({made} AS {name})"

    def _optional(self, depth: int) -> str:
        inside = self._group(depth - 1)
        return f"OPTIONAL {{ {inside}{f' {self._filter()}' if self._maybe(0.3) else ''} }}"

    def _subquery(self, depth: int) -> str:
        known, self._kinds = self._kinds, {}
        text, _ = self._select(self._group(depth - 1), top=False)
        self._kinds = known | self._kinds
        return f"{{ {text} }}"

    def _aside(self, depth: int) -> str:
        """A group whose variables are not known outside."""
        known = dict(self._kinds)
        text = self._group(depth - 1)
        self._kinds = known
        return text

    def _pattern(self, subject: str, depth: int) -> str:
        chance = self._chance
        place = chance.randrange(len(self._names))
        predicate, kind = self._about.predicates[place], self._about.kinds[place]
        object_ = self._names[place] if self._maybe(0.9) else chance.choice([*self._names, "?s"])
        if self._maybe(0.08):
            term = chance.choice(self._about.objects[place])
            object_ = object_ if term.text.startswith("_:") else term.in_query(chance)
        if depth and self._maybe(0.15):
            return self._path(subject, object_)
        if depth and self._maybe(0.05):
            self._know("?s", "name")
            self._know(object_, "")
            return f"?s ?p {object_} ."
        if self._maybe(0.05):
            object_ = "[]"
        self._know(subject, "name")
        self._know(object_, kind)
        return f"{subject} {predicate} {object_} ."

    def _know(self, name: str, kind: str) -> None:
        if name.startswith("?"):
            self._kinds.setdefault(name, kind)

    def _step(self) -> str:
        return ("^" if self._maybe(0.25) else "") + self._chance.choice(self._about.predicates)

    def _path(self, subject: str, object_: str) -> str:
        self._know(subject, "name")
        self._know(object_, "")
        path = "/".join(self._step() for _ in range(self._chance.randint(1, 2)))
        if self._maybe(0.15):
            path = f"^({path})"
        return f"{subject} {path} {object_} ."

    def _alternative(self) -> str:
        subject, object_ = self._chance.sample(("?s", "?x", "?y", "?t"), 2)
        self._know(subject, "name")
        self._know(object_, "")
        ways = "|".join(self._step() for _ in range(2))
        form = self._chance.choice(("{}", "{}", "({})/{}", "{}|({}/{})", "^({})"))
        return f"{subject} {form.format(ways, self._step(), self._step())} {object_} ."

    def _data(self) -> str:
        chance = self._chance
        place = chance.randrange(len(self._names))
        name = chance.choice(("?s", self._names[place]))
        pool = self._about.terms if name == "?s" else self._about.objects[place]
        drawn = [chance.choice(pool) for _ in range(chance.randint(1, 3))]
        terms = [each.in_query(chance) for each in drawn if not each.text.startswith("_:")] or ["1"]
        if self._maybe(0.2):
            terms.append(chance.choice(("<http://e/missing>", '"missing"', "UNDEF", "12345", terms[0])))
        self._know(name, self._about.kinds[place] if name != "?s" else "name")
        return f"VALUES {name} {{ {' '.join(terms)} }}"

    # Expressions

    def _of(self, *kinds: str) -> str:
        """A variable of one of the kinds, else mostly another value of the kind, now and then any variable."""
        fitting = [name for name, kind in self._kinds.items() if kind in kinds]
        if self._maybe(0.04):
            return self._chance.choice([*self._kinds, "?unknown"] if self._maybe(0.1) else list(self._kinds))
        if fitting:
            return self._chance.choice(fitting)
        text = f"STR({self._any()})"
        return text if "string" in kinds else f"STRLEN({text})" if "integer" in kinds else self._any()

    def _any(self) -> str:
        return self._chance.choice(list(self._kinds))

    def _constant(self) -> str:
        return self._chance.choice(_CONSTANTS)

    def _expression(self) -> tuple[str, str]:
        """An expression and its kind."""
        chance = self._chance
        if self._maybe(0.35):
            name = self._any()
            return name, self._kinds[name]
        match chance.randrange(5):
            case 0 | 1:
                return self._number(2), "decimal"
            case 2 | 3:
                return self._text(2), "string"
        return self._condition(1), "boolean"

    def _number(self, depth: int) -> str:
        chance = self._chance
        if depth and self._maybe(0.35):
            left, right = self._number(depth - 1), chance.choice((self._constant(), self._number(depth - 1)))
            return f"({left} {chance.choice('+-*/')} {right})"
        if depth and self._maybe(0.2):
            inner = self._number(depth - 1)
            form = chance.choice(("ABS({})", "ROUND({})", "FLOOR({})", "CEIL({})", "-({})", "COALESCE({}, 0)"))
            return form.format(inner)
        if depth and self._maybe(0.1):
            return f"IF({self._condition(1)}, {self._number(0)}, {self._number(0)})"
        dates = [name for name, kind in self._kinds.items() if kind == "date"]
        if dates and self._maybe(0.5):
            return f"{chance.choice(('YEAR', 'MONTH', 'DAY'))}({chance.choice(dates)})"
        if self._maybe(0.1):
            return f"STRLEN({self._text(0)})"
        return self._of(*_NUMBERS)

    def _text(self, depth: int) -> str:
        chance = self._chance
        if depth and self._maybe(0.3):
            form = chance.choice((
                'CONCAT({}, "-", {})', "COALESCE({}, {})", 'COALESCE({}, "none")', "SUBSTR({}, 1, 4)", "SUBSTR({}, 2)",
            ))  # fmt: skip
            return form.format(self._text(depth - 1), self._text(depth - 1))
        if depth and self._maybe(0.1):
            return f'IF({self._condition(1)}, {self._text(0)}, "other")'
        if self._maybe(0.1):
            return f"LANG({self._of('language')})"
        if self._maybe(0.5):
            return self._of("string")
        return f"STR({self._any()})"

    def _condition(self, depth: int) -> str:
        chance = self._chance
        if depth and self._maybe(0.3):
            form = chance.choice(("({} && {})", "({} || {})", "!({})"))
            return form.format(self._condition(depth - 1), self._condition(depth - 1))
        variable = self._any()
        wanted = chance.choice(('"en"', '"*"'))
        flags = chance.choice(("", ', "i"'))
        form = chance.choice(("{}", "LCASE({})"))
        function = chance.choice(("CONTAINS", "STRSTARTS", "STRENDS"))
        makes = (
            lambda: f"{self._number(1)} {chance.choice(_SIGNS)} {chance.choice((self._constant(), self._number(0)))}",
            lambda: f"{self._number(1)} {chance.choice(_SIGNS)} {chance.choice((self._constant(), self._number(0)))}",
            lambda: f"{self._text(1)} {chance.choice(_SIGNS)} {chance.choice((*_TEXTS, self._text(0)))}",
            lambda: f"BOUND({variable})",
            lambda: f"{function}({form.format(self._text(0))}, {chance.choice(_TEXTS)})",
            lambda: f"REGEX({self._text(0)}, {chance.choice(_PATTERNS)}{flags})",
            lambda: f"{chance.choice(('isIRI', 'isLiteral', 'isBlank'))}({variable})",
            lambda: f"{variable} {chance.choice(('IN', 'NOT IN'))} ({self._term()}, {self._term()})",
            lambda: f"LANGMATCHES(LANG({self._of('language')}), {wanted})",
            lambda: self._of("string", *_NUMBERS),
            lambda: f"{variable} {chance.choice(('=', '!='))} {self._term()}",
        )
        return chance.choice(makes)()

    def _term(self) -> str:
        chance = self._chance
        term = chance.choice(self._about.terms) if self._maybe(0.8) else KINDS[chance.choice(list(KINDS))](chance)
        is_variable = term.text.startswith("_:") or self._maybe(0.2)
        return self._any() if is_variable else term.in_query(chance)
