"""Questions next to the datasets: their titles, and the refusals of a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.build.background import Background, find_background
from st_opendata.catalogue.questions import read_questions
from st_opendata.errors import ConfigurationError
from st_opendata.model.descriptions import Catalogue


def background(folder: Path) -> Background:
    text = {"en": "Tiny"}
    base = "https://data.example.org/"
    return find_background(Catalogue(id="tiny", base=base, site=base, title=text, description=text, folder=folder))


def write(folder: Path, text: str) -> Path:
    (folder / "questions").mkdir(exist_ok=True)
    (folder / "questions" / "cities.rq").write_text(text, "utf-8")
    return folder


def test_a_question_is_said_in_words(tmp_path: Path) -> None:
    text = "# Which cities?\n# fr: Quelles villes ?\n# de: Welche Städte?\n# more\nSELECT * {}\n"
    [question] = read_questions(write(tmp_path, text))
    assert (question.name, question.query) == ("cities", text)
    assert question.title == {"en": "Which cities?", "fr": "Quelles villes ?", "de": "Welche Städte?"}
    assert background(tmp_path).files["questions/cities.rq"] == tmp_path / "questions" / "cities.rq"


def test_a_catalogue_needs_none(tmp_path: Path) -> None:
    assert read_questions(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT * {}", "does not begin with the question"),
        ("", "does not begin with the question"),
        ("# What?\nSELECT * {", "not SPARQL at its end"),
        ("# What?\nDROP ALL", "DROP is an update"),
        ("# What?\nSELECT * { SERVICE <https://example.org/> {} }", "SERVICE asks another server"),
    ],
)
def test_what_a_build_refuses(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        background(write(tmp_path, text))
    assert "cities.rq" in str(caught.value)


def test_a_question_from_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.rq").write_text("# What?\nSELECT * {}", "utf-8")
    (tmp_path / "catalogue" / "questions").mkdir(parents=True)
    (tmp_path / "catalogue" / "questions" / "a.rq").symlink_to(tmp_path / "elsewhere.rq")
    with pytest.raises(ConfigurationError, match="leaves the catalogue"):
        background(tmp_path / "catalogue")


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("# ¿Qué barrios hay?", {"es": "¿Qué barrios hay?"}),
        ("# ca: Quins barris hi ha?", {"ca": "Quins barris hi ha?"}),
        ("# pt-BR: Que bairros?", {"pt-BR": "Que bairros?"}),
        ("# why: a word, no language", {"es": "why: a word, no language"}),
    ],
)
def test_a_question_is_in_the_language_of_its_catalogue_or_names_its_own(
    tmp_path: Path, first: str, title: dict[str, str]
) -> None:
    [question] = read_questions(write(tmp_path, f"{first}\nSELECT * {{}}\n"), "es")
    assert question.title == title
