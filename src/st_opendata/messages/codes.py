"""Codes of findings: severity, message and remedy in each language, read from `messages/*.yaml`.

A message is a template with named fields: `finding("cell-datatype", places, value="x", datatype="decimal")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from st_opendata.errors import InputError
from st_opendata.messages.translation import translate
from st_opendata.model.findings import Finding, Severity
from st_opendata.model.text import LANGUAGES, Counted, Quoted, Text, without_breaks
from st_opendata.place import Place

_FILES = (
    *("tables", "headers", "rows", "encodings", "cells", "columns"),
    *("csvw", "profiles", "shacl", "languages", "safety"),
)


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: `example` is a cell, line or triple that causes it."""

    code: str
    severity: Severity
    message: Text
    remedy: Text
    example: str
    near: Text | None = None
    """A sentence more where the finding knows what was probably meant: the field `near`."""


@cache
def codes() -> dict[str, Code]:
    """All codes by name, in the order of the files."""
    found: dict[str, Code] = {}
    for file in _FILES:
        text = files("st_opendata").joinpath("messages", "findings", f"{file}.yaml").read_text("utf-8")
        for code, entry in yaml.safe_load(text).items():
            for name in entry.keys() & {"message", "remedy", "near"}:
                entry[name] = entry[name] | {"fr": without_breaks(entry[name]["fr"])}
            found[code] = Code(code, Severity(entry.pop("severity")), **entry)
    return found


def _translated(values: Mapping[str, object], language: str) -> dict[str, object]:
    """Those values that the program says itself, in its own English; the rest quotes the data."""
    return {key: translate(str(values[key]), language) for key in ("reason", "kind") if key in values}


def _counted(values: Mapping[str, object], language: str) -> dict[str, object]:
    """The values, so that a template can ask for `{count:row|rows}`."""

    def counted(value: object) -> object:
        if type(value) is int:
            return Counted(value, language)
        return Quoted(value) if isinstance(value, str) else value

    return {key: counted(value) for key, value in values.items()}


def finding(code: str, places: tuple[Place, ...], *, dataset: str | None = None, **values: object) -> Finding:
    """A finding of that code, its templates filled with `values`; KeyError for an unknown code.

    What `reason` and `kind` say in the program's own English is told in each language (`translation`).
    `description` is the file that describes the table, by default the dataset.yaml of a catalogue.
    """
    entry = codes()[code]
    values.setdefault("description", "dataset.yaml")
    message = entry.message
    if entry.near and values.get("near"):
        message = {language: f"{text} {entry.near[language]}" for language, text in message.items()}
    said = {language: _counted(values, language) | _translated(values, language) for language in LANGUAGES}
    return Finding(
        code=code,
        severity=entry.severity,
        message={language: text.format_map(said[language]) for language, text in message.items()},
        remedy={language: text.format_map(said[language]) for language, text in entry.remedy.items()},
        places=places,
        dataset=dataset,
    )


def as_error(found: Finding) -> InputError:
    """The finding as the error of a command that cannot go on with it."""
    place = found.places[0] if found.places else None
    error = InputError(found.message["en"], place=place, remedy=found.remedy["en"])
    error.translations = {language: (found.message[language], found.remedy[language]) for language in LANGUAGES}
    return error
