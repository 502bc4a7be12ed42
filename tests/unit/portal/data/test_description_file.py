"""The descriptions of a large release are kept for later starts."""

from __future__ import annotations

from copy import copy
from pathlib import Path

import pytest

from st_opendata.portal.data import description_file
from st_opendata.portal.data.description_file import describe_release, read_descriptions, write_descriptions
from st_opendata.portal.data.descriptions import describe_all
from st_opendata.portal.data.edition import Edition
from st_opendata.release.cache import ReleaseCache


@pytest.fixture
def large(edition: Edition, tmp_path: Path) -> Edition:
    """The edition with a cache: only large ones have one."""
    found = copy(edition)
    object.__setattr__(found, "cache", ReleaseCache.open(edition.folder, folder=tmp_path / "cache"))
    return found


def test_what_is_read_is_what_was_written(edition: Edition, tmp_path: Path) -> None:
    described = describe_all(edition)
    assert len(described.datasets) > 1
    write_descriptions(tmp_path / "file", described)
    assert read_descriptions(tmp_path / "file", edition.datasets) == described


def test_a_later_start_does_not_look_at_the_catalogue(large: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    described = describe_release(large)
    monkeypatch.delattr(description_file, "describe_all")
    assert describe_release(large) == described


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"about": {}, "entities": [1], "datasets": {}}'])
def test_a_file_of_others_is_ignored(
    large: Edition, tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = describe_release(large)
    monkeypatch.setattr(description_file, "write_descriptions", lambda path, _: path.write_text(content))
    monkeypatch.setattr(description_file, "VERSION", "another")
    assert describe_release(large) == described
