"""Errors in French and German, by the templates of `messages/errors.yaml`.

An error is written in English where it is raised, and read back here as one of the templates with what fills it: so
errors that are raised anew, listed or quoted in others are translated too, and no place that raises one names a key.
What no template fits stays English, and so does what a template takes from the input: names, keys, paths and all that
stands in quotation marks. A test compares the templates with the texts of the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from st_opendata.errors import StError
from st_opendata.model.text import Text, without_breaks
from st_opendata.printable import printable

_FIELD = re.compile(r"\{([a-z]+)\}")
_OURS = {"reason", "problem", "hint", "near", "where", "there", "default", "kind"}
"""Fields that hold a text of the program, unless they stand in quotation marks; all others hold what somebody wrote."""
_SHAPES = dict.fromkeys(("hint", "near"), "(?:; .*)?")
"""What begins otherwise belongs to the name before, which may have quotation marks of its own."""
_HEAD: Text = {"en": "Error", "fr": "Erreur", "de": "Fehler"}


def error_text(error: StError, language: str) -> str:
    """What the command line says of an error: what, where and, in a line of its own, what to do."""
    colon = without_breaks(" : ") if language == "fr" else ": "
    where = printable(error.place.text(language)) if error.place else ""
    message, remedy = (
        translate(text, language) for text in (error.message_text(language), error.remedy_text(language))
    )
    text = colon.join(filter(None, (_HEAD[language], where, message)))
    return f"{text}\n  {remedy}" if remedy else text


def translate(text: str, language: str) -> str:
    """The English text of an error in `language`, each of its lines for itself."""
    return text if language == "en" else "\n".join(_line(line, language) for line in _lines(text))


def _lines(text: str) -> Iterator[str]:
    """The lines of a text; one that ends within quotation marks goes on."""
    held = ""
    for line in text.split("\n"):
        held += line
        if held.count('"') % 2 == 0:
            yield held
            held = ""
        else:
            held += "\n"
    if held:
        yield held.removesuffix("\n")


def _line(line: str, language: str) -> str:
    text = line.lstrip(" ")
    for pattern, template in _templates():
        if found := pattern.fullmatch(text):
            return line[: len(line) - len(text)] + _filled(template, found.groupdict(), language)
    return line


def _filled(template: Text, fillings: dict[str, str], language: str) -> str:
    """The template with what stands in the place of each field: in the language if the program says it."""

    def filling(field: re.Match[str]) -> str:
        ours = field[1] in _OURS and f'"{field[0]}"' not in template["en"]
        return _line(fillings[field[1]], language) if ours else fillings[field[1]]

    return _FIELD.sub(filling, template[language])


@cache
def _templates() -> list[tuple[re.Pattern[str], Text]]:
    """Each template with the pattern of its English text, those first that say most themselves."""
    ordered = sorted(templates(), key=lambda each: len(_FIELD.sub("", each["en"])), reverse=True)
    return [(_pattern(each["en"]), each) for each in ordered]


def _pattern(english: str) -> re.Pattern[str]:
    fixed, *rest = _FIELD.split(english)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    fields = (f"(?P<{name}>{_SHAPES.get(name, '.*?')}){re.escape(text)}" for name, text in pairs)
    return re.compile(re.escape(fixed) + "".join(fields), re.DOTALL)


@cache
def templates() -> tuple[Text, ...]:
    """The templates as they are written; a field in braces stands once in each language."""
    import yaml  # only where there is an error to translate: start-up stays short

    text = files("st_opendata").joinpath("messages", "errors.yaml").read_text("utf-8")
    return tuple({**each, "fr": without_breaks(each["fr"])} for each in yaml.safe_load(text))
