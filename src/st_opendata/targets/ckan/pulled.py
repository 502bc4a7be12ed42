"""Datasets that a catalogue was pulled from: publishing writes what the publisher changed since, and nothing else.

A dataset stays as it is if neither its description and files in the catalogue nor its fields on the portal changed.
Where the description changed in keys for which CKAN has one field, that field alone is written. The files that a build
makes in addition do not count. All other datasets are published like those of any catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from st_opendata.messages.message import message
from st_opendata.model.pulled import PulledDataset
from st_opendata.model.release import Release
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import read_statements
from st_opendata.release.layout import CATALOGUE
from st_opendata.targets.base import Action, FieldDifference, Policy, Remote
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fields import Schema
from st_opendata.targets.ckan.fingerprint import EXTRA, fingerprint_of, flat_values, state_digests
from st_opendata.targets.ckan.graph_source import DISTRIBUTION, GraphSource
from st_opendata.targets.ckan.metadata import CATALOGUE_ID, MetadataMaker
from st_opendata.targets.ckan.packages import origins_at
from st_opendata.targets.ckan.placement import is_private
from st_opendata.targets.ckan.plan import DatasetChange
from st_opendata.targets.ckan.site import Site, read_dataset

_NOTHING = Policy()
_AS_PULLED = message("as it was pulled")
_AS_CHANGED = message("as it was pulled, with the changes of the release")
_EDITED = message("edited on the portal since it was pulled: pull it again, or --adopt lets the release win")
_PROPERTIES = {
    "title": expand("dct:title"),
    "description": expand("dct:description"),
    "markup": expand("dct:description"),
    "keyword": expand("dcat:keyword"),
    "license": expand("dct:license"),
    "landingPage": expand("dcat:landingPage"),
    "version": expand("dcat:version"),
}
"""The keys of dataset.yaml that can be written alone: portals state other keys in several fields."""


def find_settled(
    client: CkanClient, site: Site, release: Path, content: Release, policy: Policy = _NOTHING, workers: int = 4
) -> Mapping[str, DatasetChange]:
    """The changes of the datasets that publishing leaves to their publisher, by their ids in the catalogue.

    Of a catalogue that st-opendata published before, it is all of them or none: none if others are to be deleted. Of
    the datasets of another publisher, the policy may adopt those that were edited on the portal, and those that it
    names.

    Raises:
        RemoteError: the portal refuses, fails or does not answer.
        InputError: the catalogue of the release is damaged.
    """
    there = {CATALOGUE_ID, *(each.id for each in content.datasets)}
    origins = {id_: each for id_, each in origins_at(content, site).items() if id_ in there}
    whole = bool(content.pulled and content.pulled.published)
    if whole:
        complete = origins.keys() == there and content.pulled and content.pulled.unchanged
        origins = origins if complete and not policy.prune else {}
    elif policy.adopt:
        origins = {id_: each for id_, each in origins.items() if id_ not in policy.only}
    origins = {id_: each for id_, each in origins.items() if _PROPERTIES.keys() >= {*each.changed}}
    if not origins:
        return {}
    with ThreadPoolExecutor(workers) as pool:
        remotes = list(pool.map(lambda each: read_dataset(client, each.id, hidden=(403, 404)), origins.values()))
    written = _written(site, release, content, origins)
    found: dict[str, DatasetChange] = {}
    for (id_, origin), remote in zip(origins.items(), remotes, strict=True):
        if remote is None and not site.user and is_private(site.settings_of(id_), site.day):
            found[id_] = DatasetChange(Action.UNCHANGED, origin.name, _AS_PULLED)  # visitors do not see it
        elif remote and remote["state"] != "deleted" and (whole or not fingerprint_of(remote)):
            found[id_] = change_of(origin, remote, written[id_])
    if whole:
        same = found.keys() == there and all(each.action == Action.UNCHANGED for each in found.values())
        return found if same else {}
    return {id_: each for id_, each in found.items() if each.action != Action.DRIFTED or not policy.adopt}


def change_of(origin: PulledDataset, remote: Remote, written: Mapping[str, object]) -> DatasetChange:
    """The change for a dataset, with the values of fields that the publisher changed (None to remove one)."""
    name, now, values = str(remote["name"]), state_digests(remote), flat_values(remote)
    differences = {key: value for key, value in written.items() if values.get(key) != value}
    edited = [key for key in now.keys() | origin.state.keys() if now.get(key) != origin.state.get(key)]
    if any(key not in written or key in differences for key in edited):
        return DatasetChange(Action.DRIFTED, name, _EDITED, remote=remote)
    if not differences:
        return DatasetChange(Action.UNCHANGED, name, _AS_CHANGED if origin.changed else _AS_PULLED, remote=remote)
    reason = message("pulled from it and changed since: {keys}", keys=", ".join(origin.changed))
    shown = tuple(FieldDifference(key, values.get(key), value) for key, value in sorted(differences.items()))
    return DatasetChange(Action.UPDATE, name, reason, remote=remote, differences=shown, amendment=differences)


def _written(
    site: Site, release: Path, content: Release, origins: Mapping[str, PulledDataset]
) -> dict[str, dict[str, object]]:
    """By dataset, the values of the fields on the portal for the keys that were changed; None for no value."""
    found: dict[str, dict[str, object]] = {id_: {} for id_ in origins}
    changed = [each for each in content.datasets if each.id in origins and origins[each.id].changed]
    if not changed:
        return found
    schema = site.field_map(content.keys)
    markdown = {each.iri: each.markdown for each in changed if each.markdown}
    source = GraphSource(read_statements(release / CATALOGUE), site.language, site.iris, markdown)
    maker = MetadataMaker(site, schema, source)
    for each in changed:
        origin = origins[each.id]
        values = flat_values(maker.dataset(origin.name, each.iri, each.id))
        found[each.id] = {name: values.get(name) for name in _fields(schema, origin.changed)}
    return found


def _fields(schema: Schema, keys: tuple[str, ...]) -> list[str]:
    """The names of the fields that state these keys; the licence of a dataset is that of its files."""
    properties = {_PROPERTIES[key] for key in keys}
    named = [(each.name, each.path) for each in schema.dataset]
    named += [(f"{EXTRA}{each.name}", each.path) for each in schema.extras]
    return [name for name, path in named if properties & {*path[-1:]} and path[:-1] in ((), (DISTRIBUTION,))]
