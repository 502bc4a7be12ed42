"""The rights of the token's user on a site: the organisations and the groups to which they may add datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from st_opendata.errors import RemoteError
from st_opendata.messages.message import Message, message
from st_opendata.place import Place
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.portal_schema import PortalChoice
from st_opendata.targets.ckan.site import Site, ask, read_fields, read_site

_PAGE = 1000
"""Groups of one answer; a site may give fewer (ckan.group_and_organization_list_all_fields_max)."""
Organization = Mapping[str, Any]
"""An organisation as CKAN shows it."""


def read_site_of(client: CkanClient, organization: str | None) -> Site:
    """The site for the token's user, who publishes in the organisation: at most six more requests.

    The organisation is None if an expression gives it for each dataset.

    Raises:
        RemoteError: it is not a CKAN site, does not answer, does not know the token, or its user may not create
            datasets in the organisation.
    """
    site = read_fields(client, read_site(client))
    user, found, mine = _membership(client, organization)
    return replace(
        site,
        organization=str(found.get("name", "")),
        organization_id=str(found.get("id", "")),
        user=user,
        editable={str(each["id"]): str(each["name"]) for each in mine},
        organizations=tuple(map(_choice, mine)),
    )


def with_groups(client: CkanClient, site: Site, *, own: bool) -> Site:
    """The site with its groups, if the settings for it state groups; with `own`, also those of the user.

    Raises RemoteError.
    """
    settings = site.settings
    if settings is None or not any(each.groups is not None for each in (settings, *settings.datasets.values())):
        return site
    mine = read_own_groups(client) if own else None
    return replace(site, groups=tuple(map(_choice, _groups(client))), own_groups=mine)


def read_own_groups(client: CkanClient) -> frozenset[str]:
    """Names of the groups to which the user may add datasets, as their member. Raises RemoteError."""
    listed = ask(client, "group_list_authz", {})
    return frozenset(str(each["name"]) for each in listed) if isinstance(listed, list) else frozenset()


def _groups(client: CkanClient) -> Iterator[Mapping[str, Any]]:
    """All groups of the site, page by page."""
    start = 0
    while page := client.read("group_list", {"all_fields": True, "limit": _PAGE, "offset": start}):
        yield from page
        start += len(page)


def _choice(listed: Mapping[str, Any]) -> PortalChoice:
    return PortalChoice(str(listed["name"]), {"": str(listed.get("title") or listed.get("display_name") or "")})


def _membership(client: CkanClient, organization: str | None) -> tuple[str | Message, Organization, list[Organization]]:
    """The user of the token, the organisation, and all in which this user may create datasets.

    With a wrong token CKAN answers as to a visitor.
    """
    user = _user(client)
    mine = client.read("organization_list_for_user", {"permission": "create_dataset"})
    if user is None and not mine:
        raise RemoteError(
            message("the portal does not know the token: it is missing, mistyped, expired or revoked"),
            place=Place(client.url),
            remedy=message(
                "Make one on your user page under API Tokens, and give it in ST_CKAN_TOKEN or --token-file."
            ),
            status=403,
        )
    name = user or message("the user of the token")
    if organization is None:
        return name, {}, mine
    for found in mine:
        if organization in (found["name"], found["id"]):
            return name, found, mine
    raise _no_organization(client, organization, name, sorted(found["name"] for found in mine))


def _user(client: CkanClient) -> str | None:
    """The name of the user; None without a user, and for old versions, which do not state it."""
    try:
        return str(client.read("user_show")["name"])
    except RemoteError as error:
        if error.status not in (403, 404, 409):
            raise
        return None


def _no_organization(client: CkanClient, organization: str, user: str | Message, mine: list[str]) -> RemoteError:
    """The reason why the user may not create datasets there."""
    there = _rights(user, mine)
    try:
        client.read("organization_show", {"id": organization, "include_datasets": False})
    except RemoteError as error:
        if error.status != 404:
            raise
        text = message('the portal has no organisation "{name}"', name=organization)
        return RemoteError(text, place=Place(client.url), remedy=there, status=404)
    return RemoteError(
        message('{user} may not create datasets in the organisation "{name}"', user=user, name=organization),
        place=Place(client.url),
        remedy=message(
            "Ask an administrator of the organisation to make {user} an editor. {rights}", user=user, rights=there
        ),
        status=403,
    )


def _rights(user: str | Message, mine: list[str]) -> Message:
    if not mine:
        return message("There is no organisation in which {user} may create datasets.", user=user)
    names = ", ".join(mine)
    return message("Organisations in which {user} may create datasets: {names}.", user=user, names=names)
