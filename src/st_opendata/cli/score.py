"""`st-opendata score`: metadata quality as data.europa.eu measures it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import note, write_json
from st_opendata.cli.options import json_option, lang_option
from st_opendata.messages.message import message
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.dcat import Score


@click.command(short_help="Score metadata as data.europa.eu does.")
@click.argument("source")
@click.option("--ask-urls", is_flag=True, help="If SOURCE is a DCAT file, request its access and download URLs.")
@click.option(
    "--fail-under",
    type=click.IntRange(0, 405),
    metavar="POINTS",
    help="Exit with status 1 if a dataset scores less.",
)
@click.option("--least", "fail_under", type=click.IntRange(0, 405), hidden=True, help="Former name of --fail-under.")
@json_option
@lang_option
def command(*, source: str, ask_urls: bool, fail_under: int | None, as_json: bool, lang: str | None) -> int:
    """Score the metadata of datasets as data.europa.eu does.

    Each dataset of SOURCE gets the 23 indicators (405 points) of the metadata quality assessment. SOURCE is a release,
    a DCAT file or an http(s) URL. For lost points, the command shows what is missing and what to do. In a release, a
    URL counts as available if the release has its file. If SOURCE is a URL, the command requests the URLs it finds
    there.
    """
    from st_opendata.dcat.quality.scoring import score_source

    settings = read_settings({"lang": lang})
    remote = source.startswith(("http://", "https://"))
    scores = score_source(source, ask=ask_urls or remote)
    if as_json:
        write_json([_json(score) for score in scores])
    else:
        for score in scores:
            _write(score, settings.language)
    if Path(source).is_file() and not ask_urls:
        unasked = message(
            "Access and download URLs were not requested and count as unavailable. Use --ask-urls to request them."
        )
        note(unasked[settings.language])
    if not scores:
        note(message('"{source}" describes no dataset.', source=source)[settings.language])
        return 1
    return 1 if any(score.points < (fail_under or 0) for score in scores) else 0


def _write(score: Score, language: str) -> None:
    from st_opendata.dcat import MAXIMUM
    from st_opendata.model.text import pick

    title = pick(score.title, language) or score.dataset
    points = message("{points} of {maximum}", points=f"{score.points:3}", maximum=MAXIMUM)[language]
    click.echo(f"{points}  {pick(score.band.label, language)}  {title}  <{score.dataset}>")
    for mark in score.lost:
        click.echo(f"      -{mark.lost}  {pick(mark.indicator.loss, language)}")
        click.echo(f"           → {pick(mark.indicator.remedy, language)}")


def _json(score: Score) -> dict[str, object]:
    return {
        "dataset": score.dataset,
        "title": dict(score.title),
        "points": score.points,
        "band": score.band.name,
        "distribution": score.distribution,
        "dimensions": {name: points for name, (points, _) in score.dimensions.items()},
        "marks": [
            {
                "indicator": mark.indicator.name,
                "dimension": mark.indicator.dimension,
                "points": mark.points,
                "maximum": mark.indicator.points,
                **({"rule": dict(mark.indicator.rule), "remedy": dict(mark.indicator.remedy)} if mark.lost else {}),
            }
            for mark in score.marks
        ],
    }
