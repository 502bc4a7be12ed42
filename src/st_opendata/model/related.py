"""Other things that a description names: datasets and identifiers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.model.records import Identifier, Iri, Line, LocalText, Record


class RelatedDataset(Record):
    """Another dataset: of this catalogue, by its id, or elsewhere, by its IRI with its title and description."""

    dataset: Identifier | None = None
    iri: Iri | None = None
    title: LocalText = Field(default_factory=dict)
    description: LocalText = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_one(self) -> RelatedDataset:
        if bool(self.dataset) == bool(self.iri):
            raise MessageError(
                message(
                    "name another dataset by its id in this catalogue, or by its iri and title: {example}",
                    example="dataset: city-roles",
                )
            )
        if self.iri and not self.title:
            raise MessageError(
                message("a dataset of another catalogue needs a title, as in {example}", example="title: {en: Roads}")
            )
        return self


def _by_id(value: object) -> object:
    return {"dataset": value} if isinstance(value, str) else value


Related = Annotated[RelatedDataset, BeforeValidator(_by_id)]
"""A dataset; the text alone is the id of one in this catalogue."""


class QualifiedRelation(Record):
    """dcat:Relationship: another dataset and its role, by the IRI of that role."""

    relation: Related
    role: Iri


class OtherIdentifier(Record):
    """adms:Identifier: an identifier that another organisation gave, such as a DOI."""

    notation: Line
    agency: LocalText = Field(default_factory=dict)
