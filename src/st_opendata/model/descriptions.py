"""The contents of catalogue.yaml and dataset.yaml, except the tables: DCAT-AP 3.0.1 in the terms of DCAT.

Keys in YAML are the DCAT names (`contactPoint`, `accrualPeriodicity`). Codes are those of the EU authority tables
(`ENER`, `CC_BY_4_0`, `PUBLIC`), checked against `vocabularies`. A dataset inherits missing keys from its
catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, PrivateAttr, field_validator

from st_opendata.errors import MessageError
from st_opendata.formats import CATALOGUE_FORMATS, CHOSEN_FORMATS, FORMATS
from st_opendata.http.urls import url_path
from st_opendata.messages.message import message
from st_opendata.model.agents import Agent, Attribution, ContactPoint
from st_opendata.model.coverage import Location, Period
from st_opendata.model.licences import Licence
from st_opendata.model.profiles import LiteralValue, NodeValue, ProfileProperty
from st_opendata.model.records import (
    FROZEN,
    Day,
    FolderIri,
    Identifier,
    Iri,
    Language,
    Line,
    Link,
    LocalText,
    OneOrMore,
    Record,
    Tag,
    coded,
)
from st_opendata.model.related import OtherIdentifier, QualifiedRelation, Related
from st_opendata.model.resources import DatasetFile, DatasetLink, FetchedFile
from st_opendata.model.series import Editions, Series
from st_opendata.model.tables import Table
from st_opendata.model.targets import DatasetTarget, TargetSettings
from st_opendata.spelling import hint


def _format_name(name: str) -> str:
    chosen = [form.name for form in CHOSEN_FORMATS]
    if name in chosen:
        return name
    if name in {form.name for form in FORMATS}:
        raise MessageError(
            message('every release has "{name}"; choose among {names}', name=name, names=", ".join(chosen))
        )
    raise MessageError(message('"{name}" is not the name of a format{hint}', name=name, hint=hint(name, chosen)))


def _format_rule(value: object) -> object:
    """True, False, or a number of cells or triples, from their texts."""
    rules: dict[object, bool] = {"true": True, "false": False}
    if isinstance(value, str) and re.fullmatch("[0-9]{1,15}", value):
        return int(value)
    if value in rules or isinstance(value, (bool, int)):
        return rules.get(value, value)
    raise MessageError(
        message(
            "write true, false, or the largest size for which the file is written, as in {example}",
            example="xlsx: 500000",
        )
    )


FormatRules = dict[Annotated[str, AfterValidator(_format_name)], Annotated[bool | int, BeforeValidator(_format_rule)]]
"""By the name of a format: whether its file is written, or up to which size."""


class HighValue(Record):
    """High-value dataset fields (DCAT-AP HVD 3.0.0): categories by code, and the legal act."""

    category: tuple[Annotated[str, coded("hvd-category")], ...]
    applicable_legislation: tuple[Iri, ...] = ("http://data.europa.eu/eli/reg_impl/2023/138/oj",)


@dataclass(frozen=True, slots=True)
class PropertyValues:
    """The values of a property that a profile adds; `table` is that of the distributions, None for all of them."""

    property: ProfileProperty
    values: tuple[LiteralValue | NodeValue | Agent, ...]
    table: str | None = None


class Terms(BaseModel):
    """The keys that a catalogue sets for all its datasets and that a dataset may override."""

    model_config = FROZEN

    publisher: Agent | None = None
    creator: OneOrMore[Agent] = ()
    funder: Agent | None = None
    contact_point: OneOrMore[ContactPoint] = ()
    license: Licence | None = None
    rights: LocalText | None = None
    access_rights: Annotated[str, coded("access-right")] | None = None
    accrual_periodicity: Annotated[str, coded("frequency")] | None = None
    availability: Annotated[str, coded("planned-availability")] | None = None
    status: Annotated[str, coded("distribution-status")] | None = None
    language: tuple[Language, ...] = ()
    theme: tuple[Annotated[str, coded("data-theme")], ...] = ()
    keyword: dict[Tag, tuple[str, ...]] = {}
    spatial: tuple[Location, ...] = ()
    temporal: OneOrMore[Period] = ()
    issued: Day | None = None
    modified: Day | None = None
    version: str | None = None
    landing_page: OneOrMore[Link] = ()
    markup: Literal["plain", "markdown"] = "plain"
    formats: FormatRules = {}
    _stated: tuple[PropertyValues, ...] = PrivateAttr(())

    @property
    def stated(self) -> tuple[PropertyValues, ...]:
        """The values of the keys of profiles; a dataset has those that it inherits from its catalogue, too."""
        return self._stated

    def with_stated(self, stated: Iterable[PropertyValues]) -> Self:
        """The same terms with these values of the keys of profiles."""
        copy = self.model_copy()
        copy._stated = tuple(stated)
        return copy


class Dataset(Terms):
    """dataset.yaml with the catalogue's terms for its missing keys."""

    id: Identifier
    title: LocalText
    description: LocalText
    version_notes: LocalText | None = None
    provenance: LocalText | None = None
    source: tuple[Link, ...] = ()
    page: tuple[Link, ...] = ()
    identifier: Line | None = None
    other_identifier: OneOrMore[OtherIdentifier] = ()
    relation: tuple[Link, ...] = ()
    is_referenced_by: tuple[Link, ...] = ()
    has_version: OneOrMore[Related] = ()
    is_version_of: OneOrMore[Related] = ()
    edition_of: Identifier | None = None
    in_series: OneOrMore[Identifier] | None = None
    qualified_relation: OneOrMore[QualifiedRelation] = ()
    qualified_attribution: OneOrMore[Attribution] = ()
    type: Annotated[str, coded("dataset-type")] | None = None
    conforms_to: tuple[Link, ...] = ()
    high_value: HighValue | None = None
    targets: dict[str, DatasetTarget] = {}
    markdown: dict[str, str] = {}
    """The description as it was written, if that is Markdown (`catalogue.markup`); not a key of dataset.yaml."""
    tables: tuple[Table, ...] = ()
    files: tuple[DatasetFile, ...] = ()
    links: tuple[DatasetLink, ...] = ()
    fetched: tuple[FetchedFile, ...] = ()
    """The tables and files that `fetch` stored, by `fetched.yaml`; not a key of dataset.yaml."""
    _editions: Editions | None = PrivateAttr(None)

    @property
    def editions(self) -> Editions | None:
        """The datasets that are editions of this one."""
        return self._editions

    def with_editions(self, editions: Editions | None) -> Self:
        """The same dataset with these editions."""
        copy = self.model_copy()
        copy._editions = editions
        return copy

    @field_validator("formats")
    @classmethod
    def _of_dataset(cls, rules: FormatRules) -> FormatRules:
        whole = [form.name for form in CATALOGUE_FORMATS if form.name in rules]
        if whole:
            raise MessageError(
                message('"{name}" is one file for all datasets; choose it in catalogue.yaml', name=whole[0])
            )
        return rules


class Catalogue(Terms):
    """catalogue.yaml with its datasets.

    `base` is the start of every IRI; it never changes. `site` is where the release is served: the start of access,
    download and endpoint URLs, by default the base. `profiles` are rules of the catalogue in addition to the general
    ones: names of packaged profiles, and folders next to catalogue.yaml; None if the key is missing.
    """

    id: Identifier
    base: FolderIri
    site: FolderIri
    title: LocalText
    description: LocalText
    homepage: Iri | None = None
    prefixes: dict[str, str] = {}
    profiles: tuple[str, ...] | None = None
    series: OneOrMore[Series] = ()
    targets: dict[str, TargetSettings] = {}
    datasets: tuple[Dataset, ...] = ()
    folder: Path

    @field_validator("creator")
    @classmethod
    def _is_one(cls, creators: tuple[Agent, ...]) -> tuple[Agent, ...]:
        if len(creators) > 1:
            raise MessageError(message("a catalogue has one creator (DCAT-AP); write several in dataset.yaml"))
        return creators

    @property
    def iri(self) -> str:
        """IRI of the dcat:Catalog."""
        return f"{self.base}catalogue"

    def series_iri(self, series: str) -> str:
        """IRI of a dcat:DatasetSeries."""
        return f"{self.base}series/{series}"

    def dataset_iri(self, dataset: str) -> str:
        """IRI of a dcat:Dataset, also the name of its graph in the N-Quads dump."""
        return f"{self.base}dataset/{dataset}"

    def distribution_iri(self, path: str) -> str:
        """IRI of the dcat:Distribution whose file has this path in the release."""
        return f"{self.base}distribution/{url_path(path)}"

    def download_url(self, path: str) -> str:
        """The address of the file with this path in the release."""
        return f"{self.site}{url_path(path)}"
