"""dataset.yaml of a draft: every guess with its reason above it.

Each line is a value that PyYAML writes in flow style, so that a column is one line; block style is for keys with
reasons between them. Why not ruamel.yaml: see `catalogue.write`.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from st_opendata.catalogue.init.columns import DraftColumn, DraftTable
from st_opendata.catalogue.statements import Description, Yaml
from st_opendata.catalogue.write import write_yaml
from st_opendata.model.tables import ROW_RULES, Cleaning

_HEADING = "Drafted by st-opendata init: what stands here was guessed from the files, with the reason above each line."
_PROPERTY = 'A column states something as linked data once it has a propertyUrl, as in propertyUrl: "schema:name".'


def dataset_text(description: Description, tables: list[DraftTable], files: dict[str, str], language: str) -> str:
    """dataset.yaml; `files` has the name of each table's file in the folder of the dataset, by the table's name."""
    lines = ["tables:"]
    for table in tables:
        lines += [f"  {line}".rstrip() for line in _table(table, files[table.name], language)]
    text = write_yaml(description, [_HEADING, _PROPERTY], tuple(description.values))
    return text + "\n".join([*lines, ""])


def _table(table: DraftTable, file: str, language: str) -> Iterator[str]:
    for remark in table.remarks:
        yield f"# {_line(remark)}"
    outline: Yaml = {"url": file}
    if table.source.sheet is not None:
        outline |= {"sheet": table.source.sheet, "name": table.name}
    outline["title"] = {language: table.source.name}
    first, *others = (f"{key}: {_flow(value)}" for key, value in outline.items())
    yield f"- {first}"
    yield from (f"  {line}" for line in others)
    dialect = _dialect(table)
    if table.source.guess and not table.source.guess.sure:
        stated = {**dialect, "encoding": table.source.encoding}
        yield f"  # once that is right, state it{' in place of the next line' if dialect else ''}:"
        yield f"  # dialect: {_flow(stated)}"
    if dialect:
        yield f"  dialect: {_flow(dialect)}"
    yield from _rules(table)
    if table.splits:
        yield "  split:"
        yield from (f"    - {_flow({'column': of, 'pattern': pattern})}" for of, pattern in table.splits.items())
    yield "  tableSchema:"
    if table.key:
        names = [column.name for column in table.key]
        yield f"    aboutUrl: {_flow('/'.join([table.name, *(f'{{{name}}}' for name in names)]))}"
        yield f"    primaryKey: {_flow(names if len(names) > 1 else names[0])}"
    else:
        yield "    # no key was found: no column differs in each row, nor do a few together that could name the rows;"
        yield "    # rows go by their number, so a row put in between changes the addresses below it"
    if table.references:
        yield "    foreignKeys:"
    for each in table.references:
        reference = {"resource": f"{each.table.name}.csv", "columnReference": each.key.name}
        yield f"      - {_flow({'columnReference': each.column.name, 'reference': reference})}"
    yield "    columns:"
    for column in table.columns:
        yield from (f"      # {_line(remark)}" for remark in column.remarks)
        yield f"      - {_flow(_column(column, table, language))}"


def _rules(table: DraftTable) -> Iterator[str]:
    """Rules for cells and rows, each under what it is for."""
    yield from (f"  # {_line(remark)}" for remark in table.source.remarks)
    if cleaning := _cleaning(table.source.cleaning):
        yield f"  cleaning: {_flow(cleaning)}"
    if table.rules:
        yield "  rows:"
    for rule, reason in table.rules:
        yield f"    # {_line(reason)}"
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
    if column.property:
        described["propertyUrl"] = column.property
    return described


def _flow(value: object) -> str:
    """One line of YAML."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf"), explicit_end=False
    )
    return text.removesuffix("\n").removesuffix("\n...").strip()


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
