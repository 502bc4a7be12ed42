"""A finished release as CKAN packages: without requests, so that invalid values are known before the first write.

Each dataset is one package, the catalogue with the portal's addresses is one more (`<catalogue id>-catalogue`). The
address of every file can be computed beforehand: CKAN serves an upload at
`<site>/dataset/<name>/resource/<id>/download/<file name>`, and names and ids are ours.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import NAMESPACE_URL, uuid5

import pyoxigraph as ox

from st_opendata.dcat.relocate import serialise
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.formats import CSV, JSON, Format, format_of
from st_opendata.http.urls import url_path
from st_opendata.messages.message import message
from st_opendata.model.pulled import PulledDataset
from st_opendata.model.release import File, Release, ReleasedLink
from st_opendata.namespaces import expand
from st_opendata.place import Place
from st_opendata.rdf.statements import TYPE, Statements, iris, read_statements, text_of
from st_opendata.release import read_release
from st_opendata.release.layout import CATALOGUE
from st_opendata.targets.ckan.graph_source import GraphSource
from st_opendata.targets.ckan.lacks import Lacks
from st_opendata.targets.ckan.limits import NAME_LENGTH, is_name, stored_file_name
from st_opendata.targets.ckan.metadata import CATALOGUE_ID, MetadataMaker, Notice
from st_opendata.targets.ckan.placement import is_private
from st_opendata.targets.ckan.portal_catalogue import (
    describe_catalogue,
    describe_document,
    describe_file,
    distributions_of,
    set_addresses,
    without_nodes,
)
from st_opendata.targets.ckan.sending import LeftFile, address_of, left_files, refuse_large, sent_files
from st_opendata.targets.ckan.site import Site

_DISTRIBUTION = ox.NamedNode(expand("dcat:Distribution"))
_NO_ORIGIN = PulledDataset("", "", {})


@dataclass(frozen=True, slots=True)
class Resource:
    """A CKAN resource: its id is UUIDv5 (namespace URL) of the distribution's IRI, so it never changes.

    `file` is the upload: a file of the release, or the bytes themselves if they are made here (the catalogue);
    None for a link, which has its URL in the metadata too; without `sha256` it leads to the publisher's address.
    `file_name` is the name that the portal gives an upload, `url` is its address for visitors. `rows` are those of a
    CSV file.
    """

    id: str
    metadata: dict[str, object]
    file: Path | bytes | None = field(repr=False)
    size: int
    sha256: str
    file_name: str
    url: str = ""
    rows: int | None = None

    def open(self) -> BinaryIO:
        """The bytes to upload; ValueError for a link, OSError if the file cannot be read."""
        if self.file is None:
            raise ValueError(f"the resource {self.id} is a link")
        return BytesIO(self.file) if isinstance(self.file, bytes) else self.file.open("rb")


@dataclass(frozen=True, slots=True)
class Package:
    """A CKAN dataset: `metadata` is the input of package_create without resources; `iri` is that of the dcat:Dataset.

    `digest` is the SHA-256 of the canonical JSON of the metadata, and of ids, metadata and digests of the resources.
    """

    name: str
    metadata: dict[str, object]
    resources: tuple[Resource, ...]
    digest: str
    iri: str
    notices: tuple[Notice, ...] = ()
    private: bool = False
    publish_from: date | None = None
    """The day from which the dataset is public, if it is not yet."""
    left: tuple[LeftFile, ...] = ()
    """The files of the release that the portal does not get."""
    links: frozenset[str] = frozenset()
    """Addresses of the files where the release is served: a dataset of another program may link to them."""
    origin: str = ""
    """The id of the portal's dataset that it was pulled from."""
    kept: frozenset[str] = frozenset()
    """Ids of resources that were on the portal before the catalogue, and so are not derived from it."""


@dataclass(frozen=True, slots=True)
class _HostedFile:
    """A file of the release on the portal: the IRI of its distribution or dataset, its resource id and its URL."""

    iri: str
    file: File
    id: str
    url: str
    linked: bool = False
    content: bytes | None = None


def packages(
    release: Path, site: Site, only: Collection[str] = (), without: Collection[str] = ()
) -> tuple[Package, ...]:
    """The release as packages for this site, datasets in the order of the release, the catalogue last.

    If ids of datasets are given as `only`, what the site requires counts for these and the catalogue. Datasets
    `without` which the release is published are left out; if that leaves none, the catalogue too.

    Raises:
        InputError: the folder is not a release, or its catalogue is damaged.
        ConfigurationError: there is no such site schema, CKAN does not accept a name, or the site requires values that
            the release does not have.
        UsageError: a file is larger than the site accepts, and `link_base` is not set.
    """
    return describe_release(release, site, only, without)[0]


def describe_release(
    release: Path, site: Site, only: Collection[str] = (), without: Collection[str] = ()
) -> tuple[tuple[Package, ...], Statements]:
    """The packages and their graph, which the portal's own RDF should equal.

    That graph is the catalogue with the portal's addresses, in which the catalogue itself is one more dataset, and each
    file a distribution. Raises as `packages`.
    """
    content = read_release(release)
    ids = [*(each.id for each in content.datasets), CATALOGUE_ID]
    schema = site.field_map(content.keys)
    graph = read_statements(release / CATALOGUE)
    if without:
        graph, content = _leave_out(graph, content, without)
        if not content.datasets:
            return (), graph
    origins = origins_at(content, site)
    names = _names(content, origins)
    known = {text_of(url): node for node, url in graph.of(expand("dcat:downloadURL"))}
    address = address_of(content, site.link_base)
    left = {each.id: left_files(each, site.settings_of(each.id), address) for each in content.datasets}
    missing = [file for files in left.values() for file in files if not file.link]
    graph = without_nodes(graph, [_described_by(known, content, each.distribution.file) for each in missing])
    files = {each.id: sent_files(content, each, left[each.id]) for each in content.datasets}
    refuse_large([file for id_ in files if not only or id_ in only for file in files[id_]], left, site)
    hosted = {
        each.iri: [
            _host(file, _described_by(known, content, file), names[each.id], site, left[each.id], _of(origins, each.id))
            for file in files[each.id]
        ]
        for each in content.datasets
    }
    set_addresses(graph, {each.iri: each.url for files in hosted.values() for each in files})
    own_name, own_iri, own_files = _host_catalogue(content, _public(graph, content, site), site)
    _describe_documents(graph, hosted)
    contents = {each.file.path: (each.iri, each.content or b"") for each in own_files}
    describe_catalogue(graph, own_iri, content.title, contents)
    set_addresses(graph, {each.iri: each.url for each in own_files})
    rows = {
        item.file.path: dataset.rows[item.table]
        for dataset in content.datasets
        for item in dataset.distributions
        if item.format == CSV and item.table
    }
    markdown = {dataset.iri: dataset.markdown for dataset in content.datasets if dataset.markdown}
    metadata = MetadataMaker(site, schema, GraphSource(graph, site.language, site.iris, markdown))
    metadata.refuse_unknown(ids)
    formats = {item.file.path: item.format for each in content.datasets for item in each.distributions if item.carried}
    maker = _Maker(release, metadata, rows, content.site, formats, origins)
    aside = replace(maker, metadata=replace(metadata, lacks=Lacks()))
    made = []
    for each in content.datasets:
        chosen = maker if not only or each.id in only else aside
        package = chosen.package(names[each.id], each.iri, each.id, hosted[each.iri], each.links)
        made.append(replace(package, left=tuple(left[each.id])))
    made.append(maker.package(own_name, own_iri, CATALOGUE_ID, own_files))
    metadata.lacks.raise_any(site)
    return tuple(made), graph


def _public(graph: Statements, release: Release, site: Site) -> Statements:
    """The description of the catalogue for its own dataset: if that is public, without private datasets."""
    if is_private(site.settings_of(CATALOGUE_ID), site.day):
        return graph
    private = [each.iri for each in release.datasets if is_private(site.settings_of(each.id), site.day)]
    return without_nodes(graph, [node for each in private for node in (each, *distributions_of(graph, each))])


def catalogue_name(catalogue: str) -> str:
    """The name of the package that holds the exact catalogue."""
    return f"{catalogue}-{CATALOGUE_ID}"


def origins_at(release: Release, site: Site) -> Mapping[str, PulledDataset]:
    """What the catalogue was pulled from, if that is this site: its datasets by their ids."""
    pulled = release.pulled
    there = pulled and pulled.is_at(site.url) and site.organization in ("", pulled.organization)
    return pulled.datasets if pulled and there else {}


def _of(origins: Mapping[str, PulledDataset], dataset: str) -> PulledDataset:
    return origins.get(dataset, _NO_ORIGIN)


def _leave_out(graph: Statements, content: Release, datasets: Collection[str]) -> tuple[Statements, Release]:
    """The description and the release without these datasets, by their ids."""
    left = [each.iri for each in content.datasets if each.id in datasets]
    graph = without_nodes(graph, [node for each in left for node in (each, *distributions_of(graph, each))])
    return graph, replace(content, datasets=tuple(each for each in content.datasets if each.id not in datasets))


def _names(release: Release, origins: Mapping[str, PulledDataset]) -> dict[str, str]:
    """The name on the portal of each dataset, by its id: that which it has there already, else that of the ids."""
    names = {dataset.id: f"{release.catalogue}-{dataset.id}" for dataset in release.datasets}
    names |= {id_: each.name for id_, each in origins.items() if id_ in names}
    for name in (*names.values(), catalogue_name(release.catalogue)):
        if not is_name(name):
            raise ConfigurationError(
                message('CKAN takes no dataset named "{name}" ({length} characters)', name=name, length=len(name)),
                place=Place(release.catalogue),
                remedy=message(
                    "Shorten the ids: those of catalogue and dataset together may have {most} characters of a-z0-9-_.",
                    most=NAME_LENGTH.stop - 2,
                ),
            )
    if catalogue_name(release.catalogue) in names.values():
        raise ConfigurationError(
            message('a dataset has the id "catalogue", which is the name of the catalogue itself on the portal'),
            place=Place(release.catalogue),
            remedy=message("Give the dataset another id."),
        )
    return names


def _described_by(known: Mapping[str, str], release: Release, file: File) -> str:
    """The IRI of the distribution in this file, by the catalogue's download URLs (the keys)."""
    try:
        return known[f"{release.site}{url_path(file.path)}"]
    except KeyError:
        raise InputError(
            message("{catalogue} does not describe the file {path}", catalogue=CATALOGUE, path=file.path),
            remedy=message("Build the release again."),
        ) from None


def resource_id(iri: str) -> str:
    """The permanent id of the resource of this IRI."""
    return str(uuid5(NAMESPACE_URL, iri))


def _host(
    file: File, iri: str, package: str, site: Site, left: Sequence[LeftFile], origin: PulledDataset
) -> _HostedFile:
    resource = origin.resources.get(file.path) or resource_id(iri)
    if link := next((each.link for each in left if each.path == file.path), ""):
        return _HostedFile(iri, file, resource, link, linked=True)
    if site.link_base and site.max_upload is not None and file.size > site.max_upload:
        return _HostedFile(iri, file, resource, f"{site.link_base.rstrip('/')}/{url_path(file.path)}", linked=True)
    return _HostedFile(iri, file, resource, _upload_url(site, package, resource, file.path))


def _upload_url(site: Site, package: str, resource: str, path: str) -> str:
    name = stored_file_name(path)
    return f"{site.url.rstrip('/')}/dataset/{package}/resource/{resource}/download/{name}"


def _host_catalogue(release: Release, graph: Statements, site: Site) -> tuple[str, str, list[_HostedFile]]:
    """Name, IRI and files of the package that holds the catalogue; the graph has the portal's URLs.

    Of the three syntaxes, those that fit the site's limit are published: the size grows with the catalogue.
    """
    name, files = catalogue_name(release.catalogue), serialise(graph)
    smallest = min(map(len, files.values()))
    if site.max_upload is not None and smallest > site.max_upload:
        raise InputError(
            message(
                "the catalogue with the portal's addresses has {size} bytes; the site's limit is {limit}",
                size=f"{smallest:,}",
                limit=f"{site.max_upload:,}",
            ),
            remedy=message(
                "Ask the site's administrator to raise ckan.max_resource_size: the catalogue cannot be linked."
            ),
        )
    hosted = []
    for path, content in files.items():
        if site.max_upload is None or len(content) <= site.max_upload:
            iri = f"{release.base}distribution/{path}"
            resource = resource_id(iri)
            file = File(path, len(content), sha256(content).hexdigest())
            hosted.append(_HostedFile(iri, file, resource, _upload_url(site, name, resource, path), content=content))
    return name, f"{release.base}dataset/catalogue", hosted


def _describe_documents(graph: Statements, hosted: Mapping[str, Iterable[_HostedFile]]) -> None:
    """Pages of a distribution (CSVW metadata) and pictures of a dataset become distributions like the others."""
    owners: dict[str, list[str]] = {}
    for owner, page in graph.of(expand("foaf:page")):
        owners.setdefault(text_of(page), []).append(owner)
    for owner, picture in list(graph.of(expand("foaf:depiction"))):
        owners[text_of(picture)] = iris(graph.values(owner, expand("dcat:distribution")))[:1]
    for dataset, files in hosted.items():
        for each in files:
            if not graph.has(each.iri, TYPE.value, _DISTRIBUTION):
                describe_file(graph, each.iri, format_of(each.file.path) or JSON, each.file.size, each.file.sha256)
                describe_document(graph, dataset, each.iri, sorted(owners.get(each.iri, ())))


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes packages from the graph, by the field map of the site."""

    release: Path
    metadata: MetadataMaker
    rows: Mapping[str, int]
    served: str
    formats: Mapping[str, Format]
    """Those of the publisher's files, by their paths."""
    origins: Mapping[str, PulledDataset]

    def package(
        self, name: str, iri: str, dataset: str, files: Sequence[_HostedFile], links: Sequence[ReleasedLink] = ()
    ) -> Package:
        """The dataset of this IRI and id with its files, then its links."""
        metadata = self.metadata.dataset(name, iri, dataset)
        resources = (
            *(self._resource(name, each, dataset) for each in files),
            *(self._link(name, each, dataset) for each in links),
        )
        parts = [*(file.iri for file in files), *(link.iri for link in links)]
        found = (
            *self.metadata.notices(name, "dataset", iri),
            *(each for part in parts for each in self.metadata.notices(name, "resource", part)),
        )
        notices = {(each.field, str(each.text)): each for each in found}
        settings, origin = self.metadata.site.settings_of(dataset), _of(self.origins, dataset)
        private = is_private(settings, self.metadata.site.day)
        return Package(
            name=name,
            metadata=metadata,
            resources=resources,
            digest=_digest(metadata, resources),
            iri=iri,
            notices=tuple(notices.values()),
            private=private,
            publish_from=settings.publish_from if private else None,
            links=frozenset(f"{self.served}{url_path(each.file.path)}" for each in files),
            origin=origin.id,
            kept=frozenset(origin.resources.values()),
        )

    def _resource(self, name: str, hosted: _HostedFile, dataset: str) -> Resource:
        metadata = self.metadata.resource(name, hosted.iri, dataset)
        if form := self.formats.get(hosted.file.path):
            self.metadata.set_format(metadata, hosted.iri, form, form.ckan_label or form.label)
        if hosted.linked:
            metadata["url"] = hosted.url
        return Resource(
            id=hosted.id,
            metadata=metadata,
            file=None if hosted.linked else hosted.content or self.release / hosted.file.path,
            size=hosted.file.size,
            sha256=hosted.file.sha256,
            file_name=stored_file_name(hosted.file.path),
            url=hosted.url,
            rows=self.rows.get(hosted.file.path),
        )

    def _link(self, name: str, link: ReleasedLink, dataset: str) -> Resource:
        """An address that the publisher names; nothing is known of its content."""
        metadata = {**self.metadata.resource(name, link.iri, dataset), "url": link.url}
        if called := link.service or (link.format and (link.format.ckan_label or link.format.label)):
            self.metadata.set_format(metadata, link.iri, link.format, called)
        kept = _of(self.origins, dataset).resources.get(link.url)
        return Resource(kept or resource_id(link.iri), metadata, None, 0, "", file_name=link.url, url=link.url)


def _digest(metadata: Mapping[str, object], resources: Iterable[Resource]) -> str:
    content = [metadata, [[each.id, each.metadata, each.size, each.sha256] for each in resources]]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
