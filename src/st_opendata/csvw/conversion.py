"""A group written as RDF or JSON, as it passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from st_opendata.csvw.csv2json import group_json
from st_opendata.csvw.csv2rdf import group_lines
from st_opendata.csvw.group import OpenGroup
from st_opendata.csvw.metadata.common_properties import prefixes
from st_opendata.formats import JSON, JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format
from st_opendata.namespaces import PREFIXES, XSD
from st_opendata.rdf.writing import stream_rdf

CONVERSIONS: dict[str, Format] = {form.name: form for form in (N_TRIPLES, TURTLE, RDF_XML, JSON_LD, JSON)}
"""The formats of `convert` by the names that the command line takes."""


def write_group(opened: OpenGroup, form: Format, out: BinaryIO, *, minimal: bool) -> None:
    """Write what csv2rdf, or for JSON csv2json, makes of the group.

    Raises:
        UnwritableTripleError: RDF/XML cannot carry a property.
        InputError: a file cannot be read to its end, or a cell does not make a valid IRI.
    """
    if form is JSON:
        for text in group_json(opened, minimal=minimal):
            out.write(text.encode())
    else:
        stream_rdf(group_lines(opened, minimal=minimal), out, form, dict(_named(opened, minimal=minimal)))


def _named(opened: OpenGroup, *, minimal: bool) -> Iterator[tuple[str, str]]:
    """The prefixes of namespaces that the descriptions name."""
    tables = opened.group.tables
    said = [] if minimal else [opened.group.annotations, *(table.annotations for table in tables)]
    names = [XSD, *(name for annotations in said for name in annotations.properties)]
    names += [] if minimal else [PREFIXES["csvw"]]
    for column in (column for table in tables for column in table.table.columns):
        names += filter(None, (column.about_url, column.property_url, column.value_url, column.datatype.iri))
    for prefix, namespace in sorted(prefixes().items()):
        if any(name.startswith(namespace) for name in names):
            yield prefix, namespace
