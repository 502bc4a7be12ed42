"""The files that a publisher adds to a dataset: checked, and copied unchanged into the release."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from st_opendata.catalogue.fetched import FETCHED, read_fetched
from st_opendata.catalogue.file_types import choose_format, format_of_content
from st_opendata.documents import read_document
from st_opendata.errors import InputError
from st_opendata.messages.codes import finding
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.findings import Finding
from st_opendata.model.release import Distribution, File
from st_opendata.model.resources import DatasetFile, FetchedFile
from st_opendata.place import Place
from st_opendata.release.layout import carried_file
from st_opendata.spelling import nearest
from st_opendata.system.copying import copy_content


def file_findings(catalogue: Catalogue) -> Iterator[Finding]:
    """Files that do not exist, cannot be read, are empty or are not of their format, each at its line."""
    for dataset in catalogue.datasets:
        if dataset.files and not dataset.editions:  # its files are those of an edition
            shown = f"{dataset.id}/dataset.yaml"
            document = read_document(catalogue.folder / shown, shown)
            for number, file in enumerate(dataset.files):
                for key, code, fields in _problems(file, catalogue.folder / dataset.id):
                    place = document.place(("files", number, key))
                    yield finding(code, (place,), dataset=dataset.id, file=file.name, **fields)


def fetched_findings(catalogue: Catalogue) -> Iterator[Finding]:
    """Files that are no longer as they were fetched, each at its line of fetched.yaml."""
    for dataset in catalogue.datasets:
        folder, shown = catalogue.folder / dataset.id, f"{dataset.id}/{FETCHED}"
        for file in read_fetched(folder, shown):
            code = _fetched_problem(folder, file)
            if code:
                place = read_document(folder / FETCHED, shown).place((file.name,))
                yield finding(code, (place,), dataset=dataset.id, file=file.name, url=file.url, date=file.date)


def schema_findings(catalogue: Catalogue) -> Iterator[Finding]:
    """Keys and constraints of Table Schemas that are not kept, each at its line of the schema."""
    for dataset in catalogue.datasets:
        for table in dataset.tables:
            for loss in table.losses:
                fields = {"field": loss.field, "reason": loss.reason}
                yield finding("schema-not-kept", (loss.place,), dataset=dataset.id, **fields)


def _fetched_problem(folder: Path, file: FetchedFile) -> str | None:
    try:
        return "fetched-changed" if File.of(folder, file.name).sha256 != file.sha256 else None
    except FileNotFoundError:
        return "fetched-missing"
    except OSError:
        return None  # a table or file that cannot be read has its own finding


def _problems(file: DatasetFile, folder: Path) -> Iterator[tuple[str, str, dict[str, object]]]:
    """The key, the code and the fields of each finding on a file."""
    try:
        status = file.path.stat()
        if not stat.S_ISREG(status.st_mode):
            yield "path", "file-not-regular", {}
        elif not status.st_size:
            yield "path", "file-empty", {}
        else:
            yield from _mismatch(file, format_of_content(file.path))
    except FileNotFoundError:
        yield "path", "file-missing", {"near": nearest(file.name, _names(folder))}
    except OSError as error:
        yield "path", "file-unreadable", {"reason": system_reason(error)}


def _mismatch(file: DatasetFile, found: str | None) -> Iterator[tuple[str, str, dict[str, object]]]:
    form, fits = choose_format(found, file.format, file.name)
    if not fits:
        fields: dict[str, object] = {"found": form.label, "type": form.file_type or form.name}
        if file.format:
            yield "format", "file-format", {**fields, "stated": file.format.label}
        else:
            yield "path", "file-extension", fields


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    except OSError:
        return []


def carry_files(catalogue: Catalogue, folder: Path) -> dict[str, tuple[Distribution, ...]]:
    """Copy the files of all datasets into the release in `folder`; their distributions, by dataset id.

    Raises:
        InputError: a file can no longer be read.
        OSError: the disk is full.
    """
    return {
        dataset.id: tuple(_carry(dataset, file, folder) for file in dataset.files) for dataset in catalogue.datasets
    }


def carried_inputs(carried: Mapping[str, tuple[Distribution, ...]], dataset: Dataset) -> Iterator[File]:
    """The files of a dataset by their paths in the catalogue; their copies have the same bytes."""
    for file, copy in zip(dataset.files, carried[dataset.id], strict=True):
        yield File(f"{dataset.id}/{file.name}", copy.file.size, copy.file.sha256)


def _carry(dataset: Dataset, file: DatasetFile, folder: Path) -> Distribution:
    path = carried_file(dataset.id, file.name)
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    try:
        file.path.open("rb").close()
    except OSError as error:
        raise InputError(
            message("the file cannot be read: {reason}", reason=system_reason(error)),
            place=Place(f"{dataset.id}/{file.name}"),
            remedy=message("Check that the file is there and that you may read it."),
        ) from error
    copy_content(file.path, folder / path)
    form, _ = choose_format(format_of_content(folder / path), file.format, file.name)
    return Distribution(
        file=File.of(folder, path),
        format=form,
        title=file.title,
        dataset=dataset.id,
        conforms_to=tuple(each.url for each in file.conforms_to),
        description=file.description,
        carried=True,
    )
