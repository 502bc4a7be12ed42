"""`st-opendata build`: a release from a catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.check import NOTHING_STATED, note_outcome
from st_opendata.cli.console import errors_as, note, progress_bar, write_json, write_report
from st_opendata.cli.options import (
    catalogue_argument,
    engine_options,
    findings_option,
    lang_option,
    output_option,
    report_options,
    site_option,
)
from st_opendata.cli.words import count
from st_opendata.messages.message import Message, message
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.model.release import Release


@click.command(short_help="Check a catalogue and build a release from it.")
@catalogue_argument
@output_option
@site_option
@click.option("--fresh", is_flag=True, help="Write everything again, even if nothing has changed.")
@report_options
@lang_option
@engine_options
@findings_option
def command(  # noqa: PLR0913 (one parameter per option)
    *,
    catalogue: Path,
    output: Path,
    site: str | None,
    fresh: bool,
    form: str,
    lang: str | None,
    memory: str | None,
    threads: str | None,
    max_findings: str | None,
) -> int:
    """Check a catalogue and build a release from it.

    The command writes every format, describes the datasets in DCAT-AP and scores the description. It replaces an older
    release in one step: if the build fails, is interrupted or finds a violation, the older release stays unchanged.
    It is kept, too, if neither a file of the catalogue nor the program has changed since it was built. If something has
    changed, the files of datasets that it does not concern are copied from the older release.
    CATALOGUE is a folder with catalogue.yaml, by default `datasets`. With --json, standard output gets a summary of the
    new release, or the findings if there is none.
    """
    from st_opendata.build import Job, build
    from st_opendata.release.layout import REPORT

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads, "max_findings": max_findings})
    with errors_as(form, settings.language, catalogue), progress_bar() as progress:
        outcome = build(Job(catalogue, settings, site, progress, fresh=fresh), output)
    if outcome.release is None:
        write_report(outcome.findings, form, settings.language, catalogue)
        note_outcome(outcome, settings.language)
        note(message("No release was written to {output}.", output=output)[settings.language])
        return 1
    if form == "json":
        write_json(summary(outcome.release, output) | {"written": outcome.written, "reused": outcome.reused})
        return 0
    if outcome.findings or form != "text":
        write_report(outcome.findings, form, settings.language, catalogue)
    if not outcome.written:
        note(message("Nothing has changed since the release was built, so it stays unchanged.")[settings.language])
    if outcome.reused:
        datasets = count(outcome.reused, "dataset")
        reused = message("Copied from the older release without a change: {datasets}.", datasets=datasets)
        note(reused[settings.language])
    click.echo(summary_text(outcome.release, output, settings.language), err=form != "text")
    if outcome.rows and not outcome.release.triples:
        note(NOTHING_STATED[settings.language])
    if outcome.advice:
        advice = message(
            "What DCAT-AP recommends for the description of the catalogue: {findings} in {report}.",
            findings=count(outcome.advice, "finding"),
            report=output / REPORT,
        )
        note(advice[settings.language])
    return 0


def summary(release: Release, output: Path) -> dict[str, object]:
    """A new release, for programs."""
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
    """A new release, for people."""
    points = sorted({dataset.points for dataset in release.datasets})
    score: Message | int = points[0]
    if len(points) > 1:
        score = message("{least} to {most}", least=points[0], most=points[-1])
    text = message(
        "The release is in {output}: {datasets}, {triples}, {files}; each dataset scores {score} of 405 points.",
        output=output,
        datasets=count(len(release.datasets), "dataset"),
        triples=count(release.triples, "triple"),
        files=count(len(release.files), "file"),
        score=score,
    )
    return text[language]
