"""Random terms, drawn from all that RDF and SPARQL allow in one, with what is next to it and not allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
E = "http://e/"

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
    """At most this many characters, a few of them escaped, or any that are not ASCII."""
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
    if chance.random() < 0.3:
        return chance.choice(("Quantum", "quantum Ocean", "x", ""))
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
    "large integer": lambda chance: typed(str(chance.choice((-1, 1)) * 10 ** chance.randint(17, 40) - 1), "integer"),
    "large decimal": lambda chance: typed(
        f"{10 ** chance.randint(6, 22) - 1}.{'7' * chance.randint(1, 22)}", "decimal"
    ),
    "odd integer": lambda chance: typed(chance.choice(_NUMBERS), "integer"),
    "odd decimal": lambda chance: typed(chance.choice(_NUMBERS), "decimal"),
    "odd date": lambda chance: typed(chance.choice((chance.choice(_DATES), _near_day(chance))), "date"),
    "other": _other,
    "unknown": lambda chance: Term(text(chance), f"^^{iri(chance).text}"),
    "blank": lambda chance: Term(f"_:{chance.choice('xy')}"),
}
