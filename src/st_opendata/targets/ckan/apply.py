"""Applying a change so that it can be interrupted anywhere and run again.

A new dataset is created private, with a fingerprint that says that it is being written; one revise then stores its
resources with all files, makes it public and writes the final fingerprint. A changed one gets the fingerprint first,
then one revise with metadata and files. Where tables and views are to be made, or the portal is known to alter what it
is sent, one more write has the final fingerprint. Each write is bound to the state that the one before left
(`metadata_modified`), so the work of a second publisher or an editor is reported, never overwritten.

CKAN stores files before its database commits, so a file is on the portal for certain only if a write committed its
digest after it was sent, and no later write touched it. Many bytes go in parts, each one revise. The fingerprint names
the files that are yet to be sent, before they are, and the moment at which the others were ours: after an interruption
those are sent, and any that another person uploaded since.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from st_opendata.errors import RemoteError
from st_opendata.http.client import is_transient
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.targets.base import OVERTAKEN, WRITES, Action, Policy, Remote
from st_opendata.targets.ckan.connection import Uploads
from st_opendata.targets.ckan.fingerprint import fingerprint_of, flat_values
from st_opendata.targets.ckan.plan import DatasetChange, decide
from st_opendata.targets.ckan.refresh import RemoteReader
from st_opendata.targets.ckan.refusals import explain_refusal
from st_opendata.targets.ckan.revision import (
    amendment,
    expected_remote,
    final_revision,
    fingerprint_revision,
    new_dataset,
    part_revision,
    revision,
    upload_parts,
    uploads,
    with_groups_of,
    with_requirements,
    writing_fingerprint,
)
from st_opendata.targets.ckan.views import create_views, needed_views

PART = 16_000_000
"""Bytes of files in one write; a larger file goes alone."""
_ATTEMPTS = 4
_TOO_LARGE = 413
_PAUSE = 0.5
"""Seconds before the second attempt at a dataset; each further one waits twice as long."""


def apply_change(change: DatasetChange, reader: RemoteReader) -> None:
    """Carry out one change; after a failure that may pass, look at the dataset again and do what is left to do.

    Attempts count from the last one that brought files to the portal. If the portal refuses a part for its size, the
    files go one by one.

    Raises:
        RemoteError: the portal refuses or fails, or another person wrote to the dataset.
        OSError: a file cannot be read.
    """
    current, attempt, part = change, 1, PART
    failed = False
    while True:
        try:
            if failed:
                former, current = current, _remaining_change(change, reader)
                attempt = 1 if len(current.files) < len(former.files) else attempt
            if current.action in WRITES:
                _carry_out(current, reader, part)
        except RemoteError as error:
            divided = error.status == _TOO_LARGE and bool(part) and len(current.files) > 1
            if not divided and (attempt == _ATTEMPTS or not _may_pass(current, error, reader)):
                raise explain_refusal(error, change, reader.site) from None
            time.sleep(error.wait if error.wait is not None else _PAUSE * 2 ** (attempt - 1))
            attempt, part, failed = attempt + 1, 0 if divided else part, True
        else:
            return


def _may_pass(change: DatasetChange, error: RemoteError, reader: RemoteReader) -> bool:
    return is_transient(error) or _is_conflict(change, error, reader)


def _is_conflict(change: DatasetChange, error: RemoteError, reader: RemoteReader) -> bool:
    """Whether a write was refused because the dataset has changed, or exists by now."""
    if error.status != 409:
        return False
    if change.action != Action.CREATE:
        return "match" in error.details
    try:
        return reader.read_dataset(change.name) is not None
    except RemoteError:
        return False


def _remaining_change(change: DatasetChange, reader: RemoteReader) -> DatasetChange:
    """The rest of a change after a failed request, or after one that the portal completed for a killed publisher.

    It replaces the writes of another publisher if this release has won by now.

    Raises:
        RemoteError: the dataset is neither in its former nor in its desired state: another person wrote to it.
    """
    remote = reader.read_dataset(str(change.remote["id"]) if change.remote else change.name)
    if change.amendment:
        return _rest_of_amendment(change, remote, reader)
    if change.desired is None:
        return replace(change, action=Action.UNCHANGED) if remote is None or remote["state"] == "deleted" else change
    before = change.remote
    if remote is None or (before and remote["metadata_modified"] == before["metadata_modified"]):
        return change
    overwrite = bool(before) and change.action == Action.UPDATE  # a dataset to restore does not exist yet
    now = decide(change.desired, remote, reader.site, overwrite=overwrite)
    ours = (mark := fingerprint_of(remote)) and mark.digest == change.desired.digest
    if now.action in (Action.DRIFTED, Action.TAKEN) or not (
        ours or (_is_of_other_release(change, remote) and reader.leads())
    ):
        raise _conflict(change, reader, remote)
    return reader.with_tables_of(change.desired, now, Policy())


def _rest_of_amendment(change: DatasetChange, remote: Remote | None, reader: RemoteReader) -> DatasetChange:
    """The change itself if it was not made, nothing if it was. Raises RemoteError if another person wrote."""
    assert change.remote
    if remote and remote["metadata_modified"] == change.remote["metadata_modified"]:
        return change
    values = flat_values(remote) if remote else {}
    if not remote or any(values.get(name) != value for name, value in change.amendment.items()):
        raise _conflict(change, reader, remote or {})
    return replace(change, action=Action.UNCHANGED)


def _is_of_other_release(change: DatasetChange, remote: Remote) -> bool:
    """Whether another release of the catalogue, which the dataset was not of before, has written the dataset."""
    mark, desired = fingerprint_of(remote), change.desired
    if not mark or not desired or mark.catalogue != desired.catalogue:
        return False
    before = fingerprint_of(change.remote) if change.remote else None
    return mark.digest != desired.digest and not (before and before.digest == mark.digest)


def _conflict(change: DatasetChange, reader: RemoteReader, remote: Remote) -> RemoteError:
    """The error for the loser of two writes: which release won, or that a person edited the dataset."""
    mark, place = fingerprint_of(remote), Place(reader.client.url)
    if not mark or not change.desired or not _is_of_other_release(change, remote):
        return RemoteError(
            message(
                'another person changed the dataset "{name}" at the same time; their changes are kept', name=change.name
            ),
            place=place,
            remedy=message("Run the command again to see what changed."),
            status=409,
        )
    return RemoteError(
        message(
            'another release of this catalogue won: {user} published "{name}" at {moment} (version {version}, digest '
            "{digest}); yours has the digest {own}",
            user=_last_user(reader, remote) or message("another publisher"),
            name=change.name,
            moment=remote["metadata_modified"],
            version=remote.get("version") or message("not stated"),
            digest=mark.digest[:12],
            own=change.desired.digest[:12],
        ),
        place=place,
        remedy=message("Agree which release is to be published, then run the command again with that one."),
        status=OVERTAKEN,
    )


def _last_user(reader: RemoteReader, remote: Remote) -> str:
    """The user of the last change by the portal's activities; empty if it does not record or show them."""
    try:
        [last] = reader.client.read("package_activity_list", {"id": remote["id"], "limit": 1})
        return str(reader.client.read("user_show", {"id": last["user_id"]})["name"])
    except (RemoteError, ValueError, KeyError, TypeError):
        return ""


def _carry_out(change: DatasetChange, reader: RemoteReader, part_size: int) -> None:
    """Write one change. Raises RemoteError, OSError."""
    client = reader.client
    if change.action == Action.DELETE:
        assert change.remote
        client.write("package_delete", {"id": change.remote["id"]})
        reader.confirmed.pop(change.remote["id"], None)
        return
    if change.amendment:
        assert change.remote
        _revise(reader, change.remote, amendment(change))
        return
    assert change.desired
    desired, view_set = change.desired, needed_views(change, reader.site)
    *parts, last = upload_parts(change, part_size)
    draft = _send_parts(change, parts, _begin(change, reader), reader)
    created = change.action == Action.CREATE
    fingerprint = desired.fingerprint(dataset=expected_remote(draft, desired) if created else None)
    if view_set or _is_altered(change):
        fingerprint = fingerprint.sending(last, str(draft["metadata_modified"]))
    remote = _revise(reader, draft, revision(draft, change, fingerprint), uploads(change, last))
    if view_set:
        create_views(client, view_set, reader.default_views)
        remote = _check_unedited(remote, change, reader)
    # The fingerprint records values that the portal altered; otherwise they would look edited.
    private = desired.package.private
    if (settled := desired.fingerprint(dataset={**remote, "private": private})) != fingerprint:
        remote = _revise(reader, remote, final_revision(remote, settled, private=private))
    reader.confirmed[remote["id"]] = remote["metadata_modified"]


def _begin(change: DatasetChange, reader: RemoteReader) -> Remote:
    """The first write: the new dataset, or the mark on the one that is there."""
    assert change.desired
    if change.action == Action.CREATE:
        draft: Remote = reader.client.write("package_create", new_dataset(change.desired))
        return draft
    assert change.remote
    first = fingerprint_revision(change.remote, writing_fingerprint(change.remote, change), reader.site.fields)
    return _revise(reader, change.remote, with_requirements(first, change.remote, change.desired, reader.site))


def _send_parts(change: DatasetChange, parts: Sequence[Collection[str]], draft: Remote, reader: RemoteReader) -> Remote:
    """Send these parts of the files; the draft after them.

    A second write takes each part off the list of files to send. It is bound to the state that the first one left, so
    the files are ours.
    """
    mark, left = fingerprint_of(draft), list(change.files)
    for part in parts:
        assert mark
        left = [each for each in left if each not in part]
        draft = _revise(reader, draft, part_revision(draft, change, part), uploads(change, part))
        draft = _revise(reader, draft, fingerprint_revision(draft, mark.sending(left, str(draft["metadata_modified"]))))
    return draft


def _is_altered(change: DatasetChange) -> bool:
    """Whether the portal altered values of the dataset that it was sent, and so will alter them again."""
    before = fingerprint_of(change.remote) if change.remote else None
    return bool(before and before.altered)


def _check_unedited(revised: Remote, change: DatasetChange, reader: RemoteReader) -> Remote:
    """The dataset after tables and views were made for it, which changes its `metadata_modified`.

    Raises:
        RemoteError: another person edited it meanwhile.
    """
    assert change.desired
    remote = reader.read_dataset(revised["name"]) or {}
    if not remote or change.desired.fingerprint(dataset=remote) != change.desired.fingerprint(dataset=revised):
        raise _conflict(change, reader, remote)
    return remote


def _revise(reader: RemoteReader, remote: Remote, data: Mapping[str, object], files: Uploads | None = None) -> Remote:
    """One package_revise of a dataset in exactly the state shown; the dataset after it. Raises RemoteError, OSError."""
    match = {"id": remote["id"], "metadata_modified": remote["metadata_modified"]}
    if remote.get("groups"):
        data = with_groups_of(reader.own_groups(), data, remote)
    data = {"match": match, **data}
    revised: Remote = reader.client.send("package_revise", data, files or {}, reader.on_sending)["package"]
    return revised
