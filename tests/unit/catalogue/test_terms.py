"""Keys that take one record or several, licences by address, codes by name, and Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import once
import pytest
from starlette.testclient import TestClient

from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.model.licences import OwnLicence
from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.options import Options
from st_opendata.targets.ckan.packages import packages
from st_opendata.targets.ckan.portal_schema import parse_schema
from st_opendata.targets.ckan.site import Site

CATALOGUE = """\
id: demo
base: https://example.org/id/
title: {en: Demo}
description: {en: A demo}
publisher: {iri: "https://example.org/town", name: {en: Town}}
license: CC_BY_4_0
language: [en]
datasets: [roads]
"""
DATASET = """\
title: {en: Roads}
description: {en: All roads}
contactPoint:
  - {name: {en: Desk}, email: desk@example.org}
  - {name: {en: Press}, email: press@example.org}
temporal: [{start: 2020}, {end: 2023-06}]
tables:
  - {url: roads.csv, tableSchema: {primaryKey: id, columns: [{name: id, required: true, propertyUrl: rdfs:label}]}}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def folder(dataset: str = DATASET, catalogue: str = CATALOGUE) -> Path:
        (tmp_path / "roads").mkdir(exist_ok=True)
        (tmp_path / "catalogue.yaml").write_text(catalogue, "utf-8")
        (tmp_path / "roads" / "dataset.yaml").write_text(dataset, "utf-8")
        (tmp_path / "roads" / "roads.csv").write_text("id\na\n", "utf-8")
        return tmp_path

    return folder


def test_one_record_is_a_list_of_one(write: Write) -> None:
    (several,) = read_catalogue(write()).datasets
    assert [each.email for each in several.contact_point] == ["desk@example.org", "press@example.org"]
    assert [(each.start, each.end) for each in several.temporal] == [("2020", None), (None, "2023-06")]
    alone = DATASET.replace("[{start: 2020}, {end: 2023-06}]", "{start: 2020-01-01, end: 2020-12-31}")
    (one,) = read_catalogue(write(alone)).datasets
    assert [(each.start, each.end) for each in one.temporal] == [("2020-01-01", "2020-12-31")]


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("email: press@example.org", "email: press", 5, '"contactPoint", entry 2, "email": "press" is not an e-mail'),
        ("email: press@example.org", "phone: call us", 5, "is not a telephone number"),
        ("[{start: 2020}, {end: 2023-06}]", "{start: 2020-13}", 6, '"temporal", "start": a date is needed here'),
        ("[{start: 2020}, {end: 2023-06}]", "[{start: 2020}, {}]", 6, "a period needs a start or an end"),
        ("[{start: 2020}, {end: 2023-06}]", "{start: 2020-05, end: 2020-04-30}", 6, "is before the start, 2020-05"),
        ("[{start: 2020}, {end: 2023-06}]", "always", 6, '"temporal" must have keys, not a text or list: start, end'),
        ("tables:", "spatial: [{label: {en: Park}}]\ntables:", 7, "needs an iri, a centroid, a bbox or a geometry"),
        ("tables:", "spatial: [{label: {en: Park}, geometry: POINT}]\ntables:", 7, "a geometry is WKT or GeoJSON"),
        ("tables:", "hasVersion: road\ntables:", 7, 'no dataset "road"; did you mean "roads"?'),
        ("tables:", "qualifiedRelation: [{relation: x1, role: 'https://a.example/'}]\ntables:", 7, 'no dataset "x1"'),
        ("tables:", "isVersionOf: {iri: 'https://a.example/'}\ntables:", 7, "a dataset of another catalogue needs"),
        ("tables:", "license: {iri: x}\ntables:", 7, '"license", "iri": not an absolute http(s) IRI'),
        ("tables:", "license: {labl: {en: L}}\ntables:", 7, 'the key "labl" is unknown; did you mean "label"?'),
        ("tables:", "markdown: {en: x}\ntables:", 7, 'the key "markdown" is unknown; known here: markup'),
        ("tables:", "markup: html\ntables:", 7, '"markup" must be one of plain, markdown'),
        ("tables:", "theme: [Energy]\ntables:", 7, "did you mean ENER (Energy)?"),
        ("tables:", "highValue: {category: [Mobility]}\ntables:", 7, "did you mean c_b79e35eb (Mobility)?"),
        ("tables:", "accrualPeriodicity: jährlich\ntables:", 7, "did you mean ANNUAL (annual)?"),
        ("tables:", "accessRights: öffentlich\ntables:", 7, "did you mean PUBLIC (public)?"),
        ("tables:", "language: [German]\ntables:", 7, 'write the language "German" by its tag: de'),
        ("tables:", "license: CC BY 4.0\ntables:", 7, "did you mean CC_BY_4_0"),
    ],
)
def test_problems_have_their_places(write: Write, old: str, new: str, line: int, problem: str) -> None:
    assert old in DATASET
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(write(DATASET.replace(old, new)))
    assert problem in caught.value.message_text()
    assert caught.value.place and (caught.value.place.file, caught.value.place.line) == ("roads/dataset.yaml", line)


def test_a_catalogue_has_one_creator(write: Write) -> None:
    agents = '[{iri: "https://a.example/", name: {en: A}}, {iri: "https://b.example/", name: {en: B}}]'
    with pytest.raises(ConfigurationError, match="a catalogue has one creator"):
        read_catalogue(write(catalogue=CATALOGUE.replace("language:", f"creator: {agents}\nlanguage:")))
    (dataset,) = read_catalogue(write(DATASET.replace("tables:", f"creator: {agents}\ntables:"))).datasets
    assert [each.iri for each in dataset.creator] == ["https://a.example/", "https://b.example/"]


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC_BY_4_0"),
        ("http://creativecommons.org/licenses/by/4.0", "CC_BY_4_0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", "CC_BY_4_0"),
        ("http://publications.europa.eu/resource/authority/licence/CC0", "CC0"),
        ("https://www.govdata.de/dl-de/by-2-0", "DLDE_BY_2_0"),
        ("https://town.example/licence", OwnLicence(iri="https://town.example/licence")),
        (
            "{iri: 'https://town.example/licence', label: {en: Ours}}",
            OwnLicence(iri="https://town.example/licence", label={"en": "Ours"}),
        ),
        ("{iri: 'https://creativecommons.org/publicdomain/zero/1.0/'}", "CC0"),
    ],
)
def test_a_licence_may_be_an_address(write: Write, stated: str, licence: object) -> None:
    (dataset,) = read_catalogue(write(DATASET.replace("tables:", f"license: {stated}\ntables:"))).datasets
    assert dataset.license == licence


def test_markdown_is_plain_text_but_where_it_is_shown(write: Write) -> None:
    text = DATASET.replace("{en: All roads}", '{en: "All **roads**", de: Alle Straßen}\nmarkup: markdown')
    text = text.replace("{name: id,", '{name: id, description: {en: "An *id*"},')
    (dataset,) = read_catalogue(write(text)).datasets
    assert dataset.description == {"en": "All roads", "de": "Alle Straßen"}
    assert dataset.markdown == {"en": "All **roads**", "de": "Alle Straßen"}
    assert dataset.tables[0].columns[0].description == {"en": "An id"}
    (other,) = read_catalogue(write(DATASET.replace("All roads", '"All **roads**"'))).datasets
    assert (other.description, other.markdown) == ({"en": "All **roads**"}, {})
    (inherited,) = read_catalogue(
        write(DATASET, CATALOGUE.replace("{en: A demo}", "{en: A *demo*}\nmarkup: markdown"))
    ).datasets
    assert inherited.markdown == {"en": "All roads"}


@pytest.mark.slow
def test_the_portal_and_ckan_show_all_of_it(write: Write, tmp_path: Path) -> None:
    text = DATASET.replace("{en: All roads}", '{en: "All **roads** <b>"}\nmarkup: markdown')
    release = once.build(write(text), tmp_path / "release")
    assert json.loads((release / "release.json").read_text("utf-8"))["datasets"][0]["markdown"]
    with TestClient(make_app(Current(release), Options()), base_url="http://127.0.0.1") as client:
        page = client.get("/en/dataset/roads", headers={"Accept": "text/html"}).text
    assert "<p>All <strong>roads</strong> &lt;b&gt;</p>" in page
    assert "mailto:desk@example.org" in page and "mailto:press@example.org" in page
    assert "2020 – today; – June 2023" in page
    site = Site("https://portal.example/", "town")
    (package, _) = packages(release, site)
    assert package.metadata["notes"] == "All **roads** <b>"
    notes = {"field_name": "notes_translated", "preset": "fluent_core_translated", "form_languages": ["en", "fr"]}
    own = parse_schema({"dataset_fields": [notes]})
    (translated, _) = packages(release, replace(site, portal=own))
    assert translated.metadata["notes_translated"] == {"en": "All **roads** <b>"}
    assert [each["name"] for each in package.metadata["contact"]] == ["Desk", "Press"]  # type: ignore[attr-defined]
    (package, _) = packages(release, replace(site, schema="dcat_extras"))
    extras = {each["key"]: each["value"] for each in package.metadata["extras"]}  # type: ignore[attr-defined]
    assert (extras["contact_name"], extras["contact_email"]) == ("Desk", "desk@example.org")
    assert "the site has room for one, Desk; it lacks Press" in {str(each.text) for each in package.notices}
