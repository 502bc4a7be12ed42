"""The audit of each dataset of a release on a portal: the data that a visitor gets, and their differences.

It uses no token. It reads pages, files and search results of several datasets at once, and keeps only these in memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from rdflib import Graph

from st_opendata.dcat import fetch_dcat
from st_opendata.errors import InputError, RemoteError
from st_opendata.messages.message import Message, counted, message
from st_opendata.rdf.view import graph_view
from st_opendata.release import read_release
from st_opendata.targets.base import Problem, Remote
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.datastore import ROW_COUNT, compare_tables
from st_opendata.targets.ckan.downloads import Downloader, Measurement
from st_opendata.targets.ckan.fields import Schema
from st_opendata.targets.ckan.fingerprint import FINGERPRINT_KEY, added_fields, fields_of, fingerprint_of
from st_opendata.targets.ckan.packages import Package, Resource, describe_release
from st_opendata.targets.ckan.plan import DatasetChange, DesiredDataset, compare, desired_dataset, same_moment
from st_opendata.targets.ckan.pulled import find_settled
from st_opendata.targets.ckan.site import Site, find_by_files, read_dataset, search_agrees, search_datasets
from st_opendata.targets.ckan.views import expected_tables
from st_opendata.targets.excerpts import excerpts

_WORKERS = 4
_AHEAD = 2 * _WORKERS
"""The number of datasets that are requested ahead of the consumer."""
WIDTH = 100
"""The most characters of a value in a message."""
_PAGE = 1000
"""Rows of one answer: CKAN gives no more (ckan.search.rows_max)."""
_HIDDEN = (403, 404)
"""Statuses of the answer for a dataset that is private, deleted or missing."""
_LISTED = ["name", "metadata_modified"]


class SearchListing:
    """The datasets that the portal's search lists for visitors, read once per organisation; for several threads."""

    def __init__(self, client: CkanClient) -> None:
        self._client = client
        self._listed: dict[str, dict[str, list[str]]] = {}
        self._asking = Lock()

    def moments(self, remote: Remote) -> list[str]:
        """When the dataset changed last, once for each time that it is listed in its organisation."""
        organization = str((remote.get("organization") or {}).get("name"))
        with self._asking:
            if organization not in self._listed:
                self._listed[organization] = self._list(organization)
        return self._listed[organization].get(str(remote["name"]), [])

    def _list(self, organization: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in search_datasets(self._client, organization, _PAGE, fl=_LISTED):
            found.setdefault(str(each["name"]), []).append(str(each["metadata_modified"]))
        return found


@dataclass(frozen=True, slots=True)
class Audit:
    """A portal, its field map and its desired state; `expected` is the graph of the packages."""

    client: CkanClient
    site: Site
    packages: tuple[Package, ...]
    expected: Graph
    base: str
    search: SearchListing
    downloader: Downloader
    fields: Schema
    settled: Mapping[str, DatasetChange]
    """What a publication does about the datasets that it leaves to their publisher: they have no package."""

    @property
    def files(self) -> int:
        """Number of files that visitors get, linked ones of the release included."""
        return sum(bool(resource.sha256) for package in self.packages for resource in self.seen(package))

    def seen(self, package: Package) -> Sequence[Resource]:
        """The resources of a dataset that visitors get."""
        return () if package.private else package.resources


def prepare_audit(client: CkanClient, downloader: Downloader, release: Path, site: Site) -> Audit:
    """The desired state of the portal.

    Raises:
        InputError, ConfigurationError, UsageError: as `packages` does.
    """
    content = read_release(release)
    settled = find_settled(client, site, release, content, workers=_WORKERS)
    made, expected = describe_release(release, site, without=settled)
    return Audit(
        client=client,
        site=site,
        packages=made,
        expected=graph_view(expected),
        base=content.base,
        search=SearchListing(client),
        downloader=downloader,
        fields=site.field_map(content.keys),
        settled=settled,
    )


@dataclass(frozen=True, slots=True)
class DatasetAudit:
    """A dataset as a visitor gets it: its differences, the URLs of files that equal the release's, and its RDF.

    `rdf` is None if the dataset or its RDF is not there, or if the portal has no RDF (ckanext-dcat). `added` are names
    of fields that people added, `missing` ids of our resources that are not there, and `more` says whether there are
    others.
    """

    package: Package
    problems: tuple[Problem, ...]
    good: frozenset[str] = frozenset()
    rdf: Graph | None = None
    added: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    more: bool = False


def audit_datasets(audit: Audit) -> Iterator[DatasetAudit]:
    """Every dataset in its order; several are requested at a time.

    Raises:
        RemoteError: the portal stopped answering.
    """
    running: deque[Future[DatasetAudit]] = deque()
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for package in audit.packages:
                running.append(pool.submit(_audit_dataset, audit, package))
                if len(running) > _AHEAD:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # do not ask a portal that stopped answering


def _audit_dataset(audit: Audit, package: Package) -> DatasetAudit:
    remote = read_dataset(audit.client, package.name, hidden=_HIDDEN)
    if package.private:
        seen = message("visitors see it, although the release states that it is private")
        return DatasetAudit(package, (Problem(package.name, "", seen),) if remote else ())
    if remote is None:
        renamed = find_by_files(audit.client, (each.id for each in package.resources), hidden=_HIDDEN)
        other = renamed and renamed["name"]
        text = (
            message('visitors do not see it: it was renamed to "{other}"', other=other)
            if other
            else message("visitors do not see it: it is not there, private or deleted")
        )
        return DatasetAudit(package, (Problem(package.name, "", text),))
    desired = desired_dataset(package, audit.site, audit.base)
    problems = [*_dataset_problems(audit, desired, remote), *_table_problems(audit, package, remote)]
    good, there = set(), {str(resource["id"]) for resource in remote["resources"]}
    ids = frozenset(resource.id for resource in package.resources)
    for resource in package.resources:
        if resource.id not in there or not resource.sha256:  # the content of a publisher's address is not ours
            continue
        if wrong := _file_problem(resource, audit.downloader.measure(resource.url, resource.size)):
            problems.append(Problem(package.name, resource.file_name, wrong))
        else:
            good.add(resource.url)
    rdf = None
    if "dcat" in audit.site.plugins:
        try:
            rdf = fetch_dcat(f"{audit.site.url}/dataset/{package.name}.ttl", tls=audit.client.tls)
        except (RemoteError, InputError) as error:
            if isinstance(error, RemoteError) and not error.status:
                raise
            problems.append(Problem(package.name, "RDF", error.message))
    added = added_fields(remote, *fields_of(desired.dataset))
    return DatasetAudit(package, tuple(problems), frozenset(good), rdf, added, ids - there, bool(there - ids))


def _dataset_problems(audit: Audit, desired: DesiredDataset, remote: Remote) -> Iterator[Problem]:
    """Differences from the release in what a visitor sees of the dataset and finds by searching."""
    package, fingerprint = desired.package, fingerprint_of(remote)
    if fingerprint is None:
        text = message("the extra {key} is gone, so publish treats the dataset as edited", key=FINGERPRINT_KEY)
        yield Problem(package.name, message("mark"), text)
    elif fingerprint.writing:
        yield Problem(package.name, message("dataset"), message("a write of it was interrupted: publish again"))
    moments = audit.search.moments(remote)
    if len(moments) != 1:
        yield Problem(package.name, message("search"), _listed(len(moments)))
    elif not same_moment(moments[0], str(remote["metadata_modified"])) and not search_agrees(audit.client, remote):
        text = message("the portal's search shows another state of it than its page")
        yield Problem(package.name, message("search"), text)
    for each in compare(remote, desired):
        if each.field == "resource":
            text = (
                message("the file is not there")
                if each.before is None
                else message("the file is there, but not in the release")
            )
            yield Problem(package.name, str(each.resource), text)
        else:
            part = message("{name}: {text}", name=each.resource, text=each.field) if each.resource else each.field
            yield Problem(package.name, part, _difference_text(each.before, each.after))


def _listed(times: int) -> Message:
    return counted(
        "the portal's search lists it {times} time instead of once",
        "the portal's search lists it {times} times instead of once",
        number="times",
        times=times,
    )


def _difference_text(found: object, released: object) -> Message:
    """The value of the release, and the one on the portal."""
    before, after = excerpts(released, found, WIDTH)
    return message("{before} was released, {after} is there", before=before, after=after)


def _table_problems(audit: Audit, package: Package, remote: Remote) -> Iterator[Problem]:
    """Tables of the DataStore, which visitors filter and programs query, that differ from their files.

    Of tables that the site loads itself, whose types it guesses, only the number of rows is compared.
    """
    names = {str(resource["id"]): str(resource["name"]) for resource in remote["resources"]}
    tables = {key: table for key, table in expected_tables(package.resources, audit.site).items() if key in names}
    for identifier, each in compare_tables(audit.client, tables, whole=True).items():
        difference = _difference_text(each.before, each.after)
        text = message("{name}: {text}", name=each.place, text=difference) if each.place else message("it is not there")
        yield Problem(package.name, _table_of(names[identifier]), text)
    rows = {each.id: each.rows for each in package.resources if each.id not in tables}
    for resource in remote["resources"]:
        number = rows.get(resource["id"])
        if resource.get("datastore_active") and number is not None:
            found = audit.client.read("datastore_search", {"resource_id": resource["id"], "limit": 0})["total"]
            if found != number:
                text = message("{name}: {text}", name=ROW_COUNT, text=_difference_text(found, number))
                yield Problem(package.name, _table_of(str(resource["name"])), text)


def _table_of(file: str) -> Message:
    return message("{file}: table", file=file)


def _file_problem(resource: Resource, found: Measurement) -> Message | None:
    if found.status != 200:
        return message("a visitor gets the answer {status} instead of the file", status=found.status)
    if found.size != resource.size:
        sizes = {"found": f"{found.size:,}", "listed": f"{resource.size:,}"}
        return message("it has {found} bytes instead of {listed}", **sizes)
    if found.sha256 != resource.sha256:
        return message("its SHA-256 is {found} instead of {listed}", found=found.sha256, listed=resource.sha256)
    desired = str(resource.metadata.get("mimetype", found.media_type))
    if resource.file is not None and found.media_type != desired.lower():
        return message("it is served as {found} instead of {listed}", found=found.media_type, listed=desired)
    return None
