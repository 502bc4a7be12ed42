"""Reading a catalogue folder: catalogue.yaml, and per dataset a folder with dataset.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from st_opendata.catalogue.editions import DatasetYaml, complete, find_editions
from st_opendata.catalogue.fetched import with_fetched
from st_opendata.catalogue.linking import DatasetReading, check_names, tables_of, with_names, with_targets
from st_opendata.catalogue.markup import without_markup
from st_opendata.catalogue.profiles import read_profiles
from st_opendata.catalogue.resources import read_files, read_links
from st_opendata.catalogue.series import with_series
from st_opendata.catalogue.stated import CATALOGUE, DATASET, TABLE, StatedReader, inherit, of_table
from st_opendata.catalogue.tables import Surroundings
from st_opendata.catalogue.validate import validate
from st_opendata.documents import Data, Document, Fields, Problems, Steps, read_document
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.messages.message import message
from st_opendata.model.descriptions import Catalogue, Dataset, Terms
from st_opendata.model.related import QualifiedRelation
from st_opendata.model.series import Editions
from st_opendata.namespaces import PREFIXES
from st_opendata.place import Place
from st_opendata.release.layout import FACTS, ONTOLOGY, SCHEMA_ORG_FILE, SHAPES, STORY
from st_opendata.spelling import hint
from st_opendata.tables.templates import ILLEGAL_IN_IRI, SCHEME

_NO_CHARACTER = re.compile("[^\\t\\n\\r -\\uD7FF\\uE000-\\uFFFD\\U00010000-\\U0010FFFF]")
"""Characters that XML forbids (XML 1.0 §2.2), so that they cannot be in RDF/XML."""
RESERVED = (FACTS, ONTOLOGY, SCHEMA_ORG_FILE.partition(".")[0], SHAPES, STORY)
"""Names that a release uses itself: four folders, and schema.jsonld in the folder of each dataset."""


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
    sources = {name: _source(document, catalogue, number, name) for number, name in enumerate(names)}
    datasets = _datasets(catalogue, reader, sources)
    for each in datasets:
        _check_related(each, names)
    tables = {(table.dataset, table.stem): table for each in datasets for table in each.tables}
    filled = tuple(each.dataset.model_copy(update={"tables": with_targets(each, tables)}) for each in datasets)
    documents = {each.name: each.document for each in sources.values()}
    return with_series(without_markup(catalogue.model_copy(update={"datasets": filled})), document, documents)


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
        _check_targets(catalogue, names, problems)
    problems.raise_any()
    assert catalogue is not None
    prefixes = {prefix: start for profile in profiles for prefix, start in profile.prefixes.items()}
    if prefixes:
        catalogue = catalogue.model_copy(update={"prefixes": prefixes | catalogue.prefixes})
    return catalogue.with_stated(stated), names, reader


def _check_targets(catalogue: Catalogue, names: Sequence[str], problems: Problems) -> None:
    """Note each dataset for which a target states values, and which the catalogue does not list."""
    for target, settings in catalogue.targets.items():
        for name in settings.datasets.keys() - set(names):
            unknown = message('catalogue.yaml lists no dataset "{name}"{hint}', name=name, hint=hint(name, names))
            problems.add(("targets", target, "datasets", name), unknown)


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


def _source(listing: Document, catalogue: Catalogue, number: int, name: str) -> DatasetYaml:
    folder = _folder_of(listing, catalogue, number, name)
    document = read_document(_inside(catalogue.folder, folder / "dataset.yaml"), f"{name}/dataset.yaml")
    return DatasetYaml(name, folder, document, _mapping(document))


def _datasets(catalogue: Catalogue, reader: StatedReader, sources: Mapping[str, DatasetYaml]) -> list[DatasetReading]:
    """All datasets, those with editions before these: a wrong key is reported where it is written."""
    editions = find_editions(sources)
    found: dict[str, DatasetReading] = {}
    for source in sorted(sources.values(), key=lambda each: each.edition_of is not None):
        above = sources[source.edition_of] if source.edition_of is not None else None
        reading = _Reading(catalogue, reader, source, above)
        if source.name in editions:
            reading.leave_to_editions()
        found[source.name] = reading.dataset()
    named = {each.dataset.id: each for each in with_names([found[name] for name in sources])}
    for name, each in editions.items():
        named[name] = _with_newest(named[name], each, named[each.newest])
    return list(named.values())


class _Reading:
    """Reads a dataset; an edition has the keys of the dataset `above` that it leaves out."""

    def __init__(
        self, catalogue: Catalogue, reader: StatedReader, source: DatasetYaml, above: DatasetYaml | None
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._source = source
        self._data = complete(source, above) if above else dict(source.data)
        self._parts = {key: self._data.pop(key, []) for key in ("tables", "files", "links")}
        self._problems = Problems(source.document)
        self._above = Problems(above.document) if above else self._problems
        self._listing = above.document if above and "tables" not in source.data else source.document
        self._has_data = any(self._parts.values())

    def leave_to_editions(self) -> None:
        """Leave the tables and files of the description to the editions, in whose folders their data lie."""
        self._has_data = True
        for part, key in (("tables", "url"), ("files", "path")):
            for number, each in enumerate(_mappings(self._parts[part])):
                file = each.get(key)
                if isinstance(file, str) and (self._source.folder / file).is_file():
                    unread = message(
                        "{file} is not read, because the dataset has editions; move it to the folder of one",
                        file=f"{self._source.name}/{file}",
                    )
                    self._problems.add((part, number, key), unread)
            self._parts[part] = []

    def dataset(self) -> DatasetReading:
        """The dataset, with unlinked tables."""
        if not self._has_data:
            self._problems.add(
                ("tables",),
                message(
                    "the dataset has no tables, files or links; describe at least one under `tables`, `files` or "
                    "`links`"
                ),
            )
        own = set(self._data)
        stated = self._reader.take(self._data, DATASET, self._problems)
        of_tables = [
            self._reader.take(each, TABLE, self._problems_of("tables"), ("tables", at))
            for at, each in enumerate(_mappings(self._parts["tables"]))
        ]
        dataset = self._described()
        around = self._around()
        listed, links = self._fields("tables"), read_links(self._fields("links"))
        files = read_files(self._fields("files"), self._source.folder)
        tables = tables_of(listed, around, self._source.name)
        for problems in (self._above, self._problems):
            problems.raise_any()
        assert dataset is not None
        terms = [tuple(of_table(each, table.stem)) for each, table in zip(of_tables, tables, strict=True)]
        filled = dataset.with_stated(
            each for part in (inherit(self._catalogue.stated, own), stated, *terms) for each in part
        )
        check_names(self._listing, tables)
        filled = filled.model_copy(update={"files": tuple(files), "links": tuple(links)})
        names = [*(table.path.name for table in tables), *(file.name for file in files)]
        filled = with_fetched(filled, names, self._source.folder)
        return DatasetReading(filled, tables, self._source.document, around, listed, self._listing)

    def _problems_of(self, key: str) -> Problems:
        """The problems of the file with this key."""
        return self._problems if key in self._source.data else self._above

    def _fields(self, key: str) -> list[Fields]:
        return Fields(self._parts, (), self._problems_of(key)).list_of_fields(key)

    def _around(self) -> Surroundings:
        catalogue, source = self._catalogue, self._source
        return Surroundings(catalogue.base, PREFIXES | catalogue.prefixes, source.name, source.folder, catalogue.folder)

    def _described(self) -> Dataset | None:
        """The dataset with the terms of the catalogue; None if its keys have problems, which are noted."""
        catalogue, data, name, problems = self._catalogue, self._data, self._source.name, self._problems
        if "id" in data:
            problems.add(
                ("id",), message('delete the key "id": the name of the folder, "{name}", is the id', name=name)
            )
        for key in data.keys() & {"markdown", "fetched"}:
            unknown = message('the key "{key}" is unknown{hint}', key=key, hint=hint(key, ("markup",)))
            problems.add((key,), unknown)
        dataset = validate(Dataset, data | {"id": name}, problems, self._reader.keys)
        if dataset is None:
            return None
        stated = dataset.model_fields_set
        inherited = {key: getattr(catalogue, key) for key in Terms.model_fields if key not in stated}
        if dataset.edition_of and "issued" in stated and "modified" not in stated:
            inherited["modified"] = dataset.issued
        dataset = dataset.model_copy(update=inherited)
        _check_order(dataset, data, problems)
        for target in dataset.targets.keys() - catalogue.targets.keys():
            unknown = message(
                'catalogue.yaml has no target "{name}"{hint}', name=target, hint=hint(target, catalogue.targets)
            )
            problems.add(("targets", target), unknown)
        return dataset


def _with_newest(described: DatasetReading, editions: Editions, newest: DatasetReading) -> DatasetReading:
    """A dataset with the content of its newest edition, and its dates, version and period unless it states them."""
    dataset, latest = described.dataset, newest.dataset
    taken = {"version", "temporal", "issued", "modified"} - _stated_keys(described.document)
    if "modified" not in taken:
        taken.discard("issued")  # it could be later
    update = {key: getattr(latest, key) for key in taken} | {"files": latest.files, "fetched": latest.fetched}
    filled = dataset.model_copy(update=update).with_editions(editions)
    filled = filled.with_stated((*dataset.stated, *(each for each in latest.stated if each.table)))
    tables = tables_of(newest.listed, newest.around, dataset.id)
    return DatasetReading(filled, tables, described.document, newest.around, newest.listed, newest.listing)


def _stated_keys(document: Document) -> set[str]:
    return set(document.data) if isinstance(document.data, dict) else set()


def _mappings(descriptions: object) -> list[dict[str, Any]]:
    """The descriptions of tables; an empty one for anything else, which is refused elsewhere."""
    listed = descriptions if isinstance(descriptions, list) else []
    return [each if isinstance(each, dict) else {} for each in listed]


def _check_related(described: DatasetReading, names: Sequence[str]) -> None:
    """Note related datasets that the catalogue does not have."""
    problems, data = Problems(described.document), described.document.data
    for field in ("has_version", "is_version_of", "qualified_relation"):
        for number, each in enumerate(getattr(described.dataset, field)):
            related = each.relation if isinstance(each, QualifiedRelation) else each
            if related.dataset and related.dataset not in names:
                key = str(Dataset.model_fields[field].alias)
                alone = isinstance(data, dict) and not isinstance(data.get(key), list)
                missing = message(
                    'the catalogue has no dataset "{name}"{hint}',
                    name=related.dataset,
                    hint=hint(related.dataset, names),
                )
                problems.add((key,) if alone else (key, number), missing)
    problems.raise_any()


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
