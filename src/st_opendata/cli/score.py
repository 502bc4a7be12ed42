"""`st-opendata score`: metadata quality as data.europa.eu measures it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import note
from st_opendata.cli.options import json_option, lang_option
from st_opendata.cli.words import say
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.dcat import Score


@click.command
@click.argument("source")
@click.option("--ask-urls", is_flag=True, help="For a DCAT file: ask its access and download URLs over the network.")
@click.option("--least", type=click.IntRange(0, 405), default=0, metavar="POINTS", help="Exit with 1 below so many.")
@json_option
@lang_option
def command(*, source: str, ask_urls: bool, least: int, as_json: bool, lang: str | None) -> int:
    """Score metadata as data.europa.eu does.

    Each dataset of SOURCE gets the 23 indicators (405 points) of the metadata quality assessment. SOURCE is a release,
    a DCAT file or an http(s) URL. Lost points are shown with what is missing and what to do. For a release, a URL
    counts as answering when the release has its file; a URL as SOURCE has its URLs asked.
    """
    from st_opendata.dcat.quality.scoring import score_source

    settings = read_settings({"lang": lang})
    remote = source.startswith(("http://", "https://"))
    scores = score_source(source, ask=ask_urls or remote)
    if as_json:
        click.echo(json.dumps([_json(score) for score in scores], ensure_ascii=False, indent=1))
    else:
        for score in scores:
            _write(score, settings.language)
    if Path(source).is_file() and not ask_urls:
        note(say(settings.language, "not-asked"))
    if not scores:
        note(say(settings.language, "no-dataset", source=source))
        return 1
    return 1 if any(score.points < least for score in scores) else 0


def _write(score: Score, language: str) -> None:
    from st_opendata.dcat import MAXIMUM
    from st_opendata.model.text import pick

    title = pick(score.title, language) or score.dataset
    click.echo(f"{score.points:3} of {MAXIMUM}  {pick(score.band.label, language)}  {title}  <{score.dataset}>")
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
