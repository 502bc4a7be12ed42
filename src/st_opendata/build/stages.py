"""The stages of a build: read, map, validate, export, describe, score, exchange."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from st_opendata import __version__
from st_opendata.build.background import Background, find_background
from st_opendata.build.job import Job, Outcome
from st_opendata.build.reuse import Reuse
from st_opendata.build.rules import profile_findings
from st_opendata.build.unchanged import read_earlier
from st_opendata.build.writing import plan_files, write_files
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.story import carry_story, read_story
from st_opendata.catalogue.validate import language_findings
from st_opendata.dcat import Counts, ReleaseFiles, Score, count_facts, write_catalogue, write_crate
from st_opendata.dcat.quality.scoring import score_served
from st_opendata.exports import impossible_findings, size_findings
from st_opendata.facts import MAPPING, FactBase, FactReader, load_facts
from st_opendata.messages.message import Message, message
from st_opendata.model.descriptions import Catalogue, Terms
from st_opendata.model.findings import Finding, Severity, conforms
from st_opendata.model.release import DatasetRelease, Distribution, FactFolder, File, Picture, Release
from st_opendata.release import list_files, new_release, write_manifest
from st_opendata.release.layout import REPORT, REPORT_GRAPH
from st_opendata.settings import Settings
from st_opendata.shacl import report_json, report_turtle, validate_catalogue, validate_facts
from st_opendata.sparql.store import load_files

Distributions = Mapping[str, tuple[Distribution, ...]]
_FIXED_STEPS = 8


class _Steps:
    """Counts the steps of a job for its progress."""

    def __init__(self, job: Job) -> None:
        self._report = job.progress
        self._language = job.settings.language
        self._done = 0.0
        self.total = _FIXED_STEPS

    def __call__(self, stage: Message) -> None:
        """A stage begins, which is one step."""
        self.tell(stage)
        self.count()

    def tell(self, stage: Message) -> None:
        """A stage begins, or continues."""
        if self._report:
            self._report(stage[self._language], min(1.0, self._done / self.total))

    def count(self, steps: float = 1) -> None:
        """This many steps have ended, or will have ended before the next stage begins."""
        self._done += steps


def check_catalogue(job: Job) -> Outcome:
    """Read and map the tables and validate the facts.

    Raises:
        ConfigurationError, InputError: the description, ontology or shapes are wrong, or a file cannot be read.
    """
    with _checked(job, _Steps(job)) as (_, _, outcome):
        return outcome


def build_release(job: Job, output: Path) -> tuple[Outcome, Mapping[str, Any]]:
    """Check the catalogue and, if it conforms, put a release of it in place of `output`, whole or not at all.

    Returns the outcome, and the parts of the release for the cache.

    Raises:
        ConfigurationError, InputError: as `check_catalogue`; or `output` cannot take a release.
        OSError: the disk is full, or a folder must not be written to.
    """
    steps = _Steps(job)
    # The output is claimed first, so that an error about it comes before the work.
    with new_release(output) as draft, _checked(job, steps) as (facts, background, checked):
        if not checked.conforms:
            return checked, {}
        background.copy_into(draft.folder)
        reuse = Reuse(facts, draft.folder, None if job.fresh else read_earlier(draft.target))
        described = _describe(reuse, job.settings, steps)
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
        inputs = (*_table_inputs(job.folder, facts.catalogue), *background.inputs(), *story)
        release = _release(facts, described, inputs, job.settings, list_files(draft.folder, described.files))
        write_manifest(release, draft.folder)
        steps(message("Putting the release in place"))
        draft.commit()
    parts = reuse.record(release, described.distributions, described.counts)
    return replace(outcome, release=release, reused=len(reuse.datasets)), parts


@contextmanager
def _checked(job: Job, steps: _Steps) -> Iterator[tuple[FactBase, Background, Outcome]]:
    """The facts, the rules and terms for their release, and the findings."""
    steps(message("Reading the descriptions"))
    catalogue = read_catalogue(job.folder, site=job.site)
    background = find_background(catalogue)
    tables = [table for dataset in catalogue.datasets for table in dataset.tables]
    read_story(job.folder)  # its problems are reported before the tables are read
    steps.total += len(tables) + len(catalogue.datasets)
    ontology, shapes = background.ontology(), background.shapes(catalogue.language)
    with _load(catalogue, job.settings, steps) as facts:
        findings = [*shapes.notices, *language_findings(catalogue), *facts.findings]
        if shapes_checked := conforms(findings):
            steps(message("Validating the facts"))
            findings += profile_findings(facts, background.profiles)
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


def _load(catalogue: Catalogue, settings: Settings, steps: _Steps) -> FactBase:
    def report(name: str) -> None:
        steps(message("Mapping the facts") if name == MAPPING else message("Reading {file}", file=name))

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
    pictures: Mapping[str, Picture]
    counts: Mapping[str | None, Counts]
    scores: dict[str, Score]
    findings: tuple[Finding, ...]
    facts: FactFolder
    files: tuple[File, ...]
    """The files so far, none of which changes any more."""


def _describe(reuse: Reuse, settings: Settings, steps: _Steps) -> _Description:
    """Write the facts, the distributions, the dumps and the catalogue; validate and score the catalogue."""
    facts, folder = reuse.facts, reuse.draft
    catalogue = facts.catalogue
    plan = plan_files(reuse)
    share = (len(catalogue.datasets) + 2) / len(plan.tasks)
    written = write_files(
        plan, facts, settings.threads, lambda task: steps.tell(task.stage), lambda _: steps.count(share)
    )
    distributions, pictures, dumps = written.distributions, written.pictures, written.dumps
    steps(message("Describing the catalogue"))
    counts = reuse.take_counts()
    if counts is None:
        with FactReader(folder, written.facts, memory=settings.memory, threads=settings.threads) as reader:
            counts = count_facts(reader, distributions)
    graph = write_catalogue(catalogue, ReleaseFiles(distributions, pictures, dumps, counts), folder)
    steps(message("Validating and scoring the catalogue"))
    findings = validate_catalogue(graph, settings)
    known = [each.file for files in distributions.values() for each in files]
    known += [*reuse.files.values(), *(picture.file for picture in pictures.values()), *dumps]
    files = list_files(folder, known)
    scores = score_served(graph, catalogue.site, files, conforming=conforms(findings))
    by_iri = {score.dataset: score for score in scores}
    return _Description(
        distributions,
        pictures,
        counts,
        {dataset: by_iri[catalogue.dataset_iri(dataset)] for dataset in distributions},
        tuple(findings),
        written.facts,
        files,
    )


def _carry_story(folder: Path, draft: Path, catalogue: Catalogue, steps: _Steps) -> tuple[File, ...]:
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
                rows={table.name: facts.rows(table.name) for table in dataset.tables},
                triples=described.counts[dataset.id].triples,
                points=described.scores[dataset.id].points,
                distributions=described.distributions[dataset.id],
                picture=picture.file if (picture := described.pictures.get(dataset.id)) else None,
            )
            for dataset in catalogue.datasets
        ),
        inputs=inputs,
        files=files,
        prefixes=catalogue.prefixes,
        facts=described.facts,
    )


def _last_change(catalogue: Catalogue) -> str:
    """The latest date that the descriptions state, as an instant; that of the Unix epoch where they state none."""
    terms: tuple[Terms, ...] = (catalogue, *catalogue.datasets)
    days = [day for each in terms for day in (each.issued, each.modified) if day]
    return f"{max(days, default=date(1970, 1, 1))}T00:00:00Z"


def _table_inputs(folder: Path, catalogue: Catalogue) -> Iterator[File]:
    """Descriptions and tables, by their path in the catalogue."""
    yield File.of(folder, "catalogue.yaml")
    for dataset in catalogue.datasets:
        yield File.of(folder, f"{dataset.id}/dataset.yaml")
        for file in dict.fromkeys(table.file for table in dataset.tables):  # a workbook may hold several
            yield File.of(folder, file)
