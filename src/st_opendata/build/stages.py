"""The stages of a build: read, map, validate, export, describe, score, exchange."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from st_opendata import __version__
from st_opendata.build.background import Background, find_background
from st_opendata.build.description import description_findings, expected_description, identity
from st_opendata.build.files import carried_inputs, carry_files, fetched_findings, file_findings, schema_findings
from st_opendata.build.job import Job, Outcome
from st_opendata.build.portals import portal_keys, released_targets
from st_opendata.build.progress import STAGE, Steps
from st_opendata.build.reuse import Reuse
from st_opendata.build.rules import profile_findings
from st_opendata.build.unchanged import read_earlier
from st_opendata.build.writing import plan_files, write_files
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.fetched import FETCHED
from st_opendata.catalogue.pulled import PULLED_FILE, read_pulled
from st_opendata.catalogue.story import carry_story, read_story
from st_opendata.catalogue.validate import language_findings
from st_opendata.dcat import Counts, ReleaseFiles, Score, count_facts, write_catalogue, write_crate
from st_opendata.dcat.quality.scoring import score_served
from st_opendata.dcat.resources import released_links
from st_opendata.exports import impossible_findings, size_findings
from st_opendata.facts import MAPPING, FactBase, FactReader, load_facts
from st_opendata.messages.message import message
from st_opendata.model.descriptions import Catalogue, Terms
from st_opendata.model.findings import Finding, Severity, conforms
from st_opendata.model.release import DatasetRelease, Distribution, FactFolder, File, Picture, Release
from st_opendata.model.tables import Table
from st_opendata.rdf.view import graph_view
from st_opendata.release import list_files, new_release, write_manifest
from st_opendata.release.layout import REPORT, REPORT_GRAPH
from st_opendata.settings import Settings
from st_opendata.shacl import report_json, report_turtle, validate_catalogue, validate_facts
from st_opendata.sparql.store import load_files

Distributions = Mapping[str, tuple[Distribution, ...]]
_READING, _MAPPING, _VALIDATING, _WRITING = 0.03, 0.06, 0.03, 0.5
"""The time of these stages for a byte of a table, as `progress` measures time."""
_DESCRIBING = 2_000_000
"""The time after the writing."""


def check_catalogue(job: Job) -> Outcome:
    """Read and map the tables and validate the facts.

    Raises:
        ConfigurationError, InputError: the description, ontology or shapes are wrong, or a file cannot be read.
    """
    with _checked(job, Steps(job)) as (_, _, outcome):
        return outcome


def build_release(job: Job, output: Path) -> tuple[Outcome, Mapping[str, Any]]:
    """Check the catalogue and, if it conforms, put a release of it in place of `output`, whole or not at all.

    Returns the outcome, and the parts of the release for the cache.

    Raises:
        ConfigurationError, InputError: as `check_catalogue`; or `output` cannot take a release.
        OSError: the disk is full, or a folder must not be written to.
    """
    steps = Steps(job)
    # The output is claimed first, so that an error about it comes before the work.
    with new_release(output) as draft, _checked(job, steps, writes=True) as (facts, background, checked):
        if not checked.conforms:
            return checked, {}
        pulled = read_pulled(job.folder)
        background.copy_into(draft.folder)
        reuse = Reuse(facts, draft.folder, None if job.fresh else read_earlier(draft.target))
        described = _describe(reuse, background, job.settings, steps)
        known = {identity(each) for each in checked.findings}
        described = replace(described, findings=tuple(x for x in described.findings if identity(x) not in known))
        violations = tuple(each for each in described.findings if each.severity is Severity.VIOLATION)
        advice = len(described.findings) - len(violations)
        outcome = replace(checked, findings=(*checked.findings, *violations), advice=advice)
        if not outcome.conforms:
            return outcome, {}
        findings = (*checked.findings, *described.findings)
        (draft.folder / REPORT).write_text(report_json(findings), "utf-8", newline="\n")
        (draft.folder / REPORT_GRAPH).write_text(report_turtle(findings), "utf-8", newline="\n")
        story = _carry_story(job.folder, draft.folder, facts.catalogue, steps)
        write_crate(facts.catalogue, described.distributions, draft.folder)
        inputs = (*_inputs(job.folder, facts.catalogue, described.carried), *background.inputs(), *story)
        release = _release(facts, described, inputs, job.settings, list_files(draft.folder, described.files))
        write_manifest(replace(release, pulled=pulled), draft.folder)
        steps(message("Putting the release in place"))
        draft.commit()
    parts = reuse.record(release, described.distributions, described.counts)
    return replace(outcome, release=release, reused=len(reuse.datasets)), parts


@contextmanager
def _checked(job: Job, steps: Steps, *, writes: bool = False) -> Iterator[tuple[FactBase, Background, Outcome]]:
    """The facts, the rules and terms for their release, and the findings."""
    steps(message("Reading the descriptions"))
    catalogue = read_catalogue(job.folder, site=job.site)
    background = find_background(catalogue)
    tables = [table for dataset in catalogue.datasets for table in dataset.tables]
    read_story(job.folder)  # its problems are reported before the tables are read
    sizes = _sizes(job.folder, tables)
    size = sum(sizes.get(table.file, 0) for table in tables)
    left = 3 * STAGE + (_READING + _MAPPING + _VALIDATING) * size
    steps.expect(left + _WRITING * size + _DESCRIBING if writes else left)
    ontology, shapes = background.ontology(), background.shapes(catalogue.language)
    with _load(catalogue, job.settings, sizes, steps) as facts:
        twice = {each.id for each in catalogue.datasets if each.editions}  # their tables are those of an edition
        of_tables = [each for each in facts.findings if each.dataset not in twice]
        findings = [*shapes.notices, *language_findings(catalogue), *file_findings(catalogue)]
        findings += [*fetched_findings(catalogue), *schema_findings(catalogue), *of_tables]
        if shapes_checked := conforms(findings):
            steps(message("Validating the facts"), STAGE + _VALIDATING * size)
            findings += profile_findings(facts, background.profiles)
            if background.description:
                expected = expected_description(catalogue)
                findings += description_findings(catalogue, expected, background, job.settings)
            findings += validate_facts(facts, shapes, ontology, job.settings.max_findings)
            if conforms(findings):
                findings += [each for dataset in catalogue.datasets for each in impossible_findings(facts, dataset)]
                findings += size_findings(facts)
        yield (
            facts,
            background.used(facts, shapes),
            Outcome(
                findings=tuple(background.relocate(findings)),
                shapes_checked=shapes_checked,
                tables=len(tables),
                rows=sum(facts.rows(table.name) for table in tables) if shapes_checked else 0,
                triples=facts.triples() if shapes_checked else 0,
                samples=tuple(facts.samples(job.sample)) if job.sample else (),
            ),
        )


def _sizes(folder: Path, tables: Iterable[Table]) -> dict[str, float]:
    """The bytes of a table of each file; a file that cannot be read is a finding later."""
    sizes = {}
    for file, count in Counter(table.file for table in tables).items():  # a workbook may hold several
        with suppress(OSError):
            sizes[file] = (folder / file).stat().st_size / count
    return sizes


def _load(catalogue: Catalogue, settings: Settings, sizes: Mapping[str, float], steps: Steps) -> FactBase:
    def report(name: str) -> None:
        if name == MAPPING:
            size = sum(sizes.get(table.file, 0) for dataset in catalogue.datasets for table in dataset.tables)
            steps(message("Mapping the facts"), STAGE + _MAPPING * size)
        else:
            steps(message("Reading {file}", file=name), _READING * sizes.get(name, 0))

    return load_facts(
        catalogue,
        on_progress=report,
        memory=settings.memory,
        threads=settings.threads,
        limit=settings.max_findings,
    )


@dataclass(frozen=True, slots=True)
class _Description:
    """The description of the datasets in the catalogue of a release, and findings on it."""

    distributions: Distributions
    carried: Distributions
    """The files of the publisher among them."""
    pictures: Mapping[str, Picture]
    counts: Mapping[str | None, Counts]
    scores: dict[str, Score]
    findings: tuple[Finding, ...]
    facts: FactFolder
    files: tuple[File, ...]
    """The files so far, none of which changes any more."""


def _describe(reuse: Reuse, background: Background, settings: Settings, steps: Steps) -> _Description:
    """Write the facts, the distributions, the dumps and the catalogue; validate and score the catalogue."""
    facts, folder = reuse.facts, reuse.draft
    catalogue = facts.catalogue
    plan = plan_files(reuse)
    steps(message("Writing the facts"), 0)
    steps.expect(sum(task.cost for task in plan.tasks) / settings.threads + _DESCRIBING)
    written = write_files(
        plan,
        facts,
        settings.threads,
        lambda task: steps.tell(task.stage),
        lambda task: steps.count(task.cost / settings.threads),
    )
    steps.tell(message("Copying the files of the datasets"))
    carried = carry_files(catalogue, folder)
    distributions = {dataset: (*files, *carried[dataset]) for dataset, files in written.distributions.items()}
    pictures, dumps = written.pictures, written.dumps
    steps(message("Describing the catalogue"), _DESCRIBING / 2)
    counts = reuse.take_counts()
    if counts is None:
        with FactReader(folder, written.facts, memory=settings.memory, threads=settings.threads) as reader:
            counts = count_facts(reader, distributions)
    statements = write_catalogue(catalogue, ReleaseFiles(distributions, pictures, dumps, counts), folder)
    steps(message("Validating and scoring the catalogue"), _DESCRIBING / 2)
    findings = validate_catalogue(statements, settings)
    findings += background.relocate(description_findings(catalogue, statements, background, settings))
    known = [each.file for files in distributions.values() for each in files]
    known += [*reuse.files.values(), *(picture.file for picture in pictures.values()), *dumps]
    files = list_files(folder, known)
    scores = score_served(graph_view(statements), catalogue.site, files, conforming=conforms(findings))
    by_iri = {score.dataset: score for score in scores}
    return _Description(
        distributions,
        carried,
        pictures,
        counts,
        {dataset: by_iri[catalogue.dataset_iri(dataset)] for dataset in distributions},
        tuple(findings),
        written.facts,
        files,
    )


def _carry_story(folder: Path, draft: Path, catalogue: Catalogue, steps: Steps) -> tuple[File, ...]:
    """The story of the catalogue, if it has one; its queries are answered from the files that are already written."""
    story = read_story(folder)
    if story is None:
        return ()
    steps(message("Answering the queries of the story"))
    store = load_files(draft, catalogue.id, catalogue.base, [dataset.id for dataset in catalogue.datasets])
    return carry_story(story, folder, draft, store)


def _release(
    facts: FactBase,
    described: _Description,
    inputs: tuple[File, ...],
    settings: Settings,
    files: tuple[File, ...],
) -> Release:
    catalogue = facts.catalogue
    return Release(
        tool=f"st-opendata {__version__}",
        catalogue=catalogue.id,
        base=catalogue.base,
        site=catalogue.site,
        title=catalogue.title,
        created=settings.instant or _last_change(catalogue),
        triples=facts.triples(),
        datasets=tuple(
            DatasetRelease(
                id=dataset.id,
                iri=catalogue.dataset_iri(dataset.id),
                title=dataset.title,
                rows={table.stem: facts.rows(table.name) for table in dataset.tables},
                triples=described.counts[dataset.id].triples,
                points=described.scores[dataset.id].points,
                distributions=described.distributions[dataset.id],
                picture=picture.file if (picture := described.pictures.get(dataset.id)) else None,
                links=released_links(catalogue, dataset),
                markdown=dataset.markdown,
            )
            for dataset in catalogue.datasets
        ),
        inputs=inputs,
        files=files,
        prefixes=catalogue.prefixes,
        facts=described.facts,
        targets=released_targets(catalogue),
        keys=portal_keys(catalogue),
    )


def _last_change(catalogue: Catalogue) -> str:
    """The latest date that the descriptions state, as an instant; that of the Unix epoch where they state none."""
    terms: tuple[Terms, ...] = (catalogue, *catalogue.datasets)
    days = [day for each in terms for day in (each.issued, each.modified) if day]
    return f"{max(days, default=date(1970, 1, 1))}T00:00:00Z"


def _inputs(folder: Path, catalogue: Catalogue, carried: Distributions) -> Iterator[File]:
    """Descriptions, tables and other files, by their path in the catalogue."""
    yield File.of(folder, "catalogue.yaml")
    if (folder / PULLED_FILE).is_file():
        yield File.of(folder, PULLED_FILE)
    for dataset in catalogue.datasets:
        yield File.of(folder, f"{dataset.id}/dataset.yaml")
        if (folder / dataset.id / FETCHED).exists():
            yield File.of(folder, f"{dataset.id}/{FETCHED}")
        for schema in dict.fromkeys(table.schema for table in dataset.tables if table.schema):
            yield File.of(folder, schema)
        files = {file.path: file for file in carried_inputs(carried, dataset)}
        for file in dict.fromkeys(table.file for table in dataset.tables):  # a workbook may hold several
            files.setdefault(file, File.of(folder, file))
        yield from files.values()
