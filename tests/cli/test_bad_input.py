"""Bad input through the command line: a clear message with its place and remedy, never a traceback, nothing lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Change = Callable[[Path], object]
Run = Callable[..., Any]


def edit(file: str, old: str, new: str) -> Change:
    def change(catalogue: Path) -> None:
        text = (catalogue / file).read_text("utf-8")
        assert old in text
        (catalogue / file).write_text(text.replace(old, new, 1), "utf-8")

    return change


def put(file: str, content: str | bytes) -> Change:
    def change(catalogue: Path) -> None:
        (catalogue / file).parent.mkdir(exist_ok=True)
        (catalogue / file).write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def cities(row: str) -> Change:
    """Put another first row into the table of cities: row 2 as a spreadsheet counts."""
    return edit("places/cities.csv", "lyon,Lyon,FR,522250,1790-02-14,https://www.lyon.fr/", row)


def broken(catalogue: Path) -> None:
    text = (catalogue / CITIES_CSV).read_text("utf-8").replace("Lyon", "Évry").replace("Munich", "M\udcfcnchen")
    (catalogue / CITIES_CSV).write_bytes(text.encode("utf-8", "surrogateescape"))


def linked(catalogue: Path) -> None:
    outside = catalogue.parent / "outside.csv"
    (catalogue / "places" / "cities.csv").rename(outside)
    (catalogue / "places" / "cities.csv").symlink_to(outside)


def linked_shapes(catalogue: Path) -> None:
    (catalogue.parent / "outside.ttl").touch()
    (catalogue / "shapes").mkdir()
    (catalogue / "shapes" / "mine.ttl").symlink_to("../../outside.ttl")


def dataset_called_shapes(catalogue: Path) -> None:
    (catalogue / "says").rename(catalogue / "shapes")
    edit("catalogue.yaml", "[places, says]", "[places, shapes]")(catalogue)


def alias_bomb() -> Change:
    levels = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return put("catalogue.yaml", "\n".join(levels))


CITIES_CSV = "places/cities.csv"
DATASET = "places/dataset.yaml"
SHAPE = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/> .
ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property [ %s ] .
"""

CONFIGURATION: dict[str, tuple[Change, tuple[str, ...]]] = {
    "empty catalogue": (put("catalogue.yaml", ""), ("catalogue.yaml", "empty")),
    "keys missing": (put("catalogue.yaml", "id: tiny"), ("catalogue.yaml", 'the key "base" is missing', '"title"')),
    "catalogue without datasets": (
        edit("catalogue.yaml", "datasets: [places, says]", "datasets: []"),
        ("catalogue.yaml", "no datasets"),
    ),
    "dataset folder missing": (
        edit("catalogue.yaml", "[places, says]", "[places, says, sayings]"),
        ("catalogue.yaml", "line 25", "sayings"),
    ),
    "YAML syntax": (
        edit("catalogue.yaml", "license: CC_BY_4_0", "license: [CC_BY_4_0"),
        ("catalogue.yaml", "line 1", "column "),
    ),
    "tab in YAML": (edit("catalogue.yaml", "  name:", "\tname:"), ("catalogue.yaml", "line 7", "column 1")),
    "YAML is not UTF-8": (put("catalogue.yaml", "id: caf\xe9".encode("latin-1")), ("catalogue.yaml", "UTF-8")),
    "unknown key": (
        edit("catalogue.yaml", "license:", "licence:"),
        ("catalogue.yaml", "line 10", '"licence"', "license"),
    ),
    "unknown key of a column": (
        edit(DATASET, "lang: en, propertyUrl", "lang: en, propertyURL"),
        (DATASET, "line 12", "propertyUrl"),
    ),
    "duplicate key in YAML": (
        edit("catalogue.yaml", "version: 1.0.0", "id: other"),
        ("catalogue.yaml", "line 24", "id"),
    ),
    "alias bomb": (alias_bomb(), ("catalogue.yaml", "alias")),
    "reference to no table": (
        edit("places/dataset.yaml", "resource: countries.csv", "resource: countrys.csv"),
        ("places/dataset.yaml", 'there is no table "countrys.csv"; did you mean "countries.csv"?'),
    ),
    "unknown code": (edit("catalogue.yaml", "CC_BY_4_0", "CC_BY_4"), ("catalogue.yaml", "line 10", "CC_BY_4_0")),
    "unknown prefix": (edit(DATASET, "schema:name", "shcema:name"), (DATASET, "line 12", "shcema")),
    "bad template": (edit(DATASET, "city/{id}", "city/{id"), (DATASET, "line 7", "city/{id")),
    "template with an unknown column": (edit(DATASET, "city/{id}", "city/{key}"), (DATASET, "line 7", "key")),
    "language tag of the catalogue": (
        edit("catalogue.yaml", "{en: Tiny", "{english language: Tiny"),
        ("catalogue.yaml, line 3, column 9", '"english language" is not a language tag, as en or de-AT is'),
    ),
    "language tag of a keyword": (
        edit("catalogue.yaml", "{en: [city", "{en x: [city"),
        ("catalogue.yaml, line 18, column 11", '"en x" is not a language tag'),
    ),
    "language tag of a table": (
        edit(DATASET, "title: {en: Cities}", 'title: {"e n": Cities}'),
        (DATASET + ", line 5, column 13", '"e n" is not a language tag'),
    ),
    "character that XML has not": (
        edit("catalogue.yaml", "Tiny catalogue", '"Tiny\\x01"'),
        ("catalogue.yaml, line 3, column 9", "the character U+0001"),
    ),
    "seconds for a date": (
        edit("catalogue.yaml", "issued: 2020-02-01", "issued: 20736000"),
        ("catalogue.yaml, line 22", '"issued": a date is needed here, written as 2021-07-31'),
    ),
    "a date without hyphens": (
        edit("catalogue.yaml", "start: 2020-01-01", "start: 20200101"),
        ("catalogue.yaml, line 21, column 12", "written as 2021-07-31"),
    ),
    "an end before the start": (
        edit("catalogue.yaml", "end: 2020-12-31", "end: 2019-12-31"),
        ("catalogue.yaml, line 21", "the end, 2019-12-31, is before the start, 2020-01-01"),
    ),
    "changed before it was issued": (
        edit("catalogue.yaml", "modified: 2020-03-01", "modified: 2020-01-01"),
        ("catalogue.yaml, line 23", '"modified", 2020-01-01, is before "issued", 2020-02-01'),
    ),
    "a dataset changed before its catalogue says": (
        edit(DATASET, "tables:", "modified: 2020-01-01\ntables:"),
        (DATASET + ", line 3", 'is before "issued", 2020-02-01'),
    ),
    "text instead of a list": (
        edit("catalogue.yaml", "theme: [REGI]", "theme: REGI"),
        ("catalogue.yaml, line 17", '"theme" must be a list, as in [ENER, TRAN]'),
    ),
    "text without its language": (
        edit("catalogue.yaml", "title: {en: Tiny catalogue, fr: Petit catalogue, de: Kleiner Katalog}", "title: Tiny"),
        ("catalogue.yaml, line 3", '"title" must be written with keys, as in {en: City, fr: Ville}'),
    ),
    "text instead of keys": (
        edit("catalogue.yaml", "temporal: {start: 2020-01-01, end: 2020-12-31}", "temporal: 2020"),
        ("catalogue.yaml, line 21", '"temporal" must have keys, not a text or list: start, end'),
    ),
    "an id with capitals": (
        edit("catalogue.yaml", "id: tiny", "id: Tiny_1"),
        ("catalogue.yaml, line 1", '"id": an id is 2 to 80 small letters'),
    ),
    "one number for a point": (
        edit("catalogue.yaml", "[45.74906, 4.84789]", "[45.74906]"),
        ("catalogue.yaml, line 20", '"centroid" needs more numbers, as in [45.76, 4.84]'),
    ),
    "an e-mail address": (
        edit("catalogue.yaml", "office@example.org", '"a<b>@x"'),
        ("catalogue.yaml, line 9", '"a<b>@x" is not an e-mail address, as office@example.org is'),
    ),
    "foreign key to nowhere": (edit(DATASET, "resource: countries.csv", "resource: lands.csv"), (DATASET, "lands.csv")),
    "path with ..": (edit(DATASET, "url: cities.csv", "url: ../../outside.csv"), (DATASET, "line 4", "outside.csv")),
    "absolute path": (edit(DATASET, "url: cities.csv", "url: /etc/hostname"), (DATASET, "line 4", "/etc/hostname")),
    "link out of the catalogue": (linked, (DATASET, "cities.csv", "leaves the catalogue")),
    "broken ontology": (
        put("ontology/mine.ttl", "@prefix ex: <https://example.org/> .\nex:City a ex:Class\nex:Town a ex:Class ."),
        ("ontology/mine.ttl", "line 3"),
    ),
    "broken shapes": (
        put("shapes/mine.ttl", "@prefix sh: <http://www.w3.org/ns/shacl#> .\n[] sh:path [ ."),
        ("shapes/mine.ttl", "line 2"),
    ),
    "ill-formed shape": (
        put("shapes/mine.ttl", SHAPE % 'sh:path ex:p ; sh:minCount "one"'),
        ("shapes/mine.ttl", "line 3", "minCount"),
    ),
    "shapes outside the catalogue": (linked_shapes, ("shapes/mine.ttl", "leaves the catalogue")),
    "a dataset called shapes": (dataset_called_shapes, ("catalogue.yaml", 'called "shapes"', "Rename")),
    "a file of ours": (put("ontology/st-opendata.ttl", ""), ("st-opendata.ttl", "Rename")),
    "an unknown profile": (
        edit("catalogue.yaml", "datasets:", "profiles: [st-projekt]\ndatasets:"),
        ("catalogue.yaml, line", '"st-project"?'),
    ),
    "a profile that is a text": (
        edit("catalogue.yaml", "datasets:", "profiles: st-project\ndatasets:"),
        ("must be a list",),
    ),
    "a profile outside the catalogue": (
        edit("catalogue.yaml", "datasets:", "profiles: [../rules]\ndatasets:"),
        ("no profile",),
    ),
}


@pytest.mark.parametrize("case", CONFIGURATION)
def test_configuration(case: str, catalogue: Path, run: Run) -> None:
    change, shown = CONFIGURATION[case]
    change(catalogue)
    ran = run("check", catalogue)
    assert ran.code == 3, ran.out + ran.err
    assert not ran.out
    assert ran.err.startswith("Error: ")
    for part in shown:
        assert part in ran.err, ran.err
    assert "Traceback" not in ran.err


TABLES: dict[str, tuple[Change, str, tuple[str, ...]]] = {
    "table missing": (lambda folder: (folder / CITIES_CSV).unlink(), "table-missing", (CITIES_CSV,)),
    "table misspelt": (
        lambda folder: (folder / CITIES_CSV).rename(folder / "places/Citys.csv"),
        "table-missing",
        (CITIES_CSV, "Did you mean “Citys.csv”?"),
    ),
    "table empty": (put(CITIES_CSV, ""), "table-empty", (CITIES_CSV,)),
    "column missing": (edit(CITIES_CSV, "founded", "foundde"), "column-missing", ("founded", "foundde")),
    "column extra": (edit(CITIES_CSV, "founded", "foundde"), "column-unknown", ("row 1", "foundde")),
    "ragged row": (cities("lyon,Lyon,FR"), "row-ragged", ("row 2", "3 cells", "6")),
    "unclosed quote": (cities('lyon,"Lyon,FR,522250,1790-02-14,'), "row-quote", ("row 2",)),
    "NUL byte": (edit(CITIES_CSV, "Vienna", "Vien\0na"), "table-nul", (CITIES_CSV, "line 3")),
    "a broken letter": (broken, "table-not-utf8", (CITIES_CSV, "line 4", "ü")),
    "cell of 1 MB": (edit(CITIES_CSV, "Vienna", "V" * 1_000_000), "cell-long", ("row 3",)),
    "duplicate header": (edit(CITIES_CSV, "founded", "name"), "header-duplicate", ("name", "2 and 5")),
    "wrong number": (cities("lyon,Lyon,FR,522.250 inh,,"), "cell-datatype", ("row 2", "inhabitants", "522.250 inh")),
    "wrong date": (cities("lyon,Lyon,FR,1,14/02/1790,"), "cell-datatype", ("row 2", "founded", "14/02/1790")),
    "impossible date": (cities("lyon,Lyon,FR,1,1790-02-30,"), "cell-datatype", ("row 2", "founded", "1790-02-30")),
    "wrong URI": (cities("lyon,Lyon,FR,1,,https://www.lyon.fr/a page"), "cell-datatype", ("row 2", "page", "a page")),
    "wrong pattern": (cities("LYON,Lyon,FR,1,,"), "cell-datatype", ("row 2", "id", "LYON")),
    "required": (cities(",Lyon,FR,1,,"), "cell-required", ("row 2", "id")),
    "duplicate key": (cities("wien,Lyon,FR,1,,"), "key-duplicate", ("wien", "row 2", "row 3")),
    "dangling key": (cities("lyon,Lyon,FX,1,,"), "key-dangling", ("row 2", "country", "FX", "countries.csv")),
    "dangling key of another dataset": (
        edit("says/says.csv", "b;lyon", "b;paris"),
        "key-dangling",
        ("says/says.csv", "row 3", "paris"),
    ),
    "an HTML page": (put(CITIES_CSV, "<!DOCTYPE html>\n<html></html>"), "table-other-format", (CITIES_CSV, "web page")),
    "blank row": (edit(CITIES_CSV, "wien", "\nwien"), "row-blank", ("row 3",)),
}


@pytest.mark.quick(3)
@pytest.mark.parametrize("case", TABLES)
def test_tables(case: str, catalogue: Path, run: Run) -> None:
    change, code, shown = TABLES[case]
    change(catalogue)
    ran = run("check", catalogue)
    assert ran.code == 1, ran.out + ran.err
    assert f"[{code}]" in ran.out
    for part in shown:
        assert part in ran.out, ran.out
    assert "→" in ran.out
    assert "shapes were not checked: correct the tables first" in ran.err
    assert "Traceback" not in ran.err


def test_accepted(catalogue: Path, run: Run) -> None:
    """A byte order mark, Windows line ends, titles as header and quoted line breaks are fine."""
    table = (
        (catalogue / CITIES_CSV)
        .read_text("utf-8")
        .replace("id,name,", "Identifier,Name,")
        .replace("Vienna", '"Vienna\nWien"')
        .replace("\n", "\r\n")
    )
    put(CITIES_CSV, b"\xef\xbb\xbf" + table.encode())(catalogue)
    ran = run("check", catalogue)
    assert ran.code == 0, ran.out + ran.err


def test_all_findings_at_once_in_json_and_turtle(catalogue: Path, run: Run) -> None:
    cities("lyon,Lyon,FR,many,1790,")(catalogue)
    edit("says/says.csv", "520000", "x")(catalogue)
    ran = run("check", catalogue, "--json")
    assert ran.code == 1
    report = json.loads(ran.out)
    assert not report["conforms"]
    places = [finding["places"][0] for finding in report["findings"]]
    found = [(place["file"], place["row"], place["column"]) for place in places]
    assert sorted(found) == [
        ("places/cities.csv", 2, "founded"),
        ("places/cities.csv", 2, "inhabitants"),
        ("says/says.csv", 3, "value"),
    ]
    ran = run("check", catalogue, "--format", "ttl")
    assert ran.code == 1
    assert ran.out.count("sh:ValidationResult ") == 3


@pytest.mark.quick(1)
@pytest.mark.parametrize(("language", "word"), [("fr", "avertissement"), ("de", "Warnung"), ("en", "warning")])
def test_languages(language: str, word: str, catalogue: Path, run: Run) -> None:
    shape = 'sh:path ex:p ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "m"@en, "m"@fr, "m"@de'
    put("shapes/mine.ttl", (SHAPE % shape).replace("ex:Thing", "<https://schema.org/City>"))(catalogue)
    ran = run("check", catalogue, "--lang", language)
    assert ran.code == 0, ran.err
    assert f"3 {word}" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nowhere", "--lang", "de"], "Fehler: den Ordner „nowhere“ gibt es nicht\n  Nennen Sie den Ordner"),
        (
            ["validate", "--lang", "fr", "x.ttl", "-s", "s.ttl"],
            "Erreur : le fichier « x.ttl » n’existe pas\n  Vérifiez",
        ),
        (["pull", "ckan", "--url", "x", "--organization", "y", "-o", "z"], "Erreur : « x » n’est pas une adresse"),
        (["check", "nowhere", "--lang", "en"], 'Error: there is no folder "nowhere"\n  Name the folder'),
    ],
)
def test_errors_speak_the_language_that_was_asked_for(
    arguments: list[str], said: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ST_LANG", "fr")
    assert run(*arguments).err.replace("\N{NO-BREAK SPACE}", " ").startswith(said)


def test_settings_that_are_wrong_are_told_in_english(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ST_LANG", "klingon")
    assert run("doctor").err.startswith('Error: the program does not speak the language "klingon"')


def test_all_problems_of_a_description_are_told_in_one_language(catalogue: Path, run: Run) -> None:
    (catalogue / "catalogue.yaml").write_text("titel: {en: X}\ndatasets: [places]\n", "utf-8")
    first, more, *others, remedy = run("check", catalogue, "--lang", "de").err.splitlines()
    assert first.startswith("Fehler: catalogue.yaml, Zeile 1, Spalte 1: der Schlüssel „")
    assert more == f"  und {len(others)} weitere in dieser Datei:"
    assert all(line.startswith("  Zeile 1, Spalte 1: der Schlüssel „") for line in others)
    assert any("„titel“ ist unbekannt; meinten Sie „title“?" in line for line in (first, *others))
    assert remedy == "  Berichtigen Sie die Beschreibung und führen Sie den Befehl noch einmal aus."


def test_shapes_of_the_catalogue_stop_a_build_at_their_cells(catalogue: Path, run: Run, tmp_path: Path) -> None:
    path = "sh:path <https://schema.org/value> ; sh:maxInclusive 2000000"
    put("shapes/mine.ttl", (SHAPE % path).replace("ex:Thing", "<https://schema.org/City>"))(catalogue)
    ran = run("build", catalogue, "--output", tmp_path / "release")
    assert ran.code == 1
    assert 'row 3, column "inhabitants"' in ran.out
    assert "No release was written" in ran.err
    assert not (tmp_path / "release").exists()


@pytest.mark.slow
def test_a_report_names_the_catalogues_shapes_by_their_path_in_the_release(
    catalogue: Path, run: Run, tmp_path: Path
) -> None:
    put("shapes/mine.ttl", SHAPE % "sh:path ex:p ; sh:maxCount 1")(catalogue)
    ran = run("build", catalogue, "--output", tmp_path / "release")
    assert ran.code == 0, ran.out
    assert "[shacl-no-target]" in ran.out
    report = (tmp_path / "release" / "report.json").read_text("utf-8")
    assert '"file": "shapes/mine.ttl"' in report
    assert str(tmp_path) not in report


@pytest.mark.parametrize("arguments", [["check"], ["check", "nothing"], ["build", "nothing"], ["build", "a-file"]])
def test_no_such_folder(arguments: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").touch()
    ran = run(*arguments)
    assert ran.code == 3
    assert arguments[-1] in ran.err if len(arguments) > 1 else 'there is no folder "datasets"' in ran.err
    assert "Name the folder that contains catalogue.yaml" in ran.err
    assert os.listdir(tmp_path) == ["a-file"]  # noqa: PTH208


def test_a_folder_without_catalogue(run: Run, tmp_path: Path) -> None:
    ran = run("check", tmp_path)
    assert ran.code == 3
    assert "it has no catalogue.yaml" in ran.err


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["buidl"], "Did you mean 'build'?"),
        (["build", "--ouput", "x"], "Did you mean '--output'?"),
        (["check", "--lang", "it"], "'it' is not one of 'en', 'fr', 'de'"),
        (["query", "x"], "Missing argument 'SPARQL'"),
        (["build", "--site", "nope"], "'--site': \"nope\": not an absolute http(s) IRI, as https://example.org/ is"),
        (["build", "--site", "https://example.org/x"], "an IRI that ends in / is needed here"),
        (["build", "--output", ""], "'--output' / '-o': the name of a folder is missing, as in --output release"),
        (["verify", "relase"], "Did you mean 'release'?"),
        (["check", "--threads", "none"], "none"),
        (["check", "--memory", "much"], "Write a number and a unit, such as 512MB or 2GB"),
        (["score", "http://[::1/x"], '"http://[::1/x" is not an http(s) URL'),
        (["serve", "release", "--base-url", "http://[::1/x"], '"http://[::1/x" is not the http(s) URL of a site'),
    ],
)
def test_usage(arguments: list[str], shown: str, catalogue: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.rename(catalogue.with_name("datasets"))
    monkeypatch.chdir(catalogue.parent)
    ran = run(*arguments)
    assert ran.code == 2
    assert shown in ran.err
    assert not ran.out


def test_check_finds_the_coordinate_that_no_map_has(catalogue: Path, run: Run) -> None:
    edit("places/countries.csv", "46.0,2.0", "999,2.0")(catalogue)
    ran = run("check", catalogue)
    assert ran.code == 1
    assert 'places/countries.csv\n  row 2, column "latitude"' in ran.out
    assert "between -90 and 90" in ran.out


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("places/dataset.yaml", "schema:value", "shema:population", 'did you mean "schema"?'),
        ("places/dataset.yaml", "schema:foundingDate", "schema:foundigDate", "Did you mean schema:foundingDate?"),
        ("places/cities.csv", "Lyon,FR,", "Lyon,France,", "Did you mean “FR”?"),
        ("says/says.csv", "a;lyon;", "a;lyonn;", "Did you mean “lyon”?"),
    ],
)
def test_what_was_probably_meant(catalogue: Path, run: Run, file: str, old: str, new: str, said: str) -> None:
    """A prefix, a term, a name in the place of its code, a key."""
    text = (catalogue / file).read_text("utf-8")
    assert old in text
    (catalogue / file).write_text(text.replace(old, new), "utf-8")
    ran = run("check", catalogue)
    assert said in ran.out + ran.err


def test_a_value_of_a_format_that_lists_them(catalogue: Path, run: Run) -> None:
    described = catalogue / "says" / "dataset.yaml"
    rank = "{name: rank, datatype: {format: preferred|other}, "
    described.write_text(described.read_text("utf-8").replace("{name: rank, ", rank), "utf-8")
    claims = catalogue / "says" / "says.csv"
    claims.write_text(claims.read_text("utf-8").replace("insee;preferred", "insee;prefered"), "utf-8")
    assert "Did you mean “preferred”?" in run("check", catalogue).out
