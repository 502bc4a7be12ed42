"""Tables in the DataStore, which visitors filter and query, and views of files on the pages."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from st_opendata.errors import RemoteError
from st_opendata.formats import Format, format_of
from st_opendata.model.text import pick
from st_opendata.targets.base import Action
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fingerprint import is_unfinished
from st_opendata.targets.ckan.packages import Resource
from st_opendata.targets.ckan.plan import DatasetChange
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.tables import DataTable, as_text, data_table, description_of

_LOADERS = frozenset({"xloader", "datapusher"})
"""Plugins that load every uploaded table themselves."""
_IN_ONE_URL = 50
"""Ids: servers take lines of about 4,000 characters."""
_LARGEST_TEXT = 1_000_000
"""Bytes: the portal's own proxy does not pass larger files to a text or map view (ckan.resource_proxy)."""


@dataclass(frozen=True, slots=True)
class View:
    """A view to be made: its type, its title, and the format of its resource."""

    kind: str
    title: str
    format: Format


DefaultViews = dict[tuple[str, Format], bool]
"""Whether the portal itself makes a view of this type for a new resource of the format, as far as observed."""


@dataclass(frozen=True, slots=True)
class ViewSet:
    """The tables and views to make for a dataset, by resource id; `new` are datasets that were just created.

    `gone` are resources that are removed: their tables would outlive them.
    """

    tables: Mapping[str, DataTable]
    views: Mapping[str, View]
    gone: tuple[str, ...] = ()
    new: bool = False

    def __bool__(self) -> bool:
        return bool(self.tables or self.views or self.gone)


def needed_views(change: DatasetChange, site: Site) -> ViewSet:
    """The tables and views after a change of files: a table follows its file; a view is made once, with its resource.

    Raises:
        OSError: a file cannot be read.
    """
    assert change.desired
    sent = {resource.id: resource for resource in change.desired.package.resources if resource.id in change.files}
    every = expected_tables(change.desired.package.resources, site)
    files = {resource.file for resource in sent.values()}
    tables = {
        identifier: table
        for identifier, table in every.items()
        if identifier in change.tables or is_loaded_with(table, files)
    }
    if is_unfinished(change.remote):  # its files may be there without their views
        fresh = {resource.id: resource for resource in change.desired.package.resources if resource.file}
    else:
        known = {resource["id"] for resource in change.remote["resources"]} if change.remote else set()
        fresh = {identifier: resource for identifier, resource in sent.items() if identifier not in known}
    found = ((identifier, _view(resource, site)) for identifier, resource in fresh.items())
    views = {identifier: view for identifier, view in found if view}
    without_table = [each for each, view in views.items() if view.kind == "datatables_view" and each not in every]
    desired = {resource.id for resource in change.desired.package.resources}
    there = change.remote["resources"] if change.remote else ()
    gone = tuple(each["id"] for each in there if each.get("datastore_active") and each["id"] not in desired)
    views = {each: view for each, view in views.items() if each not in without_table}
    return ViewSet(tables, views, gone, change.action == Action.CREATE)


def create_views(client: CkanClient, view_set: ViewSet, defaults: DefaultViews) -> None:
    """Load the tables and make the missing views. Raises RemoteError, OSError.

    `defaults` learns from new datasets which views the portal makes itself, and is used from then on.
    """
    for identifier in view_set.gone:
        _remove_table(client, identifier)
    stale = _with_table(client, view_set.tables) if view_set.new else view_set.tables
    for identifier, table in view_set.tables.items():
        if identifier in stale:
            _remove_table(client, identifier)
        try:
            _load(client, identifier, table)
        except RemoteError as error:
            if error.status != 409:
                raise
            _remove_table(client, identifier)
            _load(client, identifier, as_text(table))
    for identifier, view in view_set.views.items():
        key = (view.kind, view.format)
        there = defaults.get(key) if view_set.new else None
        if there is None:
            listed = client.read("resource_view_list", {"id": identifier})
            there = any(each["view_type"] == view.kind for each in listed)
        if view_set.new:
            defaults[key] = there
        if not there:
            made = {"resource_id": identifier, "view_type": view.kind, "title": view.title}
            client.write("resource_view_create", made)


def _with_table(client: CkanClient, identifiers: Collection[str]) -> Collection[str]:
    """New resources that already have a table: the table of a purged dataset stays, and rows would be added to it.

    All new resources if the portal does not list its tables.
    """
    desired, found = list(identifiers), set[str]()
    for start in range(0, len(desired), _IN_ONE_URL):
        part = desired[start : start + _IN_ONE_URL]
        question = {"resource_id": "_table_metadata", "filters": json.dumps({"name": part}), "limit": len(part)}
        try:
            listed = client.read("datastore_search", question)["records"]
        except RemoteError as error:
            if error.status not in (403, 404, 409):
                raise
            return desired
        found |= {str(record["name"]) for record in listed}
    return found


def is_loaded_with(table: DataTable, sent: Collection[Path | bytes | None]) -> bool:
    """Whether a table follows from the files that are sent: its own, or the one that describes its columns."""
    return table.path in sent or description_of(table.path) in sent


def expected_tables(resources: Iterable[Resource], site: Site) -> dict[str, DataTable]:
    """The DataStore tables that we load for these resources, by id.

    Raises:
        OSError: a file cannot be read.
    """
    if "datastore" not in site.plugins or site.plugins & _LOADERS:
        return {}
    found: dict[str, DataTable] = {}
    for each in resources:
        if isinstance(each.file, Path) and (table := data_table(each.file, site.language)):
            found[each.id] = replace(table, rows=each.rows)
    return found


def _view(resource: Resource, site: Site) -> View | None:
    form = format_of(resource.file_name)
    preview = form.preview if form else None
    if form is None or preview is None or (preview.through_proxy and resource.size > _LARGEST_TEXT):
        return None
    title = pick(preview.title, site.language)
    return View(preview.view_type, title, form) if preview.view_type in site.plugins else None


def _load(client: CkanClient, identifier: str, table: DataTable) -> None:
    parts = table.parts()
    columns = {"resource_id": identifier, "force": True, "fields": list(table.fields)}
    client.write("datastore_create", {**columns, "records": next(parts)})
    for part in parts:
        client.write(
            "datastore_upsert", {"resource_id": identifier, "force": True, "method": "insert", "records": part}
        )


def _remove_table(client: CkanClient, identifier: str) -> None:
    try:
        client.write("datastore_delete", {"resource_id": identifier, "force": True})
    except RemoteError as error:
        if error.status != 404:
            raise
