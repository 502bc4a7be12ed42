"""Files of a catalogue from the web: stored whole or not at all, with a safe name and a record in `fetched.yaml`.

A file that differs from the one on the disk replaces it only where the publisher has asked for that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import file_digest
from mimetypes import MimeTypes
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from st_opendata.catalogue.fetched import FETCHED, read_fetched, write_fetched
from st_opendata.catalogue.file_types import format_of_content, shown_format
from st_opendata.catalogue.resources import web_address
from st_opendata.errors import InputError, RemoteError, StError, UsageError
from st_opendata.http.client import HttpClient, TransferLimits
from st_opendata.http.download import WORDING, DownloadedFile, Validators, download
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.resources import FetchedFile
from st_opendata.names import plain
from st_opendata.place import Place
from st_opendata.system.scratch import Scratch
from st_opendata.vocabularies.file_formats import OCTETS, format_by_extension

_WAIT = 60.0
"""Seconds to wait for the next byte."""
_OWN = ("catalogue.yaml", "dataset.yaml", FETCHED)
_PAGES = ("html", "xhtml")
_PAGE_NAMES = (".html", ".htm", ".xhtml")
_MEDIA_TYPES = MimeTypes()  # those of Python: the system's files differ from machine to machine
_LONGEST = 100


class FetchChange(StrEnum):
    """The effect of a fetch on the file on the disk."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Bounds in bytes and seconds, whether a file that differs is replaced, and who hears of the progress (0 to 1)."""

    size: int
    seconds: float
    replace: bool = False
    on_progress: Callable[[str, float], None] = lambda _text, _done: None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What was done with a file: its digests before and now (empty if there is none), or the error."""

    path: Path
    url: str
    change: FetchChange
    before: str = ""
    sha256: str = ""
    error: StError | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    """The place of a file, `path` empty of a name where the server gives it, and the folder with the record of it."""

    folder: Path
    name: str | None
    entry: FetchedFile | None = None

    @property
    def home(self) -> Path:
        """The folder of the dataset, else that of the file."""
        for folder in (self.folder, *self.folder.absolute().parents):
            if (folder / "dataset.yaml").is_file():
                return folder
            if (folder / "catalogue.yaml").is_file():
                break
        return self.folder


def store_file(url: str, output: Path, options: FetchOptions) -> FetchResult:
    """Fetch a file to `output`, or to a safe name in it if it is a folder, and record it.

    Raises:
        UsageError: the URL is not http(s), or has a password.
        InputError: there is no such folder, another file is there, or it cannot be written.
        RemoteError: the URL gives no file within the bounds.
    """
    address = _address(url)
    folder, name = (output, None) if output.is_dir() else (output.parent, output.name)
    if not folder.is_dir():
        raise InputError(message('there is no folder "{folder}"', folder=folder), remedy=message("Create the folder."))
    if name in _OWN:
        raise UsageError(message("{file} is a name of the program's own files", file=name))
    target = _Target(folder, name)
    with closing(_client()) as client:
        return _fetch(client, address, replace(target, entry=_entry(target, address)), options)


def renew_files(folder: Path, options: FetchOptions) -> Iterator[FetchResult]:
    """Fetch all files again that were fetched into a folder and those in it; a failure does not end it.

    Raises:
        InputError: there is no such file, or a list of them cannot be read.
    """
    listed = [
        (path.parent, entry)
        for path in sorted(folder.rglob(FETCHED))
        for entry in read_fetched(path.parent, str(path))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not listed:
        raise InputError(
            message("no file was fetched into {folder}", folder=folder),
            remedy=message("Name the URL of a file, or with --output the folder of the catalogue."),
        )
    with closing(_client()) as client:
        for home, entry in listed:
            path = home / entry.name
            try:
                yield _renew(client, home, entry, options)
            except StError as error:
                yield FetchResult(path, entry.url, FetchChange.FAILED, error=error)


def _renew(client: HttpClient, home: Path, entry: FetchedFile, options: FetchOptions) -> FetchResult:
    path = home / entry.name
    if not path.parent.resolve().is_relative_to(home.resolve()):
        raise InputError(message('"{file}" is a link that leaves the catalogue; put the file itself there', file=path))
    path.parent.mkdir(parents=True, exist_ok=True)
    found = _digest(path)
    if found and found != entry.sha256 and not options.replace:
        raise InputError(
            message("the file was edited after it was fetched; it was not replaced"),
            place=Place(str(path)),
            remedy=message("Replace it with --replace, or delete its entry in {file}.", file=home / FETCHED),
        )
    return _fetch(client, entry.url, _Target(path.parent, path.name, entry), replace(options, replace=True))


def _client() -> HttpClient:
    # No credentials of ~/.netrc: what is fetched is published, with its address.
    return HttpClient(wording=WORDING, authorization=lambda _url: None)


def _address(url: str) -> str:
    try:
        address = web_address(urldefrag(url).url)
    except ValueError:
        raise UsageError(
            message('"{url}" is not an http(s) URL', url=url),
            remedy=message("Write it as the browser shows it, with https://."),
        ) from None
    if urlsplit(address).username is not None:
        raise UsageError(
            message("the URL has a user or password, which the catalogue would publish"),
            remedy=message("Download the file, and put it into the folder of the dataset."),
        )
    return address


def _entry(target: _Target, url: str) -> FetchedFile | None:
    """The record of this URL, or of the file with that name."""
    home = target.home
    for each in read_fetched(home, str(home / FETCHED)):
        path = home / each.name
        if path.parent.resolve() == target.folder.resolve() and (
            path.name == target.name or (target.name is None and each.url == url)
        ):
            return each
    return None


def _fetch(client: HttpClient, url: str, target: _Target, options: FetchOptions) -> FetchResult:
    entry = target.entry
    name = target.name or (Path(entry.name).name if entry else None)
    before = _digest(target.folder / name) if name else ""
    is_known = entry is not None and entry.url == url and entry.sha256 == before
    known = Validators(entry.etag, entry.last_modified) if entry and is_known else Validators()
    limits = TransferLimits(min(_WAIT, options.seconds), options.size, options.seconds)
    try:
        with Scratch(target.folder) as scratch:
            got = download(
                client,
                url,
                scratch / "file",
                limits,
                known=known,
                on_progress=lambda done: options.on_progress(name or url, done),
            )
            if got is None:
                return FetchResult(target.folder / str(name), url, FetchChange.UNCHANGED, before, before)
            _refuse_content(got, name, url)
            path = target.folder / (name or _safe_name(got))
            before = _put(got, path, options)
    except OSError as error:
        raise InputError(
            message("the file cannot be written: {reason}", reason=system_reason(error)),
            place=Place(str(target.folder / (name or ""))),
        ) from None
    date = entry.date if entry and is_known and entry.sha256 == got.sha256 else _now()
    _record(
        target.home, path, FetchedFile("", url, date, got.sha256, got.validators.etag, got.validators.last_modified)
    )
    change = FetchChange.NEW if not before else FetchChange.UNCHANGED if before == got.sha256 else FetchChange.CHANGED
    return FetchResult(path, url, change, before, got.sha256)


def _put(got: DownloadedFile, path: Path, options: FetchOptions) -> str:
    """Give the file its name in one step; the digest of the one that was there before."""
    if path.is_dir():
        raise InputError(message('"{file}" is a folder', file=path), remedy=message("Choose a name with --output."))
    before = _digest(path)
    if before and before != got.sha256 and not options.replace:
        raise InputError(
            message("another file is there already; it was not replaced"),
            place=Place(str(path)),
            remedy=message("Replace it with --replace, or choose another name with --output."),
        )
    if before != got.sha256:
        with got.path.open("rb") as file:
            os.fsync(file.fileno())
        got.path.replace(path)
    return before


def _record(home: Path, path: Path, entry: FetchedFile) -> None:
    name = path.resolve().relative_to(home.resolve()).as_posix()
    others = [each for each in read_fetched(home, str(home / FETCHED)) if each.name != name]
    try:
        write_fetched(home, [*others, replace(entry, name=name)])
    except OSError as error:
        raise InputError(
            message("the file cannot be written: {reason}", reason=system_reason(error)),
            place=Place(str(home / FETCHED)),
        ) from None


def _refuse_content(got: DownloadedFile, name: str | None, url: str) -> None:
    """Refuse nothing, and a web page that was not asked for as such: it is an error's, a login's or a viewer's."""
    remedy = message("Check the URL in a browser.")
    if not got.size:
        raise RemoteError(message("answered with an empty file"), place=Place(url), remedy=remedy)
    is_page = format_of_content(got.path) in _PAGES
    if is_page and not (name or got.name).lower().endswith(_PAGE_NAMES):
        raise RemoteError(
            message("the answer is a web page, not a file of data"),
            place=Place(url),
            remedy=message("Give the URL of the file itself; to store a page, give it a name that ends in .html."),
        )


def _safe_name(got: DownloadedFile) -> str:
    """The server's name in plain letters, never one of another folder or of our own files, with a fitting extension."""
    given = re.split(r"[/\\]", got.name)[-1]
    if format_of_content(got.path) != "gz":
        given = given.removesuffix(".gz")  # decompressed on its way
    stem, _, extension = given.rpartition(".")
    if not stem:
        stem, extension = extension, ""
    if format_by_extension(f"x.{extension}") is None or not re.fullmatch("[A-Za-z0-9]+", extension):
        guessed = _MEDIA_TYPES.guess_extension(got.media_type) if got.media_type != OCTETS else None
        extension = (guessed or shown_format(format_of_content(got.path)).extension or ".bin").lstrip(".")
    words = (plain(word, "-") for word in stem.split("_"))
    name = f"{'_'.join(filter(None, words))[:_LONGEST].strip('-_') or 'file'}.{extension}"
    return f"fetched-{name}" if name in _OWN else name


def _digest(path: Path) -> str:
    """The SHA-256 of a file; empty if there is none."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError):
        return ""


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
