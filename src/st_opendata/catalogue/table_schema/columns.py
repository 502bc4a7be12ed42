"""A field of a Table Schema as a column of dataset.yaml, with what that cannot say.

Values are texts, as `documents` reads them from JSON: `true`, `12`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from st_opendata.catalogue.table_schema.patterns import BRACKETS, POINTS, ecma_pattern
from st_opendata.csvw import is_sign, named_datatype, with_facets
from st_opendata.errors import MessageError, reason_of
from st_opendata.messages.message import Message, message
from st_opendata.model.numeric import NUMBERS
from st_opendata.names import plain
from st_opendata.tables.datatypes import MOMENTS, check_facets, lexical

_TYPES = {
    "string": "string", "number": "decimal", "integer": "integer", "boolean": "boolean", "date": "date",
    "time": "time", "datetime": "dateTime", "year": "gYear", "yearmonth": "gYearMonth", "duration": "duration",
    "object": "json", "array": "json", "geojson": "json", "geopoint": "string", "any": "string", "list": "string",
}  # fmt: skip
_MEASURED = ("string", "anyURI", "base64Binary")
_FORMATS = {"uri": "anyURI", "binary": "base64Binary"}
_PATTERNS = {"email": r"[^@\s]+@[^@\s]+", "uuid": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"}
_CLOCK = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss", "%f": "SSSSSS",
          "%z": "XXX"}  # fmt: skip
_TRUE, _FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
_LIMITS = {
    "minimum": "minimum", "maximum": "maximum", "exclusiveMinimum": "minExclusive", "exclusiveMaximum": "maxExclusive",
}  # fmt: skip
_LENGTHS = ("minLength", "maxLength")
_LIMITED = NUMBERS | MOMENTS | {"gYear"}
_KNOWN = frozenset({
    "name", "title", "description", "type", "format", "constraints", "decimalChar", "groupChar", "bareNumber",
    "trueValues", "falseValues", "missingValues", "delimiter", "itemType", "categories", "example", "examples",
})  # fmt: skip
"""Keys that are kept, named below, or that describe no cell."""
_CONSTRAINTS = frozenset({"required", "unique", "enum", "pattern", *_LIMITS, *_LENGTHS})
_DIGITS = 100
"""Digits of a limit that is written without an exponent, at most."""
_SPECIAL = re.compile(r"([\\.^$|?*+()\[\]{}])")


@dataclass(slots=True)
class SchemaColumn:
    """A field as the entry of a column, rules for its cells (`cleaning`), and what is not kept of it."""

    source: str
    """The name of the field."""
    entry: dict[str, Any]
    replace: list[dict[str, str]] = field(default_factory=list)
    lost: list[Message] = field(default_factory=list)
    unique: bool = False
    unknown: frozenset[str] = frozenset()
    """Keys of the field that are not kept."""

    @property
    def name(self) -> str:
        """The name of the column."""
        return str(self.entry["name"])


def column_of(described: Mapping[str, Any], missing: tuple[str, ...] = ("",)) -> SchemaColumn:
    """The column of a field; `missing` are the missing values of its schema."""
    name = text_at(described, "name")
    found = SchemaColumn(name, {"name": column_name(name)})
    title, description = text_at(described, "title"), text_at(described, "description")
    if found.name != name:
        found.entry["titles"] = {"und": name}  # the title over the column, by which it is found
        description = ". ".join(filter(None, (title.rstrip("."), description)))
    elif title:
        found.entry["titles"] = {"und": title}
    if description:
        found.entry["description"] = {"und": description}
    own = described.get("missingValues")
    null = labelled_values(own) if own is not None else missing
    if null != ("",):
        found.entry["null"] = list(null)
    _add_type(found, described)
    stated = described.get("constraints")
    constraints = stated if isinstance(stated, dict) else {}
    _add_constraints(found, constraints, described)
    for key in sorted(constraints.keys() - _CONSTRAINTS):
        found.lost.append(message("its constraint {key} is not kept", key=key))
    found.unknown = frozenset(described.keys() - _KNOWN)
    return found


def column_name(name: str) -> str:
    """The name of a field as one of a column: letters, digits, `_` and `.`."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.]*", name):
        return name
    return plain(name, "_") or "column"


def text_at(described: Mapping[str, Any], key: str) -> str:
    """The text under a key, empty for anything else."""
    value = described.get(key)
    return value if isinstance(value, str) else ""


def labelled_values(stated: object) -> tuple[str, ...]:
    """Missing values or categories: texts, or texts with labels (Table Schema 2)."""
    listed = stated if isinstance(stated, list) else []
    texts = (each.get("value") if isinstance(each, dict) else each for each in listed)
    return tuple(each for each in texts if isinstance(each, str))


def _add_type(found: SchemaColumn, described: Mapping[str, Any]) -> None:
    kind, form = text_at(described, "type") or "string", text_at(described, "format")
    base = _TYPES.get(kind)
    if base is None:
        found.lost.append(message("its type {type} becomes plain text", type=kind))
        base = "string"
    match kind:
        case "string" if form in _FORMATS:
            base = _FORMATS[form]
        case "boolean":
            _add_boolean(found, described)
            return
        case "date" | "time" | "datetime":
            base = _add_moment(found, base, form)
        case "number" | "integer":
            _add_signs(found, described)
        case "list":
            found.entry["separator"] = text_at(described, "delimiter") or ","
            base = _TYPES.get(text_at(described, "itemType"), "string")
        case "geojson" | "array" | "object" | "geopoint":
            _add_brackets(found, kind, form)
    if kind == "string" and form in _PATTERNS:
        _type(found)["format"] = _PATTERNS[form]
    elif kind == "string" and form not in ("", "default", *_FORMATS):
        found.lost.append(message("its format {format} is not checked", format=form))
    if base != "string":
        _type(found)["base"] = base


def _add_brackets(found: SchemaColumn, kind: str, form: str) -> None:
    """A pattern for JSON and for a point, neither of which is read."""
    if kind == "geopoint":
        found.lost.append(message("its type {type} becomes plain text", type=kind))
    else:
        found.lost.append(message("its JSON is not read: only the outer brackets are checked"))
    pattern = POINTS.get(form) if kind == "geopoint" else BRACKETS[kind]
    if pattern:
        _type(found)["format"] = pattern
    if form not in ("", "default") and (kind != "geopoint" or not pattern):
        found.lost.append(message("its format {format} is not checked", format=form))


def _type(found: SchemaColumn) -> dict[str, Any]:
    datatype: dict[str, Any] = found.entry.setdefault("datatype", {"base": "string"})
    return datatype


def _add_boolean(found: SchemaColumn, described: Mapping[str, Any]) -> None:
    """One word for each value is a format of CSVW; more words become one of the two before they are read."""
    _type(found)["base"] = "boolean"
    words = {key: _texts(described.get(key)) for key in ("trueValues", "falseValues")}
    true, false = words["trueValues"] or _TRUE, words["falseValues"] or _FALSE
    if len(true) == len(false) == 1 and "|" not in true[0] + false[0]:
        _type(found)["format"] = f"{true[0]}|{false[0]}"
        return
    for value, spellings in (("true", true), ("false", false)):
        found.replace += [
            {"cell": each, "to": value, "column": found.name}
            for each in spellings
            if each and each not in (value, "1" if value == "true" else "0")
        ]
    if more := [each for each in ("true", "1", "false", "0") if each not in (*true, *false)]:
        found.lost.append(message("cells may also have {words}", words=", ".join(more)))


def _add_moment(found: SchemaColumn, base: str, form: str) -> str:
    """The pattern of CSVW for one of strftime; a format that CSVW cannot say makes the cells plain text."""
    form = form.removeprefix("fmt:")
    if form in ("", "default"):
        return base
    pattern = re.sub("%.", lambda directive: _CLOCK.get(directive[0], directive[0]), form)
    pattern = re.sub("Z$", "X", pattern) if pattern.endswith("ssZ") else pattern
    datatype = {"base": base, "format": pattern}
    if "%" in pattern or _refusal(datatype):
        found.lost.append(message("its format {format} cannot be read, so that it becomes plain text", format=form))
        return "string"
    _type(found).update(datatype)
    return base


def _add_signs(found: SchemaColumn, described: Mapping[str, Any]) -> None:
    signs = {key: sign for key in ("decimalChar", "groupChar") if (sign := text_at(described, key))}
    if signs.get("decimalChar", ".") == "." and "groupChar" not in signs:
        signs = {}
    if any(not is_sign(sign) for sign in signs.values()):
        found.lost.append(message("its {key} is not kept", key=" / ".join(signs)))
    elif signs:
        _type(found)["format"] = signs
    if described.get("bareNumber") == "false":
        found.lost.append(message("numbers with a unit or currency (bareNumber: false) are refused"))


def _add_constraints(found: SchemaColumn, stated: Mapping[str, Any], described: Mapping[str, Any]) -> None:
    if stated.get("required") == "true":
        found.entry["required"] = "true"
    found.unique = stated.get("unique") == "true"
    base = found.entry.get("datatype", {}).get("base", "string")
    pattern = ecma_pattern(text_at(stated, "pattern"))
    for key, allowed in (
        ("enum", _texts(stated.get("enum"))),
        ("categories", labelled_values(described.get("categories"))),
    ):
        if allowed:
            pattern = _add_allowed(found, key, allowed, pattern)
    if pattern:
        _try(found, "pattern", {"format": pattern} if _is_free(found) else None)
    for key in _LENGTHS:
        if key in stated:
            _try(found, key, {key: text_at(stated, key)} if base in _MEASURED else None)
    for key, limit in _LIMITS.items():
        if key in stated:
            value = _limit(text_at(stated, key), text_at(described, "format"), base)
            _try(found, key, {limit: value} if base in _LIMITED else None)


def _is_free(found: SchemaColumn) -> bool:
    """True for text of any form, which may get a regular expression."""
    datatype = found.entry.get("datatype", {})
    return datatype.get("base", "string") == "string" and "format" not in datatype and "separator" not in found.entry


def _add_allowed(found: SchemaColumn, key: str, allowed: tuple[str, ...], pattern: str) -> str:
    """Add the only values of a text, of which a pattern leaves those that it matches; the pattern that is left."""
    is_free = _is_free(found)
    if is_free and pattern and (matching := _matching(pattern, allowed)):
        allowed, pattern = matching, ""
    words = "|".join(_SPECIAL.sub(r"\\\1", each) for each in allowed)
    _try(found, key, {"format": words} if is_free else None)
    return pattern


def _limit(text: str, form: str, base: str) -> str:
    """A limit as XML Schema writes it; dates are also written in the format of the field, numbers with an exponent."""
    try:
        if base == "decimal" and abs((number := Decimal(text)).adjusted()) <= _DIGITS:
            return f"{number:f}"
        if base == "date":
            return datetime.strptime(text, form.removeprefix("fmt:")).date().isoformat()
    except (ArithmeticError, ValueError):
        pass  # unchanged: the check of the facet accepts or refuses it
    return text


def _try(found: SchemaColumn, key: str, facet: dict[str, str] | None) -> None:
    """Add the facet of a constraint to the datatype; without one, or where it is refused, the constraint is lost."""
    if facet is None:
        found.lost.append(message("its constraint {key} is not kept", key=key))
        return
    datatype = {"base": "string", **found.entry.get("datatype", {}), **facet}
    if reason := _refusal(datatype):
        found.lost.append(message("its constraint {key} is not kept: {reason}", key=key, reason=reason))
    else:
        found.entry["datatype"] = datatype


def _refusal(stated: Mapping[str, Any]) -> Message | None:
    """Why a description of a datatype is refused; None for a good one."""
    form = stated.get("format")
    signs = form if isinstance(form, dict) else {}
    facets: dict[str, object] = {}
    try:
        for key, value in stated.items():
            facets[key] = _whole(value) if key in _LENGTHS else value
        kind = replace(
            with_facets(named_datatype(str(stated["base"])), facets),
            pattern=form if isinstance(form, str) else None,
            decimal_char=signs.get("decimalChar", "."),
            group_char=signs.get("groupChar"),
        )
        lexical(kind)
        check_facets(kind)
    except ValueError as error:
        return reason_of(error)
    return None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise MessageError(message('"{value}" is not a whole number', value=text)) from None


def _matching(pattern: str, texts: Iterable[str]) -> tuple[str, ...]:
    try:
        return tuple(each for each in texts if re.fullmatch(pattern, each, re.ASCII))
    except re.error:
        return ()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
