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

from st_opendata.folding import folded
from st_opendata.model.text import LANGUAGES, without_breaks

_SIZES = (("G", 10**9), ("M", 10**6), ("k", 10**3))
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
    return {name: {**text, "fr": without_breaks(text["fr"])} for name, text in found.items()}


def alphabetical(text: str) -> tuple[str, str]:
    """The key that sorts texts as people look for them: `écart` stands between `droit` and `fait`."""
    return folded(text), text


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

    def day(self, value: str) -> str:
        """An ISO 8601 date, month or year in words; what is none stays as it is."""
        try:
            return self._day(value)
        except ValueError:  # the 30th of February is data as well
            return value

    def _day(self, value: str) -> str:
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", value):
            text = dates.format_date(date.fromisoformat(value[:10]), "long", locale=self.locale)
            return re.sub(r"^1 ", "1er ", text) if self.language == "fr" else text
        if re.fullmatch(r"\d{4}-\d\d", value):
            return dates.format_date(date.fromisoformat(f"{value}-01"), "LLLL y", locale=self.locale)
        return value

    def size(self, value: int) -> str:
        """Bytes with the largest unit (powers of 1000) that leaves at least 1."""
        unit = "o" if self.language == "fr" else "B"
        for prefix, bytes_each in _SIZES:
            if value >= bytes_each:
                short = numbers.format_decimal(value / bytes_each, "#,##0.#", locale=self.locale)
                return f"{short}\N{NO-BREAK SPACE}{prefix}{unit}"
        return self("bytes", n=value)


@cache
def words_of(language: str) -> Words:
    """The words of one of `LANGUAGES`."""
    assert language in LANGUAGES
    return Words(language)
