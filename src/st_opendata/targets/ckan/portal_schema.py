"""The schema of a portal's datasets as ckanext-scheming states it: fields, their forms, choices and defaults."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from st_opendata.messages.message import Message
from st_opendata.model.text import pick
from st_opendata.targets.ckan.validators import kind_of, most_characters, refusal

_FILLING = frozenset({"default", "set_default", "if_empty_same_as", "if_empty_guess_format", "default_current_date"})
"""Validators with which the portal fills a field itself."""
_REQUIRING = frozenset({"not_empty", "not_missing"})
_BY_KEY = frozenset({
    "scheming_required", "scheming_multiple_choice", "scheming_multiple_text", "scheming_isodatetime",
    "scheming_isodatetime_tz", "fluent_text", "fluent_core_translated_output",
})  # fmt: skip
"""Validators that require a value where the field says `required`."""
_MANY = frozenset({
    "scheming_multiple_choice", "scheming_multiple_text", "scheming_multiple_number", "multiple_text", "repeating_text",
    "scheming_multiple_choice_output", "multiple_checkbox", "multiple_select",
})  # fmt: skip
"""Validators, presets and forms of fields with several values: a portal may have its own validator for them."""


@dataclass(frozen=True, slots=True)
class PortalChoice:
    """A value that a field accepts, with its labels by language (empty for one label without)."""

    value: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PortalField:
    """A field of a dataset or of its files.

    `choices` is None where the portal accepts any value, or does not say which ones. `kind` is that of its validators,
    and `most` the number of characters that they allow. `languages` are those of a field with a text for each language
    (ckanext-fluent). `default` is the value with which its form begins; `is_filled` says
    that the portal itself fills the field.
    """

    name: str
    labels: Mapping[str, str]
    required: bool = False
    choices: tuple[PortalChoice, ...] | None = None
    many: bool = False
    kind: str = ""
    most: int | None = None
    languages: tuple[str, ...] = ()
    default: str | None = None
    is_filled: bool = False
    is_ignored: bool = False
    """Whether the portal drops what is sent, and shows its own value."""
    subfields: tuple[PortalField, ...] = ()

    def label(self, language: str) -> str:
        """The label of the field in a language."""
        return pick(self.labels, language) or self.name

    def refusal(self, value: object) -> Message | None:
        """The reason why the validators of the field do not accept one value; None if they do."""
        return refusal(value, self.kind, self.most)

    @property
    def parts(self) -> Mapping[str, PortalField]:
        """The subfields by name."""
        return {each.name: each for each in self.subfields}

    @property
    def has_form(self) -> bool:
        """Whether the portal requires more than a text."""
        return bool(self.choices is not None or self.languages or self.many or self.kind or self.most)


@dataclass(frozen=True, slots=True)
class PortalSchema:
    """The fields of datasets and of resources, by name."""

    dataset: Mapping[str, PortalField]
    resource: Mapping[str, PortalField]


def parse_schema(answer: Mapping[str, Any]) -> PortalSchema:
    """The schema in an answer of `scheming_dataset_schema_show`, whose presets are expanded."""
    languages = tuple(map(str, answer.get("form_languages") or _spoken(answer)))
    sides: tuple[dict[str, PortalField], dict[str, PortalField]] = ({}, {})
    for side, key in zip(sides, ("dataset_fields", "resource_fields"), strict=True):
        for entry in answer.get(key) or ():
            if isinstance(entry, Mapping) and entry.get("field_name"):
                side[str(entry["field_name"])] = _field(entry, languages)
    return PortalSchema(*sides)


def _spoken(answer: Mapping[str, Any]) -> list[str]:
    """The languages of the labels, which are those of the site; its fields with texts by language may name none."""
    labels = (each.get("label") for each in answer.get("dataset_fields") or () if isinstance(each, Mapping))
    return list(dict.fromkeys(tag for label in labels if isinstance(label, Mapping) for tag in label)) or ["en"]


def _field(entry: Mapping[str, Any], languages: tuple[str, ...]) -> PortalField:
    text = _text(entry, "create_validators") or _text(entry, "validators")
    validators = {each.partition("(")[0] for each in _split(text)}
    preset = _text(entry, "preset")
    translated = preset.startswith("fluent_") or any(each.startswith("fluent_") for each in validators)
    default = entry.get("default")
    return PortalField(
        name=str(entry["field_name"]),
        labels=_labels(entry.get("label")),
        required=_is_required(entry, validators, translated=translated),
        choices=_choices(entry),
        many=bool(_MANY & {*validators, *_split(_text(entry, "output_validators")), preset, _form(entry)}),
        kind=kind_of(preset, validators),
        most=most_characters(text),
        languages=tuple(map(str, entry.get("form_languages") or languages)) if translated else (),
        default=_default(text) if default in (None, "") else str(default),
        is_filled=bool(_FILLING & validators),
        is_ignored="ignore" in validators,
        subfields=tuple(
            _field(each, languages)
            for each in entry.get("repeating_subfields") or ()
            if isinstance(each, Mapping) and each.get("field_name")
        ),
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    return str(entry.get(key) or "")


def _form(entry: Mapping[str, Any]) -> str:
    return _text(entry, "form_snippet").removesuffix(".html")


def _is_required(entry: Mapping[str, Any], validators: set[str], *, translated: bool) -> bool:
    """Whether the portal refuses a dataset without the field: `required` alone counts only for some validators."""
    if _REQUIRING & validators:
        return True
    stated = str(entry.get("required") or "").casefold() in ("true", "1", "yes")
    return stated and (not validators or translated or bool(_BY_KEY & validators))


def _choices(entry: Mapping[str, Any]) -> tuple[PortalChoice, ...] | None:
    """The choices that accept a value; None if the portal makes them by its own program (`choices_helper`)."""
    listed = entry.get("choices")
    if not isinstance(listed, list):
        return None
    found = (each if isinstance(each, Mapping) else {"value": each} for each in listed)
    return tuple(
        PortalChoice(str(each["value"]), _labels(each.get("label")))
        for each in found
        if each.get("value") not in (None, "")
    )


def _labels(label: object) -> Mapping[str, str]:
    if isinstance(label, Mapping):
        return {str(tag): str(text) for tag, text in label.items() if text}
    return {"und": str(label)} if label else {}


def _split(validators: str) -> list[str]:
    return re.findall(r"[^\s(]+(?:\([^)]*\))?", validators)


def _default(validators: str) -> str | None:
    """The value in `default(value)`, with which the portal fills the field."""
    found = re.search(r"(?:^|\s)(?:set_)?default\(([^)]*)\)", validators)
    if not found:
        return None
    try:
        return str(ast.literal_eval(found[1]))
    except (ValueError, SyntaxError):
        return found[1]
