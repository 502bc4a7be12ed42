"""The prefixes that the project uses; plain text, so that importing it costs nothing."""

from __future__ import annotations

from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import message

ST = "https://w3id.org/st-opendata/ontology#"
SCHEME = "https://w3id.org/st-opendata/scheme/"
SHAPES = "https://w3id.org/st-opendata/shapes#"
EURIO = "http://data.europa.eu/s66#"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"

PREFIXES: dict[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "bibo": "http://purl.org/ontology/bibo/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "eurio": EURIO,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "gn": "https://sws.geonames.org/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "locn": "http://www.w3.org/ns/locn#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": "https://schema.org/",
    "scheme": SCHEME,
    "sh": SH,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "st": ST,
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": XSD,
}

WKT_LITERAL = f"{PREFIXES['gsp']}wktLiteral"
"""The datatype of geometries as text (GeoSPARQL 1.1); without a system they are in WGS 84, the longitude first."""


def expand(name: str, prefixes: dict[str, str] = PREFIXES) -> str:
    """The IRI of a prefixed name such as `eurio:Project`; an absolute IRI is returned unchanged.

    Raises:
        ConfigurationError: the prefix is unknown.
    """
    prefix, colon, local = name.partition(":")
    if not colon or local.startswith("//") or prefix in ("urn", "mailto", "doi", "tel"):
        return name
    try:
        return prefixes[prefix] + local
    except KeyError:
        known = ", ".join(sorted(prefixes))
        raise ConfigurationError(
            message('the prefix "{prefix}" of "{name}" is unknown', prefix=prefix, name=name),
            remedy=message("Use one of: {known}; or declare it under `prefixes` in catalogue.yaml.", known=known),
        ) from None


def readable(term: str) -> str:
    """An N-Triples term as people read it: an IRI with the prefix that shortens it, the text of a literal.

    >>> readable("<http://www.w3.org/ns/org#Organization>"), readable('"28"^^<http://www.w3.org/2001/XMLSchema#integer>')
    ('org:Organization', '28')
    """
    if term.startswith('"'):
        text = term[1 : term.rindex('"')]
        return text.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in text else text
    iri = term.removeprefix("<").removesuffix(">")
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local and local != iri and "/" not in local:
            return f"{prefix}:{local}"
    return iri
