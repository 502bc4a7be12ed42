"""Is what visitors and harvesters get from a portal what was released? Asked without a token, file by file.

Files are fetched and measured, metadata read back through package_show and through ckanext-dcat's RDF, the exact
catalogue fetched as harvesters fetch it. Both descriptions are validated and scored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from st_opendata.catalogue import MAXIMUM, dataset_subgraph, fetch_dcat, score_graph
from st_opendata.errors import InputError, RemoteError
from st_opendata.formats import CSV
from st_opendata.model.findings import Finding, Severity, conforms
from st_opendata.model.text import pick
from st_opendata.namespaces import readable
from st_opendata.place import Place
from st_opendata.publish.client import CkanClient
from st_opendata.publish.content import Shown, agree, mark_of
from st_opendata.publish.fields import schema_for
from st_opendata.publish.packages import Package, Resource, Site, described
from st_opendata.publish.plan import compare, same_moment, wanted_of
from st_opendata.publish.preflight import Portal
from st_opendata.publish.statements import Difference, compare_statements, reason_for
from st_opendata.publish.visitor import Fetched, Visitor
from st_opendata.rdf import graph_of_lines
from st_opendata.release import read_release
from st_opendata.validation import validate_catalogue

_WORKERS = 4
_WIDTH = 100
_PAGE = 1000
"""Rows of one answer: CKAN gives no more (ckan.search.rows_max)."""
_LISTED = ["name", "metadata_modified"]
Progress = Callable[[str, float], None]
"""Told what begins and the fraction that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not on the portal as it was released.

    `part` is a file, field or statement of the dataset, empty where the whole dataset is meant.
    """

    dataset: str
    part: str
    text: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """A description as harvesters get it: what the DCAT-AP shapes find, and the points of each dataset by its IRI."""

    form: str
    findings: tuple[Finding, ...]
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found; `losses` are the statements that ckanext-dcat is known to lose or change, by reason."""

    portal: str
    datasets: int
    files: int
    size: int
    problems: tuple[Problem, ...]
    losses: Mapping[str, tuple[Difference, ...]]
    harvests: tuple[Harvest, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """Where a release was published and how: as `packages.Site` has it."""

    url: str
    iris: bool = False
    max_upload: int | None = None
    link_base: str | None = None


def verify_portal(release: Path, where: Published, *, told: Progress = lambda _text, _done: None) -> Verification:
    """Compare the portal with the release.

    Raises:
        InputError, ConfigurationError, UsageError: as `packages` does.
        RemoteError: the portal is no CKAN, or stopped answering.
    """
    client = CkanClient(where.url)
    try:
        visit = _look_at(client, release, where)
        told("datasets", 0.0)
        shown = {package.name: _show(visit, package) for package in visit.packages}
        listed = _listed(visit, shown.values())
        problems = {
            package.name: list(_dataset_problems(visit, package, shown[package.name], listed))
            for package in visit.packages
        }
    finally:
        client.close()
    there = [package for package in visit.packages if shown[package.name]]
    good: set[str] = set()
    for number, (package, resource, problem) in enumerate(_measured(there), 1):
        told("files", 0.1 + 0.6 * number / visit.files)
        if problem:
            problems[package.name].append(problem)
        else:
            good.add(resource.url)
    told("RDF", 0.7)
    own, losses = _compare_rdf(visit, there, problems)
    told("catalogue", 0.8)
    harvests = [_harvest("ckanext-dcat", own, good)] if own is not None else []
    catalogue = visit.packages[-1]
    if (url := catalogue.resources[0].url) in good:
        harvests.append(_harvest("catalogue", fetch_dcat(url), good))
        problems[catalogue.name] += _catalogue_problems(catalogue, harvests[-1])
    return Verification(
        portal=visit.site.url,
        datasets=len(visit.packages),
        files=visit.files,
        size=sum(each.size for package in visit.packages for each in package.resources),
        problems=tuple(problem for found in problems.values() for problem in found),
        losses=losses,
        harvests=tuple(harvests),
    )


@dataclass(frozen=True, slots=True)
class _Visit:
    """A portal and what ought to be there; `expected` is the graph of `described`."""

    client: CkanClient
    site: Site
    portal: Portal
    packages: tuple[Package, ...]
    expected: Graph
    base: str
    rows: Mapping[str, int]
    """Of each CSV file that was released, by the id of its resource."""

    @property
    def files(self) -> int:
        """Number of files, linked ones included."""
        return sum(len(package.resources) for package in self.packages)


def _look_at(client: CkanClient, release: Path, where: Published) -> _Visit:
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
    content = read_release(release)
    rows = {
        release / item.file.path: dataset.rows[item.table]
        for dataset in content.datasets
        for item in dataset.distributions
        if item.format == CSV and item.table
    }
    files = {each.file: each.id for package in made for each in package.resources if isinstance(each.file, Path)}
    by_id = {files[path]: number for path, number in rows.items() if path in files}
    return _Visit(client, site, portal, made, graph_of_lines([expected.lines()]), content.base, by_id)


def _show(visit: _Visit, package: Package) -> Shown | None:
    """The dataset as a visitor sees it; None where there is nothing to see."""
    try:
        shown: Shown = visit.client.read("package_show", {"id": package.name})
    except RemoteError as error:
        if error.status not in (403, 404):
            raise
        return None
    return shown


def _listed(visit: _Visit, shown: Iterable[Shown | None]) -> dict[str, list[str]]:
    """What a visitor's search lists in the organisations of these datasets: the moments of the last change, by name."""
    found: dict[str, list[str]] = {}
    for organization in sorted({str((each.get("organization") or {}).get("name")) for each in shown if each}):
        question = {"fq": f'organization:"{organization}"', "rows": _PAGE, "sort": "name asc, id asc", "fl": _LISTED}
        total, start = 1, 0
        while start < total:
            answer = visit.client.read("package_search", {**question, "start": start})
            total, start = int(answer["count"]), start + _PAGE
            for each in answer["results"]:
                found.setdefault(str(each["name"]), []).append(str(each["metadata_modified"]))
    return found


def _dataset_problems(
    visit: _Visit, package: Package, shown: Shown | None, listed: Mapping[str, list[str]]
) -> Iterator[Problem]:
    """What a visitor sees of the dataset and finds by searching otherwise than released."""
    if shown is None:
        yield Problem(package.name, "", "visitors do not see it: it is not there, private or deleted")
        return
    if (mark := mark_of(shown)) and mark.writing:
        yield Problem(package.name, "dataset", "a write of it was cut off: publish again")
    moments = listed.get(package.name, [])
    if len(moments) != 1:
        yield Problem(package.name, "search", f"the portal's search lists it {len(moments)} times instead of once")
    elif not same_moment(moments[0], str(shown["metadata_modified"])) and not _found_as_shown(visit, shown):
        yield Problem(package.name, "search", "the portal's search shows another state of it than its page")
    for each in compare(shown, wanted_of(package, visit.portal, visit.base)):
        part = f"{each.resource}: {each.field}" if each.resource else each.field
        yield Problem(package.name, part, f"{_short(each.after)} was released, {_short(each.before)} is there")
    yield from _table_problems(visit, package, shown)


def _found_as_shown(visit: _Visit, shown: Shown) -> bool:
    """Whether search has the same content, only dated otherwise, as `Surveyor` has it."""
    results = visit.client.read("package_search", {"fq": f'id:"{shown["id"]}"'})["results"]
    return len(results) == 1 and agree(results[0], shown)


def _table_problems(visit: _Visit, package: Package, shown: Shown) -> Iterator[Problem]:
    """Tables of the DataStore, which visitors filter and programs query, that have not as many rows as their file."""
    for resource in shown["resources"]:
        if resource.get("datastore_active") and resource["id"] in visit.rows:
            found = visit.client.read("datastore_search", {"resource_id": resource["id"], "limit": 0})
            if found["total"] != visit.rows[resource["id"]]:
                text = (
                    f"{visit.rows[resource['id']]:,} rows were released, its table on the portal has {found['total']:,}"
                )
                yield Problem(package.name, f"{resource['name']}: table", text)


def _measured(packages: Iterable[Package]) -> Iterator[tuple[Package, Resource, Problem | None]]:
    """Every file with what is wrong with it, in order; several are fetched at a time. Raises RemoteError."""
    visitor = Visitor()
    todo = [(package, resource) for package in packages for resource in package.resources]
    with ThreadPoolExecutor(_WORKERS) as pool:
        fetched = [pool.submit(visitor.measure, resource.url) for _, resource in todo]
        try:
            for (package, resource), future in zip(todo, fetched, strict=True):
                wrong = _wrong(resource, future.result())
                yield package, resource, Problem(package.name, resource.file_name, wrong) if wrong else None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # a portal that stopped answering is not asked for the rest


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


def _compare_rdf(
    visit: _Visit, there: Iterable[Package], problems: Mapping[str, list[Problem]]
) -> tuple[Graph | None, dict[str, tuple[Difference, ...]]]:
    """What the portal's RDF says of all datasets, and its known losses by reason; surprises are added to the problems.

    None where the portal has no RDF of its own (ckanext-dcat).
    """
    if "dcat" not in visit.portal.plugins:
        return None, {}
    harvested, losses = Graph(), dict[str, list[Difference]]()
    for package in there:
        try:
            found = fetch_dcat(f"{visit.site.url}/dataset/{package.name}.ttl")
        except (RemoteError, InputError) as error:
            if isinstance(error, RemoteError) and not error.status:
                raise
            problems[package.name].append(Problem(package.name, "RDF", error.message))
            continue
        harvested += _with_own_blank_nodes(found, package.name)
        for difference in compare_statements(dataset_subgraph(visit.expected, URIRef(package.iri)), found):
            if reason := reason_for(difference, visit.site.schema):
                losses.setdefault(reason, []).append(difference)
            else:
                problems[package.name].append(_surprise(package, difference))
    return harvested, {reason: tuple(found) for reason, found in losses.items()}


def _surprise(package: Package, difference: Difference) -> Problem:
    """A statement that the portal's RDF loses or changes, and nobody knew."""
    before = f"{_short(difference.before)} was released" if difference.before else "nothing was released"
    after = f"its RDF says {_short(difference.after)}" if difference.after else "its RDF does not say so"
    return Problem(package.name, f"<{difference.subject}> {readable(difference.property)}", f"{before}, {after}")


def _with_own_blank_nodes(graph: Graph, name: str) -> Graph:
    """The graph with labels of blank nodes that no other has, so that graphs can be put together."""

    def own(node: Node) -> Node:
        return BNode(f"{name}-{node}") if isinstance(node, BNode) else node

    renamed = Graph()
    for subject, predicate, value in graph:
        renamed.add((own(subject), predicate, own(value)))
    return renamed


def _harvest(form: str, graph: Graph, good: Container[str]) -> Harvest:
    """Validate and score a description; a URL answers when its file came as released."""
    findings = validate_catalogue(graph)
    whole = conforms(findings)  # then each dataset does, whose description is a part of it
    scores = score_graph(
        graph, answers=good.__contains__, conforms=lambda dataset: whole or conforms(validate_catalogue(dataset))
    )
    return Harvest(form, tuple(findings), {score.dataset: score.points for score in scores})


def _catalogue_problems(catalogue: Package, harvest: Harvest) -> Iterator[Problem]:
    """The exact catalogue has to be valid and to score in full."""
    for finding in harvest.findings:
        if finding.severity is Severity.VIOLATION:
            yield Problem(catalogue.name, f"{finding.focus} {finding.path}", pick(finding.message, "en"))
    for dataset, points in harvest.points.items():
        if points < MAXIMUM:
            yield Problem(catalogue.name, f"<{dataset}>", f"{points} of {MAXIMUM} points as harvesters get it")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
