"""URI templates (RFC 6570) of aboutUrl, propertyUrl and valueUrl, taken apart.

The grammar is checked here; `uritemplate` reads the expressions and names their variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox
import uritemplate

from st_opendata.errors import ConfigurationError
from st_opendata.namespaces import expand
from st_opendata.spelling import hint

ROW_VARIABLES = ("_row", "_sourceRow")
"""Variables that CSVW defines beside the columns (metadata §5.1.3); those of a column are filled in before."""

SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"
ILLEGAL_IN_IRI = (
    r"[\x00-\x20<>\"{}|\\^`\[\]\x7f-\x9f"
    + "\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"
    + "".join(chr(0x10000 * plane - 2) + "-" + chr(0x10000 * plane - 1) for plane in range(2, 14))
    + "\U000dfffe-\U000e0fff\U000efffe-\U0010ffff]"
)
"""Characters that no IRI can hold (RFC 3987 §2.2), as a set that Python and RE2 read alike.

The brackets may stand round the number of an IPv6 host; they are refused there too, as they are wrong everywhere else.
"""
_SAMPLES = {"#": "#{}", ".": ".{}", "/": "/{}", ";": ";v={}", "?": "?v={}", "&": "&v={}"}
"""What an operator may make of a value (RFC 6570, appendix A)."""

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
    """What stands between braces; `operator` is empty or one of `+ # . / ; ? &`."""

    operator: str
    variables: tuple[Variable, ...]


Template = tuple[str | Expression, ...]


def parse_template(text: str) -> Template:
    """The literals and expressions of a template, in order.

    Raises:
        ValueError: the template breaks RFC 6570, or a literal holds a character that no IRI can hold.
    """
    parts: list[str | Expression] = []
    for number, piece in enumerate(_EXPRESSION.split(text)):
        if number % 2:
            parts.append(_expression(piece))
        elif piece:
            if any(brace in piece for brace in "{}"):
                raise ValueError(f'a brace of "{text}" has no partner')
            illegal = re.search(ILLEGAL_IN_IRI, piece)
            if illegal:
                raise ValueError(f'"{text}" holds the character "{illegal.group()}", which no IRI can hold')
            parts.append(piece)
    return tuple(parts)


def check_iri(template: Template) -> None:
    """Refuse a template that makes no absolute IRI (RFC 3987) of letters or of digits, or an open one, of an IRI.

    Raises:
        ValueError: with the reason.
    """
    for value in ("a", "1"):
        parts = [
            part if isinstance(part, str) else _SAMPLES.get(part.operator, "{}").format(value) for part in template
        ]
        start = "https://example.org/" if is_open(template) else ""
        try:
            ox.NamedNode(start + "".join(parts))
        except ValueError as error:
            raise ValueError(f"no IRI can be written so: {error}") from None


def _expression(inside: str) -> Expression:
    if not _INSIDE.match(inside):
        raise ValueError(f'"{{{inside}}}" is not an expression of a URI template, as {{id}} or {{+url}} are')
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

    A template that starts with `{+…}` stays as it is: its cells decide (`is_open`).

    Raises:
        ValueError: the prefix is unknown.
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
    except ConfigurationError as error:
        raise ValueError(error.message_text() + str(hint(text.partition(":")[0], sorted(prefixes)))) from None
