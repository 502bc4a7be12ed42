"""The field maps and the limits of CKAN, against a real CKAN."""

from __future__ import annotations

import json
import random
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS

from st_opendata.__main__ import main
from st_opendata.dcat.terms import DCAT
from st_opendata.targets.ckan.fields import Field, read_schema
from st_opendata.targets.ckan.limits import as_markdown, legal_tag, stored_file_name

pytestmark = pytest.mark.xdist_group("ckan")
TOWN = f"town-{uuid4().hex[:8]}"
BASE = f"https://example.org/{TOWN}/"
CATALOGUE = f"""\
id: {TOWN}
base: {BASE}
title: {{en: Town}}
description: {{en: Datasets of the town.}}
publisher: {{iri: "https://example.org/town", name: {{en: Town}}}}
license: CC_BY_4_0
modified: 2026-01-01
series:
  - {{id: money, title: {{en: Money}}, description: {{en: All money.}}, order: issued}}
  - {{id: plans, title: {{en: Plans}}, description: {{en: All plans.}}}}
datasets: [budget, budget-2024, budget-2023, roads, roads-2, roads-1, taxes]
"""
DATASET = """\
title: {en: NAME}
description: {en: All of it.}
tables:
  - {url: data.csv, tableSchema: {columns: [{name: label, propertyUrl: rdfs:label}]}}
"""
PERIOD = "editionOf: budget\nversion: 'YEAR'\ntemporal: {start: YEAR, end: YEAR}\nissued: YEAR-12-01\n"
DATASETS = {
    "budget": DATASET.replace("NAME", "Budget"),
    "budget-2024": PERIOD.replace("YEAR", "2024"),
    "budget-2023": PERIOD.replace("YEAR", "2023"),
    "roads": DATASET.replace("NAME", "Roads") + "inSeries: [money, plans]\nissued: 2025-01-01\n",
    "roads-2": "editionOf: roads\nversion: '1.10'\n",
    "roads-1": "editionOf: roads\nversion: '1.9'\n",
    "taxes": DATASET.replace("NAME", "Taxes") + "inSeries: money\nissued: 2024-01-01\n",
}

WITHOUT_ENTRY = {"tags", "owner_org"}
"""Fields of CKAN's own that ckanext-scheming's schema names otherwise."""


@pytest.fixture(scope="module")
def schema(ckan: Any) -> dict[str, Any]:
    status = ckan.act("status_show")
    if "scheming_datasets" not in status["extensions"]:
        pytest.skip("this CKAN has no ckanext-scheming")
    found: dict[str, Any] = ckan.act("scheming_dataset_schema_show", type="dataset")
    return found


def missing(fields: Iterable[Field], entries: Iterable[dict[str, Any]]) -> list[str]:
    """Fields, and parts of fields, that the site's schema has not."""
    known = {entry["field_name"]: entry for entry in entries}
    lost = [field.name for field in fields if field.name not in known | dict.fromkeys(WITHOUT_ENTRY)]
    for field in fields:
        if field.parts:
            lost += [
                f"{field.name}.{name}"
                for name in missing(field.parts, known[field.name].get("repeating_subfields", []))
            ]
    return lost


def test_every_field_of_the_map_is_one_of_the_site(schema: dict[str, Any]) -> None:
    fields = read_schema("dcat_ap_full")
    assert missing(fields.dataset, schema["dataset_fields"]) == []
    assert missing(fields.resource, schema["resource_fields"]) == []


def test_no_extra_is_a_field_of_the_site(schema: dict[str, Any]) -> None:
    names = {entry["field_name"] for entry in schema["dataset_fields"]}
    assert not names & {field.name for field in read_schema("dcat_ap_full").extras}


def test_ckan_takes_every_legal_tag_and_every_stored_file_name(ckan: Any) -> None:
    chance = random.Random(4)
    alphabet = [
        chr(code)
        for code in (*range(32, 0x250), *(chance.randrange(0x250, sys.maxunicode) for _ in range(1500)))
        if unicodedata.category(chr(code)) not in ("Cs", "Cn")
    ]
    words = ["".join(chance.choices(alphabet, k=chance.choice((1, 2, 5, 30, 110)))) for _ in range(400)]
    tags = sorted({tag for word in words if (tag := legal_tag(word))})
    assert len(tags) > 200
    name = f"limits-test-{uuid4().hex[:8]}"
    files = ["Ä Datei (1).CSV", "Łódź & Straße.geojson", "a", "x" * 120 + ".csv", ".csv", "a..b.CSV", "Weg-–-2.ttl"]
    try:
        ckan.act(
            "package_create",
            name=name,
            owner_org=ckan.organization,
            title="t",
            notes="n",
            tags=[{"name": t} for t in tags],
        )
        shown = ckan.act("package_show", id=name)
        assert sorted(tag["name"] for tag in shown["tags"]) == tags
        for file in files:
            answer = ckan.post(
                "resource_create", token=ckan.token, package_id=name, name=file, files={"upload": (file, b"a,b\n")}
            )
            assert answer.json()["result"]["url"].rpartition("/")[2] == stored_file_name(file)
    finally:
        ckan.purge(name)


def test_the_page_shows_descriptions_as_they_were_written(ckan: Any) -> None:
    text = "# One * two _three_ <b>four</b> [five](six) `seven` & eight\n\n1. nine\n- ten"
    name = f"limits-test-{uuid4().hex[:8]}"
    try:
        ckan.act("package_create", name=name, owner_org=ckan.organization, title="t", notes=as_markdown(text))
        page = requests.get(f"{ckan.url}/dataset/{name}", timeout=30).text
        notes = re.search(r'<div class="notes[^"]*">(.*?)</div>', page, re.DOTALL)
        assert notes
        shown = re.sub("<[^>]*>", " ", notes[1])
        for escaped, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            shown = shown.replace(escaped, character)
        assert shown.split() == text.split()
    finally:
        ckan.purge(name)


@pytest.fixture
def town(ckan: Any, tmp_path: Path) -> Iterator[Path]:
    """A release with two series, editions by year and editions by version; its datasets leave the portal at the end."""
    for name, text in DATASETS.items():
        (tmp_path / "c" / name).mkdir(parents=True)
        (tmp_path / "c" / name / "dataset.yaml").write_text(text, "utf-8")
        if name not in ("budget", "roads"):  # they have the data of their newest editions
            (tmp_path / "c" / name / "data.csv").write_text(f"label\n{name}\n", "utf-8")
    (tmp_path / "c/catalogue.yaml").write_text(CATALOGUE, "utf-8")
    assert main(["build", str(tmp_path / "c"), "--output", str(tmp_path / "release")]) == 0
    yield tmp_path / "release"
    for name in (*DATASETS, "catalogue"):
        if ckan.post("package_show", token=ckan.token, id=f"{TOWN}-{name}").status_code == 200:
            ckan.purge(f"{TOWN}-{name}")


def test_series_and_editions_are_published_whole(
    ckan: Any, town: Path, publish: Callable[..., tuple[int, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    code, written = publish(town)
    assert code == 0, written
    assert "dcat:inSeries of 4 datasets: CKAN has no dataset series" in written
    assert "the site has no field for it" not in written
    code, written = publish(town, "--dry-run", "--exit-code")
    assert (code, "8 unchanged" in written) == (0, True), written
    capsys.readouterr()
    assert main(["verify", "ckan", str(town), "--url", ckan.url]) == 0, capsys.readouterr()


def test_the_rdf_of_ckanext_dcat_and_the_page_have_the_relations_of_editions(
    ckan: Any, town: Path, publish: Callable[..., tuple[int, str]]
) -> None:
    assert publish(town)[0] == 0

    def rdf(name: str) -> Graph:
        answer = requests.get(f"{ckan.url}/dataset/{TOWN}-{name}.ttl", timeout=30)
        return Graph().parse(data=answer.text, format="turtle")

    budget, roads = URIRef(f"{BASE}dataset/budget"), URIRef(f"{BASE}dataset/roads")
    assert {str(each) for each in rdf("roads").objects(roads, DCAT.hasVersion)} == {f"{roads}-1", f"{roads}-2"}
    assert (URIRef(f"{budget}-2024"), DCTERMS.isVersionOf, budget) in rdf("budget-2024")

    def extras(name: str) -> dict[str, Any]:
        shown = ckan.act("package_show", id=f"{TOWN}-{name}")
        return {each["key"]: json.loads(each["value"]) for each in shown["extras"] if each["value"].startswith("[")}

    assert extras("roads-2")["previous_version"] == [f"{roads}-1"]
    assert extras("roads-1")["next_version"] == [f"{roads}-2"]
    assert extras("budget-2024")["previous_in_series"] == [f"{budget}-2023"]
    assert extras("taxes")["next_in_series"] == [str(roads)]
    assert extras("budget")["current_version"] == [f"{budget}-2024"]
