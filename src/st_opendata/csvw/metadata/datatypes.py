"""Datatype descriptions of a metadata document, read and written (CSVW metadata §5.11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from st_opendata.csvw.metadata.values import DocumentContext, InvalidError, Reader, natural, read_object, text
from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.model.groups import Json
from st_opendata.model.numeric import NUMBERS
from st_opendata.model.tables import Datatype
from st_opendata.namespaces import XSD
from st_opendata.tables.datatypes import ALIASES, BASES, MOMENTS, WKT, check_facets, check_order, datatype_iri, lexical

LIMITS = ("minimum", "maximum", "minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
LENGTHS = ("length", "minLength", "maxLength")


def datatype(value: Json, context: DocumentContext) -> Datatype:
    """The name of a datatype or its description.

    Raises:
        InvalidError: it is neither; the caller takes plain text.
        ConfigurationError: an `@id` or facets that CSVW calls an error.
    """
    if isinstance(value, str):
        return replace(named_datatype(value), percent=_is_number(value))
    if not isinstance(value, dict):
        raise InvalidError(message("must name or describe a datatype"))
    return _described(value, context)


def named_datatype(name: str) -> Datatype:
    """The datatype that CSVW gives this name.

    Raises:
        InvalidError: CSVW has no such datatype.
    """
    base = ALIASES.get(name, name)
    if base not in BASES:
        raise InvalidError(message('"{name}" is not a datatype of CSVW', name=name))
    return Datatype(base, datatype_iri(base))


def with_facets(kind: Datatype, found: Mapping[str, object]) -> Datatype:
    """The datatype with its lengths and limits, by their names in CSVW; it does not check whether they fit."""
    limits = {name: str(found[name]) for name in LIMITS if name in found}
    lengths = {name: value for name in LENGTHS if isinstance(value := found.get(name), int)}
    return replace(
        kind,
        length=lengths.get("length"),
        min_length=lengths.get("minLength"),
        max_length=lengths.get("maxLength"),
        minimum=limits.get("minimum", limits.get("minInclusive")),
        maximum=limits.get("maximum", limits.get("maxInclusive")),
        min_exclusive=limits.get("minExclusive"),
        max_exclusive=limits.get("maxExclusive"),
    )


def is_sign(text: str) -> bool:
    """True for a sign that may separate decimals or groups of digits."""
    return len(text) == 1 and not text.isalnum() and text not in "+-"


def _is_number(name: str) -> bool:
    return ALIASES.get(name, name) in NUMBERS


def _described(value: dict[str, Json], context: DocumentContext) -> Datatype:
    notices = context.notices
    readers = {
        "base": text,
        "format": _format,
        **dict.fromkeys(LENGTHS, natural),
        **dict.fromkeys(LIMITS, _limit),
        **dict.fromkeys(("titles", "description", "name"), lambda found, _: found),
    }
    found = read_object(value, readers, context, kind="Datatype")
    name = str(found.get("base", "string"))
    try:
        kind = replace(named_datatype(name), percent=_is_number(name))
    except InvalidError:
        notices.warn(message('the base "{name}" is not a datatype of CSVW; string is used', name=name))
        kind = Datatype()
    if found.annotations.id is not None:
        identifier = found.annotations.id
        if identifier in {datatype_iri(base) for base in BASES} or identifier.startswith(XSD):
            raise notices.refused(message('"@id" cannot be the built-in datatype {datatype}', datatype=identifier))
        kind = replace(kind, iri=identifier)
    kind = _faceted(kind, found.properties, context)
    return _formatted(kind, found.get("format"), context)


def _format(value: Json, context: DocumentContext) -> str | dict[str, str]:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise InvalidError(message("must be a text, or an object with pattern, decimalChar or groupChar"))
    readers: dict[str, Reader] = {"pattern": text, "decimalChar": _sign, "groupChar": _sign}
    found = read_object(value, readers, context, kind="NumericFormat")
    return {name: str(inner) for name, inner in found.properties.items()}


def _sign(value: Json, context: DocumentContext) -> str:
    if not is_sign(text(value, context)):
        raise InvalidError(message("must be one character that is not a letter, digit or sign"))
    return str(value)


def _limit(value: Json, _: DocumentContext) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InvalidError(message("must be a number or text"))
    return str(value)


def _faceted(kind: Datatype, found: Mapping[str, object], context: DocumentContext) -> Datatype:
    """With its lengths and limits, which must fit each other and the type."""
    for one, other in (("minimum", "minExclusive"), ("minInclusive", "minExclusive"),
                       ("maximum", "maxExclusive"), ("maxInclusive", "maxExclusive")):  # fmt: skip
        if one in found and other in found:
            raise context.notices.refused(message('"{one}" and "{other}" exclude each other', one=one, other=other))
    kind = with_facets(kind, found)
    try:
        check_facets(kind)
        check_order(kind)
    except MessageError as error:
        raise context.notices.refused(error.message) from None
    return kind


def _formatted(kind: Datatype, form: object, context: DocumentContext) -> Datatype:
    """With its format; one that the type does not have is ignored with a warning."""
    if form is None:
        return kind
    if isinstance(form, dict) and kind.base not in NUMBERS:
        context.notices.warn(message("the format of {base} must be a text; it is ignored", base=kind.base))
        return kind
    parts = form if isinstance(form, dict) else {"pattern": str(form)}
    candidate = replace(
        kind,
        pattern=parts.get("pattern"),
        decimal_char=parts.get("decimalChar", kind.decimal_char),
        group_char=parts.get("groupChar"),
    )
    try:
        if candidate.decimal_char == candidate.group_char:
            raise MessageError(message("decimalChar and groupChar are the same character"))
        lexical(candidate)
    except MessageError as error:
        context.notices.warn(message("{problem}; the format is ignored", problem=error.message))
        return kind
    return candidate


def datatype_description(datatype: Datatype) -> str | dict[str, object] | None:
    """The datatype without the format that canonical text does not need; None for plain text."""
    facets: dict[str, object] = {
        "@id": datatype.iri if datatype.iri != datatype_iri(datatype.base) else None,
        "format": None if datatype.base in NUMBERS | MOMENTS | {"boolean"} else datatype.pattern,
        "length": datatype.length,
        "minLength": datatype.min_length,
        "maxLength": datatype.max_length,
        "minimum": datatype.minimum,
        "maximum": datatype.maximum,
        "minExclusive": datatype.min_exclusive,
        "maxExclusive": datatype.max_exclusive,
    }
    stated: dict[str, object] = {key: value for key, value in facets.items() if value is not None}
    if datatype.base == WKT:
        return {"base": "string", "@id": datatype.iri}
    if stated:
        return {"base": datatype.base, **stated}
    return datatype.base if datatype.base != "string" else None
