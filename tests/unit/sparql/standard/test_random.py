"""Random values against §15.1, §17.2.2 and §18.5 of SPARQL 1.1 said once more in Python, on lists and by fractions."""

from __future__ import annotations

import os
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import isnan

import pyoxigraph as ox
from hypothesis import given, note, settings
from hypothesis import strategies as st

from st_opendata.namespaces import PREFIXES
from st_opendata.sparql.standard import run

XSD = PREFIXES["xsd"]
Term = ox.NamedNode | ox.Literal
EXACT = ("integer", "decimal", "long", "nonNegativeInteger")
FLOATING = ("double",)


def typed(name: str, texts: st.SearchStrategy[str]) -> st.SearchStrategy[ox.Literal]:
    return texts.map(lambda text: ox.Literal(text, datatype=ox.NamedNode(XSD + name)))


INTEGERS = st.one_of(st.integers(-20, 20), st.integers(-(1 << 66), 1 << 66), st.integers(-(10**40), 10**40)).map(str)
DECIMALS = st.one_of(
    st.decimals(-100, 100, places=2), st.decimals(-1, 1, places=20), st.decimals(-(10**22), 10**22, places=3)
).map(lambda number: f"{number:f}")
DOUBLES = st.one_of(st.floats(width=16), st.sampled_from([1e300, -1e300, 0.1])).map(
    lambda number: str(number).replace("inf", "INF").replace("nan", "NaN")
)
DAYS = st.dates().map(str)
ZONES = st.sampled_from(["", "Z", "+02:00", "-11:30"])
MOMENTS = st.builds(lambda moment, zone: moment.isoformat()[:19] + zone, st.datetimes(), ZONES)
WORDS = st.one_of(st.sampled_from(["", "a", "Ä", "11", "2015", "false"]), st.text("ab1 \\\"'\n", max_size=4))
NUMBERS = st.one_of(
    typed("integer", INTEGERS), typed("decimal", DECIMALS), typed("double", DOUBLES), typed("long", st.just("7")),
    typed("nonNegativeInteger", st.sampled_from(["3", "99999999999999999999"])),
)  # fmt: skip
TERMS = st.one_of(
    NUMBERS,
    NUMBERS,
    typed("date", st.builds(str.__add__, DAYS, ZONES)),
    typed("dateTime", MOMENTS),
    typed("gYear", st.sampled_from(["2015", "1999", "2015Z"])),
    typed("boolean", st.sampled_from(["true", "false", "1", "maybe"])),
    typed("integer", st.sampled_from(["x", ""])),
    typed("duration", st.sampled_from(["P1Y", "P30D", "PT5M"])),
    WORDS.map(ox.Literal),
    WORDS.map(lambda word: ox.Literal(word, language="en")),
    st.sampled_from("abc").map(lambda name: ox.NamedNode(f"http://e/{name}")),
)
MORE = settings(deadline=None, max_examples=int(os.environ.get("ST_EXAMPLES", "50")))


def find(select: str, terms: list[Term], more: str = "") -> list[list[Term | None]]:
    rows = " ".join(f"({number} {term})" for number, term in enumerate(terms))
    query = f"SELECT {select} {{ VALUES (?n ?v) {{ {rows} }} }} {more}"
    note(query)
    results = run(ox.Store(), query, PREFIXES)
    assert isinstance(results, ox.QuerySolutions)
    return [list(solution) for solution in results]


# SPARQL 1.1 in Python


def value(term: Term | None) -> Fraction | float | None:
    """The value of a number: a float unless it is finite; None for other terms."""
    if not isinstance(term, ox.Literal):
        return None
    name = term.datatype.value.removeprefix(XSD)
    try:
        if name in EXACT:
            return Fraction(Decimal(term.value))
        number = float(term.value) if name in FLOATING else None
    except ArithmeticError:
        return None
    return Fraction(number) if number is not None and abs(number) < float("inf") else number


def less(left: Term, right: Term) -> bool:
    """Whether §15.1 has one before the other."""
    if isinstance(left, ox.NamedNode) or isinstance(right, ox.NamedNode):
        return isinstance(left, ox.NamedNode) and (not isinstance(right, ox.NamedNode) or left.value < right.value)
    one, two = value(left), value(right)
    if one is not None and two is not None:
        return one < two
    ordered = left.datatype == right.datatype and left.value < right.value
    match left.datatype.value.removeprefix(XSD):
        case "string":
            return ordered
        case "boolean":
            return ordered and left.value == "false" and right.value == "true"
        case "date" | "gYear":  # where both have no zone
            return ordered and not set(left.value + right.value) & set("Z:")
    is_moment = left.datatype.value == f"{XSD}dateTime"
    return ordered and is_moment and left.value.endswith("Z") and right.value.endswith("Z")


def truth(term: Term) -> bool | None:
    """§17.2.2."""
    if not isinstance(term, ox.Literal):
        return None
    name = term.datatype.value.rpartition("#")[2]
    if name in ("string", "langString"):
        return term.value != ""
    if name == "boolean":
        return term.value in ("true", "1")
    if name in (*EXACT, *FLOATING):
        number = value(term)
        return bool(number) and not isnan(number)
    return None


@given(st.lists(TERMS, max_size=30), st.booleans())
@MORE
def test_orders(terms: list[Term], descends: bool) -> None:
    found = [term for (term,) in find("?v", terms, "ORDER BY DESC(?v)" if descends else "ORDER BY ?v")]
    assert len(found) == len(terms)
    for before, after in combinations(found, 2):
        assert not (less(before, after) if descends else less(after, before)), (before, after)


@given(st.lists(TERMS, min_size=1, max_size=30))
@MORE
def test_least_and_greatest(terms: list[Term]) -> None:
    [(least, greatest)] = find("(MIN(?v) AS ?least) (MAX(?v) AS ?greatest)", terms)
    found = [term for (term,) in find("?v", terms)]
    assert least in found
    assert greatest in found
    assert not any(less(term, least) or less(greatest, term) for term in found)
    ordered = [term for (term,) in find("?v", terms, "ORDER BY ?v")]
    for extreme, end in ((least, ordered[0]), (greatest, ordered[-1])):
        assert extreme == end or (not less(extreme, end) and not less(end, extreme))


@given(st.lists(st.one_of(NUMBERS, NUMBERS, NUMBERS, TERMS), max_size=12), st.booleans())
@MORE
def test_sums(terms: list[Term], distinct: bool) -> None:
    which = "DISTINCT " if distinct else ""
    [(total, average)] = find(f"(SUM({which}?v) AS ?sum) (AVG({which}?v) AS ?average)", terms)
    found = [term for (term,) in find("?v", terms)]
    numbers = [value(term) for term in (dict.fromkeys(found) if distinct else found)]
    if None in numbers:
        assert (total, average) == (None, None)
    elif any(term.datatype.value.endswith("double") for term in found):
        assert total.datatype.value == average.datatype.value == f"{XSD}double"
    else:
        assert value(total) == sum(numbers, Fraction(0))
        is_decimal = any(term.datatype.value.endswith("decimal") for term in found)
        assert total.datatype.value == XSD + ("decimal" if is_decimal else "integer")
        exact = sum(numbers, Fraction(0)) / max(1, len(numbers))
        assert 0 <= (exact - value(average)) * (1 if exact > 0 else -1) < Fraction(1, 10**18)


@given(st.lists(TERMS, max_size=12))
@MORE
def test_truth(terms: list[Term]) -> None:
    for constraint, passes in (
        ("?v", lambda each: each is True),
        ("!?v", lambda each: each is False),
        ("?v || ?n < 0", lambda each: each is True),
        ("?n >= 0 && !?v", lambda each: each is False),
        ("IF(?v, 1, 0) = 1", lambda each: each is True),
        ("COALESCE(!?v, true)", lambda each: each is not True),
    ):
        rows = find(f"?n (IF({constraint}, 1, 0) AS ?passes)", terms)
        found = [int(number.value) for number, passed in rows if passed is not None and passed.value == "1"]
        assert found == [number for number, term in enumerate(terms) if passes(truth(term))], constraint


@given(st.lists(TERMS, max_size=8), st.booleans())
@MORE
def test_counts_and_concatenations(terms: list[Term], distinct: bool) -> None:
    which = "DISTINCT " if distinct else ""
    [(count, all_)] = find(
        f"(COUNT({which}STRLEN(?v)) AS ?count) (GROUP_CONCAT({which}?v; SEPARATOR='|') AS ?all)", terms
    )
    found = [term for (term,) in find("?v", terms)]
    strings = ("string", "langString")
    texts = [
        term.value
        for term in found
        if isinstance(term, ox.Literal) and term.datatype.value.rpartition("#")[2] in strings
    ]
    assert int(count.value) == len({len(text) for text in texts} if distinct else texts)
    assert all_.value == "|".join(term.value for term in (dict.fromkeys(found) if distinct else found))
    assert all_.datatype.value == f"{XSD}string"
