"""The text of a query: refuses updates and SERVICE, locates errors, names the columns of `SELECT *`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from st_opendata.errors import UsageError
from st_opendata.messages.message import Message, message, number_text
from st_opendata.namespaces import PREFIXES
from st_opendata.place import Place
from st_opendata.sparql.standard import TOKEN, run

_DEEPEST, _MOST_OPERATORS, _MOST_PATTERNS = 200, 2_000, 300
"""Bounds of a query. Oxigraph's parser and optimiser recurse for each bracket and operator: several thousand use
up the stack, which ends the process. The optimiser puts patterns in order in time that grows with the third power of
their number: 300 take seconds."""
_LONGEST_REASON = 120
"""The most characters of the engine's list of expected tokens, which is long if many are possible."""
_BARE = ("word", "sign", "number")
"""Tokens without text, name or comment."""
_BRACKET = re.compile(r"[(\[{]|[)\]}]")
_JOINT = re.compile(r"\.(?!\d)|[;,/(){\[]")
_OPERATOR = re.compile(r"[-+*/|&!^=;]|\.(?!\d)|\b[A-Za-z]{2,}\b")
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
_STAR = re.compile(r"\s*(?:(?:DISTINCT|REDUCED)\s*)?(\*)", re.IGNORECASE)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_EMPTY = ox.Store()
"""An empty store for parsing."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query and where it was read from, for messages."""

    text: str
    source: str = "query"

    def place_of(self, index: int) -> Place:
        """The position of a character."""
        before = self.text[:index]
        return Place(self.source, line=before.count("\n") + 1, offset=index - before.rfind("\n"))


def refuse_updates_and_services(query: Query, prefixes: Mapping[str, str] = PREFIXES, base: str | None = None) -> None:
    """Raise UsageError for an update (SPARQL 1.1 Update) or a SERVICE pattern (Federated Query): neither runs here.

    Whether SERVICE is the keyword is left to the engine's own parser (`has_keyword`).
    """
    words = [token for token in TOKEN.finditer(query.text) if token["word"]]
    first = next((word for word in words if word[0].upper() not in ("PREFIX", "BASE")), None)
    if first and first[0].upper() in _UPDATES:
        raise UsageError(
            message("{keyword} is an update, and a release never changes", keyword=first[0].upper()),
            place=query.place_of(first.start()),
            remedy=message(
                "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; to change data, edit the tables and build again."
            ),
        )
    try:
        _parse_without("SERVICE", query.text, prefixes, base)
    except SyntaxError as error:
        keyword = next((word for word in words if word[0].upper() == "SERVICE"), None)
        if keyword is None:
            raise syntax_error(error, query, prefixes) from error
        raise UsageError(
            message("SERVICE asks another server, and queries stay in the release"),
            place=query.place_of(keyword.start()),
            remedy=message("Leave it out; to join the data with others, load the dumps into your own store."),
        ) from error


def has_keyword(word: str, text: str, prefixes: Mapping[str, str] = PREFIXES, base: str | None = None) -> bool:
    """Whether SPARQL has this keyword, and not as part of a name, a text or a comment.

    The engine's own parser decides, so that no spelling can deceive: a query in which the word is misspelt throughout
    is still SPARQL, unless the word was the keyword. A text that is not SPARQL has the keyword if it has the word.
    """
    try:
        _parse_without(word, text, prefixes, base)
    except SyntaxError:
        return True
    return False


def check_query(query: Query) -> None:
    """Raise UsageError for a text that is not a query that a release answers; nothing is evaluated."""
    refuse_oversized(query)
    refuse_updates_and_services(query)
    try:
        run(_EMPTY, query.text, PREFIXES)
    except SyntaxError as error:
        raise syntax_error(error, query) from error


def refuse_oversized(query: Query) -> None:
    """Raise UsageError for a query with more nesting or more operators than the engine can process."""
    bare = TOKEN.sub(lambda found: found[0] if found.lastgroup in _BARE else " " * len(found[0]), query.text)
    depth = 0
    for bracket in _BRACKET.finditer(bare):
        depth = depth + 1 if bracket[0] in "([{" else max(0, depth - 1)
        if depth > _DEEPEST:
            raise UsageError(
                message("the query nests deeper than {most} brackets", most=_DEEPEST),
                place=query.place_of(bracket.start()),
                remedy=message("Write it flatter, or split it into several queries."),
            )
    if (count := sum(1 for _ in _OPERATOR.finditer(bare))) > _MOST_OPERATORS:
        text = message(
            "the query has {count} operators and keywords, more than {most}",
            count=number_text(count),
            most=number_text(_MOST_OPERATORS),
        )
        raise _oversized(text, query)
    if (count := _count_patterns(bare)) > _MOST_PATTERNS:
        text = message(
            "the query has {count} triple patterns, more than {most}", count=number_text(count), most=_MOST_PATTERNS
        )
        raise _oversized(text, query)


def _oversized(problem: Message, query: Query) -> UsageError:
    remedy = message("Split it into several queries; VALUES takes any number of terms.")
    return UsageError(problem, place=Place(query.source), remedy=remedy)


def _count_patterns(bare: str) -> int:
    """At least the number of triple patterns: each ends a triple, is a step of a path, or begins in a bracket.

    A comma between parentheses separates arguments or the values of IN, and begins no pattern.
    """
    count = depth = 0
    for joint in _JOINT.finditer(bare):
        if joint[0] in "()":
            depth = depth + 1 if joint[0] == "(" else max(0, depth - 1)
        elif joint[0] != "," or depth == 0:
            count += 1
    return count


def _parse_without(word: str, text: str, prefixes: Mapping[str, str], base: str | None) -> None:
    """Raise SyntaxError if the text has the word and is no longer SPARQL once the word is misspelt."""
    if word.lower() not in (lower := text.lower()):
        return
    other = "x"
    while f"{word[:-1].lower()}{other}" in lower:  # otherwise two names could become one
        other += "x"

    def misspelt(text: str) -> str:
        return re.sub(word, lambda found: found[0][:-1] + other, text, flags=re.IGNORECASE)

    run(_EMPTY, misspelt(text), {misspelt(name): iri for name, iri in prefixes.items()}, base)


def name_columns(query: Query, prefixes: Mapping[str, str] = PREFIXES, base: str | None = None) -> str:
    """The query with the variables of an outermost `SELECT *` in the order of the text; Oxigraph sorts them by name.

    Raises:
        SyntaxError: the text is not SPARQL.
    """
    tokens = list(TOKEN.finditer(query.text))
    first = next((token for token in tokens if (token["word"] or "PREFIX").upper() not in ("PREFIX", "BASE")), None)
    star = _STAR.match(query.text, first.end()) if first and first[0].upper() == "SELECT" else None
    results = run(_EMPTY, query.text, prefixes, base) if star else None
    if not star or not isinstance(results, ox.QuerySolutions):
        return query.text
    found = {variable.value for variable in results.variables}
    columns = [name for name in dict.fromkeys(token[0][1:] for token in tokens if token[0][0] in "?$") if name in found]
    if not columns:
        return query.text
    return f"{query.text[: star.start(1)]} {' '.join(f'?{name}' for name in columns)} {query.text[star.end(1) :]}"


def syntax_error(error: SyntaxError, query: Query, prefixes: Mapping[str, str] = PREFIXES) -> UsageError:
    """The engine's syntax error as a UsageError, with line and column."""
    found = _POSITION.match(str(error))
    if not found:
        return UsageError(message("the query is not SPARQL: {reason}", reason=str(error)), place=Place(query.source))
    if unknown := _unknown_prefix(query, prefixes):
        return UsageError(
            message('the prefix "{prefix}" of "{name}" is unknown', prefix=unknown["prefix"], name=unknown[0]),
            place=query.place_of(unknown.start()),
            remedy=message("Declare it with PREFIX; known without that: {known}.", known=", ".join(sorted(prefixes))),
        )
    line, offset, expected = int(found[1]), int(found[2]), found[3]
    lines = query.text.splitlines() or [""]
    rest = lines[line - 1][offset - 1 :].strip() if line <= len(lines) else ""
    problem = _not_sparql(rest[:40], is_last=line >= len(lines))
    if len(expected) <= _LONGEST_REASON:
        problem = message("{problem}: {expected}", problem=problem, expected=expected)
    return UsageError(
        problem,
        place=Place(query.source, line=line, offset=offset),
        remedy=message("Correct it there or just before; close each {{, ( and quotation mark."),
    )


def _not_sparql(rest: str, *, is_last: bool) -> Message:
    """The error at the start of this rest of a line; without a rest, it is at the end of the last line."""
    if rest:
        return message('the query is not SPARQL at "{rest}"', rest=rest)
    if is_last:
        return message("the query is not SPARQL at its end")
    return message("the query is not SPARQL at the end of the line")


def _unknown_prefix(query: Query, prefixes: Mapping[str, str]) -> re.Match[str] | None:
    """The first name whose prefix is neither ours nor declared, which Oxigraph reports as any other syntax error."""
    known = {"_", *prefixes, *re.findall(r"PREFIX\s+([\w.-]*):", query.text, re.IGNORECASE)}
    names = (token for token in TOKEN.finditer(query.text) if token["prefix"] is not None)
    return next((name for name in names if name["prefix"] not in known), None)
