"""The result of a pull, and everything that was not pulled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from st_opendata.messages.message import Message
from st_opendata.model.pulled import PulledCatalogue


class OmissionReason(StrEnum):
    """The reason why something was not pulled; only `FAILED` is a failure."""

    FAILED = "failed"
    NO_TABLE = "no table"
    ELSEWHERE = "elsewhere"
    WITHOUT_TABLES = "without tables"
    OLD = "not in the catalogue"


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that was not pulled: its dataset, its name (a file's name or URL, empty for a dataset), the reason."""

    dataset: str
    what: str
    reason: Message
    kind: OmissionReason = OmissionReason.FAILED


@dataclass(frozen=True, slots=True)
class PullResult:
    """The catalogue in the folder: its id, numbers of datasets and tables; the omissions; its origin; further notes."""

    catalogue: str
    datasets: int
    tables: int
    omissions: tuple[Omission, ...]
    origin: PulledCatalogue
    notes: tuple[Message, ...] = ()
