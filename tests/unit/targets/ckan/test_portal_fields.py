"""A portal's own schema: what its fields get, what it requires, and the values that the publisher states."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from portal_fields import AUTHORITY, extras_of, first, select, site_with, stating

from st_opendata.errors import ConfigurationError
from st_opendata.targets.ckan.packages import packages
from st_opendata.targets.ckan.site import Site


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (select("update_frequency", "daily", "as_required"), "as_required"),
        (select("accrualPeriodicity", f"{AUTHORITY}/frequency/AS_NEEDED"), f"{AUTHORITY}/frequency/AS_NEEDED"),
        (select("update_interval", "x", choices=[{"value": "7", "label": {"de": "Bei Bedarf"}}]), "7"),
        (select("access_level", "open", "restricted"), "open"),
        ({"field_name": "contact_email", "validators": "not_empty email_validator"}, "office@example.org"),
        ({"field_name": "owner", "label": "Owner"}, "City office"),
        (
            {"field_name": "languages", "preset": "multiple_text", "validators": "scheming_multiple_text"},
            ["English", "French"],
        ),
        ({"field_name": "date_published", "preset": "date", "validators": "scheming_required isodate"}, "2020-02-01"),
        ({"field_name": "start_date", "label": "From"}, "2020-01-01"),
        ({"field_name": "geographic_coverage", "label": "Area"}, "NUTS FRK26 (Lyon), Lyon"),
        ({"field_name": "spatial", "label": "Area"}, '{"type": "Point", "coordinates": [4.84789, 45.74906]}'),
        (
            {"field_name": "spatial", "preset": "json_object", "validators": "scheming_valid_json_object"},
            {"type": "Point", "coordinates": [4.84789, 45.74906]},
        ),
        ({"field_name": "standard", "validators": "url_validator"}, "https://example.org/standard"),
        (
            {**select("topics", "energy", "regions-and-cities"), "validators": "scheming_multiple_choice"},
            ["regions-and-cities"],
        ),
        (
            {
                "field_name": "title_translated",
                "preset": "fluent_core_translated",
                "form_languages": ["en", "fr", "it"],
            },
            {"en": "Places", "fr": "Lieux"},
        ),
    ],
)
def test_a_field_gets_the_value_in_its_form(release: Path, field: dict[str, Any], expected: object) -> None:
    package = first(release, site_with(field))
    assert package.metadata[field["field_name"]] == expected


def test_what_has_no_field_goes_to_extras_and_what_has_one_does_not(release: Path) -> None:
    package = first(release, site_with(select("update_frequency", "as_required"), {"field_name": "theme"}))
    extras = extras_of(package)
    assert package.metadata["theme"] == "Regions and cities"
    assert "theme" not in extras
    assert "frequency" not in extras
    assert extras["publisher_name"] == "City office"


def test_extras_stay_for_the_rdf_where_ckanext_dcat_does_not_read_the_field(release: Path) -> None:
    extras = extras_of(first(release, site_with(select("update_frequency", "as_required"), dcat=True)))
    assert extras["frequency"] == f"{AUTHORITY}/frequency/AS_NEEDED"


def test_a_value_without_choice_is_named_and_goes_to_extras(release: Path) -> None:
    package = first(release, site_with(select("update_frequency", "daily", "weekly")))
    assert "update_frequency" not in package.metadata
    assert extras_of(package)["frequency"] == "as needed"
    notice = next(each for each in package.notices if each.field == "update_frequency")
    assert str(notice.text) == "as needed is not among the choices of the portal: daily, weekly"


def test_a_date_that_is_not_a_day_is_named(release: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(release, tmp_path / "release")
    catalogue = changed / "catalog.ttl"
    catalogue.write_text(
        catalogue.read_text("utf-8").replace('dct:issued "2020-02-01"', 'dct:issued "in spring"'), "utf-8"
    )
    field = {"field_name": "date_published", "preset": "date", "validators": "isodate"}
    package = first(changed, site_with(field))
    assert "date_published" not in package.metadata
    notices = {each.field: str(each.text) for each in package.notices}
    assert notices["date_published"] == (
        'the portal accepts a day here, as 2026-01-31, not "in spring": it is left out'
    )


def test_repeated_fields_get_the_subfields_that_the_portal_has(release: Path) -> None:
    contact = {"field_name": "contact", "repeating_subfields": [{"field_name": "name"}, {"field_name": "phone"}]}
    package = first(release, site_with(contact, dcat=True))
    assert package.metadata["contact"] == [{"name": "City office"}]
    assert {"contact.email", "contact.uri"} <= {each.field for each in package.notices}
    assert not any(key.startswith("contact_") for key in extras_of(package))


def test_required_fields_are_found_with_the_lines_to_write(release: Path) -> None:
    department = select("department", "roads", "parks", required=True, label={"en": "Department", "fr": "Service"})
    wards = {"field_name": "wards", "label": "Wards", "validators": "not_empty int_validator"}
    kind = select("kind", "data", "paper", required="true")
    site = site_with(department, wards, resource=(kind,), target="city")
    with pytest.raises(ConfigurationError) as refused:
        packages(release, site)
    text = str(refused.value)
    assert "department (Department), one of roads, parks; wards (Wards); kind (Kind), one of data, paper" in text
    assert refused.value.remedy_text().endswith(
        "\n    targets:\n      city:\n        kind: ckan\n        url: https://portal.example\n        fields:\n"
        "          department: roads\n          wards: 1\n        resourceFields:\n          kind: data"
    )
    assert "department (Service)" in refused.value.message_text() or "Department" in refused.value.message_text("fr")


@pytest.mark.parametrize(
    "field",
    [
        select("department", "roads", "parks"),
        {"field_name": "code", "required": True, "validators": "ignore_missing unicode_safe"},
        select("kind", "dataset", required=True, validators="default(dataset) scheming_choices scheming_required"),
    ],
)
def test_what_the_portal_does_not_enforce_is_not_required(release: Path, field: dict[str, Any]) -> None:
    assert field["field_name"] not in first(release, site_with(field)).metadata


def test_a_required_field_begins_with_the_default_of_its_form(release: Path) -> None:
    site = site_with(select("asset_type", "dataset", "map", required=True, default="dataset"))
    assert first(release, site).metadata["asset_type"] == "dataset"


def test_the_catalogue_gets_the_value_that_all_datasets_have(release: Path) -> None:
    made = packages(release, site_with(select("update_frequency", "as_required", required=True)))
    assert {each.metadata["update_frequency"] for each in made} == {"as_required"}


def test_a_field_that_only_some_lack_is_suggested_for_these(release: Path) -> None:
    site = site_with({"field_name": "provenance", "label": "Lineage", "validators": "not_empty"})
    with pytest.raises(ConfigurationError) as refused:
        packages(release, site)
    assert "provenance (Lineage) of tiny-catalogue" in str(refused.value)
    assert "provenance: {from: provenance, default: …}" in str(refused.value)


def test_stated_values_constants_and_expressions(release: Path) -> None:
    fields = {
        "department": "parks",
        "wards": "12",
        "reviewed": "yes",
        "interval": {"from": "accrualPeriodicity", "values": {"AS_NEEDED": "now and then"}},
        "owner": {"from": "dct:publisher/foaf:name"},
        "level": {"from": "version", "values": {"9": "new"}, "default": "old"},
    }
    own: dict[str, Any] = {"places": {"fields": {"department": "roads"}, "resourceFields": {"kind": "data"}}}
    site = site_with(
        select("department", "roads", "parks", required=True),
        {"field_name": "wards", "validators": "int_validator"},
        {"field_name": "reviewed", "validators": "boolean_validator"},
        *({"field_name": name} for name in ("interval", "owner", "level")),
        resource=({"field_name": "kind"},),
        settings=stating(fields=fields, datasets=own),
    )
    places, says, catalogue = packages(release, site)
    shown = {name: places.metadata[name] for name in fields}
    assert shown == {
        "department": "roads",
        "wards": "12",
        "reviewed": True,
        "interval": "now and then",
        "owner": "City office",
        "level": "old",
    }
    assert says.metadata["department"] == catalogue.metadata["department"] == "parks"
    assert {each.metadata["kind"] for each in places.resources} == {"data"}
    assert all("kind" not in each.metadata for each in says.resources)


def test_on_a_site_without_schema_stated_values_are_extras(release: Path) -> None:
    settings = stating(fields={"department": "roads", "author": "Roads office"})
    package = first(release, Site("https://portal.example", "office", schema="plain", settings=settings))
    assert extras_of(package)["department"] == "roads"
    assert package.metadata["author"] == "Roads office"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"department": "road"}, '"road" is not among the choices of the portal; did you mean "roads"?: roads, parks'),
        ({"departement": "roads"}, 'departement: the portal has no such field; did you mean "department"?'),
        ({"wards": "many"}, 'the portal accepts a whole number here, not "many"'),
        ({"department": ["roads", "parks"]}, "department: the portal accepts one value here"),
        ({"department": {"from": "freqency"}}, 'there is no field "freqency"; did you mean "frequency"?'),
        ({"department": {"from": "dc:x"}}, '"dc:x" is not a path of properties'),
    ],
)
def test_stated_values_that_the_portal_does_not_accept(release: Path, fields: dict[str, Any], expected: str) -> None:
    wards = {"field_name": "wards", "validators": "int_validator"}
    site = site_with(select("department", "roads", "parks"), wards, settings=stating(fields=fields))
    with pytest.raises(ConfigurationError) as refused:
        packages(release, site)
    assert expected in str(refused.value)


def test_files_have_the_availability_under_the_name_of_ckanext_dcatde(release: Path) -> None:
    places = first(release, site_with(resource=({"field_name": "plannedAvailability"},)))
    assert {each.metadata["plannedAvailability"] for each in places.resources} == {"stable"}
