"""`release.json`: a `Release` as JSON and back; the same release gives the same bytes."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from st_opendata.errors import InputError, MessageError
from st_opendata.json_text import indented_json
from st_opendata.messages.message import Message, message, verbatim
from st_opendata.model.pulled import PulledCatalogue, PulledDataset
from st_opendata.model.release import (
    DatasetRelease,
    Distribution,
    FactFile,
    FactFolder,
    File,
    PortalKey,
    Release,
    ReleasedLink,
)
from st_opendata.place import Place
from st_opendata.release.layout import MANIFEST
from st_opendata.vocabularies.file_formats import format_by_name

if TYPE_CHECKING:  # see _targets
    from st_opendata.model.targets import TargetSettings

_VERSION = 1
_MOST_DIGITS = 4
_NAME = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def write_manifest(release: Release, folder: Path) -> None:
    """Write `release.json` into the folder; it lists every other file, not itself."""
    content = {"version": _VERSION, **asdict(release)}
    content["datasets"] = [_dataset_json(dataset) for dataset in release.datasets]
    targets = release.targets.items()
    content["targets"] = {name: each.model_dump(mode="json", exclude_defaults=True) for name, each in targets}
    for optional in ("targets", "keys", "pulled"):
        if not content[optional]:
            del content[optional]
    text = indented_json(content) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8", newline="\n")


def read_manifest(folder: Path) -> Release:
    """The content of the folder's `release.json`.

    Raises:
        InputError: there is no such folder, it is not a release, or its `release.json` is damaged or has another
            version.
    """
    path = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(
            message('there is no folder "{folder}"', folder=folder),
            remedy=message("Build a release first: st-opendata build."),
        )
    if not path.is_file():
        raise InputError(
            message('"{folder}" is not a release: it has no {file}', folder=folder, file=MANIFEST),
            remedy=message("Name the folder that `st-opendata build` wrote."),
        )
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["version"] != _VERSION:
            raise InputError(
                message(
                    "the release has version {found} of the format; this program reads version {known}",
                    found=content["version"],
                    known=_VERSION,
                ),
                place=Place(str(path)),
                remedy=message("Build it again with this program."),
            )
        return _release(content)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError(
            message("{file} is damaged: {reason}", file=MANIFEST, reason=_cause(error)),
            place=Place(str(path)),
            remedy=message("Build the release again."),
        ) from error


def _cause(error: Exception) -> Message:
    if isinstance(error, RecursionError):
        return message("it nests too deep")
    if isinstance(error, KeyError):
        return message("{key} is missing or unknown", key=str(error))
    return error.message if isinstance(error, MessageError) else verbatim(str(error))


def _dataset_json(dataset: DatasetRelease) -> dict[str, Any]:
    content = {name: getattr(dataset, name) for name in ("id", "iri", "title", "rows", "triples", "points")}
    content |= {
        "distributions": [_distribution_json(item) for item in dataset.distributions],
        "picture": dataset.picture.path if dataset.picture else None,
    }
    further = {"links": [_link_json(link) for link in dataset.links], "markdown": dict(dataset.markdown)}
    return content | {key: value for key, value in further.items() if value}


def _link_json(link: ReleasedLink) -> dict[str, Any]:
    texts = {"title": dict(link.title), "description": dict(link.description)}
    form = link.format.name if link.format else None
    return {"iri": link.iri, "url": link.url, **texts, "format": form, "service": link.service}


def _distribution_json(distribution: Distribution) -> dict[str, Any]:
    described = {
        "path": distribution.file.path,
        "format": distribution.format.name,
        "title": dict(distribution.title),
        "table": distribution.table,
        "conforms_to": list(distribution.conforms_to),
        "described_by": distribution.described_by,
    }
    own = {"carried": True, "description": dict(distribution.description)}
    return described | (own if distribution.carried else {})


def _release(content: dict[str, Any]) -> Release:
    files = {file.path: file for file in map(_file, content["files"])}
    plain = {key: content[key] for key in ("tool", "catalogue", "base", "site", "title", "created", "triples")}
    _check_name(content["catalogue"])
    _check_iri(content["base"])
    return Release(
        **plain,
        datasets=tuple(_dataset(item, files) for item in content["datasets"]),
        inputs=tuple(map(_file, content["inputs"])),
        files=tuple(files.values()),
        prefixes=dict(content.get("prefixes", {})),
        facts=_facts(content["facts"], files) if content.get("facts") else None,
        targets=_targets(content.get("targets", {})),
        keys=tuple(map(_key, content.get("keys", ()))),
        pulled=_pulled(content["pulled"]) if content.get("pulled") else None,
    )


def _key(content: dict[str, Any]) -> PortalKey:
    _check_iri(content["property"])
    plain = {name: str(content[name]) for name in ("name", "property", "value")}
    return PortalKey(**plain, on=tuple(map(str, content["on"])), listed=bool(content["listed"]))


def _pulled(content: dict[str, Any]) -> PulledCatalogue:
    datasets = {
        str(name): PulledDataset(**{**each, "changed": tuple(each["changed"])})
        for name, each in content["datasets"].items()
    }
    return PulledCatalogue(**{**content, "datasets": datasets})


def _targets(content: dict[str, Any]) -> dict[str, TargetSettings]:
    if not content:
        return {}
    from st_opendata.model.targets import TargetSettings  # it loads pydantic, which few releases need

    return {name: TargetSettings.model_validate(each) for name, each in content.items()}


def _facts(content: dict[str, Any], files: dict[str, File]) -> FactFolder:
    described = tuple(
        FactFile(item["predicate"], files[item["path"]].path, int(item["triples"]), dict(item["datasets"]))
        for item in content["files"]
    )
    for file in described:
        _check_iri(file.predicate)
    datasets = {name: _digits(digits, content["digits"]) for name, digits in content["datasets"].items()}
    return FactFolder(_digits(content["digits"], _MOST_DIGITS), datasets, described)


def _digits(value: int | str, most: int) -> int:
    """The digits of shards; more would make very many of them."""
    if not 0 <= int(value) <= most:
        raise MessageError(message("a shard cannot have {digits} digits", digits=value))
    return int(value)


def _dataset(content: dict[str, Any], files: dict[str, File]) -> DatasetRelease:
    plain = {key: content[key] for key in ("id", "iri", "title", "rows", "triples", "points")}
    _check_name(content["id"])
    _check_iri(content["iri"])
    distributions = tuple(_distribution(item, content["id"], files) for item in content["distributions"])
    picture = files[content["picture"]] if content.get("picture") else None
    links = tuple(map(_link, content.get("links", ())))
    markdown = {str(tag): str(text) for tag, text in dict(content.get("markdown", {})).items()}
    return DatasetRelease(**plain, distributions=distributions, picture=picture, links=links, markdown=markdown)


def _distribution(content: dict[str, Any], dataset: str, files: dict[str, File]) -> Distribution:
    return Distribution(
        file=files[content["path"]],
        format=format_by_name(content["format"]),
        title=content["title"],
        dataset=dataset,
        table=content["table"],
        conforms_to=tuple(content["conforms_to"]),
        described_by=content["described_by"],
        description=content.get("description", {}),
        carried=bool(content.get("carried")),
    )


def _link(content: dict[str, Any]) -> ReleasedLink:
    _check_iri(content["iri"])
    _check_iri(content["url"])
    form = format_by_name(content["format"]) if content["format"] else None
    return ReleasedLink(
        content["iri"], content["url"], content["title"], content["description"], form, content["service"]
    )


def _check_name(name: object) -> None:
    """Refuse an id that could lead out of the release: paths are made of the ids of the catalogue and its datasets."""
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise MessageError(message('the id "{name}" is not made of small letters, digits and hyphens', name=name))


def _check_iri(iri: object) -> None:
    """Refuse a text that cannot name a graph or a thing."""
    import pyoxigraph as ox  # loading it takes longer than finding that a folder is not a release

    try:
        ox.NamedNode(str(iri))
    except ValueError as error:
        raise MessageError(message('"{iri}" is not an absolute IRI', iri=iri)) from error


def _file(content: dict[str, Any]) -> File:
    path = PurePosixPath(content["path"])
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise MessageError(message('the path "{path}" leaves the release', path=path))
    return File(str(path), int(content["size"]), str(content["sha256"]))
