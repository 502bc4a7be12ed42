"""RDF files, read and written alike for facts, catalogue, ontology and shapes.

`reading` turns a file of any syntax into rdflib terms, `lines` holds the N-Triples lines in which facts travel,
`writing` writes them: the same triples give the same bytes.
"""

from st_opendata.rdf.lines import encode_lines, graph_lines, graph_of_lines, literal_text, parse_lines, read_lines
from st_opendata.rdf.reading import TermReader, Triple, parse_rdf, read_rdf, sniff_syntax, syntax_of
from st_opendata.rdf.writing import (
    UnwritableTripleError,
    is_element_name,
    rdf_bytes,
    stream_rdf,
    used_prefixes,
    write_graph,
    write_gzip,
    write_quads,
    write_rdf,
    write_trig,
    xml_triples,
)

__all__ = [
    "TermReader",
    "Triple",
    "UnwritableTripleError",
    "encode_lines",
    "graph_lines",
    "graph_of_lines",
    "is_element_name",
    "literal_text",
    "parse_lines",
    "parse_rdf",
    "rdf_bytes",
    "read_lines",
    "read_rdf",
    "sniff_syntax",
    "stream_rdf",
    "syntax_of",
    "used_prefixes",
    "write_graph",
    "write_gzip",
    "write_quads",
    "write_rdf",
    "write_trig",
    "xml_triples",
]
