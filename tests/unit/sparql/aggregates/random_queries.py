"""Random graphs and queries about them, with `random_terms`; a seed gives the same ones each time.

Terms are drawn as text, and go through the engine's parsers as those of a release do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

from random_terms import KINDS, XSD, E, Term, iri, name, text

PREFIXES = {"e": E, "xsd": XSD}

_USUAL = ("integer", "decimal", "date", "date", "string", "language", "name", "iri", "iri")


@dataclass(frozen=True, slots=True)
class Graph:
    """Triples in N-Quads, the IRIs of their predicates with the objects of each and their kind, and all terms.

    The kind is empty where there are several.
    """

    data: str
    predicates: Sequence[str]
    objects: Sequence[Sequence[Term]]
    kinds: Sequence[str]
    terms: Sequence[Term]


def graph(chance: Random) -> Graph:
    """Triples of three predicates; often the same subjects have each of them once, as in records."""
    subjects = [chance.choice((name, name, iri, KINDS["blank"]))(chance) for _ in range(chance.randint(1, 6))]
    predicates = [Term(f"<{E}p>"), *(iri(chance) if chance.random() < 0.3 else Term(f"<{E}{each}>") for each in "qr")]
    as_records, union = chance.random() < 0.5, chance.choice(("", "<http://e/graph>", "<http://e/graph,2>"))
    lines, objects, kinds_of = [], [], []
    for predicate in predicates:
        usual = [chance.choice(_USUAL)]
        alike = [kind for kind in KINDS if kind.endswith(usual[0])]
        others = chance.choice((alike, alike, list(KINDS)))
        kinds = usual if chance.random() < 0.6 else usual + chance.choices(others, k=chance.randint(1, 2))
        kinds_of.append("" if {*kinds} - {*alike} else usual[0])
        objects.append(list[Term]())
        for subject in subjects if as_records else chance.choices(subjects, k=chance.randint(1, 8)):
            thing = KINDS[chance.choice(kinds)](chance)
            objects[-1].append(thing)
            triple = f"{subject.in_data(chance)} {predicate.in_data(chance)} {thing.in_data(chance)}"
            lines.append(f"{triple} {union} .\n")
            if not union and chance.random() < 0.3:
                lines.append(f"{triple} <http://e/g> .\n")
    names = [each.text for each in predicates]
    return Graph("".join(lines), names, objects, kinds_of, [*subjects, *chain.from_iterable(objects)])


_FORMS = ("{}", "{}", "{}", "STR({})", "YEAR({})", "MONTH({})", "DAY({})", "LCASE({})", "UCASE({})")
_TEXTS = ("{}", "STR({})", "LCASE({})", "LCASE(STR({}))", "STR(LCASE({}))", "UCASE({})")
_WANTED = ('""', '"a"', '"qu"', '"quantum"', '"i"', '"k"', '"σ"', '"Q"@en', "?y", "1", "','", '"http://e/"', "'\x00'")
_CONSTANTS = (
    "e:a",
    "e:missing",
    "1",
    "01",
    "-3",
    "2.50",
    "0.0001",
    "7.0",
    "-0.0",
    "1e0",
    "1e400",
    "true",
    '"Quantum"',
    "?y",
)
_AGGREGATES = (
    "COUNT(*)",
    "COUNT({})",
    "COUNT(DISTINCT {})",
    "SUM({})",
    "AVG({})",
    "MIN({})",
    "MAX({})",
    "SUM(DISTINCT {})",
)
_BOUND = ("YEAR(?x)", "MONTH(?x)", "YEAR(?y)", "STR(?x)", "LCASE(?x)", "?x")


_SIGNS = ("=", "!=", "<", "<=", ">", ">=")
_FITTING = {
    "integer": (("{}",), _SIGNS, _AGGREGATES),
    "decimal": (("{}",), _SIGNS, _AGGREGATES),
    "date": (("{}", "{}", "YEAR({})", "MONTH({})", "DAY({})"), _SIGNS, ("COUNT({})", "MIN({})", "MAX({})")),
    "string": (("{}", "{}", "STR({})"), _SIGNS, ("COUNT({})", "COUNT(DISTINCT {})")),
    "language": (("STR({})",), _SIGNS, ("COUNT({})", "COUNT(DISTINCT {})")),
    "name": (("{}",), _SIGNS[:2], ("COUNT({})", "COUNT(DISTINCT {})")),
    "iri": (("{}",), _SIGNS[:2], ("COUNT({})", "COUNT(DISTINCT {})")),
}
"""Of values of a kind: forms and signs that comparisons have, and aggregates."""


class Queries:
    """Queries about a graph that columns may answer, and such as differ from them by a little."""

    def __init__(self, chance: Random, about: Graph) -> None:
        self._chance = chance
        self._about = about
        self._of = {"?x": 0, "?y": 1, "?z": 2}
        """Predicates by the variable that their objects mostly have."""
        self._fits = True
        """Whether the query is to make sense of the kinds that there are."""

    def draw(self) -> str:
        """One of them."""
        chance = self._chance
        self._fits = chance.random() < 0.7
        p = self._about.predicates[0]
        parts = [f"?s {p} ?x .", *(f"{self._pattern()} ." for _ in range(chance.randint(0, 2)))]
        is_date = self._about.kinds[0] == "date"
        bound = chance.choice(_BOUND) if chance.random() < 0.3 and (is_date or not self._fits) else ""
        if bound:
            parts.insert(0 if chance.random() < 0.1 else len(parts), f"BIND ({bound} AS ?b)")
        variables = [each for each in self._of if each in " ".join(parts)]
        if chance.random() < 0.6:
            parts.insert(chance.randint(0, len(parts)), f"FILTER ({self._condition(variables, 2)})")
        known = ["?s", *(variables if self._fits else ["?x"]), *(["?b"] if bound else [])]
        keys = chance.sample(known, chance.randint(0, 2))
        made = "(YEAR(?x) AS ?k)" if chance.random() < 0.2 and (is_date or not self._fits) else ""
        aggregates = [f"({self._aggregate(variables)} AS ?n{place})" for place in range(chance.randint(0, 3))]
        columns = [*keys, *(["?k"] if made else []), *aggregates] or ["(COUNT(*) AS ?n)"]
        chance.shuffle(columns)
        text = f"SELECT {' '.join(columns)} {{ {' '.join(parts)} }}"
        if keys or made:
            text += f" GROUP BY {' '.join(keys)} {made}"
        if chance.random() < 0.4:
            text += f" ORDER BY {chance.choice(('DESC', 'ASC', ''))}(?{_name_of(chance.choice(columns))})"
        if chance.random() < 0.1:
            text = self._spaced(text)
        if chance.random() < 0.1:
            text += f" LIMIT {chance.randint(0, 3)} OFFSET {chance.randint(0, 2)}"
        return text

    def _spaced(self, text: str) -> str:
        """The same with comments and other space between two words."""
        place = self._chance.choice([found.start() for found in re.finditer(" ", text)])
        space = self._chance.choice(("\t", "\r\n", "\x0b", "\x0c", "\u00a0", "# {é \x00 \\\n", "#'\r", "# } LIMIT 1\n"))
        return f"{text[:place]} {space} {text[place:]}"

    def _pattern(self) -> str:
        chance, (_, q, r) = self._chance, self._about.predicates
        if self._fits:
            place = chance.randint(1, 2)
            object_ = chance.choice(("?y", "?z")) if chance.random() < 0.2 else f"?{'xyz'[place]}"
            if chance.random() < 0.2:
                object_ = self._term_of(place)
            return f"?s {self._about.predicates[place]} {object_}"
        if chance.random() < 0.3:
            return f"?s {chance.choice((q, r, '?p'))} {self._constant()}"
        if chance.random() < 0.1:
            return f"{self._constant()} {q} ?y"
        return chance.choice((
            f"?s {q} ?y", f"?s {q} ?y", f"?x {r} ?z", f"?y <{E}p> ?z", f"?s {r} ?x", f"?s {r} ?z", f"?z {q} ?x",
            "?s ?p ?y", "?s a ?z", f"?s <{E}p> ?s", "?s e:missing ?z",
        ))  # fmt: skip

    def _term_of(self, place: int) -> str:
        """An object of a predicate, or another of its kind."""
        chance, kind = self._chance, self._about.kinds[place]
        odd = f"odd {kind}" if f"odd {kind}" in KINDS and chance.random() < 0.4 else kind
        term = chance.choice(self._about.objects[place]) if not kind or chance.random() < 0.4 else KINDS[odd](chance)
        return "?y" if term.text.startswith("_:") else term.in_query(chance)

    def _constant(self) -> str:
        chance = self._chance
        if chance.random() < 0.3:
            return chance.choice(_CONSTANTS)
        kinds = KINDS[chance.choice(list(KINDS))]
        term = chance.choice(self._about.terms) if chance.random() < 0.7 else kinds(chance)
        if term.suffix and term.suffix.startswith("@") and chance.random() < 0.3:
            term = Term(term.text, chance.choice((term.suffix.swapcase(), "", "@en-US", "@toolongtag", "@en--ltr")))
        return "?y" if term.text.startswith("_:") else term.in_query(chance)

    def _condition(self, variables: Sequence[str], depth: int) -> str:
        chance = self._chance
        if depth and chance.random() < 0.3:
            sign = chance.choice(("&&", "||"))
            return f"({self._condition(variables, depth - 1)} {sign} {self._condition(variables, depth - 1)})"
        if depth and chance.random() < 0.15:
            return f"!({self._condition(variables, depth - 1)})"
        variable = chance.choice(variables) if self._fits else chance.choice(("?x", "?x", "?y", "?s", "?z"))
        kind = self._about.kinds[self._of[variable]] if self._fits else ""
        if chance.random() < 0.3 if kind not in ("string", "language") else chance.random() < 0.7:
            return self._test(variable, kind)
        if kind in _FITTING:
            forms, signs, _ = _FITTING[kind]
            form = chance.choice(forms)
            constant = self._term_of(self._of[variable]) if form == "{}" else str(chance.choice((1, 2, 28, 2010)))
            constant = f'"{chance.choice(("a", "Quantum", ""))}"' if form == "STR({})" else constant
            return f"{form.format(variable)} {chance.choice(signs)} {constant}"
        left = chance.choice(_FORMS).format(variable) if chance.random() < 0.8 else self._constant()
        return f"{left} {chance.choice(_SIGNS)} {self._constant()}"

    def _test(self, variable: str, kind: str) -> str:
        """A condition on a text."""
        chance = self._chance
        wanted = chance.choice(_WANTED) if chance.random() < 0.5 else Term(text(chance), "").in_query(chance)
        test = chance.choice(("CONTAINS", "CONTAINS", "STRSTARTS", "STRENDS", "REGEX"))
        form = "STR({})" if kind in ("name", "iri") else chance.choice(_TEXTS[:5] if kind else _TEXTS)
        return f"{test}({form.format(variable)}, {wanted})"

    def _aggregate(self, variables: Sequence[str]) -> str:
        chance = self._chance
        if not self._fits:
            return chance.choice(_AGGREGATES).format(chance.choice(("?x", "?x", "?x", "?y", "?s", "?b")))
        variable = chance.choice(variables)
        kind = self._about.kinds[self._of[variable]]
        return chance.choice(_FITTING.get(kind, _FITTING["iri"])[2]).format(variable)


def _name_of(column: str) -> str:
    return column.rpartition("?")[2].rstrip(")")
