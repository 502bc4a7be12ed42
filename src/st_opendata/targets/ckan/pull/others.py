"""Datasets that others put on a portal, as a catalogue to start from: fields by the field maps, tables by headers.

Missing metadata are not guessed: a comment explains what to write there. Columns state nothing until the publisher
gives them a `propertyUrl`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from st_opendata.catalogue.linking import OWN_FILES
from st_opendata.catalogue.read import RESERVED
from st_opendata.catalogue.statements import Description, Yaml, read_description
from st_opendata.errors import MessageError, RemoteError
from st_opendata.messages.message import Message, message
from st_opendata.model.geometry import geometry_wkt
from st_opendata.names import free, slug
from st_opendata.place import Place
from st_opendata.release.layout import carried_file, in_dataset
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.downloads import Download, Fetcher, elsewhere
from st_opendata.targets.ckan.limits import from_markdown
from st_opendata.targets.ckan.pull import Json
from st_opendata.targets.ckan.pull.fields import (
    FieldMap,
    clean,
    distributions_of,
    geometry_of,
    has_licence,
    is_markdown,
    read_map,
    state_dataset,
    unmapped_fields,
    written,
)
from st_opendata.targets.ckan.pull.folder import (
    FILE_KEYS,
    DatasetFolder,
    omission_lines,
    reasons_of,
    share_terms,
    write_folder,
)
from st_opendata.targets.ckan.pull.listing import Listing
from st_opendata.targets.ckan.pull.origin import origin_of
from st_opendata.targets.ckan.pull.places import state_places
from st_opendata.targets.ckan.pull.resources import PulledFile, add_files, file_of, link_of, own_terms
from st_opendata.targets.ckan.pull.result import Omission, OmissionReason, PullResult
from st_opendata.targets.ckan.pull.sniffer import DataStoreColumn, NotATableError, describe_file
from st_opendata.vocabularies import alignment

_SHARED = (
    *("publisher", "creator", "contactPoint", "license", "rights", "accessRights", "accrualPeriodicity"),
    *("availability", "status", "language"),
)
"""Keys that move to the catalogue if all datasets have the same value."""
_HEADING = message(
    "The columns state no facts yet: give them a propertyUrl, and the table an aboutUrl (docs/tutorial.md, step 3)."
)
_BASE = message(
    "IRIs of datasets and facts start with `base` and never change: write an address on a domain that you keep."
)


@dataclass(frozen=True, slots=True)
class _File:
    """A resource that is a table, with the portal's metadata of it."""

    dataset: str
    resource: Json
    download: Download


def pull_others(
    listing: Listing, remote: Sequence[Json], client: CkanClient, fetcher: Fetcher, folder: Path, language: str
) -> PullResult:
    """Write the datasets to the folder as a catalogue, with comments in the language.

    Raises:
        RemoteError: none of them has a table, a file or a link.
        OSError: a file cannot be written.
    """
    fields, names = read_map(), _Names()
    catalogue = _catalogue(listing)
    datasets: dict[str, DatasetFolder] = {}
    omissions: list[Omission] = []
    files: list[_File] = []
    others: list[PulledFile] = []
    origins: dict[str, tuple[Json, dict[str, str]]] = {}
    for dataset in remote:
        id_ = names.dataset(str(dataset["name"]))
        origins[id_] = dataset, {}
        url = f"{listing.site.url}/dataset/{dataset['name']}"
        heading = [message("Pulled from {url}", url=url), *_unmapped_lines(fields, dataset)]
        datasets[id_] = DatasetFolder(id_, _describe(fields, listing, dataset), heading)
        taken = ["dataset.yaml"]
        for resource in dataset.get("resources") or ():
            found = _file(id_, resource, names, fetcher, folder)
            if isinstance(found, _File):
                taken.append(found.download.path.name)
                files.append(found)
            elif fetcher.limits.open_to(str(resource.get("url") or "")) and _is_file(resource):
                others.append(file_of(resource, datasets[id_], folder, taken, listing.site.language))
            elif link := link_of(resource, datasets[id_], listing.site.language):
                omissions += _add_link(datasets[id_], link, resource, origins[id_][1])
                omissions += [found] if found.kind is OmissionReason.ELSEWHERE else []  # its content is not pulled
            else:
                omissions.append(found)
    failures = fetcher.fetch([*(each.download for each in files), *(each.download for each in others)])
    omissions += add_files(datasets, others, failures)
    came = [each for each in files if each.download.path not in failures]
    omissions += [_omission(each, failures[each.download.path]) for each in files if each.download.path in failures]
    with ThreadPoolExecutor(fetcher.workers) as pool:
        datastore = list(pool.map(lambda each: _datastore_columns(client, each.resource), came))
    tables = list(zip(came, datastore, strict=True))
    notes, kept_as_files, empty = _add_tables(datasets, tables, listing.site.language, origins)
    others += kept_as_files
    omissions += empty
    for id_, resources in _ids_of(others):
        origins[id_][1].update(resources)
    state_places(listing, catalogue, list(datasets.values()), {id_: each for id_, (each, _) in origins.items()})
    kept = _write(listing, catalogue, list(datasets.values()), omissions, folder, language)
    return PullResult(
        catalogue=str(catalogue.values["id"]),
        datasets=len(kept),
        tables=sum(len(each.tables) for each in kept),
        omissions=tuple(omissions),
        origin=origin_of(listing, {each.id: origins[each.id] for each in kept}),
        notes=tuple(notes),
    )


def _add_tables(
    datasets: Mapping[str, DatasetFolder],
    tables: Sequence[tuple[_File, Mapping[str, DataStoreColumn]]],
    language: str,
    origins: Mapping[str, tuple[Json, dict[str, str]]],
) -> tuple[list[Message], list[PulledFile], list[Omission]]:
    """Describe the tables that came; gives notes, the files that are not tables and stay files, and the empty ones."""
    notes, files, omissions = list[Message](), list[PulledFile](), list[Omission]()
    for each, columns in tables:
        try:
            _add_table(datasets[each.dataset], each, columns, language)
            origins[each.dataset][1][in_dataset(each.dataset, each.download.path.name)] = str(each.resource["id"])
        except NotATableError as error:
            if not each.download.path.stat().st_size:
                each.download.path.unlink()
                omissions.append(_omission(each, error.message))
                continue
            entry = {"path": each.download.path.name, "title": _title(each, language)}
            files.append(PulledFile(each.dataset, entry, each.download, str(each.resource["id"])))
            omissions += add_files(datasets, files[-1:], {})
            notes.append(
                message(
                    "{dataset}/{name} is kept as a file, because it is not a table: {reason}",
                    dataset=each.dataset,
                    name=each.download.path.name,
                    reason=error.message,
                )
            )
    return notes, files, omissions


def _ids_of(files: Iterable[PulledFile]) -> Iterator[tuple[str, dict[str, str]]]:
    """The ids of the resources of the files that came, by their paths in a release, each after its dataset."""
    for each in files:
        if each.download.path.is_file():
            yield each.dataset, {carried_file(each.dataset, each.entry["path"]): each.resource}


def _add_link(dataset: DatasetFolder, link: Yaml, resource: Json, ids: dict[str, str]) -> list[Omission]:
    """Add a link to the dataset, and the id of its resource to those by address; not a second one to an address."""
    url = str(link["url"])
    if url in ids:
        reason = message("its address is that of another link: {url}", url=url)
        return [Omission(dataset.id, clean(str(resource.get("name") or "")) or url, reason, OmissionReason.NO_TABLE)]
    dataset.add("links", link)
    ids[url] = str(resource["id"])
    return []


def _is_file(resource: Json) -> bool:
    """Whether the portal has the resource as a file, not as an address that it was given."""
    return resource.get("url_type") == "upload"


def _add_table(dataset: DatasetFolder, file: _File, datastore: Mapping[str, DataStoreColumn], language: str) -> None:
    """Describe a file as a table of the dataset. Raises NotATableError."""
    described, remarks = describe_file(file.download.path, language, datastore)
    outline = {"url": file.download.path.name, "title": _title(file, language)}
    if notes := written(file.resource.get("description"), markdown=dataset.is_markdown):
        outline["description"] = {language: notes}
    dataset.add("tables", outline | described)
    for key, value in own_terms(file.resource, dataset, file.download.path.name).items():
        shown = ", ".join(value) if isinstance(value, list) else value
        text = message("{table} has its own {key} on the portal: {value}", table=outline["url"], key=key, value=shown)
        dataset.description.remark("tables", text)
    for remark in (*remarks, _HEADING):
        dataset.description.remark("tables", remark)


def _write(
    listing: Listing,
    catalogue: Description,
    datasets: Sequence[DatasetFolder],
    omissions: list[Omission],
    folder: Path,
    language: str,
) -> list[DatasetFolder]:
    """Write the datasets that have something; gives them."""
    kept = [each for each in datasets if not each.is_empty]
    for each in datasets:
        each.heading += omission_lines(one for one in omissions if one.dataset == each.id)
    omissions += [
        Omission(each.id, "", message("it has no table, file or link that came"), OmissionReason.WITHOUT_TABLES)
        for each in datasets
        if each.is_empty
    ]
    if not kept:
        text = message("no dataset there has a table, file or link that came")
        raise RemoteError(text, place=Place(listing.site.url), remedy=reasons_of(omissions))
    share_terms(catalogue, kept, _SHARED)
    lost = [each.id for each in datasets if each.is_empty]
    heading = [
        message("Pulled from {url}", url=f"{listing.site.url}/organization/{listing.organization['name']}"),
        *omission_lines(each for each in omissions if each.dataset in lost),
    ]
    write_folder(folder, catalogue, kept, heading, hints=True, language=language)
    return kept


def _catalogue(listing: Listing) -> Description:
    """The portal's description of the organisation."""
    organization, language = listing.organization, listing.site.language
    name = str(organization["name"])
    title = clean(str(organization.get("title") or name))
    page = f"{listing.site.url}/organization/{name}"
    notes = clean(from_markdown(str(organization.get("description") or "")))
    found = Description(
        {
            "id": slug(name) if len(slug(name)) > 1 else f"portal-{slug(name)}".strip("-"),
            "base": f"{page}/",
            "title": {language: title},
            "description": {language: notes or title},
            "publisher": {"iri": page, "name": {language: title}},
        }
    )
    found.remark("base", _BASE)
    organisation = message("The organisation on the portal; type is a code such as LocalAuthority.")
    found.remark("publisher", organisation)
    if not notes:
        lacking = message("The portal does not describe the organisation: say what the catalogue is about.")
        found.remark("description", lacking)
    return found


def _describe(fields: FieldMap, listing: Listing, remote: Json) -> Description:
    """The portal's description of a dataset."""
    node = f"{listing.site.url}/dataset/{quote(remote['name'])}"
    graph = state_dataset(fields, remote, node, listing.site.language)
    found = read_description(
        graph, node, listing.site.language, dict.fromkeys(FILE_KEYS, distributions_of(graph, node))
    )
    for key in ("publisher", "creator"):
        agents = found.values.get(key, [])
        if any(str(each["iri"]).startswith(f"{node}#") for each in (agents if isinstance(agents, list) else [agents])):
            lacking = message("The portal gives no address for it: write one as iri, such as its home page.")
            found.remark(key, lacking)
    if is_markdown(remote):
        found.values["markup"] = "markdown"
    if shape := geometry_of(remote):
        _add_geometry(found, shape, listing.site.language)
    stated = str(remote.get("license_id") or "")
    if stated and found.values.get("license") and not has_licence(remote):
        text = message("The portal has {licence} for the dataset; this is the licence of its files", licence=stated)
        found.remark("license", text)
    found.values.setdefault("title", {listing.site.language: str(remote["name"])})
    if "description" not in found.values:
        found.values["description"] = found.values["title"]
        found.remark("description", message("The portal has no description: say what the data are about."))
    return found


def _add_geometry(found: Description, shape: Json, language: str) -> None:
    """Add a place with this geometry, unless the description has places already; it is called after the dataset."""
    title = found.values.get("title", {}).get(language)
    try:
        geometry = geometry_wkt(shape)
    except MessageError as error:
        unlike = message("Not taken from the portal: {value}: {reason}", value="spatial", reason=error.message)
        found.remark("spatial", unlike)
        return
    if title and not found.values.get("spatial"):
        found.values["spatial"] = [{"label": {language: title}, "geometry": geometry}]
        found.remark("spatial", message("The portal does not name the place: write its name as label."))


def _unmapped_lines(fields: FieldMap, remote: Json) -> Iterator[Message]:
    for key, text in unmapped_fields(fields, remote):
        if key == "spatial" and geometry_of(remote):
            continue
        value = f"{text[:500]}{'…' if len(text) > 500 else ''}"
        yield message("Also on the portal: {key}: {value}", key=key, value=value)


def _file(id_: str, resource: Json, names: _Names, fetcher: Fetcher, folder: Path) -> _File | Omission:
    """The file to fetch for a resource, or why it is not pulled."""
    url, name = str(resource.get("url") or ""), str(resource.get("name") or "")
    label = clean(name) or url or str(resource.get("id"))
    kind = _kind(resource, url)
    if kind not in ("CSV", "TSV"):
        stated = clean(str(resource.get("format") or resource.get("mimetype") or ""))
        return Omission(id_, label, _no_table(stated, url), OmissionReason.NO_TABLE)
    if not fetcher.limits.open_to(url):
        return Omission(id_, label, elsewhere(url), OmissionReason.ELSEWHERE)
    last = unquote(urlsplit(url).path.rpartition("/")[2])
    stem = last.rpartition(".")[0] if last.lower().endswith((".csv", ".tsv", ".txt")) else name or last
    path = folder / id_ / f"{names.table(id_, stem)}.csv"
    digest = str(resource.get("hash") or "").lower()
    size = str(resource.get("size"))
    return _File(
        id_,
        resource,
        Download(
            url,
            path,
            digest if re.fullmatch("[0-9a-f]{64}", digest) else "",
            int(size) if re.fullmatch("[0-9]{1,18}", size) else None,
        ),
    )


def _no_table(stated: str, url: str) -> Message:
    if stated:
        return message("it is not a CSV table but has the format {format}: {url}", format=stated, url=url)
    return message("it is not a CSV table and has no stated format: {url}", url=url)


def _kind(resource: Json, url: str) -> str | None:
    """The code of the format: by the format, else the media type, else the end of the URL."""
    stated = (resource.get("format"), resource.get("mimetype"), _extension(url))
    return next((code for each in stated if each and (code := alignment.file_type(str(each)))), None)


def _extension(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition("/")[2].rpartition(".")[2]
    except ValueError:
        return ""


def _omission(file: _File, reason: Message) -> Omission:
    return Omission(file.dataset, clean(str(file.resource.get("name") or "")) or file.download.url, reason)


def _title(file: _File, language: str) -> dict[str, str]:
    return {language: clean(str(file.resource.get("name") or "")) or file.download.path.stem}


def _datastore_columns(client: CkanClient, resource: Json) -> dict[str, DataStoreColumn]:
    """The columns of a file's table in the portal's DataStore; empty if there is no such table or no access to it."""
    if not resource.get("datastore_active"):
        return {}
    try:
        answer = client.read("datastore_search", {"resource_id": resource["id"], "limit": 0})
        return {str(each["id"]): _datastore_column(each) for each in answer["fields"] if each["id"] != "_id"}
    except (RemoteError, KeyError, TypeError):
        return {}


def _datastore_column(column: Json) -> DataStoreColumn:
    info = column.get("info") or {}
    return DataStoreColumn(str(column.get("type")), str(info.get("label") or ""), str(info.get("notes") or ""))


class _Names:
    """Names for the folders of datasets and for tables, each given once."""

    def __init__(self) -> None:
        self._datasets = list(RESERVED)
        self._tables = list(OWN_FILES)

    def dataset(self, name: str) -> str:
        """The folder of a dataset."""
        short = slug(name)
        self._datasets.append(free(short if len(short) > 1 else f"dataset-{short}".strip("-"), self._datasets))
        return self._datasets[-1]

    def table(self, dataset: str, stem: str) -> str:
        """The name of a table, with that of its dataset if another table has the same name."""
        short = slug(stem) or "table"
        self._tables.append(free(short if short not in self._tables else f"{dataset}-{short}", self._tables))
        return self._tables[-1]
