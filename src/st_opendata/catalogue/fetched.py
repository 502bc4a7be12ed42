"""`fetched.yaml` of a folder: where each of its files was fetched from, when, and with which digest.

The program writes it, so that dataset.yaml with its comments stays the publisher's alone. Nothing is fetched here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import yaml

from st_opendata.catalogue.resources import checked, sha256_digest, web_address
from st_opendata.documents import Fields, Problems, read_document
from st_opendata.errors import ConfigurationError, MessageError
from st_opendata.messages.message import message
from st_opendata.model.descriptions import Dataset
from st_opendata.model.records import Link
from st_opendata.model.resources import FetchedFile
from st_opendata.system.scratch import Scratch

FETCHED = "fetched.yaml"
_KEYS = ("url", "date", "sha256", "etag", "lastModified")
_HEADING = (
    "# Written by st-opendata fetch, which renews these files. Delete the entry of a file that is now your own.\n"
)


def read_fetched(folder: Path, shown: str) -> tuple[FetchedFile, ...]:
    """The files that were fetched into a folder; `shown` names its list in messages. Empty if there is no list.

    Raises:
        InputError: the list cannot be read.
        ConfigurationError: it is wrong.
    """
    path = folder / FETCHED
    if not path.exists():
        return ()
    document = read_document(path, shown)
    if not isinstance(document.data, dict):
        raise ConfigurationError(
            message("the file must hold keys"), place=document.place(), remedy=message("Delete it, and fetch again.")
        )
    problems = Problems(document)
    listed = Fields(document.data, (), problems)
    found = [_entry(name, fields) for name in listed.keys() if (fields := listed.below(name))]  # noqa: SIM118
    problems.raise_any()
    return tuple(each for each in found if each)


def write_fetched(folder: Path, files: Iterable[FetchedFile]) -> None:
    """Write the list in one step, sorted by name; raises OSError."""
    content = {each.name: _content(each) for each in sorted(files, key=lambda each: each.name)}
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000_000)
    with Scratch(folder) as scratch:
        draft = scratch / FETCHED
        draft.write_text(_HEADING + text, "utf-8", newline="\n")
        draft.replace(folder / FETCHED)


def copy_fetched(copies: Mapping[Path, str], folder: Path) -> None:
    """Write the records of files that were copied into a folder, under the names of the `copies` there.

    Raises:
        InputError, ConfigurationError: a list of the originals cannot be read, or is wrong.
    """
    found = [
        replace(entry, name=copy)
        for path, copy in copies.items()
        for entry in read_fetched(path.parent, str(path.parent / FETCHED))
        if entry.name == path.name
    ]
    if found:
        write_fetched(folder, found)


def with_fetched(dataset: Dataset, names: Collection[str], folder: Path) -> Dataset:
    """The dataset in `folder` with those of its files, called `names`, that were fetched: their URLs are its sources.

    A file that is only read for the description, such as a schema, is not a source of the data.
    """
    fetched = tuple(each for each in read_fetched(folder, f"{dataset.id}/{FETCHED}") if each.name in names)
    known = {each.url for each in dataset.source}
    more = {each.url: Link(url=each.url, label={"und": each.name}) for each in fetched if each.url not in known}
    return dataset.model_copy(update={"fetched": fetched, "source": (*dataset.source, *more.values())})


def _content(file: FetchedFile) -> Mapping[str, str]:
    stated = {"url": file.url, "date": file.date, "sha256": file.sha256}
    optional = {"etag": file.etag, "lastModified": file.last_modified}
    return stated | {key: value for key, value in optional.items() if value}


def _entry(name: str, fields: Fields) -> FetchedFile | None:
    fields.only(_KEYS)
    if re.search(r"[\x00-\x1f\\]|^/|(^|/)\.", name):
        fields.problem(message('"{file}" leaves the catalogue; name a file in the folder of the dataset', file=name))
    url = checked(fields, "url", web_address, required=True)
    date = checked(fields, "date", _instant, required=True)
    digest = checked(fields, "sha256", sha256_digest, required=True)
    if not (url and date and digest):
        return None
    optional = (fields.text(key, required=False) or "" for key in ("etag", "lastModified"))
    return FetchedFile(name, url, date, digest, *optional)


def _instant(text: str) -> str:
    try:
        if datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"):
            return text
    except ValueError:
        pass
    raise MessageError(message("a time is needed here, written as {example}", example="2026-07-31T12:00:00Z"))
