"""URI templates as expressions over columns (RFC 6570), and IRIs as N-Triples terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from st_opendata.sql import dialect as sql
from st_opendata.tables.templates import ILLEGAL_IN_IRI, SCHEME, Expression, Template, Variable, is_open


@dataclass(frozen=True, slots=True)
class _Operator:
    """A row of the table in RFC 6570, appendix A."""

    first: str = ""
    separator: str = ","
    named: bool = False
    empty: str = ""
    reserved: bool = False


_OPERATORS = {
    "": _Operator(),
    "+": _Operator(reserved=True),
    "#": _Operator("#", reserved=True),
    ".": _Operator(".", "."),
    "/": _Operator("/", "/"),
    ";": _Operator(";", ";", named=True),
    "?": _Operator("?", "&", named=True, empty="="),
    "&": _Operator("&", "&", named=True, empty="="),
}
STRICT_OPERATORS = ("", "+", "#")
"""Operators whose variables must have a value: without one the IRI would name another thing."""

RESERVED = ("+", "#")


@dataclass(frozen=True, slots=True)
class VariableValue:
    """The value of a variable: an expression of text, or of a list of texts."""

    expression: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class IriContext:
    """How templates that start with a variable get their IRI: the catalogue's base and prefixes.

    `strict` are the operators whose variables must have a value; without one of the others nothing is written
    (RFC 6570 §3.2.1). `document` is the URL that a relative reference of any form is resolved against (RFC 3986 §5.2),
    None where the base is put before it unchanged.
    """

    base: str
    prefixes: Mapping[str, str]
    strict: tuple[str, ...] = STRICT_OPERATORS
    document: str | None = None


def expand(template: Template, value: Callable[[str], VariableValue], names: IriContext) -> str:
    """The IRI of a row; NULL if a variable of a strict operator is NULL."""
    parts = [part if isinstance(part, str) else _expression(part, value, names) for part in template]
    whole = sql.concat([sql.text(part) if isinstance(template[n], str) else part for n, part in enumerate(parts)])
    return resolve(whole, names) if is_open(template) else whole


def needed(template: Template, value: Callable[[str], VariableValue], names: IriContext) -> list[str]:
    """The expressions of which none is NULL where `expand` is not NULL: cheaper than the IRI itself."""
    strict = (part for part in template if isinstance(part, Expression) and part.operator in names.strict)
    return list(dict.fromkeys(value(each.name).expression for part in strict for each in part.variables))


def _expression(expression: Expression, value: Callable[[str], VariableValue], names: IriContext) -> str:
    operator = _OPERATORS[expression.operator]
    parts = [_variable(variable, operator, value(variable.name)) for variable in expression.variables]
    if expression.operator in names.strict:
        body = sql.concat([piece for part in parts for piece in (sql.text(operator.separator), part)][1:])
        return sql.concat([sql.text(operator.first), body]) if operator.first else body
    known = sql.any_of([f"{part} IS NOT NULL" for part in parts])
    filled = sql.concat([sql.text(operator.first), sql.join_not_null(operator.separator, parts)])
    return sql.when([(known, filled)], "''")


def _variable(variable: Variable, operator: _Operator, value: VariableValue) -> str:
    def encoded(text: str) -> str:
        cut = sql.substring(text, 1, variable.prefix) if variable.prefix else text
        return sql.reserved_encode(cut) if operator.reserved else sql.percent_encode(cut)

    label = sql.text(f"{variable.name}=")
    if value.listed:
        separator = operator.separator if variable.explode else ","
        items = sql.transform(value.expression, "v", encoded("v"))
        if operator.named and variable.explode:
            items = sql.transform(items, "w", sql.concat([label, "w"]))
            return sql.join_items(items, separator)
        joined = sql.join_items(items, separator)
        return sql.concat([label, joined]) if operator.named else joined
    if not operator.named:
        return encoded(value.expression)
    bare = sql.text(variable.name + operator.empty)
    return sql.when([(f"{value.expression} = ''", bare)], sql.concat([label, encoded(value.expression)]))


def resolve(value: str, names: IriContext) -> str:
    """The IRI of an open template's text: expands a prefixed name, keeps an absolute IRI, adds the base to the rest."""
    start, local = sql.before(value, ":"), sql.after(value, ":")
    known = f"coalesce({sql.concat([sql.lookup(start, names.prefixes), local])}, {value})"
    absolute = (sql.part_match(value, rf"\A{SCHEME}"), known)
    if names.document is not None:
        return sql.when([absolute, *_references(value, names.document)], sql.concat([sql.text(names.base), value]))
    return sql.when([absolute], sql.concat([sql.text(names.base), value]))


def _references(value: str, document: str) -> list[tuple[str, str]]:
    """The forms of relative references that do not begin with a name, each with its IRI."""
    parts = urlsplit(document)
    folder, cases = urljoin(document, "."), list[tuple[str, str]]()
    starts = {
        "//": f"{parts.scheme}:",
        "/": f"{parts.scheme}://{parts.netloc}",
        "#": document,
        "?": document.partition("?")[0],
    }
    cases += [(sql.starts(value, start), sql.concat([sql.text(before), value])) for start, before in starts.items()]
    for depth in range(folder.count("/"), 0, -1):
        up = "../" * depth
        cases.append(
            (sql.starts(value, up), sql.concat([sql.text(urljoin(folder, up)), sql.substring(value, len(up) + 1)]))
        )
    cases.append((f"{value} = ''", sql.text(document)))
    return cases


_SCHEMES = ("http", "https", "urn", "mailto", "tel", "doi", "tag", "geo")


def names_property(value: str, names: IriContext) -> str:
    """True for the text of a full IRI or of a name with a known prefix."""
    known = sql.texts([*names.prefixes, *_SCHEMES])
    return sql.all_of([sql.part_match(value, rf"\A{SCHEME}."), f"{sql.before(value, ':')} IN {known}"])


def relative(value: str) -> str:
    """True for the text of an address without its scheme, such as `www.example.org` or `page.html`."""
    schemed = sql.part_match(value, rf"\A{SCHEME}")
    return sql.any_of([f"NOT {schemed}", sql.part_match(value, r"\A[Ww]{3}[.]")])


_ACTIVE = ("javascript", "vbscript", "data", "file")
"""Schemes that run code in a reader's browser, or name a file of one computer only."""


def active(value: str) -> str:
    """True for the text of an address with such a scheme, in capitals or not."""
    anycase = ("".join(f"[{letter.upper()}{letter}]" for letter in scheme) for scheme in _ACTIVE)
    return sql.part_match(value, rf"\A(?:{'|'.join(anycase)}):")


_LONE_PERCENT = r"%(?:[^0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f]|[0-9A-Fa-f]?\z)"


def illegal(value: str) -> str:
    """True for text that cannot be in an IRI: it has an invalid character, or a percent sign without digits."""
    return sql.part_match(value, rf"{ILLEGAL_IN_IRI}|{_LONE_PERCENT}")


_AUTHORITY = r"//(?:[^/?#@]*@)?[^/?#@:]*(?::[0-9]*)?(?:[/?#].*)?\z"
"""A host, with an optional user before and port after it (RFC 3987 §2.2), and the rest."""


def misplaced(value: str) -> str:
    """True for the text of an address with a malformed host or port, or with two fragments."""
    start, whole = rf"\A{SCHEME}//", rf"(?s)\A{SCHEME}{_AUTHORITY}"
    hosted = sql.all_of([sql.part_match(value, start), f"NOT {sql.part_match(value, whole)}"])
    return sql.any_of([hosted, sql.part_match(value, r"(?s)#.*#")])


def term(iri: str) -> str:
    """The N-Triples term of an IRI."""
    return sql.concat(["'<'", iri, "'>'"])
