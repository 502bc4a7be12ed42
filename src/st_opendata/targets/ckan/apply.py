"""Applying a change so that it can be interrupted anywhere and run again.

A new dataset is created private, with a fingerprint that says that it is being written; one revise then stores its
resources with all files, makes it public and writes the final fingerprint. A changed one gets the fingerprint first,
then one revise with metadata and files. Where tables and views are to be made, or the portal is known to alter what it
is sent, one more write has the final fingerprint. Each write is bound to the state that the one before left
(`metadata_modified`), so the work of a second publisher or an editor is reported, never overwritten. CKAN stores files
before its database commits: what is still being written by its fingerprint is sent again in full.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from st_opendata.errors import RemoteError
from st_opendata.http.client import is_transient
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.targets.base import WRITES, Action, Remote
from st_opendata.targets.ckan.connection import Uploads
from st_opendata.targets.ckan.fingerprint import fingerprint_of, flat_values
from st_opendata.targets.ckan.plan import DatasetChange, DesiredDataset, decide
from st_opendata.targets.ckan.refresh import RemoteReader
from st_opendata.targets.ckan.refusals import explain_refusal
from st_opendata.targets.ckan.revision import (
    amendment,
    expected_remote,
    final_revision,
    fingerprint_revision,
    new_dataset,
    revision,
    uploads,
    with_groups_of,
    with_requirements,
    writing_fingerprint,
)
from st_opendata.targets.ckan.views import create_views, needed_views

_ATTEMPTS = 4
_PAUSE = 0.5
"""Seconds before the second attempt at a dataset; each further one waits twice as long."""


def apply_change(change: DatasetChange, reader: RemoteReader) -> None:
    """Carry out one change; after a failure that may pass, look at the dataset again and do what is left to do.

    Raises:
        RemoteError: the portal refuses or fails, or another person wrote to the dataset.
        OSError: a file cannot be read.
    """
    current = change
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if attempt > 1:
                current = _remaining_change(change, reader)
            if current.action in WRITES:
                _carry_out(current, reader)
        except RemoteError as error:
            if attempt == _ATTEMPTS or not (is_transient(error) or _is_conflict(current, error, reader)):
                raise explain_refusal(error, change, reader.site) from None
            time.sleep(error.wait if error.wait is not None else _PAUSE * 2 ** (attempt - 1))
        else:
            return


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
    fingerprint = fingerprint_of(remote)
    if now.action in (Action.DRIFTED, Action.TAKEN) or not fingerprint or fingerprint.digest != change.desired.digest:
        raise _conflict(change.name, reader)
    return now


def _rest_of_amendment(change: DatasetChange, remote: Remote | None, reader: RemoteReader) -> DatasetChange:
    """The change itself if it was not made, nothing if it was. Raises RemoteError if another person wrote."""
    assert change.remote
    if remote and remote["metadata_modified"] == change.remote["metadata_modified"]:
        return change
    values = flat_values(remote) if remote else {}
    if not remote or any(values.get(name) != value for name, value in change.amendment.items()):
        raise _conflict(change.name, reader)
    return replace(change, action=Action.UNCHANGED)


def _conflict(name: str, reader: RemoteReader) -> RemoteError:
    return RemoteError(
        message('another person changed the dataset "{name}" at the same time; their changes are kept', name=name),
        place=Place(reader.client.url),
        remedy=message("Run the command again to see what changed."),
        status=409,
    )


def _carry_out(change: DatasetChange, reader: RemoteReader) -> None:
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
    if change.action == Action.CREATE:
        draft = client.write("package_create", new_dataset(desired))
        fingerprint = desired.fingerprint(dataset=expected_remote(draft, desired))
    else:
        assert change.remote
        first = fingerprint_revision(change.remote, writing_fingerprint(change.remote, desired), reader.site.fields)
        draft = _revise(reader, change.remote, with_requirements(first, change.remote, desired, reader.site))
        fingerprint = desired.fingerprint()
    if view_set or _is_altered(change):
        fingerprint = replace(fingerprint, writing=True)
    remote = _revise(reader, draft, revision(draft, change, fingerprint), uploads(change))
    if view_set:
        create_views(client, view_set, reader.default_views)
        remote = _check_unedited(remote, desired, reader)
    # The fingerprint records values that the portal altered; otherwise they would look edited.
    private = desired.package.private
    if (settled := desired.fingerprint(dataset={**remote, "private": private})) != fingerprint:
        remote = _revise(reader, remote, final_revision(remote, settled, private=private))
    reader.confirmed[remote["id"]] = remote["metadata_modified"]


def _is_altered(change: DatasetChange) -> bool:
    """Whether the portal altered values of the dataset that it was sent, and so will alter them again."""
    before = fingerprint_of(change.remote) if change.remote else None
    return bool(before and before.altered)


def _check_unedited(revised: Remote, desired: DesiredDataset, reader: RemoteReader) -> Remote:
    """The dataset after tables and views were made for it, which changes its `metadata_modified`.

    Raises:
        RemoteError: another person edited it meanwhile.
    """
    remote = reader.read_dataset(revised["name"])
    if remote is None or desired.fingerprint(dataset=remote) != desired.fingerprint(dataset=revised):
        raise _conflict(desired.name, reader)
    return remote


def _revise(reader: RemoteReader, remote: Remote, data: Mapping[str, object], files: Uploads | None = None) -> Remote:
    """One package_revise of a dataset in exactly the state shown; the dataset after it. Raises RemoteError, OSError."""
    match = {"id": remote["id"], "metadata_modified": remote["metadata_modified"]}
    if remote.get("groups"):
        data = with_groups_of(reader.own_groups(), data, remote)
    revised: Remote = reader.client.send("package_revise", {"match": match, **data}, files or {})["package"]
    return revised
