"""Errors of the command line that click finds, in the language of the reader.

Click looks its texts up with the standard library's gettext. `click_speaks` gives it our catalogue, in which
`CLICK_TEXTS` are translated too. Help texts stay English: their headings are not among these texts.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from st_opendata import messages
from st_opendata.messages.message import DOMAIN, Message, counted, message

CLICK_TEXTS = (
    message("Missing command."),
    counted("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", number="args"),
    counted("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", number="possibility"),
    message("Invalid value: {message}"),
    message("Invalid value for {param_hint}: {message}"),
    message("Missing argument"),
    message("Missing option"),
    message("No such option {name!r}."),
    message("No such command {name!r}."),
    message("Option {name!r} does not take a value."),
    counted("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", number="nargs"),
    message("Choose from:\n\t{choices}"),
    counted("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", number="choice"),
    message("{value!r} is not a valid {number_type}."),
    message("{value} is not in the range {range}."),
    message("Error: invalid input"),
)
"""Click's texts about a command line, exactly as in its source; click fills the fields itself."""


def bad_value(problem: Message, option: str | None = None) -> click.BadParameter:
    """The error of a parameter that has a wrong value: of `option`, or of the one that click is reading."""
    language: str = click.get_current_context().obj
    return click.BadParameter(problem[language], param_hint=option)


@contextmanager
def click_speaks(language: str) -> Iterator[None]:
    """Let click say its errors in one of `LANGUAGES`.

    gettext takes the language of its domain from the variable LANGUAGE, which is put back at the end.
    """
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(Path(messages.__file__).parent / "locale"))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(domain)
        os.environ.pop("LANGUAGE")
        if before is not None:
            os.environ["LANGUAGE"] = before


def usage_text(error: click.ClickException, language: str) -> str:
    """The text of an error that click found: how the command is used, how to get help, and what is wrong."""
    problem = message("Error: {message}", message=error.format_message())[language]
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return problem
    pieces = context.command.collect_usage_pieces(context)
    usage = message("Usage: {command}", command=" ".join([context.command_path, *pieces]))
    help_command = message("Try '{command} --help' for help.", command=context.command_path)
    return f"{usage[language]}\n{help_command[language]}\n\n{problem}"
