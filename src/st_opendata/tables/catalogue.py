"""Reading a catalogue folder: catalogue.yaml, and per dataset a folder with dataset.yaml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from st_opendata.documents import Document, Steps, read_document
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.model.descriptions import Catalogue, Dataset, Terms
from st_opendata.model.tables import Table
from st_opendata.namespaces import PREFIXES
from st_opendata.place import Place
from st_opendata.tables.fields import Fields
from st_opendata.tables.metadata import Surroundings, read_table
from st_opendata.tables.problems import Problems, hint
from st_opendata.tables.templates import ILLEGAL_IN_IRI, SCHEME

Model = TypeVar("Model", bound=BaseModel)
_OWN_KEYS: dict[type[BaseModel], tuple[str, ...]] = {Catalogue: ("folder",), Dataset: ("id",)}
"""Fields that the program fills and a publisher does not write."""
_RESERVED = ("ontology", "schema", "shapes")
"""Names that a release uses itself: two folders, and schema.jsonld in the folder of each dataset."""


def read_catalogue(folder: Path, *, site: str | None = None) -> Catalogue:
    """The whole description of the catalogue in `folder`; `site` replaces the address it is served from.

    No table is read, but each table's path is checked to stay in the catalogue.

    Raises:
        InputError: a folder or file is missing or cannot be read.
        ConfigurationError: a description is wrong; all problems of one file come together.
    """
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise InputError(f"the catalogue folder {folder} {what}", remedy="Name the folder that holds catalogue.yaml.")
    document = read_document(_inside(folder, folder / "catalogue.yaml"), "catalogue.yaml")
    catalogue, names = _catalogue(document, folder, site)
    datasets = []
    tables: dict[tuple[str, str], Table] = {}
    for number, name in enumerate(names):
        dataset, found, text = _dataset(document, catalogue, number, name)
        _unique_names(text, found, tables)
        tables |= {(table.dataset, table.name): table for table in found}
        datasets.append((dataset, found, text))
    for _, found, text in datasets:
        _check_foreign_keys(text, found, tables)
    filled = tuple(dataset.model_copy(update={"tables": tuple(found)}) for dataset, found, _ in datasets)
    return catalogue.model_copy(update={"datasets": filled})


def _inside(folder: Path, path: Path) -> Path:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigurationError(
            f"{path.name} is a link that leaves the catalogue", place=Place(path.relative_to(folder).as_posix()),
            remedy="Put the file itself there.",
        )  # fmt: skip
    return path


def _catalogue(document: Document, folder: Path, site: str | None) -> tuple[Catalogue, list[str]]:
    data = _mapping(document)
    problems = Problems(document)
    names = data.pop("datasets", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        problems.add(("datasets",), '"datasets" must be a list of folder names')
        names = []
    elif not names:
        problems.add(("datasets",), "the catalogue has no datasets; list the folders of its datasets under `datasets`")
    for number, name in enumerate(names):
        if name in names[:number]:
            problems.add(("datasets", number), f'the dataset "{name}" is listed twice')
    if site is not None:
        data["site"] = site
    elif "base" in data:
        data.setdefault("site", data["base"])
    _check_prefixes(data.get("prefixes"), problems)
    if "folder" in data:
        problems.add(("folder",), 'the key "folder" is unknown')
    catalogue = _validate(Catalogue, data | {"folder": folder}, problems)
    problems.raise_any()
    assert catalogue is not None
    return catalogue, names


def _check_prefixes(prefixes: object, problems: Problems) -> None:
    for prefix, start in prefixes.items() if isinstance(prefixes, dict) else ():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", prefix):
            problems.add(("prefixes", prefix), f'"{prefix}" cannot be a prefix: use letters and digits')
        if not (isinstance(start, str) and re.match(SCHEME, start)) or re.search(ILLEGAL_IN_IRI, start):
            problems.add(
                ("prefixes", prefix), f'the prefix "{prefix}" needs an absolute IRI, as https://example.org/ns#'
            )


def _dataset(listing: Document, catalogue: Catalogue, number: int, name: str) -> tuple[Dataset, list[Table], Document]:
    folder = catalogue.folder / name
    place = listing.place(("datasets", number))
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ConfigurationError(
            f'"{name}" cannot be the folder of a dataset', place=place,
            remedy="Use small letters, digits and hyphens, as in city-roles, for a folder beside catalogue.yaml.",
        )  # fmt: skip
    if name in _RESERVED:
        raise ConfigurationError(
            f'a dataset cannot be called "{name}", since a release uses this name itself', place=place,
            remedy=f"Rename the folder; any name but {', '.join(_RESERVED)} will do.",
        )  # fmt: skip
    if not folder.is_dir():
        folders = [path.name for path in sorted(catalogue.folder.iterdir()) if (path / "dataset.yaml").is_file()]
        raise ConfigurationError(
            f'there is no folder for the dataset "{name}"{hint(name, folders)}', place=place,
            remedy="Create the folder with its dataset.yaml, or correct the list.",
        )  # fmt: skip
    shown = f"{name}/dataset.yaml"
    document = read_document(_inside(catalogue.folder, folder / "dataset.yaml"), shown)
    data = _mapping(document)
    problems = Problems(document)
    descriptions = data.pop("tables", [])
    if "id" in data:
        problems.add(("id",), f'the key "id" is not written: the folder\'s name, "{name}", is the id')
    dataset = _validate(Dataset, data | {"id": name}, problems)
    around = Surroundings(catalogue.base, PREFIXES | catalogue.prefixes, name, folder, catalogue.folder)
    tables = _tables(descriptions, problems, around)
    problems.raise_any()
    assert dataset is not None
    inherited = {
        field: getattr(catalogue, field) for field in Terms.model_fields if field not in dataset.model_fields_set
    }
    return dataset.model_copy(update=inherited), tables, document


def _tables(descriptions: object, problems: Problems, around: Surroundings) -> list[Table]:
    listed = Fields({"tables": descriptions}, (), problems).list_of_fields("tables")
    if not listed:
        problems.add(("tables",), "the dataset has no tables; describe at least one under `tables`")
    found = [read_table(fields, around) for fields in listed]
    return [table for table in found if table is not None]


def _unique_names(document: Document, found: list[Table], others: dict[tuple[str, str], Table]) -> None:
    problems = Problems(document)
    taken = {table.name: table.file for table in others.values()}
    for number, table in enumerate(found):
        if table.name in taken:
            message = f'the table name "{table.name}" is taken by {taken[table.name]}; rename this file'
            problems.add(("tables", number, "url"), message)
        taken[table.name] = table.file
        if table.name.casefold() == "facts":
            message = (
                'a table cannot be called "facts", since a release has a facts.parquet of its own; rename this file'
            )
            problems.add(("tables", number, "url"), message)
    problems.raise_any()


def _check_foreign_keys(document: Document, found: list[Table], tables: dict[tuple[str, str], Table]) -> None:
    problems = Problems(document)
    for number, table in enumerate(found):
        for index, key in enumerate(table.foreign_keys):
            loc: Steps = ("tables", number, "tableSchema", "foreignKeys", index, "reference")
            target = tables.get((key.dataset, key.table))
            if target is None:
                files = [other.file for other in tables.values()]
                wanted = f"{key.dataset}/{key.table}.csv"
                problems.add((*loc, "resource"), f'there is no table "{wanted}"{hint(wanted, files)}')
                continue
            names = [column.name for column in target.source_columns]
            for name in key.reference:
                if name not in names:
                    message = f'{target.file} has no column "{name}"{hint(name, names)}'
                    problems.add((*loc, "columnReference"), message)
    problems.raise_any()


def _mapping(document: Document) -> dict[str, Any]:
    if not isinstance(document.data, dict):
        raise ConfigurationError(
            "the file must hold keys", place=document.place(), remedy="Write its keys, as in title: {en: …}."
        )
    return dict(document.data)


def _validate(model: type[Model], data: dict[str, Any], problems: Problems) -> Model | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            if detail["loc"] == ("site",) and data.get("site") == data.get("base"):
                continue  # said of the base already
            problems.add(detail["loc"], _message(model, detail["type"], detail["loc"], detail["msg"]))
        return None


def _message(model: type[BaseModel], kind: str, loc: Steps, text: str) -> str:
    """Pydantic's message in our words."""
    key = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        return f'the key "{key}" is unknown{hint(key, _keys_at(model, loc[:-1]))}'
    if kind == "missing":
        return f'the key "{key}" is missing'
    where = ".".join(str(step + 1) if isinstance(step, int) else step for step in loc)
    return f'"{where}": {text.removeprefix("Value error, ").removeprefix("Input ")}'


def _keys_at(model: type[BaseModel], loc: Steps) -> list[str]:
    """The keys that the record at `loc` has."""
    record: Any = model
    for step in loc:
        if isinstance(step, int):
            continue
        aliases = {field.alias: field.annotation for field in record.model_fields.values()}
        record = _record_in(aliases.get(step))
        if record is None:
            return []
    own = _OWN_KEYS.get(record, ())
    extra = {Catalogue: ["datasets"]}.get(record, [])
    return [str(field.alias) for name, field in record.model_fields.items() if name not in own] + extra


def _record_in(annotation: object) -> type[BaseModel] | None:
    """The record type inside `X | None` or `tuple[X, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _record_in(inner))), None)
