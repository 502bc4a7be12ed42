"""The audit of each dataset of a release on a portal: what a visitor gets, and what of it is not as released.

Asked without a token: pages, files and search of one dataset at a time, several datasets at once, so that no more is in
memory than is being looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from rdflib import Graph

from st_opendata.dcat import fetch_dcat
from st_opendata.errors import InputError, RemoteError
from st_opendata.rdf.view import graph_view
from st_opendata.release import read_release
from st_opendata.targets.base import Problem, Remote
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.datastore import TABLE, compare_tables
from st_opendata.targets.ckan.downloads import Downloader, Measurement
from st_opendata.targets.ckan.fingerprint import FINGERPRINT_KEY, added_fields, fields_of, fingerprint_of
from st_opendata.targets.ckan.packages import Package, Resource, describe_release
from st_opendata.targets.ckan.plan import DesiredDataset, compare, desired_dataset, same_moment
from st_opendata.targets.ckan.site import Site, find_by_files, read_dataset, search_agrees, search_datasets
from st_opendata.targets.ckan.views import expected_tables
from st_opendata.targets.excerpts import excerpts

_WORKERS = 4
_AHEAD = 2 * _WORKERS
"""Datasets that are asked for before the first of them is taken."""
WIDTH = 100
"""Characters shown of a value."""
_PAGE = 1000
"""Rows of one answer: CKAN gives no more (ckan.search.rows_max)."""
_HIDDEN = (403, 404)
"""What visitors get for a dataset that is private, deleted or not there."""
_LISTED = ["name", "metadata_modified"]


class SearchListing:
    """What the portal's search lists for visitors, asked once for each organisation; for several threads."""

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
    """A portal and what ought to be there; `expected` is the graph of `described`."""

    client: CkanClient
    site: Site
    packages: tuple[Package, ...]
    expected: Graph
    base: str
    search: SearchListing
    downloader: Downloader

    @property
    def files(self) -> int:
        """Number of files, linked ones included."""
        return sum(len(package.resources) for package in self.packages)


def prepare_audit(client: CkanClient, release: Path, site: Site) -> Audit:
    """What ought to be on the portal.

    Raises:
        InputError, ConfigurationError, UsageError: as `packages` does.
    """
    made, expected = describe_release(release, site)
    # Every field counts as one that the site holds: what it dropped is to be seen.
    fields = {name: frozenset[str]() for package in made for name in package.metadata}
    base = read_release(release).base
    graph = graph_view(expected)
    return Audit(client, replace(site, fields=fields), made, graph, base, SearchListing(client), Downloader())


@dataclass(frozen=True, slots=True)
class DatasetAudit:
    """A dataset as a visitor gets it: what is wrong with it, the URLs of files that came as released, and its RDF.

    `rdf` is None where the dataset or its RDF is not there, or the portal has no RDF of its own (ckanext-dcat). `added`
    are names of fields that people added, `missing` ids of our resources that are not there, and `more` says whether
    there are others.
    """

    package: Package
    problems: tuple[Problem, ...]
    good: frozenset[str] = frozenset()
    rdf: Graph | None = None
    added: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    more: bool = False


def audit_datasets(audit: Audit) -> Iterator[DatasetAudit]:
    """Every dataset in its order, several asked for at a time.

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
            pool.shutdown(wait=False, cancel_futures=True)  # a portal that stopped answering is not asked for the rest


def _audit_dataset(audit: Audit, package: Package) -> DatasetAudit:
    remote = read_dataset(audit.client, package.name, hidden=_HIDDEN)
    if remote is None:
        renamed = find_by_files(audit.client, (each.id for each in package.resources), hidden=_HIDDEN)
        other = renamed and renamed["name"]
        text = f"it was renamed to {other}" if other else "it is not there, private or deleted"
        return DatasetAudit(package, (Problem(package.name, "", f"visitors do not see it: {text}"),))
    desired = desired_dataset(package, audit.site, audit.base)
    problems = [*_dataset_problems(audit, desired, remote), *_table_problems(audit, package, remote)]
    good, there = set(), {str(resource["id"]) for resource in remote["resources"]}
    ids = frozenset(resource.id for resource in package.resources)
    for resource in package.resources:
        if resource.id not in there:
            continue
        if wrong := _file_problem(resource, audit.downloader.measure(resource.url, resource.size)):
            problems.append(Problem(package.name, resource.file_name, wrong))
        else:
            good.add(resource.url)
    rdf = None
    if "dcat" in audit.site.plugins:
        try:
            rdf = fetch_dcat(f"{audit.site.url}/dataset/{package.name}.ttl")
        except (RemoteError, InputError) as error:
            if isinstance(error, RemoteError) and not error.status:
                raise
            problems.append(Problem(package.name, "RDF", error.message_text()))
    added = added_fields(remote, *fields_of(desired.dataset))
    return DatasetAudit(package, tuple(problems), frozenset(good), rdf, added, ids - there, bool(there - ids))


def _dataset_problems(audit: Audit, desired: DesiredDataset, remote: Remote) -> Iterator[Problem]:
    """What a visitor sees of the dataset and finds by searching otherwise than released."""
    package, fingerprint = desired.package, fingerprint_of(remote)
    if fingerprint is None:
        yield Problem(
            package.name, "mark", f"the extra {FINGERPRINT_KEY} is gone, so publishing takes the dataset for edited"
        )
    elif fingerprint.writing:
        yield Problem(package.name, "dataset", "a write of it was cut off: publish again")
    moments = audit.search.moments(remote)
    if len(moments) != 1:
        yield Problem(package.name, "search", f"the portal's search lists it {len(moments)} times instead of once")
    elif not same_moment(moments[0], str(remote["metadata_modified"])) and not search_agrees(audit.client, remote):
        yield Problem(package.name, "search", "the portal's search shows another state of it than its page")
    for each in compare(remote, desired):
        if each.field == "resource":
            text = "the file is not there" if each.before is None else "the file is there, but not in the release"
            yield Problem(package.name, str(each.resource), text)
        else:
            part = f"{each.resource}: {each.field}" if each.resource else each.field
            yield Problem(package.name, part, _difference_text(each.before, each.after))


def _difference_text(found: object, released: object) -> str:
    """What was released, and what is there instead."""
    before, after = excerpts(released, found, WIDTH)
    return f"{before} was released, {after} is there"


def _table_problems(audit: Audit, package: Package, remote: Remote) -> Iterator[Problem]:
    """Tables of the DataStore, which visitors filter and programs query, that are not those of their files.

    Of those that the site loads by itself, whose types it guesses, the number of rows is compared.
    """
    names = {str(resource["id"]): str(resource["name"]) for resource in remote["resources"]}
    tables = {key: table for key, table in expected_tables(package.resources, audit.site).items() if key in names}
    for identifier, each in compare_tables(audit.client, tables, whole=True).items():
        what = each.field.removeprefix(f"{TABLE}, ")
        text = f"{what}: {_difference_text(each.before, each.after)}" if what != TABLE else "it is not there"
        yield Problem(package.name, f"{names[identifier]}: {TABLE}", text)
    rows = {each.id: each.rows for each in package.resources if each.id not in tables}
    for resource in remote["resources"]:
        number = rows.get(resource["id"])
        if resource.get("datastore_active") and number is not None:
            found = audit.client.read("datastore_search", {"resource_id": resource["id"], "limit": 0})["total"]
            if found != number:
                text = f"number of rows: {_difference_text(found, number)}"
                yield Problem(package.name, f"{resource['name']}: {TABLE}", text)


def _file_problem(resource: Resource, found: Measurement) -> str | None:
    if found.status != 200:
        return f"a visitor gets the answer {found.status} instead of the file"
    if found.size != resource.size:
        return f"{found.size:,} bytes instead of {resource.size:,}"
    if found.sha256 != resource.sha256:
        return f"SHA-256 {found.sha256} instead of {resource.sha256}"
    desired = str(resource.metadata.get("mimetype", found.media_type))
    if resource.file is not None and found.media_type != desired.lower():
        return f"served as {found.media_type} instead of {desired}"
    return None
