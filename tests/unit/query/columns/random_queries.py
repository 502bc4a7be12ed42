"""Random graphs and queries about them, drawn from all that RDF and SPARQL allow in a term.

A seed gives the same ones each time. Terms are drawn as text, and go through the engine's parsers as a release does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
E = "http://e/"
PREFIXES = {"e": E, "xsd": XSD}

_LETTERS = "abzAZ059-._~"
_DELIMITERS = "!$&'()*+,;="
_FOREIGN = "\u00a0éßİıς中\u200d\u202e\ud7ff\uf900\ufdcf\ufdf0\uffef😀\U0001fffd\U00020000\U000e1000\U000efffd"
"""Both ends of the ranges of ucschar (RFC 3987), and some between them."""
_PRIVATE = "\ue000\uf8ff\U000f0000\U0010fffd"
_ESCAPED = ("%20", "%2C", "%2c", "%C3%A9", "%00", "%25", "%2F")
_STARTS = (
    "http://e/", "http://e/", "https://e.example/", "http://user:pw,x@e.example:8080/", "http://[::1]/", "file:///",
    "http://é.example/", "HTTP://E/", "urn:x:", "urn:uuid:", "mailto:", "tag:e,2020:", "a+b-c.1:", "http://e/../", "x:",
)  # fmt: skip

_PIECES = (
    "a", "b", "Quantum", "ocean", "Q", " ", "", "é", "e\u0301", "İ", "\u212a", "Σ", "ς", "ﬁ", "ß", "😀", "_:x", '"',
    "http://e/a", "'", '""', "\\", "\\n", "\n", "\r", "\r\n", "\t", ",", ";", "\\N", "NULL", "nan", "1", "$1", "?x",
    "%", "{}", "{0}", "#", "--", "/*", "<", ">", "^^", "@en", "\x00", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b",
    "\x1f", "\x7f", "\x80", "\x85", "\u2028", "\ufeff", "\ufdd0", "\ufffe", "\uffff", "\U0001ffff", "\ue000",
    "\U0010fffd", "2020-01-01",
)  # fmt: skip
_TAGS = (
    "en", "EN", "eN", "en-GB", "EN-gb", "en-gb", "de-Latn-DE", "DE-LATN-de", "x-private", "i-klingon", "zh-cmn-Hans",
)  # fmt: skip
_DATES = (
    "2010-02-31", "2010-02-28", "2011-02-29", "2012-02-29", "2010-13-01", "2010-00-10", "2010-01-00", "2010-04-31",
    "1900-02-29", "2000-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "-0044-03-15", "12020-01-01", "2020-1-1", "",
    "2020-01-01Z", "2020-01-01+14:00", "2020-01-01+15:00", "2020-01-01-00:00", " 2020-01-01 ", "20200101", "2020-01",
)  # fmt: skip
_OTHERS = {
    "dateTime": ("2020-01-01T00:00:00", "2020-01-01T24:00:00Z", "2020-01-01T25:00:00", "2010-02-31T00:00:00", "x",
                 "2020-01-01T00:00:00.10", "2020-12-31T23:59:60Z", "2020-01-01T00:00:00+15:00"),
    "time": ("00:00:00", "24:00:00", "25:00:00", "12:60:00Z"),
    "gYear": ("2020", "1999", "0000", "20", "-0044", "2020Z"),
    "gYearMonth": ("2020-02", "2020-13", "2020-00"),
    "gMonthDay": ("--02-29", "--02-30", "--13-01"),
    "duration": ("P1Y", "PT36H", "P1.5D", "-P0D"),
    "boolean": ("true", "1", "0", "FALSE", "maybe"),
    "double": ("1", "1E0", "-0.0", "NaN", "INF", "-INF", "+INF", "1e400", "0.1", "1e-400", "inf"),
    "float": ("1", "NaN", "-0", "16777217", "1e39"),
    "nonNegativeInteger": ("0", "7", "-7", "18446744073709551615"),
    "unsignedByte": ("7", "300"),
    "anyURI": ("http://e/a", "http://e/a,b"),
    "string": ("Quantum", "x", ""),
}  # fmt: skip
_NUMBERS = (
    "0", "-0", "+0", "00", "01", "+1", "-1", "7", "7.0", "7.", ".5", "-.5", "0.10", "1.50", "-0.0", "-0.7", "2.50",
    "x", "", "1e5", " 5 ", "1,5", "٣", "999999999999999999", "-999999999999999999", "1000000000000000000",
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616", "1" + "0" * 40,
    "0" * 30 + "1", "999999999.999999999", "9999999999.999999999", "-0.000000000000000001", "0.1234567890123456789",
    "1" * 20 + ".5",
)  # fmt: skip
_BARE = re.compile(r"[-+]?(?:[0-9]+|[0-9]*\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Term:
    """An IRI or a blank node as it is written; or a text with its `@…` or `^^<…>`, empty for a plain one."""

    text: str
    suffix: str | None = None

    def in_data(self, chance: Random) -> str:
        """As N-Quads; characters that may be escaped are so now and then."""
        if self.suffix is None:
            return self.text
        return f'"{"".join(_escaped(each, chance) for each in self.text)}"{self.suffix}'

    def in_query(self, chance: Random) -> str:
        """As SPARQL, in one of its ways; without an escape where it can do without."""
        if self.suffix is None:
            return self.text
        suffix = self.suffix
        if suffix.startswith(f"^^<{XSD}") and chance.random() < 0.7:
            suffix = f"^^xsd:{suffix.removeprefix(f'^^<{XSD}')[:-1]}"
            if _BARE.fullmatch(self.text) and suffix in ("^^xsd:integer", "^^xsd:decimal", "^^xsd:double"):
                return self.text
        quote = chance.choice('""\'') if chance.random() < 0.95 else chance.choice(['"""', "'''"])
        text = self.text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        if quote[0] in text:
            quote = '"' if '"' not in text else "'"
            text = text.replace(quote, f"\\{quote}")
        return f"{quote}{text}{quote}{suffix}"


def _escaped(character: str, chance: Random) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character in "\n\r":
        return "\\n" if character == "\n" else "\\r"
    if chance.random() < 0.1:
        return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"
    return character


def is_iri(text: str) -> bool:
    """Whether the engine takes it for an IRI."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def iri(chance: Random) -> Term:
    """An IRI of any characters that RFC 3987 allows."""
    while True:
        path = _some(chance, f"{_LETTERS}{_DELIMITERS}{_DELIMITERS}:@/{_FOREIGN}", 6)
        query = "?" + _some(chance, f"{_LETTERS}{_DELIMITERS}:@/?{_FOREIGN}{_PRIVATE}", 4)
        fragment = "#" + _some(chance, f"{_LETTERS}{_DELIMITERS}:@/?{_FOREIGN}", 3)
        text = chance.choice(_STARTS) + path
        text += (query if chance.random() < 0.3 else "") + (fragment if chance.random() < 0.3 else "")
        if is_iri(text):
            return Term(f"<{text}>")


def _some(chance: Random, characters: str, most: int) -> str:
    """So many characters, a few of them escaped, or any that are not ASCII."""
    drawn = chance.choices(characters, k=chance.randint(0, most))
    others = ([chance.choice(_ESCAPED), _any_character(chance)] for _ in drawn)
    return "".join(
        chance.choice(other) if chance.random() < 0.1 else each for each, other in zip(drawn, others, strict=True)
    )


def _any_character(chance: Random) -> str:
    code = chance.choice((chance.randrange(0x20, 0x3000), chance.randrange(0x20, 0x110000)))
    return chr(code if code not in range(0xD800, 0xE000) else 0xA0)


def text(chance: Random) -> str:
    """A text of words and whatever else a literal may have."""
    pieces = chance.choices(_PIECES, k=chance.choice((0, 1, 1, 2, 3, 5)))
    return "".join(_any_character(chance) if chance.random() < 0.05 else each for each in pieces)


def typed(lexical: str, datatype: str) -> Term:
    """A literal of XML Schema's datatype."""
    return Term(lexical, f"^^<{XSD}{datatype}>")


def name(chance: Random) -> Term:
    """One of few IRIs, which stand for subjects too."""
    return Term(f"<{E}{chance.choice(('a', 'b', 'c', 'd', 'x,y'))}>")


def _other(chance: Random) -> Term:
    datatype = chance.choice(list(_OTHERS))
    return typed(chance.choice(_OTHERS[datatype]), datatype)


def _day(chance: Random) -> str:
    return (
        f"{chance.choice((1, 1999, 2010, 2010, 2020, 9999)):04}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    )


def _near_day(chance: Random) -> str:
    """One that there may be or not."""
    return f"2010-{chance.choice((0, 1, 2, 2, 4, 12, 13)):02}-{chance.choice((0, 1, 28, 29, 30, 31, 32)):02}"


def _decimal(chance: Random) -> str:
    return f"{chance.randint(-(10**6), 10**6)}.{chance.choice(('0', '5', '25', '250', '001'))}"


KINDS: dict[str, Callable[[Random], Term]] = {
    "integer": lambda chance: typed(str(chance.randint(-5, 20)), "integer"),
    "decimal": lambda chance: typed(_decimal(chance), "decimal"),
    "date": lambda chance: typed(_day(chance), "date"),
    "string": lambda chance: Term(text(chance), ""),
    "language": lambda chance: Term(text(chance), f"@{chance.choice(_TAGS)}"),
    "name": name,
    "iri": iri,
    "long integer": lambda chance: typed(chance.choice(("999999999999999999", "-999999999999999999", "5")), "integer"),
    "long decimal": lambda chance: typed(chance.choice(("999999999.999999999", "-0.7", "100000000.0")), "decimal"),
    "odd integer": lambda chance: typed(chance.choice(_NUMBERS), "integer"),
    "odd decimal": lambda chance: typed(chance.choice(_NUMBERS), "decimal"),
    "odd date": lambda chance: typed(chance.choice((chance.choice(_DATES), _near_day(chance))), "date"),
    "other": _other,
    "unknown": lambda chance: Term(text(chance), f"^^{iri(chance).text}"),
    "blank": lambda chance: Term(f"_:{chance.choice('xy')}"),
}
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
        kinds = usual if chance.random() < 0.7 else usual + chance.choices(list(KINDS), k=chance.randint(1, 2))
        kinds_of.append("" if len(kinds) > 1 else kinds[0])
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
