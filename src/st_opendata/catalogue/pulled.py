"""`pulled.json` of a catalogue: its origin on a portal, and digests that show what was changed since.

The program writes the file when it pulls, and reads it in a build; no one edits it. Each key of a dataset's description
has a digest, with what it inherits from catalogue.yaml; those of tables and files cover their contents. Comments and
the layout of the descriptions do not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from st_opendata.documents import read_document
from st_opendata.errors import InputError
from st_opendata.json_text import indented_json
from st_opendata.messages.message import message
from st_opendata.model.descriptions import Terms
from st_opendata.model.pulled import PulledCatalogue, PulledDataset
from st_opendata.model.release import File
from st_opendata.place import Place

PULLED_FILE = "pulled.json"
_VERSION = 1
_TERMS = frozenset(str(info.alias) for info in Terms.model_fields.values())
_CATALOGUE = "catalogue.yaml"
_FILES = {"tables": "url", "files": "path"}
"""The keys that name files, each with the key of an entry that holds the name."""
_OF_PORTAL = frozenset({"kind", "url", "organization"})
"""Keys of a target that say where it is, and nothing of its datasets."""
_LENGTH = 16
"""Characters of a digest: enough to notice a change."""


def write_pulled(folder: Path, pulled: PulledCatalogue) -> None:
    """Write the origin into the folder of a catalogue, with the digests of what is there now. Raises OSError."""
    shared = _mapping(folder / _CATALOGUE, _CATALOGUE)
    datasets = {
        name: {**asdict(each), "keys": _digests(folder, name, shared)} for name, each in pulled.datasets.items()
    }
    for each in datasets.values():
        del each["changed"]
    content = {
        "version": _VERSION,
        "url": pulled.url,
        "organization": pulled.organization,
        "published": pulled.published,
        "catalogue": _digest(shared),
        "datasets": datasets,
    }
    (folder / PULLED_FILE).write_text(indented_json(content) + "\n", "utf-8", newline="\n")


def read_pulled(folder: Path) -> PulledCatalogue | None:
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
        shared = _mapping(folder / _CATALOGUE, _CATALOGUE)
        datasets = {str(name): _dataset(each, folder, str(name), shared) for name, each in content["datasets"].items()}
        same = content["catalogue"] == _digest(shared)
        unchanged = same and not any(each.changed for each in datasets.values())
        return PulledCatalogue(
            str(content["url"]), str(content["organization"]), bool(content["published"]), datasets, unchanged
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            message("{file} is damaged: {reason}", file=PULLED_FILE, reason=str(error)),
            place=Place(PULLED_FILE),
            remedy=message("Restore it, or delete it: then the catalogue no longer knows its datasets on the portal."),
        ) from None


def _dataset(content: Mapping[str, Any], folder: Path, name: str, shared: Mapping[str, Any]) -> PulledDataset:
    before, now = _texts(content["keys"]), _digests(folder, name, shared)
    changed = tuple(sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key)))
    state, resources = _texts(content["state"]), _texts(content["resources"])
    return PulledDataset(str(content["id"]), str(content["name"]), state, resources, changed)


def _texts(content: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in content.items()}


def _digests(folder: Path, dataset: str, shared: Mapping[str, Any]) -> dict[str, str]:
    """The digest of each key of a dataset, with those that it inherits from the `shared` ones of the catalogue.

    The dataset with the exact catalogue, which is one only on the portal, has no folder, and so no keys.
    """
    path = folder / dataset / "dataset.yaml"
    if not path.is_file():
        return {}
    described = _mapping(path, f"{dataset}/dataset.yaml")
    values: dict[str, object] = {key: value for key, value in shared.items() if key in _TERMS} | described
    for key in _FILES.keys() & described.keys():
        contents = {name: _sha256(folder, f"{dataset}/{name}") for name in _names(described, key)}
        values[key] = [described[key], contents]
    if stated := [*_statements(shared), *_statements(described)]:
        values["targets"] = stated
    else:
        values.pop("targets", None)
    return {key: _digest(value) for key, value in sorted(values.items()) if value not in (None, "", [], {})}


def _names(described: Mapping[str, Any], key: str) -> Iterator[str]:
    for each in described.get(key) or ():
        yield str(each[_FILES[key]])


def _statements(content: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """The statements of `targets:` for datasets, after the name of each target."""
    for name, target in (content.get("targets") or {}).items():
        stated = {key: value for key, value in target.items() if key not in _OF_PORTAL}
        if stated:
            yield str(name), stated


def _sha256(folder: Path, path: str) -> str:
    return File.of(folder, path).sha256 if (folder / path).is_file() else ""


def _mapping(path: Path, shown: str) -> dict[str, Any]:
    content = read_document(path, shown).data
    return content if isinstance(content, dict) else {}


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()[:_LENGTH]
