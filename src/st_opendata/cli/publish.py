"""`st-opendata publish`: put a release where others find it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import note, progress_bar
from st_opendata.cli.extras import needing
from st_opendata.cli.options import SECONDS, json_option, path_type, release_argument
from st_opendata.cli.words import count
from st_opendata.errors import StError

if TYPE_CHECKING:
    from st_opendata.targets.ckan.apply import Done
    from st_opendata.targets.ckan.plan import Change, Difference, Plan

_WIDTH = 70
"""Characters shown of a value before and after."""


@click.group("publish")
def command() -> None:
    """Publish a release to a portal."""


@command.command("ckan", short_help="Publish a release to a CKAN portal.")
@release_argument
@click.option("--url", required=True, help="Home page of the portal.")
@click.option("--organization", required=True, metavar="NAME", help="Organisation that owns the datasets.")
@click.option(
    "--token-file",
    type=path_type,
    metavar="FILE",
    help="File with the API token.  [default: the variable ST_CKAN_TOKEN]",
)
@click.option("--dry-run", is_flag=True, help="Show the plan and write nothing.")
@click.option("--exit-code", is_flag=True, help="With --dry-run, exit with status 1 if there is something to write.")
@click.option("--overwrite", is_flag=True, help="Overwrite changes that were made on the portal.")
@click.option("--prune", is_flag=True, help="Delete datasets that are no longer in the release.")
@click.option("--iris", is_flag=True, help="Write formats as IRIs, for portals whose own RDF is harvested.")
@click.option(
    "--max-upload", type=click.IntRange(1), metavar="BYTES", help="Size limit of the portal for uploaded files."
)
@click.option("--link-base", metavar="URL", help="Link larger files below this URL, at which the release is served.")
@click.option(
    "--workers", type=click.IntRange(1, 16), default=4, show_default=True, help="Number of parallel requests."
)
@click.option(
    "--timeout", type=SECONDS, metavar="SECONDS", default=120, show_default=True, help="Time-out of a request."
)
@json_option
def publish_ckan_command(  # noqa: PLR0913 (a parameter for each option)
    *,
    release: Path,
    url: str,
    organization: str,
    token_file: Path | None,
    dry_run: bool,
    exit_code: bool,
    overwrite: bool,
    prune: bool,
    iris: bool,
    max_upload: int | None,
    link_base: str | None,
    workers: int,
    timeout: float,
    as_json: bool,
) -> int:
    """Publish RELEASE to a CKAN portal.

    The command compares the release with the portal, shows what will change and why, and writes only that. If it is
    interrupted, run it again; a second run writes nothing. It never touches datasets that were not published from this
    catalogue. It leaves datasets alone that were edited, renamed or moved on the portal, unless --overwrite is given.
    --prune deletes a dataset only if its mark and its name show that it was published from this catalogue.

    At the end the command says what was written and where to look. The API token comes from --token-file, the
    environment variable ST_CKAN_TOKEN or the keyring of the system (service st-opendata, user URL); its user must be an
    editor of the organisation.
    """
    with needing("ckan", "a CKAN portal"):
        from st_opendata.targets.ckan.apply import apply
        from st_opendata.targets.ckan.publish import Target, planned
        from st_opendata.targets.ckan.refresh import Wish
        from st_opendata.targets.ckan.token import find_token

    target = Target(url, organization, find_token(url, token_file), workers, iris, max_upload, link_base, timeout)
    with planned(release, target, Wish(overwrite, prune)) as (plan, surveyor):
        if not as_json:
            _write_plan(plan)
        done: Sequence[Done] = ()
        if not dry_run:
            with _progress(len(plan.writes)) as told:
                done = apply(plan, surveyor, told=told)
    if as_json:
        click.echo(json.dumps(_json(plan, None if dry_run else done), ensure_ascii=False, indent=1))
    else:
        _write_result(plan, None if dry_run else done)
    if dry_run:
        return 1 if exit_code and plan.writes else 0
    return _conclude(plan, done)


def _write_result(plan: Plan, done: Sequence[Done] | None) -> None:
    """Say what was written and where to look; of a dry run (`done` is None) that nothing was."""
    organization, catalogue = plan.pages
    if done is None:
        number = f"would write {count(len(plan.writes), 'dataset')}" if plan.writes else "has nothing to write"
        click.echo(f"Dry run: nothing was written. Without --dry-run this {number}.")
        return
    written = [each.change for each in done if not each.error]
    if plan.writes:
        files, size = sum(len(each.files) for each in written), sum(each.size for each in written)
        every = "" if len(written) == len(plan.writes) else f" of {len(plan.writes):,}"
        datasets = f"{len(written):,}{every} {'dataset' if len(written) == 1 and not every else 'datasets'}"
        click.echo(f"Written: {datasets}, {count(files, 'file')}, {_bytes(size)}.")
    else:
        click.echo("Nothing to write.")
    click.echo(f"The datasets: {organization}")
    click.echo(f"The catalogue, for harvesters: {catalogue}")


@contextmanager
def _progress(number: int) -> Iterator[Callable[[Done], None]]:
    with progress_bar() as bar:
        finished = 0

        def told(done: Done) -> None:
            nonlocal finished
            finished += 1
            if bar:
                bar(f"{done.change.kind} {done.change.name}", finished / number)

        yield told


def _conclude(plan: Plan, done: Sequence[Done]) -> int:
    """Say on stderr what was not done; 4 where the portal refused or failed, 1 where something was left alone."""
    from st_opendata.targets.ckan.plan import Kind

    for names, error in _failures(done):
        note(f"Failed: {', '.join(names)}: {error}")
    taken, drifted = plan.of(Kind.TAKEN), plan.of(Kind.DRIFTED)
    if others := [each.name for each in taken if not each.shown]:
        note(f"Left alone: {', '.join(others)}: see above whose the name is.")
        note("  Have that dataset renamed or purged on the portal, or give the catalogue another id.")
    if ours := [each.name for each in taken if each.shown]:
        note(f"Left alone: {', '.join(ours)}: on the portal under another name, see above.")
    if drifted:
        note(f"Left alone: {', '.join(each.name for each in drifted)}: changed on the portal, see above.")
        note("  --overwrite lets the release win; or take the change into the catalogue, and build it again.")
    failed = sum(bool(each.error) for each in done)
    unbegun = len(plan.writes) - len(done)
    if unbegun:
        note(f"{count(unbegun, 'dataset')} not begun: the portal failed several times in a row.")
    if failed or unbegun:
        note("Run the command again when the cause is gone: it goes on where this run ended.")
    if failed or unbegun or taken:
        return 4
    return 1 if drifted else 0


def _failures(done: Sequence[Done]) -> list[tuple[list[str], Exception]]:
    """The datasets that failed for one reason, and the first error that tells it."""
    grouped: dict[tuple[str, str | None], tuple[list[str], Exception]] = {}
    for each in done:
        if each.error:
            reason = _message(each.error), getattr(each.error, "remedy", None)
            grouped.setdefault(reason, ([], each.error))[0].append(each.change.name)
    return list(grouped.values())


def _write_plan(plan: Plan) -> None:
    for change in plan.changes:
        if change.kind == "unchanged":
            continue
        files = f"; {count(len(change.files), 'file')}, {_bytes(change.size)}" if change.files else ""
        files += f"; {count(len(change.tables), 'table')} of the DataStore" if change.tables else ""
        click.echo(f"{change.kind:9}  {change.name}: {change.reason}{files}")
        for line in dict.fromkeys(map(_difference, change.differences)):
            click.echo(f"             {line}")
    for name in plan.ghosts:
        note(f"The portal's search lists {name}, its database does not: have its administrator rebuild the index.")
    for name in plan.dropped:
        click.echo(f"The portal has no field {name}: it is left out.")
    for (field, text), datasets in plan.losses.items():
        click.echo(f"Not on the portal: {field} of {count(datasets, 'dataset')}: {text}")
    counts = {kind: len(plan.of(kind)) for kind in dict.fromkeys(change.kind for change in plan.changes)}
    click.echo(", ".join(f"{number:,} {kind}" for kind, number in sorted(counts.items())) or "There is no dataset.")


def _difference(difference: Difference) -> str:
    from st_opendata.targets.ckan.beside import beside

    where = f"{difference.resource}: " if difference.resource else ""
    if difference.field == "resource":
        return f"{where}{'added' if difference.before is None else 'removed'}"
    if difference.resource and difference.field in ("hash", "size", "url_type"):
        return f"{where}another file"
    before, after = beside(difference.before, difference.after, _WIDTH)
    return f"{where}{difference.field}: {before} → {after}"


def _bytes(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size = round(size / 1000)
    return f"{size:,} GB"


def _json(plan: Plan, done: Sequence[Done] | None) -> dict[str, object]:
    results = {each.change.name: each for each in done or ()}
    organization, catalogue = plan.pages
    return {
        "dry_run": done is None,
        "pages": {"datasets": organization, "catalogue": catalogue},
        "portal": {
            "url": plan.portal.url,
            "version": plan.portal.version,
            "plugins": sorted(plan.portal.plugins),
            "user": plan.portal.user,
            "organization": plan.portal.organization,
        },
        "left_out": list(plan.dropped),
        "losses": [{"field": field, "reason": text, "datasets": n} for (field, text), n in plan.losses.items()],
        "changes": [_change_json(change, results.get(change.name), done is not None) for change in plan.changes],
    }


def _change_json(change: Change, result: Done | None, applied: bool) -> dict[str, object]:  # noqa: FBT001
    names = {resource.id: resource.file_name for resource in change.wanted.package.resources} if change.wanted else {}
    content: dict[str, object] = {
        "change": str(change.kind),
        "dataset": change.name,
        "reason": change.reason,
        "differences": [
            {
                **({"resource": each.resource} if each.resource else {}),
                "field": each.field,
                "before": each.before,
                "after": each.after,
            }
            for each in change.differences
        ],
        "files": [names[each] for each in change.files],
        "tables": [names[each] for each in change.tables],
        "bytes": change.size,
    }
    if applied:
        content["done"] = result is not None and result.error is None
        if result and result.error:
            content["error"] = _message(result.error)
    return content


def _message(error: Exception) -> str:
    return error.message if isinstance(error, StError) else str(error)
