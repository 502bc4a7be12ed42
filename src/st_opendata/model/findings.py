"""Findings: faults of the data, in one list from all checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from st_opendata.model.text import Text
from st_opendata.place import Place

MAX_FINDINGS = 1_000
"""The most findings of a kind that are listed by default: of one SHACL shape, or of one check of a table."""

NO_LIMIT = 2**63 - 1
"""More findings than there can be."""


class Severity(StrEnum):
    """SHACL's severities (SHACL §2.1.4); only a violation stops a build."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of checking tables or of SHACL validation.

    `code` is stable and documented in docs/findings.md. `message` and `remedy` are in each language that there is.
    `places` are the cells (or file positions) that cause it: usually one, several for a duplicate or a sum.
    `focus`, `path`, `value`, `shape` and `component` are the RDF terms of a `sh:ValidationResult` in N-Triples
    syntax, None for a finding of the tables. `unlisted` is the number of findings that this one is written for.
    """

    code: str
    severity: Severity
    message: Text
    places: tuple[Place, ...] = ()
    remedy: Text = field(default_factory=dict)
    dataset: str | None = None
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    shape: str | None = None
    component: str | None = None
    unlisted: int | None = None


def conforms(findings: list[Finding]) -> bool:
    """True when no finding is a violation."""
    return all(finding.severity is not Severity.VIOLATION for finding in findings)
