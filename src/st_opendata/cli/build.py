"""`st-opendata build`: a release from a catalogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.check import note_outcome
from st_opendata.cli.console import errors_as_json, note, progress_bar, write_report
from st_opendata.cli.options import (
    catalogue_argument,
    engine_options,
    json_option,
    lang_option,
    output_option,
    site_option,
)
from st_opendata.cli.words import count, say
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.model.release import Release


@click.command
@catalogue_argument
@output_option
@site_option
@json_option
@lang_option
@engine_options
def command(  # noqa: PLR0913 (one parameter per option)
    *,
    catalogue: Path,
    output: Path,
    site: str | None,
    as_json: bool,
    lang: str | None,
    memory: str | None,
    threads: str | None,
) -> int:
    """Build a release: check, write every format, describe, score.

    The release is written beside DIR and put in its place in one step: a build that fails, is interrupted or finds a
    violation leaves an older release as it was. CATALOGUE is the folder with catalogue.yaml, by default `datasets`.
    """
    from st_opendata.build import Job, build

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    with errors_as_json(wanted=as_json), progress_bar() as progress:
        outcome = build(Job(catalogue, settings, site, progress), output)
    if outcome.release is None:
        write_report(outcome.findings, "json" if as_json else "text", settings.language)
        note_outcome(outcome, settings.language)
        note(say(settings.language, "not-written", output=output))
        return 1
    if as_json:
        click.echo(json.dumps(summary(outcome.release, output), ensure_ascii=False, indent=1))
        return 0
    if outcome.findings:
        write_report(outcome.findings, "text", settings.language)
    click.echo(summary_text(outcome.release, output, settings.language))
    if outcome.advice:
        findings = count(outcome.advice, "finding", settings.language)
        note(say(settings.language, "advice", findings=findings, report=output / "report.json"))
    return 0


def summary(release: Release, output: Path) -> dict[str, object]:
    """What programs want to know of a new release."""
    return {
        "release": str(output),
        "catalogue": release.catalogue,
        "triples": release.triples,
        "files": len(release.files),
        "datasets": [
            {"id": each.id, "rows": each.rows, "triples": each.triples, "points": each.points}
            for each in release.datasets
        ],
    }


def summary_text(release: Release, output: Path, language: str) -> str:
    """What people want to know of a new release."""
    points = sorted({dataset.points for dataset in release.datasets})
    score = str(points[0]) if len(points) == 1 else say(language, "range", least=points[0], most=points[-1])
    numbers = {"dataset": len(release.datasets), "triple": release.triples, "file": len(release.files)}
    counts = {f"{noun}s": count(number, noun, language) for noun, number in numbers.items()}
    return say(language, "written", output=output, score=score, **counts)
