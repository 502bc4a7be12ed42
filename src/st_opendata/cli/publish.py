"""`st-opendata publish`: put a release where others find it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from st_opendata.cli.console import note, progress_bar
from st_opendata.cli.options import json_flag
from st_opendata.cli.targets import TargetGroup, TargetUse
from st_opendata.cli.words import count
from st_opendata.errors import StError
from st_opendata.messages.message import Message

if TYPE_CHECKING:
    from st_opendata.targets.base import Change, ChangeResult, FieldDifference, Plan, Target

_WIDTH = 70
"""Characters shown of a value before and after."""


@click.group("publish", cls=TargetGroup)
def command() -> None:
    """Publish a release to a portal."""


def _publish(  # noqa: PLR0913 (a parameter for each option)
    target: Target[Any], release: Path, *, dry_run: bool, exit_code: bool, overwrite: bool, prune: bool, as_json: bool
) -> int:
    from st_opendata.targets.base import Policy, apply

    plan = target.plan(release, Policy(overwrite, prune))
    if not as_json:
        _write_plan(plan)
    results: Sequence[ChangeResult] = ()
    if not dry_run:
        with _progress(len(plan.writes)) as on_progress:
            results = apply(plan, target, on_progress=on_progress)
    if as_json:
        click.echo(json.dumps(_json(plan, None if dry_run else results), ensure_ascii=False, indent=1))
    else:
        _write_result(plan, None if dry_run else results)
    if dry_run:
        return 1 if exit_code and plan.writes else 0
    return _conclude(plan, results)


command.use = TargetUse(
    part=lambda target: target.publish,
    options=(
        click.Option(["--dry-run"], is_flag=True, help="Show the plan and write nothing."),
        click.Option(
            ["--exit-code"], is_flag=True, help="With --dry-run, exit with status 1 if there is something to write."
        ),
        click.Option(["--overwrite"], is_flag=True, help="Overwrite changes that were made on the portal."),
        click.Option(["--prune"], is_flag=True, help="Delete datasets that are no longer in the release."),
        json_flag(),
    ),
    run=_publish,
)


def _write_result(plan: Plan[Any], results: Sequence[ChangeResult] | None) -> None:
    """Say what was written and where to look; of a dry run (`results` is None) that nothing was."""
    if results is None:
        number = f"would write {count(len(plan.writes), 'dataset')}" if plan.writes else "has nothing to write"
        click.echo(f"Dry run: nothing was written. Without --dry-run this {number}.")
        return
    written = [each.change for each in results if not each.error]
    if plan.writes:
        files, size = sum(len(each.files) for each in written), sum(each.size for each in written)
        every = "" if len(written) == len(plan.writes) else f" of {len(plan.writes):,}"
        datasets = f"{len(written):,}{every} {'dataset' if len(written) == 1 and not every else 'datasets'}"
        click.echo(f"Written: {datasets}, {count(files, 'file')}, {_bytes(size)}.")
    else:
        click.echo("Nothing to write.")
    for page in plan.pages:
        click.echo(f"{page.label}: {page.url}")


@contextmanager
def _progress(number: int) -> Iterator[Callable[[ChangeResult], None]]:
    with progress_bar() as bar:
        finished = 0

        def on_progress(result: ChangeResult) -> None:
            nonlocal finished
            finished += 1
            if bar:
                bar(f"{result.change.action} {result.change.name}", finished / number)

        yield on_progress


def _conclude(plan: Plan[Any], results: Sequence[ChangeResult]) -> int:
    """Say on stderr what was not done; 4 where the portal refused or failed, 1 where something was left alone."""
    from st_opendata.targets.base import Action

    for names, error in _failures(results):
        note(f"Failed: {', '.join(names)}: {error}")
    taken, drifted = plan.of(Action.TAKEN), plan.of(Action.DRIFTED)
    if others := [each.name for each in taken if not each.remote]:
        note(f"Left alone: {', '.join(others)}: see above whose the name is.")
        note("  Have that dataset renamed or purged on the portal, or give the catalogue another id.")
    if ours := [each.name for each in taken if each.remote]:
        note(f"Left alone: {', '.join(ours)}: on the portal under another name, see above.")
    if drifted:
        note(f"Left alone: {', '.join(each.name for each in drifted)}: changed on the portal, see above.")
        note("  --overwrite lets the release win; or take the change into the catalogue, and build it again.")
    failed = sum(bool(each.error) for each in results)
    unbegun = len(plan.writes) - len(results)
    if unbegun:
        note(f"{count(unbegun, 'dataset')} not begun: the portal failed several times in a row.")
    if failed or unbegun:
        note("Run the command again when the cause is gone: it goes on where this run ended.")
    if failed or unbegun or taken:
        return 4
    return 1 if drifted else 0


def _failures(results: Sequence[ChangeResult]) -> list[tuple[list[str], Exception]]:
    """The datasets that failed for one reason, and the first of the errors."""
    grouped: dict[tuple[str, str | None], tuple[list[str], Exception]] = {}
    for each in results:
        if each.error:
            reason = _message(each.error), each.error.remedy_text() if isinstance(each.error, StError) else None
            grouped.setdefault(reason, ([], each.error))[0].append(each.change.name)
    return list(grouped.values())


def _write_plan(plan: Plan[Any]) -> None:
    for change in plan.changes:
        if change.action == "unchanged":
            continue
        files = f"; {count(len(change.files), 'file')}, {_bytes(change.size)}" if change.files else ""
        files += f"; {change.note}" if change.note else ""
        click.echo(f"{change.action:9}  {change.name}: {change.reason}{files}")
        for line in dict.fromkeys(map(_difference, change.differences)):
            click.echo(f"             {line}")
    for text in plan.warnings:
        note(str(text))
    for text in plan.notes:
        click.echo(str(text))
    counts = {action: len(plan.of(action)) for action in dict.fromkeys(change.action for change in plan.changes)}
    click.echo(", ".join(f"{number:,} {action}" for action, number in sorted(counts.items())) or "There is no dataset.")


def _difference(difference: FieldDifference) -> str:
    from st_opendata.targets.excerpts import excerpts

    where = f"{difference.resource}: " if difference.resource else ""
    if difference.field == "resource":
        return f"{where}{'added' if difference.before is None else 'removed'}"
    if difference.resource and difference.field in ("hash", "size", "url_type"):
        return f"{where}another file"
    before, after = excerpts(difference.before, difference.after, _WIDTH)
    return f"{where}{difference.field}: {before} → {after}"


def _bytes(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size = round(size / 1000)
    return f"{size:,} GB"


def _json(plan: Plan[Any], results: Sequence[ChangeResult] | None) -> dict[str, object]:
    by_name = {each.change.name: each for each in results or ()}
    return {
        "dry_run": results is None,
        "pages": {page.key: page.url for page in plan.pages},
        **plan.details,
        "changes": [_change_json(change, by_name.get(change.name), results is not None) for change in plan.changes],
    }


def _change_json(change: Change[Any], result: ChangeResult | None, applied: bool) -> dict[str, object]:  # noqa: FBT001
    content: dict[str, object] = {
        "change": str(change.action),
        "dataset": change.name,
        "reason": str(change.reason),
        "differences": [
            {
                **({"resource": each.resource} if each.resource else {}),
                "field": str(each.field),
                "before": each.before,
                "after": str(each.after) if isinstance(each.after, Message) else each.after,
            }
            for each in change.differences
        ],
        "files": list(change.file_names),
        **change.details,
        "bytes": change.size,
    }
    if applied:
        content["done"] = result is not None and result.error is None
        if result and result.error:
            content["error"] = _message(result.error)
    return content


def _message(error: Exception) -> str:
    return error.message_text() if isinstance(error, StError) else str(error)
