"""What visitors find beside the files: tables in the DataStore, to be filtered and queried, and views on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from st_opendata.errors import RemoteError
from st_opendata.formats import CSV, GEOJSON, JSON, JSON_LD, N_TRIPLES, RDF_XML, SVG, TURTLE, Format, format_of
from st_opendata.model.text import Text, pick
from st_opendata.publish.client import CkanClient
from st_opendata.publish.content import mark_of
from st_opendata.publish.packages import Resource
from st_opendata.publish.plan import Change, Kind
from st_opendata.publish.preflight import Portal
from st_opendata.publish.tables import DataTable, as_text, data_table, description_of

_LOADERS = frozenset({"xloader", "datapusher"})
"""Plugins that load every uploaded table themselves."""
_TABLE: Text = {"en": "Table", "fr": "Tableau", "de": "Tabelle"}
_TEXT: Text = {"en": "Content", "fr": "Contenu", "de": "Inhalt"}
_MAP: Text = {"en": "Map", "fr": "Carte", "de": "Karte"}
_PICTURE: Text = {"en": "Picture", "fr": "Image", "de": "Bild"}
_VIEWS: Mapping[Format, tuple[str, Text]] = {
    CSV: ("datatables_view", _TABLE),
    GEOJSON: ("geojson_view", _MAP),
    SVG: ("image_view", _PICTURE),
    **dict.fromkeys((JSON, JSON_LD, N_TRIPLES, TURTLE, RDF_XML), ("text_view", _TEXT)),
}
_LARGEST_TEXT = 1_000_000
"""Bytes: above that the portal's own proxy does not hand a file to a text or map view (ckan.resource_proxy)."""


@dataclass(frozen=True, slots=True)
class Furnishing:
    """What is to be made for a dataset: tables by resource id, and the types of views with their titles.

    `gone` are resources that are removed: their tables would outlive them.
    """

    tables: Mapping[str, DataTable]
    views: Mapping[str, tuple[str, str]]
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tables or self.views or self.gone)


def furnishing_of(change: Change, portal: Portal) -> Furnishing:
    """What a change of files entails: a table follows its file; a view is made once, with its resource.

    Raises:
        OSError: a file cannot be read.
    """
    assert change.wanted
    sent = {resource.id: resource for resource in change.wanted.package.resources if resource.id in change.files}
    tables = _tables(sent, change, portal)
    mark = mark_of(change.shown) if change.shown else None
    cut_off = change.kind == Kind.CREATE or bool(mark and mark.writing)
    known = {resource["id"] for resource in change.shown["resources"]} if change.shown and not cut_off else set()
    found = ((identifier, _view(resource, portal)) for identifier, resource in sent.items() if identifier not in known)
    views = {identifier: view for identifier, view in found if view}
    without_table = [each for each, (kind, _) in views.items() if kind == "datatables_view" and each not in tables]
    wanted = {resource.id for resource in change.wanted.package.resources}
    there = change.shown["resources"] if change.shown else ()
    gone = tuple(each["id"] for each in there if each.get("datastore_active") and each["id"] not in wanted)
    return Furnishing(tables, {each: view for each, view in views.items() if each not in without_table}, gone)


def furnish(client: CkanClient, furnishing: Furnishing) -> None:
    """Load the tables and make the views that are not there. Raises RemoteError, OSError."""
    for identifier in furnishing.gone:
        _remove_table(client, identifier)
    for identifier, table in furnishing.tables.items():
        _remove_table(client, identifier)
        try:
            _load(client, identifier, table)
        except RemoteError as error:
            if error.status != 409:
                raise
            _remove_table(client, identifier)
            _load(client, identifier, as_text(table))
    for identifier, (kind, title) in furnishing.views.items():
        there = client.read("resource_view_list", {"id": identifier})
        if not any(view["view_type"] == kind for view in there):
            client.write("resource_view_create", {"resource_id": identifier, "view_type": kind, "title": title})


def _tables(sent: Mapping[str, Resource], change: Change, portal: Portal) -> dict[str, DataTable]:
    """The tables whose file is sent, or the file that describes its columns."""
    if "datastore" not in portal.plugins or portal.plugins & _LOADERS:
        return {}
    assert change.wanted
    paths = {resource.file for resource in sent.values()}
    found: dict[str, DataTable] = {}
    for resource in change.wanted.package.resources:
        path = resource.file
        if path is None or isinstance(path, bytes) or paths.isdisjoint((path, description_of(path))):
            continue
        if table := data_table(path, portal.language):
            found[resource.id] = table
    return found


def _view(resource: Resource, portal: Portal) -> tuple[str, str] | None:
    form = format_of(resource.file_name)
    if form is None or form not in _VIEWS or (form not in (CSV, SVG) and resource.size > _LARGEST_TEXT):
        return None
    kind, title = _VIEWS[form]
    return (kind, pick(title, portal.language)) if kind in portal.plugins else None


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
