"""Reading `story/story.yaml` and its queries, and the checks that need no answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from st_opendata.catalogue.validate import validate
from st_opendata.documents import Document, Problems, Steps, read_document
from st_opendata.errors import ConfigurationError, MessageError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.records import Identifier, LocalText, Record
from st_opendata.model.text import primary
from st_opendata.place import Place
from st_opendata.release.layout import STORY, STORY_FILE

VARIABLE = re.compile(r"\{([A-Za-z_]\w*)\}")
"""The place of a value in a text: `{cities}`."""
_NUMBER = re.compile(r"(?<![\w])\d")
"""A digit that begins a word; CO2 is not a number."""
_NUMBER_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve dozen hundred thousand million",
    "fr": "deux trois quatre cinq six sept huit dix onze douze douzaine mille million millions",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dutzend hundert tausend million millionen",
}
"""The French neuf and cent are left out: a new house, per cent."""
_LEAST_COLUMNS = {"map": 1, "bars": 2, "list": 1, "table": 1}
COORDINATES = ("latitude", "longitude")
"""The variables that a map needs in addition to its columns."""


def _query_name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.rq", value):
        raise MessageError(message("name a query in the same folder, as in cities-by-role.rq"))
    return value


class Part(Record):
    """A text, and how the answer to a query is shown.

    `text`: its one row fills the places of the text. `map`: places by latitude and longitude, the first column their
    name, the second their kind. `bars`: a name and a number. `list`: a name and a text about it. `table`: all columns.
    """

    show: Literal["text", "map", "bars", "list", "table"]
    text: LocalText | None = None
    query: Annotated[str, AfterValidator(_query_name)] | None = None
    columns: dict[str, LocalText] = Field(default={})


class Section(Record):
    """A part of the page with a heading; `id` is its anchor."""

    id: Identifier
    title: LocalText
    parts: tuple[Part, ...] = Field(min_length=1)


class Story(Record):
    """The whole page."""

    title: LocalText
    lead: LocalText
    sections: tuple[Section, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class StoryDocument:
    """A story with the texts of its queries by name, and its document, for places in messages."""

    story: Story
    queries: dict[str, str]
    document: Document = field(repr=False)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that every text of it is in, in the order of its title."""
        return tuple(self.story.title)


def read_story(folder: Path) -> StoryDocument | None:
    """The story of a catalogue or a release; None where there is no story.

    Raises:
        InputError: a file is missing or cannot be read.
        ConfigurationError: the description is wrong; all problems come together.
    """
    if not (folder / STORY).is_dir():
        return None
    document = read_document(_inside(folder, STORY_FILE), STORY_FILE)
    problems = Problems(document)
    data = document.data if isinstance(document.data, dict) else {}
    story = validate(Story, data, problems)
    if story:
        _check(story, problems)
    problems.raise_any()
    assert story is not None
    names = sorted({part.query for section in story.sections for part in section.parts if part.query})
    return StoryDocument(story, {name: _read_query(folder, name) for name in names}, document)


def localised(query: str, language: str) -> str:
    """The query for a language: the text "en" in it stands for the language of the page."""
    return query.replace('"en"', f'"{language}"')


def _read_query(folder: Path, name: str) -> str:
    shown = f"{STORY}/{name}"
    try:
        return _inside(folder, shown).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else message("it is not UTF-8 text")
        raise ConfigurationError(
            message("the query cannot be read: {reason}", reason=reason),
            place=Place(shown),
            remedy=message("Put it there, or correct {file}.", file=STORY_FILE),
        ) from error


def _inside(folder: Path, path: str) -> Path:
    if not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise ConfigurationError(
            message("this is a link that leaves the catalogue"),
            place=Place(path),
            remedy=message("Put the file itself there."),
        )
    return folder / path


def _check(story: Story, problems: Problems) -> None:
    texts = list(_texts(story))
    languages = list(dict.fromkeys(tag for _, text in texts for tag in text))
    for loc, text in texts:
        _check_text(loc, text, languages, problems)
    for number, section in enumerate(story.sections):
        if section.id in [each.id for each in story.sections[:number]]:
            taken = message('another section already has the id "{id}"', id=section.id)
            problems.add(("sections", number, "id"), taken)
        for index, part in enumerate(section.parts):
            _check_part(("sections", number, "parts", index), part, problems)


def _texts(story: Story) -> Iterator[tuple[tuple[str | int, ...], LocalText]]:
    yield ("title",), story.title
    yield ("lead",), story.lead
    for number, section in enumerate(story.sections):
        loc = ("sections", number)
        yield (*loc, "title"), section.title
        for index, part in enumerate(section.parts):
            if part.text:
                yield (*loc, "parts", index, "text"), part.text
            for name, heading in part.columns.items():
                yield (*loc, "parts", index, "columns", name), heading


def _check_text(loc: tuple[str | int, ...], text: LocalText, languages: Sequence[str], problems: Problems) -> None:
    """Note a missing language, and numbers: a written number becomes wrong when the data change."""
    for language in languages:
        if language not in text:
            missing = message(
                'the text in "{language}" is missing; other texts of the story have it', language=language
            )
            problems.add(loc, missing)
            continue
        plain = VARIABLE.sub(" ", text[language])
        words = set(re.findall(r"\w+", plain.casefold())) & set(_NUMBER_WORDS.get(primary(language), "").split())
        if found := _NUMBER.search(plain):
            words.add(plain[found.start() :].split()[0])
        for word in sorted(words):
            problems.add(
                (*loc, language),
                message(
                    'the text has the number "{word}"; let a query count, and write {example} in its place',
                    word=word,
                    example="{variable}",
                ),
            )
    if len({frozenset(VARIABLE.findall(text[language])) for language in text}) > 1:
        problems.add(loc, message("the languages have different {example}", example="{variables}"))


def _check_part(loc: Steps, part: Part, problems: Problems) -> None:
    if part.query is None and (part.show != "text" or VARIABLE.search("".join((part.text or {}).values()))):
        problems.add((*loc, "show"), message('a "query" is needed here: the file whose answer is shown'))
    if part.show == "text":
        if part.text is None:
            problems.add((*loc, "show"), message('a "text" is needed here'))
        if part.columns:
            superfluous = message("a text has no columns; write {example} where a value belongs", example="{variable}")
            problems.add((*loc, "columns"), superfluous)
    elif len(part.columns) < _LEAST_COLUMNS[part.show]:
        least = _LEAST_COLUMNS[part.show]
        few = message('"columns" needs at least {number}: a variable and its heading', number=least)
        problems.add((*loc, "show"), few)
    if part.show != "text" and part.text and VARIABLE.search("".join(part.text.values())):
        misplaced = message(
            'only a part with "show: text" has {example}; put this text into a separate part', example="{variables}"
        )
        problems.add((*loc, "text"), misplaced)
