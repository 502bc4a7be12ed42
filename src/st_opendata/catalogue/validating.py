"""Descriptions into records: what pydantic finds wrong, in our words, each with an example."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from st_opendata.documents import Steps
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.tables.problems import Problems, hint

Model = TypeVar("Model", bound=BaseModel)
_OWN_KEYS: dict[type[BaseModel], tuple[str, ...]] = {Catalogue: ("folder",), Dataset: ("id",)}
"""Fields that the program fills and a publisher does not write."""
_EXAMPLES = {
    "bbox": "[4.77, 45.70, 4.90, 45.81]",
    "category": "[HVD_CATEGORY]",
    "centroid": "[45.76, 4.84]",
    "keyword": "{en: [energy, city], fr: [énergie, ville]}",
    "language": "[en, fr]",
    "profiles": "[st-project, ./rules]",
    "prefixes": "{ex: https://example.org/ns#}",
    "spatial": "[{iri: https://sws.geonames.org/2996944/, label: {en: Lyon}}]",
    "temporal": "{start: 2016-02-01, end: 2021-07-31}",
    "theme": "[ENER, TRAN]",
}
_KINDS = {
    "dict_type": "must be written with keys, as in {example}",
    "float_parsing": "must be a number with a decimal point, as 45.76",
    "float_type": "must be a number with a decimal point, as 45.76",
    "model_type": "must hold keys of its own, not a text or list: {keys}",
    "string_type": "must be plain text",
    "too_long": "has too many entries; write it as in {example}",
    "too_short": "needs at least one entry",
    "tuple_type": "must be a list, as in {example}",
}
"""Pydantic's types of errors that a publisher meets, in our words."""
_TEXT_EXAMPLE, _LINKS_EXAMPLE = "{en: City, fr: Ville}", "[{url: https://example.org/page, label: {en: Page}}]"


def validate(model: type[Model], data: dict[str, Any], problems: Problems) -> Model | None:
    """The record that the data describes; None after noting each problem with its place."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            loc = tuple(step for step in detail["loc"] if step != "[key]")
            if loc == ("site",) and data.get("site") == data.get("base"):
                continue  # said of the base already
            problems.add(loc, _message(model, detail["type"], loc, detail["msg"]))
        return None


def _message(model: type[BaseModel], kind: str, loc: Steps, text: str) -> str:
    """Pydantic's message in our words."""
    key = next((step for step in reversed(loc) if isinstance(step, str)), "")
    in_list = bool(loc) and isinstance(loc[-1], int)
    if kind == "extra_forbidden":
        return f'the key "{key}" is unknown{hint(key, _keys_at(model, loc[:-1]))}'
    if kind == "missing":
        return f'"{key}" needs more numbers, as in {_EXAMPLES[key]}' if in_list else f'the key "{key}" is missing'
    where = ", ".join(f"entry {step + 1}" if isinstance(step, int) else f'"{step}"' for step in loc)
    if kind in _KINDS:
        fallback = _TEXT_EXAMPLE if kind == "dict_type" else _LINKS_EXAMPLE
        example = "[energy, city]" if "keyword" in loc[:-1] else _EXAMPLES.get(key, fallback)
        return f"{where} {_KINDS[kind].format(example=example, keys=', '.join(_keys_at(model, loc)))}"
    return f"{where}: {text.removeprefix('Value error, ').removeprefix('Input ')}"


def _keys_at(model: type[BaseModel], loc: Steps) -> list[str]:
    """The keys that the record at `loc` has."""
    record: Any = model
    for step in loc:
        if isinstance(step, int):
            continue
        aliases = {field.alias: field.annotation for field in record.model_fields.values()}
        record = _record_in(aliases.get(step))
        if record is None:
            return []
    own = _OWN_KEYS.get(record, ())
    extra = {Catalogue: ["datasets"]}.get(record, [])
    return [str(field.alias) for name, field in record.model_fields.items() if name not in own] + extra


def _record_in(annotation: object) -> type[BaseModel] | None:
    """The record type inside `X | None` or `tuple[X, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _record_in(inner))), None)
