"""A message: an English text with fields, put into the language of its reader where it is shown.

The English text is the msgid of gettext; translations lie in `locale/LANGUAGE/LC_MESSAGES/st-opendata.po` and are read
from the .mo beside it, which `python tools/texts.py` and every build of the package write. Fields are quoted as they
are: no text that somebody wrote is looked up, and only fields that are in several languages are put into words too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from st_opendata.model.text import LANGUAGES, pick

DOMAIN = "st-opendata"
_SEPARATORS = {"en": ",.", "fr": "\N{NARROW NO-BREAK SPACE},", "de": ".,"}
"""Between groups of three digits, and before decimals."""


@dataclass(frozen=True, slots=True, eq=False)
class Message(Mapping[str, str]):
    """What the program says: its text in each of `LANGUAGES`, as a mapping that puts it into words when asked.

    `msgid` is English with named fields in braces; `plural` is the English text for any number but one, and `number`
    the field that decides. A field that is no number, such as `2 to 4`, takes the plural.
    """

    msgid: str
    fields: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""
    number: str = ""

    def __getitem__(self, language: str) -> str:
        """The text in one of `LANGUAGES`; KeyError for any other."""
        return self._template(language).format_map(
            {
                name: pick(value, language) if isinstance(value, Mapping) else value
                for name, value in self.fields.items()
            }
        )

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)

    def __hash__(self) -> int:
        return hash(self["en"])  # equal ones have the same text in every language

    def __str__(self) -> str:
        """The English text."""
        return self["en"]

    def _template(self, language: str) -> str:
        known = translations(language)
        if not self.plural:
            return known.gettext(self.msgid)
        number = self.fields[self.number]
        return known.ngettext(self.msgid, self.plural, number if isinstance(number, int) else 2)


def message(msgid: str, /, **fields: object) -> Message:
    """What the program says. `tools/texts.py` finds the text at this call, so it is written here, not put together."""
    return Message(msgid, fields)


def counted(one: str, other: str, /, *, number: str, **fields: object) -> Message:
    """What the program says of a number of things: the field of that name decides between the two texts."""
    return Message(one, fields, other, number)


def verbatim(text: str | Mapping[str, str]) -> Message:
    """What somebody else says, as the system, a server or an engine do: shown as it is, in each language there is."""
    return Message("{text}", {"text": text})


def change_fields(text: Message, change: Callable[[str], str]) -> Message:
    """The message with each text changed that fills a field of it, or of a message in it."""

    def changed(value: object) -> object:
        if isinstance(value, Message):
            return change_fields(value, change)
        return change(value) if isinstance(value, str) else value

    return replace(text, fields={name: changed(value) for name, value in text.fields.items()})


def number_text(value: float) -> Mapping[str, str]:
    """A number as each language writes it, for a field of a message.

    >>> number_text(1250.5)["en"], number_text(1250000)["de"]
    ('1,250.5', '1.250.000')
    """
    english = f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
    return {language: english.translate(str.maketrans(",.", signs)) for language, signs in _SEPARATORS.items()}


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language: nothing for English; KeyError for a language that the program does not speak."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == "en":
        return NullTranslations()
    file = files("st_opendata.messages").joinpath("locale", language, "LC_MESSAGES", f"{DOMAIN}.mo")
    with file.open("rb") as content:
        return GNUTranslations(content)
