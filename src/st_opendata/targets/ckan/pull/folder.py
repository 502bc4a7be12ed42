"""A catalogue folder from descriptions: values that all datasets share move to the catalogue, then it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from st_opendata.catalogue.statements import KEYS, Description, Yaml
from st_opendata.catalogue.write import HINTS, write_yaml
from st_opendata.messages.message import Message, chained, message
from st_opendata.model.descriptions import Terms
from st_opendata.targets.ckan.pull.result import Omission

TERMS = tuple(str(info.alias) for info in Terms.model_fields.values())
"""The keys that a dataset inherits from its catalogue."""
FILE_KEYS = ("license", "rights", "availability", "status")
"""Keys whose properties a dataset's distributions state."""
_CATALOGUE_KEYS = ("id", "base", "site", "title", "description", "homepage", "series", *TERMS, "targets", "datasets")
_DATASET_KEYS = ("editionOf", *KEYS[:2], "markup", *KEYS[2:], "inSeries", "targets", "tables", "files", "links")


@dataclass(slots=True)
class DatasetFolder:
    """A dataset to write: `description` with its tables, in the order of the file; comments at its head."""

    id: str
    description: Description
    heading: list[Message] = field(default_factory=list)

    @property
    def tables(self) -> list[Yaml]:
        """Its tables, as in YAML."""
        tables: list[Yaml] = self.description.values.get("tables", [])
        return tables

    @property
    def is_markdown(self) -> bool:
        """Whether its descriptions are Markdown."""
        return self.description.values.get("markup") == "markdown"

    def add(self, key: str, entry: Yaml) -> None:
        """Add an entry under `tables`, `files` or `links`."""
        self.description.values.setdefault(key, []).append(entry)

    @property
    def is_empty(self) -> bool:
        """Whether it has neither tables nor files nor links."""
        return not any(self.description.values.get(key) for key in ("tables", "files", "links"))


def share_terms(catalogue: Description, datasets: Sequence[DatasetFolder], keys: Iterable[str]) -> None:
    """Move values that all datasets share under one of the keys to the catalogue; leave out values that it has."""
    found = [dataset.description.values for dataset in datasets]
    remarks = [dataset.description.remarks for dataset in datasets]
    for key in keys:
        first = found[0].get(key)
        if key not in catalogue.values and first is not None and all(values.get(key) == first for values in found):
            catalogue.values[key] = first
        if first is None and remarks[0].get(key) and all(each.get(key) == remarks[0][key] for each in remarks):
            catalogue.remarks.setdefault(key, remarks[0][key])
    for values, said_of in zip(found, remarks, strict=True):
        for key in TERMS:
            if key in said_of and said_of[key] == catalogue.remarks.get(key):
                del said_of[key]
            stated = catalogue.values.get(key)
            if stated is not None and values.get(key) == stated:
                del values[key]
            elif key not in values and isinstance(stated, list):
                values[key] = []  # nothing, as a dataset without the key would inherit the catalogue's value
            elif key not in values and key == "keyword" and stated:
                values[key] = {}


def drop_lost_keys(datasets: Sequence[DatasetFolder]) -> None:
    """Drop foreign keys to tables that were not pulled: the catalogue could not be read with them."""
    there = {f"{dataset.id}/{table['url']}" for dataset in datasets for table in dataset.tables}
    for dataset in datasets:
        for table in dataset.tables:
            schema = table["tableSchema"]
            kept = []
            for key in schema.get("foreignKeys", []):
                resource = str(key["reference"]["resource"])
                if (resource if "/" in resource else f"{dataset.id}/{resource}") in there:
                    kept.append(key)
                else:
                    lost = message(
                        "{table}: the key to {other}, not pulled, is left out", table=table["url"], other=resource
                    )
                    dataset.description.remark("tables", lost)
            if kept:
                schema["foreignKeys"] = kept
            else:
                schema.pop("foreignKeys", None)


def write_folder(
    folder: Path,
    catalogue: Description,
    datasets: Sequence[DatasetFolder],
    heading: Sequence[Message],
    *,
    hints: bool,
    language: str,
) -> None:
    """Write catalogue.yaml and each dataset.yaml, with comments in the language; `hints` adds hints for missing keys.

    Raises:
        OSError: a file cannot be written.
    """
    catalogue.values["datasets"] = [dataset.id for dataset in datasets]
    missing = [key for key in HINTS if hints and key not in catalogue.values]
    everywhere = [key for key in missing if not any(key in each.description.values for each in datasets)]
    _write(folder / "catalogue.yaml", write_yaml(catalogue, heading, _CATALOGUE_KEYS, everywhere, language=language))
    for dataset in datasets:
        download = [key for key in missing if key not in everywhere]
        text = write_yaml(dataset.description, dataset.heading, _DATASET_KEYS, download, language=language)
        _write(folder / dataset.id / "dataset.yaml", text)


def omission_lines(omissions: Iterable[Omission]) -> list[Message]:
    """Lines of a comment that list the omissions."""
    return [
        message("Not pulled: {name}: {reason}", name=each.what or each.dataset, reason=each.reason)
        for each in omissions
    ]


def reasons_of(omissions: Iterable[Omission]) -> Message | None:
    """The first three different omissions with their reasons, on one line; None for none."""
    lines = (
        message("{name}: {text}", name="/".join(filter(None, (each.dataset, each.what))), text=each.reason)
        for each in omissions
    )
    first = list({str(line): line for line in lines}.values())[:3]
    return chained(first) if first else None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
