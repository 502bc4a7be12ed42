"""csv2rdf: a group of tables as N-Triples lines, in batches."""

from __future__ import annotations

from collections.abc import Iterator

from st_opendata.csvw.annotations import BlankNodes, annotation_lines
from st_opendata.csvw.group import OpenGroup
from st_opendata.namespaces import PREFIXES, RDF

_CSVW = PREFIXES["csvw"]
_GROUP = "_:g"


def group_lines(opened: OpenGroup, *, minimal: bool) -> Iterator[list[str]]:
    """The lines of all tables that are written; in standard mode with those of the group, its tables and rows."""
    blanks = BlankNodes()
    said = opened.group.annotations
    group = f"<{said.id}>" if said.id else _GROUP
    if not minimal:
        yield [f"{group} <{RDF}type> <{_CSVW}TableGroup> .", *annotation_lines(group, said, blanks)]
    for table in opened.output:
        node = opened.tables.node(table)
        if not minimal:
            yield [
                f"{group} <{_CSVW}table> {node} .",
                f"{node} <{RDF}type> <{_CSVW}Table> .",
                f"{node} <{_CSVW}url> <{table.url}> .",
                *annotation_lines(node, table.annotations, blanks),
            ]
        yield from opened.tables.lines(table, minimal=minimal)
