"""The field maps and the limits of CKAN, against a real CKAN."""

from __future__ import annotations

import random
import re
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest
import requests

from st_opendata.targets.ckan.fields import Field, read_schema
from st_opendata.targets.ckan.limits import as_markdown, legal_tag, stored_file_name

pytestmark = pytest.mark.xdist_group("ckan")

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
