from __future__ import annotations

from decimal import Decimal

import pytest

from st_opendata.pictures.decision import (
    LATITUDE,
    LONGITUDE,
    DataField,
    Money,
    Position,
    are_bars,
    are_kinds,
    are_years,
    find_money,
    find_position,
    is_amount,
    is_on_earth,
    variable_field,
)


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


def field(name: str, states: str | None = None, datatype: str = "decimal", **more: object) -> DataField:
    return DataField(name, states, datatype, **more)  # type: ignore[arg-type]


def test_coordinates_of_one_thing_make_a_map() -> None:
    fields = [field("north", LATITUDE, about="a/{id}"), field("east", LONGITUDE, about="a/{id}")]
    kind = field("role", None, "string", about="a/{id}", value="role/{role}")
    assert find_position([*fields, kind]) == Position("north", "east", ("role",))
    assert find_position([fields[0], field("east", LONGITUDE, about="b/{id}")]) is None
    assert find_position([fields[0], field("east", LONGITUDE, about="a/{id}", is_list=True)]) is None
    assert find_position([variable_field("Lat", is_number=True), variable_field("lng", is_number=True)])


def test_an_amount_beside_a_currency_is_money() -> None:
    currency = field("currency", "http://data.europa.eu/s66#currency", "string")
    amount = field("amount", "http://data.europa.eu/s66#value")
    assert find_money([amount, currency]) == Money("amount", "currency")
    assert find_money([field("amount", amount.property_url, is_key=True), currency]) is None
    assert find_money([field("amount", amount.property_url, about="b"), currency]) is None
    assert find_money([amount]) is None


def test_what_is_enough_for_a_picture() -> None:
    assert [are_kinds(codes, 6) for codes in range(7)] == [False, False, True, True, True, True, False]
    assert not are_kinds(2, 2)
    assert are_bars(2, Decimal(0)) and not are_bars(1, Decimal(0)) and not are_bars(2, Decimal("-0.1"))
    assert not are_bars(2, Decimal(0), ("EUR", "CHF"))
    assert are_years([5, 5]) and not are_years([10]) and not are_years([4, 5])
    assert is_on_earth(90, -180) and not is_on_earth(Decimal(91), Decimal(0)) and not is_on_earth(float("nan"), 0)
