"""Options that several commands share, so that they read and behave the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Any

import click

from st_opendata.errors import InputError
from st_opendata.model.text import LANGUAGES
from st_opendata.place import Place
from st_opendata.settings import read_size

path_type = click.Path(path_type=Path)


class _Size(click.ParamType[int]):
    """An amount of memory, `512MB` or `2GiB`, as bytes."""

    name = "size"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes; raises click.BadParameter."""
        size = read_size(str(value))
        if size is None:
            self.fail(f'"{value}" is not a size; write it as 512MB or 2GiB', param, ctx)
        return size


class _Seconds(click.FloatRange):
    """A time to wait for: of more than some weeks, or of no number, the system makes an error."""

    def __init__(self) -> None:
        super().__init__(min=0, max=1_000_000, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 (click's)
        """The seconds; raises click.BadParameter."""
        seconds = super().convert(value, param, ctx)
        if isnan(seconds):
            self.fail(f"{value} is no number of seconds", param, ctx)
        return seconds


SIZE = _Size()
SECONDS = _Seconds()
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
lang_option: Decorator = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,  # so that errors of the other parameters are told in it too
    callback=lambda ctx, _param, value: _note_language(ctx, value),
    help="Language of messages.  [default: ST_LANG, the locale, else en]",
)
timeout_option: Decorator = click.option("--timeout", type=SECONDS, metavar="SECONDS", help="Stop after this time.")
_JSON: dict[str, Any] = {"is_flag": True, "help": "Write JSON."}
json_option: Decorator = click.option("--json", "as_json", **_JSON)


def json_flag() -> click.Option:
    """The same option for a command that is made of a list."""
    return click.Option(["--json", "as_json"], **_JSON)


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


def engine_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Bounds of the fact base: `--memory` and `--threads`."""
    memory = click.option(
        "--memory", metavar="SIZE", help="Memory limit of the database engine.  [default: ST_MEMORY, else 1GB]"
    )
    threads = click.option("--threads", metavar="N", help="Number of threads.  [default: ST_THREADS, else 2]")
    return memory(threads(function))


def _note_language(ctx: click.Context, value: str | None) -> str | None:
    """Leave the language where `__main__`, which tells of errors, finds it."""
    ctx.ensure_object(dict)["lang"] = value
    return value


def _folder(value: str) -> Path:
    if not value:
        raise click.BadParameter("the name of a folder is needed, as in --output release")
    return Path(value)


def _site(value: str | None) -> str | None:
    from st_opendata.model.descriptions import folder_iri

    try:
        return folder_iri(value) if value is not None else None
    except ValueError as error:
        raise click.BadParameter(f'"{value}": {error}') from None


def _source(value: Path | None) -> Path:
    """A table or its CSVW description, which are files, or a catalogue folder."""
    if value and value.suffix and not value.exists():
        raise InputError("there is no such file or folder", place=Place(str(value)), remedy="Check the path.")
    return value if value and value.is_file() and value.name != "catalogue.yaml" else _catalogue(value)


def _catalogue(value: Path | None) -> Path:
    """The catalogue folder, `datasets` by default; InputError where it is none."""
    folder = value or Path("datasets")
    if not folder.is_dir():
        is_file = folder.exists()
        what = f"{folder} is a file, not a folder" if is_file else f"there is no folder {folder}"
        default = "" if value else " Without a name, `datasets` in the current folder is taken."
        raise InputError(what, remedy=f"Name the folder that holds catalogue.yaml.{default}")
    if not (folder / "catalogue.yaml").is_file():
        above = folder.resolve().parent
        remedy = "Name the folder that holds catalogue.yaml; docs/tutorial.md shows how to write one."
        if (above / "catalogue.yaml").is_file():
            remedy = f"Name the folder above it, which holds catalogue.yaml: {folder.parent if folder.name else above}"
        raise InputError(f"{folder} is not a catalogue: it has no catalogue.yaml", remedy=remedy)
    return folder
