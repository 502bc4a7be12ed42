"""The common traits of a column's cells: datatype and format, separator, null texts, whether they can be a key.

A guess must hold for every cell, by the parser with which `build` will read it. A cell that could be read in two ways
stays text: a text that could have been a number does no harm, but a thousand that became one does.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from st_opendata.catalogue.init.numerals import NUMBER, kind, read_numbers
from st_opendata.catalogue.init.texts import YEAR, code_reason, form_reason, mixed_reason, text_reason
from st_opendata.messages.message import Message, message
from st_opendata.tables.datatypes import BLANKS, parse

NULLS = (
    "-",
    "--",
    "..",
    ":",
    "—",
    "–",
    "?",
    "n/a",
    "N/A",
    "NA",
    "n.a.",
    "k.A.",
    "k. A.",
    "n.d.",
    "n.c.",
    "nc",
    "null",
    "NULL",
    "#N/A",
)
"""Texts for unknown values."""
_TRUTHS = (
    *("true|false", "TRUE|FALSE", "True|False", "yes|no", "Yes|No", "YES|NO", "oui|non", "Oui|Non", "OUI|NON"),
    *("ja|nein", "Ja|Nein", "JA|NEIN", "vrai|faux", "VRAI|FAUX", "wahr|falsch", "WAHR|FALSCH", "Y|N", "J|N", "O|N"),
)
_DATES = (
    "dd.MM.yyyy",
    "d.M.yyyy",
    "dd/MM/yyyy",
    "d/M/yyyy",
    "MM/dd/yyyy",
    "M/d/yyyy",
    "dd-MM-yyyy",
    "yyyy/MM/dd",
    "yyyy.MM.dd",
)
_DAYS = ("yyyy-MM-dd", *_DATES)
_DAY = re.compile(r"[0-9]{1,4}([-./])[0-9]{1,2}\1[0-9]{1,4}")
_CLOCKS = ("", " HH:mm", " HH:mm:ss", "THH:mm:ss")
MOST_CELLS = 2_400_000
_MOST = 200_000
"""Distinct cells of all columns of a table, and of one column, that are kept."""
_MOST_TEXT = 20_000_000
"""Characters of them."""
_SAMPLE = 20_000
"""The first distinct cells of a column that has more."""
_SEPARATORS = ("|", ";", ",")
LONGEST_ITEM = 40
LIST_NUMBERS = {"integer": "-?(?:0|[1-9][0-9]{0,14})", "decimal": r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?"}
"""Numbers in lists, written plainly."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess at a column: `form` is the CSVW format in YAML; `why` is the reason."""

    base: str = "string"
    form: object = None
    separator: str | None = None
    null: tuple[str, ...] = ()
    why: Message | None = None


@dataclass(slots=True)
class Profile:
    """The cells of a column, each distinct one with its number; `whole` is false where there were too many to keep.

    Then `cells` has the first ones only. Where it is `sampled`, an engine has all of them, and has counted how many are
    `different`, the length of the `longest`, and whether they `all_differ` so that they can be a key; `repeated` is one
    that several rows have.
    """

    cells: Counter[str] = field(default_factory=Counter)
    blank: int = 0
    rows: int = 0
    whole: bool = True
    size: int = 0
    most: int = _MOST
    sampled: bool = False
    different: int = 0
    longest: int = 0
    all_differ: bool = False
    repeated: str | None = None

    def add(self, cell: str) -> None:
        """Take one cell."""
        self.rows += 1
        if not cell.strip(BLANKS):
            self.blank += 1
        elif self.whole:
            self.size += 0 if cell in self.cells else len(cell)
            self.cells[cell] += 1
            self.whole = len(self.cells) <= self.most and self.size <= _MOST_TEXT
            if not self.whole:
                self.cells = Counter(dict(islice(self.cells.items(), _SAMPLE)))

    def add_all(self, cells: Sequence[str]) -> None:
        """Take cells, the same as one after the other: each different one costs, not each."""
        counts = Counter(cells)
        if self.whole:
            new = [cell for cell in counts if cell not in self.cells and cell.strip(BLANKS)]
            size = self.size + sum(map(len, new))
            if len(self.cells) + len(new) > self.most or size > _MOST_TEXT:  # the place of the last one counts
                for cell in cells:
                    self.add(cell)
                return
            self.size = size
        self.rows += len(cells)
        blank = [cell for cell in counts if not cell.strip(BLANKS)]
        self.blank += sum(counts.pop(cell) for cell in blank)
        if self.whole:
            self.cells.update(counts)

    def sample(self, cells: Iterable[str]) -> None:
        """Add cells to those that a guess is made from."""
        for cell in cells:
            self.cells.setdefault(cell, 1)

    @property
    def known(self) -> bool:
        """True where the cells are all there, or an engine has them."""
        return self.whole or self.sampled

    @property
    def distinct(self) -> int:
        """The number of different cells."""
        return self.different if self.sampled else len(self.cells)

    @property
    def length(self) -> int:
        """The length of the longest cell."""
        return self.longest if self.sampled else max(map(len, self.cells), default=0)

    @property
    def twice(self) -> str | None:
        """A cell that is in several rows."""
        return self.repeated if self.sampled else next((c for c, number in self.cells.items() if number > 1), None)

    @property
    def unique(self) -> bool:
        """True where the values of all rows differ, capitals aside, and people can tell them apart."""
        if self.sampled:
            return self.all_differ
        if self.blank or not self.whole or len(self.cells) != self.rows or self.rows < 1:
            return False
        folded = {unicodedata.normalize("NFC", cell.casefold()) for cell in self.cells}
        return len(folded) == self.rows and not any(_invisible(cell) for cell in self.cells)


def _invisible(cell: str) -> bool:
    return cell != cell.strip() or any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in cell)


def guess(profile: Profile, *, comma: bool, title: str = "") -> Guess:
    """The guess for a column; `comma` is true where the file has commas in decimals, or no commas between cells."""
    if not profile.cells:
        return Guess(why=message("all cells are empty"))
    if not profile.known:
        return Guess(why=message("too many different cells to compare: taken as text"))
    cells = list(profile.cells)
    texts = [cell.strip(BLANKS) for cell in cells]
    known = [text for text in texts if text not in NULLS]
    null = tuple(sorted(set(texts) & set(NULLS)))
    if reason := code_reason(known, title):
        return _years(known, null) or Guess(why=message("{reason}: kept as text", reason=reason))
    found = _typed(known, comma=comma) if known else Guess()
    if found.base != "string":
        return Guess(found.base, found.form, None, null, found.why and _with_null(found.why, null))
    return found if found.why else _text(profile, known)


def _text(profile: Profile, known: list[str]) -> Guess:
    if reason := form_reason(known):
        return Guess(why=reason)
    return _list(profile) or Guess(why=text_reason(known) or _mixed(known))


def _with_null(why: Message, null: tuple[str, ...]) -> Message:
    """The reason, with the texts for unknown values."""
    if not null:
        return why
    return message("{reason}; “{words}” for unknown values", reason=why, words="”, “".join(null))


def _mixed(texts: list[str]) -> Message | None:
    """The type of most cells, where others are not of it, with the first of the others; None for all or no cells."""
    days = [text for text in texts if _DAY.fullmatch(text)]
    numbers = {text for text in texts if NUMBER.fullmatch(text)} - set(days)
    written = max(_DAYS, key=lambda form: sum(parse(kind("date", form), text) is not None for text in days))
    dates = {text for text in days if parse(kind("date", written), text) is not None}
    if len(dates) > len(numbers):
        return mixed_reason(list(dates), message("dates written {format}", format=written), texts)
    return mixed_reason(list(numbers), message("numbers"), texts)


def _years(texts: list[str], null: tuple[str, ...]) -> Guess | None:
    """Years, some cells with more than one of them: a list."""
    for separator in (";", ",", "/"):
        items = [item.strip(BLANKS) for text in texts for item in text.split(separator)]
        if len(items) > len(texts) and all(re.fullmatch(YEAR, item) for item in items):
            why = message("lists of years with “{sign}” between", sign=separator)
            return Guess("integer", None, separator, null, _with_null(why, null))
    return None


def _typed(texts: list[str], *, comma: bool) -> Guess:
    if any(re.fullmatch(r"-?0[0-9]+|\+.*|[0-9]{16,}", text) for text in texts):
        return Guess()
    for pair in _TRUTHS:
        if set(texts) <= set(pair.split("|")):
            form = None if pair == "true|false" else pair
            yes, no = pair.split("|")
            return Guess("boolean", form, why=message("all cells are “{yes}” or “{no}”", yes=yes, no=no))
    if not any(_DATE.fullmatch(text) or re.match("-?0[0-9]+[.,]", text) for text in texts) and (
        reading := read_numbers(texts, comma=comma)
    ):
        return Guess(reading.base or "string", reading.form, why=reading.why)
    for base, form, why in _others():
        if all(parse(kind(base, form), text) is not None for text in texts):
            return _one_day_order(base, form, texts) or Guess(base, form, why=why)
    return Guess()


_DATE = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}|[0-9]{4}\.[0-9]{2}\.[0-9]{2}")


@cache
def _others() -> tuple[tuple[str, str | None, Message], ...]:
    """Datatypes but numbers and truth values, the likeliest first."""
    found: list[tuple[str, str | None, Message]] = [("date", None, message("all cells are dates"))]
    found += [("date", form, message("all cells are dates written {format}", format=form)) for form in _DATES]
    found.append(("dateTime", None, message("all cells are dates with a time")))
    for form in (day + clock for day in _DAYS for clock in _CLOCKS if clock):
        found.append(("dateTime", form, message("all cells are written {format}", format=form)))
    times = message("all cells are times")
    return (*found, ("time", None, times), ("time", "HH:mm", times))


def _one_day_order(base: str, form: str | None, texts: list[str]) -> Guess | None:
    """The guess with a remark where days and months could be exchanged."""
    day_first = form is not None and form.startswith(("dd/MM", "d/M"))
    if (
        day_first
        and form
        and all(parse(kind(base, form.replace("d", "#").replace("M", "d").replace("#", "M")), t) for t in texts)
    ):
        why = message("dates taken as {format}, the day first: no cell shows which is the month", format=form)
        return Guess(base, form, why=why)
    return None


def _list(profile: Profile) -> Guess | None:
    """A separator, where many cells have one and the items between are short."""
    filled = sum(profile.cells.values())
    for separator in _SEPARATORS:
        holding = [cell for cell in profile.cells if separator in cell]
        if sum(profile.cells[cell] for cell in holding) < max(2, filled * 0.2):
            continue
        spaced = all(
            re.fullmatch(rf"[^{separator}]+(?:{re.escape(separator)} [^{separator} ][^{separator}]*)+", cell)
            for cell in holding
        )
        exact = separator + " " if spaced else separator
        items = [item for cell in profile.cells for item in cell.split(exact)]
        repeated = sum(number for number in Counter(items).values() if number > 1)
        if not all(item.strip() == item and 0 < len(item) <= LONGEST_ITEM for item in items):
            continue
        counted = _counted(items)
        if separator == "," and repeated * 2 < len(items) and not (counted and any(c.count(",") > 1 for c in holding)):
            continue
        return Guess(counted or "string", None, exact, why=_why_lists(counted, len(holding), exact.strip()))
    return None


def _why_lists(base: str, count: int, sign: str) -> Message:
    if base == "integer":
        return message("{number} cells are lists of whole numbers with “{sign}” between", number=count, sign=sign)
    if base:
        return message("{number} cells are lists of numbers with “{sign}” between", number=count, sign=sign)
    return message("{number} cells are lists with “{sign}” between", number=count, sign=sign)


def _counted(items: list[str]) -> str:
    """The datatype of a list's items where all are numbers written plainly, else nothing."""
    forms = LIST_NUMBERS.items()
    return next((base for base, form in forms if all(re.fullmatch(form, item) for item in items)), "")
