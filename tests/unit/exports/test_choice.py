"""Formats that a release has: by the size of the data, and by `formats:` in the descriptions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exporting import write_dataset, write_dumps

from st_opendata.build import Job, build, check
from st_opendata.catalogue import read_catalogue
from st_opendata.dcat.ap import describe_distribution
from st_opendata.errors import ConfigurationError
from st_opendata.exports import choice, impossible_findings, size_findings
from st_opendata.facts import load_facts
from st_opendata.model.findings import Severity

CATALOGUE = """
id: small
base: https://example.org/
title: {en: Small}
description: {en: A small one.}
license: CC_BY_4_0
publisher: {iri: "https://example.org/office", name: {en: Office}, type: LocalAuthority}
datasets: [cities]
"""
DATASET = """
title: {en: Cities}
description: {en: Two cities.}
tables:
  - url: cities.csv
    title: {en: Cities}
    tableSchema:
      aboutUrl: "city/{id}"
      primaryKey: id
      columns:
        - {name: id, required: true}
        - {name: name, lang: en, propertyUrl: "rdfs:label"}
        - {name: other, propertyUrl: "https://example.org/2010"}
"""
EVERY = {"cities.json", "cities.xlsx", "cities.ods", "cities.ttl", "cities.jsonld"}
"""The formats that the dataset can do without; RDF/XML cannot hold the property of `other`, if it has values."""


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """A catalogue of six cells and four facts, with lines added to its descriptions."""

    def make(catalogue: str = "", dataset: str = "", other: str = "") -> Path:
        (tmp_path / "c/cities").mkdir(parents=True, exist_ok=True)
        (tmp_path / "c/catalogue.yaml").write_text(CATALOGUE + catalogue, "utf-8")
        (tmp_path / "c/cities/dataset.yaml").write_text(DATASET + dataset, "utf-8")
        (tmp_path / "c/cities/cities.csv").write_text(f"id,name,other\n1,Lyon,{other}\n2,Wien,{other}\n", "utf-8")
        return tmp_path / "c"

    return make


def written(folder: Path, output: Path) -> set[str]:
    catalogue = read_catalogue(folder)
    with load_facts(catalogue) as facts:
        files = write_dataset(catalogue.datasets[0], facts, output)
        dumps = write_dumps(facts, output)
    return {each.file.path.removeprefix("cities/") for each in files} | {file.path for file in dumps}


ALWAYS = {"cities.csv", "cities.parquet", "cities.nt", "facts.parquet", "small.nq", "small.nq.gz", "small.nt.gz"}
DUMPS = {"small.trig", "small.sqlite"}


def test_a_small_catalogue_has_all_formats(folder: Callable[..., Path], tmp_path: Path) -> None:
    assert written(folder(), tmp_path / "r") == ALWAYS | EVERY | DUMPS | {"cities.rdf"}


def test_formats_are_left_out_at_will(folder: Callable[..., Path], tmp_path: Path) -> None:
    source = folder(
        "formats: {ods: false, ttl: false, sqlite: false}\n", "formats: {ttl: true, json: false}\n", other="x"
    )
    expected = ALWAYS | EVERY | DUMPS
    assert written(source, tmp_path / "r") == expected - {"cities.ods", "cities.json", "small.sqlite"}
    source = folder("formats: {rdf: false}\n", other="x")
    with load_facts(read_catalogue(source)) as facts:
        assert not impossible_findings(facts, facts.catalogue.datasets[0])  # no file is written, so none is missed
        assert not list(size_findings(facts))


def test_a_size_is_the_largest_that_is_written(folder: Callable[..., Path], tmp_path: Path) -> None:
    whole = written(folder("formats: {xlsx: 6, ttl: 2, trig: 2, sqlite: 6}\n"), tmp_path / "whole")
    assert whole == ALWAYS | EVERY | DUMPS | {"cities.rdf"}
    part = written(folder("formats: {xlsx: 5, ttl: 1, trig: 1, sqlite: 5}\n"), tmp_path / "part")
    assert whole - part == {"cities.xlsx", "cities.ttl", "small.trig", "small.sqlite"}


def test_check_build_report_and_catalogue_say_what_is_left_out(
    folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "_LIMITS", dict.fromkeys(choice._LIMITS, 1))
    source = folder()
    found = [each for each in check(Job(source)).findings if each.code.startswith("format-")]
    assert {(each.code, each.severity, each.dataset) for each in found} == {
        ("format-cells", Severity.INFO, "cities"),
        ("format-triples", Severity.INFO, "cities"),
        ("format-triples", Severity.INFO, None),
    }
    cells = next(each for each in found if each.code == "format-cells")
    assert cells.message["en"] == (
        "The tables have 6 cells. These files are only written up to 1: Excel, OpenDocument."
    )
    assert "`formats: {xlsx: true}` in cities/dataset.yaml" in cells.remedy["en"]
    assert [place.file for place in cells.places] == ["cities/dataset.yaml"]
    assert {"en", "fr", "de"} <= set(cells.message)
    outcome = build(Job(source), tmp_path / "release")
    assert outcome.release is not None
    assert "format-cells" in (tmp_path / "release/report.json").read_text("utf-8")
    described = {
        each.format.name: describe_distribution(read_catalogue(source).datasets[0], each)["en"]
        for each in outcome.release.datasets[0].distributions
    }
    assert described["csv"].endswith("Not offered with 6 cells, only up to 1: Excel, OpenDocument.")
    assert described["nt"].endswith("Not offered with 2 facts, only up to 1: Turtle, RDF/XML, JSON-LD.")
    assert described["csv"] in (tmp_path / "release/catalog.ttl").read_text("utf-8")


@pytest.mark.parametrize(
    ("catalogue", "dataset", "problem"),
    [
        ("formats: {xslx: false}", "", '"xslx" is not the name of a format; did you mean "xlsx"?'),
        ("formats: {csv: false}", "", 'every release has "csv"; choose among json, xlsx, ods, geojson, ttl'),
        ("formats: {ods: no}", "", "write true, false, or the largest size"),
        ("formats: {ods: -1}", "", "write true, false, or the largest size"),
        ("formats: [ods]", "", "must be written with keys, as in {ods: false, xlsx: 500000}"),
        ("", "formats: {trig: false}", '"trig" is one file for all datasets; choose it in catalogue.yaml'),
    ],
)
def test_what_formats_cannot_say(folder: Callable[..., Path], catalogue: str, dataset: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(folder(catalogue, dataset))
    assert problem in caught.value.message["en"]
    assert caught.value.place is not None
