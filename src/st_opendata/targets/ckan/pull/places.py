"""`targets:` of a pulled catalogue: the portal that it is from, and the place of each dataset there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from st_opendata.catalogue.statements import Description, Yaml
from st_opendata.targets.ckan.fingerprint import GROUP, fingerprint_of
from st_opendata.targets.ckan.pull import Json
from st_opendata.targets.ckan.pull.folder import DatasetFolder
from st_opendata.targets.ckan.pull.listing import Listing

_NAME = "portal"


def state_places(
    listing: Listing, catalogue: Description, datasets: Sequence[DatasetFolder], remote: Mapping[str, Json]
) -> None:
    """State the portal in the catalogue, and in a dataset what differs: its organisation, its groups, if it is private.

    `remote` has the portal's datasets by the ids of those in the folder. Groups that others gave a dataset stay there
    without a statement.
    """
    organization = str(listing.organization["name"])
    catalogue.values["targets"] = {_NAME: {"kind": "ckan", "url": listing.site.url, "organization": organization}}
    for each in datasets:
        if stated := _place(remote[each.id], organization):
            each.description.values["targets"] = {_NAME: stated}


def _place(remote: Json, organization: str) -> Yaml:
    own = str((remote.get("organization") or {}).get("name") or organization)
    fingerprint = fingerprint_of(remote)
    groups = [each.removeprefix(GROUP) for each in fingerprint.fields if each.startswith(GROUP)] if fingerprint else []
    stated: Yaml = {"organization": own} if own != organization else {}
    stated |= {"groups": groups} if groups else {}
    return stated | ({"private": True} if remote.get("private") else {})
