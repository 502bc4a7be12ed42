"""`tables:` of dataset.yaml, CSVW table descriptions in YAML, as `model.tables` records.

Inherited properties go down from table to schema to column (CSVW metadata §5.7). Templates are made absolute and
checked. A description that `csvw` refuses is refused with a place. Differences from CSVW: a column without propertyUrl
states nothing, relative templates begin with the catalogue's base, and a table without aboutUrl names its rows by
primary key, else by row number, so that no fact has a blank node.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from st_opendata.catalogue.extensions import (
    read_cleaning,
    read_layer,
    read_row_rules,
    read_sheet,
    read_splits,
    table_name,
)
from st_opendata.catalogue.properties import datatype, dialect
from st_opendata.catalogue.table_schema import read_schema, with_schema
from st_opendata.catalogue.unpivot import read_unpivot, row_variables
from st_opendata.csvw import complaints
from st_opendata.documents import Fields
from st_opendata.errors import reason_of
from st_opendata.messages.message import message
from st_opendata.model.tables import Column, Datatype, Dialect, ForeignKey, Table, stem_of
from st_opendata.model.text import is_language_tag
from st_opendata.tables.templates import (
    SCHEME,
    absolute_template,
    check_iri,
    fill_column_variables,
    parse_template,
    variable_names,
)

_INHERITED = (
    "aboutUrl", "propertyUrl", "valueUrl", "datatype", "default", "lang", "null", "ordered", "required", "separator",
)  # fmt: skip
_TABLE_KEYS = (
    "url", "sheet", "layer", "name", "title", "description", "dialect", "rows", "cleaning", "split", "unpivot",
    "lenient", "schema", "tableSchema", "suppressOutput", *_INHERITED,
)  # fmt: skip
_SCHEMA_KEYS = ("columns", "primaryKey", "foreignKeys", *_INHERITED)
_COLUMN_KEYS = ("name", "titles", "description", "virtual", "where", "suppressOutput", "personal", *_INHERITED)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]*\Z")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The surroundings of a table description: the catalogue's base and prefixes, the dataset and its folder."""

    base: str
    prefixes: Mapping[str, str]
    dataset: str
    folder: Path
    root: Path
    """The catalogue's folder, which no table may leave."""
    shared: frozenset[str] = frozenset()
    """The names of files that tables of other datasets have too."""


def read_table(fields: Fields, around: Surroundings) -> Table | None:
    """The table that `fields` describe; None when it cannot be read at all. Problems are noted in `fields`."""
    before = fields.noted
    fields.only(_TABLE_KEYS)
    url = fields.text("url")
    path = _path(fields, url, around) if url else None
    described = read_schema(fields, around.folder, around.dataset, path.name) if path else None
    if path is None or (described is None and "schema" in fields):
        return None
    fields = with_schema(fields, described)
    if (schema := fields.below("tableSchema")) is None:
        return None
    schema.only(_SCHEMA_KEYS)
    sheet, layer = read_sheet(fields, path), read_layer(fields, path)
    name = table_name(fields, path, sheet or layer)
    if name in around.shared:
        name = f"{around.dataset}/{name}"
    inherited = {key: level for level in (fields, schema) for key in _INHERITED if key in level}
    listed = schema.list_of_fields("columns")
    listed = described.columns(listed, inherited) if described else listed
    if not listed:
        schema.problem(message("the table has no columns"), "columns")
        return None
    names = [column.text("name", required=False) or f"_col.{number}" for number, column in enumerate(listed, 1)]
    key = schema.texts("primaryKey")
    sources = [name for name, column in zip(names, listed, strict=True) if not column.flag("virtual")]
    known = (*sources, *row_variables(fields))
    reader = _ColumnReader(around, sources, known, _row_template(around.base, name, key), inherited)
    parts = read_splits(fields)
    for part_name in parts:
        fields.known(part_name, sources, "split")
    columns = [reader.read(column, names[number], number + 1) for number, column in enumerate(listed)]
    columns = [replace(column, part=parts.get(column.name)) for column in columns]
    _check_columns(listed, columns)
    _check_key(schema, key, sources, columns)
    if fields.noted == before:  # our own problems are clearer, and have a place
        for text in complaints(column for column in columns if not column.virtual):
            fields.problem(message("CSVW refuses this table: {reason}", reason=text), "tableSchema")
    suppress = fields.flag("suppressOutput")
    written = dialect(fields.below("dialect")) if "dialect" in fields else Dialect(encoding=None)
    return Table(
        name=name,
        dataset=around.dataset,
        path=path,
        file=f"{around.dataset}/{url}",
        titles=fields.local_text("title") or {"und": stem_of(name)},
        columns=tuple(columns) if not suppress else tuple(_silent(column) for column in columns),
        description=fields.local_text("description"),
        dialect=written,
        cleaning=read_cleaning(fields, sources, sheet or layer),
        sheet=sheet,
        layer=layer,
        primary_key=key,
        foreign_keys=tuple(_foreign_keys(schema, sources, around.dataset)),
        rules=read_row_rules(fields, written),
        lenient=fields.flag("lenient"),
        schema=described.file if described else "",
        losses=tuple(described.losses) if described else (),
        unpivot=read_unpivot(fields, columns, key, written),
    )


def _check_key(schema: Fields, key: Sequence[str], sources: Collection[str], columns: Sequence[Column]) -> None:
    for part in key:
        schema.known(part, sources, "primaryKey")
        if any(column.name == part and column.separator for column in columns):
            schema.problem(message('the list column "{column}" cannot be a key', column=part), "primaryKey")


def _row_template(base: str, table: str, key: tuple[str, ...]) -> str:
    """The subject of rows without aboutUrl."""
    return f"{base}{table}/" + ("/".join(f"{{{part}}}" for part in key) if key else "{_row}")


def _silent(column: Column) -> Column:
    return Column(**{**_slots(column), "suppress_output": True})


def _slots(column: Column) -> dict[str, Any]:
    return {name: getattr(column, name) for name in Column.__slots__}


def _path(fields: Fields, url: str, around: Surroundings) -> Path | None:
    """The file, which must lie in the dataset's folder, and after symbolic links inside the catalogue."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]", url) or ".." in re.split(r"[/\\]", url):
        fields.problem(
            message('"{file}" leaves the catalogue; name a file in the folder of the dataset', file=url), "url"
        )
        return None
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.[A-Za-z]+", url):
        fields.problem(
            message('"{file}" is not a plain file name (letters, digits, - and _, as in cities.csv)', file=url), "url"
        )
        return None
    path = around.folder / url
    if not path.resolve().is_relative_to(around.root.resolve()):
        fields.problem(
            message('"{file}" is a link that leaves the catalogue; put the file itself there', file=url), "url"
        )
        return None
    return path


class _ColumnReader:
    """Reads the columns of one table."""

    def __init__(
        self,
        around: Surroundings,
        names: list[str],
        known: tuple[str, ...],
        about: str,
        inherited: dict[str, Fields],
    ) -> None:
        self._around = around
        self._sources = names
        self._known = known
        self._about = about
        self._inherited = inherited

    def read(self, fields: Fields, name: str, number: int) -> Column:
        """The column; a wrong value is noted and replaced by CSVW's default."""
        fields.only(_COLUMN_KEYS)
        level = {**self._inherited, **dict.fromkeys((key for key in _INHERITED if key in fields), fields)}

        def at(key: str) -> Fields:
            return level.get(key, fields)

        def template(key: str) -> str | None:
            return self._template(at(key), key, (name, number))

        # The value space of language tags is lower case (RDF 1.1 Concepts §3.3): so they are in every file.
        lang = (at("lang").text("lang", required=False) or "und").lower()
        if not is_language_tag(lang):
            at("lang").problem(message('"{tag}" is not a language tag, as en or de-AT is', tag=lang), "lang")
        untitled = fields.is_text("titles") and fields.text("titles", required=False) == ""
        return Column(
            name=name,
            number=0 if fields.flag("virtual") else number,
            titles={} if untitled else fields.local_text("titles"),
            description=fields.local_text("description"),
            datatype=datatype(at("datatype")) if "datatype" in level else Datatype(),
            required=at("required").flag("required"),
            null=at("null").texts("null") if "null" in level else ("",),
            default=at("default").text("default", required=False) or "",
            separator=at("separator").text("separator", required=False) or None,
            ordered=at("ordered").flag("ordered"),
            lang=lang,
            about_url=template("aboutUrl") or self._about,
            property_url=template("propertyUrl"),
            value_url=template("valueUrl"),
            suppress_output=fields.flag("suppressOutput"),
            personal=fields.flag("personal") if "personal" in fields else None,
            untitled=untitled,
            where=self._where(fields),
        )

    def _where(self, fields: Fields) -> str | None:
        where = fields.text("where", required=False)
        if where is None:
            return None
        if not fields.flag("virtual"):
            fields.problem(
                message('"where" is for virtual columns; others state nothing where they are empty'), "where"
            )
        fields.known(where, self._sources, "where")
        return where

    def _template(self, fields: Fields, key: str, column: tuple[str, int]) -> str | None:
        text = fields.text(key, required=False)
        if not text:
            return None
        if key == "propertyUrl" and not re.match(rf"{SCHEME}|\{{\+", text):
            known = [f"{prefix}:{text}" for prefix in self._around.prefixes if prefix == "st"]
            fields.problem(
                message(
                    '"{text}" is not a property: write the prefix before it, as in {example}, or a full address',
                    text=text,
                    example=known[0] if known else "rdfs:label",
                ),
                key,
            )
            return None
        try:
            template = absolute_template(fill_column_variables(text, *column), self._around.base, self._around.prefixes)
            parsed = parse_template(template)
            check_iri(parsed)
            for variable in variable_names(parsed):
                fields.known(variable, self._known, key)
        except ValueError as error:
            fields.problem(reason_of(error), key)
            return None
        return template


def _check_columns(listed: list[Fields], columns: list[Column]) -> None:
    seen: dict[str, int] = {}
    virtual = False
    for fields, column in zip(listed, columns, strict=True):
        if not column.name.startswith("_col.") and not _NAME.match(column.name):
            fields.problem(
                message('"{name}" cannot name a column: use letters, digits and _, as in name_fr', name=column.name),
                "name",
            )
        if column.name in seen:
            fields.problem(message('the column name "{name}" is here a second time', name=column.name), "name")
        seen[column.name] = 1
        if column.ordered and column.separator and column.property_url and not column.suppress_output:
            fields.problem(
                message(
                    "an ordered list needs blank nodes, which facts do not have; use a table with a position column"
                ),
                "ordered",
            )
        if column.virtual:
            virtual = True
            if not (column.value_url or column.default) or not column.property_url:
                fields.problem(message("a virtual column needs a propertyUrl, and a valueUrl or default"), "name")
        elif virtual:
            fields.problem(
                message('the column "{name}" follows a virtual column; put virtual columns last', name=column.name),
                "name",
            )


def _foreign_keys(schema: Fields, names: list[str], dataset: str) -> list[ForeignKey]:
    """Foreign keys as written, with the names of files; their targets are found when all tables are read."""
    keys = []
    for fields in schema.list_of_fields("foreignKeys"):
        fields.only(("columnReference", "reference"))
        columns = fields.texts("columnReference")
        reference = fields.below("reference")
        if reference is None:
            continue
        reference.only(("resource", "columnReference"))
        for column in columns:
            fields.known(column, names, "columnReference")
        resource = reference.text("resource") or ""
        folder, _, file = resource.rpartition("/")
        target = reference.texts("columnReference")
        if len(target) != len(columns) or not columns:
            fields.problem(message("a foreign key needs as many columns here as in its reference"), "columnReference")
            continue
        keys.append(ForeignKey(columns, folder or dataset, Path(file).stem, target))
    return keys
