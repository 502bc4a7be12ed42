"""`targets:` of catalogue.yaml and dataset.yaml: where a release is published, and how its datasets appear there."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, JsonValue, model_validator

from st_opendata.errors import MessageError
from st_opendata.formats import DATASET_FORMATS
from st_opendata.messages.message import message
from st_opendata.model.records import FROZEN, Day
from st_opendata.spelling import hint

_EXPRESSION = frozenset({"from", "values", "default"})
_BOOLEANS: dict[object, bool] = {True: True, False: False, "true": True, "false": False}


def _value(value: object) -> object:
    """A constant, or an expression: a mapping with `from`."""
    if isinstance(value, dict) and "from" in value:
        unknown = sorted(set(value) - _EXPRESSION)
        if unknown or not isinstance(value["from"], str) or not isinstance(value.get("values", {}), dict):
            raise MessageError(
                message(
                    "write a value, or an expression as in {example}",
                    example="{from: accrualPeriodicity, values: {DAILY: every day}, default: other}",
                )
            )
    return value


def _organization(value: object) -> object:
    """The name of an organisation, or an expression."""
    if isinstance(value, str) or (isinstance(value, dict) and "from" in value):
        return _value(value)
    raise MessageError(
        message(
            "write the name of an organisation, or an expression as in {example}",
            example="{from: dct:publisher, values: {Roads office: roads}, default: city}",
        )
    )


def _groups(value: object) -> object:
    """Names of groups, or an expression."""
    if isinstance(value, dict) and "from" in value:
        return _value(value)
    listed = value if isinstance(value, list | tuple) else [value]
    if all(isinstance(each, str) for each in listed):
        return list(listed)
    raise MessageError(
        message(
            "write names of groups, as in {names}, or an expression, as in {expression}",
            names="[transport, energy]",
            expression="{from: theme, values: {TRAN: transport}}",
        )
    )


def _truth(value: object) -> bool:
    if isinstance(value, bool | str) and value in _BOOLEANS:
        return _BOOLEANS[value]
    raise MessageError(message("write true or false"))


def _formats(value: object) -> object:
    """Whether files of each format are sent: a list names the only ones that are."""
    names = [form.name for form in DATASET_FORMATS]
    if not isinstance(value, list | tuple | dict) or not all(isinstance(each, str) for each in value):
        raise MessageError(
            message(
                "write the formats to send, as in {only}, or exceptions, as in {exceptions}",
                only="[csv, xlsx, ttl]",
                exceptions="{nt: false, rdf: true}",
            )
        )
    for name in value:
        if name not in names:
            text = message('there is no format "{name}" of a dataset{hint}', name=name, hint=hint(name, names))
            raise MessageError(text)
    return value if isinstance(value, dict) else {name: name in value for name in names}


StatedValue = Annotated[JsonValue, BeforeValidator(_value)]
FieldValues = dict[str, StatedValue]
"""By the name of a field of the portal: a constant, or `{from: FIELD, values: {…}, default: …}`."""
FormatChoices = Annotated[dict[str, Annotated[bool, BeforeValidator(_truth)]], BeforeValidator(_formats)]
"""By the name of a format: whether its files are sent to the portal."""


class DatasetTarget(BaseModel):
    """The statements for one dataset, or for all datasets, of a target.

    Values for fields of the portal and of its files; the organisation and the groups there; whether the dataset is
    private for good, or until the day from which it is public; the formats that are sent.
    """

    model_config = FROZEN

    fields: FieldValues = {}
    resource_fields: FieldValues = {}
    organization: Annotated[JsonValue, BeforeValidator(_organization)] = None
    groups: Annotated[JsonValue, BeforeValidator(_groups)] = None
    private: Annotated[bool, BeforeValidator(_truth)] | None = None
    publish_from: Day | None = None
    formats: FormatChoices = {}

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        if self.private is not None and self.publish_from:
            text = message(
                "`private` and `publishFrom` contradict each other: with `publishFrom` alone the dataset is private "
                "until that day"
            )
            raise MessageError(text)
        return self


class TargetSettings(DatasetTarget):
    """A target of the catalogue: a CKAN portal, and the statements for all datasets.

    `datasets` holds what single datasets state in addition, by their id.
    """

    kind: Literal["ckan"]
    url: str
    client_cert: str | None = None
    """The path of a file on the publisher's machine, as `client_key`."""
    client_key: str | None = None
    max_upload: Annotated[int, Field(gt=0)] | None = None
    """Bytes of the largest file that the portal takes, which CKAN's API does not say."""
    datasets: dict[str, DatasetTarget] = {}

    def of(self, dataset: str) -> DatasetTarget:
        """The statements for one dataset: its own over those for all."""
        own = self.datasets.get(dataset, DatasetTarget())
        seen = self if own.private is None and own.publish_from is None else own
        return DatasetTarget.model_construct(
            fields={**self.fields, **own.fields},
            resource_fields={**self.resource_fields, **own.resource_fields},
            organization=own.organization or self.organization,
            groups=self.groups if own.groups is None else own.groups,
            private=seen.private,
            publish_from=seen.publish_from,
            formats={**self.formats, **own.formats},
        )
