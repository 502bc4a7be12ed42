from __future__ import annotations

import pytest

from st_opendata.http.urls import web_url


@pytest.mark.parametrize("text", ["https://example.org", "http://127.0.0.1:80/a?b#c", "https://[::1]:8000/"])
def test_a_web_address_has_its_parts(text: str) -> None:
    parts = web_url(text)
    assert parts is not None
    assert parts.geturl() == text


@pytest.mark.parametrize(
    "text", ["", "a.csv", "http:a", "http://", "http://:80/", "ftp://e.org/", "http://[::1/a", "//e.org"]
)
def test_what_is_none(text: str) -> None:
    assert web_url(text) is None
