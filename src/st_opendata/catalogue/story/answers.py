"""Answering the queries of a story on a draft of a release, and checking that its parts have what they show."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal, InvalidOperation
from pathlib import Path

from st_opendata.catalogue.story.description import (
    COORDINATES,
    VARIABLE,
    Part,
    StoryDocument,
    localised,
    read_story,
)
from st_opendata.documents import Problems, Steps
from st_opendata.errors import InputError, UsageError
from st_opendata.model.numeric import NUMBERS
from st_opendata.model.release import File
from st_opendata.model.text import Quantity
from st_opendata.namespaces import XSD, readable
from st_opendata.place import Place
from st_opendata.release.layout import STORY, STORY_ANSWERS, STORY_FILE
from st_opendata.sparql.query import ResultTable, ask_in_time
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sparql.text import Query
from st_opendata.spelling import hint

Answers = dict[str, dict[str, ResultTable]]
"""By query and language; a query that names no language has one answer, under "en"."""
_MOST_ROWS = 1_000
_SECONDS = 60.0
_NUMBERS = tuple(f"^^<{XSD}{name}>" for name in sorted(NUMBERS))


def carry_story(document: StoryDocument, folder: Path, draft: Path, store: ReleaseStore) -> tuple[File, ...]:
    """Answer the queries of the story in `folder` from the store of a release; put the story with them into the draft.

    Gives back the files that it was made from, with paths relative to the catalogue.

    Raises:
        ConfigurationError: a part does not have what it shows; all of them come together.
        UsageError: a query is not SPARQL, or no SELECT.
        InputError: a query takes too long.
    """
    answers = _answer(document, store)
    _check(document, answers)
    (draft / STORY).mkdir()
    names = [STORY_FILE.rpartition("/")[2], *document.queries]
    for name in names:
        shutil.copyfile(folder / STORY / name, draft / STORY / name)
    content = {
        name: {language: {"variables": table.variables, "rows": table.rows} for language, table in tables.items()}
        for name, tables in answers.items()
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (draft / STORY_ANSWERS).write_text(text, "utf-8", newline="\n")
    return tuple(File.of(folder, f"{STORY}/{name}") for name in names)


def read_answers(folder: Path) -> tuple[StoryDocument, Answers] | None:
    """The story of a release with its answers; None where it has none. Raises InputError."""
    document = read_story(folder)
    if document is None:
        return None
    try:
        content = json.loads((folder / STORY_ANSWERS).read_text("utf-8"))
        return document, {
            name: {
                language: ResultTable(tuple(table["variables"]), tuple(map(tuple, table["rows"])))
                for language, table in tables.items()
            }
            for name, tables in content.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"the answers are damaged: {error}", place=Place(STORY_ANSWERS), remedy="Build the release again."
        ) from error


def _answer(document: StoryDocument, store: ReleaseStore) -> Answers:
    answers: Answers = {}
    for name, text in document.queries.items():
        for language in document.languages if localised(text, "fr") != text else ("en",):
            query = Query(localised(text, language), f"{STORY}/{name}")
            table = ask_in_time(store, query, "table", _SECONDS)
            if not isinstance(table, ResultTable):
                raise UsageError(
                    "a story shows tables, and this query gives triples",
                    place=Place(f"{STORY}/{name}"),
                    remedy="Ask with SELECT.",
                )
            answers.setdefault(name, {})[language] = table
    return answers


def _check(document: StoryDocument, answers: Answers) -> None:
    problems = Problems(document.document)
    for number, section in enumerate(document.story.sections):
        for index, part in enumerate(section.parts):
            if part.query:
                for language, table in answers[part.query].items():
                    _check_part(("sections", number, "parts", index), part, table, language, problems)
    problems.raise_any()


def _check_part(loc: Steps, part: Part, table: ResultTable, language: str, problems: Problems) -> None:
    assert part.query
    where = f"{part.query} in {language}" if language != "en" else part.query
    texts = "".join((part.text or {}).values())
    needed = [*part.columns] if part.columns else sorted(set(VARIABLE.findall(texts)))
    needed += [each for each in COORDINATES if part.show == "map"]
    for name in needed:
        if name not in table.variables:
            problems.add((*loc, "query"), f"{where} has no variable ?{name}{hint(name, table.variables)}")
    if not set(needed) <= set(table.variables):
        return
    rows = [dict(zip(table.variables, row, strict=True)) for row in table.rows]
    if not rows or len(rows) > _MOST_ROWS or (part.show == "text" and len(rows) != 1):
        wanted = "1" if part.show == "text" else f"1 to {_MOST_ROWS}"
        problems.add(
            (*loc, "query"), f"the answer to {where} has {Quantity(len(rows)):row|rows}, where {wanted} can be shown"
        )
        return
    always = needed if part.show == "text" else [*needed[:1], *_numeric(part)]
    for name in always:
        if not all(row[name] for row in rows):
            problems.add((*loc, "query"), f"?{name} of {where} has no value in a row")
    for name, (least, most) in _numeric(part).items():
        values = [_number(row[name]) for row in rows if row[name]]
        if None in values:
            problems.add((*loc, "query"), f"?{name} of {where} is not a number in a row")
        elif any(value is not None and not least <= value <= most for value in values):
            bounds = f"between {least} and {most}" if most.is_finite() else f"{least} or more"
            problems.add((*loc, "query"), f"?{name} of {where} is not {bounds} in a row")


def _numeric(part: Part) -> dict[str, tuple[Decimal, Decimal]]:
    """The variables that must be numbers, and the bounds that a picture has for them."""
    if part.show == "map":
        return {name: (Decimal(-most), Decimal(most)) for name, most in zip(COORDINATES, (90, 180), strict=True)}
    return {name: (Decimal(0), Decimal("Infinity")) for name in [*part.columns][1:2]} if part.show == "bars" else {}


def _number(term: str) -> Decimal | None:
    """The finite number of an N-Triples term; None for what is none, whatever its datatype says."""
    if not term.endswith(_NUMBERS):
        return None
    try:
        value = Decimal(readable(term))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
