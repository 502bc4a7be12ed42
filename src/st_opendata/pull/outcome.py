"""What a pull made, and what it left on the portal: nothing is lost without a word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was not pulled: of which dataset, what (a file's name or URL, empty for the dataset), and why.

    `failed` tells what ought to have come from what is no table.
    """

    dataset: str
    what: str
    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """The catalogue in the folder: its id, numbers of datasets and tables; what was left; what else is to be said."""

    catalogue: str
    datasets: int
    tables: int
    left: tuple[Left, ...]
    notes: tuple[str, ...] = ()
