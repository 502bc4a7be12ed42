"""Made-up catalogues of other towns, each in one language: from files or YAML to a valid release, without an edit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rdflib
import xlsxwriter
import yaml
from click.testing import CliRunner
from rdflib import DCAT, DCTERMS, RDF, RDFS, SKOS, Literal
from stream_write_ods import stream_write_ods

from st_opendata.build import Job, build
from st_opendata.catalogue import read_catalogue
from st_opendata.cli import cli
from st_opendata.model.findings import Severity
from st_opendata.model.text import LANGUAGES
from st_opendata.release import read_release, verify_release

FOLDER = Path(__file__).parent
CATALOGUES = sorted(path.parent.name for path in FOLDER.glob("*/case.yaml"))
FIRST = ("brasov-ro", "volos-el", "umea-sv")
"""Those of every run: one that `init` drafts of files, one in an old encoding, one of workbooks."""


def test_they_are_in_twenty_languages_and_differ() -> None:
    assert len({name.rpartition("-")[2] for name in CATALOGUES}) == len(CATALOGUES) >= 20
    tables = [path.read_bytes() for path in FOLDER.glob("*/**/*.?sv")]
    assert len(set(tables)) == len(tables)


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    "name", [each if each in FIRST else pytest.param(each, marks=pytest.mark.slow) for each in CATALOGUES]
)
def test_it_becomes_a_valid_release(name: str, tmp_path: Path) -> None:
    case = yaml.safe_load((FOLDER / name / "case.yaml").read_text("utf-8"))
    catalogue = _catalogue(name, case, tmp_path)
    release = tmp_path / "release"
    outcome = build(Job(catalogue), release)
    assert [str(each.message["en"]) for each in outcome.findings if each.severity is Severity.VIOLATION] == []
    assert verify_release(release) == []
    report = json.loads((release / "report.json").read_text("utf-8"))
    assert [each for each in report["findings"] if each["severity"] == "violation"] == []
    _check_facts(release, case["expects"])
    _check_languages(release, {tag.lower() for tag in read_catalogue(catalogue).title})
    if "points" in case:
        assert {dataset.points for dataset in read_release(release).datasets} == {case["points"]}


def _catalogue(name: str, case: dict[str, Any], folder: Path) -> Path:
    """The folder of the catalogue: copied, or drafted by `init` from its files."""
    source, catalogue = folder / "source", folder / name
    shutil.copytree(FOLDER / name, source)
    (source / "case.yaml").unlink()
    for path, encoding in case.get("encodings", {}).items():
        (source / path).write_bytes((source / path).read_text("utf-8").encode(encoding))
    for path, sheets in case.get("workbooks", {}).items():
        (source / path).parent.mkdir(exist_ok=True)
        (_write_ods if path.endswith(".ods") else _write_xlsx)(source / path, sheets)
    if "init" not in case:
        return source.rename(catalogue)
    options = [text for key, value in case["init"].items() for text in (f"--{key}", str(value))]
    first, *others = (str(source / file) for file in case["files"])
    result = CliRunner().invoke(cli, ["init", str(catalogue), "--from", first, *others, *options])
    assert result.exit_code == 0, result.output
    return catalogue


def _write_xlsx(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        page.write_datetime(number, column, value, day)
                    elif value is not None:
                        page.write(number, column, value)


def _write_ods(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    def pages() -> Iterator[tuple[str, tuple[str, ...], list[list[Any]]]]:
        for name, (header, *rows) in sheets.items():
            yield name, tuple(header), rows

    path.write_bytes(b"".join(stream_write_ods(pages())))


def _check_facts(release: Path, expected: list[str]) -> None:
    facts = "".join(path.read_text("utf-8") for path in release.glob("*/*.nt"))
    assert [each for each in expected if each not in facts] == []


def _check_languages(release: Path, own: set[str]) -> None:
    """Each text is in the language of the catalogue, or in English that says so; labels of the EU are in its three."""
    graph = rdflib.Graph().parse(release / "catalog.ttl")
    services = list(graph.subjects(RDF.type, DCAT.DataService))
    files = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert services and files
    for node in (*services, *files):
        titles = [each for each in graph.objects(node, DCTERMS.title) if isinstance(each, Literal)]
        assert titles and {each.language for each in titles} <= own | {"en"}, titles
    for node, predicate, text in graph:
        if isinstance(text, Literal) and text.language and (node, RDF.type, SKOS.Concept) not in graph:
            table = predicate == DCTERMS.title and (node, RDF.type, SKOS.ConceptScheme) in graph
            allowed = set(LANGUAGES) if table or predicate == RDFS.label else own | {"en"}
            assert text.language in own | allowed, (node, predicate, text)
