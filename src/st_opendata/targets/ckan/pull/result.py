"""What a pull made, and what it left on the portal: nothing is lost without a word."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OmissionReason(StrEnum):
    """Why something stayed on the portal: only what failed ought to have come."""

    FAILED = "failed"
    NO_TABLE = "no table"
    ELSEWHERE = "elsewhere"
    WITHOUT_TABLES = "without tables"
    OLD = "not in the catalogue"


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that was not pulled: of which dataset, what (a file's name or URL, empty for the dataset), and why."""

    dataset: str
    what: str
    reason: str
    kind: OmissionReason = OmissionReason.FAILED


@dataclass(frozen=True, slots=True)
class PullResult:
    """The catalogue in the folder: its id, numbers of datasets and tables; what was left; what else is to be said."""

    catalogue: str
    datasets: int
    tables: int
    omissions: tuple[Omission, ...]
    notes: tuple[str, ...] = ()
