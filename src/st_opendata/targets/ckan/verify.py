"""Comparing a portal, as visitors and harvesters see it, with the release: without a token, dataset by dataset.

Files are downloaded and measured, metadata read back through package_show and through ckanext-dcat's RDF, tables of the
DataStore compared with their files. Both forms that harvesters get, that RDF and the exact catalogue, are validated and
scored; the results are reported and are not problems, since a release itself may score less than the maximum. Only the
data of the report are kept of each dataset.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import RDF, Graph, URIRef
from rdflib.term import Node

from st_opendata.dcat import MAXIMUM, catalogue_subgraph, dataset_subgraph, score_dataset
from st_opendata.dcat.terms import DCAT
from st_opendata.messages.message import Message, counted, message
from st_opendata.model.findings import Severity, conforms
from st_opendata.namespaces import readable
from st_opendata.rdf.statements import parse_statements
from st_opendata.rdf.view import graph_view
from st_opendata.shacl import validate_catalogue
from st_opendata.targets.base import Action, Problem, Progress, Verification
from st_opendata.targets.ckan.audit import WIDTH, Audit, DatasetAudit, audit_datasets, prepare_audit
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.downloads import Downloader
from st_opendata.targets.ckan.packages import Package, resource_id
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.statements import (
    Alteration,
    StatementDifference,
    compare_statements,
    reason_for,
    without_nodes,
)
from st_opendata.targets.ckan.summary import visibility_notes
from st_opendata.targets.excerpts import excerpts

_FORMS = {
    "ckanext-dcat": message("Harvested from the portal's own RDF: {harvest}."),
    "catalogue": message("Harvested from the published catalogue: {harvest}."),
}


_OWN_KEY = message("the page has the keys of profiles, but ckanext-dcat does not read them")
_OWN_FIELD = message("a field of the portal's own schema holds it in another form than ckanext-dcat reads")
_OTHER_DATASET = message("ckanext-dcat names other datasets and does not describe them")


@dataclass(slots=True)
class Harvest:
    """A description as harvesters get it: findings of the DCAT-AP shapes, and the points of each dataset by its IRI.

    Each dataset is validated by itself, so that nodes which several share count once for each of them.
    """

    form: str
    violations: int = 0
    warnings: int = 0
    points: dict[str, int] = field(default_factory=dict)

    def add(self, graph: Graph, dataset: Node | None, good: Container[str]) -> None:
        """Add the statements about a dataset, or those about no dataset. A URL answers when it is `good`."""
        findings = validate_catalogue(graph)
        self.violations += sum(each.severity is Severity.VIOLATION for each in findings)
        self.warnings += sum(each.severity is Severity.WARNING for each in findings)
        if dataset is not None:
            score = score_dataset(graph, dataset, answers=good.__contains__, conforming=conforms(findings))
            self.points[score.dataset] = score.points

    def summary(self) -> Message:
        """`valid by the DCAT-AP shapes, 405 of 405 points for 10 datasets`."""
        summary = _validity(self.violations)
        scores = sorted(Counter(self.points.values()).items(), reverse=True)
        for part in [_scored(points, number) for points, number in scores] or [message("no dataset")]:
            summary = Message("{summary}, {part}", {"summary": summary, "part": part})
        return summary


def _validity(violations: int) -> Message:
    if not violations:
        return message("valid by the DCAT-AP shapes")
    return counted(
        "{digits} violation by the DCAT-AP shapes",
        "{digits} violations by the DCAT-AP shapes",
        number="count",
        count=violations,
        digits=f"{violations:,}",
    )


def _scored(points: int, datasets: int) -> Message:
    return counted(
        "{points} of {most} points for {digits} dataset",
        "{points} of {most} points for {digits} datasets",
        number="count",
        count=datasets,
        digits=f"{datasets:,}",
        points=points,
        most=MAXIMUM,
    )


def _harvest_catalogue(graph: Graph, good: Container[str]) -> Harvest:
    """The harvest of a whole catalogue, dataset by dataset."""
    harvest = Harvest("catalogue")
    for dataset in (None, *sorted(graph.subjects(RDF.type, DCAT.Dataset), key=str)):
        part = catalogue_subgraph(graph) if dataset is None else dataset_subgraph(graph, dataset)
        harvest.add(part, dataset, good)
    return harvest


@dataclass(slots=True)
class _Losses:
    """Statements that ckanext-dcat is known to lose or change: numbers by reason, and if `detailed` all of them."""

    detailed: bool
    numbers: Counter[str] = field(default_factory=Counter)
    statements: dict[str, list[StatementDifference]] = field(default_factory=dict)
    reasons: dict[str, Message] = field(default_factory=dict)
    """The reasons by their English texts, which are the keys of the other mappings."""

    def add(self, reason: Message, difference: StatementDifference) -> None:
        """Count one statement."""
        key = str(reason)
        self.reasons[key] = reason
        self.numbers[key] += 1
        if self.detailed:
            self.statements.setdefault(key, []).append(difference)

    def lines(self) -> Iterator[Message]:
        """The number of statements for each reason, the highest first."""
        if self.numbers:
            yield message("The portal's own RDF differs in these known ways:")
        for key, number in sorted(self.numbers.items(), key=lambda item: (-item[1], item[0])):
            yield Message("  {number}  {reason}", {"number": f"{number:6,}", "reason": self.reasons[key]})


def verify_site(
    client: CkanClient,
    downloader: Downloader,
    release: Path,
    site: Site,
    on_progress: Progress,
    *,
    detailed: bool = False,
) -> Verification:
    """Compare the site with the release, by clients without token; `detailed` names each statement that is lost.

    Raises:
        InputError, ConfigurationError, UsageError: as `packages` does.
        RemoteError: the portal stopped answering.
    """
    audit = prepare_audit(client, downloader, release, site)
    found: dict[str, list[Problem]] = {package.name: [] for package in audit.packages}
    losses, good = _Losses(detailed), set[str]()
    own = Harvest("ckanext-dcat")
    for number, each in enumerate(audit_datasets(audit), 1):
        on_progress("datasets", 0.75 * number / len(audit.packages))
        found[each.package.name] += each.problems
        good |= each.good
        if each.rdf is not None:
            own.add(each.rdf, URIRef(each.package.iri), each.good)
            for reason, difference in _differences(audit, each, each.rdf):
                if reason is None:
                    found[each.package.name].append(_unknown_loss(each.package, difference))
                else:
                    losses.add(reason, difference)
    on_progress("catalogue", 0.75)
    for change in audit.settled.values():
        same = change.action == Action.UNCHANGED
        found[change.name] = [] if same else [Problem(change.name, "", change.reason)]
    harvests = [own] if audit.packages and "dcat" in audit.site.plugins else []
    catalogue = next(reversed(audit.packages), None)
    if catalogue and catalogue.resources[0].url in good:
        # It equals the release's byte by byte: so do its findings and points, except for files that do not answer.
        harvests.append(_harvest_catalogue(_read_served(catalogue), good))
    return Verification(
        url=audit.site.url,
        datasets=len(audit.packages) + len(audit.settled),
        files=audit.files,
        size=sum(each.size for package in audit.packages for each in audit.seen(package)),
        problems=tuple(problem for each in found.values() for problem in each),
        notes=(
            *visibility_notes(audit.packages),
            *losses.lines(),
            *(replace(_FORMS[each.form], fields={"harvest": each.summary()}) for each in harvests),
        ),
        details=_details(audit.site, losses, harvests),
    )


def _details(site: Site, losses: _Losses, harvests: list[Harvest]) -> dict[str, object]:
    return {
        "portal": site.url,
        "losses": [
            {
                "reason": reason,
                "statements": [
                    {
                        "change": str(each.change),
                        "subject": each.subject,
                        "property": each.property,
                        "before": each.before,
                        "after": each.after if each.after is None else str(each.after),
                    }
                    for each in found
                ],
            }
            for reason, found in losses.statements.items()
        ],
        "harvested": [
            {"form": each.form, "violations": each.violations, "warnings": each.warnings, "points": each.points}
            for each in harvests
        ],
    }


def _read_served(catalogue: Package) -> Graph:
    """The exact catalogue from its file, which visitors get byte by byte."""
    file = catalogue.resources[0]
    with file.open() as content:
        return graph_view(parse_statements(content.read(), file.file_name))


def _differences(
    audit: Audit, found_dataset: DatasetAudit, rdf: Graph
) -> Iterator[tuple[Message | None, StatementDifference]]:
    """Differences between the portal's RDF about a dataset and the release, each with its reason if that is known.

    Missing and added files are left out: they are reported as separate problems.
    """
    iri = URIRef(found_dataset.package.iri)
    expected = dataset_subgraph(audit.expected, iri)
    stated, served = ({*graph.objects(iri, DCAT.distribution)} for graph in (expected, rdf))
    expected = without_nodes(expected, [each for each in stated if resource_id(str(each)) in found_dataset.missing])
    if found_dataset.more:
        rdf = without_nodes(rdf, served - stated)
    kept = message(
        "people added values on the portal that the release does not state: {fields}",
        fields=", ".join(found_dataset.added),
    )
    altered = audit.fields.altered
    nodes = {str(node) for graph in (expected, rdf) for name in altered for node in graph.objects(None, URIRef(name))}
    keys = audit.fields.of_profiles
    led = {str(node) for name in keys for node in expected.objects(None, URIRef(name))}
    others = set(map(str, expected.subjects(RDF.type, DCAT.Dataset))) - {str(iri)}
    for difference in compare_statements(expected, rdf):
        reason = reason_for(difference, audit.fields.name)
        if difference.subject in others and difference.change is Alteration.LOST:
            reason = reason or _OTHER_DATASET
        if difference.property in altered or difference.subject in nodes:
            reason = reason or _OWN_FIELD
        if difference.change is Alteration.LOST and (difference.property in keys or difference.subject in led):
            reason = reason or _OWN_KEY
        if found_dataset.added and difference.change in (Alteration.ADDED, Alteration.SUPPLIED):
            reason = reason or kept
        yield reason, difference


def _unknown_loss(package: Package, difference: StatementDifference) -> Problem:
    """A statement that the portal's RDF loses or changes for no known reason."""
    before, after = excerpts(difference.before, difference.after, WIDTH)
    text = (
        message("{before} was released, its RDF says {after}", before=before, after=after)
        if difference.after
        else message("{before} was released, its RDF does not say so", before=before)
    )
    return Problem(package.name, f"<{difference.subject}> {readable(difference.property)}", text)
