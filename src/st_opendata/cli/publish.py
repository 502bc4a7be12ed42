"""`st-opendata publish`: put a release where others find it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from st_opendata.cli.console import failure_text, note, progress_bar, write_json
from st_opendata.cli.options import json_flag, lang_flag
from st_opendata.cli.targets import TargetGroup, TargetUse
from st_opendata.cli.words import count, text_of
from st_opendata.errors import UsageError, reason_of
from st_opendata.messages.message import Message, message, number_text
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.targets.base import Change, ChangeResult, FieldDifference, Plan, Sending, Target

_WIDTH = 70
"""Characters shown of a value before and after."""
_ACTIONS = {
    "create": message("create"),
    "update": message("update"),
    "adopt": message("adopt"),
    "revive": message("revive"),
    "delete": message("delete"),
    "unchanged": message("unchanged"),
    "drifted": message("drifted"),
    "taken": message("taken"),
    "left": message("left"),
}
"""Words for the actions of a plan."""


@click.group("publish", cls=TargetGroup)
def command() -> None:
    """Publish a release to a portal."""


def _publish(  # noqa: PLR0913 (a parameter for each option)
    target: Target[Any],
    release: Path,
    *,
    dry_run: bool,
    exit_code: bool,
    overwrite: bool,
    prune: bool,
    adopt: bool,
    only: tuple[str, ...],
    as_json: bool,
    lang: str | None,
) -> int:
    from st_opendata.targets.base import Policy, apply

    if only and prune:
        raise UsageError(
            message("--prune deletes datasets that are not in the release, and --only leaves all other datasets alone"),
            remedy=message("Leave out one of the two options."),
        )
    language = read_settings({"lang": lang}).language
    plan = target.plan(release, Policy(overwrite, prune, adopt, only))
    if not as_json:
        _write_plan(plan, language)
    results: Sequence[ChangeResult] = ()
    if not dry_run:
        with _progress(len(plan.writes), language) as (on_progress, on_sending):
            results = apply(plan, target, on_progress=on_progress, on_sending=on_sending)
    if as_json:
        write_json(_json(plan, None if dry_run else results))
    else:
        _write_result(plan, None if dry_run else results, language)
    if dry_run:
        return 1 if exit_code and plan.writes else 0
    return _conclude(plan, results, language)


command.use = TargetUse(
    part=lambda target: target.publish,
    options=(
        click.Option(["--dry-run"], is_flag=True, help="Show the plan and write nothing."),
        click.Option(
            ["--exit-code"], is_flag=True, help="With --dry-run, exit with status 1 if there is something to write."
        ),
        click.Option(["--overwrite"], is_flag=True, help="Overwrite changes that were made on the portal."),
        click.Option(["--prune"], is_flag=True, help="Delete datasets that are no longer in the release."),
        click.Option(["--adopt"], is_flag=True, help="Take over datasets that the portal has from another source."),
        click.Option(
            ["--only"], multiple=True, metavar="DATASET", help="Publish only this dataset, by its id. May be repeated."
        ),
        json_flag(),
        lang_flag(),
    ),
    run=_publish,
)


def _write_result(plan: Plan[Any], results: Sequence[ChangeResult] | None, language: str) -> None:
    """Say what was written and where to look; of a dry run (`results` is None) that nothing was."""
    if results is None:
        text = message("Dry run: nothing was written, and there is nothing to write.")
        if plan.writes:
            datasets = count(len(plan.writes), "dataset")
            text = message(
                "Dry run: nothing was written. Without --dry-run, the command writes {datasets}.", datasets=datasets
            )
        click.echo(text[language])
        return
    click.echo(_written(plan, results)[language])
    for page in plan.pages:
        click.echo(message("{label}: {url}", label=page.label, url=page.url)[language])


def _written(plan: Plan[Any], results: Sequence[ChangeResult]) -> Message:
    if not plan.writes:
        return message("Nothing to write.")
    written = [each.change for each in results if not each.error]
    datasets = count(len(plan.writes), "dataset")
    if len(written) != len(plan.writes):
        datasets = message("{number} of {datasets}", number=number_text(len(written)), datasets=datasets)
    return message(
        "Written: {datasets}, {files}, {size}.",
        datasets=datasets,
        files=count(sum(len(each.files) for each in written), "file"),
        size=_bytes(sum(each.size for each in written)),
    )


@contextmanager
def _progress(number: int, language: str) -> Iterator[tuple[Callable[[ChangeResult], None], Sending | None]]:
    """Two listeners: to finished datasets, and to the bytes of a file on its way; the latter only on a terminal."""
    with progress_bar() as bar:
        finished = 0

        def on_progress(result: ChangeResult) -> None:
            nonlocal finished
            finished += 1
            if bar:
                bar(f"{_ACTIONS[result.change.action][language]} {result.change.name}", finished / number)

        def on_sending(name: str, sent: int, size: int) -> None:
            if bar:
                text = message("{file}: {sent} of {size}", file=name, sent=_bytes(sent), size=_bytes(size))
                bar(text[language], finished / number)

        yield on_progress, on_sending if bar else None


def _conclude(plan: Plan[Any], results: Sequence[ChangeResult], language: str) -> int:
    """Say on stderr what was not done; 4 if the portal refused or failed, 1 if something was left unchanged."""
    from st_opendata.targets.base import OVERTAKEN, Action

    for names, error in _failures(results):
        note(failure_text(names, error, language))
    taken, drifted = plan.of(Action.TAKEN), plan.of(Action.DRIFTED)
    for problem, remedy in _left_unchanged(taken, drifted):
        note(problem[language])
        if remedy:
            note(f"  {remedy[language]}")
    failed = sum(bool(each.error) for each in results)
    unbegun = len(plan.writes) - len(results)
    if unbegun:
        text = message(
            "{datasets} not begun: the portal failed several times in a row.", datasets=count(unbegun, "dataset")
        )
        if any(getattr(each.error, "status", 0) == OVERTAKEN for each in results):
            text = message("{datasets} not begun: another release won.", datasets=count(unbegun, "dataset"))
        note(text[language])
    if failed or unbegun:
        again = message("When the cause is removed, run the command again: it continues where this run ended.")
        note(again[language])
    if failed or unbegun or taken:
        return 4
    return 1 if drifted else 0


def _left_unchanged(
    taken: Sequence[Change[Any]], drifted: Sequence[Change[Any]]
) -> Iterator[tuple[Message, Message | None]]:
    """The datasets that the command left unchanged, with what to do about them."""
    if others := ", ".join(each.name for each in taken if not each.remote):
        yield (
            message("Left unchanged: {names}: the portal has another dataset for it, see above.", names=others),
            message(
                "If it is the same dataset, take it over with --adopt. Else ask the portal's administrator to rename "
                "or purge it, or give the catalogue another id."
            ),
        )
    if ours := ", ".join(each.name for each in taken if each.remote):
        yield message("Left unchanged: {names}: on the portal under another name, see above.", names=ours), None
    if drifted:
        names = ", ".join(each.name for each in drifted)
        yield (
            message("Left unchanged: {names}: changed on the portal, see above.", names=names),
            message(
                "Use --overwrite to publish the release; or copy the change into the catalogue and build it again."
            ),
        )


def _failures(results: Sequence[ChangeResult]) -> list[tuple[list[str], Exception]]:
    """The datasets that failed for the same reason, and the first of the errors."""
    grouped: dict[tuple[Message, Message | None], tuple[list[str], Exception]] = {}
    for each in results:
        if each.error:
            reason = reason_of(each.error), getattr(each.error, "remedy", None)  # their places differ
            grouped.setdefault(reason, ([], each.error))[0].append(each.change.name)
    return list(grouped.values())


def _write_plan(plan: Plan[Any], language: str) -> None:
    width = max(len(word[language]) for word in _ACTIONS.values())
    for change in plan.changes:
        if change.action == "unchanged":
            continue
        parts = [text_of(change.reason, language)]
        if change.files:
            parts.append(f"{count(len(change.files), 'file')[language]}, {_bytes(change.size)[language]}")
        if change.note:
            parts.append(text_of(change.note, language))
        click.echo(f"{_ACTIONS[change.action][language]:{width}}  {change.name}: {'; '.join(parts)}")
        for line in dict.fromkeys(_difference(each, language) for each in change.differences):
            click.echo(f"{'':{width}}    {line}")
    for text in plan.warnings:
        note(text_of(text, language))
    for text in plan.notes:
        click.echo(text_of(text, language))
    counts = {action: len(plan.of(action)) for action in dict.fromkeys(change.action for change in plan.changes)}
    summary = ", ".join(
        f"{number_text(number)[language]} {_ACTIONS[action][language]}" for action, number in sorted(counts.items())
    )
    click.echo(summary or message("There is no dataset.")[language])


def _difference(difference: FieldDifference, language: str) -> str:
    from st_opendata.targets.excerpts import excerpts

    if difference.field == "resource":
        text = message("added") if difference.before is None else message("removed")
    elif difference.resource and difference.field in ("hash", "size", "url_type"):
        text = message("different file")
    else:
        before, after = excerpts(difference.before, difference.after, _WIDTH)
        text = message("{field}: {before} → {after}", field=difference.field, before=before, after=after)
    if difference.resource:
        text = message("{resource}: {change}", resource=difference.resource, change=text)
    return text[language]


def _bytes(size: int) -> Message:
    if size < 1000:
        return message("{size} bytes", size=size)
    for unit in ("kB", "MB"):
        size = round(size / 1000)
        if size < 1000:
            return message("{size} {unit}", size=size, unit=unit)
    return message("{size} {unit}", size=number_text(round(size / 1000)), unit="GB")


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
            content["error"] = str(reason_of(result.error))
    return content
