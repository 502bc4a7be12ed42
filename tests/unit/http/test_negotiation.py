"""Accept and Accept-Encoding as RFC 9110 defines them."""

from __future__ import annotations

import pytest

from st_opendata.http.negotiation import choose_encoding, choose_type

OFFERS = ("application/json", "application/xml", "text/csv", "text/plain")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/plain, text/csv", "text/csv"),
        ("text/csv;q=0.5, application/xml;q=0.6", "application/xml"),
        ("text/*;q=0.3, text/csv;q=0.1", "text/plain"),  # the most specific range counts
        ("application/json;q=0.2, application/*;q=0.9", "application/xml"),
        ("application/json;q=0, */*;q=0.1", "application/xml"),
        ("text/csv;q=0.001", "text/csv"),
        ("text/csv;q=0", None),
        ("image/png", None),
        ("TEXT/CSV", "text/csv"),
        ("text/csv;charset=utf-8", "text/csv"),
        ('application/json;profile="http://e/a;b"', "application/json"),
        ("garbage, text/csv", "text/csv"),
        ("garbage", "application/json"),
    ],
)
def test_types(accept: str | None, chosen: str | None) -> None:
    assert choose_type(accept, OFFERS) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("*", "zstd"),
        ("*;q=0.5, zstd;q=0", "gzip"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("GZIP; q=0.8", "gzip"),
        ("gzip;q=x", None),
        ("zstd;q=nan", None),
        ("zstd;q=inf, gzip;q=0.1", "gzip"),
        ("zstd;q=-1", None),
        ("br", None),
    ],
)
def test_encodings(accept: str | None, chosen: str | None) -> None:
    assert choose_encoding(accept, ("zstd", "gzip")) == chosen
