"""`pulled.json`: what it keeps of a portal, and which keys of a description were changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.catalogue.pulled import PULLED_FILE, read_pulled, write_pulled
from st_opendata.errors import InputError
from st_opendata.model.pulled import PulledCatalogue, PulledDataset

CATALOGUE = "id: town\nbase: https://town.example/\ntitle: {en: Town}\nlicense: CC0\ndatasets: [trees]\n"
DATASET = "title: {en: Trees}\nkeyword: {en: [tree]}\ntables:\n  - url: trees.csv\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "trees").mkdir()
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (tmp_path / "trees" / "dataset.yaml").write_text(DATASET, "utf-8")
    (tmp_path / "trees" / "trees.csv").write_text("id\n1\n", "utf-8")
    trees = PulledDataset("4f0c", "town-trees", {"title": "ab"}, {"trees/trees.csv": "77aa"})
    write_pulled(tmp_path, PulledCatalogue("https://ckan.example", "town", False, {"trees": trees}))
    return tmp_path


def changed(folder: Path) -> tuple[str, ...]:
    pulled = read_pulled(folder)
    assert pulled
    assert pulled.unchanged == (not pulled.datasets["trees"].changed)
    return pulled.datasets["trees"].changed


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_what_was_written_is_read(folder: Path) -> None:
    pulled = read_pulled(folder)
    assert pulled
    assert pulled.is_at("https://ckan.example/")
    assert pulled.datasets["trees"] == PulledDataset(
        "4f0c", "town-trees", {"title": "ab"}, {"trees/trees.csv": "77aa"}, ()
    )


def test_a_catalogue_of_this_machine_has_no_origin(tmp_path: Path) -> None:
    assert read_pulled(tmp_path) is None


def test_comments_and_layout_are_no_changes(folder: Path) -> None:
    edit(folder / "trees" / "dataset.yaml", "title: {en: Trees}", "# A remark.\ntitle:\n  en: Trees")
    assert changed(folder) == ()


@pytest.mark.parametrize(
    ("file", "before", "after", "keys"),
    [
        ("trees/dataset.yaml", "en: Trees", "en: All trees", ("title",)),
        ("trees/dataset.yaml", "keyword: {en: [tree]}\n", "", ("keyword",)),
        ("trees/dataset.yaml", "keyword", "version: '2'\nkeyword", ("version",)),
        ("trees/trees.csv", "1", "2", ("tables",)),
        ("catalogue.yaml", "license: CC0", "license: CC_BY_4_0", ("license",)),
        (
            "catalogue.yaml",
            "license",
            "targets: {p: {kind: ckan, url: 'https://ckan.example', private: true}}\nlicense",
            ("targets",),
        ),
    ],
)
def test_changed_keys_are_named(folder: Path, file: str, before: str, after: str, keys: tuple[str, ...]) -> None:
    edit(folder / file, before, after)
    assert changed(folder) == keys


def test_the_address_of_a_target_is_no_change_of_a_dataset(folder: Path) -> None:
    edit(folder / "catalogue.yaml", "license", "targets: {p: {kind: ckan, url: 'https://ckan.example'}}\nlicense")
    pulled = read_pulled(folder)
    assert pulled
    assert (pulled.datasets["trees"].changed, pulled.unchanged) == ((), False)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version": 1, "url": "https://ckan.example"}'])
def test_a_damaged_file_is_an_error(folder: Path, text: str) -> None:
    (folder / PULLED_FILE).write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"pulled\.json is damaged"):
        read_pulled(folder)
