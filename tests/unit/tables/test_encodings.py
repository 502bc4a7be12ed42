"""The encoding of a table, guessed from its bytes and the languages it is in."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from code_pages import decodes, guess, make_files

from st_opendata.tables.encodings import EncodingGuess, first_cell, guess_encoding, unlike_neighbours

SEEDS = [7, *([int(os.environ["ST_SEED"])] if "ST_SEED" in os.environ else [])]
CZECH = "id;obec\n1;Plzeň\n2;České Budějovice\n3;Žďár nad Sázavou\n4;Ústí nad Labem\n5;Šumperk\n6;Kroměříž\n"
GERMAN = "id;straße\n1;Müllerstraße\n2;Königsallee\n3;Bärenplatz\n4;Übersee\n"
RUSSIAN = "id;град\n1;Пловдив\n2;Стара Загора\n3;Велико Търново\n"
GREEK = "id;πόλη\n1;Αθήνα\n2;Θεσσαλονίκη\n3;Άργος\n"


@pytest.fixture
def guessed(tmp_path: Path) -> Callable[..., EncodingGuess]:
    def guessed(content: bytes, *languages: str) -> EncodingGuess:
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        return guess_encoding(path, languages)

    return guessed


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("known", [True, False])
def test_made_up_tables_are_read_right(tmp_path: Path, seed: int, known: bool) -> None:
    right = 0
    files = list(make_files(seed, 133, 4_000))
    for made in files:
        found = guess(made, tmp_path, known=known)
        read = decodes(made.data, found.encoding, made.text)
        assert read or not found.sure, f"{made.language} in {made.encoding} was read as {found.encoding}"
        right += read
    assert right >= 0.98 * len(files)


@pytest.mark.parametrize(
    ("text", "encoding", "language"),
    [
        (CZECH, "windows-1250", "cs"),
        (CZECH, "iso-8859-2", "cs"),
        (CZECH, "cp852", "cs"),
        (CZECH, "mac-latin2", "cs"),
        (GERMAN, "windows-1252", "de"),
        (GERMAN, "macintosh", "de-AT"),
        (GERMAN, "cp850", "de"),
        (RUSSIAN, "windows-1251", "bg"),
        (RUSSIAN, "koi8-r", "bg"),
        (RUSSIAN, "cp866", "bg"),
        (GREEK, "windows-1253", "el"),
        (GREEK, "cp737", "el"),
        ("ID;STRASSE\n1;KÖNIGSALLEE\n2;BÄRENWEG\n3;ÜBERSEESTRASSE\n4;GÄRTNERPLATZ\n", "macintosh", "de"),
        ("id;name\n1;Citroën\n2;Škoda\n3;Général Motors\n4;Économie à l’œuvre\n", "windows-1252", "fr"),
        ("id;nazwa\n1;Müller\n2;Łódź\n3;Gdańsk\n4;Świętokrzyskie\n", "windows-1250", "pl"),
        ("id;a\n1;“quoted”\n2;10 € – 20 €\n3;it’s…\n4;„unten“\n", "windows-1252", "en"),
        ("id;a\n1;10 €\n2;20 €\n3;pâté, crème, déjà vu\n", "iso-8859-15", "fr"),
    ],
)
def test_files_of_every_make_are_read_right_and_sure(
    guessed: Callable[..., EncodingGuess], text: str, encoding: str, language: str
) -> None:
    content = text.encode(encoding)
    for languages in ((language,), ()):
        found = guessed(content, *languages)
        assert content.decode(found.encoding) == text
        assert found.sure


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("text", ["id,name\n1,Lyon\n", RUSSIAN, GREEK])
def test_wide_characters_are_seen(guessed: Callable[..., EncodingGuess], encoding: str, text: str) -> None:
    found = guessed(text.encode(encoding))
    assert (found.encoding, found.sure, found.broken) == (encoding, True, False)
    assert guessed(text.encode(encoding) + b"\n").broken


@pytest.mark.parametrize(
    ("content", "broken"),
    [
        (b"id;a\n1;x\n", False),
        ("﻿id;a\n1;é\n".encode(), False),
        (b"a;b\n\xc3\xa9;1\n\x8f;2\n", True),
        ("id;место\n1;Пловдив\n2;Варна\n".encode() + b"3;\xcf\n", True),
        (bytes(range(256)) * 3, None),
    ],
)
def test_utf8_is_never_guessed_to_be_another(
    guessed: Callable[..., EncodingGuess], content: bytes, broken: bool | None
) -> None:
    found = guessed(content)
    if broken is None:
        assert not found.sure or found.broken
    else:
        assert (found.encoding, found.broken) == ("utf-8", broken)


def test_letters_of_different_words_are_no_utf8(guessed: Callable[..., EncodingGuess]) -> None:
    content = "id;ime\n1;Miloš\n2;Če\n3;šola\n".encode("windows-1250")
    assert "Čš".encode("windows-1250").decode("utf-8") == "Ț"
    assert "Če" in content.decode(guessed(content, "sl").encoding)


def test_one_letter_is_not_enough_to_be_sure(guessed: Callable[..., EncodingGuess]) -> None:
    found = guessed(b"id;a\n1;abc\xf1\n")
    assert not found.sure and found.other


def test_what_is_late_and_rare_in_a_long_file_counts(guessed: Callable[..., EncodingGuess]) -> None:
    rows = "".join(f"{number};Müller;Größe\n" for number in range(100_000))
    content = f"id;a;b\n{rows}".encode("iso-8859-15") + b"x;10 \xa4;12 \xa4\n"
    found = guessed(content, "de")
    assert content.decode(found.encoding).endswith("x;10 €;12 €\n")


def test_the_first_cell_that_depends_is_shown_cut_around_its_letter() -> None:
    found = EncodingGuess("windows-1252", other="macintosh", telling=frozenset("ü"))
    rows = [(1, ["id", "név é"]), (2, ["1", "x" * 60 + "Müller" + "y" * 60])]
    shown = first_cell(rows, found)
    assert shown
    assert (shown.row, shown.position) == (2, 1)
    assert shown.cell == "…" + "x" * 19 + "Müller" + "y" * 25 + "…"
    assert shown.other == "…" + "x" * 19 + "M¸ller" + "y" * 25 + "…"


def test_neighbours() -> None:
    west, mac = (
        EncodingGuess("windows-1252", same=frozenset({"windows-1252"})),
        EncodingGuess("macintosh", same=frozenset({"macintosh"})),
    )
    either = EncodingGuess("windows-1250", same=frozenset({"windows-1250", "windows-1252"}))
    readings = [("windows-1252", west), ("cp1252", None), ("utf-8", None), ("macintosh", mac), ("windows-1250", either)]
    assert unlike_neighbours(readings) == {3: "windows-1252"}
    assert unlike_neighbours([("macintosh", mac), ("utf-8", None)]) == {}
