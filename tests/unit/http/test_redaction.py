"""Messages without secrets: the token, and the passwords of proxies."""

from __future__ import annotations

import pytest

from st_opendata.errors import RemoteError
from st_opendata.http.redaction import hide_proxies, redact_error, redactor
from st_opendata.messages.message import message
from st_opendata.place import Place

PROXY = {"HTTPS_PROXY": "http://user:p%40ss-word@proxy.example:8080"}


@pytest.mark.parametrize("shown", ["p%40ss-word", "p@ss-word"])
def test_the_password_of_a_proxy_is_hidden_however_it_is_written(shown: str) -> None:
    text = hide_proxies(f"cannot connect to user:{shown}@proxy.example", PROXY)
    assert (shown in text, "proxy.example" in text) == (False, True)


def test_without_a_proxy_nothing_changes() -> None:
    for environment in ({}, {"https_proxy": "http://proxy.example"}, {"https_proxy": "http://[broken"}):
        assert hide_proxies("user:secret@proxy.example", environment) == "user:secret@proxy.example"


def test_an_error_has_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://user:geheimes-wort@proxy.example")
    error = RemoteError(
        message("refused: {reason}", reason="token-1234567890 geheimes-wort"),
        place=Place("http://user:geheimes-wort@proxy.example"),
        remedy=message("Look at {url}.", url="geheimes-wort"),
    )
    shown = str(redact_error(error, redactor("token-1234567890")))
    assert "geheimes-wort" not in shown
    assert "token-1234567890" not in shown
