"""Datasets that belong together: the members of a series, and the editions of one dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import PrivateAttr

from st_opendata.model.agents import Agent, ContactPoint
from st_opendata.model.coverage import Location, Period
from st_opendata.model.records import Day, Identifier, LocalText, OneOrMore, Record, coded

SeriesOrder = Literal["datasets", "issued", "temporal", "version"]


class Series(Record):
    """dcat:DatasetSeries. Terms that it leaves out are those of the catalogue.

    Without an order it has no first member.
    """

    id: Identifier
    title: LocalText
    description: LocalText
    order: SeriesOrder | None = None
    publisher: Agent | None = None
    creator: OneOrMore[Agent] = ()
    contact_point: OneOrMore[ContactPoint] = ()
    accrual_periodicity: Annotated[str, coded("frequency")] | None = None
    spatial: tuple[Location, ...] = ()
    temporal: OneOrMore[Period] = ()
    issued: Day | None = None
    modified: Day | None = None
    _members: dict[str, None] = PrivateAttr(default_factory=dict)
    _dataset: str | None = PrivateAttr(None)

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of its datasets, in its order."""
        return tuple(self._members)

    def has(self, dataset: str) -> bool:
        """Whether the dataset with this id is a member."""
        return dataset in self._members

    @property
    def dataset(self) -> str | None:
        """The dataset whose editions are the members; None for a series that catalogue.yaml describes."""
        return self._dataset

    def with_members(self, members: Sequence[str], dataset: str | None = None) -> Self:
        """The same series with these datasets."""
        copy = self.model_copy()
        copy._members, copy._dataset = dict.fromkeys(members), dataset
        return copy


@dataclass(frozen=True, slots=True)
class Editions:
    """The editions of a dataset by id, the newest last.

    If each covers another period they are the members of a series (DCAT 3 §12), else versions of the same data (§11).
    """

    ids: tuple[str, ...]
    by_period: bool

    @property
    def newest(self) -> str:
        """The edition whose content the dataset has itself."""
        return self.ids[-1]
