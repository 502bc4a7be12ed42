"""The commands on a tiny release: what they answer, in which form, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rdflib

from st_opendata.catalogue.questions import read_questions
from st_opendata.resources import resource_folder

Run = Callable[..., Any]
POPULATIONS = "SELECT ?name ?n { ?c schema:name ?name ; schema:value ?n } ORDER BY ?n"


def test_build(release: Path) -> None:
    manifest = json.loads((release / "release.json").read_text())
    assert manifest["catalogue"] == "tiny"
    assert manifest["created"] == "2020-03-01T00:00:00Z"
    assert manifest["prefixes"] == {}
    assert [(each["id"], each["points"]) for each in manifest["datasets"]] == [("places", 405), ("says", 405)]
    assert manifest["datasets"][0]["rows"] == {"cities": 3, "countries": 3}
    inputs = [each["path"] for each in manifest["inputs"]]
    assert inputs[:3] == ["catalogue.yaml", "places/dataset.yaml", "places/cities.csv"]
    assert "ontology/st-opendata.ttl" in inputs
    names = {each["path"] for each in manifest["files"]}
    assert {"catalog.ttl", "catalog.jsonld", "catalog.rdf", "void.ttl", "tiny.nq", "tiny.nq.gz", "tiny.nt.gz"} <= names
    assert {"report.json", "report.ttl", "places/cities.csv", "places/facts.parquet", "places/schema.jsonld"} <= names
    assert json.loads((release / "report.json").read_text())["conforms"]


def test_build_says_what_it_wrote(catalogue: Path, run: Run, tmp_path: Path) -> None:
    ran = run("build", catalogue, "--output", tmp_path / "new" / "release")
    assert ran.code == 0
    assert ran.out.startswith(f"The release is in {tmp_path / 'new' / 'release'}: 2 datasets, ")
    assert "405 of 405 points" in ran.out
    report = tmp_path / "new" / "release" / "report.json"
    findings = json.loads(report.read_text())["findings"]
    assert findings
    assert all(finding["severity"] != "violation" for finding in findings)
    said = f"What DCAT-AP recommends for the description of the catalogue: {len(findings)} findings in {report}.\n"
    assert ran.err == said


@pytest.mark.slow
def test_site_changes_addresses_and_no_iri(
    catalogue: Path, release: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    ran = run("build", catalogue, "--output", tmp_path / "release", "--site", "https://data.example.net/", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["datasets"][0]["points"] == 405
    assert (tmp_path / "release" / "tiny.nq").read_bytes() == (release / "tiny.nq").read_bytes()
    assert "https://data.example.net/places/cities.csv" in (tmp_path / "release" / "catalog.ttl").read_text()
    assert json.loads((tmp_path / "release" / "release.json").read_text())["created"] == "1970-01-01T00:00:00Z"


def test_check(catalogue: Path, run: Run) -> None:
    ran = run("check", catalogue)
    assert (ran.code, ran.out) == (0, "No findings.\n")
    assert ran.err.startswith("Checked 4 tables with 10 rows, ")
    assert run("check", catalogue, "--lang", "fr").out == "Rien à signaler.\n"


def test_query_table(release: Path, run: Run) -> None:
    ran = run("query", release, POPULATIONS)
    assert ran.code == 0
    assert ran.out.splitlines() == ["name    n", "Lyon    522250", "Munich  1510378", "Vienna  2005760"]
    assert ran.err == "3 rows.\n"
    assert run("query", release, "ASK { ?c schema:name 'Lyon'@en }").out.split() == ["answer", "yes"]


def test_query_formats(release: Path, run: Run) -> None:
    def ask(form: str, query: str = POPULATIONS) -> str:
        ran = run("query", release, query, "--format", form)
        assert ran.code == 0, ran.err
        return str(ran.out)

    assert list(csv.reader(io.StringIO(ask("csv"))))[1] == ["Lyon", "522250"]
    assert ask("tsv").splitlines()[1] == '"Lyon"@en\t522250'
    assert json.loads(ask("json"))["results"]["bindings"][0]["name"]["value"] == "Lyon"
    assert "<sparql" in ask("xml")
    construct = "CONSTRUCT { ?c schema:name ?name } { ?c schema:name ?name }"
    for form, name in (("turtle", "turtle"), ("ntriples", "nt"), ("rdfxml", "xml"), ("jsonld", "json-ld")):
        assert len(rdflib.Graph().parse(data=ask(form, construct), format=name)) == 3
    assert ask("xml", construct) == ask("rdfxml", construct)


def test_the_default_graph_is_a_merge(release: Path, run: Run) -> None:
    """Of facts, catalogue and ontology; a triple counts once, and each dataset is a separate graph."""
    count = "SELECT (COUNT(*) AS ?n) { ?c a schema:City }"
    assert run("query", release, count, "--format", "csv").out.split() == ["n", "3"]
    named = "SELECT (COUNT(*) AS ?n) { GRAPH <https://example.org/tiny/dataset/places> { ?c a schema:City } }"
    assert run("query", release, named, "--format", "csv").out.split() == ["n", "3"]
    for thing in ("dcat:Dataset", "owl:Class"):
        assert run("query", release, f"ASK {{ ?x a {thing} }}").out.split() == ["answer", "yes"]


def test_query_from_a_file_and_a_pipe(release: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text(POPULATIONS)
    assert run("query", release, f"@{tmp_path / 'q.rq'}", "--format", "csv").code == 0
    command = [sys.executable, "-m", "st_opendata", "query", str(release), "-", "--format", "csv"]
    done = subprocess.run(command, input=POPULATIONS, capture_output=True, text=True, check=True)
    assert "Lyon,522250" in done.stdout
    marked = f"\ufeff{POPULATIONS}"  # some editors begin a file with a byte order mark
    done = subprocess.run(command, input=marked, capture_output=True, text=True, check=True, encoding="utf-8")
    assert "Lyon,522250" in done.stdout
    assert "Lyon,522250" in run("query", release, marked, "--format", "csv").out
    ran = run("query", release, "@nothing.rq")
    assert (ran.code, "nothing.rq: the query cannot be read" in ran.err) == (3, True)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT ?x\nWHERE { ?x ?p }", ("query, line 2, column 16", "not SPARQL", "at its end")),
        ("SELECT ?x { ?x ex:p ?y }", ("query, line 1, column 16", 'the prefix "ex" of "ex:p" is unknown')),
        ("SELECT * { ?s ?p ?o", ("line 1, column 20", "at its end")),
        ("INSERT DATA { <a:b> <a:b> <a:b> }", ("line 1, column 1", "INSERT is an update")),
        ("# SELECT\nPREFIX insert: <http://e/> delete where { ?s ?p ?o }", ("line 2", "DELETE is an update")),
        ("ASK {\n SERVICE <http://localhost/> { ?s ?p ?o } }", ("line 2, column 2", "SERVICE asks another server")),
        ("ASK { service silent ?s { ?s ?p ?o } }", ("SERVICE asks another server",)),
    ],
)
def test_queries_that_are_refused(query: str, shown: tuple[str, ...], release: Path, run: Run) -> None:
    ran = run("query", release, query)
    assert ran.code == 2
    assert not ran.out
    for part in shown:
        assert part in ran.err


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?service ?p 'SERVICE <http://x/>' }",
        'ASK { <http://e/SERVICE> <http://e/#insert> """ SERVICE "quoted" """ } # SERVICE',
        "PREFIX service: <http://e/> ASK { service:SERVICE service:x 'it\\'s SERVICE' }",
    ],
)
def test_words_that_only_look_like_a_service(query: str, release: Path, run: Run) -> None:
    assert run("query", release, query).code == 0


def test_query_does_not_fit_format(release: Path, run: Run) -> None:
    ran = run("query", release, POPULATIONS, "--format", "turtle")
    assert (ran.code, "Use one of: table, csv, tsv, json, xml." in ran.err) == (2, True)
    ran = run("query", release, "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv")
    assert (ran.code, "Use one of: turtle, ntriples, rdfxml, jsonld." in ran.err) == (2, True)


def test_output_is_utf8_in_every_locale(release: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "st_opendata",
        "query",
        str(release),
        "SELECT ('\u2192 é' AS ?x) {}",
        "--format",
        "csv",
    ]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    for form in ("csv", "table"):
        done = subprocess.run([*command[:-1], form], env=environment, capture_output=True, check=True)
        assert "\u2192 é" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("command", [("query", "ASK {}"), ("explain", "city/lyon"), ("score",), ("verify",)])
def test_not_a_release(command: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    name, *rest = command
    group = ["release"] if name == "verify" else []
    ran = run(name, *group, tmp_path, *rest)
    assert (ran.code, "is not a release: it has no release.json" in ran.err) == (3, True)
    ran = run(name, *group, tmp_path / "nothing", *rest)
    assert (ran.code, "there is no f" in ran.err) == (3, True)


def test_explain(release: Path, run: Run) -> None:
    ran = run("explain", release, "city/lyon")
    assert ran.code == 0
    assert ran.out == run("explain", release, "https://example.org/tiny/city/lyon").out
    lines = ran.out.splitlines()
    assert lines[0] == "https://example.org/tiny/city/lyon"
    at = lines.index("    Lyon  [en]")
    assert lines[at - 1 : at + 2] == [
        "  schema:name",
        "    Lyon  [en]",
        '        places/cities.csv, row 2, column "name"',
    ]
    assert lines[lines.index("What the sources say") :] == [
        "What the sources say",
        "  schema:value",
        "    * 522250  (preferred)",
        "        source: Census of 2021  (source/insee)",
        "        reason: The census counts.",
        '        says/says.csv, row 2, column "value"',
        "    - 520000  (other)",
        "        source: Page of the city  (source/page)",
        '        says/says.csv, row 3, column "value"',
    ]


@pytest.mark.slow
def test_explain_a_thing_by_another_iri(catalogue: Path, run: Run, tmp_path: Path) -> None:
    description = catalogue / "places" / "dataset.yaml"
    same = '- {virtual: true, name: same, propertyUrl: "owl:sameAs", valueUrl: "wd:{id}"}'
    before = "        - {virtual: true, name: type,"
    description.write_text(description.read_text().replace(before, f"        {same}\n{before}", 1))
    assert run("build", catalogue, "--output", tmp_path / "release").code == 0
    ran = run("explain", tmp_path / "release", "wd:lyon")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "https://example.org/tiny/city/lyon")


def test_explain_in_json(release: Path, run: Run) -> None:
    found = json.loads(run("explain", release, "city/lyon", "--json").out)
    assert [claim["preferred"] for claim in found["claims"]] == [True, False]
    population = next(each for each in found["statements"] if each["predicate"].endswith("/value>"))
    assert population["cells"] == [
        {"file": "places/cities.csv", "row": 2, "column": "inhabitants", "line": None, "offset": None, "cell": None}
    ]
    ran = run("explain", release, "city/paris")
    assert (ran.code, "states nothing about <https://example.org/tiny/city/paris>" in ran.err) == (2, True)


def test_verify(release: Path, run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    ran = run("verify", "release", copy)
    assert (ran.code, "all as release.json says" in ran.out) == (0, True)
    (copy / "places" / "cities.csv").write_text("id\n")
    (copy / "void.ttl").unlink()
    (copy / "notes.txt").touch()
    ran = run("verify", "release", copy)
    assert ran.code == 1
    found = [line.split(":")[0] for line in ran.out.splitlines()]
    assert found[:3] == ["extra  notes.txt", "changed  places/cities.csv", "missing  void.ttl"]
    content = json.loads(run("verify", "release", copy, "--json").out)
    assert not content["whole"]
    assert [each["change"] for each in content["differences"]] == ["extra", "changed", "missing"]


@pytest.mark.parametrize(
    ("file", "content", "command"),
    [
        ("tiny.nq", "<https://example.org/a> <https://example.org/p>", ("query", "ASK {}")),
        ("tiny.nq", None, ("query", "ASK {}")),
        ("catalog.ttl", "a a a", ("query", "ASK {}")),
        ("catalog.ttl", "a a a", ("score",)),
        ("facts/foundingDate.parquet", "PAR1", ("explain", "city/lyon")),
        ("release.json", "{}", ("explain", "city/lyon")),
    ],
)
def test_damaged_release(
    file: str, content: str | None, command: tuple[str, ...], release: Path, run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    (copy / file).unlink() if content is None else (copy / file).write_text(content)
    ran = run(command[0], copy, *command[1:])
    assert ran.code == 3
    assert Path(file).name in ran.err
    assert not ran.out


def test_score(release: Path, run: Run) -> None:
    ran = run("score", release)
    assert ran.code == 0
    assert [line[:23] for line in ran.out.splitlines()] == ["405 of 405  Excellent  "] * 2
    ran = run("score", release / "catalog.ttl", "--fail-under", "405", "--json")
    assert (ran.code, "Use --ask-urls to request them." in ran.err) == (1, True)
    assert run("score", release / "catalog.ttl", "--least", "405", "--json").out == ran.out  # as version 0.1 spelt it
    first = json.loads(ran.out)[0]
    assert first["points"] < 405
    assert any(mark.get("remedy") for mark in first["marks"])
    assert run("score", release / "places" / "cities.csv").code == 3
    assert run("score", "http://127.0.0.1:9/catalog.ttl").code == 4
    assert run("score", "ftp://example.org/catalog.ttl").code == 3


def test_validate(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(
        "@prefix ex: <https://example.org/> .\nex:a a ex:Thing .\nex:b a ex:Thing ; ex:p 1 .\n"
    )
    shape = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix ex: <https://example.org/> .\n"
        "ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .\n"
    )
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "s.ttl").write_text(shape)
    for shapes in (tmp_path / "shapes", tmp_path / "shapes" / "s.ttl"):
        ran = run("validate", tmp_path / "data.ttl", "--shapes", shapes, "--json")
        assert ran.code == 1, ran.err
        [finding] = json.loads(ran.out)["findings"]
        assert (finding["focus"], finding["places"][0]["line"]) == ("<https://example.org/a>", 2)
    shutil.copy(tmp_path / "data.ttl", tmp_path / "more.ttl")
    (tmp_path / "other.ttl").write_text(shape.replace("ex:Shape", "ex:Other"))
    data, more, one, other = (str(tmp_path / name) for name in ("data.ttl", "more.ttl", "shapes/s.ttl", "other.ttl"))
    for arguments in (
        (data, more, "--shapes", one, other),
        (data, more, "-s", one, other, "--lang", "fr"),
        (data, more, "--shapes", one, "--shapes", other),
        ("--shapes", one, "--shapes", other, data, more),
    ):
        ran = run("validate", *arguments, "--json")
        assert len(json.loads(ran.out)["findings"]) == 2, ran.out
    (tmp_path / "data.ttl").write_text("<a:a> <a:b>")
    ran = run("validate", tmp_path / "data.ttl", "--shapes", tmp_path / "shapes")
    assert (ran.code, "data.ttl, line 1" in ran.err) == (3, True)
    assert run("validate", tmp_path / "data.ttl").code == 2
    ran = run("validate", tmp_path / "nothing.ttl", "--shapes", tmp_path / "shapes")
    assert (ran.code, "there is no file" in ran.err) == (3, True)
    (tmp_path / "empty").mkdir()
    ran = run("validate", tmp_path / "data.ttl", "--shapes", tmp_path / "empty")
    assert (ran.code, "has no .ttl file" in ran.err) == (3, True)


def test_nobody_reads_the_output(release: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "st_opendata", "query", str(release), "SELECT * { ?s ?p ?o }", "--format", "csv"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_cannot_be_written(release: Path) -> None:
    command = [sys.executable, "-m", "st_opendata", "query", str(release), "SELECT * { ?s ?p ?o }", "--format", "csv"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("Error: No space left on device")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param(
            "en",
            ("Checked 4 tables with 10 rows, 39 triples.", "The release is in", "all as release.json says.", "3 rows"),
            marks=pytest.mark.slow,
        ),
        (
            "fr",
            (
                "Contrôle fait\N{NO-BREAK SPACE}: 4 tableaux, 10 lignes, 39 triplets.",
                "La publication est dans",
                "conformes",
                "3 lignes",
            ),
        ),
        pytest.param(
            "de",
            ("Geprüft: 4 Tabellen, 10 Zeilen, 39 Tripel.", "Die Veröffentlichung ist in", "alle wie in", "3 Zeilen"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_notes_and_summaries_in_each_language(
    language: str, said: tuple[str, ...], catalogue: Path, run: Run, tmp_path: Path
) -> None:
    checked, written, whole, rows = said
    folder = tmp_path / "release"
    assert run("check", catalogue, "--lang", language).err == checked + "\n"
    assert run("build", catalogue, "--output", folder, "--lang", language).out.startswith(f"{written} {folder}")
    assert whole in run("verify", "release", folder, "--lang", language).out
    assert run("query", folder, POPULATIONS, "--lang", language).err == rows + ".\n"


@pytest.mark.parametrize(
    ("language", "not_checked", "not_written"),
    [
        ("fr", "Les formes n’ont pas été contrôlées", "Aucune publication n’a été écrite dans"),
        ("de", "Die Shapes wurden nicht geprüft", "Es wurde keine Veröffentlichung nach"),
    ],
)
def test_notes_on_a_failed_build_in_each_language(
    language: str, not_checked: str, not_written: str, catalogue: Path, run: Run, tmp_path: Path
) -> None:
    (catalogue / "places" / "cities.csv").unlink()
    ran = run("build", catalogue, "--output", tmp_path / "release", "--lang", language)
    assert ran.code == 1
    assert not_checked in ran.err
    assert not_written in ran.err


def test_a_port_that_is_none_is_told_before_anything_is_built(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_PORT", "eighty")
    ran = run("demo", "--output", tmp_path / "release")
    assert ran.code == 2
    assert "'eighty' is not a valid integer" in ran.err
    assert not (tmp_path / "release").exists()


@pytest.mark.slow
def test_demo_asks_its_questions_in_each_language(run: Run, tmp_path: Path) -> None:
    ran = run("demo", "--output", tmp_path / "release", "--lang", "fr", "--port", "8099")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("Quelles villes ")
    assert "Étape suivante\N{NO-BREAK SPACE}: st-opendata explain" in ran.err
    assert "http://127.0.0.1:8099/" in ran.err
    assert f"st-opendata serve {tmp_path / 'release'} --port 8099" in ran.err
    questions = read_questions(resource_folder("datasets"))
    assert sum(question.name[0].isdigit() for question in questions) == 3
    assert all(set(question.title) == {"en", "fr", "de"} for question in questions)


@pytest.mark.parametrize("star", ["*", "DISTINCT *"])
def test_select_all_gives_columns_in_the_order_of_the_query(star: str, release: Path, run: Run) -> None:
    query = f"# ?a SELECT * first\nSELECT {star} {{ ?thing schema:name ?name ; schema:value $count }} ORDER BY ?count"
    ran = run("query", release, query, "--format", "csv")
    assert ran.out.splitlines()[:2] == ["thing,name,count", "https://example.org/tiny/city/lyon,Lyon,522250"]
    assert run("query", release, query).out.split()[:3] == ["thing", "name", "count"]
    assert run("query", release, "SELECT * {}", "--format", "csv").code == 0


def test_turtle_declares_the_prefixes_that_it_uses(release: Path, run: Run) -> None:
    ran = run("query", release, "CONSTRUCT WHERE { ?c schema:name ?name }", "--format", "ttl")
    assert ran.out.count("@prefix") == 1
    assert "@prefix schema: <https://schema.org/> ." in ran.out


def test_formats_by_extension(release: Path, run: Run) -> None:
    construct = "CONSTRUCT WHERE { ?c schema:name ?name }"
    for extension, form in (("nt", "ntriples"), ("rdf", "rdfxml"), ("ttl", "turtle")):
        ran = run("query", release, construct, "--format", extension)
        assert (ran.code, ran.out) == (0, run("query", release, construct, "--format", form).out)
    ran = run("query", release, construct, "--format", "doc")
    assert (ran.code, "'doc' is not one of" in ran.err) == (2, True)


def test_an_error_in_json(catalogue: Path, run: Run, tmp_path: Path) -> None:
    (catalogue / "catalogue.yaml").write_text("id: tiny\nid: other\n")
    for command in (("check", catalogue, "--format", "json"), ("build", catalogue, "--json")):
        ran = run(*command)
        assert ran.code == 3
        assert ran.err.startswith("Error: catalogue.yaml, line 2")
        found = json.loads(ran.out)
        assert not found["conforms"]
        assert "a second time" in found["error"]["message"]
        assert found["error"]["remedy"] == "Delete one of the two."
        assert found["error"]["place"]["file"] == "catalogue.yaml"
        assert (found["error"]["place"]["line"], found["error"]["place"]["offset"]) == (2, 1)
    ran = run("validate", tmp_path / "nothing.ttl", "--shapes", tmp_path / "nothing.ttl", "--json")
    assert (ran.code, json.loads(ran.out)["error"]["place"]) == (3, None)
    assert not run("check", catalogue).out


@pytest.mark.parametrize("command", ["check", "build"])
def test_findings_for_code_scanning(
    catalogue: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A broken cell as SARIF and as an annotation: its line in the file, seen from the current folder."""
    cities = catalogue / "places" / "cities.csv"
    lines = cities.read_text().splitlines()
    cities.write_text("\n".join([*lines[:2], lines[1], *lines[2:]]) + "\n")
    monkeypatch.chdir(catalogue.parent)
    ran = run(command, catalogue.name, "--format", "sarif")
    [log] = json.loads(ran.out)["runs"]
    place = log["results"][0]["locations"][0]["physicalLocation"]
    assert (ran.code, log["results"][0]["ruleId"]) == (1, "key-duplicate")
    assert place == {
        "artifactLocation": {"uri": f"{catalogue.name}/places/cities.csv"},
        "region": {"startLine": 2},
    }
    ran = run(command, catalogue.name, "--format", "github")
    assert ran.out.startswith(f"::error file={catalogue.name}/places/cities.csv,line=2,title=key-duplicate")


@pytest.mark.slow
def test_a_build_without_findings_writes_an_empty_log(catalogue: Path, run: Run, tmp_path: Path) -> None:
    ran = run("build", catalogue, "--output", tmp_path / "new", "--format", "sarif")
    assert (ran.code, json.loads(ran.out)["runs"][0]["results"]) == (0, [])
    assert "405 of 405 points" in ran.err
