"""Text in several languages: the publisher's in any, the program's own in three.

The program adds its texts to a publisher's in those of their languages that it speaks, else in English and tagged as
such (`speak`); a publisher's title inside them stays unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

Text = Mapping[str, str]
"""BCP 47 language tag to text; never empty where a text is required."""

LANGUAGES = ("en", "fr", "de")
"""Those that the program speaks itself."""


class Quantity(int):
    """A number of things: the format `row|rows` gives `1 row` and `2 rows`, `=is|are` the word alone.

    Which of the two fits is the language's to say.
    """

    def __new__(cls, number: int, language: str = "en") -> Quantity:
        """The number of things that are named in that language."""
        counted = super().__new__(cls, number)
        counted.language = language
        return counted

    language: str

    def __format__(self, spec: str) -> str:
        """The number as its format says; with `one|many` and the word that fits it."""
        one, bar, many = spec.removeprefix("=").partition("|")
        if not bar:
            return format(int(self), spec)
        single = self < 2 if self.language == "fr" else self == 1
        word = one if single else many
        return word if spec.startswith("=") else f"{int(self)} {word}"


_FRENCH_SPACE = re.compile("(?<=«) | (?=[:;?!»])")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")


def is_language_tag(text: str) -> bool:
    """True for what is formed as a language tag (RDF 1.1 N-Triples, LANGTAG; BCP 47 bounds each part to 8)."""
    return _TAG.match(text) is not None


def primary(tag: str) -> str:
    """The language of a tag, without region or script: `de` of `de-AT`."""
    return tag.partition("-")[0].lower()


def spoken(tag: str) -> str:
    """The tag of what the program says to readers of a language: theirs where it speaks that, else English."""
    return tag if primary(tag) in LANGUAGES else LANGUAGES[0]


def tag_of(text: Mapping[str, Sequence[str]], language: str) -> str | None:
    """The tag of the text, or list of words, that is best in a language, by the rule of `pick`; None without text."""
    for wanted in (language, "en"):
        alike = (tag for tag in (wanted, *text) if primary(tag) == primary(wanted) and text.get(tag))
        if found := next(alike, None):
            return found
    return next((tag for tag, value in text.items() if value), None)


def pick(text: Text, language: str) -> str:
    """The text in `language` or a variety of it, else in English, else in the first there is, else empty."""
    tag = tag_of(text, language)
    return "" if tag is None else text[tag]


def speak(template: Text, languages: Iterable[str], **fields: str | Text) -> Text:
    """What the program says of something that has texts in `languages`: in those that it speaks, else in English.

    A field in several languages is in the same one; a template without text says nothing.

    >>> speak({"en": "Map: {title}", "fr": "Carte : {title}"}, ["fr", "el"], title={"fr": "Villes", "el": "Πόλεις"})
    {'fr': 'Carte : Villes'}
    >>> speak({"en": "Map: {title}", "fr": "Carte : {title}"}, ["el"], title={"el": "Πόλεις"})
    {'en': 'Map: Πόλεις'}
    """
    texts = [field for field in fields.values() if not isinstance(field, str)]
    shared = [tag for tag in languages if primary(tag) in template and all(text.get(tag) for text in texts)]
    said = {tag: template[primary(tag)] for tag in shared} or {tag: template[tag] for tag in ("en",) if tag in template}
    return {
        tag: text.format_map(
            {name: field if isinstance(field, str) else pick(field, tag) for name, field in fields.items()}
        )
        for tag, text in said.items()
    }


def without_breaks(french: str) -> str:
    """The French text with no-break spaces where its typography has a space that ends no line."""
    return _FRENCH_SPACE.sub("\N{NO-BREAK SPACE}", french)
