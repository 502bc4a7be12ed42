"""A described table in the engine: its rows with raw and canonical cells, read on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from st_opendata.facts.cells import UNSTRIPPED, lenient_cells, lenient_text
from st_opendata.facts.iris import IriContext, VariableValue, expand, term
from st_opendata.facts.raw import needs_python, parse_cells, raw_rows, text_file
from st_opendata.model.groups import DescribedTable
from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import BLANKS, parse
from st_opendata.tables.table_file import TableFile
from st_opendata.tables.templates import parse_template


@dataclass(frozen=True, slots=True)
class RowSelection:
    """A table whose rows `cells` selects: record, row, and for each column what `lenient_cells` says.

    The columns are numbered as in the description, virtual ones included; r is the raw text and t the text to parse.
    """

    described: DescribedTable
    source: TableFile
    names: IriContext
    cells: str

    @property
    def columns(self) -> Iterator[tuple[int, Column]]:
        """The columns with their numbers."""
        return enumerate(self.described.table.columns, 1)

    def iri(self, template: str, column: Column) -> str:
        """The expression of the IRI that a template of the column gives in a row."""
        return expand(parse_template(filled(template, column)), self._variable, self.names)

    def subject(self, column: Column) -> str:
        """The expression of the N-Triples term that a row's cells in this column are about."""
        if column.about_url:
            return term(self.iri(column.about_url, column))
        return sql.concat([sql.text(f"_:t{self.described.number}s"), "row"])

    def _variable(self, name: str) -> VariableValue:
        if name in ("_row", "_sourceRow"):
            return VariableValue(sql.as_text("row" if name == "_row" else "record"))
        for number, column in self.columns:
            if column.name == name:
                return VariableValue(f"c{number}", listed=column.separator is not None)
        return VariableValue(sql.null(sql.TEXT))


def filled(template: str, column: Column) -> str:
    """The template with the column's own variables filled in (CSVW metadata §5.1.3)."""
    for name, value in (("_name", column.name), ("_column", str(column.number)), ("_sourceColumn", str(column.number))):
        for operator in ("", "+", "#"):
            template = template.replace(f"{{{operator}{name}}}", ("#" if operator == "#" else "") + value)
    return template


def read_table(engine: Engine, described: DescribedTable, source: TableFile, prefixes: dict[str, str]) -> RowSelection:
    """The expressions that read the rows of the table; parses cells now that only Python can parse."""
    document, _ = urldefrag(described.url)
    names = IriContext(urljoin(document, "."), prefixes, strict=(), document=document)
    engine.read(file := f"f{described.number}", text_file(source))
    rows, columns = raw_rows(source, file), list(enumerate(described.table.columns, 1))
    texts = {f"t{n}": lenient_text(column, "''" if column.virtual else f"r{n}") for n, column in columns}
    cells = _over(rows, texts)
    layers = [lenient_cells(column, n, _parsed(engine, described, n, column, cells)) for n, column in columns]
    for level in zip(*layers, strict=True):
        cells = _over(cells, {name: expression for layer in level for name, expression in layer.items()})
    return RowSelection(described, source, names, cells)


def _over(rows: str, expressions: dict[str, str]) -> str:
    listed = ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
    return f"SELECT *, {listed} FROM ({rows})"


def _parsed(engine: Engine, described: DescribedTable, number: int, column: Column, cells: str) -> str | None:
    """The expression that finds the values of a column if only Python can parse its cells."""
    if not needs_python(engine, column):
        return None
    texts = f"SELECT t{number} AS text FROM ({cells})"
    return f"({parse_cells(engine, f'w{described.number}_{number}', column, texts, _parse)}t{number})"


def _parse(column: Column, text: str) -> str | list[str | None] | None:
    if not column.separator:
        return parse(column.datatype, text)
    kept = column.datatype.base in UNSTRIPPED
    items = [item if kept else item.strip(BLANKS) for item in text.split(column.separator)] if text else []
    filled = (item or column.default for item in items)
    return [parse(column.datatype, item) for item in filled if item not in column.null]
