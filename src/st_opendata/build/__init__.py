"""Checking a catalogue, and building a release from it."""

from __future__ import annotations

from pathlib import Path

from st_opendata.build.job import Job, Outcome
from st_opendata.build.unchanged import find_unchanged, input_state, remember

__all__ = ["Job", "Outcome", "build", "check"]


def check(job: Job) -> Outcome:
    """Read and map the tables and validate the facts.

    Raises:
        ConfigurationError, InputError: the description, ontology or shapes are wrong, or a file cannot be read.
    """
    from st_opendata.build.stages import check_catalogue  # it loads the engines

    return check_catalogue(job)


def build(job: Job, output: Path) -> Outcome:
    """Check the catalogue and, if it conforms, put a release of it in place of `output`, whole or not at all.

    If the release there is the one that would be written, it stays unchanged; else its parts that would be the same are
    taken over.

    Raises:
        ConfigurationError, InputError: as `check`; or `output` cannot take a release.
        OSError: the disk is full, or a folder must not be written to.
    """
    state = input_state(job.folder, output)
    if state and not job.fresh and (kept := find_unchanged(job, output, state)):
        return kept
    from st_opendata.build.stages import build_release  # finding that nothing has changed takes less than loading it

    outcome, parts = build_release(job, output)
    if state and outcome.release:
        remember(job, output, state, outcome, parts)
    return outcome
