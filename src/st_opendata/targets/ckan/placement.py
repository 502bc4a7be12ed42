"""The place of a dataset on a portal: its organisation, its groups, and whether visitors see it.

`targets:` of the catalogue and of its datasets states them, as constants or as expressions over our fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from st_opendata.messages.message import Message, message
from st_opendata.model.targets import DatasetTarget
from st_opendata.targets.ckan.graph_source import GraphSource
from st_opendata.targets.ckan.portal_schema import PortalField
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.stated import stated_values

_ORGANIZATION, _GROUPS = "organization", "groups"
Problem = tuple[str, Message]
"""A key of `targets:`, and what is wrong with its value."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The organisation and the groups of a dataset, by their names on the portal.

    `problems` are stated values that the portal does not accept, `losses` values of the release without a group.
    """

    organization: str
    groups: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    losses: tuple[Problem, ...] = ()

    @property
    def fields(self) -> dict[str, object]:
        """The fields of CKAN that state it."""
        groups = {_GROUPS: [{"name": name} for name in self.groups]} if self.groups else {}
        return {"owner_org": self.organization, **groups}


def place_dataset(site: Site, settings: DatasetTarget, source: GraphSource, iri: str) -> Placement:
    """The place of the dataset of this IRI, checked against what the portal has and the user may change."""
    stated = {_ORGANIZATION: settings.organization or site.organization, _GROUPS: settings.groups}
    stated = {key: value for key, value in stated.items() if value is not None}
    portal = {
        _ORGANIZATION: PortalField(_ORGANIZATION, {}, choices=site.organizations),
        _GROUPS: PortalField(_GROUPS, {}, choices=site.groups, many=True),
    }
    found = stated_values(stated, portal, source, iri)
    problems = [(key, _explained(key, text, site)) for key, text in found.problems]
    organization, groups = found.values.get(_ORGANIZATION), found.values.get(_GROUPS)
    names = tuple(dict.fromkeys(map(str, groups))) if isinstance(groups, list) else ()
    if organization is None and site.organizations is not None and not problems:
        text = message("the expression has no value for a dataset: give it a `default`")
        problems.append((_ORGANIZATION, text))
    problems += _forbidden(names, site)
    losses = [each for each in found.losses if each[0] == _GROUPS]
    return Placement(str(organization or ""), names, tuple(problems), tuple(losses))


def _explained(key: str, text: Message, site: Site) -> Message:
    if key == _ORGANIZATION and site.organizations is not None:
        return message("{text}; {user} may create datasets in these organisations only", text=text, user=site.user)
    return text


def _forbidden(names: tuple[str, ...], site: Site) -> Iterator[Problem]:
    """The groups to which the user may not add datasets."""
    for name in names:
        if site.own_groups is not None and name not in site.own_groups:
            text = message(
                'only its members may add datasets to the group "{name}": ask an administrator of the group to make '
                "{user} a member",
                name=name,
                user=site.user,
            )
            yield _GROUPS, text


def is_private(settings: DatasetTarget, day: date) -> bool:
    """Whether a dataset is private on this day: for good, or since its release date has not come."""
    return bool(settings.private) or bool(settings.publish_from and day < settings.publish_from)
