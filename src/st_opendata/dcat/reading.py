"""Reading DCAT descriptions from third parties: ill-formed IRIs are accepted, since many have them."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import rdflib

from st_opendata.rdf.reading import Triple, parse_rdf, read_rdf


def read_dcat(path: Path) -> rdflib.Graph:
    """The description in an RDF file; raises as `read_rdf`."""
    return _graph(read_rdf(path, lenient=True))


def parse_dcat(data: bytes, syntax: ox.RdfFormat | None, *, base: str, shown: str) -> rdflib.Graph:
    """The description in a document whose address is `base`; raises as `parse_rdf`."""
    return _graph(parse_rdf(data, syntax, base=base, shown=shown, lenient=True))


def _graph(triples: list[Triple]) -> rdflib.Graph:
    graph = rdflib.Graph(bind_namespaces="none")
    graph.addN((*triple, graph) for triple in triples)
    return graph
