"""The contents of catalogue.yaml and dataset.yaml, except the tables: DCAT-AP 3.0.1 in the terms of DCAT.

Keys in YAML are the DCAT names (`contactPoint`, `accrualPeriodicity`). Codes are those of the EU authority tables
(`ENER`, `CC_BY_4_0`, `PUBLIC`), checked against `vocabularies`. A dataset inherits missing keys from its
catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from st_opendata.errors import MessageError
from st_opendata.formats import CATALOGUE_FORMATS, CHOSEN_FORMATS, FORMATS
from st_opendata.http.urls import url_path
from st_opendata.messages.message import message
from st_opendata.model.profiles import LiteralValue, NodeValue, ProfileProperty
from st_opendata.model.resources import DatasetFile, DatasetLink
from st_opendata.model.tables import Table
from st_opendata.model.targets import DatasetTarget, TargetSettings
from st_opendata.model.text import Text, is_language_tag
from st_opendata.spelling import hint
from st_opendata.vocabularies import require_code, require_language


def _text(value: dict[str, str]) -> dict[str, str]:
    if not value or not all(text.strip() for text in value.values()):
        raise MessageError(
            message("a text needs at least one language and no empty value, as in {example}", example="{en: Cities}")
        )
    return value


def language_tag(tag: str) -> str:
    """A language tag (BCP 47); MessageError for any other text."""
    if not is_language_tag(tag):
        raise MessageError(message('"{tag}" is not a language tag, as en or de-AT is', tag=tag))
    return tag


def _identifier(value: str) -> str:
    if not re.fullmatch(r"(?=.{2,80}\Z)[a-z0-9]+(-[a-z0-9]+)*", value):
        raise MessageError(message("an id is 2 to 80 small letters, digits and single hyphens, as in city-roles"))
    return value


def email_address(value: str) -> str:
    """An e-mail address; MessageError for any other text."""
    if not re.fullmatch(r"[\w.!#$&'*+/=?~-]+@[\w-]+(\.[\w-]+)*", value):
        raise MessageError(message('"{value}" is not an e-mail address, as office@example.org is', value=value))
    return value


def _day(value: object) -> object:
    """A date, or the text of one. Refuses other values that pydantic accepts, such as seconds since 1970."""
    if isinstance(value, str):
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                return date.fromisoformat(value)
        except ValueError:
            pass
    elif isinstance(value, date):
        return value
    raise MessageError(message("a date is needed here, written as 2021-07-31"))


def _code(table: str) -> AfterValidator:
    return AfterValidator(lambda code: require_code(table, code))


def _language(tag: str) -> str:
    require_language(tag)
    return tag


def http_iri(value: str) -> str:
    """An absolute http(s) IRI; MessageError for any other text."""
    if not value.startswith(("http://", "https://")) or re.search(r"[\x00-\x20<>\"{}|\\^`]", value):
        raise MessageError(message("not an absolute http(s) IRI, as https://example.org/ is"))
    return value


def folder_iri(value: str) -> str:
    """An absolute http(s) IRI that ends in a slash; MessageError for any other text."""
    if not http_iri(value).endswith("/"):
        raise MessageError(message("an IRI that ends in / is needed here"))
    return value


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


Tag = Annotated[str, AfterValidator(language_tag)]
LocalText = Annotated[dict[Tag, str], AfterValidator(_text)]
Day = Annotated[date, BeforeValidator(_day)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Iri = Annotated[str, AfterValidator(http_iri)]
FolderIri = Annotated[str, AfterValidator(folder_iri)]


FormatRules = dict[Annotated[str, AfterValidator(_format_name)], Annotated[bool | int, BeforeValidator(_format_rule)]]
"""By the name of a format: whether its file is written, or up to which size."""

_FROZEN = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Record(BaseModel):
    """A frozen record whose YAML keys are camelCase; unknown keys are refused."""

    model_config = _FROZEN


class Agent(Record):
    """foaf:Agent: a publisher or creator; `type` is a code of ADMS publisher type, such as `LocalAuthority`."""

    iri: Iri
    name: LocalText
    type: Annotated[str, _code("publisher-type")] | None = None
    homepage: Iri | None = None


class ContactPoint(Record):
    """vcard:Kind: the contact; an e-mail address or a page."""

    name: LocalText
    email: Annotated[str, AfterValidator(email_address)] | None = None
    url: Iri | None = None


NUTS = "http://data.europa.eu/nuts/code/"


class Location(Record):
    """dct:Location: a place by its IRI (GeoNames, NUTS, EU country), with a point or a box in WGS 84 where known.

    `nuts` is the region that it lies in. A region is a place too, whose IRI in the NUTS scheme needs no label.
    """

    iri: Iri
    label: LocalText = {}
    centroid: tuple[Latitude, Longitude] | None = Field(None, description="latitude, longitude")
    bbox: tuple[Longitude, Latitude, Longitude, Latitude] | None = Field(None, description="west, south, east, north")
    nuts: str | None = None

    @model_validator(mode="after")
    def _is_labelled(self) -> Location:
        if not self.label and not self.iri.startswith(NUTS):
            raise MessageError(message("a place needs a label, as in {example}", example="label: {en: Lyon}"))
        return self


def region_label(code: str, place: Text) -> dict[str, str]:
    """The label of a NUTS region, from the place in it: `NUTS AT130 (Vienna)`."""
    return {tag: f"NUTS {code} ({text})" for tag, text in place.items()}


class Period(Record):
    """dct:PeriodOfTime, both ends included."""

    start: Day
    end: Day | None = None

    @field_validator("end")
    @classmethod
    def _in_order(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start")
        if start and end and end < start:
            raise MessageError(message("the end, {end}, is before the start, {start}", end=end, start=start))
        return end


class Link(Record):
    """A web page or document with a label."""

    url: Iri
    label: LocalText


class HighValue(Record):
    """High-value dataset fields (DCAT-AP HVD 3.0.0): categories by code, and the legal act."""

    category: tuple[Annotated[str, _code("hvd-category")], ...]
    applicable_legislation: tuple[Iri, ...] = ("http://data.europa.eu/eli/reg_impl/2023/138/oj",)


@dataclass(frozen=True, slots=True)
class PropertyValues:
    """The values of a property that a profile adds; `table` is that of the distributions, None for all of them."""

    property: ProfileProperty
    values: tuple[LiteralValue | NodeValue | Agent, ...]
    table: str | None = None


class Terms(BaseModel):
    """The keys that a catalogue sets for all its datasets and that a dataset may override."""

    model_config = _FROZEN

    publisher: Agent | None = None
    creator: Agent | None = None
    funder: Agent | None = None
    contact_point: ContactPoint | None = None
    license: Annotated[str, _code("licence")] | None = None
    rights: LocalText | None = None
    access_rights: Annotated[str, _code("access-right")] | None = None
    accrual_periodicity: Annotated[str, _code("frequency")] | None = None
    availability: Annotated[str, _code("planned-availability")] | None = None
    status: Annotated[str, _code("distribution-status")] | None = None
    language: tuple[Annotated[str, AfterValidator(_language)], ...] = ()
    theme: tuple[Annotated[str, _code("data-theme")], ...] = ()
    keyword: dict[Tag, tuple[str, ...]] = {}
    spatial: tuple[Location, ...] = ()
    temporal: Period | None = None
    issued: Day | None = None
    modified: Day | None = None
    version: str | None = None
    landing_page: Link | None = None
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


class Series(Record):
    """dcat:DatasetSeries: the datasets of the catalogue as one."""

    id: Identifier
    title: LocalText
    description: LocalText


class Dataset(Terms):
    """dataset.yaml with the catalogue's terms for its missing keys."""

    id: Identifier
    title: LocalText
    description: LocalText
    version_notes: LocalText | None = None
    provenance: LocalText | None = None
    source: tuple[Link, ...] = ()
    page: tuple[Link, ...] = ()
    type: Annotated[str, _code("dataset-type")] | None = None
    conforms_to: tuple[Link, ...] = ()
    high_value: HighValue | None = None
    targets: dict[str, DatasetTarget] = {}
    tables: tuple[Table, ...] = ()
    files: tuple[DatasetFile, ...] = ()
    links: tuple[DatasetLink, ...] = ()

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
    series: Series | None = None
    targets: dict[str, TargetSettings] = {}
    datasets: tuple[Dataset, ...] = ()
    folder: Path

    @property
    def iri(self) -> str:
        """IRI of the dcat:Catalog."""
        return f"{self.base}catalogue"

    @property
    def series_iri(self) -> str | None:
        """IRI of the dcat:DatasetSeries, if there is one."""
        return f"{self.base}series/{self.series.id}" if self.series else None

    def dataset_iri(self, dataset: str) -> str:
        """IRI of a dcat:Dataset, also the name of its graph in the N-Quads dump."""
        return f"{self.base}dataset/{dataset}"

    def distribution_iri(self, path: str) -> str:
        """IRI of the dcat:Distribution whose file has this path in the release."""
        return f"{self.base}distribution/{url_path(path)}"

    def download_url(self, path: str) -> str:
        """The address of the file with this path in the release."""
        return f"{self.site}{url_path(path)}"
