"""Each place where the engine differs from SPARQL 1.1, in every clause; all other parts stay unchanged."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from st_opendata.namespaces import PREFIXES
from st_opendata.sparql.standard import rewrite, run
from st_opendata.sparql.text import Query, check_query, name_columns

E = "http://e/"
NAMES = {**PREFIXES, "e": E}


def answers(query: str, store: ox.Store | None = None) -> list[tuple[str | None, ...]] | bool:
    """The texts of the terms that are found."""
    results = run(store or ox.Store(), query, NAMES)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    assert isinstance(results, ox.QuerySolutions)
    return [tuple(term.value if term is not None else None for term in solution) for solution in results]


def one(query: str) -> str | None:
    [(value,)] = answers(query)
    return value


def column(query: str) -> list[str | None]:
    return [value for (value,) in answers(query)]


@pytest.mark.parametrize(
    ("aggregate", "values", "expected"),
    [
        # The text of whatever has one (§18.5.1.7, STR in §17.4.2.5)
        ("GROUP_CONCAT(?v)", "1 2.50 true", "1 2.5 true"),
        ("GROUP_CONCAT(?v; SEPARATOR=', ')", "<http://e/a> 'x'@en '2020-01-01'^^xsd:date", "http://e/a, x, 2020-01-01"),
        ("group_concat(distinct ?v ; separator = '''\\n''')", "1 1 '1' 'x'@en 'x'@fr", "1\n1\nx\nx"),
        ("GROUP_CONCAT(DISTINCT ?v)", "2 2 3", "2 3"),
        ("GROUP_CONCAT(DISTINCT STR(?v))", "1 '1'", "1"),
        ("GROUP_CONCAT(?v)", "", ""),
        ("GROUP_CONCAT(DISTINCT ?v)", "", ""),
        ("GROUP_CONCAT(1/?v)", "0 1", None),
        ("GROUP_CONCAT(UCASE(?v))", "'a'@en 'b'@en", "A B"),
        # Errors are not counted (§18.5.1.2)
        ("COUNT(1/?v)", "0 1", "1"),
        ("COUNT(YEAR(?v))", "'a' <http://e/a>", "0"),
        ("COUNT(?v + 1)", "", "0"),
        ("COUNT(DISTINCT 1/?v)", "0 0 1 2 2", "2"),
        ("COUNT(DISTINCT 1/?v)", "1 1", "1"),
        ("COUNT(DISTINCT 1/?v)", "", "0"),
        ("COUNT(?v)", "0 1", "2"),
        ("COUNT(*)", "0 1", "2"),
        ("COUNT(DISTINCT *)", "0 0", "1"),
        ("2 * COUNT(1/?v) + 1", "0 1", "3"),
        # Least and greatest by the order of §15.1
        ("MIN(?v)", "'2016'^^xsd:gYear 20000000.0 2952301 '2021'^^xsd:gYear", "2952301"),
        ("MAX(?v)", "11.5 '2015-01-01'^^xsd:date 3", "2015-01-01"),
        ("MIN(?v)", "'x' 5 <http://e/a> 3", "http://e/a"),
        ("MIN(?v)", "100000000000000000000 20 3e0", "3"),
        ("MAX(?v)", "100000000000000000000 99999999999999999999 3e0", "100000000000000000000"),
        ("MIN(STR(?v))", "11.5 '2015' 3", "11.5"),
        ("MAX(DISTINCT ?v)", "1 1 0.5", "1"),
        ("MIN(1/?v)", "0 1", None),
        ("MIN(?v)", "", None),
        ("MIN(?v)", "'2020-01-01T12:00:00Z'^^xsd:dateTime '2020-01-01T13:00:00+02:00'^^xsd:dateTime",
         "2020-01-01T13:00:00+02:00"),
        # Sums beyond what the engine holds
        ("SUM(?v)", "9223372036854775807 1", "9223372036854775808"),
        ("SUM(DISTINCT ?v)", "9223372036854775807 1 1", "9223372036854775808"),
        ("SUM(?v)", "123456789012345678901234567890 0.5", "123456789012345678901234567890.5"),
        ("SUM(?v)", "0.1234567890123456789 1", "1.1234567890123456789"),
        ("AVG(?v)", "9223372036854775807 9223372036854775807", "9223372036854775807"),
        ("AVG(?v)", "10 5 5", "6.666666666666666666"),
        ("AVG(DISTINCT ?v)", "1 1 2", "1.5"),
        ("SUM(?v)", "1 0.5e0", "1.5"),
        ("SUM(?v)", "1 'x'", None),
        ("SUM(?v)", "<http://e/a>", None),
        ("SUM(1/?v)", "0 1", None),
        ("SUM(?v)", "", "0"),
        ("AVG(?v)", "", "0"),
        ("SUM(IF(?v > 1, 1, 0))", "1 2 3", "2"),
    ],
)  # fmt: skip
def test_aggregates(aggregate: str, values: str, expected: str | None) -> None:
    assert one(f"SELECT ({aggregate} AS ?found) {{ VALUES ?v {{ {values} }} }}") == expected


TRUE = ("'x'@en", "'x'", "true", "1", "0.5", "1e0", "'INF'^^xsd:double", "100000000000000000000", "'1'^^xsd:boolean",
        "0.00000000000000000000001", "'false'", "'0'")  # fmt: skip
FALSE = ("''@en", "''", "false", "0", "0.0", "'NaN'^^xsd:double", "'-0'^^xsd:double", "'abc'^^xsd:integer",
         "'maybe'^^xsd:boolean", "'5'^^xsd:boolean", "''^^xsd:decimal")  # fmt: skip
NEITHER = ("<http://e/a>", "UNDEF", "'2020-01-01'^^xsd:date", "'x'^^e:other")


@pytest.mark.parametrize(
    ("pattern", "passes"),
    [
        ("FILTER(?v)", (True, False, False)),
        ("FILTER(!?v)", (False, True, False)),
        ("FILTER(!(?v))", (False, True, False)),
        ("FILTER(?v && true)", (True, False, False)),
        ("FILTER(!?v && (?v || true))", (False, True, False)),
        ("FILTER(?v || true)", (True, True, True)),
        ("FILTER(1 = 2 || ?v || false)", (True, False, False)),
        ("FILTER IF(?v, true, false)", (True, False, False)),
        ("FILTER(IF(?v, ?v, true))", (True, True, False)),
        ("FILTER COALESCE(?v)", (True, False, False)),
        ("FILTER(COALESCE(!?v, true))", (False, True, True)),
        ("FILTER EXISTS { FILTER(?v) }", (True, False, False)),
        ("BIND(IF(?v, 1, 0) AS ?w) FILTER(?w = 1)", (True, False, False)),
        ("{ SELECT ?v { } GROUP BY ?v HAVING(?v) } VALUES ?v { 'x'@en }", (True, False, False)),
        ("OPTIONAL { FILTER(?v) BIND(1 AS ?w) } FILTER BOUND(?w)", (True, False, False)),
    ],
)
def test_effective_boolean_values(pattern: str, passes: tuple[bool, bool, bool]) -> None:
    for values, expected in zip((TRUE, FALSE, NEITHER), passes, strict=True):
        for value in values:
            if "SELECT" in pattern:  # a group sees the values that are in it
                query = f"SELECT ?v {{ VALUES (?v ?n) {{ ({value} 1) }} }} GROUP BY ?v HAVING(?v)"
            else:
                query = f"SELECT ?v {{ VALUES (?v ?n) {{ ({value} 1) }} {pattern} }}"
            assert bool(answers(query)) is expected, (value, pattern)


def test_numbers_that_the_engine_does_not_hold_are_numbers() -> None:
    values = (
        "3 '7'^^xsd:float 123456789012345678901234567890 0.1234567890123456789 '99999999999999999999'^^xsd:unsignedLong"
    )
    others = "'x' '5'@en <http://e/a> true '2020'^^xsd:gYear 'x'^^xsd:integer '1e400'^^xsd:decimal '5'^^e:other"
    query = "SELECT (COUNT(*) AS ?n) {{ VALUES ?v {{ {} }} FILTER({}isNumeric(?v)) }}"
    assert (one(query.format(values, "")), one(query.format(values, "!"))) == ("5", "0")
    assert (one(query.format(others, "")), one(query.format(others, "!"))) == ("0", "8")
    assert answers("ASK { FILTER(isNumeric(?v) || true) }") is True


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("?big + 0", "123456789012345678901234567890"),
        ("1 - ?big * 2 + 0.5", "-246913578024691357802469135778.5"),
        ("-?big", "-123456789012345678901234567890"),
        ("?big / 10", "12345678901234567890123456789"),
        ("?big / 7 * 7", "123456789012345678901234567889.999999999999999999"),
        ("(?big + 1) * (?big - 1) - ?big*?big", "-1"),
        ("?fine * 10", "1.234567890123456789"),
        ("0.0000000001 * 0.0000000001", "0.00000000000000000001"),
        ("?big * 2e0", "2.4691357802469136e+29"),
        ("0 / 3.5", "0"),
        ("0.0 / ?fine", "0"),
        ("?big + '1'", None),
        ("?big + <http://e/a>", None),
        ("?big / 0", None),
        ("?big + ?nothing", None),
        ("1 + 2*3 -4/ 2", "5"),
        ("ABS(-3) + STRLEN('abc') * -2", "-3"),
        ("COALESCE(1/0, ?big + 1)", "123456789012345678901234567891"),
        ("IF(?big + 1, 1, 0)", "1"),
        ("SUM(?big + 1)", "123456789012345678901234567891"),
        ("COUNT(?big + 1)", "1"),
        ("COUNT(1 + ?nothing)", "0"),
    ],
)
def test_arithmetic(expression: str, expected: str | None) -> None:
    values = "(123456789012345678901234567890 0.1234567890123456789)"
    found = one(f"SELECT ({expression} AS ?found) {{ VALUES (?big ?fine) {{ {values} }} }}")
    assert found == expected or float(found or 0) == float(expected or 0) != 0


def test_arithmetic_that_is_nested_deep_stays_short() -> None:
    deep = "(" * 60 + "?v" + " + 1)" * 60
    assert column(f"SELECT ?v {{ VALUES ?v {{ 1 2 }} FILTER({deep} = 61) }}") == ["1"]
    assert len(rewrite(ox.Store(), f"SELECT ({deep} AS ?w) {{}}", NAMES).text) < 100_000


def test_functions_of_texts_with_a_language_are_true() -> None:
    assert column("SELECT ?v { VALUES ?v { 'x'@en ''@en 'y' } FILTER(UCASE(?v)) }") == ["x", "y"]
    assert column("SELECT ?v { VALUES ?v { 'x'@en ''@en 'y' } FILTER(!SUBSTR(?v, 1)) }") == [""]


@pytest.mark.parametrize(
    ("order", "values", "expected"),
    [
        ("?v", "11.5 '2015-01-01'^^xsd:date 3", "3 11.5 2015-01-01"),
        ("DESC(?v)", "11.5 '2015-01-01'^^xsd:date 3", "2015-01-01 11.5 3"),
        ("ASC ( ?v )", "46000000 '73 rue' 99536 8600000 80000000", "99536 8600000 46000000 80000000 73 rue"),
        ("(?v)", "'a' 2 <http://e/a> 1.5 UNDEF", "None http://e/a 1.5 2 a"),
        ("?v", "1e300 100000000000000000000 -100000000000000000001 -100000000000000000000 'NaN'^^xsd:double 5",
         f"-100000000000000000001 -100000000000000000000 5 100000000000000000000 1{'0' * 300} NaN"),
        ("?v", "0.12345678901234567892 0.12345678901234567891 0.123456789012345678 -0.12345678901234567891 -1",
         "-1 -0.12345678901234567891 0.123456789012345678 0.12345678901234567891 0.12345678901234567892"),
        ("?v", "'2020-01-02'^^xsd:date '2020-01-02+05:00'^^xsd:date '2020-01-01'^^xsd:date '12020-01-01'^^xsd:date "
               "'-0044-03-15'^^xsd:date", "-0044-03-15 2020-01-01 2020-01-02+05:00 2020-01-02 12020-01-01"),
        ("?v", "'2020-01-01T12:00:00'^^xsd:dateTime '2020-01-01T12:00:00.5Z'^^xsd:dateTime "
               "'2020-01-01T13:00:00+01:30'^^xsd:dateTime '2020-01-01T12:00:00Z'^^xsd:dateTime",
         "2020-01-01T13:00:00+01:30 2020-01-01T12:00:00 2020-01-01T12:00:00Z 2020-01-01T12:00:00.5Z"),
        ("?v", "'P1Y'^^xsd:duration 'P11M'^^xsd:duration 'P400D'^^xsd:duration", "P11M P1Y P400D"),
        ("?v", "'b'@en 'a' 'c'@fr", "a b c"),
        ("LCASE(?v)", "'B' 'a'", "a B"),
        ("DESC(COALESCE(?v, 5))", "11.5 '2015-01-01'^^xsd:date 3", "2015-01-01 11.5 3"),
        ("DESC(STRLEN(STR(?v))) ?v", "11.5 '2015'^^xsd:gYear 30 2", "11.5 2015 30 2"),
    ],
)  # fmt: skip
def test_orders(order: str, values: str, expected: str) -> None:
    rows = " ".join(f"({value})" for value in _split(values))
    found = column(f"SELECT ?v {{ VALUES (?v) {{ {rows} }} }} ORDER BY {order}")
    assert " ".join(map(str, found)) == expected


def _split(values: str) -> list[str]:
    """Terms, whose texts may have blanks."""
    parts, whole = values.split(" "), []
    for part in parts:
        if whole and whole[-1].count("'") % 2:
            whole[-1] += f" {part}"
        else:
            whole.append(part)
    return whole


def test_groups_are_ordered_by_what_they_come_to() -> None:
    query = """SELECT ?g (COUNT(*) AS ?n) (MAX(?v) AS ?most) {
      VALUES (?g ?v) { ('a' 1) ('a' '2015'^^xsd:gYear) ('b' 11.5) ('b' 3) ('c' 4) ('c' 2) } }
    GROUP BY ?g HAVING(COUNT(1/?v) > 0) ORDER BY DESC(?n) MAX(?v) ?g"""
    assert [row[0] for row in answers(query)] == ["c", "b", "a"]


def test_a_hundred_kinds_do_not_end_the_process() -> None:
    """The engine's own order of them panics, which no caller can catch."""
    values = [f"{n * 7919 % 1009}{kind}" for n in range(100) for kind in ("", ".5")]
    values += [f'"{1000 + n * 31 % 977}"^^xsd:gYear "{n} rue" "{1000 + n}-01-01"^^xsd:date' for n in range(100)]
    query = f"SELECT * {{ VALUES ?v {{ {' '.join(values)} }} }} ORDER BY ?v"
    check_query(Query(query))
    assert len(column(name_columns(Query(query)))) == 500


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("FROM e:g FROM e:g", 1),
        (f"FROM <{E}g> FROM e:g FROM NAMED e:h", 1),
        ("FROM e:g FROM e:h", 2),
        ("FROM NAMED e:g FROM NAMED e:g", 0),
    ],
)
def test_a_graph_named_twice_is_one(clauses: str, expected: int) -> None:
    store = ox.Store()
    for graph in "gh":
        name, graph_name = ox.NamedNode(E + graph), ox.NamedNode(E + graph)
        store.add(ox.Quad(name, name, name, graph_name))
    assert len(answers(f"SELECT * {clauses} {{ ?s ?p ?o }}", store)) == expected
    assert len(answers(f"SELECT * {clauses} {{ GRAPH ?g {{ ?s ?p ?o }} }}", store)) == ("NAMED" in clauses)
    assert answers(f"ASK {clauses} {{ ?s ?p ?o }}", store) is bool(expected)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT ?x (COUNT(?x) AS ?n) (COUNT(DISTINCT ?x) AS ?m) { ?x a st:City FILTER(?x = 1 || !BOUND(?y)) }",
        "SELECT (SUM(STRLEN(?x)) AS ?n) (MIN(STR(?x)) AS ?m) { ?x !(a|^e:b)* ?y ; e:c.d 1.5, 'x'@en }",
        "SELECT ?x { ?x ?y ?z FILTER(?z<?y&&?x>3) }",  # <…> might be an IRI
        "SELECT ?x { << ?x ?y ?z >> ?a ?b FILTER(?b) }",
        "SELECT ?x { ?x ?y ?z FILTER(?z) LATERAL { ?a ?b ?c } }",
        "SELECT ?x { ?x ?y '\\u0027 FILTER(?z)' FILTER(?z) }",  # an escape may end a text
        "SELECT ?n { { SELECT (COUNT(?x) AS ?n) { ?x a ?y } GROUP BY ?y ORDER BY DESC(?n) } } ORDER BY (STR(?n))",
        "ASK { ?x ?y ?z FILTER(STRSTARTS(?x, 'ORDER BY ?x FILTER(?z)')) } # ORDER BY ?x",
        'CONSTRUCT { ?x ?y [ e:a ( 1 2 ) ] } WHERE { ?x ?y ?z MINUS { ?z e:p """COUNT(1/0)""" } }',
    ],
)
def test_other_queries_stay_as_they_are(query: str) -> None:
    assert rewrite(ox.Store(), query, NAMES).text == query


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("# Why?\nPREFIX e:<http://e/>\tSELECT*{?s e:p* ?v;e:q[e:r(1 2)]. # ) \n FILTER(?v) }# end", 3),
        ("DESCRIBE ?v e:a FROM e:g WHERE { ?s ?p ?v OPTIONAL { ?v e:q 1. FILTER(?v) } } ORDER BY STR(?v) LIMIT 3", 1),
        ("CONSTRUCT WHERE { ?s ?p ?v } ORDER BY ?v OFFSET 2", 0),
        ("CONSTRUCT { ?s ?p 'FILTER(?v)' } FROM e:g { ?s ?p ?v FILTER NOT EXISTS { ?v ?p ?s FILTER(!?v) } }", 1),
        ("SELECT REDUCED ?a ('x' AS ?b) { GRAPH ?g { ?a ?c ?v } { VALUES (?x ?y) { (UNDEF 1) } } UNION { ?a e:b ?v } "
         "FILTER(?a IN (1, ?v) && ?v NOT IN () || -?v + 2 * ?a / +3 - ?a >= xsd:integer(?v) && CONCAT() && ?v) }", 2),
        ("SELECT ?v { ?s ?p ?v } VALUES ?v { 1 } ORDER BY ?v", None),
    ],
)  # fmt: skip
def test_the_rest_stays_byte_for_byte(query: str, kept: int | None) -> None:
    """A replacement has its own brackets; without it the text is unchanged."""
    written = rewrite(ox.Store(), query, NAMES).text
    if kept is None:
        assert written == query
        return
    assert written != query
    assert written.startswith(query.partition("FILTER(")[0].partition("ORDER")[0])
    for tail in ("# end", "LIMIT 3", "OFFSET 2"):
        assert written.endswith(tail) == query.endswith(tail)
    run(ox.Store(), query, NAMES)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT ?v { ?s ?p ?v FILTER(?v) }\nORDER BY ?v LIMIT x", "2:20"),
        ("SELECT (COUNT(1/?v AS ?n) { FILTER(?v) }", "1:23"),
        ("SELECT ?v { FILTER(?v) ", "1:24"),
    ],
)
def test_errors_stand_where_the_text_has_them(query: str, place: str) -> None:
    with pytest.raises(SyntaxError, match=f"error at {place}"):
        run(ox.Store(), query, NAMES)


def test_names_may_hide_casts() -> None:
    """The prefix `xsd` may be declared otherwise."""
    query = "SELECT ?v { ?s ?p ?v } ORDER BY xsd:integer(?v)"
    assert rewrite(ox.Store(), query, NAMES).text == query
    assert rewrite(ox.Store(), f"PREFIX xsd: <{E}> {query}", NAMES).text != query


@pytest.mark.slow
def test_long_chains_are_answered() -> None:
    chain = " || ".join(["?v"] * 1_500)
    assert column(f"SELECT ?v {{ VALUES ?v {{ ''@en 'x'@en }} FILTER({chain}) }}") == ["x"]
