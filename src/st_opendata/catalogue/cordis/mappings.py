"""The mapping of each table of CORDIS, from mapping/*.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Yaml = dict[str, Any]
DATASETS = ("projects", "participants", "subjects", "results", "codes")
PROJECT = "project"
"""The table without which there is nothing to publish."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How a table of CORDIS is described: its file is recognised by the columns `shows`, in any case of letters.

    `columns` and `virtual` are those of dataset.yaml with the key `form`, which the cells of the file complete.
    `refers` are the foreign keys: a column, and `dataset/file#column`.
    """

    name: str
    dataset: str
    shows: frozenset[str]
    title: Mapping[str, str]
    about: str
    key: tuple[str, ...]
    refers: Mapping[str, str]
    columns: Mapping[str, Yaml]
    virtual: Sequence[Yaml]

    def named(self, title: str) -> str | None:
        """The column of the mapping that a title in a header stands for."""
        folded = title.strip().casefold()
        return next((name for name in self.columns if name.casefold() == folded), None)


@dataclass(frozen=True, slots=True)
class DatasetMapping:
    """A dataset of the import: keys of dataset.yaml and its tables."""

    name: str
    description: Yaml
    tables: tuple[TableMapping, ...]


@cache
def dataset_mappings() -> tuple[DatasetMapping, ...]:
    """The datasets, in the order of a catalogue."""
    return tuple(_dataset(name) for name in DATASETS)


def catalogue_keys() -> Yaml:
    """Keys of catalogue.yaml."""
    return _read("catalogue")


def code_lines(table: str) -> list[str]:
    """The lines of a table of codes, header first."""
    return _file(f"{table}.csv").splitlines()


def recognised(header: Sequence[str]) -> TableMapping | None:
    """The table that has this header: that with the most columns among those that it shows."""
    folded = {title.strip().casefold() for title in header}
    tables = [table for dataset in dataset_mappings() for table in dataset.tables]
    shown = [table for table in tables if table.shows and {each.casefold() for each in table.shows} <= folded]
    return max(shown, key=lambda table: sum(name.casefold() in folded for name in table.columns), default=None)


def _dataset(name: str) -> DatasetMapping:
    content = _read(name)
    tables = tuple(
        TableMapping(
            name=table,
            dataset=name,
            shows=frozenset(described.get("shows", ())),
            title=described["title"],
            about=described["about"],
            key=tuple(described["key"]),
            refers=described.get("refers", {}),
            columns=described["columns"],
            virtual=described.get("virtual", []),
        )
        for table, described in content.pop("tables").items()
    )
    return DatasetMapping(name, content, tables)


def _read(name: str) -> Yaml:
    content: Yaml = yaml.safe_load(_file(f"{name}.yaml"))
    return content


def _file(name: str) -> str:
    return files("st_opendata.catalogue.cordis").joinpath("mapping", name).read_text("utf-8")


def shapes() -> str:
    """The rules of a catalogue of CORDIS beyond its tables, as SHACL in Turtle."""
    return _file("shapes.ttl")
