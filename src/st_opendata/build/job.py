"""The task of a check or build, and its outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from st_opendata.model.findings import Finding, conforms
from st_opendata.model.release import Release
from st_opendata.model.samples import Sample
from st_opendata.settings import Settings


@dataclass(frozen=True, slots=True)
class Job:
    """The input of a check or build: a catalogue folder, the address at which the release will be served, and settings.

    `progress` gets each stage that begins, in the language of the settings, and the fraction that is done, 0 to 1.
    """

    folder: Path
    settings: Settings = field(default_factory=Settings)
    site: str | None = None
    progress: Callable[[str, float], None] | None = None
    sample: int = 0
    """Rows of each table that the outcome of a check has."""
    fresh: bool = False
    """Whether a build writes all of a release, also what has not changed since the one before."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All findings; `shapes_checked` is false after violations in the tables, `release` is None after any violation.

    `rows` counts the rows of all tables, `triples` the distinct facts; 0 where the tables have violations. `advice`
    counts the recommendations of DCAT-AP that are not met: their findings are only in the release's report, because
    they would hide those on facts.
    """

    findings: tuple[Finding, ...]
    shapes_checked: bool
    tables: int
    rows: int
    triples: int
    advice: int = 0
    release: Release | None = None
    samples: tuple[Sample, ...] = ()
    """The first rows of each table that could be read."""
    written: bool = True
    """False for a release that was there already and is kept."""
    reused: int = 0
    """The datasets whose files were taken over from the release before."""

    @property
    def conforms(self) -> bool:
        """True when no finding is a violation."""
        return conforms(list(self.findings))
