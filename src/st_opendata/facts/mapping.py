"""Maps tables to triples: CSVW's mapping to RDF (csv2rdf, minimal mode) as one mapping per column.

There is one engine table per predicate, with the columns s and o (N-Triples terms), t, r and c (the cell: table,
record and column ids) and h (the shard of s). A separator column states one triple per item, also through its
valueUrl, where `{column}` then is the item: the joined list that RFC 6570 would give names nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from st_opendata.facts.iris import IriContext, expand, needed, term
from st_opendata.facts.loading import LoadedTable, Variables, stating
from st_opendata.facts.raw import row_of_data
from st_opendata.model.numeric import NUMBERS
from st_opendata.model.tables import Column, Datatype, Table
from st_opendata.namespaces import XSD
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import MOMENTS
from st_opendata.tables.templates import parse_template, variable_names

_SAFE = NUMBERS | MOMENTS | {"boolean", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay", "hexBinary", "duration"}
"""Types whose canonical text has nothing to escape."""
_COLUMNS = {"s": sql.TEXT, "o": sql.TEXT, "t": sql.INTEGER, "r": sql.LONG, "c": sql.INTEGER, "h": sql.TEXT}


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The triples of one column of a table: a SELECT of s, o, t, r, c, h, and of p if the cells name the predicate."""

    predicate: str | None
    query: str


class Predicates:
    """The engine tables of the predicates that occur."""

    def __init__(self, engine: Engine, *, sharded: bool) -> None:
        self._engine = engine
        self._order = " ORDER BY h" if sharded else ""
        self.tables: dict[str, str] = {}

    def insert(self, mapping: ColumnMapping) -> None:
        """Add the triples of a mapping, in the order of their shards, so that a shard is read without the others."""
        if mapping.predicate is not None:
            self._insert(mapping.predicate, f"{mapping.query}{self._order}")
            return
        self._engine.create("named", mapping.query)
        for (predicate,) in self._engine.rows("SELECT DISTINCT p FROM named ORDER BY p"):
            chosen = f"SELECT s, o, t, r, c, h FROM named WHERE p = {sql.text(predicate)}{self._order}"
            self._insert(predicate, chosen)
        self._engine.drop("named")

    def _insert(self, predicate: str, query: str) -> None:
        name = self.tables.get(predicate)
        if name is None:
            name = self.tables[predicate] = f"p{len(self.tables) + 1}"
            self._engine.define(name, _COLUMNS)
        self._engine.append(name, query)


def map_tables(engine: Engine, tables: Iterable[LoadedTable], names: IriContext, *, sharded: bool) -> dict[str, str]:
    """Map the tables; the engine table of each predicate, whose key is its N-Triples term."""
    predicates = Predicates(engine, sharded=sharded)
    for loaded in tables:
        for mapping in column_mappings(loaded, names):
            predicates.insert(mapping)
    return dict(sorted(predicates.tables.items()))


def column_mappings(loaded: LoadedTable, names: IriContext) -> Iterator[ColumnMapping]:
    """One mapping per column that states something."""
    for number, column in enumerate(loaded.table.columns, 1):
        if column in stating(loaded.table):
            yield _column_mapping(loaded, column, number, names)


def fixed_predicate(column: Column) -> str | None:
    """The predicate of a column that states something, an N-Triples term; None if its cells name it."""
    template = parse_template(column.property_url or "")
    return None if variable_names(template) else f"<{template[0]}>"


def _column_mapping(loaded: LoadedTable, column: Column, number: int, names: IriContext) -> ColumnMapping:
    variables = Variables(loaded.table, column, row_of_data(loaded.source))
    rows, value = loaded.name, f"c{column.number}"
    if column.separator and not column.virtual:
        rows, value = f"(SELECT *, {sql.unnest(value)} AS item FROM {loaded.name})", "item"
        variables = replace(variables, item="item")
    subject = loaded.subjects.index(column.about_url or "") + 1
    template = parse_template(column.property_url or "")
    predicate = term(expand(template, variables, names))
    fixed = fixed_predicate(column)
    known = [f"s{subject} IS NOT NULL"] + ([] if column.virtual else [f"{value} IS NOT NULL"])
    named = "" if fixed else f"{predicate} AS p, "
    stated = _object(column, value, variables, names)
    if column.where:
        known.append(f"c{loaded.table.column(column.where).number} IS NOT NULL")
    if loaded.table.lenient and column.value_url:
        known += [f"{each} IS NOT NULL" for each in needed(parse_template(column.value_url), variables, names)]
    query = (
        f"SELECT {named}s{subject} AS s, {stated} AS o, {loaded.id} AS t, record AS r, {number} AS c, "
        f"h{subject} AS h FROM {rows} WHERE {sql.all_of(known)}"
    )
    if loaded.source.wide and not _varies(loaded.table, column):
        named = "" if fixed else "p, "
        row = sql.divide("r", len(loaded.source.wide))
        query = f"SELECT {named}s, o, t, min(r) AS r, c, h FROM ({query}) GROUP BY {named}s, o, t, c, h, {row}"
    return ColumnMapping(fixed, query)


def _varies(table: Table, column: Column) -> bool:
    """Whether the column may state other facts in each row that is made of one row of the file."""
    made = {"_row", *(table.unpivot.columns if table.unpivot else ())}
    urls = filter(None, (column.about_url, column.property_url, column.value_url))
    used = {name for url in urls for name in variable_names(parse_template(url))}
    return column.name in made or not made.isdisjoint(used)


def _object(column: Column, value: str, variables: Variables, names: IriContext) -> str:
    if column.value_url:
        return term(expand(parse_template(column.value_url), variables, names))
    return literal(column, sql.text(column.default) if column.virtual else value)


def literal(column: Column, value: str) -> str:
    """The N-Triples literal of canonical text: with language, with datatype, or plain; NULL for NULL."""
    inside = value if column.datatype.base in _SAFE else sql.escape(value)
    return sql.concat(["'\"'", inside, sql.text(f'"{_suffix(column.datatype, column.lang)}')])


def _suffix(datatype: Datatype, lang: str) -> str:
    if datatype.iri == f"{XSD}string":
        return f"@{lang}" if lang != "und" else ""
    return f"^^<{datatype.iri}>"
