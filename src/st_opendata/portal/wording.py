"""What pages say in three languages: the texts of `words/`, and numbers, dates and sizes as each language has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

import yaml
from babel import Locale, dates, numbers
from markupsafe import Markup

from st_opendata.model.text import LANGUAGES

_SIZES = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
NAMES = {"en": "English", "fr": "Français", "de": "Deutsch"}


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Every text by name and language; one with a plural has two forms with ` | ` between them.

    Each kind of page has a file of its own in `words/`; a name stands in one of them.
    """
    found: dict[str, dict[str, str]] = {}
    for file in sorted(files("st_opendata.portal").joinpath("words").iterdir(), key=lambda each: each.name):
        content = yaml.safe_load(file.read_text("utf-8"))
        assert not found.keys() & content.keys(), file.name
        found |= content
    return found


class Words:
    """The words of one language, for templates."""

    def __init__(self, language: str) -> None:
        """`language` is one of `LANGUAGES`."""
        self.language = language
        # British English: days before months, as in the rest of Europe.
        self.locale = Locale("en", "GB") if language == "en" else Locale(language)

    def __call__(self, name: str, **values: object) -> str:
        """The text of that name with its values in the places of their names; with `n`, in its singular or plural.

        Values are escaped where the text itself is markup (its name ends in `_html`).
        """
        text = texts()[name][self.language]
        if "n" in values:
            number = values["n"]
            assert isinstance(number, int | float)
            one, _, many = text.partition(" | ")
            text = one if not many or self.locale.plural_form(number) == "one" else many
            values["n"] = self.number(number)
        if name.endswith("_html"):
            return Markup(text).format(**values)  # noqa: S704 (the text is ours, its values are escaped)
        return text.format(**values)

    def number(self, value: float) -> str:
        """A number with the group separators of the language."""
        return numbers.format_decimal(value, locale=self.locale)

    def money(self, value: float, currency: str = "EUR") -> str:
        """An amount without cents where it has none."""
        pattern = None if value % 1 else self.locale.currency_formats["standard"].pattern.replace(".00", "")
        return numbers.format_currency(value, currency, pattern, locale=self.locale, currency_digits=False)

    def day(self, value: str) -> str:
        """An ISO 8601 date, month or year in words; what is none stays as it is."""
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", value):
            text = dates.format_date(date.fromisoformat(value[:10]), "long", locale=self.locale)
            return re.sub(r"^1 ", "1er ", text) if self.language == "fr" else text
        if re.fullmatch(r"\d{4}-\d\d", value):
            return dates.format_date(date.fromisoformat(f"{value}-01"), "LLLL y", locale=self.locale)
        return value

    def size(self, value: int) -> str:
        """Bytes with the largest unit (powers of 1000) that leaves at least 1."""
        for unit, bytes_each in _SIZES:
            if value >= bytes_each:
                short = numbers.format_decimal(value / bytes_each, "#,##0.#", locale=self.locale)
                return f"{short}\N{NO-BREAK SPACE}{unit}"
        return self("bytes", n=value)


@cache
def words_of(language: str) -> Words:
    """The words of one of `LANGUAGES`."""
    assert language in LANGUAGES
    return Words(language)
