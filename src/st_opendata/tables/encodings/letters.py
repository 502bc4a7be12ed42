"""How well letters beyond ASCII follow their neighbours in each language (`letters.json`, counted from Unicode's CLDR).

Costs are negative logarithms of probabilities.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

_NO_LETTER = 13.0
"""The cost of a letter that the language does not have."""
_AFTER_FOREIGN = 8.0
"""The extra cost of a letter after one that the language does not have."""
_ALIASES = {"ro": {"ș": "ş", "ț": "ţ"}, "tr": {"i": "İ"}}
"""Letters that stand for others: Windows has those of Romanian with a cedilla only."""

Rows = dict[str, dict[str, float]]
Costs = tuple[float, ...]


@cache
def languages() -> tuple[str, ...]:
    """The tags of all languages, in the order of `pair_costs`."""
    return tuple(_models())


@cache
def pair_costs(before: str, after: str) -> Costs:
    """The cost in each language of the small letter `after` following `before`; a space is an end of the word."""
    return tuple(_cost(rows, before, after) for rows in _models().values())


@cache
def nearest_cost(before: str, after: str) -> float:
    """The cost of the pair in the language with the lowest cost."""
    return min(pair_costs(before, after))


def _cost(rows: Rows, before: str, after: str) -> float:
    if before == after == " ":
        return 0.0
    row = rows.get(before)
    if row is None:
        return _AFTER_FOREIGN + rows[""].get(after, _NO_LETTER)
    known = row.get(after)
    return row[""] + rows[""].get(after, _NO_LETTER) if known is None else known


@cache
def _models() -> dict[str, Rows]:
    content = json.loads(files(__package__).joinpath("letters.json").read_text("utf-8"))
    return {language: _rows(rows, _ALIASES.get(language, {})) for language, rows in content["languages"].items()}


def _rows(written: dict[str, str], aliases: dict[str, str]) -> Rows:
    """By each letter those after it; at "" what a pair adds that no word has, in the row "" the letters alone."""
    rows: Rows = {}
    for before, text in written.items():
        cost, pairs = ("0", text) if before == "" else (text[0], text[1:])
        row = {letter: int(digit, 36) / 2 for letter, digit in zip(pairs[::2], pairs[1::2], strict=True)}
        row |= {alias: row[letter] for letter, alias in aliases.items() if letter in row}
        rows[before] = row | ({"": int(cost, 36) / 2} if before else {})
    return rows | {alias: rows[letter] for letter, alias in aliases.items() if letter in rows}
