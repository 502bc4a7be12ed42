"""`init` in every language: titles, and columns that are named in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.draft import Answers, draft_catalogue
from st_opendata.vocabularies import language_tags


@pytest.mark.quick(12)
@pytest.mark.parametrize("tag", [*language_tags(), "pt-PT", "zh-Hans", "sr-Latn", "nb-NO", "und"])
def test_a_draft_may_be_in_any_language(tmp_path: Path, tag: str) -> None:
    (tmp_path / "places.csv").write_text(
        f"code,Größe Ж ή,name_{tag.partition('-')[0]}\nA1,x,Ħamrun\nB2,y,Σάμος\n", "utf-8"
    )
    draft_catalogue(tmp_path / "town", [tmp_path / "places.csv"], Answers("Town", "https://t.example/", tag))
    catalogue = read_catalogue(tmp_path / "town")
    assert set(catalogue.title) == set(catalogue.datasets[0].title) == {tag}
    _, size, name = catalogue.datasets[0].tables[0].source_columns
    assert size.titles == {tag: "Größe Ж ή"}
    if tag != "und":
        assert (name.lang, name.property_url) == (
            tag.partition("-")[0].lower(),
            "http://www.w3.org/2000/01/rdf-schema#label",
        )


def test_an_english_word_at_the_end_of_a_name_is_no_language(tmp_path: Path) -> None:
    (tmp_path / "houses.csv").write_text("house_no,label_no,as_is\n1A,Hus,x\n2B,Gård,y\n", "utf-8")
    draft_catalogue(tmp_path / "town", [tmp_path / "houses.csv"], Answers("Town", "https://t.example/"))
    house, label, as_is = read_catalogue(tmp_path / "town").datasets[0].tables[0].source_columns
    assert (house.lang, label.lang, as_is.lang) == ("und", "no", "und")


def test_columns_and_files_keep_their_names_in_latin_letters(tmp_path: Path) -> None:
    (tmp_path / "Πόλεις.csv").write_text("Κωδικός;Όνομα_el;Население\n1;Βόλος;5\n2;Σάμος;6\n", "utf-8")
    draft_catalogue(tmp_path / "town", [tmp_path / "Πόλεις.csv"], Answers("Town", "https://t.example/", "el"))
    [table] = read_catalogue(tmp_path / "town").datasets[0].tables
    assert table.name == "poleis"
    assert [column.name for column in table.source_columns] == ["kodikos", "onoma_el", "naselenie"]
    assert table.source_columns[1].lang == "el"


@pytest.mark.parametrize(
    ("folder", "start"), [("Βόλος", "volos"), ("Łódź", "lodz"), ("Нови Сад", "novi-sad"), ("京都", "data")]
)
def test_addresses_begin_with_the_name_of_the_folder(tmp_path: Path, folder: str, start: str) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,x\n2,y\n", "utf-8")
    assert main(["init", str(tmp_path / folder), "--from", str(tmp_path / "a.csv"), "--publisher", "Town"]) == 0
    assert read_catalogue(tmp_path / folder).base == f"https://{start}.example/"
