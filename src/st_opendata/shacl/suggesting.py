"""The term most similar to a wrong one, and terms that their vocabulary does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, QB, RDF, RDFS, SDO, SKOS, SOSA, TIME, VOID, Graph, URIRef
from rdflib.namespace import WGS, DefinedNamespace
from rdflib.term import Node

from st_opendata.namespaces import PREFIXES, ST
from st_opendata.shacl.terms import in_order

_VOCABULARIES: Mapping[str, type[DefinedNamespace]] = {
    "dct": DCTERMS,
    "foaf": FOAF,
    "geo": WGS,
    "org": ORG,
    "owl": OWL,
    "prov": PROV,
    "qb": QB,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SDO,
    "skos": SKOS,
    "sosa": SOSA,
    "time": TIME,
    "void": VOID,
}
"""The vocabularies whose terms rdflib lists, by our prefix."""


def nearest_term(term: Node, known: Iterable[Node]) -> Node | None:
    """The known term whose name is most like this one's, or None if none is similar; namespaces do not count."""
    names = {_local(each): each for each in in_order(known)}
    near = get_close_matches(_local(term), names, n=1, cutoff=0.75)
    return names[near[0]] if near else None


def unknown_terms(data: Graph, ontology: Graph) -> Iterator[tuple[URIRef, Node | None]]:
    """Properties and classes of the data that their vocabulary does not have, each with the most similar term.

    Vocabularies grow: a term that is similar to no known one is reported only in our own namespace, whose ontology we
    have.
    """
    own = {term for term in ontology.subjects(RDF.type) if str(term).startswith(ST)}
    for term in in_order({*data.predicates(), *data.objects(None, RDF.type)}):
        if not isinstance(term, URIRef):
            continue
        if str(term).startswith(ST) and own and term not in own:
            yield term, nearest_term(term, own)
        for prefix, listed in _VOCABULARIES.items():
            namespace = PREFIXES.get(prefix, str(listed))
            name = str(term).removeprefix(namespace)
            if name != str(term) and name not in _names(listed) and "/" not in name and not re.match(r"_\d", name):
                near = nearest_term(term, (URIRef(namespace + each) for each in _names(listed)))
                if near is not None:
                    yield term, near


@cache
def _names(vocabulary: type[DefinedNamespace]) -> frozenset[str]:
    return frozenset({*vocabulary.__annotations__, *vocabulary._extras})


def _local(term: Node) -> str:
    """The name without its namespace, which would make all names of one namespace alike."""
    return re.split(r"[/#]", str(term))[-1]
