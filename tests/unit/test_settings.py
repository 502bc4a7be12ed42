"""Settings come from flags, then the environment, then the file, then defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.errors import ConfigurationError, InputError, UsageError
from st_opendata.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults() -> None:
    assert read_settings({}, {}) == Settings(language="en", memory="1GB", threads=2, source_date_epoch=None)
    assert Settings().instant is None


def test_the_first_that_says_something_wins(folder: Path) -> None:
    (folder / "st-opendata.toml").write_text('lang = "de"\nmemory = "2GB"\nthreads = 3\n')
    file = read_settings({}, {"LANG": "fr_FR.UTF-8"})
    assert (file.language, file.memory, file.threads) == ("de", "2GB", 3)
    environment = {"ST_LANG": "fr", "ST_MEMORY": "512MiB", "ST_THREADS": "4"}
    assert read_settings({"lang": None}, environment) == Settings("fr", "512MiB", 4)
    assert read_settings({"lang": "en", "threads": "1"}, environment) == Settings("en", "512MiB", 1)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "de_AT"}, "de"),
        ({"LC_MESSAGES": "it_IT", "LANG": "fr"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "frp"}, "en"),
    ],
)
def test_language_of_the_system(environment: dict[str, str], language: str) -> None:
    assert read_settings({}, environment).language == language


def test_source_date_epoch() -> None:
    assert read_settings({}, {"SOURCE_DATE_EPOCH": "1750896000"}).instant == "2025-06-26T00:00:00Z"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ST_LANG": "it"}, 'the language "it"'),
        ({"ST_MEMORY": "2"}, '"2" is not a size'),
        ({"ST_MEMORY": "0GB"}, '"0GB" is not a size'),
        ({"ST_THREADS": "0"}, "whole number that is 1 or more"),
        ({"ST_THREADS": "-1"}, '"-1" is not a number of threads'),
        ({"SOURCE_DATE_EPOCH": "yesterday"}, "SOURCE_DATE_EPOCH"),
        ({"SOURCE_DATE_EPOCH": "999999999999"}, "after the year 9999"),
    ],
)
def test_values_that_are_not_allowed(environment: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings({}, environment)
    assert message in str(caught.value)


@pytest.mark.parametrize("content", ["lang = ", 'langue = "fr"', b"\xff"])
def test_a_file_that_is_wrong(folder: Path, content: str | bytes) -> None:
    (folder / "st-opendata.toml").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigurationError, match=r"st-opendata\.toml: "):
        read_settings({}, {})


def test_a_named_file_must_be_there(folder: Path) -> None:
    (folder / "mine.toml").write_text('lang = "fr"')
    assert read_settings({}, {"ST_SETTINGS": "mine.toml"}).language == "fr"
    with pytest.raises(InputError, match=r"other\.toml: the settings file cannot be read"):
        read_settings({}, {"ST_SETTINGS": "other.toml"})
