"""Addresses and bounds of a portal: what is refused, in the language of the reader and with the words as typed."""

from __future__ import annotations

import pytest

from st_opendata.errors import UsageError
from st_opendata.portal.options import Options


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", '"column" is not the IP address of a proxy'),
        ("fr", "« column » n’est pas l’adresse IP d’un serveur mandataire"),
        ("de", "„column“ ist nicht die IP-Adresse eines Proxys"),
    ],
)
def test_a_proxy_needs_an_address_and_is_quoted_as_typed(language: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Options(trusted_proxies=("column",))
    assert caught.value.message_text(language).replace("\N{NO-BREAK SPACE}", " ") == text
    assert "10.88.0.0/16" in caught.value.remedy_text(language)


@pytest.mark.parametrize(
    ("language", "quoted"), [("fr", "«\N{NO-BREAK SPACE}table\N{NO-BREAK SPACE}»"), ("de", "„table“")]
)
def test_a_base_url_is_quoted_as_typed(language: str, quoted: str) -> None:
    with pytest.raises(UsageError) as caught:
        Options(base_url="table")
    assert caught.value.message_text(language).startswith(quoted)
