"""A message: an English text with fields, put into the language of its reader where it is shown.

The English text is the msgid of gettext; translations are in `locale/LANGUAGE/LC_MESSAGES/st-opendata.po`. The
program reads the .mo file next to it, which `python tools/texts.py` and every build of the package write. Fields are
quoted unchanged: text from users is never translated, and only fields that are in several languages are translated too.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from string import Formatter

from st_opendata.model.text import LANGUAGES, Text, pick, primary

DOMAIN = "st-opendata"
_DEEPEST = 20
"""Messages in messages that `message_of` reads."""
_PLAIN = (str, int, float, type(None))
_SEPARATORS = {"en": ",.", "fr": "\N{NARROW NO-BREAK SPACE},", "de": ".,"}
"""Between groups of three digits, and before decimals."""


@dataclass(frozen=True, slots=True, eq=False)
class Message(Mapping[str, str]):
    """A text of the program in each of `LANGUAGES`, as a mapping that translates it on access.

    `msgid` is English with named fields in braces; `plural` is the English text for any number but one, and `number`
    the field that decides. A field that is not a number, such as `2 to 4`, takes the plural. `context` distinguishes
    texts that are the same in English (`msgctxt` of gettext).
    """

    msgid: str
    fields: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""
    number: str = ""
    context: str = ""

    def __getitem__(self, language: str) -> str:
        """The text in one of `LANGUAGES`; KeyError for any other."""
        return self._template(language).format_map(self._fields(language))

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)

    def items(self) -> ItemsView[str, str]:
        """As of any mapping, in a fraction of the time: reports ask for the texts of each finding."""
        if all(isinstance(value, _PLAIN) for value in self.fields.values()):
            return {language: self._template(language).format_map(self.fields) for language in LANGUAGES}.items()
        return {language: self[language] for language in LANGUAGES}.items()

    def __hash__(self) -> int:
        return hash(self["en"])  # equal ones have the same text in every language

    def __str__(self) -> str:
        """The English text."""
        return self["en"]

    def content(self) -> dict[str, object]:
        """The message as values for JSON, for `message_of`; texts stay untranslated."""
        fields = {name: _field_content(value) for name, value in self.fields.items()}
        own = {"msgid": self.msgid, "plural": self.plural, "number": self.number, "context": self.context}
        return own | {"fields": fields}

    def data(self, languages: Iterable[str]) -> Text:
        """The text for data that have texts in `languages`: in those that the program speaks, else in English.

        A field in several languages is in the same one, and there are only languages that it has. The spaces of the
        program's French are plain ones: whoever shows the data sets the no-break spaces (`without_breaks`).

        >>> message("SPARQL endpoint: {title}", title={"fr": "Villes", "el": "Πόλεις"}).data(["fr", "el"])
        {'fr': 'Point d’accès SPARQL : Villes'}
        >>> message("SPARQL endpoint: {title}", title={"el": "Πόλεις"}).data(["el"])
        {'en': 'SPARQL endpoint: Πόλεις'}
        """
        texts = [value for value in self.fields.values() if isinstance(value, Mapping)]
        shared = [tag for tag in languages if primary(tag) in LANGUAGES and all(text.get(tag) for text in texts)]
        return {
            tag: self._template(primary(tag)).replace("\N{NO-BREAK SPACE}", " ").format_map(self._fields(tag))
            for tag in shared or LANGUAGES[:1]
        }

    def _fields(self, language: str) -> dict[str, object]:
        return {name: _in_language(value, language) for name, value in self.fields.items()}

    def _template(self, language: str) -> str:
        return translate(language, self.msgid, self.plural, self.fields.get(self.number), self.context)


def _in_language(value: object, language: str) -> object:
    if isinstance(value, _PLAIN):  # nearly all; whether something is a mapping takes longer to find out
        return value
    if isinstance(value, Message):
        return value[primary(language)]  # `pick` asks twice, so the time would double with each message in another
    return pick(value, language) if isinstance(value, Mapping) else value


def message(msgid: str, /, **fields: object) -> Message:
    """A text of the program. `tools/texts.py` finds the text at this call, so it must be a literal."""
    return Message(msgid, fields)


def message_in(context: str, msgid: str, /, **fields: object) -> Message:
    """As `message`, of an English text that means something else elsewhere: `context` names the place of this one."""
    return Message(msgid, fields, context=context)


def counted(one: str, other: str, /, *, number: str, **fields: object) -> Message:
    """A text about a number of things: the field of that name decides between the two texts."""
    return Message(one, fields, other, number)


def verbatim(text: str | Mapping[str, str]) -> Message:
    """Text from outside the program, such as from the system, a server or an engine: shown unchanged."""
    return Message("{text}", {"text": text})


def joined(texts: Sequence[Message], separator: str = ", ") -> Message:
    """The messages one after the other; there is at least one."""
    fields = {f"text{number}": text for number, text in enumerate(texts)}
    return Message(separator.join(f"{{{name}}}" for name in fields), fields)


def chained(texts: Sequence[Message]) -> Message:
    """The messages with the semicolon of the reader's language between them; there is at least one."""
    text, *others = texts
    for more in others:
        text = message("{text}; {more}", text=text, more=more)
    return text


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


def message_of(content: object, *, depth: int = 0) -> Message:
    """The message that `Message.content` has written, in another process.

    Raises:
        ValueError: it is not a message, its text has a field that is not one of the given names, or it nests too deep.
    """
    match content:
        case {
            "msgid": str(msgid),
            "fields": dict(given),
            "plural": str(plural),
            "number": str(number),
            "context": str(context),
        }:
            pass
        case _:
            raise ValueError("not a message")
    if depth > _DEEPEST:
        raise ValueError("too many messages in each other")
    fields = {str(name): _field_of(value, depth) for name, value in given.items()}
    for _, name, spec, conversion in (part for text in (msgid, plural) for part in Formatter().parse(text)):
        if name is not None and (not name.isidentifier() or name not in fields or spec or conversion):
            raise ValueError(f"the field {name!r} of a message is not given")
    if plural and number not in fields:
        raise ValueError(f"the number {number!r} of a message is not given")
    return Message(msgid, fields, plural, number, context)


def _field_content(value: object) -> object:
    if isinstance(value, Message):
        return value.content()
    if isinstance(value, Mapping):
        return {"texts": dict(value)}
    return value if isinstance(value, _PLAIN) else str(value)


def _field_of(value: object, depth: int) -> object:
    match value:
        case {"texts": dict(texts)} if all(isinstance(text, str) for text in texts.values()):
            return texts
        case dict():
            return message_of(value, depth=depth + 1)
        case str() | int() | float() | None:
            return value
        case _:
            raise ValueError("a field of a message is neither a text nor a number")


def translate(language: str, msgid: str, plural: str = "", number: object = None, context: str = "") -> str:
    """The template of a text in a language; `number` decides between `msgid` and `plural`."""
    if plural:
        return translations(language).ngettext(msgid, plural, number if isinstance(number, int) else 2)
    return _translated(language, msgid, context)


@lru_cache(maxsize=10_000)
def _translated(language: str, msgid: str, context: str) -> str:
    known = translations(language)
    return known.pgettext(context, msgid) if context else known.gettext(msgid)


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language: nothing for English; KeyError for a language that the program does not speak."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == "en":
        return NullTranslations()
    from importlib.resources import files  # takes longer to import than all of the command line

    file = files("st_opendata.messages").joinpath("locale", language, "LC_MESSAGES", f"{DOMAIN}.mo")
    with file.open("rb") as content:
        return GNUTranslations(content)
