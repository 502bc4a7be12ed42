"""Answering the queries of a story on a draft of a release, and checking that its parts have the values they show."""

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
from st_opendata.messages.message import Message, counted, message
from st_opendata.model.numeric import NUMBERS
from st_opendata.model.release import File
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
        ConfigurationError: a part lacks values that it shows; the error lists all of these parts.
        UsageError: a query is not SPARQL, or not a SELECT.
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
    """The story of a release with its answers; None for a release without a story. Raises InputError."""
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
            message("the answers are damaged: {reason}", reason=str(error)),
            place=Place(STORY_ANSWERS),
            remedy=message("Build the release again."),
        ) from error


def _answer(document: StoryDocument, store: ReleaseStore) -> Answers:
    answers: Answers = {}
    for name, text in document.queries.items():
        for language in document.languages if localised(text, "fr") != text else ("en",):
            query = Query(localised(text, language), f"{STORY}/{name}")
            table = ask_in_time(store, query, "table", _SECONDS)
            if not isinstance(table, ResultTable):
                raise UsageError(
                    message("a story shows tables, but the answer to this query is triples"),
                    place=Place(f"{STORY}/{name}"),
                    remedy=message("Write a SELECT query."),
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
    where: Message | str = part.query
    if language != "en":
        where = message('{query}, language "{language}"', query=part.query, language=language)
    texts = "".join((part.text or {}).values())
    needed = [*part.columns] if part.columns else sorted(set(VARIABLE.findall(texts)))
    needed += [each for each in COORDINATES if part.show == "map"]
    for name in needed:
        if name not in table.variables:
            near = hint(name, table.variables)
            problems.add(
                (*loc, "query"), message("{query} has no variable ?{name}{hint}", query=where, name=name, hint=near)
            )
    if not set(needed) <= set(table.variables):
        return
    rows = [dict(zip(table.variables, row, strict=True)) for row in table.rows]
    if not rows or len(rows) > _MOST_ROWS or (part.show == "text" and len(rows) != 1):
        problems.add((*loc, "query"), _wrong_rows(len(rows), part, where))
        return
    always = needed if part.show == "text" else [*needed[:1], *_numeric(part)]
    for name in always:
        if not all(row[name] for row in rows):
            lacking = message("?{name} of {query} has no value in some row", name=name, query=where)
            problems.add((*loc, "query"), lacking)
    for name, (least, most) in _numeric(part).items():
        values = [_number(row[name]) for row in rows if row[name]]
        if None in values:
            wrong = message("?{name} of {query} is not a number in some row", name=name, query=where)
            problems.add((*loc, "query"), wrong)
        elif any(value is not None and not least <= value <= most for value in values):
            problems.add((*loc, "query"), _out_of_bounds(name, where, least, most))


def _wrong_rows(count: int, part: Part, where: Message | str) -> Message:
    if part.show == "text":
        return counted(
            "the answer to {query} has {count} row; a text needs exactly 1",
            "the answer to {query} has {count} rows; a text needs exactly 1",
            number="count",
            count=count,
            query=where,
        )
    return counted(
        "the answer to {query} has {count} row; a page can show 1 to {most}",
        "the answer to {query} has {count} rows; a page can show 1 to {most}",
        number="count",
        count=count,
        query=where,
        most=_MOST_ROWS,
    )


def _out_of_bounds(name: str, where: Message | str, least: Decimal, most: Decimal) -> Message:
    if most.is_finite():
        return message(
            "?{name} of {query} is not between {least} and {most} in some row",
            name=name,
            query=where,
            least=least,
            most=most,
        )
    return message("?{name} of {query} is less than {least} in some row", name=name, query=where, least=least)


def _numeric(part: Part) -> dict[str, tuple[Decimal, Decimal]]:
    """The variables that must be numbers, and their bounds in a picture."""
    if part.show == "map":
        return {name: (Decimal(-most), Decimal(most)) for name, most in zip(COORDINATES, (90, 180), strict=True)}
    return {name: (Decimal(0), Decimal("Infinity")) for name in [*part.columns][1:2]} if part.show == "bars" else {}


def _number(term: str) -> Decimal | None:
    """The finite number of an N-Triples term; None for any other term of any datatype."""
    if not term.endswith(_NUMBERS):
        return None
    try:
        value = Decimal(readable(term))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
