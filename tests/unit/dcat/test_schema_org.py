from __future__ import annotations

import json

import pytest

from st_opendata.dcat import schema_org
from st_opendata.dcat.schema_org import MAX_DESCRIPTION, MIN_DESCRIPTION
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.release import Distribution

Offer = dict[str, tuple[Distribution, ...]]
BASE = "https://w3id.org/st-opendata/smarter-together/"
SITE = "https://data.example.org/smarter/"

REQUIRED = {"name", "description"}
RECOMMENDED = {
    "alternateName", "creator", "citation", "funder", "isPartOf", "identifier", "isAccessibleForFree", "keywords",
    "license", "measurementTechnique", "sameAs", "spatialCoverage", "temporalCoverage", "variableMeasured", "version",
    "url", "includedInDataCatalog", "distribution",
}  # fmt: skip


def test_google_finds_every_field_it_requires_or_recommends(catalogue: Catalogue, distributions: Offer) -> None:
    found = schema_org(catalogue, catalogue.datasets[0], distributions["cities"])
    assert set(found) >= REQUIRED | RECOMMENDED
    assert MIN_DESCRIPTION <= len(found["description"]) <= MAX_DESCRIPTION
    assert found["name"] == "Cities"
    assert found["alternateName"] == ["Villes", "Städte"]
    assert found["keywords"] == ["smart city", "energy", "ville intelligente", "Energie"]
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["isAccessibleForFree"] is True
    assert found["creator"]["name"] == "Open data team"
    assert found["temporalCoverage"] == "2016-02-01/2021-07-31"
    assert found["spatialCoverage"][0]["geo"] == {"@type": "GeoShape", "box": "45.7 4.77 45.81 4.9"}
    assert found["isPartOf"]["@id"] == f"{BASE}series/all"
    assert len(found["isPartOf"]["description"]) >= MIN_DESCRIPTION
    assert found["includedInDataCatalog"]["@id"] == f"{BASE}catalogue"
    first = found["distribution"][0]
    assert (first["contentUrl"], first["encodingFormat"]) == (f"{SITE}cities/cities.csv", "text/csv")


def test_variables_are_the_columns_that_the_files_have(catalogue: Catalogue) -> None:
    identifier, name = schema_org(catalogue, catalogue.datasets[0], ())["variableMeasured"]
    assert identifier == {
        "@type": "PropertyValue",
        "name": "Identifier",
        "propertyID": "http://purl.org/dc/terms/identifier",
    }
    assert name == {"@type": "PropertyValue", "name": "Name", "description": "Name of the city"}


def test_what_is_unknown_is_left_out(catalogue: Catalogue) -> None:
    places = catalogue.datasets[1].model_copy(update={"funder": None, "landing_page": None})
    found = schema_org(catalogue.model_copy(update={"series": ()}), places, ())
    assert found.keys().isdisjoint({"funder", "citation", "isPartOf", "variableMeasured", "distribution"})
    assert found["url"] == f"{BASE}dataset/places"
    assert found["temporalCoverage"] == "2020-01-01/.."


@pytest.mark.parametrize("text", ["x", "word " * 2000])
def test_a_description_is_neither_too_short_nor_too_long(catalogue: Catalogue, text: str) -> None:
    dataset = catalogue.datasets[0].model_copy(update={"description": {"en": text}})
    assert MIN_DESCRIPTION <= len(schema_org(catalogue, dataset, ())["description"]) <= MAX_DESCRIPTION


def test_only_content_urls_depend_on_the_site(catalogue: Catalogue, distributions: Offer) -> None:
    found = schema_org(catalogue, catalogue.datasets[0], distributions["cities"])
    for download in found["distribution"]:
        assert download.pop("contentUrl").startswith(SITE)
    assert SITE not in json.dumps(found)


@pytest.mark.parametrize(
    ("language", "place"),
    [
        ("en", " “Cities” is part of the catalogue “All”: "),
        ("fr", " « Cities » fait partie du catalogue « All » : "),
        ("de-CH", " „Cities“ gehört zum Katalog „All“: "),
        ("lt", " Cities – All: "),
    ],
)
def test_a_short_description_says_in_its_language_where_it_belongs(
    catalogue: Catalogue, language: str, place: str
) -> None:
    short = {"title": {language: "Cities"}, "description": {language: "All."}}
    dataset = catalogue.datasets[0].model_copy(update=short)
    found = schema_org(catalogue.model_copy(update={"title": {language: "All"}}), dataset, ())
    assert found["description"] == f"All.{place}{BASE}dataset/{dataset.id}"
