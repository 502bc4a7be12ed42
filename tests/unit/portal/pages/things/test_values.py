"""Literals as the language of a page writes them."""

from __future__ import annotations

import pytest

from st_opendata.namespaces import XSD
from st_opendata.portal.data.names import Literal
from st_opendata.portal.pages.things.values import literal_text
from st_opendata.portal.wording import words_of


@pytest.mark.parametrize(
    ("text", "datatype", "english", "german"),
    [
        ("1234567.50", "decimal", "1,234,567.5", "1.234.567,5"),
        ("2020-02-29", "date", "29 February 2020", "29. Februar 2020"),
        ("2020-02-29T12:00:00Z", "dateTime", "29 February 2020, 12:00:00Z", "29. Februar 2020, 12:00:00Z"),
        ("2020-02-29T12:00:00.5", "dateTimeStamp", "29 February 2020, 12:00:00.5", "29. Februar 2020, 12:00:00.5"),
        ("2020-02-30T12:00:00", "dateTime", "2020-02-30T12:00:00", "2020-02-30T12:00:00"),
        ("2016", "gYear", "2016", "2016"),
    ],
)
def test_a_literal_is_whole(text: str, datatype: str, english: str, german: str) -> None:
    literal = Literal(text, datatype=f"{XSD}{datatype}")
    assert (literal_text(literal, words_of("en")), literal_text(literal, words_of("de"))) == (english, german)


def test_a_number_that_is_no_amount_stays_as_it_is() -> None:
    literal = Literal("199963", datatype=f"{XSD}nonNegativeInteger")
    assert literal_text(literal, words_of("en"), amount=False) == "199963"
    assert literal_text(literal, words_of("en")) == "199,963"
