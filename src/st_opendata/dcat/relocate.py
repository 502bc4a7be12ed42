"""The catalogue and the VoID of a release, adapted to another address at which it is served.

Only addresses move: IRIs are names, and stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from st_opendata.formats import Format
from st_opendata.namespaces import PREFIXES, expand
from st_opendata.rdf.statements import Statements
from st_opendata.rdf.writing import used_prefixes, write_rdf
from st_opendata.release.layout import CATALOGUES
from st_opendata.system.scratch import Scratch

_PART = 10_000
"""The number of lines that writers get at a time."""
_ADDRESSES = tuple(
    map(
        expand,
        (
            *("dcat:accessURL", "dcat:downloadURL", "dcat:endpointURL", "dcat:endpointDescription"),
            *("void:dataDump", "void:sparqlEndpoint"),
        ),
    )
)
"""Properties whose values are addresses of files or of a service."""


def move_site(graph: Statements, site: str, address: str) -> None:
    """Replace the start `site` of addresses with `address`; both end in a slash."""
    for predicate in _ADDRESSES:
        for subject, value in list(graph.of(predicate)):
            if isinstance(value, ox.NamedNode) and value.value.startswith(site):
                graph.replace(subject, predicate, value, ox.NamedNode(address + value.value.removeprefix(site)))


def write_statements(
    graph: Statements, folder: Path, formats: Mapping[str, Format], prefixes: Mapping[str, str] = PREFIXES
) -> None:
    """Write the statements into the folder in each of the formats, by name of the file; raises as `write_rdf`."""
    lines = graph.lines()
    # In parts, since writers copy the part that they are at; a large catalogue then costs less memory.
    batches = [lines[start : start + _PART] for start in range(0, len(lines), _PART)]
    del lines
    used = used_prefixes(batches, prefixes)
    for name, form in formats.items():
        write_rdf(batches, folder / name, form, used)


def serialise(graph: Statements) -> dict[str, bytes]:
    """The catalogue in each of its formats, by path; raises as `write_rdf`."""
    with Scratch() as folder:
        write_statements(graph, folder, CATALOGUES)
        return {name: (folder / name).read_bytes() for name in CATALOGUES}
