"""What a visitor gets of each dataset of a release on a portal, and what of it is not as released.

Asked without a token: pages, files and search of one dataset at a time, several datasets at once, so that no more is in
memory than is being looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from rdflib import Graph

from st_opendata.dcat import fetch_dcat
from st_opendata.errors import InputError, RemoteError
from st_opendata.place import Place
from st_opendata.rdf.view import graph_view
from st_opendata.release import read_release
from st_opendata.targets.ckan.beside import beside
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.datastore import TABLE, look_at_tables
from st_opendata.targets.ckan.downloads import Fetched, Visitor
from st_opendata.targets.ckan.fields import schema_for
from st_opendata.targets.ckan.fingerprint import MARK, Shown, added_fields, agree, fields_of, mark_of
from st_opendata.targets.ckan.packages import Package, Resource, Site, described
from st_opendata.targets.ckan.plan import Wanted, compare, same_moment, wanted_of
from st_opendata.targets.ckan.preflight import Portal
from st_opendata.targets.ckan.views import expected_tables

_WORKERS = 4
_AHEAD = 2 * _WORKERS
"""Datasets that are asked for before the first of them is taken."""
WIDTH = 100
"""Characters shown of a value."""
_PAGE = 1000
"""Rows of one answer: CKAN gives no more (ckan.search.rows_max)."""
_LISTED = ["name", "metadata_modified"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not on the portal as it was released.

    `part` is a file, field or statement of the dataset, empty where the whole dataset is meant.
    """

    dataset: str
    part: str
    text: str


@dataclass(frozen=True, slots=True)
class Published:
    """Where a release was published and how: as `packages.Site` has it."""

    url: str
    iris: bool = False
    max_upload: int | None = None
    link_base: str | None = None


class Search:
    """What the portal's search lists for visitors, asked once for each organisation; for several threads."""

    def __init__(self, client: CkanClient) -> None:
        self._client = client
        self._listed: dict[str, dict[str, list[str]]] = {}
        self._asking = Lock()

    def moments(self, shown: Shown) -> list[str]:
        """When the dataset changed last, once for each time that it is listed in its organisation."""
        organization = str((shown.get("organization") or {}).get("name"))
        with self._asking:
            if organization not in self._listed:
                self._listed[organization] = self._list(organization)
        return self._listed[organization].get(str(shown["name"]), [])

    def _list(self, organization: str) -> dict[str, list[str]]:
        question = {"fq": f'organization:"{organization}"', "rows": _PAGE, "sort": "name asc, id asc", "fl": _LISTED}
        found: dict[str, list[str]] = {}
        total, start = 1, 0
        while start < total:
            answer = self._client.read("package_search", {**question, "start": start})
            total, start = int(answer["count"]), start + _PAGE
            for each in answer["results"]:
                found.setdefault(str(each["name"]), []).append(str(each["metadata_modified"]))
        return found


@dataclass(frozen=True, slots=True)
class Visit:
    """A portal and what ought to be there; `expected` is the graph of `described`."""

    client: CkanClient
    site: Site
    portal: Portal
    packages: tuple[Package, ...]
    expected: Graph
    base: str
    search: Search
    visitor: Visitor

    @property
    def files(self) -> int:
        """Number of files, linked ones included."""
        return sum(len(package.resources) for package in self.packages)


def prepare(client: CkanClient, release: Path, where: Published) -> Visit:
    """What ought to be on the portal.

    Raises:
        InputError, ConfigurationError, UsageError: as `packages` does.
        RemoteError: the portal is no CKAN, or does not answer.
    """
    status = client.read("status_show")
    if not isinstance(status, dict) or "ckan_version" not in status:
        raise RemoteError("what answers is not a CKAN: it states no version", place=Place(client.url))
    plugins = frozenset(map(str, status.get("extensions", ())))
    site = Site(
        url=client.url,
        organization="",
        schema=schema_for(plugins),
        language=str(status.get("locale_default") or "en").partition("_")[0],
        iris=where.iris,
        max_upload=where.max_upload,
        link_base=where.link_base,
    )
    made, expected = described(release, site)
    # Every field counts as one that the portal holds: what it dropped is to be seen.
    fields = {name: frozenset[str]() for package in made for name in package.metadata}
    portal = Portal(client.url, str(status["ckan_version"]), plugins, "", "", "", site.language, fields)
    base = read_release(release).base
    return Visit(client, site, portal, made, graph_view(expected), base, Search(client), Visitor())


@dataclass(frozen=True, slots=True)
class Seen:
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


def look(visit: Visit) -> Iterator[Seen]:
    """Every dataset in its order, several asked for at a time.

    Raises:
        RemoteError: the portal stopped answering.
    """
    running: deque[Future[Seen]] = deque()
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for package in visit.packages:
                running.append(pool.submit(_look_at, visit, package))
                if len(running) > _AHEAD:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # a portal that stopped answering is not asked for the rest


def _look_at(visit: Visit, package: Package) -> Seen:
    shown = _show(visit, package)
    if shown is None:
        other = _renamed(visit, package)
        text = f"it was renamed to {other}" if other else "it is not there, private or deleted"
        return Seen(package, (Problem(package.name, "", f"visitors do not see it: {text}"),))
    wanted = wanted_of(package, visit.portal, visit.base)
    problems = [*_dataset_problems(visit, wanted, shown), *_table_problems(visit, package, shown)]
    good, there = set(), {str(resource["id"]) for resource in shown["resources"]}
    ids = frozenset(resource.id for resource in package.resources)
    for resource in package.resources:
        if resource.id not in there:
            continue
        if wrong := _wrong(resource, visit.visitor.measure(resource.url)):
            problems.append(Problem(package.name, resource.file_name, wrong))
        else:
            good.add(resource.url)
    rdf = None
    if "dcat" in visit.portal.plugins:
        try:
            rdf = fetch_dcat(f"{visit.site.url}/dataset/{package.name}.ttl")
        except (RemoteError, InputError) as error:
            if isinstance(error, RemoteError) and not error.status:
                raise
            problems.append(Problem(package.name, "RDF", error.message))
    added = added_fields(shown, *fields_of(wanted.dataset))
    return Seen(package, tuple(problems), frozenset(good), rdf, added, ids - there, bool(there - ids))


def _renamed(visit: Visit, package: Package) -> str | None:
    """The name of the dataset that visitors see with a file of the package; None where there is none."""
    for resource in package.resources:
        try:
            found = visit.client.read("resource_show", {"id": resource.id})
            return str(visit.client.read("package_show", {"id": found["package_id"]})["name"])
        except RemoteError as error:
            if error.status not in (403, 404):
                raise
    return None


def _show(visit: Visit, package: Package) -> Shown | None:
    """The dataset as a visitor sees it; None where there is nothing to see."""
    try:
        shown: Shown = visit.client.read("package_show", {"id": package.name})
    except RemoteError as error:
        if error.status not in (403, 404):
            raise
        return None
    return shown


def _dataset_problems(visit: Visit, wanted: Wanted, shown: Shown) -> Iterator[Problem]:
    """What a visitor sees of the dataset and finds by searching otherwise than released."""
    package, mark = wanted.package, mark_of(shown)
    if mark is None:
        yield Problem(package.name, "mark", f"the extra {MARK} is gone, so publishing takes the dataset for edited")
    elif mark.writing:
        yield Problem(package.name, "dataset", "a write of it was cut off: publish again")
    moments = visit.search.moments(shown)
    if len(moments) != 1:
        yield Problem(package.name, "search", f"the portal's search lists it {len(moments)} times instead of once")
    elif not same_moment(moments[0], str(shown["metadata_modified"])) and not _found_as_shown(visit, shown):
        yield Problem(package.name, "search", "the portal's search shows another state of it than its page")
    for each in compare(shown, wanted):
        if each.field == "resource":
            text = "the file is not there" if each.before is None else "the file is there, but not in the release"
            yield Problem(package.name, str(each.resource), text)
        else:
            part = f"{each.resource}: {each.field}" if each.resource else each.field
            yield Problem(package.name, part, _instead(each.before, each.after))


def _instead(found: object, released: object) -> str:
    """What was released, and what is there instead."""
    before, after = beside(released, found, WIDTH)
    return f"{before} was released, {after} is there"


def _found_as_shown(visit: Visit, shown: Shown) -> bool:
    """Whether search has the same content, only dated otherwise, as `Surveyor` has it."""
    results = visit.client.read("package_search", {"fq": f'id:"{shown["id"]}"'})["results"]
    return len(results) == 1 and agree(results[0], shown)


def _table_problems(visit: Visit, package: Package, shown: Shown) -> Iterator[Problem]:
    """Tables of the DataStore, which visitors filter and programs query, that are not those of their files.

    Of those that the site loads by itself, whose types it guesses, the number of rows is compared.
    """
    names = {str(resource["id"]): str(resource["name"]) for resource in shown["resources"]}
    tables = {key: table for key, table in expected_tables(package.resources, visit.portal).items() if key in names}
    for identifier, each in look_at_tables(visit.client, tables, whole=True).items():
        what = each.field.removeprefix(f"{TABLE}, ")
        text = f"{what}: {_instead(each.before, each.after)}" if what != TABLE else "it is not there"
        yield Problem(package.name, f"{names[identifier]}: {TABLE}", text)
    rows = {each.id: each.rows for each in package.resources if each.id not in tables}
    for resource in shown["resources"]:
        number = rows.get(resource["id"])
        if resource.get("datastore_active") and number is not None:
            found = visit.client.read("datastore_search", {"resource_id": resource["id"], "limit": 0})["total"]
            if found != number:
                text = f"number of rows: {_instead(found, number)}"
                yield Problem(package.name, f"{resource['name']}: {TABLE}", text)


def _wrong(resource: Resource, found: Fetched) -> str | None:
    if found.status != 200:
        return f"a visitor gets the answer {found.status} instead of the file"
    if found.size != resource.size:
        return f"{found.size:,} bytes instead of {resource.size:,}"
    if found.sha256 != resource.sha256:
        return f"SHA-256 {found.sha256} instead of {resource.sha256}"
    wanted = str(resource.metadata.get("mimetype", found.media_type))
    if resource.file is not None and found.media_type != wanted.lower():
        return f"served as {found.media_type} instead of {wanted}"
    return None
