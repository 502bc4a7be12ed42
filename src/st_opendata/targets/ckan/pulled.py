"""Datasets that a catalogue was pulled from and that nobody changed since: publishing leaves them as they are.

What counts is the state of the portal's dataset, by `fingerprint.state_digest`, and whether description and files in
the catalogue are as they were pulled, which the release states. The files that a build makes in addition do not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from st_opendata.messages.message import message
from st_opendata.model.release import Release
from st_opendata.targets.base import Action, Policy, Remote
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fingerprint import fingerprint_of, state_digest
from st_opendata.targets.ckan.metadata import CATALOGUE_ID
from st_opendata.targets.ckan.packages import origins_at
from st_opendata.targets.ckan.plan import DatasetChange
from st_opendata.targets.ckan.site import Site, read_dataset

_NOTHING = Policy()
_AS_PULLED = message("as it was pulled")
_EDITED = message("edited on the portal since it was pulled: pull it again, or --adopt lets the release win")


@dataclass(frozen=True, slots=True)
class UntouchedDataset:
    """A dataset that the publisher did not change, as the portal has it now, and whether that is as it was pulled."""

    remote: Remote
    as_pulled: bool

    def change(self) -> DatasetChange:
        """What publishing does about it: nothing."""
        name = str(self.remote["name"])
        if self.as_pulled:
            return DatasetChange(Action.UNCHANGED, name, _AS_PULLED, remote=self.remote)
        return DatasetChange(Action.DRIFTED, name, _EDITED, remote=self.remote)


def find_untouched(
    client: CkanClient, site: Site, release: Release, workers: int, policy: Policy = _NOTHING
) -> Mapping[str, UntouchedDataset]:
    """The datasets that publishing the release leaves as they are, by their ids in the catalogue.

    Of a catalogue that st-opendata published before, it is all of them or none: none if others are to be deleted. Of
    the datasets of another publisher, the policy may adopt those that were edited on the portal, and those that it
    names. Raises RemoteError.
    """
    there = {CATALOGUE_ID, *(each.id for each in release.datasets)}
    pulled = {id_: each for id_, each in origins_at(release, site).items() if each.unchanged and id_ in there}
    whole = bool(release.pulled and release.pulled.published)
    if whole and (policy.prune or pulled.keys() != there):
        return {}
    with ThreadPoolExecutor(workers) as pool:
        remotes = list(pool.map(lambda each: read_dataset(client, each.id, hidden=(403, 404)), pulled.values()))
    found: dict[str, UntouchedDataset] = {}
    for (id_, origin), remote in zip(pulled.items(), remotes, strict=True):
        if remote is None or remote["state"] == "deleted":
            continue
        as_pulled = state_digest(remote) == origin.state
        if as_pulled or not fingerprint_of(remote):
            found[id_] = UntouchedDataset(remote, as_pulled)
    if whole:
        return found if found.keys() == there and all(each.as_pulled for each in found.values()) else {}
    adopted = set(policy.only) if policy.adopt else set()
    return {id_: each for id_, each in found.items() if id_ not in adopted and (each.as_pulled or not policy.adopt)}
