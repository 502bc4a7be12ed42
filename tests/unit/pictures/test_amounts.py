from __future__ import annotations

import pytest

from st_opendata.pictures.amounts import is_amount


@pytest.mark.parametrize(
    "name",
    [
        "http://data.europa.eu/s66#rcn",
        "http://data.europa.eu/s66#publishedYear",
        "https://example.org/projectID",
        "https://example.org/vat_number",
        "https://example.org/ann%C3%A9e_construction",
        "https://example.org/terms/year/",
        "http://purl.org/dc/terms/identifier",
        "https://schema.org/postalCode",
        "code_insee",
        "HausNr",
        "PLZ",
    ],
)
def test_numbers_that_tell_things_apart_are_no_amounts(name: str) -> None:
    assert not is_amount(name)


@pytest.mark.parametrize(
    "name",
    [
        "http://data.europa.eu/s66#value",
        "https://w3id.org/st-opendata/ontology#partnerCount",
        "https://schema.org/numberOfItems",
        "https://example.org/kWhPerYear",
        "https://example.org/cost_per_id",
        "https://example.org/budgetYear1",
        "population",
        "valid",
        "n",
        "",
    ],
)
def test_what_counts_or_measures_is_an_amount(name: str) -> None:
    assert is_amount(name)
