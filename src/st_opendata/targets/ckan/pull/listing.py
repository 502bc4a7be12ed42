"""The datasets of an organisation of a portal, grouped by catalogue.

A pull is one catalogue. Those that st-opendata published are known by their fingerprint; all other datasets of the
organisation are one more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from st_opendata.errors import RemoteError, UsageError
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.release.layout import CATALOGUES
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fingerprint import fingerprint_of
from st_opendata.targets.ckan.packages import catalogue_name, resource_id
from st_opendata.targets.ckan.pull import Json
from st_opendata.targets.ckan.site import Site, read_site, search_datasets

_PAGE = 250
"""Datasets of one answer, with all their metadata: a few megabytes."""
_LARGEST = 50_000
"""Datasets."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An organisation of a site, as the site describes it, and its datasets."""

    site: Site
    organization: Json
    datasets: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class PublishedCatalogue:
    """A catalogue that st-opendata published: `exact` is the dataset with its DCAT-AP, None if it is not there."""

    base: str
    exact: Json | None
    datasets: tuple[Json, ...]

    @property
    def id(self) -> str:
        """The catalogue's id; its base if nothing on the portal has the id."""
        return str(self.exact["name"]).removesuffix(catalogue_name("")) if self.exact else self.base


def list_organization(client: CkanClient, organization_name: str, *, private: bool) -> Listing:
    """Read the organisation and all its datasets: two requests, and one for each 250 datasets.

    Raises:
        RemoteError: it is not a CKAN site, has no such organisation, or does not answer; or the token gives no access
            to private datasets.
    """
    try:
        site = read_site(client)
        organization = _organization(client, organization_name)
        name = str(organization["name"])
        if private:
            _require_member(client, name)
        return Listing(site, organization, tuple(_datasets(client, name, private=private)))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RemoteError(
            message(
                "the portal's answer is not as CKAN gives it ({kind} {detail})",
                kind=type(error).__name__,
                detail=str(error),
            ),
            place=Place(client.url),
        ) from None


def _organization(client: CkanClient, name: str) -> Json:
    try:
        found: Json = client.read("organization_show", {"id": name, "include_datasets": False, "include_users": False})
    except RemoteError as error:
        if error.status != 404:
            raise
        known = client.read("organization_list", {"limit": 25})
        names = ", ".join(map(str, known))
        raise RemoteError(
            message('the portal has no organisation "{name}"', name=name),
            place=Place(client.url),
            remedy=message("Name one of its organisations: {names}.", names=names)
            if known
            else message("The portal has no organisations; check the URL."),
            status=404,
        ) from None
    return found


def _require_member(client: CkanClient, organization: str) -> None:
    """With a token that it does not know, CKAN silently answers as to a visitor, who sees no private datasets."""
    mine = client.read("organization_list_for_user", {"permission": "read"})
    if organization not in {found["name"] for found in mine}:
        raise RemoteError(
            message('the token gives no access to the private datasets of "{organization}"', organization=organization),
            place=Place(client.url),
            remedy=message(
                "Check whether the token is mistyped, expired or revoked, and whether its user is a member of the "
                "organisation."
            ),
            status=403,
        )


def _datasets(client: CkanClient, organization: str, *, private: bool) -> Iterator[Json]:
    found: dict[str, Json] = {}
    more = {"include_private": True} if private else {}
    for number, remote in enumerate(search_datasets(client, organization, _PAGE, **more), 1):
        if remote.get("state", "active") == "active":
            resources = [dict(each) for each in remote["resources"]]
            found.setdefault(remote["id"], {**remote, "name": str(remote["name"]), "resources": resources})
        if number > _LARGEST:
            raise RemoteError(
                message(
                    "the organisation has more than {most} datasets, too many for a catalogue", most=f"{_LARGEST:,}"
                ),
                place=Place(client.url),
            )
    return iter(found.values())


def find_catalogues(listing: Listing) -> tuple[tuple[PublishedCatalogue, ...], tuple[Json, ...]]:
    """The catalogues that st-opendata published, and the other datasets."""
    by_base: dict[str, list[Json]] = {}
    others = []
    for remote in listing.datasets:
        fingerprint = fingerprint_of(remote)
        if fingerprint:
            by_base.setdefault(fingerprint.catalogue, []).append(remote)
        else:
            others.append(remote)
    found = []
    for base, datasets in by_base.items():
        exact = next((each for each in datasets if _is_exact(each, base)), None)
        found.append(PublishedCatalogue(base, exact, tuple(each for each in datasets if each is not exact)))
    return tuple(found), tuple(others)


def _is_exact(remote: Json, base: str) -> bool:
    return any(each.get("id") in catalogue_resources(base) for each in remote["resources"])


def catalogue_resources(base: str) -> dict[str, str]:
    """The names of the catalogue's files by the ids of their resources."""
    return {resource_id(f"{base}distribution/{name}"): name for name in CATALOGUES}


def choose(listing: Listing, catalogue: str | None, *, others: bool) -> PublishedCatalogue | tuple[Json, ...]:
    """The one catalogue to pull: a published one, or the other datasets.

    Raises:
        RemoteError: there is nothing to pull.
        UsageError: there are several and none was chosen, or the chosen one is not there.
    """
    published, rest = find_catalogues(listing)
    there = [f"--catalogue {each.id}" for each in published] + (["--others"] if rest else [])
    if not there:
        raise RemoteError(
            message('the organisation "{name}" has no dataset that you may read', name=listing.organization["name"]),
            place=Place(listing.site.url),
            remedy=message("Use a token and --private to read private datasets."),
        )
    choice = message("Use one of: {names}.", names=", ".join(there))
    if catalogue is not None:
        chosen = next((each for each in published if catalogue in (each.id, each.base)), None)
        if chosen is None:
            raise UsageError(message('no catalogue "{name}" was published there', name=catalogue), remedy=choice)
        return chosen
    if others or not published:
        if not rest:
            raise UsageError(message("all datasets there belong to a catalogue"), remedy=choice)
        return rest
    if len(there) > 1:
        raise UsageError(
            message(
                'the organisation "{name}" has datasets of {number} catalogues',
                name=listing.organization["name"],
                number=len(there),
            ),
            remedy=message("Pull each into a separate folder: {options}.", options=", ".join(there)),
        )
    return published[0]
