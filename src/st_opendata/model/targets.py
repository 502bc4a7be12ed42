"""`targets:` of catalogue.yaml and dataset.yaml: where a release is published, and values for fields of the portals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue
from pydantic.alias_generators import to_camel

from st_opendata.errors import MessageError
from st_opendata.messages.message import message

_EXPRESSION = frozenset({"from", "values", "default"})


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


FieldValues = dict[str, Annotated[JsonValue, BeforeValidator(_value)]]
"""By the name of a field of the portal: a constant, or `{from: FIELD, values: {…}, default: …}`."""


class DatasetTarget(BaseModel):
    """The values that one dataset, or all datasets of a target, have for fields of the portal and of its files."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    fields: FieldValues = {}
    resource_fields: FieldValues = {}


class TargetSettings(DatasetTarget):
    """A target of the catalogue: a CKAN portal, its organisation, and the values for all datasets.

    `datasets` holds what single datasets state in addition, by their id.
    """

    kind: Literal["ckan"]
    url: str
    organization: str | None = None
    datasets: dict[str, DatasetTarget] = {}

    def of(self, dataset: str) -> DatasetTarget:
        """The values for one dataset: its own over those of all."""
        own = self.datasets.get(dataset, DatasetTarget())
        return DatasetTarget(
            fields={**self.fields, **own.fields}, resource_fields={**self.resource_fields, **own.resource_fields}
        )
