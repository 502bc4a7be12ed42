"""`st-opendata validate`: any RDF files against any SHACL shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import collect_seldom, errors_as, write_report
from st_opendata.cli.options import (
    engine_options,
    findings_option,
    lang_option,
    path_type,
    report_options,
    timeout_option,
)
from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message
from st_opendata.resources import resource_folder
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.model.findings import Finding


class _ShapesLast(click.Command):
    """Accepts `DATA… --shapes S…`: every word after `--shapes`, up to another option, names shapes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with an option for each shape; no change if an option comes first."""
        return super().parse_args(ctx, list(_spread(args)) if args and not args[0].startswith("-") else args)


def _spread(args: Sequence[str]) -> Iterator[str]:
    option = ""
    for before, arg in pairwise(("", *args)):
        if arg.startswith("-"):
            option = arg
        elif option in ("--shapes", "-s") and before != option:
            yield option
        yield arg


@click.command(cls=_ShapesLast, short_help="Validate RDF files against SHACL shapes.")
@click.argument("data", type=path_type, nargs=-1, required=True)
@click.option(
    "--shapes",
    "-s",
    type=path_type,
    multiple=True,
    help="Files with SHACL shapes, or folders of Turtle files. Before DATA, repeat --shapes for each.",
    metavar="S…",
)
@click.option(
    "--profile",
    multiple=True,
    metavar="NAME",
    help="Validate a DCAT catalogue by this profile and DCAT-AP: a name, such as dcat-ap-de, or a folder, such as "
    "./rules. You can repeat the option.",
)
@timeout_option
@findings_option
@engine_options
@report_options
@lang_option
def command(  # noqa: PLR0913 (a parameter for each option)
    *,
    data: tuple[Path, ...],
    shapes: tuple[Path, ...],
    profile: tuple[str, ...],
    timeout: float | None,
    max_findings: str | None,
    memory: str | None,
    threads: str | None,
    form: str,
    lang: str | None,
) -> int:
    """Validate RDF files against SHACL shapes.

    The files DATA form one graph. The extension gives the format: .ttl, .nt, .nq, .trig, .rdf, .xml, .jsonld. The exit
    code is 1 if there is a violation (warnings and notes do not count), and 3 if a file cannot be read or the
    validation takes longer than --timeout.
    """
    from st_opendata.model.findings import conforms
    from st_opendata.shacl import validate_in_time

    collect_seldom()
    settings = read_settings({"lang": lang, "max_findings": max_findings, "memory": memory, "threads": threads})
    with errors_as(form, settings.language):
        paths = [_existing(path) for path in data], [*_files(shapes), *_of_profiles(profile)]
        if not paths[1]:
            raise UsageError(
                message("there is nothing to validate against"),
                remedy=message("Name shapes with --shapes, or a profile with --profile."),
            )
        if profile:
            paths[0].append(resource_folder("shapes") / "classes.ttl")
        findings = validate_in_time(*paths, timeout, settings)
        if profile:
            findings = _softened(findings)
    write_report(findings, form, settings.language)
    return 0 if conforms(findings) else 1


def _files(shapes: tuple[Path, ...]) -> Iterator[Path]:
    for path in shapes:
        if not path.is_dir():
            yield _existing(path)
        elif found := sorted(path.rglob("*.ttl")):
            yield from found
        else:
            raise InputError(
                message('the folder "{folder}" has no .ttl file', folder=path),
                remedy=message("Name a folder with shapes, or a file."),
            )


def _of_profiles(names: tuple[str, ...]) -> list[Path]:
    """The shapes of profiles for the description of a catalogue, after those of DCAT-AP."""
    from st_opendata.build.profile_terms import catalogue_shapes

    return catalogue_shapes(names) if names else []


def _softened(findings: list[Finding]) -> list[Finding]:
    from st_opendata.build.profile_terms import soften

    return list(soften(findings))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise InputError(message('there is no file "{file}"', file=path), remedy=message("Check the path."))
    return path
