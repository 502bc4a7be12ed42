"""Matches a portal's datasets with the release's, independent of their names: by our fingerprint and ids of files.

An editor may rename a dataset, a form may drop its fingerprint, a script may copy it. Ids of files are derived
from their IRIs, and a portal accepts each id once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from st_opendata.messages.message import Message, message
from st_opendata.targets.base import Remote
from st_opendata.targets.ckan.fingerprint import Fingerprint, content_digest, fingerprint_of


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a dataset of the release: base IRI of its catalogue, name, ids of its resources."""

    catalogue: str
    name: str
    resources: frozenset[str]

    def is_that_of(self, remote: Remote) -> bool:
        """Whether a dataset of the portal is this one."""
        fingerprint = fingerprint_of(remote)
        if fingerprint and fingerprint.catalogue != self.catalogue:
            return False
        if has_files(remote, self.resources):
            return True
        return bool(fingerprint) and (published_name(remote) or remote["name"]) == self.name


def has_files(remote: Remote, resources: Collection[str]) -> bool:
    """Whether a dataset of the portal has one of these resources."""
    return any(resource["id"] in resources for resource in remote["resources"])


def published_name(remote: Remote) -> str:
    """The name under which we published a dataset of the portal; empty if unknown.

    A fingerprint of an older version lacks it, but its digest covers the name: it matches only an unedited dataset.
    """
    fingerprint = fingerprint_of(remote)
    if fingerprint is None or fingerprint.name:
        return fingerprint.name if fingerprint else ""
    return str(remote["name"]) if _matches_fingerprint(remote, fingerprint) else ""


def reason_to_keep(
    remote: Remote, catalogue: str, names: Collection[str], resources: Collection[str]
) -> Message | None:
    """The reason why a dataset with the catalogue's fingerprint must not be deleted; None if there is none.

    `names` and `resources` are those of the release.
    """
    fingerprint, name = fingerprint_of(remote), published_name(remote)
    if not fingerprint or fingerprint.catalogue != catalogue:
        return message("the portal's search shows our mark on it, but its database does not")
    if has_files(remote, resources):
        return message("it has files of the release")
    if name in names:
        return message('a copy of "{name}", made on the portal', name=name)
    if not name:
        return message("not in the release under this name, and edited on the portal, so it may have been renamed")
    if name != remote["name"]:
        return message(
            'renamed on the portal; "{name}", its name when it was published, is no longer in the release', name=name
        )
    return None


def _matches_fingerprint(remote: Remote, fingerprint: Fingerprint) -> bool:
    return content_digest(remote, fingerprint.fields, fingerprint.resource_fields) == fingerprint.content
