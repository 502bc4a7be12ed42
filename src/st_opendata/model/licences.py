"""The licence of a dataset: one of the EU table, by its code or an address that has one, or another by its IRI."""

from __future__ import annotations

from typing import Annotated

import pydantic
from pydantic import BeforeValidator, Field

from st_opendata.model.records import Iri, LocalText, Record, coded
from st_opendata.model.text import Text
from st_opendata.vocabularies import concept_iri, label, require_code
from st_opendata.vocabularies.licences import licence_code, readable_address


class OwnLicence(Record):
    """dct:LicenseDocument: a licence that the EU table does not have; `type` is a code of ADMS licence type."""

    iri: Iri
    label: LocalText = Field(default_factory=dict)
    type: Annotated[str, coded("licence-type")] | None = None


def _licence(value: object) -> object:
    """A code of the EU table; that of an address which has one; other addresses as a record."""
    if isinstance(value, str):
        if not value.startswith(("http://", "https://")):
            return require_code("licence", value)
        return licence_code(value) or {"iri": value}
    if isinstance(value, dict) and isinstance(value.get("iri"), str):
        return licence_code(value["iri"]) or value
    return value


def _kind(value: object) -> str:
    return "[code]" if isinstance(value, str) else "[record]"


Licence = Annotated[
    Annotated[str, pydantic.Tag("[code]")] | Annotated[OwnLicence, pydantic.Tag("[record]")],
    pydantic.Discriminator(_kind),
    BeforeValidator(_licence),
]
"""The code of a licence in the EU table, else a licence by its IRI."""


def licence_iri(licence: Licence) -> str:
    """The IRI of the licence in the EU table, else its own."""
    return concept_iri("licence", licence) if isinstance(licence, str) else licence.iri


def licence_address(licence: Licence) -> str:
    """The page of the licence, else its IRI."""
    return readable_address(licence_iri(licence))


def licence_label(licence: Licence) -> Text:
    """The name of the licence; its IRI where none is known."""
    return label("licence", licence) if isinstance(licence, str) else licence.label or {"und": licence.iri}
