"""Questions to start from: SPARQL queries beside the datasets, in `questions/`, that a release carries along.

A file holds one query. Its first lines say the question: `# …` in English, then `# fr: …` and `# de: …`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from st_opendata.errors import ConfigurationError, InputError
from st_opendata.model.text import Text
from st_opendata.place import Place

FOLDER = "questions"
_TRANSLATION = re.compile(r"# ([a-z]{2,3}): (.+)")


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words, and the query that answers it; `name` is that of its file without extension."""

    name: str
    title: Text
    query: str


def read_questions(folder: Path) -> list[Question]:
    """The questions of a catalogue or a release, by name; none where it has no such folder.

    Raises:
        InputError: a file cannot be read.
        ConfigurationError: a file does not begin with its question.
    """
    return [_read(path) for path in question_files(folder)]


def question_files(folder: Path) -> list[Path]:
    """The files of a catalogue or a release that hold a question, sorted."""
    return sorted((folder / FOLDER).glob("*.rq"))


def _read(path: Path) -> Question:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the question cannot be read: {error}", place=Place(str(path))) from error
    first, *lines = text.splitlines() or [""]
    if not first.startswith("# "):
        raise ConfigurationError(
            "the file does not begin with the question that it answers",
            place=Place(str(path), line=1),
            remedy="Write it into the first line: # Which cities take part?",
        )
    title = {"en": first[2:].strip()}
    for line in lines:
        if not (found := _TRANSLATION.fullmatch(line.strip())):
            break
        title[found[1]] = found[2]
    return Question(path.stem, title, text)
