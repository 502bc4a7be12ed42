"""What columns answer is what the engine answers, to the term, for random graphs and queries."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from st_opendata.query import ReleaseStore
from st_opendata.query.columns import Columns, write_columns

XSD = "http://www.w3.org/2001/XMLSchema#"
E = "http://e/"
PREFIXES = {"e": E, "xsd": XSD}
PREDICATES = ("p", "q", "r")
NAMES = st.sampled_from("abcd").map(lambda name: ox.NamedNode(E + name))
THINGS = st.one_of(NAMES, NAMES, st.just(ox.BlankNode("x")))


def typed(name: str, texts: st.SearchStrategy[str]) -> st.SearchStrategy[ox.Literal]:
    return texts.map(lambda text: ox.Literal(text, datatype=ox.NamedNode(XSD + name)))


WORDS = st.one_of(
    st.sampled_from(
        ["", "Quantum", "quantum Ocean", "İstanbul", "\u212aelvin", 'a "b"\n\\c', "ΟΔΟΣ", "_:x", "\r\n,;'"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=6),
)
INTEGERS = st.one_of(st.integers(-5, 20), st.integers(-(1 << 64), 1 << 64)).map(str)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-50, max_value=10**9).map(str)
DATES = st.one_of(
    st.dates().map(str), st.sampled_from(["2020-02-30", "2020-01-01Z", "-0044-03-15", "12020-01-01", "0000-01-01"])
)
RANGES: dict[str, st.SearchStrategy[object]] = {
    "integer": typed("integer", st.integers(-5, 20).map(str)),
    "small integer": typed("integer", st.sampled_from(["1", "01", "+1", "-0", "7", "7.0"])),
    "large integer": typed("integer", INTEGERS),
    "long integer": typed("integer", st.sampled_from(["999999999999999999", "-999999999999999999", "5"])),
    "long decimal": typed("decimal", st.sampled_from(["999999999.999999999", "-0.7", "1e5"])),
    "int": typed("int", st.integers(-5, 5).map(str)),
    "decimal": typed("decimal", DECIMALS),
    "fine decimal": typed(
        "decimal", st.sampled_from(["0.10", "1.0", "-0.000000000000000001", "100000000000000000000"])
    ),
    "double": typed("double", st.sampled_from(["1", "1E0", "NaN", "0.1", "INF"])),
    "date": typed("date", st.dates().map(str)),
    "strange date": typed("date", DATES),
    "year": typed("gYear", st.sampled_from(["2020", "1999"])),
    "string": WORDS.map(ox.Literal),
    "language": st.builds(lambda text, tag: ox.Literal(text, language=tag), WORDS, st.sampled_from(["en", "de-AT"])),
    "boolean": typed("boolean", st.sampled_from(["true", "1", "0", "maybe"])),
    "thing": THINGS,
    "name": NAMES,
}
USUAL = ("integer", "decimal", "date", "string", "language", "name")


@st.composite
def graphs(draw: st.DrawFn) -> list[ox.Quad]:
    """Triples of three predicates; often the same subjects have each of them once, as in records."""
    quads = []
    records = draw(st.one_of(st.just([]), st.lists(THINGS, min_size=1, max_size=5, unique=True)))
    for predicate in PREDICATES:
        kinds = draw(
            st.one_of(
                st.sampled_from(USUAL).map(lambda kind: [kind]),
                st.lists(st.sampled_from(list(RANGES)), min_size=1, max_size=2),
            )
        )
        objects = st.one_of([RANGES[kind] for kind in kinds])
        facts = st.tuples(THINGS, objects, st.sampled_from(["g", "h", ""]))
        several = draw(st.lists(facts, min_size=0 if records else 1, max_size=8)) if draw(st.booleans()) else []
        for subject, thing, graph in several or [(subject, draw(objects), "") for subject in records or [draw(THINGS)]]:
            triple = (subject, ox.NamedNode(E + predicate), thing)
            quads.append(ox.Quad(*triple))
            if graph:
                quads.append(ox.Quad(*triple, ox.NamedNode(E + graph)))
    return quads


VALUES = st.sampled_from(["?x", "?x", "?x", "?y", "?s", "?z"])
PATTERNS = st.sampled_from(
    ["?s e:q ?y", "?s e:q ?y", "?x e:r ?z", "?y e:p ?z", "?s e:r ?x", "?z e:q ?x", "?s ?p ?y", "?s e:q e:a", "?s a ?z",
     "?s e:p ?s", '?s e:q "Quantum"', "e:a e:q ?y", '?s e:q "quantum Ocean"@en', "?s e:r 1", "?s e:missing ?z"]
)  # fmt: skip
CONSTANTS = st.sampled_from(
    ["e:a", "<http://e/b>", "e:missing", "1", "01", "-3", "2.50", "0.0001", "7.0", '"Quantum"', "'x'", "1e0", "true",
     '"2000-01-01"^^xsd:date', '"quantum Ocean"@en', '"a\\"b"', "?y"]
)  # fmt: skip
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
FORMS = st.sampled_from(["{}", "{}", "{}", "STR({})", "YEAR({})", "MONTH({})", "DAY({})", "LCASE({})", "UCASE({})"])
TEXTS = st.sampled_from(["{}", "STR({})", "LCASE({})", "LCASE(STR({}))", "STR(LCASE({}))", "UCASE({})"])
WANTED = st.sampled_from(['""', '"a"', '"qu"', '"quantum"', '"i"', '"k"', '"σ"', '"Q"@en', "?y", "1"])
OPERANDS = st.builds(lambda form, variable: form.format(variable), FORMS, VALUES)
COMPARISONS = st.builds(
    lambda left, sign, right: f"{left} {sign} {right}", st.one_of(OPERANDS, OPERANDS, CONSTANTS), SIGNS, CONSTANTS
)
TESTS = st.builds(
    lambda name, form, variable, part: f"{name}({form.format(variable)}, {part})",
    st.sampled_from(["CONTAINS", "CONTAINS", "STRSTARTS", "STRENDS", "REGEX"]), TEXTS, VALUES, WANTED,
)  # fmt: skip
CONDITIONS = st.recursive(
    st.one_of(COMPARISONS, TESTS),
    lambda inner: st.one_of(
        st.builds(lambda a, sign, b: f"({a} {sign} {b})", inner, st.sampled_from(["&&", "||"]), inner),
        inner.map(lambda condition: f"!({condition})"),
    ),
    max_leaves=3,
)
BOUND = st.sampled_from(["", "", "", "YEAR(?x)", "MONTH(?x)", "YEAR(?y)", "STR(?x)", "LCASE(?x)", "?x"])
AGGREGATES = st.builds(
    lambda name, variable: "COUNT(*)" if name == "*" else f"{name}{variable})",
    st.sampled_from(["*", "COUNT(", "COUNT(DISTINCT ", "SUM(", "AVG(", "MIN(", "MAX(", "SUM(DISTINCT "]),
    st.sampled_from(["?x", "?x", "?x", "?y", "?s", "?b"]),
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Queries that columns may answer, and such as differ from them by a little."""
    parts = ["?s e:p ?x .", *(f"{pattern} ." for pattern in draw(st.lists(PATTERNS, max_size=2)))]
    bound = draw(BOUND)
    if bound:
        place = 0 if draw(st.integers(0, 9)) == 0 else len(parts)
        parts.insert(place, f"BIND ({bound} AS ?b)")
    for condition in draw(st.lists(CONDITIONS, max_size=1)):
        parts.insert(draw(st.integers(0, len(parts))), f"FILTER ({condition})")
    known = ["?s", "?x", *(["?y"] if "?y" in " ".join(parts) else []), *(["?b"] if bound else [])]
    keys = draw(st.lists(st.sampled_from(known), max_size=2, unique=True))
    made = draw(st.sampled_from(["", "", "", "(YEAR(?x) AS ?k)"]))
    aggregates = [f"({each} AS ?n{place})" for place, each in enumerate(draw(st.lists(AGGREGATES, max_size=3)))]
    columns = [*keys, *(["?k"] if made else []), *aggregates] or ["(COUNT(*) AS ?n)"]
    text = f"SELECT {' '.join(draw(st.permutations(columns)))} {{ {' '.join(parts)} }}"
    if keys or made:
        text += f" GROUP BY {' '.join(keys)} {made}"
    if draw(st.booleans()):
        text += f" ORDER BY {draw(st.sampled_from(['DESC', 'ASC', '']))}(?{ordered(draw(st.sampled_from(columns)))})"
    return text


def ordered(column: str) -> str:
    """The variable of a column."""
    return column.rpartition("?")[2].rstrip(")")


def rows_of(results: ox.QuerySolutions) -> list[tuple[str, ...]]:
    return [tuple(str(value) for value in solution) for solution in results]


def compare(store: ReleaseStore, columns: Columns, query: str) -> bool:
    """Whether columns answered; if so, it was as the engine does, in the order that is set."""
    try:
        expected = store.query(query, PREFIXES)
    except SyntaxError:
        return False
    answered = columns.answer(query, PREFIXES, store)
    if answered is None:
        return False
    assert isinstance(expected, ox.QuerySolutions)
    assert answered.variables == expected.variables, query
    found, rows = rows_of(answered), rows_of(expected)
    assert Counter(found) == Counter(rows), query
    if "ORDER BY" in query:
        names = [str(variable) for variable in expected.variables]
        place = names.index(f"?{ordered(query)}")
        assert [row[place] for row in found] == [row[place] for row in rows], query
    return True


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs(), st.sampled_from([ox.DefaultGraph(), ox.NamedNode("http://e/graph")]), st.data())
def test_columns_answer_as_the_engine(
    quads: list[ox.Quad], graph: ox.DefaultGraph | ox.NamedNode, data: st.DataObject
) -> None:
    asked = data.draw(st.lists(queries(), min_size=30, max_size=30))
    filled = ox.Store()
    filled.extend(quads if isinstance(graph, ox.DefaultGraph) else [ox.Quad(*quad.triple, graph) for quad in quads])
    for quad in quads:
        note(str(quad))
    store = ReleaseStore(filled)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "columns.db"
        write_columns(store, path, memory=1 << 28, threads=1, few=0)
        with closing(Columns(str(path), memory=1 << 27, few=0)) as columns:
            for query in asked:
                compare(store, columns, query)
