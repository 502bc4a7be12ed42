"""Options that several commands share, so that they have the same texts and behave the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isnan
from pathlib import Path
from typing import Any

import click

from st_opendata.cli.usage import bad_value
from st_opendata.errors import InputError, reason_of
from st_opendata.messages.message import message
from st_opendata.model.text import LANGUAGES
from st_opendata.place import Place
from st_opendata.settings import read_size

path_type = click.Path(path_type=Path)


class _Size(click.ParamType[int]):
    """A size of memory, `512MB` or `2GiB`, in bytes."""

    name = "size"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ARG002
        """The number of bytes; raises click.BadParameter."""
        size = read_size(str(value))
        if size is None:
            raise bad_value(message('"{value}" is not a size; write it as 512MB or 2GiB', value=value))
        return size


class _Seconds(click.FloatRange):
    """A time-out in seconds; must be finite and at most 1,000,000, because the system refuses longer ones."""

    def __init__(self) -> None:
        super().__init__(min=0, max=1_000_000, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 (click's)
        """The seconds; raises click.BadParameter."""
        seconds = super().convert(value, param, ctx)
        if isnan(seconds):
            raise bad_value(message('"{value}" is not a number of seconds', value=value))
        return seconds


SIZE = _Size()


class _Date(click.ParamType[date]):
    """A day, written as 2021-07-31."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ARG002
        """The day; raises click.BadParameter."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise bad_value(message('"{value}" is not a date; write it as 2021-07-31', value=value)) from None


SECONDS = _Seconds()
DATE = _Date()
FORMS = ("text", "json", "ttl", "sarif", "github")
"""How findings can be written."""
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

catalogue_argument: Decorator = click.argument(
    "catalogue", type=path_type, callback=lambda _ctx, _param, value: _catalogue(value), required=False
)
source_argument: Decorator = click.argument(
    "source", type=path_type, callback=lambda _ctx, _param, value: _source(value), required=False
)
release_argument: Decorator = click.argument("release", type=path_type)
output_option: Decorator = click.option(
    "--output",
    "-o",
    default="release",
    show_default=True,
    metavar="DIR",
    callback=lambda _ctx, _param, value: _folder(value),
    help="Write the release to this folder, and replace the release that is there.",
)
site_option: Decorator = click.option(
    "--site",
    metavar="URL",
    callback=lambda _ctx, _param, value: _site(value),
    help="URL at which the release will be served.  [default: `site` in catalogue.yaml]",
)
_LANG: dict[str, Any] = {
    "type": click.Choice(LANGUAGES),
    "help": "Language of messages.  [default: ST_LANG, the locale, else en]",
}
lang_option: Decorator = click.option("--lang", **_LANG)
timeout_option: Decorator = click.option("--timeout", type=SECONDS, metavar="SECONDS", help="Stop after this time.")
_JSON: dict[str, Any] = {"is_flag": True, "help": "Write JSON."}
json_option: Decorator = click.option("--json", "as_json", **_JSON)


def json_flag() -> click.Option:
    """`json_option` for a command whose parameters are a list."""
    return click.Option(["--json", "as_json"], **_JSON)


def lang_flag() -> click.Option:
    """`lang_option` for a command whose parameters are a list."""
    return click.Option(["--lang"], **_LANG)


def report_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """How findings are written: `--format`, and `--json` for short."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(FORMS),
        default="text",
        show_default=True,
        help="Format of the report: text, JSON, a sh:ValidationReport in Turtle, SARIF, or GitHub annotations.",
    )
    return form(click.option("--json", "form", flag_value="json", help="Same as --format json.")(function))


findings_option: Decorator = click.option(
    "--max-findings",
    metavar="N",
    help="List at most N findings of each shape and of each check of a table, and count the others; "
    "0 or all: list every one.  [default: ST_MAX_FINDINGS, else 1000]",
)


def engine_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Bounds of the fact base: `--memory` and `--threads`."""
    memory = click.option(
        "--memory", metavar="SIZE", help="Memory limit of the database engine.  [default: ST_MEMORY, else 1GB]"
    )
    threads = click.option("--threads", metavar="N", help="Number of threads.  [default: ST_THREADS, else 2]")
    return memory(threads(function))


def _folder(value: str) -> Path:
    if not value:
        raise bad_value(message("the name of a folder is missing, as in {example}", example="--output release"))
    return Path(value)


def _site(value: str | None) -> str | None:
    if value is None:
        return None
    from st_opendata.model.records import folder_iri

    try:
        return folder_iri(value)
    except ValueError as error:
        raise bad_value(message('"{value}": {problem}', value=value, problem=reason_of(error))) from None


def _source(value: Path | None) -> Path:
    """A table or its CSVW description, which are files, or a catalogue folder."""
    if value and value.suffix and not value.exists():
        raise InputError(
            message("there is no such file or folder"), place=Place(str(value)), remedy=message("Check the path.")
        )
    return value if value and value.is_file() and value.name != "catalogue.yaml" else _catalogue(value)


def _catalogue(value: Path | None) -> Path:
    """The catalogue folder, `datasets` by default; InputError if it is not one."""
    folder = value or Path("datasets")
    if not folder.is_dir():
        problem = message('there is no folder "{folder}"', folder=folder)
        if folder.exists():
            problem = message('"{folder}" is a file, not a folder', folder=folder)
        remedy = message("Name the folder that contains catalogue.yaml.")
        if not value:
            remedy = message(
                "Name the folder that contains catalogue.yaml. "
                "Without a name, the command reads the folder `datasets` in the current folder."
            )
        raise InputError(problem, remedy=remedy)
    if not (folder / "catalogue.yaml").is_file():
        above = folder.resolve().parent
        remedy = message("Name the folder that contains catalogue.yaml, or draft one with `st-opendata init`.")
        if (above / "catalogue.yaml").is_file():
            shown = folder.parent if folder.name else above
            remedy = message('Name the folder above it, which contains catalogue.yaml: "{folder}".', folder=shown)
        raise InputError(
            message('"{folder}" is not a catalogue: it has no catalogue.yaml', folder=folder), remedy=remedy
        )
    return folder
