"""dataset.yaml of a draft: each guess with its reason above it.

Each line is a value that PyYAML writes in flow style, so that a column is one line; block style is for keys with
reasons between them. Why not ruamel.yaml: see `catalogue.write`.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from st_opendata.catalogue.init.columns import DraftColumn, DraftTable
from st_opendata.catalogue.statements import Description, Yaml
from st_opendata.catalogue.write import write_yaml
from st_opendata.messages.message import Message, message
from st_opendata.model.tables import ROW_RULES, Cleaning
from st_opendata.tables.datatypes import WKT

_HEADING = message("Drafted by st-opendata init from the files: the reason for each guess is above its line.")
_PROPERTY = message(
    "A column becomes linked data once it has a propertyUrl, as in {example}.", example='propertyUrl: "schema:name"'
)
_STATE_ENCODING = message("once that is right, state it:")
_REPLACE_ENCODING = message("once that is right, replace the next line by this:")
_NO_KEY = (
    message("no key was found: no column, and no few columns that could be a key, differ in each row;"),
    message("rows go by their number, so a row inserted between others changes the addresses below it"),
)


def dataset_text(
    description: Description, tables: list[DraftTable], files: dict[str, str], language: str, lang: str
) -> str:
    """dataset.yaml; `files` has the name of each table's file in the folder of the dataset, by the table's name.

    Titles are in `language`, comments in `lang`.
    """
    lines = ["tables:"]
    for table in tables:
        lines += [f"  {line}".rstrip() for line in _table(table, files[table.name], language, lang)]
    text = write_yaml(description, [_HEADING, _PROPERTY], tuple(description.values), language=lang)
    return text + "\n".join([*lines, ""])


def _table(table: DraftTable, file: str, language: str, lang: str) -> Iterator[str]:
    for remark in table.remarks:
        yield _comment(remark, lang)
    first, *others = (f"{key}: {_flow(value)}" for key, value in _outline(table, file, language).items())
    yield f"- {first}"
    yield from (f"  {line}" for line in others)
    dialect = {} if table.source.layer else _dialect(table)
    if table.source.guess and not table.source.guess.sure:
        stated = {**dialect, "encoding": table.source.encoding}
        yield f"  {_comment(_REPLACE_ENCODING if dialect else _STATE_ENCODING, lang)}"
        yield f"  # dialect: {_flow(stated)}"
    if dialect:
        yield f"  dialect: {_flow(dialect)}"
    yield from _rules(table, lang)
    if table.splits:
        yield "  split:"
        yield from (f"    - {_flow({'column': of, 'pattern': pattern})}" for of, pattern in table.splits.items())
    if table.unpivot:
        rule, reason = table.unpivot
        yield f"  {_comment(reason, lang)}"
        yield f"  unpivot: {_flow(rule)}"
    yield from _schema(table, language, lang)


def _schema(table: DraftTable, language: str, lang: str) -> Iterator[str]:
    """Keys and columns, as far as no Table Schema has them."""
    columns = [column for column in table.columns if not column.described]
    has_key = table.schema is not None and table.schema.has_key
    if table.schema and not columns and (has_key or not table.key):
        return
    yield "  tableSchema:"
    if has_key:
        pass
    elif table.key:
        names = [column.name for column in table.key]
        yield f"    aboutUrl: {_flow(_about(table))}"
        yield f"    primaryKey: {_flow(names if len(names) > 1 else names[0])}"
    else:
        yield from (f"    {_comment(text, lang)}" for text in _NO_KEY)
    if table.references and not table.schema:
        yield "    foreignKeys:"
    for each in table.references if not table.schema else ():
        reference = {"resource": f"{each.table.name}.csv", "columnReference": each.key.name}
        yield f"      - {_flow({'columnReference': each.column.name, 'reference': reference})}"
    if columns:
        yield "    columns:"
    for column in columns:
        yield from (f"      {_comment(remark, lang)}" for remark in column.remarks)
        yield f"      - {_flow(_column(column, table, language))}"
    for column in columns:
        yield from (f"      - {_flow(link)}" for link in _links(column, table))


def _links(column: DraftColumn, table: DraftTable) -> Iterator[Yaml]:
    """The virtual column that leads from a thing to its geometry."""
    if column.found.base == WKT:
        link: Yaml = {"name": f"{column.name}_link", "virtual": True, "where": column.name}
        yield {**link, "propertyUrl": "gsp:hasGeometry", "valueUrl": _of_geometry(column, table)}


def _outline(table: DraftTable, file: str, language: str) -> Yaml:
    """The keys that name the table."""
    outline: Yaml = {"url": file}
    if table.source.sheet is not None:
        outline |= {"sheet": table.source.sheet, "name": table.name}
    if table.source.layer and table.source.layer.name:
        outline |= {"layer": table.source.layer.name, "name": table.name}
    outline["title"] = {language: table.source.name}
    if table.schema:
        absent = list(table.schema.without)
        outline["schema"] = {"path": table.schema.file, "without": absent} if absent else table.schema.file
    return outline


def _about(table: DraftTable) -> str:
    """The template of the addresses of rows."""
    return "/".join(
        [table.name, *(f"{{{column.name}}}" for column in table.key)] if table.key else [table.name, "{_row}"]
    )


def _of_geometry(column: DraftColumn, table: DraftTable) -> str:
    """The template of the addresses of geometries, which are things of their own (GeoSPARQL)."""
    return f"{_about(table)}/{column.name}"


def _rules(table: DraftTable, lang: str) -> Iterator[str]:
    """Rules for cells and rows, each under its reason."""
    yield from (f"  {_comment(remark, lang)}" for remark in table.source.remarks)
    if cleaning := _cleaning(table.source.cleaning):
        yield f"  cleaning: {_flow(cleaning)}"
    if table.rules:
        yield "  rows:"
    for rule, reason in table.rules:
        yield f"    {_comment(reason, lang)}"
        stated = {ROW_RULES[rule.kind]: rule.kind, "matching": rule.matching}
        yield f"    - {_flow({key: value for key, value in stated.items() if value is not None})}"


def _dialect(table: DraftTable) -> Yaml:
    source, layout = table.source, table.layout
    stated = {
        "delimiter": "\\t" if source.delimiter == "\t" else source.delimiter,
        "encoding": source.encoding if source.guess is None or source.guess.sure else "utf-8",
        "skipRows": layout.skip_lines,
        "header": bool(layout.header.rows),
        "headerRowCount": max(len(layout.header.rows), 1),
        "skipBlankRows": layout.blank_rows,
    }
    usual = {"delimiter": ",", "encoding": "utf-8", "skipRows": 0, "header": True, "headerRowCount": 1}
    usual |= {"skipBlankRows": False}
    return {key: value for key, value in stated.items() if value != usual[key]}


def _cleaning(rules: Cleaning) -> Yaml:
    found: Yaml = {"quotes": "lenient"} if rules.stray_quotes else {}
    return found if rules.control is None else found | {"controlCharacters": "space"}


def _column(column: DraftColumn, table: DraftTable, language: str) -> Yaml:
    found = column.found
    described: Yaml = {"name": column.name}
    if column.title and column.title != column.name:
        described["titles"] = {language: column.title}
    elif not column.title and column.part_of is None and table.layout.header.rows:
        described["titles"] = ""
    if any(column is each for each in table.key):
        described["required"] = True
    if found.base != "string":
        described["datatype"] = {"base": found.base, "format": found.form} if found.form else found.base
    if found.separator:
        described["separator"] = found.separator
    if found.null:
        described["null"] = ["", *found.null]
    if column.language:
        described["lang"] = column.language
    if column.found.base == WKT:
        described["aboutUrl"] = _of_geometry(column, table)
    if column.property:
        described["propertyUrl"] = column.property
    return described


def _flow(value: object) -> str:
    """One line of YAML."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf"), explicit_end=False
    )
    return text.removesuffix("\n").removesuffix("\n...").strip()


def _comment(text: Message, lang: str) -> str:
    """The text as one line of a comment."""
    letters = (letter if letter.isprintable() else " " for letter in text[lang])
    return f"# {' '.join(''.join(letters).split())}"
