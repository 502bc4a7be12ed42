"""Codes of findings: severity, message and remedy, read from `findings/*.yaml`; translations as for every message.

A message is a template with named fields: `finding("cell-datatype", places, value="x", datatype="decimal")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from string import Formatter

import yaml

from st_opendata.errors import InputError
from st_opendata.messages.message import Message, verbatim
from st_opendata.model.findings import Finding, Severity
from st_opendata.place import Place

_FILES = (
    *("tables", "features", "headers", "rows", "encodings", "cells", "columns"),
    *("csvw", "profiles", "shacl", "languages", "safety", "files"),
)


@dataclass(frozen=True)
class Code:
    """A kind of finding: `example` is a cell, line or triple that causes it.

    In the texts of a code each field stands for itself, in braces.
    """

    code: str
    severity: Severity
    message: Message
    remedy: Message
    example: str
    near: Message | None = None
    """A further sentence if the finding has the field `near`: the most similar valid value."""

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields that a finding of this kind needs."""
        return frozenset(self.message.fields) | frozenset(self.remedy.fields)


@cache
def codes() -> dict[str, Code]:
    """All codes by name, in the order of the files."""
    found: dict[str, Code] = {}
    for file in _FILES:
        text = files("st_opendata.messages").joinpath("findings", f"{file}.yaml").read_text("utf-8")
        for code, entry in yaml.safe_load(text).items():
            texts = {name: _message(entry[name]) for name in ("message", "remedy", "near") if name in entry}
            found[code] = Code(code, Severity(entry["severity"]), example=entry["example"], **texts)
    return found


def finding(code: str, places: tuple[Place, ...], *, dataset: str | None = None, **values: object) -> Finding:
    """A finding of that code, its templates filled with `values`; KeyError for an unknown code.

    A value that is a message is put into the language of the reader; any other is quoted unchanged. `description` is
    the file that describes the table, by default the dataset.yaml of a catalogue.
    """
    entry = codes()[code]
    values.setdefault("description", "dataset.yaml")
    if not values.keys() >= entry.fields:
        raise KeyError(f"{code} lacks {sorted(entry.fields - values.keys())}")
    text = _filled(entry.message, values)
    if entry.near and values.get("near"):
        text = Message("{message} {near}", {"message": text, "near": _filled(entry.near, values)})
    return Finding(code, entry.severity, text, places=places, remedy=_filled(entry.remedy, values), dataset=dataset)


def _filled(text: Message, values: Mapping[str, object]) -> Message:
    """The text with those of the values that it has fields for."""
    fields = {name: values[name] for name in text.fields}
    return Message(text.msgid, fields, text.plural, text.number, text.context)


def as_error(found: Finding) -> InputError:
    """The finding as the error of a command that cannot continue."""
    place = found.places[0] if found.places else None
    return InputError(verbatim(found.message), place=place, remedy=verbatim(found.remedy))


def _message(text: str | Mapping[str, str]) -> Message:
    one, other, number = (text, "", "") if isinstance(text, str) else (text["one"], text["other"], text["number"])
    names = {name for _, name, _, _ in Formatter().parse(one + other) if name} | set(filter(None, [number]))
    return Message(one, {name: f"{{{name}}}" for name in names}, other, number)
