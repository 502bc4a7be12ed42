"""Tests of a value's text in SQL: TRUE conforms by proof, FALSE fails by proof, NULL is left to a judge (`values`).

Texts are those of `terms.column_text`: a quotation mark in a literal is escaped, so that the first one without a
backslash before it ends the literal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from rdflib import RDF, RDFS, XSD, Literal
from rdflib.term import Node

from st_opendata.shacl.comparing import order
from st_opendata.shacl.patterns import compile_pattern
from st_opendata.shacl.screens.model import Model
from st_opendata.shacl.screens.terms import column_text
from st_opendata.shacl.terms import SH
from st_opendata.shacl.values import Judge, has_datatype, has_language, has_length, languages_of
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

UNKNOWN = sql.null(sql.BOOLEAN)
_LITERAL, _IRI, _BLANK = (sql.starts("v", start) for start in '"<_')
_WITHOUT_ESCAPE = f"NOT {sql.contains('v', chr(92))}"
_DAY = r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_LEXICAL = {
    XSD.integer: "[+-]?[0-9]{1,30}",
    XSD.int: "-?[0-9]{1,9}",
    XSD.long: "-?[0-9]{1,18}",
    XSD.nonNegativeInteger: "[0-9]{1,30}",
    XSD.positiveInteger: "[1-9][0-9]{0,29}",
    XSD.decimal: r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?",
    XSD.double: r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:E-?[0-9]{1,2})?",
    XSD.boolean: "true|false",
    XSD.date: _DAY,
    XSD.dateTime: f"{_DAY}T{_CLOCK}Z?",
}
"""Lexical forms that are valid for certain; for days only if the calendar has them."""
_DAYS = (XSD.date, XSD.dateTime)
_EXACT = {XSD.integer: "-?[0-9]{1,15}", XSD.decimal: r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?"}
"""Numbers that the type of `dialect.number` holds without rounding."""
_MOMENTS = ((XSD.date, _DAY, 10), (XSD.dateTime, f"{_DAY}T{_CLOCK}", 19), (XSD.dateTime, f"{_DAY}T{_CLOCK}Z", 19))
"""Forms that are ordered as their text; one with a time zone has no order with one without."""
_SIGNS = {(1,): ">", (0, 1): ">=", (-1,): "<", (-1, 0): "<=", (0,): "=", (-1, 1): "<>"}
_BOUNDS = {"minExclusive": (1,), "minInclusive": (0, 1), "maxExclusive": (-1,), "maxInclusive": (-1, 0)}
PAIRS = {"lessThan": (-1,), "lessThanOrEquals": (-1, 0)}
_KINDS = {"IRI": (_IRI,), "Literal": (_LITERAL,), "BlankNode": (_BLANK,)} | {
    "BlankNodeOrIRI": (_BLANK, _IRI),
    "BlankNodeOrLiteral": (_BLANK, _LITERAL),
    "IRIOrLiteral": (_IRI, _LITERAL),
}
_ATOM = r"[A-Za-z0-9 _/:;,@%&=~<>#'!\"-]|\\[.\-/+*?()\[\]{}^$|d]|\)"
_SET = r"\[(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9 _/:;,@%=<>#'!.+*?()])+-?\]"
_PORTABLE = re.compile(rf"(?:(?:{_ATOM}|{_SET})(?:(?:[*+?]|\{{[0-9]{{1,2}}(?:,[0-9]{{0,2}})?\}})\??)?|\((?!\?)|[|^$])*")
"""Expressions that mean the same in XPath, Python and RE2 for printable ASCII, if they are valid."""
_MOST_REPEATS = 1_000
"""RE2 refuses expressions with more repetitions."""


@dataclass(frozen=True, slots=True)
class ValueTest:
    """A test of value nodes: its component, the SQL for the column v, and the judge where that is NULL."""

    component: Node
    test: str
    judge: Judge | None = None


def value_tests(model: Model, shape: Node) -> list[ValueTest]:
    """The tests of the shape's constraints that look at a value alone."""
    graph = model.graph
    found = [
        ValueTest(SH.DatatypeConstraintComponent, _datatype(kind), has_datatype(kind))
        for kind in model.values(shape, "datatype")
    ]
    for kind in model.values(shape, "nodeKind"):
        allowed = _KINDS[str(kind).removeprefix(SH)]
        found.append(ValueTest(SH.NodeKindConstraintComponent, sql.any_of(allowed)))
    for members in model.lists(shape, "in"):
        allowed_terms = sql.texts(map(column_text, members))
        found.append(ValueTest(SH.InConstraintComponent, f"v IN {allowed_terms}" if members else "FALSE"))
    for name, allowed_orders in _BOUNDS.items():
        component = SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]
        for bound in model.values(shape, name):
            found.append(ValueTest(component, _bound(bound, allowed_orders), _within(bound, allowed_orders)))
    if (least := model.number(shape, "minLength")) is not None:
        found.append(ValueTest(SH.MinLengthConstraintComponent, _length(f">= {least}"), has_length(least)))
    if (most := model.number(shape, "maxLength")) is not None:
        # An escape is longer than its character.
        short = sql.all_of([f"{sql.length('v')} <= {most + 2}", f"NOT {_BLANK}"])
        test = sql.when([(short, "TRUE")], _length(f"<= {most}"))
        found.append(ValueTest(SH.MaxLengthConstraintComponent, test, has_length(0, most)))
    flags = "".join(map(str, model.values(shape, "flags")))
    for pattern in map(str, model.values(shape, "pattern")):
        found.append(ValueTest(SH.PatternConstraintComponent, _pattern(pattern, flags), _matches(pattern, flags)))
    for head in model.values(shape, "languageIn"):
        ranges = languages_of(graph, head)
        found.append(ValueTest(SH.LanguageInConstraintComponent, _language(ranges), has_language(ranges)))
    return found


def _datatype(datatype: Node) -> str:
    if datatype == XSD.string:
        return plain("v")
    if datatype == RDF.langString:
        return sql.all_of([_LITERAL, f"NOT {native.ends('v', chr(34))}", f"NOT {native.ends('v', '>')}"])
    if datatype == RDFS.Literal:
        return _LITERAL
    if datatype == RDFS.Datatype:
        return UNKNOWN
    cases = [(f"NOT {native.ends('v', f'{chr(34)}^^<{datatype}>')}", "FALSE")]
    if lexical := _LEXICAL.get(datatype):  # type: ignore[call-overload]  # rdflib nodes as keys
        proof = [sql.part_match("v", rf'\A"(?:{lexical})"\^\^')]
        if datatype in _DAYS:
            proof.append(f"{sql.day(sql.substring('v', 2, 10))} IS NOT NULL")
        cases.append((sql.all_of(proof), "TRUE"))
    return sql.when(cases, UNKNOWN)


def _within(bound: Node, allowed: Sequence[int]) -> Judge:
    return lambda term: order(term, bound) in allowed


def _bound(bound: Node, allowed: tuple[int, ...]) -> str:
    """Against a bound of the shape; values that are not literals have no order."""
    cases = [(f"NOT {_LITERAL}", "FALSE")]
    text = column_text(bound)
    if isinstance(bound, Literal):
        sign = _SIGNS[allowed]
        if _exact(text):
            cases.append((_is_number("v"), f"{_number_of('v')} {sign} {_number_of(sql.text(text))}"))
        for datatype, form, length in _MOMENTS:
            if re.fullmatch(_typed(form, datatype), text) and not bound.ill_typed:
                value = sql.substring("v", 2, length)
                cases.append((_is_moment("v", datatype, form), f"{value} {sign} {sql.text(text[1 : length + 1])}"))
    return sql.when(cases, UNKNOWN)


def compared(allowed: tuple[int, ...], value: str = "v", other: str = "w") -> str:
    """The test of a value against that of another property."""
    sign = _SIGNS[allowed]
    numbers = f"{_number_of(value)} {sign} {_number_of(other)}"
    cases = [(sql.all_of([_is_number(value), _is_number(other)]), numbers)]
    for datatype, form, length in _MOMENTS:
        texts = (sql.substring(each, 2, length) for each in (value, other))
        condition = sql.all_of([_is_moment(each, datatype, form) for each in (value, other)])
        cases.append((condition, f" {sign} ".join(texts)))
    return sql.when(cases, UNKNOWN)


def plain(value: str) -> str:
    """The condition that a term is a literal without datatype and language."""
    return sql.all_of([sql.starts(value, '"'), native.ends(value, '"')])


def number_or_null(value: str) -> str:
    """The number of a term of at most 15 digits before the point and 12 after it."""
    return sql.when([(_is_number(value), _number_of(value))])


def _typed(form: str, datatype: Node) -> str:
    return rf'"(?:{form})"\^\^<{re.escape(str(datatype))}>'


def _exact(text: str) -> bool:
    return any(re.fullmatch(_typed(form, datatype), text) for datatype, form in _EXACT.items())


def _is_number(value: str) -> str:
    forms = "|".join(rf'{form}"\^\^<{re.escape(str(datatype))}>' for datatype, form in _EXACT.items())
    return sql.full_match(value, f'"(?:{forms})')


def _number_of(value: str) -> str:
    return sql.number(sql.before(sql.substring(value, 2), '"'))


def _is_moment(value: str, datatype: Node, form: str) -> str:
    of_type = native.ends(value, f'"^^<{datatype}>')
    in_calendar = f"{sql.day(sql.substring(value, 2, 10))} IS NOT NULL"
    return sql.all_of([of_type, sql.part_match(value, rf'\A"{form}"\^\^'), in_calendar])


def _length(condition: str) -> str:
    """The number of characters of an IRI or of a literal without an escape."""
    literal = f"({sql.length(sql.before(sql.substring('v', 2), chr(34)))})"
    return sql.when(
        [
            (_IRI, f"{sql.length('v')} - 2 {condition}"),
            (_BLANK, "FALSE"),
            (_WITHOUT_ESCAPE, f"{literal} {condition}"),
        ],
        UNKNOWN,
    )


def _matches(pattern: str, flags: str) -> Judge:
    matcher = compile_pattern(pattern, flags)
    return lambda term: not _is_blank(term) and matcher.search(str(term))


def _is_blank(term: Node) -> bool:
    return column_text(term).startswith("_")


def _pattern(pattern: str, flags: str) -> str:
    """A portable expression on an IRI or a plain literal of printable ASCII without an escape."""
    cases = [(_BLANK, "FALSE")]
    repeats = prod(max(1, int(number)) for number in re.findall(r"[0-9]+(?=[0-9,]*\})", pattern))
    if not flags and _PORTABLE.fullmatch(pattern) and repeats <= _MOST_REPEATS:
        plain = sql.full_match("v", r'"[ !#-\[\]-~]*"|<[ !#-=?-\[\]-~]*>')
        cases.append((plain, sql.part_match(native.inside("v"), pattern)))
    return sql.when(cases, UNKNOWN)


def _language(ranges: Sequence[str]) -> str:
    """A language tag in one of the ranges, which end at a hyphen or at the end of the tag."""
    tags = "|".join(re.escape(each.lower()) for each in ranges if each != "*")
    if not all(re.fullmatch(r"[A-Za-z0-9-]+|\*", each) for each in ranges):
        return sql.when([(f"NOT {_LITERAL}", "FALSE")], UNKNOWN)
    tag = "[a-z0-9-]+" if "*" in ranges else f"(?:{tags})(?:-[a-z0-9-]+)?"
    return sql.all_of([_LITERAL, sql.part_match("v", rf'"@{tag}\z')])
