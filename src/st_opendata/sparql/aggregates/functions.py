"""Functions of SPARQL in SQL; `OutsideError` unless proven equal to the engine for all terms of the kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from st_opendata.sparql.aggregates.scope import SqlValue, TermKind, short
from st_opendata.sparql.aggregates.selection import OutsideError
from st_opendata.sql import dialect as sql

LOWER = "lower(replace({}, 'İ', 'i̇'))"
"""Lower case with the engine's ASCII characters: it makes two characters of İ, DuckDB only the first, i."""
_PARTS = {"YEAR": "({} // 10000)", "MONTH": "({} // 100 % 100)", "DAY": "({} % 100)"}
_LARGEST_PART = 10_000
_LONGEST_TEXT = 1 << 40
_REGEX = re.compile(r"\^?(?:[A-Za-z0-9 ,:;_'\"<>=@&%~/]|\.\*?|\|)+\$?")
"""Regular expressions with the same meaning in both engines: both are automata over characters."""


def _part(name: str) -> Callable[[SqlValue], SqlValue]:
    def part(date: SqlValue) -> SqlValue:
        if date.kind != "date" or not date.number or date.constant:
            raise OutsideError
        number = _PARTS[name].format(date.number)
        return SqlValue("integer", number=number, largest=_LARGEST_PART, may_be_null=date.may_be_null)

    return part


def _texted(argument: SqlValue, kinds: tuple[TermKind, ...]) -> str:
    if argument.text is None or argument.constant is not None or argument.kind not in kinds:
        raise OutsideError
    return argument.text()


def _lazily(argument: SqlValue, kind: TermKind, text: Callable[[], str], *, is_lower: bool = False) -> SqlValue:
    """A text; its terms are joined only if it is used."""
    return SqlValue(kind, text=text, may_be_null=argument.may_be_null, is_lower=is_lower)


def _str(argument: SqlValue) -> SqlValue:
    if argument.kind == "integer" and argument.number and not argument.constant:
        return _lazily(argument, "string", lambda: sql.as_text(str(argument.number)))
    if argument.kind == "date" and argument.number and not argument.constant:
        digits = sql.pad_start(sql.as_text(short(argument.number)), 8, "0")
        parts = [sql.substring(digits, 1, 4), sql.substring(digits, 5, 2), sql.substring(digits, 7, 2)]
        return _lazily(argument, "string", lambda: sql.concat([parts[0], "'-'", parts[1], "'-'", parts[2]]))
    if argument.text and not argument.constant and argument.kind in ("iri", "string", "text", "decimal"):
        return _lazily(argument, "string", argument.text, is_lower=argument.is_lower)
    if argument.row is None:
        raise OutsideError
    row = argument.row()
    is_blank = sql.all_of([f"{row}.\"type\" = ''", sql.starts(f"{row}.lexical", "_:")])
    text = sql.when([(f"NOT {is_blank}", f"{row}.lexical")])
    return SqlValue("string", text=lambda: text, may_be_null=True)


def _lang(argument: SqlValue) -> SqlValue:
    if argument.row is None:
        raise OutsideError
    kind = f'{argument.row()}."type"'
    text = sql.when([(f"{kind} = ''", "NULL"), (sql.starts(kind, "@"), sql.substring(kind, 2))], "''")
    if argument.may_be_null:
        text = sql.when([(f"{kind} IS NOT NULL", text)])
    return SqlValue("string", text=lambda: text, may_be_null=True)


def _lang_matches(tag: SqlValue, wanted: SqlValue) -> SqlValue:
    text, range_ = short(_texted(tag, ("string",))), wanted.constant and wanted.constant.lexical.lower()
    if wanted.kind != "string" or not range_ or not re.fullmatch(r"\*|[a-z]+", range_):
        raise OutsideError
    if range_ == "*":
        return _test(f"({text} <> '')", tag)
    return _test(f"({text} = {sql.text(range_)} OR {sql.starts(text, f'{range_}-')})", tag)


def _lcase(argument: SqlValue) -> SqlValue:
    text = argument.text
    if argument.kind not in ("string", "text") or text is None or argument.constant:
        raise OutsideError
    return _lazily(argument, argument.kind, lambda: LOWER.format(text()), is_lower=True)


def _test(condition: str, *arguments: SqlValue) -> SqlValue:
    may_be_null = any(argument.may_be_null for argument in arguments)
    return SqlValue("boolean", number=condition, may_be_null=may_be_null)


def _search(function: str) -> Callable[[SqlValue, SqlValue], SqlValue]:
    def search(argument: SqlValue, part: SqlValue) -> SqlValue:
        text = _texted(argument, ("string", "text"))
        if part.kind != "string" or part.constant is None:
            raise OutsideError
        wanted = part.constant.lexical
        if argument.is_lower and not wanted.isascii():
            raise OutsideError
        return _test(f"{function}({text}, {sql.text(wanted)})", argument)

    return search


def _regex(argument: SqlValue, pattern: SqlValue, flags: SqlValue | None = None) -> SqlValue:
    text = _texted(argument, ("string", "text"))
    given = [each.constant.lexical for each in (pattern, flags) if each and each.kind == "string" and each.constant]
    if argument.is_lower or len(given) != (1 if flags is None else 2) or not _REGEX.fullmatch(given[0]):
        raise OutsideError
    if given[1:] not in ([], [""], ["i"]):
        raise OutsideError
    expression = f"(?i){given[0]}" if given[1:] == ["i"] else given[0]
    return _test(sql.part_match(text, expression), argument)


def _length(argument: SqlValue) -> SqlValue:
    text = _texted(argument, ("string", "text"))
    if argument.is_lower:
        raise OutsideError
    return SqlValue("integer", number=sql.length(text), largest=_LONGEST_TEXT, may_be_null=argument.may_be_null)


def _substring(argument: SqlValue, start: SqlValue, count: SqlValue | None = None) -> SqlValue:
    text = _texted(argument, ("string",))
    bounds = [each.constant.lexical for each in (start, count) if each and each.kind == "integer" and each.constant]
    if argument.is_lower or len(bounds) != (1 if count is None else 2) or not all(map(str.isdecimal, bounds)):
        raise OutsideError
    first, *rest = map(int, bounds)
    if not 1 <= first < 1 << 30 or any(each >= 1 << 30 for each in rest):
        raise OutsideError
    return _lazily(argument, "string", lambda: sql.substring(text, first, *rest))


def _concat(*arguments: SqlValue) -> SqlValue:
    texts = []
    for argument in arguments:
        if argument.kind != "string" or argument.text is None or argument.is_lower:
            raise OutsideError
        texts.append(argument.text())
    may_be_null = any(argument.may_be_null for argument in arguments)
    if all(argument.constant for argument in arguments):
        raise OutsideError
    return SqlValue("string", text=lambda: sql.concat(texts), may_be_null=may_be_null)


def _is_kind(kinds: str) -> Callable[[SqlValue], SqlValue]:
    def is_kind(argument: SqlValue) -> SqlValue:
        if argument.row is None:
            raise OutsideError
        row = argument.row()
        is_node, is_blank = f"({row}.\"type\" = '')", sql.starts(f"{row}.lexical", "_:")
        found = {
            "iri": sql.all_of([is_node, f"NOT {is_blank}"]),
            "blank": sql.all_of([is_node, is_blank]),
            "literal": f"(NOT {is_node})",
        }
        return replace(_test(found[kinds], argument), may_be_null=argument.may_be_null)

    return is_kind


FUNCTIONS: dict[str, Callable[..., SqlValue]] = {
    **{name: _part(name) for name in _PARTS},
    "STR": _str,
    "LANG": _lang,
    "LANGMATCHES": _lang_matches,
    "LCASE": _lcase,
    "CONTAINS": _search("contains"),
    "STRSTARTS": _search("starts_with"),
    "STRENDS": _search("ends_with"),
    "REGEX": _regex,
    "STRLEN": _length,
    "SUBSTR": _substring,
    "CONCAT": _concat,
    "ISIRI": _is_kind("iri"),
    "ISURI": _is_kind("iri"),
    "ISLITERAL": _is_kind("literal"),
    "ISBLANK": _is_kind("blank"),
}
