"""The texts of the program for translators: `python tools/texts.py` collects them, and compiles their translations.

Texts are the arguments of `message`, `message_in` and `counted` in src/, and those of the YAML files in messages/,
portal/words/, dcat/quality/ and targets/. They go into `messages/locale/LANGUAGE/LC_MESSAGES/st-opendata.po`, where new
ones have no translation until a translator writes it, and unused ones are removed. `--compile` only writes
the .mo files that the program reads.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "st_opendata"
LOCALE = SOURCE / "messages" / "locale"
LANGUAGES = ("fr", "de")
DOMAIN = "st-opendata"
_YAML: dict[str, Callable[[Any], Iterable[Any]]] = {
    "messages/findings/*.yaml": lambda codes: (
        code[part] for code in codes.values() for part in ("message", "near", "remedy") if part in code
    ),
    "portal/words/*.yaml": lambda words: words.values(),
    "dcat/quality/indicators.yaml": lambda indicators: (text for each in indicators.values() for text in each.values()),
    "targets/ckan/losses.yaml": lambda losses: (loss["reason"] for loss in losses),
    "targets/ckan/schemas/*.yaml": lambda schema: schema.get("without_field", {}).values(),
}
"""YAML files with texts, and where in them the texts are."""
_KEYWORDS = {"message": None, "counted": (1, 2), "message_in": ((1, "c"), 2)}
_HEAD = """# What st-opendata says; written by tools/texts.py.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
"""No dates and versions: they would change with each run, and hide what did."""
_FRENCH_SPACE = re.compile("(?<=«) | (?=[:;?!»])")
_Text = str | tuple[str, ...]
"""A text; of what is counted, the text for one and the one for several."""


def path_of(language: str, end: str = "po") -> Path:
    """The file with the translations of a language."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.{end}"


def collect() -> Catalog:
    """All texts of the program, each with the file that has it."""
    catalog = _catalog(None)
    for file, msgid, context in _texts():
        catalog.add(msgid, locations=[(file.relative_to(SOURCE).as_posix(), 0)], context=context)
    return catalog


def read(language: str) -> Catalog:
    """The translations of a language as they are written."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(language: str, texts: Catalog) -> None:
    """Put the texts of the program into the file of a language: its translations stay, what is not used goes."""
    catalog = read(language) if path_of(language).exists() else _catalog(language)
    catalog.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as file:
        file.write(_HEAD.format(language=language, plurals=catalog.plural_forms).encode())
        write_po(file, catalog, width=120, sort_output=True, include_lineno=False, omit_header=True)


def is_compiled(language: str) -> bool:
    """Whether the .mo file is there and not older than its translations."""
    made = path_of(language, "mo")
    return made.exists() and made.stat().st_mtime_ns >= path_of(language).stat().st_mtime_ns


def compile_all() -> None:
    """Write the .mo files. French has no-break spaces where its typography wants them."""
    for language in LANGUAGES:
        catalog = read(language)
        for entry in catalog if language == "fr" else ():
            if entry.id and entry.string:
                entry.string = _without_breaks(entry.string)
        with path_of(language, "mo").open("wb") as file:
            write_mo(file, catalog)


def _texts() -> Iterator[tuple[Path, _Text, str | None]]:
    for file in sorted(SOURCE.rglob("*.py")):
        with file.open("rb") as source:
            for _, msgid, _, context in extract("python", source, keywords=_KEYWORDS):
                yield file, msgid, context
    for names, entries in _YAML.items():
        for file in sorted(SOURCE.glob(names)):
            for entry in entries(yaml.safe_load(file.read_text("utf-8"))):
                yield file, *_entry(entry)


def _entry(entry: str | Mapping[str, str]) -> tuple[_Text, str | None]:
    """A text of a YAML file, and its context: of what is counted it has `one` and `other`, with a context `text`."""
    if isinstance(entry, str):
        return entry, None
    return (entry["one"], entry["other"]) if "one" in entry else entry["text"], entry.get("context")


def _without_breaks(french: str | Sequence[str]) -> _Text:
    if isinstance(french, str):
        return _FRENCH_SPACE.sub("\N{NO-BREAK SPACE}", french)
    return tuple(_FRENCH_SPACE.sub("\N{NO-BREAK SPACE}", form) for form in french)


def _catalog(language: str | None) -> Catalog:
    return Catalog(locale=language, domain=DOMAIN)


def main(arguments: list[str]) -> None:
    """Run the command."""
    if "--compile" not in arguments:
        texts = collect()
        for language in LANGUAGES:
            update(language, texts)
    compile_all()


if __name__ == "__main__":
    main(sys.argv[1:])
