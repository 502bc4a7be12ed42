"""`files:` and `links:` of dataset.yaml as `model.resources` records."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from st_opendata.catalogue.validate import loc_of, located, problem_of
from st_opendata.documents import Fields
from st_opendata.errors import MessageError
from st_opendata.formats import Format
from st_opendata.http.urls import web_url
from st_opendata.messages.message import message
from st_opendata.model.licences import Licence
from st_opendata.model.records import Record, http_iri
from st_opendata.model.resources import DatasetFile, DatasetLink, Standard
from st_opendata.spelling import hint
from st_opendata.vocabularies import code_of, codes, require_language
from st_opendata.vocabularies.file_formats import stated_format
from st_opendata.vocabularies.services import protocol_named

T = TypeVar("T")


_COMMON = ("title", "description", "language", "license", "format", "conformsTo")
_FILE_KEYS = ("path", *_COMMON)
_LINK_KEYS = ("url", *_COMMON, "service", "endpointDescription", "size", "sha256")
_LONGEST = 255
"""Bytes of a name in a path: the limit of file systems."""


class _OwnTerms(Record):
    """The terms that a file or link may state itself in place of its dataset."""

    license: Licence | None = None


def read_files(listed: list[Fields], folder: Path) -> list[DatasetFile]:
    """The files of the dataset in `folder`, which none may leave; problems are noted."""
    found: list[DatasetFile] = []
    seen: dict[str, str] = {}
    for fields in listed:
        fields.only(_FILE_KEYS)
        name = fields.text("path")
        path = file_path(fields, name, folder) if name else None
        if name is None or path is None:
            continue
        alike = unicodedata.normalize("NFC", name).casefold()
        if alike in seen:
            fields.problem(
                message(
                    '"{file}" has the name of another file, "{other}"; list each file once, and let names differ in '
                    "more than capitals",
                    file=name,
                    other=seen[alike],
                ),
                "path",
            )
        seen.setdefault(alike, name)
        found.append(
            DatasetFile(
                name=name,
                path=path,
                title=fields.local_text("title") or {"und": name.rpartition("/")[2]},
                description=fields.local_text("description"),
                language=_languages(fields),
                license=_licence(fields),
                format=_format(fields),
                conforms_to=_standards(fields),
            )
        )
    return found


def read_links(listed: list[Fields]) -> list[DatasetLink]:
    """The links of a dataset; problems are noted."""
    found: list[DatasetLink] = []
    seen: set[str] = set()
    for fields in listed:
        fields.only(_LINK_KEYS)
        url = checked(fields, "url", web_address, required=True)
        if url is None:
            continue
        if url in seen:
            fields.problem(message('the address "{url}" is here a second time', url=url), "url")
        seen.add(url)
        protocol = checked(fields, "service", protocol_named)
        if protocol is None and "endpointDescription" in fields and "service" not in fields:
            fields.problem(
                message("{key} is for services; say which it is, as in {example}", key="endpointDescription",
                        example="service: WFS"),
                "endpointDescription",
            )  # fmt: skip
        found.append(
            DatasetLink(
                url=url,
                title=fields.local_text("title") or {"und": url},
                description=fields.local_text("description"),
                language=_languages(fields),
                license=_licence(fields),
                format=_format(fields),
                protocol=protocol,
                endpoint_description=checked(fields, "endpointDescription", http_iri),
                conforms_to=_standards(fields),
                size=_size(fields),
                sha256=checked(fields, "sha256", sha256_digest),
            )
        )
    return found


def file_path(fields: Fields, name: str, folder: Path, key: str = "path") -> Path | None:
    """The file, in the dataset's folder, and after symbolic links still in it."""
    parts = name.split("/")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:/|/", name) or ".." in parts:
        fields.problem(
            message('"{file}" leaves the catalogue; name a file in the folder of the dataset', file=name), key
        )
    elif re.search(r"[\x00-\x1f\x7f\\]", name):
        fields.problem(
            message('"{file}" has a character that no file name should have; rename the file', file=name), key
        )
    elif any(part.startswith(".") or not part.strip() for part in parts):
        fields.problem(
            message('"{file}" has a part that is empty or begins with a dot; rename the file', file=name), key
        )
    elif any(len(part.encode()) > _LONGEST for part in parts):
        fields.problem(
            message("the name of the file is longer than {limit} bytes; rename the file", limit=_LONGEST), key
        )
    else:
        path = folder.joinpath(*(_present(folder, parts)))
        if path.resolve().is_relative_to(folder.resolve()):
            return path
        fields.problem(
            message('"{file}" is a link that leaves the catalogue; put the file itself there', file=name), key
        )
    return None


def _present(folder: Path, parts: list[str]) -> list[str]:
    """The parts as they are spelled on the disk: macOS writes accents otherwise (NFD) than keyboards do (NFC)."""
    found: list[str] = []
    for part in parts:
        here = folder.joinpath(*found)
        alike = part
        if not part.isascii() and not here.joinpath(part).exists() and here.is_dir():
            plain = unicodedata.normalize("NFC", part)
            names = sorted(each.name for each in here.iterdir())
            alike = next((each for each in names if unicodedata.normalize("NFC", each) == plain), part)
        found.append(alike)
    return found


def checked(fields: Fields, key: str, check: Callable[[str], T], *, required: bool = False) -> T | None:
    """The result of `check` for a text; None if there is no text, or one that it refuses, which is noted."""
    text = fields.text(key, required=required)
    if not text:
        return None
    try:
        return check(text)
    except MessageError as error:
        fields.problem(error.message, key)
        return None


def web_address(text: str) -> str:
    """An http(s) IRI; MessageError for another text."""
    if web_url(http_iri(text)) is None:
        raise MessageError(message("not an absolute http(s) IRI, as https://example.org/ is"))
    return text


def _format(fields: Fields) -> Format | None:
    def known(text: str) -> Format:
        if found := stated_format(text):
            return found
        near = hint(text.upper(), codes("file-type"))
        raise MessageError(
            message('"{name}" is not a code of the EU file-type table, as PDF is{hint}', name=text, hint=near)
        )

    return checked(fields, "format", known)


def _licence(fields: Fields) -> Licence | None:
    """The code of the EU table for a name in it, else the licence, which may be any that a dataset can have."""
    value = fields.value("license")
    if isinstance(value, str) and (code := code_of("licence", value)):
        return code
    data = {"license": value}
    try:
        return _OwnTerms.model_validate(data).license
    except ValidationError as error:
        for each in error.errors(include_url=False):
            detail = located(each, data)
            fields.problem(problem_of(_OwnTerms, detail), *loc_of(detail))
        return None


def _languages(fields: Fields) -> tuple[str, ...]:
    tags = fields.texts("language")
    for tag in tags:
        try:
            require_language(tag)
        except MessageError as error:
            fields.problem(error.message, "language")
    return tags


def _standards(fields: Fields) -> tuple[Standard, ...]:
    found = []
    for each in fields.list_of_fields("conformsTo"):
        each.only(("url", "label"))
        if url := checked(each, "url", http_iri, required=True):
            found.append(Standard(url, each.local_text("label")))
    return tuple(found)


def _size(fields: Fields) -> int | None:
    def whole(text: str) -> int:
        if re.fullmatch("[0-9]{1,15}", text):
            return int(text)
        raise MessageError(message("the size of a file is a whole number of bytes"))

    return checked(fields, "size", whole)


def sha256_digest(text: str) -> str:
    """A SHA-256 digest in small letters; MessageError for another text."""
    if re.fullmatch("[0-9a-fA-F]{64}", text):
        return text.lower()
    raise MessageError(message("a SHA-256 digest has 64 hexadecimal digits"))
