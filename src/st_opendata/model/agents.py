"""People and organisations in descriptions: publishers and creators, contacts, and others with their role."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.model.records import Email, Iri, Line, LocalText, Record, coded


def _telephone(value: str) -> str:
    if not re.fullmatch(r"\+?[0-9][0-9 ().\-/]*", value):
        raise MessageError(message('"{value}" is not a telephone number, as +43 1 4000-0 is', value=value))
    return value


class Agent(Record):
    """foaf:Agent: a publisher or creator; `type` is a code of ADMS publisher type, such as `LocalAuthority`."""

    iri: Iri
    name: LocalText
    type: Annotated[str, coded("publisher-type")] | None = None
    homepage: Iri | None = None
    email: Email | None = None
    identifier: Line | None = None


class Attribution(Record):
    """prov:Attribution: an agent with another role than those that have keys, by the IRI of that role."""

    agent: Agent
    role: Iri


class Address(Record):
    """vcard:Address: a postal address."""

    street_address: Line | None = None
    postal_code: Line | None = None
    locality: Line | None = None
    region: Line | None = None
    country: Line | None = None


class ContactPoint(Record):
    """vcard:Kind: the contact; an e-mail address or a page. Without an IRI it has one on that of its dataset."""

    iri: Iri | None = None
    name: LocalText
    email: Email | None = None
    url: Iri | None = None
    phone: Annotated[str, AfterValidator(_telephone)] | None = None
    organization: LocalText = Field(default_factory=dict)
    address: Address | None = None
