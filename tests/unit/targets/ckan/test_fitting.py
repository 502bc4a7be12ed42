"""Values without room or form in a portal's own fields are named; lists, languages, parts and expressions."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from portal_fields import choices, first, select, site_with, stating

from st_opendata.errors import ConfigurationError
from st_opendata.targets.ckan.packages import Package, packages
from st_opendata.targets.ckan.portal_schema import parse_schema

FREQUENCY = {"DAILY": "each day"}


def said(package: Package) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in package.notices:
        found.setdefault(each.field, []).append(str(each.text))
    return found


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (select("language", "English", "French"), "English", "the site has room for one, English; it lacks French"),
        ({"field_name": "language", "validators": "max_length(7)"}, None, "accepts 7 characters here, not 15"),
        ({"field_name": "publisher", "validators": "int_validator"}, None, 'a whole number here, not "City office"'),
        ({"field_name": "version", "validators": "email_validator"}, None, 'an e-mail address here, not "1.0.0"'),
        (
            {"field_name": "temporal_coverage", "validators": "isodate"},
            None,
            'a day here, as 2026-01-31, not "2020-01-01/2020-12-31": it is left out',
        ),
        (
            {"field_name": "notes_translated", "preset": "fluent_text", "form_languages": ["en"]},
            {"en": "Where."},
            "the field has the languages en; it lacks de, fr",
        ),
        (
            {
                "field_name": "title_translated",
                "preset": "fluent_text",
                "form_languages": ["en", "it"],
                "required": True,
            },
            {"en": "Places", "it": "Places"},
            "requires a text in it, which the release lacks",
        ),
    ],
)
def test_what_has_no_room_or_form_is_named(release: Path, field: dict[str, Any], value: object, text: str) -> None:
    package = first(release, site_with(field))
    if value is not None and "notes" not in field["field_name"]:
        assert package.metadata[field["field_name"]] == value
    assert (value is None) == (field["field_name"] not in package.metadata)
    assert text in " ".join(said(package)[field["field_name"]])


def test_fields_of_ckanext_fluent(release: Path) -> None:
    languages = ["en", "fr"]
    tags = {"field_name": "keywords", "preset": "fluent_tags", "required": True, "form_languages": ["en", "it"]}
    link = {"field_name": "landing_page", "preset": "fluent_link", "form_languages": languages}
    areas = {"field_name": "geographic_coverage", "preset": "fluent_text", "form_languages": languages}
    package = first(release, site_with(tags, link, areas, {"field_name": "title_fr"}))
    assert package.metadata["keywords"] == {"en": ["R D public", "city"], "it": ["R D public", "city"]}
    assert package.metadata["landing_page"] == dict.fromkeys(languages, "https://example.org/")
    assert package.metadata["geographic_coverage"]["en"] == "NUTS FRK26 (Lyon), Lyon"  # type: ignore[index]
    assert package.metadata["title_fr"] == "Lieux"


def test_tags_of_a_field_of_the_portals_own_are_words(release: Path) -> None:
    package = first(release, site_with({"field_name": "keywords", "preset": "multiple_text"}))
    assert package.metadata["keywords"] == ["R&D (public)", "X", "city"]


def test_licences_and_formats_get_a_choice_of_the_portal(release: Path) -> None:
    by = [{"value": "7", "label": "Creative Commons Attribution 4.0 International"}]
    licence = select("license_id", **{"choices": [*choices("other"), {"value": "cc-by", "label": "CC BY"}]})
    of_file = select("license", choices=by)
    form = select("format", choices=[{"value": "c", "label": "text/csv"}, *choices("XLSX")])
    package = first(release, site_with(licence, resource=(of_file, form)))
    assert package.metadata["license_id"] == "cc-by"
    csv = next(each for each in package.resources if each.file_name == "cities.csv")
    assert (csv.metadata["format"], csv.metadata["license"]) == ("c", "7")
    assert any("JSON" in text or "json" in text for text in said(package)["format"])
    other = first(release, site_with(select("license_id", "secret")))
    assert "license_id" not in other.metadata
    assert "is not among the choices of the portal: secret" in said(other)["license_id"][0]


def test_parts_of_repeated_fields_have_validators_and_choices(release: Path) -> None:
    parts = [
        {"field_name": "name", "validators": "not_empty"},
        {"field_name": "email", "validators": "email_validator"},
        {"field_name": "uri", "validators": "int_validator"},
        {"field_name": "role", "validators": "not_empty", "label": "Role"},
    ]
    contact = {"field_name": "contact", "repeating_subfields": parts}
    with pytest.raises(ConfigurationError, match=r"contact\.role \(Role\)"):
        packages(release, site_with(contact, dcat=True))
    package = first(release, site_with(contact, dcat=True, settings=stating(fields={"contact.role": "owner"})))
    assert package.metadata["contact"] == [{"name": "City office", "email": "office@example.org", "role": "owner"}]
    assert "a whole number here" in said(package)["contact.uri"][0]
    wrong = {"contact": [{"nme": "x"}]}
    with pytest.raises(ConfigurationError, match='the portal has no part "nme" here; did you mean "name"'):
        packages(release, site_with(contact, settings=stating(fields=wrong)))


def test_every_geometry_goes_where_there_is_room(release: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(release, tmp_path / "release")
    catalogue = changed / "catalog.ttl"
    text = catalogue.read_text("utf-8")
    nuts = "<http://data.europa.eu/nuts/code/FRK26>"
    wkt = "<http://www.opengis.net/ont/geosparql#wktLiteral>"
    more = f'\n{nuts} <http://www.w3.org/ns/dcat#centroid> "POINT(5 46)"^^{wkt} .\n'
    catalogue.write_text(text + more, "utf-8")
    several = {"field_name": "spatial", "preset": "multiple_text", "validators": "scheming_multiple_text"}
    assert len(first(changed, site_with(several)).metadata["spatial"]) == 2  # type: ignore[arg-type]
    one = first(changed, site_with({"field_name": "spatial"}))
    assert "the site has room for one" in said(one)["spatial"][0]


@pytest.mark.parametrize("required", [True, False])
def test_an_expression_without_a_value_is_said(release: Path, required: bool) -> None:
    fields = {"interval": {"from": "accrualPeriodicity", "values": FREQUENCY}}
    site = site_with(
        {"field_name": "interval", "validators": "not_empty" if required else "ignore_missing"},
        settings=stating(fields=fields),
    )
    if required:
        with pytest.raises(ConfigurationError, match=r"for which \{from: accrualPeriodicity\} has no value"):
            packages(release, site)
    else:
        assert "{from: accrualPeriodicity} has no value, and no default" in said(first(release, site))["interval"]


def test_values_for_an_unknown_dataset_are_refused(release: Path) -> None:
    site = site_with(settings=stating(datasets={"place": {"fields": {"a": "b"}}}))
    with pytest.raises(ConfigurationError, match='the release has no dataset "place"; did you mean "places"'):
        packages(release, site)


def test_a_licence_is_looked_up_once(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    module = "st_opendata.targets.ckan.metadata.choose_licence"
    monkeypatch.setattr(module, lambda iri, *_: asked.append(iri))
    packages(release, replace(site_with(), portal=None))
    assert len(asked) == len(set(asked)) == 1


def test_parts_and_tags_of_ckanext_fluent(release: Path) -> None:
    """As ckanext-dcat's dcat_ap_multilingual.yaml: the portal makes `name` of `name_translated`, else it is empty."""
    name = {"field_name": "name_translated", "preset": "fluent_core_translated", "validators": "fluent_text"}
    tags = {"field_name": "tags_translated", "preset": "fluent_tags", "form_languages": ["en", "fr"]}
    contact = {
        "field_name": "contact",
        "form_languages": ["en", "fr"],
        "repeating_subfields": [
            {"field_name": "uri"},
            {"field_name": "name"},
            {**name, "form_languages": ["en", "fr"]},
            {"field_name": "email"},
        ],
    }
    package = first(release, site_with(tags, contact, dcat=True))
    assert isinstance(package.metadata["contact"], list)
    (item,) = package.metadata["contact"]
    assert set(item["name_translated"].values()) == {item["name"]}
    assert package.metadata["tags_translated"]["en"] == ["R D public", "city"]
    assert not any(field.startswith("contact") for field in said(package))


def test_a_text_without_a_language_is_one_in_each(release: Path, tmp_path: Path) -> None:
    owner = {"field_name": "owner", "preset": "fluent_text", "form_languages": ["it", "es"]}
    assert said(first(release, site_with(owner)))["owner"] == ["the field has the languages it, es; it lacks en"]
    changed = shutil.copytree(release, tmp_path / "release")
    catalogue = changed / "catalog.ttl"
    catalogue.write_text(catalogue.read_text("utf-8").replace('"City office"@en', '"City office"'), "utf-8")
    package = first(changed, site_with(owner))
    assert package.metadata["owner"] == {"it": "City office", "es": "City office"}
    assert "owner" not in said(package)


def test_languages_that_a_schema_does_not_state_are_those_of_its_labels() -> None:
    label = {"en": "Title", "fr": "Titre"}
    schema = parse_schema({"dataset_fields": [{"field_name": "title", "preset": "fluent_text", "label": label}]})
    assert schema.dataset["title"].languages == ("en", "fr")


def test_several_values_are_known_by_their_form_too(release: Path) -> None:
    """As opendata.swiss: its validator is its own, and it makes `notes` of another field."""
    language = select("language", "English", "French", validators="ogdch_language")
    notes = {"field_name": "notes", "validators": "ignore"}
    for more in ({"output_validators": "scheming_multiple_choice_output"}, {"form_snippet": "multiple_checkbox.html"}):
        package = first(release, site_with({**language, "preset": "languages", **more}, notes))
        assert package.metadata["language"] == ["English", "French"]
        assert "notes" not in package.metadata


def test_a_format_without_choice_is_called_by_its_name_unless_the_publisher_states_it(release: Path) -> None:
    form = select("format", "CSV", "other")
    assert any(
        text.startswith("SVG is not among the choices")
        for text in said(first(release, site_with(resource=(form,))))["format"]
    )
    settings = stating(resourceFields={"format": "other"})
    assert "format" not in said(first(release, site_with(resource=(form,), settings=settings)))


def test_periods_without_room_are_named_by_their_days(release: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(release, tmp_path / "release")
    catalogue = changed / "catalog.ttl"
    dataset, period = "<https://example.org/tiny/dataset/places>", "<https://example.org/tiny/later>"
    more = f'\n{dataset} dct:temporal {period} .\n{period} dcat:startDate "2022-01-01"^^xsd:date .\n'
    catalogue.write_text(catalogue.read_text("utf-8") + more, "utf-8")
    package = first(changed, replace(site_with(dcat=True), portal=None))
    assert said(package)["temporal_start"] == [
        "the site has room for one, 2020-01-01/2020-12-31; it lacks 2022-01-01/.."
    ]
