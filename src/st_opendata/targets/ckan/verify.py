"""Is what visitors and harvesters get from a portal what was released? Asked without a token, dataset by dataset.

Files are fetched and measured, metadata read back through package_show and through ckanext-dcat's RDF, tables of the
DataStore compared with their files. Both forms that harvesters get, that RDF and the exact catalogue, are validated and
scored, which is told and no difference: a release may score less than the maximum itself. Of each dataset no more is
kept than what is to be told of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, URIRef

from st_opendata.dcat import dataset_subgraph
from st_opendata.dcat.terms import DCAT
from st_opendata.namespaces import readable
from st_opendata.rdf.statements import parse_statements
from st_opendata.rdf.view import graph_view
from st_opendata.targets.ckan.audit import WIDTH, Problem, Published, Seen, Visit, look, prepare
from st_opendata.targets.ckan.beside import beside
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.harvest import Harvest, harvest_catalogue
from st_opendata.targets.ckan.packages import Package, resource_id
from st_opendata.targets.ckan.statements import Change, Difference, compare_statements, reason_for, without_nodes

Progress = Callable[[str, float], None]
"""Told what begins and the fraction that is done, 0 to 1."""
Lost = Callable[[str, Difference], None]
"""Told of each statement that is known to be lost or changed, and why."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found; `losses` counts the statements that ckanext-dcat is known to lose or change, by reason."""

    portal: str
    datasets: int
    files: int
    size: int
    problems: tuple[Problem, ...]
    losses: Mapping[str, int]
    harvests: tuple[Harvest, ...]


def verify_portal(
    release: Path,
    where: Published,
    *,
    told: Progress = lambda _text, _done: None,
    lost: Lost = lambda _reason, _difference: None,
) -> Verification:
    """Compare the portal with the release.

    Raises:
        InputError, ConfigurationError, UsageError: as `packages` does.
        RemoteError: the portal is no CKAN, or stopped answering.
    """
    with closing(CkanClient(where.url)) as client:
        visit = prepare(client, release, where)
        found: dict[str, list[Problem]] = {package.name: [] for package in visit.packages}
        losses, good = Counter[str](), set[str]()
        own = Harvest("ckanext-dcat")
        for number, seen in enumerate(look(visit), 1):
            told("datasets", 0.75 * number / len(visit.packages))
            found[seen.package.name] += seen.problems
            good |= seen.good
            if seen.rdf is not None:
                own.add(seen.rdf, URIRef(seen.package.iri), seen.good)
                for reason, difference in _differences(visit, seen, seen.rdf):
                    if reason is None:
                        found[seen.package.name].append(_surprise(seen.package, difference))
                    else:
                        losses[reason] += 1
                        lost(reason, difference)
    told("catalogue", 0.75)
    harvests = [own] if "dcat" in visit.portal.plugins else []
    catalogue = visit.packages[-1]
    if catalogue.resources[0].url in good:
        # Byte by byte what was released: its findings and points are the release's, but for files that do not answer.
        harvests.append(harvest_catalogue(_served(catalogue), good))
    return Verification(
        portal=visit.site.url,
        datasets=len(visit.packages),
        files=visit.files,
        size=sum(each.size for package in visit.packages for each in package.resources),
        problems=tuple(problem for each in found.values() for problem in each),
        losses=losses,
        harvests=tuple(harvests),
    )


def _served(catalogue: Package) -> Graph:
    """The exact catalogue, as the file says it that visitors were found to get byte by byte."""
    file = catalogue.resources[0]
    with file.open() as content:
        return graph_view(parse_statements(content.read(), file.file_name))


def _differences(visit: Visit, seen: Seen, rdf: Graph) -> Iterator[tuple[str | None, Difference]]:
    """What the portal's RDF says of a dataset otherwise than released, with the reason where it is known.

    Nothing is said of files that are not there or that were added, which is told of the files themselves.
    """
    iri = URIRef(seen.package.iri)
    expected = dataset_subgraph(visit.expected, iri)
    stated, served = ({*graph.objects(iri, DCAT.distribution)} for graph in (expected, rdf))
    expected = without_nodes(expected, [each for each in stated if resource_id(str(each)) in seen.missing])
    if seen.more:
        rdf = without_nodes(rdf, served - stated)
    kept = f"people added on the portal what the release does not state: {', '.join(seen.added)}"
    for difference in compare_statements(expected, rdf):
        reason = reason_for(difference, visit.site.schema)
        if seen.added and difference.change in (Change.ADDED, Change.SUPPLIED):
            reason = reason or kept
        yield reason, difference


def _surprise(package: Package, difference: Difference) -> Problem:
    """A statement that the portal's RDF loses or changes, and nobody knew."""
    before, after = beside(difference.before, difference.after, WIDTH)
    rdf = f"its RDF says {after}" if difference.after else "its RDF does not say so"
    text = f"{before} was released, {rdf}"
    return Problem(package.name, f"<{difference.subject}> {readable(difference.property)}", text)
