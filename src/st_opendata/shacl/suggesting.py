"""The term most similar to a wrong one, and terms that their vocabulary does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from rapidfuzz import fuzz, process
from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, QB, RDF, RDFS, SDO, SKOS, SOSA, TIME, VOID, Graph, URIRef
from rdflib.namespace import WGS, DefinedNamespace
from rdflib.term import Node

from st_opendata.namespaces import PREFIXES, ST
from st_opendata.shacl.met_terms import MetTerms
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

_LEAST = 75.0
"""The least similarity of two names, of 100."""


class NearestTerms:
    """Known terms: finds the one whose name is most like another's; namespaces do not count."""

    def __init__(self, known: Iterable[Node]) -> None:
        self._names = {_local(each): each for each in in_order(known)}
        self._found: dict[str, Node | None] = {}

    def of(self, term: Node) -> Node | None:
        """The known term that is most similar, or None if none is similar."""
        name = _local(term)
        if name not in self._found:
            near = process.extractOne(name, self._names.keys(), scorer=fuzz.ratio, score_cutoff=_LEAST)
            self._found[name] = near and self._names[near[0]]
        return self._found[name]


def nearest_term(term: Node, known: Iterable[Node]) -> Node | None:
    """As `NearestTerms.of`, for one term."""
    return NearestTerms(known).of(term)


def unknown_terms(met: MetTerms, ontology: Graph) -> Iterator[tuple[URIRef, Node | None]]:
    """Properties and classes of the data that their vocabulary does not have, each with the most similar term.

    Vocabularies grow: a term that is similar to no known one is reported only in our own namespace, whose ontology we
    have.
    """
    own = {term for term in ontology.subjects(RDF.type) if str(term).startswith(ST)}
    for term in in_order(met.predicates | met.classes):
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
