"""A tiny good catalogue, and the command line run in this process."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from st_opendata.__main__ import main
from st_opendata.system.limits import ENDING

CATALOGUE = """\
id: tiny
base: https://example.org/tiny/
title: {en: Tiny catalogue, fr: Petit catalogue, de: Kleiner Katalog}
description: {en: Three cities and what sources say of them., fr: Trois villes., de: Drei Städte.}
publisher:
  iri: https://example.org/publisher
  name: {en: City office}
  type: LocalAuthority
contactPoint: {name: {en: City office}, email: office@example.org}
license: CC_BY_4_0
rights: {en: Free to use with attribution.}
accessRights: PUBLIC
accrualPeriodicity: AS_NEEDED
availability: STABLE
status: COMPLETED
language: [en]
theme: [REGI]
keyword: {en: [city, example]}
spatial:
  - {iri: "https://sws.geonames.org/2996944/", label: {en: Lyon}, centroid: [45.74906, 4.84789]}
temporal: {start: 2020-01-01, end: 2020-12-31}
issued: 2020-02-01
modified: 2020-03-01
version: 1.0.0
datasets: [places, says]
"""

PLACES = """\
title: {en: Places, fr: Lieux, de: Orte}
description: {en: Cities and their countries., fr: Villes et pays., de: Städte und Länder.}
tables:
  - url: cities.csv
    title: {en: Cities}
    tableSchema:
      aboutUrl: "city/{id}"
      primaryKey: id
      foreignKeys: [{columnReference: country, reference: {resource: countries.csv, columnReference: code}}]
      columns:
        - {name: id, titles: {en: Identifier}, required: true, datatype: {base: string, format: "[a-z]+"}}
        - {name: name, titles: {en: Name}, lang: en, propertyUrl: "schema:name"}
        - {name: country, titles: {en: Country}, propertyUrl: "schema:containedInPlace", valueUrl: "country/{country}"}
        - {name: inhabitants, titles: {en: Inhabitants}, datatype: integer, propertyUrl: "schema:value"}
        - {name: founded, titles: {en: Founded}, datatype: date, propertyUrl: "schema:foundingDate"}
        - {name: page, titles: {en: Page}, datatype: anyURI, propertyUrl: "schema:url", valueUrl: "{+page}"}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "schema:City"}
  - url: countries.csv
    title: {en: Countries}
    tableSchema:
      aboutUrl: "country/{code}"
      primaryKey: code
      columns:
        - {name: code, titles: {en: Code}, required: true}
        - {name: label, titles: {en: Label}, lang: en, propertyUrl: "rdfs:label"}
        - {name: latitude, datatype: decimal, propertyUrl: "geo:lat"}
        - {name: longitude, datatype: decimal, propertyUrl: "geo:long"}
"""

CITIES = """\
id,name,country,inhabitants,founded,page
lyon,Lyon,FR,522250,1790-02-14,https://www.lyon.fr/
wien,Vienna,AT,2005760,1221-10-18,https://www.wien.gv.at/
munich,Munich,DE,1510378,1158-06-14,
"""
COUNTRIES = "code,label,latitude,longitude\nFR,France,46.0,2.0\nAT,Austria,47.3,13.3\nDE,Germany,51.5,10.5\n"

SAYS = """\
title: {en: Claims, fr: Affirmations, de: Aussagen}
description: {en: What sources say of cities., fr: Ce que disent les sources., de: Was Quellen sagen.}
tables:
  - url: says.csv
    title: {en: Claims}
    dialect: {delimiter: ";"}
    tableSchema:
      aboutUrl: "says/{id}"
      primaryKey: id
      foreignKeys: [{columnReference: city, reference: {resource: places/cities.csv, columnReference: id}}]
      columns:
        - {name: id, required: true}
        - {name: city, required: true, propertyUrl: "rdf:subject", valueUrl: "city/{city}"}
        - {name: value, datatype: integer, propertyUrl: "rdf:object"}
        - {name: source, propertyUrl: "prov:wasDerivedFrom", valueUrl: "source/{source}"}
        - {name: rank, propertyUrl: "st:rank", valueUrl: "scheme:claim-rank/{rank}"}
        - {name: reason, lang: en, propertyUrl: "st:reason"}
        - {virtual: true, name: property, propertyUrl: "rdf:predicate", valueUrl: "schema:value"}
  - url: origins.csv
    title: {en: Sources}
    tableSchema:
      aboutUrl: "source/{id}"
      primaryKey: id
      columns:
        - {name: id, required: true}
        - {name: title, lang: en, propertyUrl: "dct:title"}
"""

CLAIMS = """\
id;city;value;source;rank;reason
a;lyon;522250;insee;preferred;The census counts.
b;lyon;520000;page;other;
"""
SOURCES = "id,title\ninsee,Census of 2021\npage,Page of the city\n"

FILES = {
    "catalogue.yaml": CATALOGUE,
    "places/dataset.yaml": PLACES,
    "places/cities.csv": CITIES,
    "places/countries.csv": COUNTRIES,
    "says/dataset.yaml": SAYS,
    "says/says.csv": CLAIMS,
    "says/origins.csv": SOURCES,
}


@dataclass(frozen=True)
class Ran:
    """A command that was run: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def run_in_process(*arguments: object) -> Ran:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Ran(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())


@pytest.fixture(scope="session", autouse=True)
def heed_signals() -> None:
    """What the tests start ends by a signal, also where they run under nohup, which has it ignored."""
    for number in ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line; no settings come from the environment of the tests."""
    clean_environment(monkeypatch)
    return run_in_process


def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("ST_LANG", "ST_SETTINGS", "ST_MEMORY", "ST_THREADS", "ST_DEBUG", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)


def write_catalogue(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """The tiny catalogue, to be broken."""
    return write_catalogue(tmp_path / "tiny")


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the tiny catalogue, only to be read."""
    folder = tmp_path_factory.mktemp("cli")
    with pytest.MonkeyPatch.context() as monkeypatch:
        clean_environment(monkeypatch)
        ran = run_in_process("build", write_catalogue(folder / "tiny"), "--output", folder / "release")
    assert ran.code == 0, ran.out + ran.err
    return folder / "release"
