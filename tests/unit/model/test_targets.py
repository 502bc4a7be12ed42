"""`targets:` as a publisher writes it: what a dataset states over what its target states, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from st_opendata.errors import ConfigurationError
from st_opendata.model.targets import TargetSettings
from st_opendata.targets.ckan.chosen import read_target

CITY: dict[str, Any] = {"kind": "ckan", "url": "https://city.example"}


def settings(**more: Any) -> TargetSettings:
    return TargetSettings.model_validate({**CITY, **more})


def test_what_a_dataset_states_replaces_what_its_target_states() -> None:
    own = {
        "a": {"organization": "roads", "groups": [], "publishFrom": "2026-12-01", "formats": ["csv"]},
        "b": {"private": "false"},
    }
    stated = settings(organization="city", groups="energy", private="true", formats={"nt": "false"}, datasets=own)
    first, second, other = map(stated.of, ("a", "b", "c"))
    assert (first.organization, first.groups, first.private) == ("roads", [], None)
    assert first.publish_from == date(2026, 12, 1)
    assert [name for name, sent in first.formats.items() if sent] == ["csv"]
    assert (second.organization, second.groups, second.private) == ("city", ["energy"], False)
    assert (other.private, other.formats) == (True, {"nt": False})
    assert TargetSettings.model_validate(stated.model_dump(mode="json", exclude_defaults=True)) == stated


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("organization: [a]", "write the name of an organisation, or an expression"),
        ("groups: {a: b}", "write names of groups, as in [transport, energy], or an expression"),
        ("groups: {from: theme, vaules: {}}", "write a value, or an expression"),
        ("private: maybe", '"private": write true or false'),
        ("publishFrom: soon", '"publishFrom": a date is needed here'),
        ("publishFrom: 2026-12-01\nprivate: true", "`private` and `publishFrom` contradict each other"),
        ("formats: csv", "write the formats to send, as in [csv, xlsx, ttl], or exceptions"),
        ("formats: [cvs]", 'there is no format "cvs" of a dataset; did you mean "csv"?'),
        ("formats: {trig: false}", 'there is no format "trig" of a dataset'),
        ("formats: {nt: 5}", "write true or false"),
        ("maxUpload: 0", '"maxUpload": Input should be greater than 0'),
    ],
)
def test_what_is_written_wrong_is_said_at_its_place(tmp_path: Path, line: str, expected: str) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(f"kind: ckan\nurl: https://city.example\n{line}\n", "utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_target(path)
    assert expected in str(refused.value)
    assert refused.value.place
    assert refused.value.place.file == str(path)
