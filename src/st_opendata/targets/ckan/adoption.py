"""Datasets that another program or person published and that are those of the release: by identifier or links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from st_opendata.messages.message import Message, message
from st_opendata.targets.base import Action, Remote
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fingerprint import FINGERPRINT_KEY, fingerprint_of
from st_opendata.targets.ckan.plan import DatasetChange, DesiredDataset, compare
from st_opendata.targets.ckan.site import search_datasets

_MAX_QUESTION = 3000
"""The most characters of a search in a URL: the servers of CKAN refuse request lines of more than 4,000."""
_LINKS = 2
"""The most links of a dataset that a search looks for."""


def find_adoptable(client: CkanClient, desired: Sequence[DesiredDataset]) -> dict[str, tuple[Remote, Message]]:
    """Datasets of their organisation without our mark that are these, by our name for them, each with the reason.

    By one search for several datasets. Raises RemoteError.
    """
    found: dict[str, tuple[Remote, Message]] = {}
    by_organization: dict[str, list[DesiredDataset]] = {}
    for each in desired:
        by_organization.setdefault(str(each.dataset["owner_org"]), []).append(each)
    for organization, batch in ((name, batch) for name, own in by_organization.items() for batch in _batches(own)):
        question = f'organization:"{organization}" AND ({" OR ".join(_conditions(batch))})'
        for remote in search_datasets(client, "", 100, fq=question, include_private=True):
            if fingerprint_of(remote):
                continue
            for each in batch:
                if reason := _reason(each, remote):
                    found.setdefault(each.name, (remote, reason))
    return found


def is_adoptable(desired: DesiredDataset, remote: Remote) -> bool:
    """Whether a dataset with the desired name can become ours: it is in the organisation, and no program marked it."""
    if remote["state"] == "deleted" or remote.get("owner_org") != desired.organization:
        return False
    return not fingerprint_of(remote) and not desired.identity.is_that_of(remote)


def adoption(desired: DesiredDataset, remote: Remote, reason: Message, *, adopt: bool) -> DatasetChange:
    """The change for a dataset that is ours by its content: taken over if that is allowed, else left unchanged."""
    if remote.get("private") and not desired.dataset["private"]:
        text = message("{reason}; it is private, and --adopt would publish it", reason=reason)
        return DatasetChange(Action.TAKEN, desired.name, text)
    if not adopt:
        text = message("{reason}; --adopt takes it over and replaces its files", reason=reason)
        return DatasetChange(Action.TAKEN, desired.name, text)
    if lost := _lost_resources(desired, remote):
        text = message(
            "{reason}; --adopt would delete resources that were not pulled: {names}", reason=reason, names=lost
        )
        return DatasetChange(Action.TAKEN, desired.name, text)
    files = tuple(resource.id for resource in desired.package.resources if resource.file)
    return DatasetChange(Action.ADOPT, desired.name, reason, desired, remote, compare(remote, desired), files)


def _lost_resources(desired: DesiredDataset, remote: Remote) -> str:
    """The names of resources of a dataset that the catalogue was pulled from, and that the pull did not take."""
    if remote["id"] != desired.package.origin:
        return ""
    known = desired.package.kept | desired.files.keys()
    return ", ".join(str(each.get("name") or each["id"]) for each in remote["resources"] if each["id"] not in known)


def _batches(desired: Sequence[DesiredDataset]) -> Iterator[Sequence[DesiredDataset]]:
    """Runs of datasets that one search can name."""
    batch, size = list[DesiredDataset](), 0
    for each in desired:
        length = len(quote_plus(" OR ".join(_conditions([each]))))
        if batch and size + length > _MAX_QUESTION:
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += length
    if batch:
        yield batch


def _conditions(batch: Sequence[DesiredDataset]) -> Iterator[str]:
    identifiers = [identifier for each in batch for identifier in _identifiers(each)]
    links = [link for each in batch for link in sorted(each.package.links)[:_LINKS]]
    yield f"identifier:({_listed(identifiers)})"
    yield f"extras_identifier:({_listed(identifiers)})"
    if links:
        yield f"res_url:({_listed(links)})"


def _listed(values: Sequence[str]) -> str:
    return " OR ".join('"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"')) for value in values)


def _reason(desired: DesiredDataset, remote: Mapping[str, Any]) -> Message | None:
    name = str(remote["name"])
    if _identifier_of(remote) in _identifiers(desired):
        return message('"{name}", which was not published from here, has its identifier', name=name)
    if desired.package.links & {str(each.get("url")) for each in remote.get("resources", ())}:
        return message('"{name}", which was not published from here, links to its files', name=name)
    return None


def _identifiers(desired: DesiredDataset) -> set[str]:
    return {desired.package.iri} | ({stated} if (stated := _identifier_of(desired.dataset)) else set())


def _identifier_of(dataset: Mapping[str, Any]) -> str:
    extras = {each["key"]: each["value"] for each in dataset.get("extras") or () if each["key"] != FINGERPRINT_KEY}
    return str(dataset.get("identifier") or extras.get("identifier") or "")
