"""Common properties and notes: the part of JSON-LD that CSVW metadata allows, checked and normalised (§5.8, §6.1)."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache

from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.urls import absolute
from st_opendata.messages.message import message
from st_opendata.model.groups import Json
from st_opendata.model.text import is_language_tag
from st_opendata.namespaces import XSD

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*\Z")
_VALUE_KEYS = {"@value", "@language", "@type"}


@cache
def prefixes() -> dict[str, str]:
    """The prefixes of the CSVW context (https://www.w3.org/ns/csvw.jsonld), also the initial context of RDFa."""
    from csvw.metadata_utils import NAMESPACES

    return dict(NAMESPACES)


@cache
def _terms() -> frozenset[str]:
    from csvw.metadata_utils import CSVW_TERMS

    return frozenset(CSVW_TERMS)


def expand_name(name: str) -> str:
    """The IRI of a prefixed name of the CSVW context; any other text unchanged."""
    prefix, colon, local = name.partition(":")
    if colon and not local.startswith("//") and prefix in prefixes():
        return prefixes()[prefix] + local
    return name


@lru_cache(maxsize=10_000)
def compact_name(iri: str) -> str:
    """The IRI as a term or prefixed name of the CSVW context if it has one (CSVW metadata §5.1.5)."""
    for prefix, start in prefixes().items():
        if iri.startswith(start) and len(iri) > len(start):
            local = iri[len(start) :]
            if prefix == "csvw" and local in _terms():
                return local
            return f"{prefix}:{local}"
    return iri


def is_common(name: str) -> bool:
    """True for the name of a common property: a prefixed name of the context, or an absolute URL."""
    return expand_name(name) != name or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", name))


def normalised(value: Json, base: str, language: str | None, notices: Notices) -> Json:
    """The value with its strings as objects with `@value` and language, and its `@id` absolute.

    Raises:
        ConfigurationError: CSVW or JSON-LD does not allow it.
    """
    if isinstance(value, list):
        return [normalised(item, base, language, notices) for item in value]
    if value is None:  # says nothing (JSON-LD 1.0 §6.1)
        return []
    if isinstance(value, str):
        return {"@value": value, "@language": language} if language else {"@value": value}
    if not isinstance(value, dict):
        return {"@value": value}
    if "@value" in value:
        return _checked_value(value, notices)
    return _node(value, base, language, notices)


def _node(value: dict[str, Json], base: str, language: str | None, notices: Notices) -> Json:
    found: dict[str, Json] = {}
    for name, inner in value.items():
        if name == "@id":
            if not isinstance(inner, str) or inner.startswith("_:"):
                raise notices.refused(message('"@id" must be a URL, not {value}', value=_shown(inner)))
            try:
                found[name] = absolute(expand_name(inner), base)
            except ValueError:
                raise notices.refused(message('"@id" must be a URL, not {value}', value=_shown(inner))) from None
        elif name == "@type":
            found[name] = [_checked_type(kind, notices) for kind in (inner if isinstance(inner, list) else [inner])]
        elif name.startswith("@"):
            raise notices.refused(message('"{name}" is not allowed in the value of a common property', name=name))
        elif not is_common(name):
            raise notices.refused(message('"{name}" is neither a prefixed name nor an absolute URL', name=name))
        else:
            found[expand_name(name)] = normalised(inner, base, language, notices)
    return found


def _shown(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _checked_value(value: dict[str, Json], notices: Notices) -> Json:
    extra = set(value) - _VALUE_KEYS
    if extra:
        raise notices.refused(message('an object with "@value" cannot have "{name}"', name=min(extra)))
    if "@language" in value and "@type" in value:
        raise notices.refused(message('an object with "@value" has "@language" or "@type", not both'))
    if isinstance(value["@value"], (dict, list)) or value["@value"] is None:
        raise notices.refused(message('"@value" must be a text, number or boolean'))
    if "@language" in value and not (isinstance(value["@language"], str) and is_language_tag(value["@language"])):
        raise notices.refused(
            message('"@language" must be a language tag, not {value}', value=_shown(value["@language"]))
        )
    if "@type" in value:
        return {"@value": value["@value"], "@type": _checked_datatype(value["@type"], notices)}
    return dict(value)


def _checked_datatype(kind: Json, notices: Notices) -> str:
    if isinstance(kind, str):
        if expand_name(kind) != kind or re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", kind):
            return expand_name(kind)
        from st_opendata.tables.datatypes import ALIASES, BASES, datatype_iri

        if kind in BASES or kind in ALIASES:
            return datatype_iri(ALIASES.get(kind, kind))
    raise notices.refused(message('"@type" must be a datatype, not {value}', value=_shown(kind)))


def _checked_type(kind: Json, notices: Notices) -> str:
    if isinstance(kind, str):
        if expand_name(kind) != kind or re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", kind):
            return expand_name(kind)
        if kind in _terms():
            return prefixes()["csvw"] + kind
    raise notices.refused(
        message('"@type" must be a term of CSVW, a prefixed name or an absolute URL, not {value}', value=_shown(kind))
    )


def plain_datatype(value: Json) -> str:
    """The datatype of a JSON number or boolean (JSON-LD: native types)."""
    if isinstance(value, bool):
        return f"{XSD}boolean"
    return f"{XSD}integer" if isinstance(value, int) else f"{XSD}double"
