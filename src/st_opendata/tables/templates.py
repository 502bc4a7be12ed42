"""URI templates (RFC 6570) of aboutUrl, propertyUrl and valueUrl, taken apart.

The grammar is checked here; `uritemplate` reads the expressions and names their variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox
import uritemplate

from st_opendata.errors import ConfigurationError, MessageError
from st_opendata.messages.message import message
from st_opendata.namespaces import PREFIXES, expand
from st_opendata.spelling import hint

ROW_VARIABLES = ("_row", "_sourceRow")
"""Variables that CSVW defines in addition to the columns (metadata §5.1.3); those of a column are filled in before."""

SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"
ILLEGAL_IN_IRI = (
    r"[\x00-\x20<>\"{}|\\^`\[\]\x7f-\x9f"
    + "\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"
    + "".join(chr(0x10000 * plane - 2) + "-" + chr(0x10000 * plane - 1) for plane in range(2, 14))
    + "\U000dfffe-\U000e0fff\U000efffe-\U0010ffff]"
)
"""Characters that no IRI can hold (RFC 3987 §2.2), as a set that Python and RE2 read alike.

The brackets are allowed around an IPv6 host; they are refused there too, since they are wrong everywhere else.
"""
_SAMPLES = {"#": "#{}", ".": ".{}", "/": "/{}", ";": ";v={}", "?": "?v={}", "&": "&v={}"}
"""Texts that an operator may make of a value (RFC 6570, appendix A)."""

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_VARIABLE = r"(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})*(?:\*|:[1-9][0-9]{0,3})?"
_INSIDE = re.compile(rf"[+#./;?&]?{_VARIABLE}(?:,{_VARIABLE})*\Z")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of an expression; `explode` is its `*`, `prefix` the number after its colon."""

    name: str
    explode: bool = False
    prefix: int | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """The text between braces; `operator` is empty or one of `+ # . / ; ? &`."""

    operator: str
    variables: tuple[Variable, ...]


Template = tuple[str | Expression, ...]


def parse_template(text: str) -> Template:
    """The literals and expressions of a template, in order.

    Raises:
        MessageError: the template breaks RFC 6570, or a literal has a character that is not allowed in an IRI.
    """
    parts: list[str | Expression] = []
    for number, piece in enumerate(_EXPRESSION.split(text)):
        if number % 2:
            parts.append(_expression(piece))
        elif piece:
            if any(brace in piece for brace in "{}"):
                raise MessageError(message('a brace of "{template}" has no partner', template=text))
            illegal = re.search(ILLEGAL_IN_IRI, piece)
            if illegal:
                raise MessageError(
                    message(
                        '"{template}" has the character "{character}", which is not allowed in an IRI',
                        template=text,
                        character=illegal.group(),
                    )
                )
            parts.append(piece)
    return tuple(parts)


def check_iri(template: Template) -> None:
    """Refuse a template that does not make an absolute IRI (RFC 3987) of letters and of digits, or, if open, of an IRI.

    Raises:
        MessageError: it makes none.
    """
    for value in ("a", "1"):
        parts = [
            part if isinstance(part, str) else _SAMPLES.get(part.operator, "{}").format(value) for part in template
        ]
        start = "https://example.org/" if is_open(template) else ""
        try:
            ox.NamedNode(start + "".join(parts))
        except ValueError as error:
            raise MessageError(message("this does not make an IRI: {reason}", reason=str(error))) from None


def _expression(inside: str) -> Expression:
    if not _INSIDE.match(inside):
        raise MessageError(
            message(
                '"{expression}" is not an expression of a URI template, as {examples} are',
                expression=f"{{{inside}}}",
                examples=message("{one} or {other}", one="{id}", other="{+url}"),
            )
        )
    (read,) = uritemplate.URITemplate("{" + inside + "}").variables
    variables = tuple(
        Variable(name, bool(options.get("explode")), options.get("prefix") or None) for name, options in read.variables
    )
    return Expression(inside[0] if inside[0] in "+#./;?&" else "", variables)


def variable_names(template: Template) -> tuple[str, ...]:
    """Names of the variables, each once, in order."""
    names = [variable.name for part in template if isinstance(part, Expression) for variable in part.variables]
    return tuple(dict.fromkeys(names))


def fill_column_variables(text: str, name: str, number: int) -> str:
    """The template with `{_name}`, `{_column}` and `{_sourceColumn}` filled in, which are constants of a column."""
    values = {"_name": name, "_column": str(number), "_sourceColumn": str(number)}
    return re.sub(r"\{\+?(_name|_column|_sourceColumn)\}", lambda found: values[found.group(1)], text)


def is_open(template: Template) -> bool:
    """True for a template such as `{+property}`, whose start, and so whether it is absolute, a cell decides."""
    first = template[0] if template else ""
    return isinstance(first, Expression) and first.operator == "+"


def absolute_template(text: str, base: str, prefixes: Mapping[str, str]) -> str:
    """The template with its prefixed name expanded, or put on the base where it is relative.

    A template that starts with `{+…}` stays unchanged: its cells decide (`is_open`).

    Raises:
        MessageError: the prefix is unknown.
    """
    if text.startswith("{+"):
        return text
    scheme = re.match(SCHEME, text)
    if not scheme:
        return base + text
    if scheme.group()[:-1] in ("http", "https", "urn", "mailto", "tel", "doi", "geo", "tag"):
        return (
            text
            if scheme.group()[:-1] not in prefixes or text[scheme.end() :].startswith("//")
            else _expand(text, prefixes)
        )
    return _expand(text, prefixes)


def _expand(text: str, prefixes: Mapping[str, str]) -> str:
    try:
        return expand(text, dict(prefixes))
    except ConfigurationError:
        prefix = text.partition(":")[0]
        near = hint(prefix, sorted(prefixes))
        raise MessageError(
            message('the prefix "{prefix}" of "{name}" is unknown{hint}', prefix=prefix, name=text, hint=near)
        ) from None


def full_iri(cell: str, base: str, prefixes: Mapping[str, str]) -> str:
    """The IRI that the cell names: by a known prefix or the catalogue's own, as a full IRI, or relative to its base."""
    if not re.match(SCHEME, cell):
        return base + cell
    prefix, _, local = cell.partition(":")
    known: Mapping[str, str] = {**PREFIXES, **prefixes}
    return known[prefix] + local if prefix in known else cell
