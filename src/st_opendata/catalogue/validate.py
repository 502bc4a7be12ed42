"""Descriptions validated: the errors of pydantic in our words, and texts that lack a language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from st_opendata.documents import Problems, Steps, read_document
from st_opendata.errors import MessageError
from st_opendata.messages.codes import finding
from st_opendata.messages.message import Message, joined, message, verbatim
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.findings import Finding
from st_opendata.model.text import Text, primary
from st_opendata.spelling import hint

Model = TypeVar("Model", bound=BaseModel)
_OWN_KEYS: dict[type[BaseModel], tuple[str, ...]] = {Catalogue: ("folder",), Dataset: ("id", "markdown")}
"""Fields that the program fills and a publisher does not write."""
_EXAMPLES = {
    "bbox": "[4.77, 45.70, 4.90, 45.81]",
    "category": "[HVD_CATEGORY]",
    "centroid": "[45.76, 4.84]",
    "formats": "{ods: false, xlsx: 500000}",
    "keyword": "{en: [energy, city], fr: [énergie, ville]}",
    "language": "[en, fr]",
    "profiles": "[st-project, ./rules]",
    "prefixes": "{ex: https://example.org/ns#}",
    "spatial": "[{iri: https://sws.geonames.org/2996944/, label: {en: Lyon}}]",
    "temporal": "{start: 2016-02-01, end: 2021-07-31}",
    "theme": "[ENER, TRAN]",
}
_KINDS = {
    "dict_type": message("{where} must be written with keys, as in {example}"),
    "float_parsing": message("{where} must be a number with a decimal point, as 45.76"),
    "float_type": message("{where} must be a number with a decimal point, as 45.76"),
    "greater_than_equal": message("{where} must be at least {limit}"),
    "less_than_equal": message("{where} must be at most {limit}"),
    "literal_error": message("{where} must be one of {values}"),
    "model_type": message("{where} must have keys, not a text or list: {keys}"),
    "string_type": message("{where} must be plain text"),
    "too_long": message("{where} has too many entries; write it as in {example}"),
    "too_short": message("{where} needs at least one entry"),
    "tuple_type": message("{where} must be a list, as in {example}"),
}
"""The types of pydantic's errors that a publisher meets, in our words."""
_TEXT_EXAMPLE, _LINKS_EXAMPLE = "{en: City, fr: Ville}", "[{url: https://example.org/page, label: {en: Page}}]"


def validate(model: type[Model], data: dict[str, Any], problems: Problems, also: Sequence[str] = ()) -> Model | None:
    """The record that the data describes; None after noting each problem with its place.

    `also` are further keys that an unknown one may be meant for.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in (located(each, data) for each in error.errors(include_url=False)):
            loc = loc_of(detail)
            if loc == ("site",) and data.get("site") == data.get("base"):
                continue  # the base has the same problem
            problems.add(loc, problem_of(model, detail, also))
        return None


def located(detail: ErrorDetails, data: object) -> ErrorDetails:
    """The error with its place in the data, where a record that is not in a list has no number."""
    loc = list[str | int]()
    for step in detail["loc"]:
        if isinstance(step, int) and not isinstance(data, (list, tuple)):
            continue
        if str(step).startswith("["):  # a kind of value, or the key itself
            loc.append(step)
            continue
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, (list, tuple)) and isinstance(step, int):
            data = data[step] if step < len(data) else None
        loc.append(step)
    return {**detail, "loc": tuple(loc)}


def problem_of(model: type[BaseModel], detail: ErrorDetails, also: Sequence[str] = ()) -> Message:
    """An error of pydantic about data of this record, in our words; `also` are further keys at its top."""
    loc, kind, context = loc_of(detail), detail["type"], detail.get("ctx", {})
    key = next((step for step in reversed(loc) if isinstance(step, str)), "")
    in_list = bool(loc) and isinstance(loc[-1], int)
    if kind == "extra_forbidden":
        known = [*_keys_at(model, loc[:-1]), *(also if len(loc) == 1 else ())]
        return message('the key "{key}" is unknown{hint}', key=key, hint=hint(key, known))
    if kind == "missing" and in_list:
        return message('"{key}" needs more numbers, as in {example}', key=key, example=_EXAMPLES[key])
    if kind == "missing":
        return message('the key "{key}" is missing', key=key)
    if kind in _KINDS:
        fallback = _TEXT_EXAMPLE if kind == "dict_type" else _LINKS_EXAMPLE
        fields = {
            "where": _where(loc),
            "example": "[energy, city]" if "keyword" in loc[:-1] else _EXAMPLES.get(key, fallback),
            "keys": ", ".join(_keys_at(model, loc)),
            "limit": context.get("ge", context.get("le")),
            "values": ", ".join(re.findall("'([^']+)'", str(context.get("expected")))),
        }
        return replace(_KINDS[kind], fields=fields)
    error = context.get("error")
    problem = error.message if isinstance(error, MessageError) else verbatim(detail["msg"])
    return message("{where}: {problem}", where=_where(loc), problem=problem)


def loc_of(detail: ErrorDetails) -> Steps:
    """The keys and entries that lead to the problem."""
    return tuple(step for step in detail["loc"] if not str(step).startswith("["))


def _where(loc: Steps) -> Message:
    """The keys and entries that lead to a value."""
    return joined(
        [
            message("entry {number}", number=step + 1) if isinstance(step, int) else message('"{key}"', key=step)
            for step in loc
        ]
    )


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


_NO_LANGUAGE = frozenset({"mul", "und"})


def language_findings(catalogue: Catalogue) -> list[Finding]:
    """Titles and descriptions of the catalogue, its series, datasets and tables without a language of `language`.

    A catalogue or dataset that states one language, or none, has no such finding: there `language` is that of the data
    and says nothing of the texts around them.
    """
    found = list(_check(catalogue, "catalogue.yaml", catalogue.language, _texts(catalogue), None))
    for dataset in catalogue.datasets:
        shown = f"{dataset.id}/dataset.yaml"
        found += _check(catalogue, shown, dataset.language, _texts(dataset), dataset.id)
    return found


def _texts(terms: Catalogue | Dataset) -> Iterator[tuple[Steps, Text]]:
    yield ("title",), terms.title
    yield ("description",), terms.description
    if isinstance(terms, Dataset):
        for number, table in enumerate(terms.tables):
            yield ("tables", number, "title"), table.titles
            yield ("tables", number, "description"), table.description
        return
    for number, series in enumerate(each for each in terms.series if each.dataset is None):
        yield ("series", number, "title"), series.title
        yield ("series", number, "description"), series.description


def _check(
    catalogue: Catalogue, shown: str, stated: Sequence[str], texts: Iterator[tuple[Steps, Text]], dataset: str | None
) -> Iterator[Finding]:
    wanted = [tag for tag in dict.fromkeys(stated) if tag not in _NO_LANGUAGE]
    if len(wanted) < 2:
        return
    document = None
    for steps, text in texts:
        present = [tag for tag in text if tag not in _NO_LANGUAGE]
        missing = [tag for tag in wanted if primary(tag) not in map(primary, present)]
        if not present or not missing:
            continue
        document = document or read_document(catalogue.folder / shown, shown)
        if steps[0] not in document.data:  # an edition has it from its dataset
            continue
        yield finding(
            "text-language-missing",
            (document.place(steps),),
            dataset=dataset,
            key=steps[-1],
            present=", ".join(present),
            missing=", ".join(missing),
        )
