"""Places and periods that data cover."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.model.geometry import geometry_wkt
from st_opendata.model.records import Iri, Latitude, LocalText, Longitude, Record
from st_opendata.model.text import Text

NUTS = "http://data.europa.eu/nuts/code/"


def _moment(value: object) -> str:
    """A day, month or year as ISO 8601."""
    text = value.isoformat() if isinstance(value, date) else value
    if isinstance(text, str) and re.fullmatch("[0-9]{4}(-[0-9]{2}){0,2}", text):
        try:
            date.fromisoformat(f"{text}-01-01"[:10] if len(text) < 10 else text)
        except ValueError:
            pass
        else:
            return text
    raise MessageError(message("a date is needed here, written as 2021-07-31, a month as 2021-07 or a year as 2021"))


Moment = Annotated[str, BeforeValidator(_moment)]


class Location(Record):
    """dct:Location: a place by its IRI (GeoNames, NUTS, EU country), or where it lies, in WGS 84.

    `nuts` is the region that it lies in. A region is a place too, whose IRI in the NUTS scheme needs no label.
    `geometry` is given as WKT or GeoJSON, and is WKT here. A place without an IRI has one on that of its dataset.
    """

    iri: Iri | None = None
    label: LocalText = Field(default_factory=dict)
    centroid: tuple[Latitude, Longitude] | None = Field(None, description="latitude, longitude")
    bbox: tuple[Longitude, Latitude, Longitude, Latitude] | None = Field(None, description="west, south, east, north")
    geometry: Annotated[str, BeforeValidator(geometry_wkt)] | None = None
    nuts: str | None = None

    @model_validator(mode="after")
    def _is_labelled(self) -> Location:
        if not self.label and not (self.iri or "").startswith(NUTS):
            raise MessageError(message("a place needs a label, as in {example}", example="label: {en: Lyon}"))
        if not (self.iri or self.centroid or self.bbox or self.geometry):
            raise MessageError(message("a place needs an iri, a centroid, a bbox or a geometry"))
        return self


def region_label(code: str, place: Text) -> dict[str, str]:
    """The label of a NUTS region, from the place in it: `NUTS AT130 (Vienna)`."""
    return {tag: f"NUTS {code} ({text})" for tag, text in place.items()}


class Period(Record):
    """dct:PeriodOfTime, both ends included; one end may be open. An end is a day, a month or a year (ISO 8601)."""

    start: Moment | None = None
    end: Moment | None = None

    @field_validator("end")
    @classmethod
    def _is_in_order(cls, end: str | None, info: ValidationInfo) -> str | None:
        start = info.data.get("start")
        if start and end and end < start[: len(end)]:
            raise MessageError(message("the end, {end}, is before the start, {start}", end=end, start=start))
        return end

    @model_validator(mode="after")
    def _is_bounded(self) -> Period:
        if not (self.start or self.end):
            raise MessageError(message("a period needs a start or an end, as in {example}", example="{start: 2020}"))
        return self
