"""Rules of a description about rows that are no data: the key `rows` of a table."""

from __future__ import annotations

import re

from st_opendata.model.tables import ABOVE_HEADER, BELOW_HEADER, FOOTNOTES, ROW_RULES, TOTALS, Dialect, RowRule
from st_opendata.tables.fields import Fields
from st_opendata.tables.problems import hint

_MATCHED = (BELOW_HEADER, FOOTNOTES, TOTALS)


def read_row_rules(fields: Fields, dialect: Dialect) -> tuple[RowRule, ...]:
    """The rules of a table; what is wrong with one is noted, and the rule left out."""
    found: dict[str, RowRule] = {}
    for entry in fields.list_of_fields("rows"):
        rule = _rule(entry, dialect)
        if rule and rule.kind in found:
            entry.problem(f'the rule "{rule.kind}" is listed twice', ROW_RULES[rule.kind])
        elif rule:
            found[rule.kind] = rule
    return tuple(found.values())


def _rule(entry: Fields, dialect: Dialect) -> RowRule | None:
    before = entry.noted
    entry.only(("skip", "fill", "matching"))
    key = "fill" if "fill" in entry else "skip"
    kinds = [kind for kind, word in ROW_RULES.items() if word == key]
    kind = entry.text(key) or ""
    matching = entry.text("matching") if "matching" in entry else None
    if "fill" in entry and "skip" in entry:
        entry.problem('a rule has either "skip" or "fill"', "fill")
    elif kind and kind not in kinds:
        entry.problem(f'"{kind}" is not a rule for rows{hint(kind, kinds)}; the rules are {", ".join(kinds)}', key)
    elif kind == BELOW_HEADER and matching is None:
        entry.problem('"below-header" needs "matching", as in {skip: below-header, matching: "m²|EUR"}', key)
    elif matching is not None and kind not in _MATCHED:
        entry.problem(f'"{kind}" takes no "matching"', "matching")
    elif kind in (ABOVE_HEADER, BELOW_HEADER) and not dialect.header:
        entry.problem(f'"{kind}" is for files that have a header', key)
    try:
        re.compile(matching or "")
    except re.error as error:
        entry.problem(f'"{matching}" is not a regular expression: {error}', "matching")
    return RowRule(kind, matching) if entry.noted == before else None
