"""Values of the properties of CSVW metadata: one reader per kind (CSVW metadata §5.1).

A reader gives back the value as the program holds it. What CSVW replaces by a default raises `InvalidError`, which
`read_object` turns into a warning; what CSVW calls an error is refused at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from st_opendata.csvw.metadata.common_properties import expand_name, is_common, normalised
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.urls import absolute, encoded_template
from st_opendata.model.groups import Annotations, Json
from st_opendata.model.text import is_language_tag
from st_opendata.tables.templates import parse_template


class InvalidError(ValueError):
    """A value that is not one of the property: the property counts as left out."""


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
    """The object, whose `@type` is `kind` where it has one; `common` allows it common properties.

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
                    raise notices.refused(f'"@type" must be "{kind}" here, not {value!r}')
            elif name in properties:
                try:
                    found[name] = properties[name](value, context)
                except InvalidError as error:
                    notices.warn(f"{error}; it is ignored")
            elif common and is_common(name):
                common_values[expand_name(name)] = normalised(value, context.base, context.language, notices)
            else:
                notices.warn("the property is unknown here; it is ignored")
    notes = found.pop("notes", ())
    assert isinstance(notes, tuple)
    return MetadataObject(context, found, Annotations(identifier, common_values, notes))


def _identifier(value: Json, context: DocumentContext) -> str:
    if not isinstance(value, str):
        context.notices.warn("must be a URL; that of the document is taken")
        return context.base
    if value.startswith("_:"):
        raise context.notices.refused('"@id" cannot be a blank node')
    try:
        return absolute(value, context.base)
    except ValueError:
        raise context.notices.refused(f'"@id" must be a URL, not "{value}"') from None


def text(value: Json, _: DocumentContext) -> str:
    """A text."""
    if not isinstance(value, str):
        raise InvalidError("must be a text")
    return value


def separator(value: Json, context: DocumentContext) -> str | None:
    """A text or null."""
    return None if value is None else text(value, context)


def boolean(value: Json, _: DocumentContext) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise InvalidError("must be true or false")
    return value


def natural(value: Json, _: DocumentContext) -> int:
    """A whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidError("must be a whole number from 0")
    return value


def one_of(*known: str) -> Reader:
    """One of a few words."""

    def read(value: Json, _: DocumentContext) -> str:
        if value not in known or not isinstance(value, str):
            raise InvalidError(f"must be one of {', '.join(known)}")
        return value

    return read


def language(value: Json, _: DocumentContext) -> str:
    """A language tag, in lower case as RDF 1.1 has it (Concepts §3.3)."""
    if not isinstance(value, str) or not is_language_tag(value):
        raise InvalidError("must be a language tag, as fr is")
    return value.lower()


def encoding(value: Json, context: DocumentContext) -> str:
    """The name of an encoding."""
    if not is_encoding(text(value, context)):
        raise InvalidError(f'"{value}" is not an encoding, as utf-8 is')
    return str(value)


def is_encoding(name: str) -> bool:
    """True for the name of an encoding of text."""
    try:
        "".encode(name)
    except LookupError:  # unknown, or none of text
        return False
    return True


def link(value: Json, context: DocumentContext) -> str:
    """A URL, made absolute."""
    try:
        return absolute(text(value, context), context.base)
    except InvalidError:
        raise
    except ValueError:
        raise InvalidError(f'"{value}" is not a URL') from None


def template(value: Json, context: DocumentContext) -> str:
    """A URI template (RFC 6570), its prefixed name expanded.

    In place of one that is wrong the empty template stands (CSVW metadata §5.1.3), which is the table's URL.
    """
    try:
        return _template(text(value, context))
    except InvalidError as error:
        context.notices.warn(f"{error}; an empty template is taken")
        return ""


def _template(value: str) -> str:
    expanded = expand_name(value)
    try:
        parse_template(encoded_template(expanded))
    except ValueError as error:
        raise InvalidError(str(error)) from None
    return expanded


def nulls(value: Json, context: DocumentContext) -> tuple[str, ...]:
    """A text or a list of texts; what is no text in the list is left out with a warning."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise InvalidError("must be a text or a list of texts")
    if not all(isinstance(item, str) for item in value):
        context.notices.warn("must hold texts only; the others are ignored")
    return tuple(item for item in value if isinstance(item, str))


def references(value: Json, context: DocumentContext) -> tuple[str, ...]:
    """The name of a column or a list of names."""
    names = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not names or not all(isinstance(name, str) for name in names):
        raise InvalidError("must name a column, or columns in a list")
    if len(set(names)) != len(names):
        raise context.notices.refused("names a column twice")
    return names


def titles(value: Json, context: DocumentContext) -> Mapping[str, tuple[str, ...]]:
    """Texts by language; those without one are in the document's language, or `und`."""
    notices = context.notices
    if isinstance(value, (str, list)):
        value = {context.language or "und": value}
    if not isinstance(value, dict):
        raise InvalidError("must be a text, a list of texts, or texts by language")
    found: dict[str, tuple[str, ...]] = {}
    for tag, texts in value.items():
        if not is_language_tag(tag):
            notices.warn(f'"{tag}" is not a language tag; its texts are ignored')
            continue
        listed = texts if isinstance(texts, list) else [texts]
        if not all(isinstance(item, str) for item in listed):
            notices.warn("must hold texts only; the others are ignored")
        found[tag] = tuple(item for item in listed if isinstance(item, str))
    return found


def notes(value: Json, context: DocumentContext) -> tuple[Json, ...]:
    """A list of JSON-LD objects."""
    if not isinstance(value, list):
        raise InvalidError("must be a list")
    return tuple(normalised(item, context.base, context.language, context.notices) for item in value)


def list_of(read: Callable[[dict[str, Json], DocumentContext], MetadataObject]) -> Reader:
    """A list of objects; what is none is left out with a warning, and what is no list counts as an empty one."""

    def read_list(value: Json, context: DocumentContext) -> tuple[MetadataObject, ...]:
        if not isinstance(value, list):
            context.notices.warn("must be a list; an empty one is taken")
            return ()
        found = []
        for number, item in enumerate(value):
            with context.notices.at(number):
                if isinstance(item, dict):
                    found.append(read(item, context))
                else:
                    context.notices.warn("must hold properties of its own; it is ignored")
        return tuple(found)

    return read_list
