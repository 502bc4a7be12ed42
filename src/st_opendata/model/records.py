"""The kinds of values in catalogue.yaml and dataset.yaml: texts by language, dates, codes, addresses, lists.

A code is that of an EU authority table (`ENER`, `PUBLIC`), checked against `vocabularies`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.model.text import is_language_tag
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


def coded(table: str) -> AfterValidator:
    """The validator of codes of a table."""
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


def _line(value: str) -> str:
    if not value.strip() or "\n" in value:
        raise MessageError(message("a text of one line is needed here"))
    return value


Tag = Annotated[str, AfterValidator(language_tag)]
LocalText = Annotated[dict[Tag, str], AfterValidator(_text)]
Day = Annotated[date, BeforeValidator(_day)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Iri = Annotated[str, AfterValidator(http_iri)]
FolderIri = Annotated[str, AfterValidator(folder_iri)]
Line = Annotated[str, AfterValidator(_line)]
Email = Annotated[str, AfterValidator(email_address)]
Language = Annotated[str, AfterValidator(_language)]

FROZEN = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)
"""The configuration of records whose YAML keys are camelCase; unknown keys are refused."""


class Record(BaseModel):
    """A frozen record whose YAML keys are camelCase; unknown keys are refused."""

    model_config = FROZEN


class Link(Record):
    """A web page or document with a label."""

    url: Iri
    label: LocalText


def _listed(value: object) -> object:
    """A list; another value is the only entry of one."""
    return value if isinstance(value, (list, tuple)) else [value]


ItemT = TypeVar("ItemT")
OneOrMore = Annotated[tuple[ItemT, ...], BeforeValidator(_listed)]
"""A record, or a list of records."""
