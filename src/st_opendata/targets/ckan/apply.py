"""Carrying out a plan so that it can be cut off anywhere and run again.

A new dataset is created private, with its mark saying that it is being written; one revise then stores its resources
with all files, makes it public and settles the mark. A changed one gets the mark first, then one revise with metadata
and files. Where tables and views are to be made, or the portal is known to alter what it is sent, one more write
settles the mark. Each write is bound to the state that the one before left (`metadata_modified`), so a second publisher
or an editor is told, never overwritten. CKAN stores files before its database commits: whatever is still marked is sent
again in full.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from st_opendata.errors import RemoteError
from st_opendata.place import Place
from st_opendata.targets.ckan.connection import CkanClient, Uploads, passes
from st_opendata.targets.ckan.fingerprint import Shown, mark_of
from st_opendata.targets.ckan.plan import WRITES, Change, Kind, Plan, Wanted, decide
from st_opendata.targets.ckan.refresh import Surveyor
from st_opendata.targets.ckan.refusals import explained
from st_opendata.targets.ckan.revision import as_held, begun_mark, marking, new_dataset, revision, settling, uploads
from st_opendata.targets.ckan.views import furnish, furnishing_of

_ATTEMPTS = 4
_PAUSE = 0.5
"""Seconds before the second attempt at a dataset; each further one waits twice as long."""
_GIVE_UP = 3
"""After so many datasets in a row that failed though tried again, the portal is taken as down."""


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was carried out, or the error that ended it."""

    change: Change
    error: RemoteError | OSError | None = None


def apply(plan: Plan, surveyor: Surveyor, *, told: Callable[[Done], None] = lambda _: None) -> tuple[Done, ...]:
    """Carry out the writes of a plan with as many workers as the surveyor has; `told` hears of each in this thread.

    Failures of one dataset do not stop the others, unless several in a row show that the portal is down: what was not
    begun then is not in the result.
    """
    waiting = iter(plan.writes)
    done: list[Done] = []
    failed_in_a_row = 0
    with ThreadPoolExecutor(surveyor.workers) as pool:
        running: set[Future[Done]] = set()
        while True:
            while failed_in_a_row < _GIVE_UP and len(running) < surveyor.workers and (change := next(waiting, None)):
                running.add(pool.submit(_attempt, change, surveyor))
            if not running:
                return tuple(done)
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for result in (future.result() for future in finished):
                lost = isinstance(result.error, RemoteError) and passes(result.error)
                failed_in_a_row = failed_in_a_row + 1 if lost else 0
                done.append(result)
                told(result)


def _attempt(change: Change, surveyor: Surveyor) -> Done:
    """Carry out one change; after a failure that may pass, look at the dataset again and do what is left to do."""
    current = change
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if attempt > 1:
                current = _again(change, surveyor)
            if current.kind in WRITES:
                _carry_out(current, surveyor)
        except RemoteError as error:
            if attempt == _ATTEMPTS or not (passes(error) or _overtaken(current, error, surveyor)):
                return Done(change, explained(error, change, surveyor.portal))
            time.sleep(error.wait if error.wait is not None else _PAUSE * 2 ** (attempt - 1))
        except OSError as error:
            return Done(change, error)
        else:
            return Done(change)
    raise AssertionError("every attempt returns or is followed by another")


def _overtaken(change: Change, error: RemoteError, surveyor: Surveyor) -> bool:
    """Whether a write was refused because the dataset is no longer as it was, or is there by now."""
    if error.status != 409:
        return False
    if change.kind != Kind.CREATE:
        return "match" in error.details
    try:
        return surveyor.show(change.name) is not None
    except RemoteError:
        return False


def _again(change: Change, surveyor: Surveyor) -> Change:
    """What is left to do of a change after a request that failed, or that a portal finished for a killed publisher.

    Raises:
        RemoteError: the dataset is neither as it was nor on its way to what is wanted: somebody else wrote to it.
    """
    shown = surveyor.show(str(change.shown["id"]) if change.shown else change.name)
    if change.wanted is None:
        return replace(change, kind=Kind.UNCHANGED) if shown is None or shown["state"] == "deleted" else change
    before = change.shown
    if shown is None or (before and shown["metadata_modified"] == before["metadata_modified"]):
        return change
    overwrite = bool(before) and change.kind == Kind.UPDATE  # a dataset to be put back is not there yet
    now = decide(change.wanted, shown, surveyor.portal, overwrite=overwrite)
    mark = mark_of(shown)
    if now.kind in (Kind.DRIFTED, Kind.TAKEN) or not mark or mark.digest != change.wanted.digest:
        raise _crossed(change.name, surveyor)
    return now


def _crossed(name: str, surveyor: Surveyor) -> RemoteError:
    return RemoteError(
        f"somebody else wrote to the dataset {name} at the same time; nothing of theirs was overwritten",
        place=Place(surveyor.client.url),
        remedy="Run the command again to see what changed.",
        status=409,
    )


def _carry_out(change: Change, surveyor: Surveyor) -> None:
    """Write one change. Raises RemoteError, OSError."""
    client = surveyor.client
    if change.kind == Kind.DELETE:
        assert change.shown
        client.write("package_delete", {"id": change.shown["id"]})
        surveyor.confirmed.pop(change.shown["id"], None)
        return
    assert change.wanted
    wanted, furnishing = change.wanted, furnishing_of(change, surveyor.portal)
    if change.kind == Kind.CREATE:
        begun = client.write("package_create", new_dataset(wanted))
        mark = wanted.mark(dataset=as_held(begun, wanted))
    else:
        assert change.shown
        marked = marking(change.shown, begun_mark(change.shown, wanted), surveyor.portal.fields)
        begun = _revise(client, change.shown, marked)
        mark = wanted.mark()
    if furnishing or _altered(change):
        mark = replace(mark, writing=True)
    shown = _revise(client, begun, revision(begun, change, mark), uploads(change))
    if furnishing:
        furnish(client, furnishing, surveyor.default_views)
        shown = _unedited(shown, wanted, surveyor)
    # Where the portal made something else of a value, that is noted, or it would look edited.
    if (settled := wanted.mark(dataset={**shown, "private": False})) != mark:
        shown = _revise(client, shown, settling(shown, settled))
    surveyor.confirmed[shown["id"]] = shown["metadata_modified"]


def _altered(change: Change) -> bool:
    """Whether the portal holds something of the dataset in another form than it was sent, so that it will again."""
    before = mark_of(change.shown) if change.shown else None
    return bool(before and before.altered)


def _unedited(revised: Shown, wanted: Wanted, surveyor: Surveyor) -> Shown:
    """The dataset after tables and views were made for it, which changes its `metadata_modified`.

    Raises:
        RemoteError: somebody edited it meanwhile.
    """
    shown = surveyor.show(revised["name"])
    if shown is None or wanted.mark(dataset=shown) != wanted.mark(dataset=revised):
        raise _crossed(wanted.name, surveyor)
    return shown


def _revise(client: CkanClient, shown: Shown, data: Mapping[str, object], files: Uploads | None = None) -> Shown:
    """One package_revise of a dataset in exactly the state shown; the dataset after it. Raises RemoteError, OSError."""
    match = {"id": shown["id"], "metadata_modified": shown["metadata_modified"]}
    revised: Shown = client.send("package_revise", {"match": match, **data}, files or {})["package"]
    return revised
