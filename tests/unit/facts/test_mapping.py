"""Tables to triples: templates, literals, lists, keys, shards and the way back to the cell."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pyoxigraph
import pytest
import uritemplate
from hypothesis import example, given, settings
from hypothesis import strategies as st

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, base, iris, load_facts, mapping
from st_opendata.model.tables import Column
from st_opendata.place import Place
from st_opendata.rdf.lines import literal_text
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.tables.templates import parse_template

Load = Callable[..., FactBase]
START = "https://example.org/id/"
NS = "https://example.org/ns#"
NAMES = iris.IriContext(START, {"ex": NS})


def lines(facts: FactBase) -> list[str]:
    assert [finding.message["en"] for finding in facts.findings] == []
    return [line for batch in facts.lines() for line in batch]


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE TABLE nothing AS SELECT NULL::VARCHAR AS a FROM range(2)")
    return connection


TEXT = st.text(max_size=8).filter(lambda text: "\0" not in text)


@settings(max_examples=60, deadline=None)
@given(text=TEXT)
@example(text='\\"\n\r\t\\n\u2028\x7f\x01')
def test_literals_read_back(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    column = Column("c", 1, lang="fr")
    ((literal,),) = engine.execute(f"SELECT {mapping.literal(column, 'x')} FROM (SELECT $1 AS x)", [text]).fetchall()
    (triple,) = pyoxigraph.parse(f"<a:s> <a:p> {literal} .".encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    assert triple.object == pyoxigraph.Literal(text, language="fr")


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=32)))
@example(text='\\"\n\r\t\\n\u2028\x7f\x85')
def test_literals_are_canonical(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    written = mapping.literal(Column("c", 1), "x")
    ((literal,),) = engine.execute(f"SELECT {written} FROM (SELECT $1 AS x)", [text]).fetchall()
    assert literal == literal_text(text)


def test_language_tags_are_in_lower_case(load: Load) -> None:
    facts = load("name\nJänner\n", [{"name": "name", "lang": "de-AT", "propertyUrl": "ex:name"}], aboutUrl="x")
    assert lines(facts) == [f'<{START}x> <{NS}name> "Jänner"@de-at .']


@settings(max_examples=60, deadline=None)
@given(a=TEXT.filter(lambda text: "%" not in text), b=TEXT)
@example(a="é /?#[]@!$&'()*+,;=~-._", b="%20é")
def test_templates_expand_as_uritemplate_does(engine: duckdb.DuckDBPyConnection, a: str, b: str) -> None:
    templates = [
        "x/{a}",
        "x{#a}",
        "x/{+a}",
        "x{/a,b}",
        "x{?a,b}",
        "x{&a}",
        "x{;a,b}",
        "x{.a}",
        "{a}{b}",
        "x/{a,b}",
        "x/{a:3}",
    ]
    wanted = tuple(uritemplate.expand(template, a=a, b=b) for template in templates)
    values = {name: iris.VariableValue(name) for name in "ab"}
    columns = [iris.expand(parse_template(template), values.__getitem__, NAMES) for template in templates]
    assert engine.execute(f"SELECT {', '.join(columns)} FROM (SELECT $1 AS a, $2 AS b)", [a, b]).fetchone() == wanted


@settings(max_examples=30, deadline=None)
@given(items=st.lists(st.text("aé/ ,", min_size=1, max_size=4), min_size=1, max_size=3))
def test_lists_expand_as_uritemplate_does(engine: duckdb.DuckDBPyConnection, items: list[str]) -> None:
    templates = ["x/{a}", "x/{a*}", "x{/a*}", "x{?a*}", "x{?a}", "x{#a}"]
    wanted = tuple(uritemplate.expand(template, a=items) for template in templates)
    value = iris.VariableValue("a", listed=True)
    columns = [iris.expand(parse_template(template), lambda _: value, NAMES) for template in templates]
    assert engine.execute(f"SELECT {', '.join(columns)} FROM (SELECT $1::VARCHAR[] AS a)", [items]).fetchone() == wanted


def test_reserved_expansion_keeps_percent_triplets(engine: duckdb.DuckDBPyConnection) -> None:
    column = iris.expand(parse_template("x/{+a}"), lambda _: iris.VariableValue("a"), NAMES)
    assert engine.execute(f"SELECT {column} FROM (SELECT 'http://a/é%20b' AS a)").fetchone() == (
        "x/http://a/%C3%A9%20b",
    )


def test_a_null_variable_makes_no_iri(engine: duckdb.DuckDBPyConnection) -> None:
    columns = [
        iris.expand(parse_template(text), lambda _: iris.VariableValue("a"), NAMES)
        for text in ("x/{a}", "{+a}", "x{?a}", "x{/a}")
    ]
    row = engine.execute(f"SELECT {', '.join(columns)} FROM nothing").fetchone()
    assert row == (None, None, "x", "x")


def test_open_templates_resolve(engine: duckdb.DuckDBPyConnection) -> None:
    column = iris.expand(parse_template("{+a}"), lambda _: iris.VariableValue("a"), NAMES)
    cells = ["ex:cost", "https://a.b/c", "urn:x:y", "city/lyon", "un:known"]
    found = [engine.execute(f"SELECT {column} FROM (SELECT $1 AS a)", [cell]).fetchone()[0] for cell in cells]
    assert found == [f"{NS}cost", "https://a.b/c", "urn:x:y", f"{START}city/lyon", "un:known"]


COLUMNS: list[dict[str, Any]] = [
    {"name": "id", "required": "true"},
    {"name": "label", "lang": "fr", "propertyUrl": "rdfs:label"},
    {"name": "wikidata", "propertyUrl": "owl:sameAs", "valueUrl": "wd:{wikidata}"},
    {"name": "tags", "separator": "|", "propertyUrl": "ex:tag", "valueUrl": "tag/{tags}"},
    {"name": "words", "separator": "|", "propertyUrl": "ex:word", "lang": "en"},
    {"name": "property"},
    {"name": "value", "propertyUrl": "{+property}", "datatype": "decimal"},
    {"name": "kind", "virtual": "true", "propertyUrl": "rdf:type", "valueUrl": "ex:City"},
    {"name": "note", "virtual": "true", "propertyUrl": "ex:note", "default": "fixed", "lang": "en"},
]
CONTENT = (
    "id,label,wikidata,tags,words,property,value\n"
    'lyon,"Lyon ""2""\nville",Q456,a b|c,x|y,ex:cost,1.50\n'
    "wien,Wien,,,,https://example.org/p,3\n"
)


def test_a_table_and_its_triples(load: Load) -> None:
    facts = load(CONTENT, COLUMNS, aboutUrl="city/{id}")
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    decimal = "^^<http://www.w3.org/2001/XMLSchema#decimal>"
    lyon, wien = f"<{START}city/lyon>", f"<{START}city/wien>"
    assert lines(facts) == [
        f"{lyon} <{rdf}> <{NS}City> .",
        f'{lyon} <http://www.w3.org/2000/01/rdf-schema#label> "Lyon \\"2\\"\\nville"@fr .',
        f"{lyon} <http://www.w3.org/2002/07/owl#sameAs> <http://www.wikidata.org/entity/Q456> .",
        f'{lyon} <{NS}cost> "1.50"{decimal} .',
        f'{lyon} <{NS}note> "fixed"@en .',
        f"{lyon} <{NS}tag> <{START}tag/a%20b> .",
        f"{lyon} <{NS}tag> <{START}tag/c> .",
        f'{lyon} <{NS}word> "x"@en .',
        f'{lyon} <{NS}word> "y"@en .',
        f"{wien} <{rdf}> <{NS}City> .",
        f'{wien} <http://www.w3.org/2000/01/rdf-schema#label> "Wien"@fr .',
        f'{wien} <{NS}note> "fixed"@en .',
        f'{wien} <https://example.org/p> "3"{decimal} .',
    ]
    assert facts.triples() == facts.triples("data") == 13
    assert facts.triples("other") == 0
    assert facts.places(lyon, f"<{NS}cost>") == (Place("data/t.csv", row=2, column="value"),)
    assert facts.places(lyon, f"<{NS}tag>", f"<{START}tag/c>") == (Place("data/t.csv", row=2, column="tags"),)
    assert facts.places(wien, f"<{rdf}>") == (Place("data/t.csv", row=3),)
    assert facts.places(wien, None, '"Wien"@fr') == (Place("data/t.csv", row=3, column="label"),)
    assert facts.places(wien, "<a:b>") == ()
    assert facts.objects(lyon, f"<{NS}tag>") == (f"<{START}tag/a%20b>", f"<{START}tag/c>")
    assert facts.objects(wien, "<a:b>") == facts.objects("<a:b>", f"<{NS}tag>") == ()


def test_rows_without_about_url_have_an_iri_from_key_or_number(load: Load) -> None:
    columns = [{"name": "a", "propertyUrl": "ex:a"}, {"name": "b"}]
    facts = load("a,b\nx y,1\nz,2\n", columns, primaryKey=["a", "b"])
    assert lines(facts)[0] == f'<{START}t/x%20y/1> <{NS}a> "x y" .'
    facts = load("a,b\nx,1\nz,2\n", columns)
    assert lines(facts) == [f'<{START}t/1> <{NS}a> "x" .', f'<{START}t/2> <{NS}a> "z" .']


def test_csvw_variables(load: Load) -> None:
    columns = [{"name": "a", "aboutUrl": "r/{_row}/{_sourceRow}/{_column}", "propertyUrl": "ex:{_name}"}]
    assert lines(load("a\nx\n", columns)) == [f'<{START}r/1/2/1> <{NS}a> "x" .']


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("content", "code", "row", "column"),
    [
        ("id,url,p,v\na,https://x.y/a b,ex:p,1\n", "cell-iri", 2, "url"),
        ("id,url,p,v\na,https://x.y/<b>,ex:p,1\n", "cell-iri", 2, "url"),
        ("id,url,p,v\na,https://x.y/100%,ex:p,1\n", "cell-iri", 2, "url"),
        ("id,url,p,v\na,https://x.y/,cost,1\n", "cell-property", 2, "p"),
        ("id,url,p,v\na,https://x.y/,xe:cost,1\n", "cell-property", 2, "p"),
        ("id,url,p,v\na,https://x.y/,,1\n", "cell-template", 2, "p"),
        ("id,url,p,v\n,https://x.y/,ex:p,1\n", "cell-template", 2, "id"),
    ],
)
def test_cells_that_make_no_iri(load: Load, content: str, code: str, row: int, column: str) -> None:
    columns = [
        {"name": "id"},
        {"name": "url", "propertyUrl": "ex:page", "valueUrl": "{+url}"},
        {"name": "p"},
        {"name": "v", "propertyUrl": "{+p}"},
    ]
    facts = load(content, columns, aboutUrl="thing/{id}")
    assert [(one.code, one.places[0].row, one.places[0].column) for one in facts.findings] == [(code, row, column)]
    assert list(facts.lines()) == []


def test_virtual_column_with_an_empty_cell_is_a_finding_a_real_one_states_nothing(load: Load) -> None:
    real = [{"name": "id"}, {"name": "nuts", "propertyUrl": "ex:nuts", "valueUrl": "nuts/{nuts}"}]
    assert lines(load("id,nuts\na,\nb,FR\n", real, aboutUrl="x/{id}")) == [
        f"<{START}x/b> <{NS}nuts> <{START}nuts/FR> ."
    ]
    virtual = [{"name": "id"}, {"name": "nuts"}]
    virtual.append({"name": "v", "virtual": "true", "propertyUrl": "ex:nuts", "valueUrl": "nuts/{nuts}"})
    facts = load("id,nuts\na,\nb,FR\n", virtual, aboutUrl="x/{id}")
    assert [(one.code, one.places) for one in facts.findings] == [
        ("cell-template", (Place("data/t.csv", row=2, column="nuts"),))
    ]


def keyed(make: Callable[..., Path], cities: str, countries: str, separator: dict[str, str] | None = None) -> FactBase:
    key = {"columnReference": "country", "reference": {"resource": "countries.csv", "columnReference": "code"}}
    schema = {
        "columns": [{"name": "id"}, {"name": "country"} | (separator or {})],
        "primaryKey": "id",
        "foreignKeys": [key],
    }
    tables = {
        "cities.csv": (cities, schema),
        "countries.csv": (countries, {"columns": [{"name": "code", "titles": {"en": "Code"}}], "primaryKey": "code"}),
    }
    return load_facts(read_catalogue(make(tables)))


def test_duplicate_keys_are_found_once_with_every_row(make: Callable[..., Path]) -> None:
    with keyed(make, "id,country\nlyon,FR\nwien,AT\nlyon,FR\n", "Code\nFR\nAT\n") as facts:
        (finding,) = facts.findings
        assert finding.code == "key-duplicate" and "2, 4" in finding.message["en"]
        assert [place.row for place in finding.places] == [2, 4]


def test_dangling_keys_name_the_nearest_value(make: Callable[..., Path]) -> None:
    with keyed(make, "id,country\na,FRA\nb,\nc,DE\n", "Code\nFR\nAT\nDE\n") as facts:
        (finding,) = facts.findings
        assert finding.code == "key-dangling" and finding.places == (Place("data/cities.csv", row=2, column="country"),)
        assert "“FRA” is not in the column Code of data/countries.csv. Did you mean “FR”?" in finding.message["en"]


def test_keys_in_lists_are_checked_one_by_one(make: Callable[..., Path]) -> None:
    with keyed(make, "id,country\na,FR|AT\nb,FR|XX\n", "Code\nFR\nAT\n", {"separator": "|"}) as facts:
        assert [(one.code, one.places[0].row) for one in facts.findings] == [("key-dangling", 3)]


def test_keys_to_an_unreadable_table_are_not_judged(make: Callable[..., Path]) -> None:
    with keyed(make, "id,country\na,FR\n", "Kode\nFR\n") as facts:
        assert {one.code for one in facts.findings} == {"column-missing", "column-unknown"}


@pytest.mark.slow
def test_shards_hold_the_same_lines_and_no_subject_twice(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [{"name": "id", "propertyUrl": "ex:id"}, {"name": "n", "propertyUrl": "ex:n", "datatype": "integer"}]
    content = "id,n\n" + "".join(f"s{number},{number}\n" for number in range(300))
    whole = load(content, columns, aboutUrl="x/{id}")
    monkeypatch.setattr(base, "_SHARD_TRIPLES", 20)
    monkeypatch.setattr("st_opendata.facts.triples._PART_ROWS", 1)
    sharded = load(content, columns, aboutUrl="x/{id}")
    batches = list(sharded.lines())
    assert len(batches) > 100
    assert sorted(line for batch in batches for line in batch) == lines(whole)
    assert all(batch == sorted(batch) for batch in batches)
    subjects = [{line.partition(" ")[0] for line in batch} for batch in batches]
    assert sum(map(len, subjects)) == len(set().union(*subjects)) == 300
    assert sharded.places(f"<{START}x/s7>", f"<{NS}n>") == (Place("data/t.csv", row=9, column="n"),)
    assert sharded.objects(f"<{START}x/s7>", f"<{NS}id>") == ('"s7"',)
    assert sharded.triples() == 600


def test_parquet_of_facts_is_deterministic_and_names_cells(load: Load, tmp_path: Path) -> None:
    facts = load(CONTENT, COLUMNS, aboutUrl="city/{id}")
    paths = [tmp_path / name for name in ("a.parquet", "b.parquet")]
    facts.write_facts("data", paths[0])
    load(CONTENT, COLUMNS, aboutUrl="city/{id}").write_facts("data", paths[1])
    assert paths[0].read_bytes() == paths[1].read_bytes()
    rows = pq.read_table(paths[0]).to_pylist()
    assert list(rows[0]) == ["subject", "predicate", "object", "table", "file", "row", "column", "cell"]
    assert [f"{row['subject']} {row['predicate']} {row['object']} ." for row in rows] == lines(facts)
    label = next(row for row in rows if row["object"] == '"Wien"@fr')
    assert (label["table"], label["file"], label["row"], label["column"]) == ("t", "data/t.csv", 3, "label")


def test_parquet_of_a_table_is_typed_without_losing_a_digit(load: Load, tmp_path: Path) -> None:
    kinds = ["integer", "decimal", "date", "boolean", "double", "dateTime", "date", "integer", "string"]
    cells = ["5", "1.500", "2024-02-29", "true", "1E3", "2024-02-29T01:02:03", "2024-02-29Z", "9" * 25, "x"]
    columns = [{"name": f"c{number}", "datatype": kind} for number, kind in enumerate(kinds)]
    facts = load(",".join(str(column["name"]) for column in columns) + f"\n{','.join(cells)}\n{',' * 8}\n", columns[:9])
    assert [finding.code for finding in facts.findings] == ["rows-blank-end"] and facts.rows("t") == 1
    facts = load(",".join(str(column["name"]) for column in columns) + f"\n{','.join(cells)}\n", columns)
    facts.write_table("t", tmp_path / "t.parquet")
    schema = pq.read_schema(tmp_path / "t.parquet")
    assert [str(kind) for kind in schema.types] == [
        "int64", "decimal128(18, 3)", "date32[day]", "bool", "double", "timestamp[us]", "string", "string", "string",
    ]  # fmt: skip


def test_the_engine_reads_nothing_but_the_tables(load: Load, tmp_path: Path) -> None:
    facts = load("a\nx\n", [{"name": "a"}])
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for statement in (
        f"SELECT * FROM read_csv({sql.text(str(tmp_path / 'secret.csv'))})",
        f"COPY (SELECT 1) TO {sql.text(str(tmp_path / 'out.csv'))}",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
    ):
        with pytest.raises(duckdb.Error):
            facts._engine._connection.execute(statement)


def test_nothing_stays_behind(make: Callable[..., Path], tmp_path: Path) -> None:
    folder = make({"t.csv": ("a\nx\n", {"columns": [{"name": "a"}]})})
    spare = tmp_path / "spare"
    spare.mkdir()
    with load_facts(read_catalogue(folder), engine=lambda _, *bounds: DuckDBEngine(spare, *bounds)) as facts:
        assert facts.rows("t") == 1 and len(list(spare.iterdir())) == 1
    assert list(spare.iterdir()) == []


def test_unknown_table(load: Load) -> None:
    with pytest.raises(KeyError):
        load("a\nx\n", [{"name": "a"}]).rows("b")


def test_catalogues_are_json_too(make: Callable[..., Path]) -> None:
    folder = make({"t.csv": ("a\nx\n", {"columns": [{"name": "a"}]})})
    assert json.loads((folder / "catalogue.yaml").read_text())["id"] == read_catalogue(folder).id


_SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from st_opendata.errors import InputError
from st_opendata.facts import load_facts
from st_opendata.catalogue import read_catalogue
from st_opendata.sql.duckdb import DuckDBEngine
catalogue = read_catalogue(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    load_facts(catalogue, memory="20MB", engine=lambda _, *bounds: DuckDBEngine(Path(sys.argv[3]), *bounds))
except InputError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.parametrize("size", [10_000, 600_000])
def test_a_full_disk_is_an_error_not_a_finding(make: Callable[..., Path], tmp_path: Path, size: int) -> None:
    content = "a\n" + "".join(f"{hashlib.md5(str(number).encode()).hexdigest()}\n" for number in range(60_000))
    folder = make({"t.csv": (content, {"columns": [{"name": "a", "propertyUrl": "ex:a"}]})})
    spare = tmp_path / "spare"
    spare.mkdir()
    command = [sys.executable, "-c", _SMALL_DISK, str(folder), str(size), str(spare)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert re.search("the fact base (?:failed|cannot be opened): ", done.stdout)
    assert "Free space" in done.stdout
    assert list(spare.iterdir()) == []
