"""A catalogue that st-opendata published, restored from the portal.

Descriptions come from the exact catalogue (DCAT-AP in every language), tables from the published CSV files and their
CSVW metadata. Data that are published nowhere cannot come back: see docs/pull-ckan.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from st_opendata.catalogue.statements import Description, Yaml, read_description
from st_opendata.errors import ConfigurationError, InputError, MessageError, RemoteError
from st_opendata.formats import CSV
from st_opendata.messages.message import Message, message
from st_opendata.model.records import folder_iri
from st_opendata.namespaces import expand
from st_opendata.place import Place
from st_opendata.rdf.statements import TYPE, Statements, iris, read_statements, text_of
from st_opendata.release.layout import METADATA_SUFFIX
from st_opendata.system.scratch import Scratch
from st_opendata.targets.ckan.downloads import Download, Fetcher
from st_opendata.targets.ckan.fingerprint import content_digest, fingerprint_of
from st_opendata.targets.ckan.metadata import CATALOGUE_ID
from st_opendata.targets.ckan.pull import Json
from st_opendata.targets.ckan.pull.columns import read_columns
from st_opendata.targets.ckan.pull.folder import (
    FILE_KEYS,
    TERMS,
    DatasetFolder,
    drop_lost_keys,
    omission_lines,
    reasons_of,
    share_terms,
    write_folder,
)
from st_opendata.targets.ckan.pull.listing import Listing, PublishedCatalogue, catalogue_resources
from st_opendata.targets.ckan.pull.origin import hosted_id, kept_resources, origin_of, published_dataset
from st_opendata.targets.ckan.pull.places import state_places
from st_opendata.targets.ckan.pull.resources import (
    PulledFile,
    add_files,
    exact_files,
    exact_links,
    has_own_terms,
    leave_licence,
)
from st_opendata.targets.ckan.pull.result import Omission, OmissionReason, PullResult
from st_opendata.targets.ckan.pull.series import restore_editions, series_of, state_series
from st_opendata.targets.ckan.pull.sniffer import NotATableError, describe_file

_NOT_OF_CATALOGUE = ("availability", "status", "version", "landingPage")
"""Keys of a catalogue that only its datasets state."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.csv")
_FOLDER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class _Table:
    """A published table: its file, and the CSVW metadata that describes it, if there are any."""

    name: str
    file: Download
    metadata: Download | None


def pull_exact(
    listing: Listing, published: PublishedCatalogue, fetcher: Fetcher, folder: Path, language: str
) -> PullResult:
    """Write the catalogue to the folder, with comments in the language.

    Raises:
        RemoteError: the exact catalogue is missing or damaged, or no table was fetched.
        OSError: a file cannot be written.
    """
    with Scratch() as scratch:
        graph = _exact_graph(published, fetcher, scratch)
        catalogue, series = _catalogue(graph, published)
        came: dict[str, tuple[Json, dict[str, str]]] = {}
        datasets, omissions, notes = [], list[Omission](), list[Message]()
        tables: dict[str, list[_Table]] = {}
        files: dict[str, list[PulledFile]] = {}
        for id_ in _dataset_ids(graph, published):
            dataset = published_dataset(graph, published, id_)
            if dataset is None:
                hidden = message(
                    "the portal does not show it in this organisation: it is private, deleted or in another one"
                )
                omissions.append(Omission(id_, "", hidden))
                continue
            came[id_] = dataset, kept_resources(graph, published.base, id_, dataset)
            notes += _edits(dataset)
            datasets.append(DatasetFolder(id_, _dataset(graph, published, id_)))
            tables[id_] = _tables(graph, published, id_, dataset, (folder, scratch))
            files[id_] = list(exact_files(graph, published.base, id_, dataset, folder))
            for link in exact_links(graph, published.base, id_, dataset):
                datasets[-1].add("links", link)
            leave_licence(datasets[-1], files[id_])
        omissions += _old(graph, published)
        omissions += _fetch(fetcher, datasets, tables, files, published.base)
    kept = [each for each in datasets if not each.is_empty]
    omissions += [Omission(each.id, "", message("none of its tables came")) for each in datasets if each.is_empty]
    if not kept:
        raise RemoteError(
            message("no table of the catalogue came"),
            place=Place(listing.site.url),
            remedy=reasons_of(omissions),
        )
    drop_lost_keys(kept)
    state_series(graph, published.base, catalogue, kept)
    shared = (*_NOT_OF_CATALOGUE, *(() if series else ("accrualPeriodicity",)))
    share_terms(catalogue, kept, shared)
    restore_editions(graph, published.base, kept, folder)
    state_places(listing, catalogue, kept, {id_: remote for id_, (remote, _) in came.items()})
    url = f"{listing.site.url}/dataset/{published.exact['name'] if published.exact else ''}"
    heading = [message("Pulled from {url}", url=url), *omission_lines(each for each in omissions if not each.what)]
    write_folder(folder, catalogue, kept, heading, hints=False, language=language)
    origins = _origins(graph, published, {each.id: came[each.id] for each in kept})
    return PullResult(
        catalogue=published.id,
        datasets=len(kept),
        tables=sum(len(each.tables) for each in kept),
        omissions=tuple(omissions),
        origin=origin_of(listing, origins, published=True),
        notes=tuple(notes),
    )


def _fetch(
    fetcher: Fetcher,
    datasets: Sequence[DatasetFolder],
    tables: Mapping[str, Sequence[_Table]],
    files: Mapping[str, Sequence[PulledFile]],
    base: str,
) -> Iterator[Omission]:
    """Fetch tables and files of the datasets, and add them there; gives what did not come."""
    parts = [each for found in tables.values() for table in found for each in (table.file, table.metadata) if each]
    failures = fetcher.fetch([*parts, *(each.download for found in files.values() for each in found)])
    for dataset in datasets:
        found = list(_describe(dataset, tables[dataset.id], failures, base))
        found += add_files({dataset.id: dataset}, files[dataset.id], failures)
        dataset.heading += omission_lines(found)
        yield from found


def _origins(
    graph: Statements, published: PublishedCatalogue, came: dict[str, tuple[Json, dict[str, str]]]
) -> dict[str, tuple[Json, dict[str, str]]]:
    """The datasets that came, and that of the exact catalogue unless it describes more than these."""
    if published.exact is None or len(came) != len(_dataset_ids(graph, published)):
        return came
    return came | {CATALOGUE_ID: (published.exact, {})}


def _exact_graph(published: PublishedCatalogue, fetcher: Fetcher, scratch: Path) -> Statements:
    """The exact catalogue, from the first of its files that the portal has."""
    remedy = message("Publish the release again, then pull.")
    if published.exact is None or not _is_base(published.base):
        raise RemoteError(
            message(
                "the portal has datasets of the catalogue {base}, but not the catalogue itself", base=published.base
            ),
            remedy=remedy,
        )
    place = Place(str(published.exact["name"]))
    names = catalogue_resources(published.base)
    files = {names[each["id"]]: each for each in published.exact["resources"] if each.get("id") in names}
    name = min(files, key=list(names.values()).index)
    download = Download(str(files[name]["url"]), scratch / name, str(files[name].get("hash") or ""))
    if failure := fetcher.fetch([download]).get(download.path):
        text = message("{name} did not come: {failure}", name=name, failure=failure)
        raise RemoteError(text, place=place, remedy=remedy)
    try:
        graph = read_statements(download.path)
    except InputError as error:
        text = message("{name} on the portal: {problem}", name=name, problem=error.message)
        raise RemoteError(text, place=place, remedy=remedy) from None
    if not graph.has(f"{published.base}catalogue", TYPE.value, ox.NamedNode(expand("dcat:Catalog"))):
        text = message("{name} does not describe the catalogue {base}", name=name, base=published.base)
        raise RemoteError(text, place=place, remedy=remedy)
    return graph


def _is_base(text: str) -> bool:
    try:
        return folder_iri(text) == text
    except ValueError:
        return False


def _catalogue(graph: Statements, published: PublishedCatalogue) -> tuple[Description, bool]:
    """The catalogue's description, and whether it has a series; its service and series complete the description."""
    base, node = published.base, f"{published.base}catalogue"
    services = iris(graph.values(node, expand("dcat:service")))
    series = series_of(graph, base)
    places = {
        **dict.fromkeys(("accessRights", "theme", "keyword"), services),
        **dict.fromkeys(("accrualPeriodicity",), series),
        **dict.fromkeys(_NOT_OF_CATALOGUE, ()),
    }
    found = read_description(graph, node, "und", places)
    outline: Yaml = {key: found.values.pop(key) for key in ("title", "description") if key in found.values}
    own: Yaml = {"id": published.id, "base": base}
    endpoint = next(iter(graph.values(f"{base}service/sparql", expand("dcat:endpointURL"))), None)
    site = text_of(endpoint).removesuffix("sparql") if endpoint else base
    own |= {"site": site} if site != base else {}
    own.update(outline)
    if page := iris(graph.values(node, expand("foaf:homepage"))):
        own["homepage"] = page[0]
    if series:
        described = read_description(graph, series[0], "und", {}).values
        own["series"] = {"id": series[0].rpartition("/")[2]} | {
            key: described[key] for key in outline if key in described
        }
    terms = {key: found.values[key] for key in TERMS if key in found.values}
    return Description(own | terms, found.remarks), bool(series)


def _dataset_ids(graph: Statements, published: PublishedCatalogue) -> list[str]:
    start = f"{published.base}dataset/"
    listed = iris(graph.values(f"{published.base}catalogue", expand("dcat:dataset")))
    return [iri.removeprefix(start) for iri in listed if iri.startswith(start) and _FOLDER.fullmatch(iri[len(start) :])]


def _old(graph: Statements, published: PublishedCatalogue) -> list[Omission]:
    """Datasets of the catalogue that it no longer lists."""
    found = (published_dataset(graph, published, id_) for id_ in _dataset_ids(graph, published))
    listed = {str(each["name"]) for each in found if each}
    reason = message("the catalogue was last published without it")
    return [
        Omission(str(each["name"]), "", reason, OmissionReason.OLD)
        for each in published.datasets
        if str(each["name"]) not in listed
    ]


def _dataset(graph: Statements, published: PublishedCatalogue, id_: str) -> Description:
    node = f"{published.base}dataset/{id_}"
    files = iris(graph.values(node, expand("dcat:distribution")))
    written = [each for each in files if not has_own_terms(each, published.base, id_)]
    return read_description(graph, node, "und", dict.fromkeys(FILE_KEYS, written or files))


def _edits(dataset: Json) -> list[Message]:
    """A note if the fields of a dataset are not as they were published: the exact catalogue does not have the edit."""
    fingerprint, name = fingerprint_of(dataset), dataset["name"]
    if fingerprint and fingerprint.writing:
        return [message("{name}: publishing was interrupted here. Publish again, then pull.", name=name)]
    if fingerprint and content_digest(dataset, fingerprint.fields, fingerprint.resource_fields) != fingerprint.content:
        return [message("{name}: edited on the portal since it was published; that edit is not pulled.", name=name)]
    return []


def _tables(
    graph: Statements, published: PublishedCatalogue, id_: str, dataset: Json, folders: tuple[Path, Path]
) -> list[_Table]:
    """The tables of a dataset in the order of the portal's resources."""
    folder, scratch = folders
    start = f"{published.base}distribution/{id_}/"
    resources = {str(each["id"]): each for each in dataset["resources"]}
    order = list(resources)

    def hash_of(iri: str) -> str:
        return str(resources.get(hosted_id(graph, iri), {}).get("hash") or "")

    found: list[tuple[int, _Table]] = []
    for iri in iris(graph.values(f"{published.base}dataset/{id_}", expand("dcat:distribution"))):
        name = iri.removeprefix(start)
        kinds = map(text_of, graph.values(iri, expand("dcat:mediaType")))
        url = iris(graph.values(iri, expand("dcat:downloadURL")))
        if CSV.media_type_iri not in kinds or not _NAME.fullmatch(name) or not url:
            continue
        pages = [page for page in iris(graph.values(iri, expand("foaf:page"))) if page == iri + METADATA_SUFFIX]
        described = [
            Download(address, scratch / id_ / f"{name}.json", hash_of(page))
            for page in pages
            for address in iris(graph.values(page, expand("dcat:downloadURL")))
        ]
        file = Download(url[0], folder / id_ / name, hash_of(iri))
        place = order.index(hosted_id(graph, iri)) if hosted_id(graph, iri) in resources else len(order)
        found.append((place, _Table(name, file, next(iter(described), None))))
    return [table for _, table in sorted(found, key=lambda each: (each[0], each[1].name))]


def _describe(
    dataset: DatasetFolder, tables: Sequence[_Table], failures: Mapping[Path, Message], base: str
) -> list[Omission]:
    """Add the fetched tables to the dataset; returns those that are missing."""
    omissions = []
    for table in tables:
        if reason := failures.get(table.file.path):
            omissions.append(Omission(dataset.id, table.name, reason))
            continue
        try:
            described = _columns(table, failures, base)
        except (_NotDescribedError, ConfigurationError, InputError) as error:
            foreign = message("it is not as st-opendata writes it")
            reason = error.message if isinstance(error, _NotDescribedError) else foreign
            omissions.append(Omission(dataset.id, table.name + METADATA_SUFFIX, reason))
            try:
                described, remarks = describe_file(table.file.path, "en", {})
            except NotATableError as no:
                omissions.append(Omission(dataset.id, table.name, no.message))
                table.file.path.unlink()
                continue
            lost = message("{table}: its description did not come; columns are those of its header", table=table.name)
            for remark in (*remarks, lost):
                dataset.description.remark("tables", remark)
        dataset.add("tables", {"url": table.name, **described})
    return omissions


class _NotDescribedError(MessageError):
    """The metadata of a table are missing; the message gives the reason."""


def _columns(table: _Table, failures: Mapping[Path, Message], base: str) -> Yaml:
    if table.metadata is None:
        raise _NotDescribedError(message("the catalogue names no metadata of it"))
    if reason := failures.get(table.metadata.path):
        raise _NotDescribedError(reason)
    return read_columns(table.metadata.path, base)
