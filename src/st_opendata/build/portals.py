"""What a release says for portals: the targets of its catalogue, and the keys for the properties of profiles."""

from __future__ import annotations

from st_opendata.model.descriptions import Catalogue
from st_opendata.model.profiles import Owner, ProfileProperty, ValueKind
from st_opendata.model.release import PortalKey
from st_opendata.model.targets import DatasetTarget, TargetSettings

_NODES = frozenset({ValueKind.IRI, ValueKind.CODE, ValueKind.LINK})
_OF_PORTALS = frozenset({Owner.DATASET, Owner.DISTRIBUTION})


def released_targets(catalogue: Catalogue) -> dict[str, TargetSettings]:
    """The targets of the catalogue with what its datasets state for them, which has precedence."""
    found = {}
    for name, target in catalogue.targets.items():
        own = {each.id: each.targets[name] for each in catalogue.datasets if name in each.targets}
        merged = {key: _over(target.datasets.get(key), each) for key, each in own.items()}
        found[name] = target.model_copy(update={"datasets": target.datasets | merged})
    return found


def _over(general: DatasetTarget | None, own: DatasetTarget) -> DatasetTarget:
    """The values of a dataset over those that the catalogue states for it."""
    if general is None:
        return own
    both = ("fields", "resource_fields")
    return own.model_copy(update={key: {**getattr(general, key), **getattr(own, key)} for key in both})


def portal_keys(catalogue: Catalogue) -> tuple[PortalKey, ...]:
    """The keys of portals for the properties of profiles that datasets state, sorted."""
    stated = {each.property.key: each.property for dataset in catalogue.datasets for each in dataset.stated}
    return tuple(_portal_key(stated[key]) for key in sorted(stated) if not stated[key].refines)


def _portal_key(entry: ProfileProperty) -> PortalKey:
    several = entry.kind in _NODES and entry.most != 1
    return PortalKey(
        name=entry.portal_key or entry.key,
        property=entry.iri,
        value=str(entry.kind),
        on=tuple(str(each) for each in entry.on if each in _OF_PORTALS),
        listed=several if entry.listed is None else entry.listed,
    )
