"""The portal that the options, the catalogue or a file name."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.errors import ConfigurationError, InputError, UsageError
from st_opendata.model.targets import TargetSettings
from st_opendata.targets.ckan.chosen import choose_target

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
