"""The portal that the options, the catalogue or a file name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from st_opendata.errors import ConfigurationError, InputError, UsageError
from st_opendata.model.targets import TargetSettings
from st_opendata.targets.ckan.chosen import choose_target
from st_opendata.targets.ckan.fields import schema_for
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.target import CkanOptions
from st_opendata.targets.ckan.token import find_certificate

PORTAL = Site(
    url="https://city.example",
    version="2.12.0",
    plugins=frozenset(),
    schema=schema_for(()),
    user="editor",
    organization="office",
    organization_id="0b5e",
    language="en",
)
CITY = TargetSettings(kind="ckan", url="https://city.example/", organization="office", fields={"a": "b"})
STATE = TargetSettings(kind="ckan", url="https://state.example")
BOTH = {"city": CITY, "state": STATE}


def test_the_only_target_is_the_default_and_options_win() -> None:
    chosen = choose_target({"city": CITY}, None, None, None)
    assert (chosen.name, chosen.url, chosen.require_organization()) == ("city", "https://city.example/", "office")
    chosen = choose_target(BOTH, "city", "https://test.example", "other")
    assert (chosen.url, chosen.organization, chosen.settings) == ("https://test.example", "other", CITY)


def test_a_url_finds_its_target_and_another_has_none() -> None:
    assert choose_target(BOTH, None, "https://city.example", None).name == "city"
    assert choose_target(BOTH, None, "https://new.example", "x").settings is None


@pytest.mark.parametrize(
    ("targets", "name", "expected"),
    [
        (BOTH, None, "the release has several targets: city, state"),
        ({}, None, "the portal is missing"),
        (BOTH, "citty", 'the release has no target "citty"; did you mean "city"?'),
    ],
)
def test_a_target_that_is_not_clear(targets: dict[str, TargetSettings], name: str | None, expected: str) -> None:
    with pytest.raises(UsageError) as refused:
        choose_target(targets, name, None, None)
    assert expected in str(refused.value)


def test_an_organisation_is_needed_to_publish() -> None:
    with pytest.raises(UsageError, match="organisation that owns the datasets is missing"):
        choose_target(BOTH, "state", None, None).require_organization()


def test_a_file_states_a_target(tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_text("kind: ckan\nurl: https://city.example\ndatasets: {a: {fields: {x: [1, 2]}}}\n", "utf-8")
    chosen = choose_target(BOTH, str(path), None, None)
    assert chosen.settings
    assert chosen.settings.of("a").fields == {"x": ["1", "2"]}
    path.write_text("kind: ckan\nurl: https://city.example\nfeilds: {a: b}\n", "utf-8")
    with pytest.raises(ConfigurationError, match='"feilds" is unknown; did you mean "fields"') as refused:
        choose_target(BOTH, str(path), None, None)
    assert refused.value.place
    assert refused.value.place.line == 3
    with pytest.raises(InputError):
        choose_target(BOTH, str(tmp_path / "none.yaml"), None, None)


def test_the_limit_of_the_target_counts_unless_an_option_states_another() -> None:
    chosen = choose_target({"city": CITY.model_copy(update={"max_upload": 5})}, None, None, None)
    options = CkanOptions(Path("release"))
    assert options.add_to(PORTAL, chosen).max_upload == 5
    assert replace(options, max_upload=7).add_to(PORTAL, chosen).max_upload == 7


def test_certificates_are_those_of_the_options_the_environment_or_the_target() -> None:
    stated = ("stated.pem", "stated.key")
    named = {"ST_CKAN_CLIENT_CERT": "named.pem"}
    assert find_certificate(Path("given.pem"), None, stated, named) == (Path("given.pem"), None)
    assert find_certificate(None, None, stated, named) == (Path("named.pem"), None)
    assert find_certificate(None, None, stated, {}) == (Path("stated.pem"), Path("stated.key"))
    assert find_certificate(None, None, (None, None), {}) == (None, None)
