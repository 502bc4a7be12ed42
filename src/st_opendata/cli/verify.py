"""`st-opendata verify`: is what was written still what is there?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import progress_bar
from st_opendata.cli.extras import needing
from st_opendata.cli.options import json_option, lang_option, path_type, release_argument
from st_opendata.cli.words import count, say
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.targets.ckan.harvest import Harvest
    from st_opendata.targets.ckan.statements import Difference
    from st_opendata.targets.ckan.verify import Verification


@click.group("verify")
def command() -> None:
    """Compare a release with its digests or with a portal."""


@command.command("release", short_help="Compare the files of a release with their digests.")
@click.argument("folder", metavar="[DIR]", type=path_type, default=Path("release"))
@json_option
@lang_option
def verify_release_command(*, folder: Path, as_json: bool, lang: str | None) -> int:
    """Compare the files of a release with their digests.

    DIR is the folder of the release, by default `release`. The command names each file that is missing, changed or not
    listed; then the exit code is 1.
    """
    from st_opendata.release import read_release, verify_release

    language = read_settings({"lang": lang}).language
    differences = verify_release(folder)
    if as_json:
        content = {"whole": not differences, "differences": [asdict(difference) for difference in differences]}
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        for difference in differences:
            click.echo(f"{difference.change}  {difference.path}: {difference.detail}")
        files = count(len(read_release(folder).files), "file", language)
        different = count(len(differences), "file", language)
        click.echo(
            say(language, "differs" if differences else "whole", folder=folder, files=files, different=different)
        )
    return 1 if differences else 0


@command.command("ckan", short_help="Compare a CKAN portal with a release.")
@release_argument
@click.option("--url", required=True, help="Home page of the portal.")
@click.option("--iris", is_flag=True, help="The release was published with --iris.")
@click.option(
    "--max-upload",
    type=click.IntRange(1),
    metavar="BYTES",
    help="Value of --max-upload when the release was published.",
)
@click.option("--link-base", metavar="URL", help="Value of --link-base when the release was published.")
@json_option
def verify_ckan_command(
    *, release: Path, url: str, iris: bool, max_upload: int | None, link_base: str | None, as_json: bool
) -> int:
    """Compare a CKAN portal with RELEASE, as visitors and harvesters see it.

    The command uses no API token. It downloads every file and compares its digest, reads every field and every table of
    the DataStore, searches for every dataset, and compares the portal's own RDF statement by statement. It counts what
    ckanext-dcat is known to lose and what people added on the portal, with the reason; any other difference is a
    problem. It also downloads, validates and scores the catalogue published beside the datasets. The exit code is 1 if
    there is a difference.
    """
    with needing("ckan", "verifying a portal"):
        from st_opendata.targets.ckan.audit import Published
        from st_opendata.targets.ckan.verify import verify_portal

    lost: dict[str, list[Difference]] = {}

    def note(reason: str, difference: Difference) -> None:
        if as_json:
            lost.setdefault(reason, []).append(difference)

    with progress_bar() as bar:
        told = bar or (lambda _text, _done: None)
        verification = verify_portal(release, Published(url, iris, max_upload, link_base), told=told, lost=note)
    if as_json:
        click.echo(json.dumps(_json(verification, lost), ensure_ascii=False, indent=1))
    else:
        _write(verification)
    return 1 if verification.problems else 0


def _write(verification: Verification) -> None:
    for problem in verification.problems:
        click.echo(f"{problem.dataset}: {f'{problem.part}: ' if problem.part else ''}{problem.text}")
    if verification.losses:
        click.echo("The portal's own RDF differs where it is known to:")
        for reason, number in sorted(verification.losses.items(), key=lambda item: (-item[1], item[0])):
            click.echo(f"  {number:6,}  {reason}")
    for harvest in verification.harvests:
        click.echo(f"Harvested from {_form(harvest)}: {_quality(harvest)}.")
    files = f"{count(verification.datasets, 'dataset')}, {count(verification.files, 'file')}"
    amount = f"{files}, {verification.size:,} bytes"
    if verification.problems:
        click.echo(
            f"{verification.portal}: {count(len(verification.problems), 'difference')} from the release: {amount}."
        )
    else:
        click.echo(f"{verification.portal}: {amount}, all as released.")


def _form(harvest: Harvest) -> str:
    return {"ckanext-dcat": "the portal's own RDF", "catalogue": "the published catalogue"}[harvest.form]


def _quality(harvest: Harvest) -> str:
    """`valid, 405 of 405 points for 10 datasets`."""
    points = ", ".join(
        f"{points} of 405 points for {count(number, 'dataset')}"
        for points, number in sorted(Counter(harvest.points.values()).items(), reverse=True)
    )
    return (
        f"{count(harvest.violations, 'violation') if harvest.violations else 'valid'} by the DCAT-AP shapes, "
        f"{points or 'no dataset'}"
    )


def _json(verification: Verification, lost: Mapping[str, Sequence[Difference]]) -> dict[str, object]:
    return {
        "portal": verification.portal,
        "datasets": verification.datasets,
        "files": verification.files,
        "bytes": verification.size,
        "problems": [asdict(problem) for problem in verification.problems],
        "losses": [
            {
                "reason": reason,
                "statements": [
                    {
                        "change": str(each.change),
                        "subject": each.subject,
                        "property": each.property,
                        "before": each.before,
                        "after": each.after,
                    }
                    for each in found
                ],
            }
            for reason, found in lost.items()
        ],
        "harvested": [
            {
                "form": harvest.form,
                "violations": harvest.violations,
                "warnings": harvest.warnings,
                "points": harvest.points,
            }
            for harvest in verification.harvests
        ],
    }
