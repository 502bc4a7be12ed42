"""`pulled.json` of a catalogue: its origin on a portal, and digests that show whether somebody changed it since.

The program writes the file when it pulls, and reads it in a build; nobody edits it. A dataset is unchanged if its
description, the terms that it inherits from catalogue.yaml, and the files that it names are as they were pulled;
comments and the layout of the descriptions do not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from st_opendata.documents import read_document
from st_opendata.errors import InputError
from st_opendata.json_text import indented_json
from st_opendata.messages.message import message
from st_opendata.model.descriptions import Terms
from st_opendata.model.pulled import Pulled, PulledDataset
from st_opendata.model.release import File
from st_opendata.place import Place

PULLED_FILE = "pulled.json"
_VERSION = 1
_TERMS = frozenset(str(info.alias) for info in Terms.model_fields.values())
_CATALOGUE = "catalogue.yaml"


def write_pulled(folder: Path, pulled: Pulled) -> None:
    """Write the origin into the folder of a catalogue, with the digests of what is there now. Raises OSError."""
    datasets = {
        name: _without(asdict(each), "unchanged") | {"digest": _digest(folder, name)}
        for name, each in pulled.datasets.items()
    }
    content = {"version": _VERSION, **_without(asdict(pulled), "datasets")}
    content |= {"catalogue": _catalogue_digest(folder), "datasets": datasets}
    (folder / PULLED_FILE).write_text(indented_json(content) + "\n", "utf-8", newline="\n")


def read_pulled(folder: Path) -> Pulled | None:
    """The origin of the catalogue in the folder, which has been read; None if it has none.

    Raises:
        InputError: the file is damaged.
    """
    path = folder / PULLED_FILE
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["version"] != _VERSION:
            raise ValueError(f"version {content['version']}")
        datasets = {
            str(name): _pulled_dataset(each, each["digest"] == _digest(folder, name))
            for name, each in content["datasets"].items()
        }
        pulled = Pulled(str(content["url"]), str(content["organization"]), bool(content["published"]), datasets)
        whole = content["catalogue"] == _catalogue_digest(folder)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            message("{file} is damaged: {reason}", file=PULLED_FILE, reason=str(error)),
            place=Place(PULLED_FILE),
            remedy=message("Restore it, or delete it: then the catalogue no longer knows its datasets on the portal."),
        ) from None
    if not pulled.published or (whole and all(each.unchanged for each in datasets.values())):
        return pulled
    return replace(pulled, datasets={name: replace(each, unchanged=False) for name, each in datasets.items()})


def _pulled_dataset(content: Mapping[str, Any], unchanged: bool) -> PulledDataset:  # noqa: FBT001 (a field)
    resources = {str(path): str(identifier) for path, identifier in content["resources"].items()}
    return PulledDataset(str(content["id"]), str(content["name"]), str(content["state"]), resources, unchanged)


def _digest(folder: Path, dataset: str) -> str:
    """The digest of a dataset: of its description with the inherited terms, and of its files.

    The dataset with the exact catalogue, which is one only on the portal, has no folder: its digest is empty.
    """
    path = folder / dataset / "dataset.yaml"
    if not path.is_file():
        return ""
    described, shared = _mapping(path, f"{dataset}/dataset.yaml"), _mapping(folder / _CATALOGUE, _CATALOGUE)
    terms = {key: value for key, value in shared.items() if key in _TERMS}
    files = {name: _sha256(folder, f"{dataset}/{name}") for name in _files(described)}
    return _of_json([terms, described, files])


def _files(described: Mapping[str, Any]) -> Iterator[str]:
    for key, name in (("tables", "url"), ("files", "path")):
        for each in described.get(key) or ():
            yield str(each[name])


def _sha256(folder: Path, path: str) -> str:
    return File.of(folder, path).sha256 if (folder / path).is_file() else ""


def _catalogue_digest(folder: Path) -> str:
    return _of_json(_mapping(folder / _CATALOGUE, _CATALOGUE))


def _mapping(path: Path, shown: str) -> dict[str, Any]:
    content = read_document(path, shown).data
    return content if isinstance(content, dict) else {}


def _of_json(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()


def _without(content: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != key}
