"""The words of pages in three languages: the texts of `words/`, and numbers, dates and sizes.

The YAML files give each text a name. They hold the English texts, which are msgids of gettext like those of `message`.
"""

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
from st_opendata.messages.message import Message, translate
from st_opendata.model.text import LANGUAGES

_SIZES = (("G", 10**9), ("M", 10**6), ("k", 10**3))
NAMES = {"en": "English", "fr": "Français", "de": "Deutsch"}


@cache
def texts() -> Mapping[str, Message]:
    """Every text by name, its fields not filled; `n` decides between the forms of one with a plural.

    Each kind of page has its own file in `words/`; no name is in two of them.
    """
    found: dict[str, Message] = {}
    for file in sorted(files("st_opendata.portal").joinpath("words").iterdir(), key=lambda each: each.name):
        content = {name: _message(entry) for name, entry in yaml.safe_load(file.read_text("utf-8")).items()}
        assert not found.keys() & content.keys(), file.name
        found |= content
    return found


def _message(entry: str | Mapping[str, str]) -> Message:
    if isinstance(entry, str):
        return Message(entry)
    if "one" in entry:
        return Message(entry["one"], plural=entry["other"], number="n")
    return Message(entry["text"], context=entry["context"])


def alphabetical(text: str) -> tuple[str, str]:
    """The key that sorts texts as in a dictionary: `écart` is between `droit` and `fait`."""
    return folded(text), text


class Words:
    """The words of one language, for templates."""

    def __init__(self, language: str) -> None:
        """`language` is one of `LANGUAGES`."""
        self.language = language
        # British English: days before months, as in the rest of Europe.
        self.locale = Locale("en", "GB") if language == "en" else Locale(language)

    def __call__(self, name: str, **values: object) -> str:
        """The text of that name with its values in place of their names; with `n`, in its singular or plural.

        Values are escaped where the text itself is markup (its name ends in `_html`).
        """
        text = texts()[name]
        template = translate(self.language, text.msgid, text.plural, values.get("n"), text.context)
        if "n" in values:
            number = values["n"]
            assert isinstance(number, int)
            values["n"] = self.number(number)
        if name.endswith("_html"):
            return Markup(template).format(**values)  # noqa: S704 (the text is ours, its values are escaped)
        return template.format(**values)

    def number(self, value: float) -> str:
        """A number with the group separators of the language."""
        return numbers.format_decimal(value, locale=self.locale)

    def day(self, value: str) -> str:
        """An ISO 8601 date, month or year in words; any other text stays unchanged."""
        try:
            return self._day(value)
        except ValueError:  # the data may state the 30th of February
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
