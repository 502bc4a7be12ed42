"""Questions to start from: SPARQL queries next to the datasets, in `questions/`, which a release contains, too.

A file holds one query. Its first lines say the question: `# …` in the main language of the catalogue, which is English
where that has English titles, then `# fr: …`, `# de: …` and so on; the first may name its language too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.text import Text, primary
from st_opendata.place import Place
from st_opendata.release.layout import QUESTIONS
from st_opendata.vocabularies import language_tags

_TRANSLATION = re.compile(r"# ([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*): (.+)")


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words, and the query that answers it; `name` is that of its file without extension."""

    name: str
    title: Text
    query: str


def read_questions(folder: Path, language: str = "en") -> list[Question]:
    """The questions of a catalogue or a release, by name; none where it has no such folder.

    `language` is that of a question which does not name its own.

    Raises:
        InputError: a file cannot be read.
        ConfigurationError: a file does not begin with its question.
    """
    return [_read(path, language) for path in question_files(folder)]


def question_files(folder: Path) -> list[Path]:
    """The files of a catalogue or a release that hold a question, sorted."""
    return sorted((folder / QUESTIONS).glob("*.rq"))


def _read(path: Path, language: str) -> Question:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else message("it is not UTF-8 text")
        raise InputError(
            message("the question cannot be read: {reason}", reason=reason), place=Place(str(path))
        ) from error
    first, *lines = text.splitlines() or [""]
    if not first.startswith("# "):
        raise ConfigurationError(
            message("the file does not begin with the question that it answers"),
            place=Place(str(path), line=1),
            remedy=message("Write it into the first line, as in “{example}”.", example="# Which cities take part?"),
        )
    named = _TRANSLATION.fullmatch(first.strip())
    # Only a language that there is: an English question may begin with a word and a colon.
    title = {named[1]: named[2]} if named and primary(named[1]) in language_tags() else {language: first[2:].strip()}
    for line in lines:
        if not (found := _TRANSLATION.fullmatch(line.strip())):
            break
        title[found[1]] = found[2]
    return Question(path.stem, title, text)
