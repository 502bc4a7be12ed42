"""Reading a catalogue folder: catalogue.yaml, and per dataset a folder with dataset.yaml."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from st_opendata.catalogue.fetched import with_fetched
from st_opendata.catalogue.markup import without_markup
from st_opendata.catalogue.profiles import read_profiles
from st_opendata.catalogue.resources import read_files, read_links
from st_opendata.catalogue.stated import CATALOGUE, DATASET, TABLE, StatedReader, inherit, of_table
from st_opendata.catalogue.tables import Surroundings, read_table
from st_opendata.catalogue.validate import validate
from st_opendata.documents import Data, Document, Fields, Problems, Steps, read_document
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.message import Message, message
from st_opendata.model.descriptions import Catalogue, Dataset, Terms
from st_opendata.model.related import QualifiedRelation
from st_opendata.model.tables import Table
from st_opendata.namespaces import PREFIXES
from st_opendata.place import Place
from st_opendata.release.layout import (
    CROISSANT_FILE,
    FACTS,
    FACTS_FILE,
    ONTOLOGY,
    SCHEMA_ORG_FILE,
    SHAPES,
    STORY,
    in_dataset,
    table_file,
)
from st_opendata.spelling import hint
from st_opendata.tables.templates import ILLEGAL_IN_IRI, SCHEME

_NO_CHARACTER = re.compile("[^\\t\\n\\r -\\uD7FF\\uE000-\\uFFFD\\U00010000-\\U0010FFFF]")
"""Characters that XML forbids (XML 1.0 §2.2), so that they cannot be in RDF/XML."""
RESERVED = (FACTS, ONTOLOGY, SCHEMA_ORG_FILE.partition(".")[0], SHAPES, STORY)
"""Names that a release uses itself: four folders, and schema.jsonld in the folder of each dataset."""

OWN_FILES = {name.partition(".")[0]: name for name in (FACTS_FILE, CROISSANT_FILE)}
"""Files that a release has itself in the folder of each dataset, by the name of the table that would have them too."""


@dataclass(frozen=True, slots=True)
class _Described:
    """A dataset with its tables, whose foreign keys have no targets yet, and what they were read from."""

    dataset: Dataset
    tables: Sequence[Table]
    document: Document
    around: Surroundings
    listed: Sequence[Fields]
    """The entries of `tables` in the document."""


def read_catalogue(folder: Path, *, site: str | None = None) -> Catalogue:
    """The whole description of the catalogue in `folder`; `site` replaces the address it is served from.

    No table is read, but each table's path is checked to stay in the catalogue.

    Raises:
        InputError: a folder or file is missing or cannot be read.
        ConfigurationError: a description is wrong; all problems of one file come together.
    """
    if not folder.is_dir():
        raise InputError(
            message("{folder} is a file, not a folder", folder=folder)
            if folder.exists()
            else message("the catalogue folder {folder} does not exist", folder=folder),
            remedy=message("Name the folder that holds catalogue.yaml."),
        )
    document = read_document(_inside(folder, folder / "catalogue.yaml"), "catalogue.yaml")
    catalogue, names, reader = _catalogue(document, folder, site)
    found = [_dataset(document, catalogue, reader, number, name) for number, name in enumerate(names)]
    datasets = _with_names(found)
    for each in datasets:
        _check_related(each, names)
    tables = {(table.dataset, table.stem): table for each in datasets for table in each.tables}
    filled = tuple(each.dataset.model_copy(update={"tables": _with_targets(each, tables)}) for each in datasets)
    return without_markup(catalogue.model_copy(update={"datasets": filled}))


def _inside(folder: Path, path: Path) -> Path:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigurationError(
            message("{name} is a link that leaves the catalogue", name=path.name),
            place=Place(path.relative_to(folder).as_posix()),
            remedy=message("Put the file itself there."),
        )
    return path


def _catalogue(document: Document, folder: Path, site: str | None) -> tuple[Catalogue, list[str], StatedReader]:
    data = _mapping(document)
    problems = Problems(document)
    names = data.pop("datasets", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        problems.add(("datasets",), message('"datasets" must be a list of folder names'))
        names = []
    elif not names:
        problems.add(
            ("datasets",), message("the catalogue has no datasets; list the folders of its datasets under `datasets`")
        )
    for number, name in enumerate(names):
        if name in names[:number]:
            problems.add(("datasets", number), message('the dataset "{name}" is listed twice', name=name))
    if site is not None:
        data["site"] = site
    elif "base" in data:
        data.setdefault("site", data["base"])
    _check_prefixes(data.get("prefixes"), problems)
    if "folder" in data:
        problems.add(("folder",), message('the key "{key}" is unknown{hint}', key="folder", hint=""))
    listed = data.get("profiles")
    chosen = listed if isinstance(listed, list) and all(isinstance(each, str) for each in listed) else []
    profiles = read_profiles(folder, chosen, document)  # its problems are reported before all others
    reader = StatedReader(profiles, str(data.get("base", "")))
    stated = reader.take(data, CATALOGUE, problems)
    catalogue = validate(Catalogue, data | {"folder": folder}, problems, reader.keys)
    if catalogue:
        _check_order(catalogue, data, problems)
    problems.raise_any()
    assert catalogue is not None
    prefixes = {prefix: start for profile in profiles for prefix, start in profile.prefixes.items()}
    if prefixes:
        catalogue = catalogue.model_copy(update={"prefixes": prefixes | catalogue.prefixes})
    return catalogue.with_stated(stated), names, reader


def _check_order(terms: Terms, data: dict[str, Any], problems: Problems) -> None:
    """Note a change before the first issue; a dataset may have one of the two dates from its catalogue."""
    if terms.issued and terms.modified and terms.modified < terms.issued:
        earlier = message(
            '"modified", {modified}, is before "issued", {issued}', modified=terms.modified, issued=terms.issued
        )
        problems.add(("modified" if "modified" in data else "issued",), earlier)


def _check_prefixes(prefixes: object, problems: Problems) -> None:
    for prefix, start in prefixes.items() if isinstance(prefixes, dict) else ():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", prefix):
            problems.add(
                ("prefixes", prefix), message('"{prefix}" cannot be a prefix: use letters and digits', prefix=prefix)
            )
        if not (isinstance(start, str) and re.match(SCHEME, start)) or re.search(ILLEGAL_IN_IRI, start):
            problems.add(
                ("prefixes", prefix),
                message('the prefix "{prefix}" needs an absolute IRI, as https://example.org/ns#', prefix=prefix),
            )


def _folder_of(listing: Document, catalogue: Catalogue, number: int, name: str) -> Path:
    """The folder of a dataset that catalogue.yaml lists."""
    folder = catalogue.folder / name
    place = listing.place(("datasets", number))
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ConfigurationError(
            message('"{name}" cannot be the folder of a dataset', name=name),
            place=place,
            remedy=message(
                "Use small letters, digits and hyphens, as in city-roles, for a folder next to catalogue.yaml."
            ),
        )
    if name in RESERVED:
        raise ConfigurationError(
            message('a dataset cannot be called "{name}", because a release uses this name itself', name=name),
            place=place,
            remedy=message("Rename the folder; do not use {names}.", names=", ".join(RESERVED)),
        )
    if not folder.is_dir():
        folders = [path.name for path in sorted(catalogue.folder.iterdir()) if (path / "dataset.yaml").is_file()]
        raise ConfigurationError(
            message('there is no folder for the dataset "{name}"{hint}', name=name, hint=hint(name, folders)),
            place=place,
            remedy=message("Create the folder with its dataset.yaml, or correct the list."),
        )
    return folder


def _dataset(listing: Document, catalogue: Catalogue, reader: StatedReader, number: int, name: str) -> _Described:
    folder = _folder_of(listing, catalogue, number, name)
    shown = f"{name}/dataset.yaml"
    document = read_document(_inside(catalogue.folder, folder / "dataset.yaml"), shown)
    data = _mapping(document)
    problems = Problems(document)
    descriptions = {key: data.pop(key, []) for key in ("tables", "files", "links")}
    if "id" in data:
        problems.add(("id",), message('delete the key "id": the name of the folder, "{name}", is the id', name=name))
    for key in data.keys() & {"markdown", "fetched"}:
        unknown = message('the key "{key}" is unknown{hint}', key=key, hint=hint(key, ("markup",)))
        problems.add((key,), unknown)
    own = set(data)
    stated = reader.take(data, DATASET, problems)
    of_tables = [
        reader.take(each, TABLE, problems, ("tables", at)) for at, each in enumerate(_mappings(descriptions["tables"]))
    ]
    dataset = validate(Dataset, data | {"id": name}, problems, reader.keys)
    if dataset:
        inherited = {key: getattr(catalogue, key) for key in Terms.model_fields if key not in dataset.model_fields_set}
        dataset = dataset.model_copy(update=inherited)
        _check_order(dataset, data, problems)
        for target in dataset.targets.keys() - catalogue.targets.keys():
            unknown = message(
                'catalogue.yaml has no target "{name}"{hint}', name=target, hint=hint(target, catalogue.targets)
            )
            problems.add(("targets", target), unknown)
    around = Surroundings(catalogue.base, PREFIXES | catalogue.prefixes, name, folder, catalogue.folder)
    parts = Fields(descriptions, (), problems)
    listed, links = parts.list_of_fields("tables"), read_links(parts.list_of_fields("links"))
    files = read_files(parts.list_of_fields("files"), folder)
    if not any(descriptions.values()):
        problems.add(
            ("tables",),
            message(
                "the dataset has no tables, files or links; describe at least one under `tables`, `files` or `links`"
            ),
        )
    tables = _tables(listed, around)
    problems.raise_any()
    assert dataset is not None
    of_tables = [tuple(of_table(each, table.stem)) for each, table in zip(of_tables, tables, strict=True)]
    terms = (inherit(catalogue.stated, own), stated, *of_tables)
    filled = dataset.with_stated(each for part in terms for each in part)
    _check_names(document, tables)
    filled = filled.model_copy(update={"files": tuple(files), "links": tuple(links)})
    filled = with_fetched(filled, [*(table.path.name for table in tables), *(file.name for file in files)], folder)
    return _Described(filled, tables, document, around, listed)


def _tables(listed: Sequence[Fields], around: Surroundings) -> list[Table]:
    """The tables that these parts describe; those with a problem, which is noted, are left out."""
    found = (read_table(fields, around) for fields in listed)
    return [table for table in found if table is not None]


def _mappings(descriptions: object) -> list[dict[str, Any]]:
    """The descriptions of tables; an empty one for anything else, which is refused elsewhere."""
    listed = descriptions if isinstance(descriptions, list) else []
    return [each if isinstance(each, dict) else {} for each in listed]


def _check_names(document: Document, found: Sequence[Table]) -> None:
    """Note names that two tables of a dataset have, and names that a release cannot give to a table."""
    problems = Problems(document)
    taken: dict[str, str | Message] = {}
    for number, table in enumerate(found):
        for name in _published_names(table):
            if name in taken:
                used = message(
                    '{other} already uses the table name "{name}"; rename this file', name=name, other=taken[name]
                )
                problems.add(("tables", number, "url"), used)
        taken |= _published_names(table)
        if table.name.casefold().startswith("sqlite_"):
            kept = message(
                'a table cannot be called "{name}": SQLite reserves this name; rename this file', name=table.name
            )
            problems.add(("tables", number, "url"), kept)
        if own := OWN_FILES.get(table.name.casefold()):
            called = table.name.casefold()
            kept = message(
                'a table cannot be called "{name}": a release has its own file {file}; rename this file',
                name=called,
                file=own,
            )
            problems.add(("tables", number, "url"), kept)
    problems.raise_any()


def _published_names(table: Table) -> dict[str, str | Message]:
    """The names of the tables in a release for one table, each with its source."""
    names: dict[str, str | Message] = {table.name: table.file}
    for column in table.columns:
        if column.separator and column.value_url:  # one row for each item
            lists = message('the list column "{column}" of {file}', column=column.name, file=table.file)
            names[f"{table.name}.{column.name}"] = lists
    return names


def _with_names(datasets: Sequence[_Described]) -> list[_Described]:
    """The datasets with unique names of tables: after the dataset if another one has a table with that name."""
    uses = Counter(name for each in datasets for table in each.tables for name in _published_names(table))
    named = []
    for each in datasets:
        shared = frozenset(
            table.stem for table in each.tables if any(uses[name] > 1 for name in _published_names(table))
        )
        tables = _tables(each.listed, replace(each.around, shared=shared)) if shared else each.tables
        named.append(replace(each, tables=tables))
    return named


def _resource(table: Table, dataset: str, name: str) -> str:
    """The name of a table in foreign keys: for a sheet too, the name of its published file."""
    file = table_file(name)
    return file if dataset == table.dataset else in_dataset(dataset, file)


def _check_related(described: _Described, names: Sequence[str]) -> None:
    """Note related datasets that the catalogue does not have."""
    problems, data = Problems(described.document), described.document.data
    for field in ("has_version", "is_version_of", "qualified_relation"):
        for number, each in enumerate(getattr(described.dataset, field)):
            related = each.relation if isinstance(each, QualifiedRelation) else each
            if related.dataset and related.dataset not in names:
                key = str(Dataset.model_fields[field].alias)
                alone = isinstance(data, dict) and not isinstance(data[key], list)
                missing = message(
                    'the catalogue has no dataset "{name}"{hint}',
                    name=related.dataset,
                    hint=hint(related.dataset, names),
                )
                problems.add((key,) if alone else (key, number), missing)
    problems.raise_any()


def _with_targets(described: _Described, tables: Mapping[tuple[str, str], Table]) -> tuple[Table, ...]:
    """The tables of a dataset with the names of those that their foreign keys refer to, by dataset and file name."""
    problems = Problems(described.document)
    for number, table in enumerate(described.tables):
        for index, key in enumerate(table.foreign_keys):
            loc: Steps = ("tables", number, "tableSchema", "foreignKeys", index, "reference")
            target = tables.get((key.dataset, key.table))
            if target is None:
                known = [_resource(table, *other) for other in tables]
                named = _resource(table, key.dataset, key.table)
                missing = message('there is no table "{name}"{hint}', name=named, hint=hint(named, known))
                problems.add((*loc, "resource"), missing)
                continue
            names = [column.name for column in target.source_columns]
            for name in key.reference:
                if name not in names:
                    missing = message(
                        '{file} has no column "{name}"{hint}', file=target.file, name=name, hint=hint(name, names)
                    )
                    problems.add((*loc, "columnReference"), missing)
    problems.raise_any()
    return tuple(
        replace(
            table,
            foreign_keys=tuple(replace(key, table=tables[key.dataset, key.table].name) for key in table.foreign_keys),
        )
        for table in described.tables
    )


def _mapping(document: Document) -> dict[str, Any]:
    if not isinstance(document.data, dict):
        raise ConfigurationError(
            message("the file must hold keys"),
            place=document.place(),
            remedy=message("Write its keys, as in {example}.", example="title: {en: …}"),
        )
    problems = Problems(document)
    for loc, text in _texts(document.data):
        if found := _NO_CHARACTER.search(text):
            code = f"U+{ord(found[0]):04X}"
            problems.add(
                loc, message("the text has the character {code}, which RDF/XML cannot hold; delete it", code=code)
            )
    problems.raise_any()
    return dict(document.data)


def _texts(data: Data, loc: tuple[str | int, ...] = ()) -> Iterator[tuple[Steps, str]]:
    """Every text and key with its place."""
    if isinstance(data, str):
        yield loc, data
        return
    for step, below in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(step, str):
            yield (*loc, step), step
        yield from _texts(below, (*loc, step))
