"""The rows of a described table as N-Triples lines (csv2rdf §4.6): one text a row, put together by the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from st_opendata.csvw.rows.row_selection import RowSelection
from st_opendata.facts.iris import term
from st_opendata.facts.mapping import literal
from st_opendata.model.tables import Column, Datatype
from st_opendata.namespaces import PREFIXES, RDF, XSD
from st_opendata.sql import dialect as sql

_CSVW = PREFIXES["csvw"]
_PLAIN = Datatype()
LineOf = Callable[[str], str]


def row_lines(query: RowSelection, *, minimal: bool) -> str:
    """The expression of a row's lines, joined by line feeds; standard mode describes the row itself too."""
    lines = [] if minimal else _row(query)
    for number, column in query.columns:
        if not column.suppress_output:
            lines.append(_cell(query, number, column))
    return sql.join_not_null("\n", lines)


def property_of(query: RowSelection, column: Column) -> str:
    """The expression of the N-Triples term of a column's property, by default its name in the table's URL."""
    if column.property_url is None:
        return sql.text(f"<{query.names.document}#{column.name}>")
    iri = query.iri(column.property_url, column)
    return term(iri)


def table_node(query: RowSelection) -> str:
    """The N-Triples term of the table."""
    identifier = query.described.annotations.id
    return f"<{identifier}>" if identifier else f"_:t{query.described.number}"


def _row(query: RowSelection) -> list[str]:
    node = sql.concat([sql.text(f"_:t{query.described.number}r"), "row"])

    def stated(name: str, value: str) -> str:
        return _line(node, sql.text(f"<{_CSVW}{name}>"), value)

    def integer(value: str) -> str:
        return sql.concat(["'\"'", value, sql.text(f'"^^<{XSD}integer>')])

    lines = [
        _line(sql.text(table_node(query)), sql.text(f"<{_CSVW}row>"), node),
        _line(node, sql.text(f"<{RDF}type>"), sql.text(f"<{_CSVW}Row>")),
        stated("rownum", integer("row")),
        stated("url", sql.concat([sql.text(f"<{query.names.document}#row="), "record", "'>'"])),
    ]
    for number, column in query.columns:
        if column.name in query.described.row_titles:
            lines.append(_each(number, column, lambda value: stated("title", value)))
    subjects = dict.fromkeys(query.subject(column) for _, column in query.columns if not column.suppress_output)
    return lines + [stated("describes", subject) for subject in subjects]


def _line(subject: str, predicate: str, obj: str) -> str:
    return sql.concat([subject, "' '", predicate, "' '", obj, "' .'"])


def _cell(query: RowSelection, number: int, column: Column) -> str:
    subject, predicate = query.subject(column), property_of(query, column)

    def stated(obj: str) -> str:
        return _line(subject, predicate, obj)

    if column.value_url:
        stated_iri = stated(term(query.iri(column.value_url, column)))
        return stated_iri if column.virtual else sql.when([(f"c{number} IS NOT NULL", stated_iri)])
    if column.separator and column.ordered:
        return _ordered(query, number, column, stated)
    return _each(number, column, stated)


def _each(number: int, column: Column, stated: LineOf) -> str:
    """A line for the value of a cell, or for each of its list; NULL for none."""
    if not column.separator:
        return stated(_literal(column, f"c{number}", f"k{number}"))
    lines = sql.transform_pairs(
        f"c{number}", f"k{number}", lambda value, sound, _: stated(_literal(column, value, sound))
    )
    return sql.when([(f"{sql.size(f'c{number}')} > 0", sql.join_items(lines, "\n"))])


def _ordered(query: RowSelection, number: int, column: Column, stated: LineOf) -> str:
    """The lines of an rdf:List; the empty one for a cell without items."""
    node = f"_:t{query.described.number}c{number}r"

    def item(place: str) -> str:
        return sql.concat([sql.text(node), "row", "'i'", place])

    def linked(value: str, sound: str, place: str) -> str:
        rest = sql.when([(f"{place} < {sql.size(f'c{number}')}", item(f"({place} + 1)"))], sql.text(f"<{RDF}nil>"))
        first = _line(item(place), sql.text(f"<{RDF}first>"), _literal(column, value, sound))
        return sql.concat([first, "'\n'", _line(item(place), sql.text(f"<{RDF}rest>"), rest)])

    lines = sql.join_items(sql.transform_pairs(f"c{number}", f"k{number}", linked), "\n")
    filled = sql.concat([stated(item("1")), "'\n'", lines])
    return sql.when(
        [(f"{sql.size(f'c{number}')} > 0", filled), (f"{sql.size(f'c{number}')} = 0", stated(sql.text(f"<{RDF}nil>")))]
    )


def _literal(column: Column, value: str, sound: str) -> str:
    """The literal of a value; one that is not written as its type requires is plain text."""
    typed = literal(column, value)
    if column.datatype.iri == _PLAIN.iri:
        return typed
    return sql.when([(sound, typed)], literal(replace(column, datatype=_PLAIN), value))
