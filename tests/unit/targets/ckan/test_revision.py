"""The text of the fingerprint, and when two readings of a dataset are equal."""

from __future__ import annotations

from dataclasses import replace

from st_opendata.targets.ckan.fingerprint import FINGERPRINT_KEY, Fingerprint, agree, fingerprint_of
from st_opendata.targets.ckan.revision import fingerprint_revision

FIELDS, RESOURCE_FIELDS = ("extras:theme", "title"), ("name",)
MARKED = Fingerprint("https://example.org/", "released", "held", FIELDS, RESOURCE_FIELDS)
SHOWN = {
    "state": "active",
    "title": "Places",
    "metadata_modified": "2026-01-01T00:00:00.000001",
    "extras": [{"key": "theme", "value": "Regions"}, {"key": FINGERPRINT_KEY, "value": MARKED.text()}],
    "resources": [{"id": "1", "name": "Cities"}],
}


def test_marking_keeps_what_else_is_noted() -> None:
    written = fingerprint_revision(SHOWN, replace(MARKED, writing=True))["update"]
    assert fingerprint_of(written) == replace(MARKED, writing=True)
    assert {"key": "theme", "value": "Regions"} in written["extras"]


def test_marking_leaves_out_extras_that_have_become_fields() -> None:
    written = fingerprint_revision(SHOWN, MARKED, {"theme": frozenset[str](), "title": frozenset[str]()})["update"]
    assert [extra["key"] for extra in written["extras"]] == [FINGERPRINT_KEY]


def test_readings_agree_whatever_their_dates_and_what_others_added() -> None:
    assert agree(SHOWN, {**SHOWN, "metadata_modified": "2026-02-02T00:00:00.000001", "author": "Somebody"})


def test_readings_that_differ() -> None:
    other = {"key": FINGERPRINT_KEY, "value": replace(MARKED, writing=True).text()}
    for change in (
        {"title": "Other"},
        {"state": "deleted"},
        {"extras": []},
        {"extras": [SHOWN["extras"][0], other]},  # type: ignore[index]
        {"resources": [{"id": "1", "name": "Other"}]},
    ):
        assert not agree(SHOWN, SHOWN | change)


ZIP = {"id": "00000001-aaaa", "last_modified": "2026-01-01T00:00:00.000001"}


def test_a_file_is_certain_if_it_is_there_since_a_moment_at_which_the_dataset_was_ours() -> None:
    moment = "2026-01-01T00:00:00.000002"
    mark = Fingerprint.read(MARKED.sending(["00000002-bbbb"], moment).text())
    assert mark
    assert mark.is_settled(ZIP)
    assert not mark.is_settled(ZIP | {"id": "00000002-bbbb"})
    assert not mark.is_settled(ZIP | {"last_modified": "2026-01-01T00:00:00.000003"})
    assert not mark.is_settled(ZIP | {"last_modified": None})
    assert not MARKED.sending([]).is_settled(ZIP)
    assert not MARKED.sending([f"{number:08}" for number in range(1001)], moment).is_settled(ZIP)
    assert MARKED.is_settled({"id": "00000002-bbbb"})


def test_marks_of_older_versions_name_no_file() -> None:
    mark = Fingerprint.read(replace(MARKED, writing=True).text())
    assert mark
    assert (mark.pending, mark.is_settled(ZIP)) == (None, False)
