"""Values that the validators of portals refuse; the verdicts are those of CKAN 2.12."""

from __future__ import annotations

import pytest

from st_opendata.targets.ckan.portal_schema import parse_schema


@pytest.mark.parametrize(
    ("validators", "accepted", "refused"),
    [
        ("not_empty int_validator", ["12", "-3", 4], ["many", "1.5", ""]),
        ("natural_number_validator", ["0", 7], ["-1"]),
        ("is_positive_integer", ["1"], ["0"]),
        ("float_validator", ["1.5", "2"], ["1,5"]),
        ("boolean_validator", ["yes", "False", True], ["perhaps"]),
        ("isodate", ["2026-01-31", "2026-01-31T10:00:00"], ["2026", "2026-02", "2026-13-01", "2020-01-01/2020-12-31"]),
        ("dcat_date", ["2026", "2026-02", "2026-01-31"], ["in spring", "2026-13"]),
        ("email_validator", ["office@example.org"], ["office", "a..b@example.org", "a@b c"]),
        ("url_validator", ["https://example.org/a"], ["www.example.org", "ftp://example.org/", "https://exämple.org/"]),
        ("scheming_valid_json_object", ['{"a": 1}', {}], ["[1]", "no"]),
        ("ignore_missing max_length(3)", ["abc"], ["abcd"]),
        ("unicode_safe", ["anything"], []),
    ],
)
def test_validators(validators: str, accepted: list[object], refused: list[object]) -> None:
    field = parse_schema({"dataset_fields": [{"field_name": "x", "validators": validators}]}).dataset["x"]
    assert [value for value in accepted if field.refusal(value)] == []
    assert [value for value in refused if not field.refusal(value)] == []
