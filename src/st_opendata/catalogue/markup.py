"""Descriptions in Markdown, by the key `markup`: plain text everywhere but where Markdown is shown."""

from __future__ import annotations

from dataclasses import replace

from st_opendata.markup import plain_text
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.tables import Table
from st_opendata.model.text import Text


def without_markup(catalogue: Catalogue) -> Catalogue:
    """The catalogue with plain descriptions; those of datasets that are in Markdown are `markdown` too."""
    changed: dict[str, object] = {"datasets": tuple(map(_dataset, catalogue.datasets))}
    if catalogue.markup == "markdown":
        changed["description"] = _plain(catalogue.description)
        changed["series"] = tuple(
            each.model_copy(update={"description": _plain(each.description)}) for each in catalogue.series
        )
    return catalogue.model_copy(update=changed)


def _dataset(dataset: Dataset) -> Dataset:
    if dataset.markup != "markdown":
        return dataset
    return dataset.model_copy(
        update={
            "description": _plain(dataset.description),
            "markdown": dataset.description,
            "tables": tuple(map(_table, dataset.tables)),
            "files": tuple(replace(each, description=_plain(each.description)) for each in dataset.files),
            "links": tuple(replace(each, description=_plain(each.description)) for each in dataset.links),
        }
    )


def _table(table: Table) -> Table:
    columns = tuple(replace(column, description=_plain(column.description)) for column in table.columns)
    return replace(table, description=_plain(table.description), columns=columns)


def _plain(text: Text) -> dict[str, str]:
    """The plain text, or the text itself where nothing is left of it."""
    return {language: plain_text(written) or written for language, written in text.items()}
