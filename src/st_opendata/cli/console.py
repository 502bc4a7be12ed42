"""The output of commands: reports, tables and numbers to stdout; errors, notes and progress to stderr."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.errors import StError
from st_opendata.messages.message import Message, message, verbatim
from st_opendata.printable import printable
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.model.findings import Finding

Progress = Callable[[str, float], None]
"""Called with the stage that begins and the fraction that is done, 0 to 1."""


def error_text(error: StError, language: str) -> str:
    """An error for people: the fault and its place; on a separate line, the remedy."""
    return _with_remedy(message("Error: {message}", message=_problem(error, language)), error, language)


def failure_text(names: Sequence[str], error: Exception, language: str) -> str:
    """Datasets that failed because of the same error of the target or the system, for people."""
    problem = _problem(error, language) if isinstance(error, StError) else verbatim(str(error))
    text = message("Failed: {names}: {problem}", names=", ".join(names), problem=problem)
    return _with_remedy(text, error, language)


def _problem(error: StError, language: str) -> Message:
    problem = error.message
    if not error.place:
        return problem
    return message("{place}: {problem}", place=error.place.text(language), problem=problem)


def _with_remedy(text: Message, error: Exception, language: str) -> str:
    remedy = error.remedy if isinstance(error, StError) else None
    lines = [text[language], f"  {remedy[language]}"] if remedy else [text[language]]
    return printable("\n".join(lines))


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A bar on stderr, with elapsed and remaining time, that vanishes at the end; None if stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.progress import Task as Job
    from rich.text import Text

    class Remaining(ProgressColumn):
        """Rich's own column looks at the last 30 seconds only, in which no stage may have ended."""

        def render(self, task: Job) -> Text:
            """The time until the end that was last expected."""
            return Text(remaining_time(task.fields["end"] - (task.elapsed or 0)), style="progress.remaining")

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(), Remaining())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, end=0.0)

        def tell(text: str, done: float) -> None:
            elapsed = bar.tasks[task].elapsed or 0.0
            bar.update(task, description=text, completed=done, end=elapsed / done if done else 0.0)

        yield tell


def remaining_time(seconds: float) -> str:
    """`-0:01:30`; nothing where the end is unknown or was expected before."""
    return f"-{timedelta(seconds=round(seconds))}" if seconds > 0 else ""


def note(text: str) -> None:
    """Write a message that is not part of the result, to stderr."""
    click.echo(text, err=True)


def warn_insecure(insecure: bool, lang: str | None) -> None:  # noqa: FBT001 (the option)
    """Say on stderr what --insecure risks, if it is set, in the language of the option or the environment."""
    if insecure:
        from st_opendata.http.tls import INSECURE

        note(INSECURE[read_settings({"lang": lang}).language])


def write_json(content: object) -> None:
    """Write a value as JSON: records are objects, messages are in English."""
    click.echo(json.dumps(_plain(content), ensure_ascii=False, indent=1))


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return str(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


@contextmanager
def errors_as(form: str, language: str, folder: Path = Path()) -> Iterator[None]:
    """Write an expected error to stdout too, in a form for programs; in JSON as `{"conforms": false, "error": {…}}`."""
    try:
        yield
    except StError as error:
        if form == "json":
            content = {"message": error.message_text(), "place": error.place, "remedy": error.remedy_text() or None}
            write_json({"conforms": False, "error": content})
        elif form in ("sarif", "github"):
            from st_opendata.shacl import error_github, error_sarif

            written = error_sarif if form == "sarif" else error_github
            click.echo(written(error, language, folder), nl=False)
        raise


def collect_seldom() -> None:
    """Look for unused cycles of objects seldom: a command that makes many findings saves a tenth of its time."""
    gc.set_threshold(50_000, 50)


def write_report(findings: Sequence[Finding], form: str, language: str, folder: Path = Path()) -> None:
    """Write findings in one of `options.FORMS`; the names of their files start in `folder`."""
    from st_opendata import shacl

    match form:
        case "text":
            text = shacl.report_text(findings, language)
        case "json":
            text = shacl.report_json(findings)
        case "ttl":
            text = shacl.report_turtle(findings)
        case "sarif":
            text = shacl.report_sarif(findings, language, folder)
        case _:
            text = shacl.report_github(findings, language, folder)
    click.echo(text, nl=False)


def write_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table: with rules where stdout is a terminal, else aligned by spaces."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table()
        for heading in headings:
            table.add_column(Text(heading))
        for row in rows:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    lines = [headings, *rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(headings))]
    for line in lines:
        padded = (value.ljust(width) for value, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())
