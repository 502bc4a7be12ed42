"""Values of the properties of CSVW metadata: one reader per kind (CSVW metadata §5.1).

A reader gives back the value as the program holds it. A value that CSVW replaces by a default raises
`InvalidError`, which `read_object` turns into a warning; an error by CSVW is refused at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from st_opendata.csvw.metadata.common_properties import expand_name, is_common, normalised
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.urls import absolute, encoded_template
from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.model.groups import Annotations, Json
from st_opendata.model.text import is_language_tag
from st_opendata.tables.templates import parse_template


class InvalidError(MessageError):
    """A value that the property cannot have: the property counts as left out."""


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """The document that is read: its base URL, default language, where notices go, and its name in messages."""

    base: str
    language: str | None
    notices: Notices
    label: str = ""


Reader = Callable[[Json, DocumentContext], object]


@dataclass(frozen=True, slots=True)
class MetadataObject:
    """An object of a metadata document: its properties as read, `annotations` for the common ones and `@id`."""

    context: DocumentContext
    properties: Mapping[str, object] = field(default_factory=dict)
    annotations: Annotations = field(default_factory=Annotations)

    def get(self, name: str, default: object = None) -> object:
        """The value of a property; the default where it is left out."""
        return self.properties.get(name, default)

    def texts(self, name: str) -> tuple[str, ...]:
        """A property that is read as a tuple of texts; empty where it is left out."""
        value = self.properties.get(name, ())
        assert isinstance(value, tuple)
        return value

    def objects(self, name: str) -> tuple[MetadataObject, ...]:
        """A property that is read as a tuple of objects; empty where it is left out."""
        value = self.properties.get(name, ())
        assert isinstance(value, tuple)
        return value

    def object(self, name: str) -> MetadataObject | None:
        """A property that is read as an object; None where it is left out."""
        value = self.properties.get(name)
        assert value is None or isinstance(value, MetadataObject)
        return value


def read_object(
    data: Mapping[str, Json],
    properties: Mapping[str, Reader],
    context: DocumentContext,
    *,
    kind: str,
    common: bool = True,
) -> MetadataObject:
    """The object, whose `@type`, if it has one, is `kind`; `common` allows it common properties.

    Raises:
        ConfigurationError: an error by CSVW metadata.
    """
    notices = context.notices
    found: dict[str, object] = {}
    common_values: dict[str, Json] = {}
    identifier = None
    for name, value in data.items():
        with notices.at(name):
            if name == "@context":
                continue
            if name == "@id":
                identifier = _identifier(value, context)
            elif name == "@type":
                if value != kind:
                    raise notices.refused(
                        message('"@type" must be "{kind}" here, not {value}', kind=kind, value=shown(value))
                    )
            elif name in properties:
                try:
                    found[name] = properties[name](value, context)
                except InvalidError as error:
                    notices.warn(message("{problem}; it is ignored", problem=error.message))
            elif common and is_common(name):
                common_values[expand_name(name)] = normalised(value, context.base, context.language, notices)
            else:
                notices.warn(message("the property is unknown here; it is ignored"))
    notes = found.pop("notes", ())
    assert isinstance(notes, tuple)
    return MetadataObject(context, found, Annotations(identifier, common_values, notes))


def _identifier(value: Json, context: DocumentContext) -> str:
    if not isinstance(value, str):
        context.notices.warn(message("must be a URL; the URL of the document is used"))
        return context.base
    if value.startswith("_:"):
        raise context.notices.refused(message('"@id" cannot be a blank node'))
    try:
        return absolute(value, context.base)
    except ValueError:
        raise context.notices.refused(message('"@id" must be a URL, not {value}', value=shown(value))) from None


def shown(value: Json) -> str:
    """The value as JSON, for messages."""
    return json.dumps(value, ensure_ascii=False)


def text(value: Json, _: DocumentContext) -> str:
    """A text."""
    if not isinstance(value, str):
        raise InvalidError(message("must be a text"))
    return value


def separator(value: Json, context: DocumentContext) -> str | None:
    """A text or null."""
    return None if value is None else text(value, context)


def boolean(value: Json, _: DocumentContext) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise InvalidError(message("must be true or false"))
    return value


def natural(value: Json, _: DocumentContext) -> int:
    """A whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidError(message("must be a whole number from 0"))
    return value


def one_of(*known: str) -> Reader:
    """One of a few words."""

    def read(value: Json, _: DocumentContext) -> str:
        if value not in known or not isinstance(value, str):
            raise InvalidError(message("must be one of {words}", words=", ".join(known)))
        return value

    return read


def language(value: Json, _: DocumentContext) -> str:
    """A language tag, in lower case as RDF 1.1 requires (Concepts §3.3)."""
    if not isinstance(value, str) or not is_language_tag(value):
        raise InvalidError(message("must be a language tag, as fr is"))
    return value.lower()


def encoding(value: Json, context: DocumentContext) -> str:
    """The name of an encoding."""
    if not is_encoding(text(value, context)):
        raise InvalidError(message('"{value}" is not an encoding, as utf-8 is', value=value))
    return str(value)


def is_encoding(name: str) -> bool:
    """True for the name of an encoding of text."""
    try:
        "".encode(name)
    except LookupError:  # unknown, or not for text
        return False
    return True


def link(value: Json, context: DocumentContext) -> str:
    """A URL, made absolute."""
    try:
        return absolute(text(value, context), context.base)
    except InvalidError:
        raise
    except ValueError:
        raise InvalidError(message('"{value}" is not a URL', value=value)) from None


def template(value: Json, context: DocumentContext) -> str:
    """A URI template (RFC 6570), its prefixed name expanded.

    The empty template, which is the table's URL, replaces a wrong one (CSVW metadata §5.1.3).
    """
    try:
        return _template(text(value, context))
    except InvalidError as error:
        context.notices.warn(message("{problem}; an empty template is used", problem=error.message))
        return ""


def _template(value: str) -> str:
    expanded = expand_name(value)
    try:
        parse_template(encoded_template(expanded))
    except MessageError as error:
        raise InvalidError(error.message) from None
    return expanded


def nulls(value: Json, context: DocumentContext) -> tuple[str, ...]:
    """A text or a list of texts; other values in the list are left out with a warning."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise InvalidError(message("must be a text or a list of texts"))
    if not all(isinstance(item, str) for item in value):
        context.notices.warn(message("must contain only texts; the others are ignored"))
    return tuple(item for item in value if isinstance(item, str))


def references(value: Json, context: DocumentContext) -> tuple[str, ...]:
    """The name of a column or a list of names."""
    names = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not names or not all(isinstance(name, str) for name in names):
        raise InvalidError(message("must name a column, or columns in a list"))
    if len(set(names)) != len(names):
        raise context.notices.refused(message("names a column twice"))
    return names


def titles(value: Json, context: DocumentContext) -> Mapping[str, tuple[str, ...]]:
    """Texts by language; those without one are in the document's language, or `und`."""
    notices = context.notices
    if isinstance(value, (str, list)):
        value = {context.language or "und": value}
    if not isinstance(value, dict):
        raise InvalidError(message("must be a text, a list of texts, or texts by language"))
    found: dict[str, tuple[str, ...]] = {}
    for tag, texts in value.items():
        if not is_language_tag(tag):
            notices.warn(message('"{tag}" is not a language tag; its texts are ignored', tag=tag))
            continue
        listed = texts if isinstance(texts, list) else [texts]
        if not all(isinstance(item, str) for item in listed):
            notices.warn(message("must contain only texts; the others are ignored"))
        found[tag] = tuple(item for item in listed if isinstance(item, str))
    return found


def notes(value: Json, context: DocumentContext) -> tuple[Json, ...]:
    """A list of JSON-LD objects."""
    if not isinstance(value, list):
        raise InvalidError(message("must be a list"))
    return tuple(normalised(item, context.base, context.language, context.notices) for item in value)


def list_of(read: Callable[[dict[str, Json], DocumentContext], MetadataObject]) -> Reader:
    """A list of objects; other items are left out with a warning, and another value than a list counts as empty."""

    def read_list(value: Json, context: DocumentContext) -> tuple[MetadataObject, ...]:
        if not isinstance(value, list):
            context.notices.warn(message("must be a list; an empty one is used"))
            return ()
        found = []
        for number, item in enumerate(value):
            with context.notices.at(number):
                if isinstance(item, dict):
                    found.append(read(item, context))
                else:
                    context.notices.warn(message("must be an object with properties; it is ignored"))
        return tuple(found)

    return read_list
