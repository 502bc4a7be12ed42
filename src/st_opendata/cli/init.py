"""`st-opendata init`: a first catalogue from the spreadsheets of a publisher."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from st_opendata.cli.console import note
from st_opendata.cli.options import engine_options, lang_option, path_type
from st_opendata.cli.sample import write_sample
from st_opendata.cli.usage import bad_value
from st_opendata.cli.words import count
from st_opendata.errors import reason_of
from st_opendata.messages.message import Message, message
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.catalogue.init.columns import DraftTable
    from st_opendata.catalogue.init.draft import Draft

Check = Callable[[str], str]
_EXAMPLES = {
    "publisher": "--publisher 'Town hall' --publisher-iri https://www.example.org/",
    "license": "--license CC_BY_4_0",
    "contactPoint": "--contact data@example.org",
    "theme": "--theme ENER",
}


@click.command("init", short_help="Draft a catalogue from spreadsheets.")
@click.argument("folder", type=path_type)
@click.option(
    "--from",
    "first",
    type=path_type,
    multiple=True,
    required=True,
    metavar="FILE",
    help="Table to read: CSV, XLSX, ODS, XLS, GeoJSON or GeoPackage.",
)
@click.argument("files", type=path_type, nargs=-1)
@click.option("--title", help="Title of the catalogue.  [default: the name of FOLDER]")
@click.option("--base", metavar="IRI", help="Start of the IRIs of all things; ends in a slash.")
@click.option("--language", metavar="TAG", help="Language of titles, headers and cells.  [default: en]")
@click.option("--publisher", metavar="NAME", help="Name of the publisher.")
@click.option("--publisher-iri", metavar="IRI", help="IRI of the publisher.")
@click.option(
    "--license", "licence", metavar="CODE", help="Licence: a code of the EU licence table, such as CC_BY_4_0."
)
@click.option("--contact", metavar="EMAIL", help="E-mail address for questions about the data.")
@click.option(
    "--theme",
    multiple=True,
    metavar="CODE",
    help="Theme: a code of the EU data themes, such as ENER. You can repeat this option.",
)
@click.option("--issued", metavar="DATE", help="Date of publication, such as 2026-11-25.")
@lang_option
@engine_options
def command(  # noqa: PLR0913 (a parameter for each option)
    *,
    folder: Path,
    first: tuple[Path, ...],
    files: tuple[Path, ...],
    title: str | None,
    base: str | None,
    language: str | None,
    publisher: str | None,
    publisher_iri: str | None,
    licence: str | None,
    contact: str | None,
    theme: tuple[str, ...],
    issued: str | None,
    lang: str | None,
    memory: str | None,
    threads: str | None,
) -> int:
    """Draft a catalogue in FOLDER from the tables in FILES, which are copied unchanged.

    The command guesses encodings, headers, datatypes, keys, languages and lists from all cells, gives the reason for
    each guess in a comment, and shows the first rows of each table. It asks on a terminal for what the files do not
    say, or lists it at the end. FOLDER must be new or empty.
    """
    from st_opendata.catalogue.init.draft import Answers, draft_catalogue, sample
    from st_opendata.names import slug

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    messages = settings.language
    name = folder.resolve().name
    given = {"title": title, "base": base, "publisher": publisher, "license": licence, "contact": contact}
    given |= {"theme": ", ".join(theme) or None, "issued": issued, "publisher-iri": publisher_iri}
    checks = _checks()
    for key, value in (*given.items(), ("language", language)):
        _check(checks, key, value, f"--{key}")
    replies = _asked(given, name, checks, messages) if _on_terminal() else given
    start = replies["base"] or f"https://{slug(name) or 'data'}.example/"
    tag = language or "en"
    answers = Answers(
        replies["title"] or name,
        start,
        tag,
        _day(replies["issued"]),
        _terms(replies, start, tag),
        language_given=language is not None,
        lang=messages,
        memory=settings.memory,
        threads=settings.threads,
    )
    draft = draft_catalogue(folder, [*first, *files], answers)
    for number, table in enumerate(draft.tables):
        if number:
            click.echo()
        click.echo(_summary(table)[messages])
        if table.rows:
            write_sample(sample(table), messages)
    _conclude(draft, folder, messages)
    return 1 if "publisher" in draft.missing else 0


def _summary(table: DraftTable) -> Message:
    rows, columns = count(table.rows, "row"), count(len(table.columns), "column")
    if not table.key:
        return message("{table}: {rows}, {columns}", table=table.name, rows=rows, columns=columns)
    key = ", ".join(column.name for column in table.key)
    return message("{table}: {rows}, {columns}, key {key}", table=table.name, rows=rows, columns=columns, key=key)


def _conclude(draft: Draft, folder: Path, language: str) -> None:
    """Say where the catalogue is, which profiles may fit and what is missing."""
    ready = message(
        "The catalogue is in {folder}. Read its comments, then run: st-opendata check {folder}", folder=folder
    )
    click.echo(ready[language])
    file = folder / "catalogue.yaml"
    for each in draft.proposals:
        proposal = message(
            "Perhaps the profile {profile} fits: {table} has the columns {columns}. "
            "To check by its rules, write `profiles: [{profile}]` in {file}.",
            profile=each.profile,
            table=each.table,
            columns=", ".join(each.columns),
            file=file,
        )
        note(proposal[language])
    for key in draft.missing:
        missing = message(
            "Missing in {file}: {key}. Write it there, or draft again in another folder with {option}.",
            file=file,
            key=key,
            option=_EXAMPLES[key],
        )
        note(missing[language])


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise bad_value(message('"{text}" is not a date, such as 2026-11-25', text=text), "--issued") from None


def _terms(replies: dict[str, str | None], base: str, language: str) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    if publisher := replies["publisher"]:
        terms["publisher"] = {"iri": replies["publisher-iri"] or f"{base}publisher", "name": {language: publisher}}
    if contact := replies["contact"]:
        terms["contactPoint"] = {"name": {language: publisher or contact}, "email": contact}
    if licence := replies["license"]:
        terms["license"] = licence
    if themes := replies["theme"]:
        terms["theme"] = [code.strip() for code in themes.split(",") if code.strip()]
    return terms


def _checks() -> dict[str, Check]:
    """The functions that raise an error for a wrong answer, by its key."""
    from st_opendata.model.records import email_address, folder_iri, http_iri, language_tag
    from st_opendata.vocabularies import require_code

    def codes(text: str) -> str:
        for code in filter(None, (part.strip() for part in text.split(","))):
            require_code("data-theme", code)
        return text

    return {
        "base": folder_iri,
        "language": language_tag,
        "publisher-iri": http_iri,
        "license": lambda code: require_code("licence", code),
        "contact": email_address,
        "theme": codes,
    }


def _check(checks: dict[str, Check], key: str, answer: str | None, option: str | None = None) -> str:
    """The answer; click.BadParameter for a wrong one."""
    try:
        return checks.get(key, str)(answer) if answer else ""
    except ValueError as error:
        raise bad_value(reason_of(error), option) from None


def _asked(given: dict[str, str | None], name: str, checks: dict[str, Check], language: str) -> dict[str, str | None]:
    """The replies: asks for what the options do not give; an empty answer leaves it out."""
    questions = {
        "title": message("What is the title of the catalogue?"),
        "base": message("What is the start of the addresses of all things? (an IRI that ends in /)"),
        "publisher": message("Who is the publisher?"),
        "publisher-iri": message("What is the publisher's page? (an IRI)"),
        "license": message("What is the licence? (a code of the EU table, such as CC_BY_4_0)"),
        "contact": message("What is the e-mail address for questions?"),
        "theme": message("What are the themes? (codes of the EU table, such as ENER, TRAN)"),
    }
    defaults = {"title": name}

    def ask(key: str, question: Message) -> str | None:
        default = defaults.get(key, "")
        checked = partial(_check, checks, key)
        text = question[language]
        shown = bool(default)
        reply = click.prompt(text, default=default, show_default=shown, prompt_suffix=" ", value_proc=checked, err=True)
        return reply or None

    return given | {key: ask(key, text) for key, text in questions.items() if given[key] is None}
