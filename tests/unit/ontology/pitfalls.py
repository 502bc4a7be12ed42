"""What OOPS! and qSKOS look for, as far as a graph alone can show it: each finds the terms that have the fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

Check = Callable[[Graph], Iterable[Node]]
_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)
_LANGUAGES = {"en", "fr", "de"}


def _typed(graph: Graph, *kinds: URIRef) -> set[Node]:
    return {node for kind in kinds for node in graph.subjects(RDF.type, kind) if isinstance(node, URIRef)}


def _local(term: Node) -> str:
    return re.split(r"[/#]", str(term))[-1]


def _words(term: Node) -> list[str]:
    return re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", _local(term))


def _labels(graph: Graph, term: Node, *annotations: URIRef) -> set[Node]:
    return {text for annotation in annotations for text in graph.objects(term, annotation)}


def _circular(graph: Graph, terms: Iterable[Node], relation: URIRef) -> Iterator[Node]:
    for term in terms:
        above = {
            node for parent in graph.objects(term, relation) for node in graph.transitive_objects(parent, relation)
        }
        if term in above:
            yield term


def unconnected(graph: Graph) -> Iterator[Node]:
    """P04: a class that no other class and no property knows, a property without domain and range."""
    for term in _typed(graph, OWL.Class):
        own = set(graph.objects(term, RDFS.subClassOf))
        named = set(graph.subjects(RDFS.subClassOf, term)) | set(graph.subjects(RDFS.domain, term))
        listed = set(graph.subjects(RDF.first, term))
        if not (own | named | listed | set(graph.subjects(RDFS.range, term))):
            yield term
    for term in _typed(graph, *_PROPERTIES):
        if not set(graph.objects(term, RDFS.domain)) | set(graph.objects(term, RDFS.range)):
            yield term


def mismatched_inverses(graph: Graph) -> Iterator[Node]:
    """P05: the domain of a property is not the range of its inverse, or the other way round."""
    for one, other in graph.subject_objects(OWL.inverseOf):
        for near, far in ((RDFS.domain, RDFS.range), (RDFS.range, RDFS.domain)):
            if set(graph.objects(one, near)) != set(graph.objects(other, far)):
                yield one


def class_cycles(graph: Graph) -> Iterator[Node]:
    """P06: a class above itself."""
    return _circular(graph, _typed(graph, OWL.Class), RDFS.subClassOf)


def merged_concepts(graph: Graph) -> Iterator[Node]:
    """P07: two things in one class, as its name shows."""
    return (term for term in _typed(graph, OWL.Class) if {"And", "Or", "and", "or"} & set(_words(term)))


def is_relations(graph: Graph) -> Iterator[Node]:
    """P03: a property `is`, `isA` or `is a` in the place of rdfs:subClassOf."""
    return (term for term in _typed(graph, *_PROPERTIES) if _local(term).lower() in ("is", "isa", "is_a", "is-a"))


def undocumented(graph: Graph) -> Iterator[Node]:
    """P08: a term without label or without definition in one of the languages."""
    for term in _typed(graph, OWL.Class, *_PROPERTIES):
        for kinds in ((RDFS.label,), (SKOS.definition, RDFS.comment)):
            texts = _labels(graph, term, *kinds)
            if {text.language for text in texts if isinstance(text, Literal) and text.strip()} != _LANGUAGES:
                yield term


def nothing_disjoint(graph: Graph) -> Iterator[Node]:
    """P10: an ontology that says of no two classes that they have nothing in common."""
    disjoint = (None, OWL.disjointWith, None) in graph or (None, RDF.type, OWL.AllDisjointClasses) in graph
    return iter(() if disjoint else _typed(graph, OWL.Ontology))


def without_ends(graph: Graph) -> Iterator[Node]:
    """P11: a property without domain or without range."""
    for term in _typed(graph, *_PROPERTIES):
        if not all((term, end, None) in graph for end in (RDFS.domain, RDFS.range)):
            yield term


def same_labels(graph: Graph) -> Iterator[Node]:
    """P32 for classes, and P12 as far as labels show it: two terms of a kind with one label in a language."""
    for kind in (OWL.Class, *_PROPERTIES):
        for one, other in combinations(sorted(_typed(graph, kind)), 2):
            if _labels(graph, one, RDFS.label) & _labels(graph, other, RDFS.label):
                yield one


def several_ends(graph: Graph) -> Iterator[Node]:
    """P19: several domains or ranges, of which OWL takes the intersection."""
    for term in _typed(graph, *_PROPERTIES):
        if any(len(set(graph.objects(term, end))) > 1 for end in (RDFS.domain, RDFS.range)):
            yield term


def misused_annotations(graph: Graph) -> Iterator[Node]:
    """P20: a label that is a sentence or a definition, a definition that says no more than the label."""
    for term in _typed(graph, OWL.Class, *_PROPERTIES):
        labels = _labels(graph, term, RDFS.label)
        texts = _labels(graph, term, SKOS.definition, RDFS.comment)
        if labels & texts or any(len(str(label).split()) > 6 or str(label).endswith(".") for label in labels):
            yield term


def miscellaneous(graph: Graph) -> Iterator[Node]:
    """P21: a class for what is left over."""
    return (
        term for term in _typed(graph, OWL.Class) if {"Other", "Misc", "Miscellaneous", "Various"} & set(_words(term))
    )


def mixed_names(graph: Graph) -> Iterator[Node]:
    """P22: a name that is not CamelCase, classes with a capital and properties without."""
    for kinds, start in (((OWL.Class,), "[A-Z]"), (_PROPERTIES, "[a-z]")):
        yield from (term for term in _typed(graph, *kinds) if not re.fullmatch(f"{start}[A-Za-z0-9]*", _local(term)))


def recursive_definitions(graph: Graph) -> Iterator[Node]:
    """P24: a class that is part of what it is said to be equivalent to."""
    for term in _typed(graph, OWL.Class):
        for expression in graph.objects(term, OWL.equivalentClass):
            todo, seen = [expression], set[Node]()
            while todo:
                node = todo.pop()
                if node == term:
                    yield term
                    break
                if isinstance(node, BNode) and node not in seen:
                    seen.add(node)
                    todo += graph.objects(node)


def own_inverses(graph: Graph) -> Iterator[Node]:
    """P25: a property that is its own inverse; P26: a symmetric one with an inverse."""
    symmetric = _typed(graph, OWL.SymmetricProperty)
    return (one for one, other in graph.subject_objects(OWL.inverseOf) if one == other or {one, other} & symmetric)


def unlike_equivalents(graph: Graph) -> Iterator[Node]:
    """P27: equivalent properties of which one has another domain or range."""
    for one, other in graph.subject_objects(OWL.equivalentProperty):
        ends = [[set(graph.objects(term, end)) for end in (RDFS.domain, RDFS.range)] for term in (one, other)]
        if all(any(sides) for sides in ends) and ends[0] != ends[1]:
            yield one


def lame_characteristics(graph: Graph) -> Iterator[Node]:
    """P28, P29: a symmetric or transitive property that leads to another kind of thing."""
    for term in _typed(graph, OWL.SymmetricProperty, OWL.TransitiveProperty):
        if set(graph.objects(term, RDFS.domain)) != set(graph.objects(term, RDFS.range)):
            yield term


def synonyms(graph: Graph) -> Iterator[Node]:
    """P02, P31 among our own: two classes of one namespace that are declared the same."""
    own = _typed(graph, OWL.Class)
    return (one for one, other in graph.subject_objects(OWL.equivalentClass) if {one, other} <= own)


def short_chains(graph: Graph) -> Iterator[Node]:
    """P33: a chain of one property."""
    for term, chain in graph.subject_objects(OWL.propertyChainAxiom):
        if len(Collection(graph, chain)) < 2:
            yield term


def untyped(graph: Graph) -> Iterator[Node]:
    """P34, P35: a term of the ontology's own namespace that is used as class or property and not declared."""
    own = {str(term).removesuffix(_local(term)) for term in _typed(graph, OWL.Class, *_PROPERTIES)}
    declared = _typed(graph, OWL.Class, *_PROPERTIES, OWL.AnnotationProperty)
    classes = (
        set(graph.objects(None, RDFS.subClassOf))
        | set(graph.objects(None, RDFS.domain))
        | set(graph.objects(None, RDFS.range))
    )
    members = {node for union in graph.objects(None, OWL.unionOf) for node in Collection(graph, union)}
    for term in classes | members | set(graph.predicates()) | set(graph.objects(None, RDFS.subPropertyOf)):
        if str(term).removesuffix(_local(term)) in own and term not in declared:
            yield term


def file_extensions(graph: Graph) -> Iterator[Node]:
    """P36: an IRI that ends as a file does."""
    return (term for term in _typed(graph, OWL.Ontology) if re.search(r"\.(owl|rdf|ttl|n3|rdfxml|xml)$", str(term)))


def no_declaration(graph: Graph) -> Iterator[Node]:
    """P38: no owl:Ontology; P39: none whose IRI is the namespace of the terms."""
    ontologies = [str(node).rstrip("#/") for node in _typed(graph, OWL.Ontology)]
    for term in _typed(graph, OWL.Class, *_PROPERTIES):
        if str(term).removesuffix(_local(term)).rstrip("#/") not in ontologies:
            yield term


def hijacked(graph: Graph) -> Iterator[Node]:
    """P40: a statement about a term of another namespace."""
    own = tuple(str(node) for node in _typed(graph, OWL.Ontology))
    said = (RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range, RDFS.label, RDFS.subPropertyOf)
    for term in {node for annotation in said for node in graph.subjects(annotation) if isinstance(node, URIRef)}:
        if not str(term).startswith(own) and not str(term).startswith("https://w3id.org/st-opendata/"):
            yield term


def unlicensed(graph: Graph) -> Iterator[Node]:
    """P41."""
    return (term for term in _typed(graph, OWL.Ontology) if (term, DCTERMS.license, None) not in graph)


OOPS: dict[str, Check] = {
    "P03": is_relations,
    "P04": unconnected,
    "P05": mismatched_inverses,
    "P06": class_cycles,
    "P07": merged_concepts,
    "P08": undocumented,
    "P10": nothing_disjoint,
    "P11": without_ends,
    "P12, P32": same_labels,
    "P19": several_ends,
    "P20": misused_annotations,
    "P21": miscellaneous,
    "P22": mixed_names,
    "P24": recursive_definitions,
    "P25, P26": own_inverses,
    "P27": unlike_equivalents,
    "P28, P29": lame_characteristics,
    "P02, P31": synonyms,
    "P33": short_chains,
    "P34, P35": untyped,
    "P36": file_extensions,
    "P38, P39": no_declaration,
    "P40": hijacked,
    "P41": unlicensed,
}


def _concepts(graph: Graph) -> set[Node]:
    return _typed(graph, SKOS.Concept)


def bad_labels(graph: Graph) -> Iterator[Node]:
    """Empty labels, labels without language, with blanks around them or with signs that cannot be seen."""
    for annotation in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.definition):
        for term, text in graph.subject_objects(annotation):
            written = isinstance(text, Literal) and text.language and text.strip() == str(text) != ""
            if not written or not str(text).isprintable():
                yield term


def several_preferred(graph: Graph) -> Iterator[Node]:
    """Inconsistent preferred labels (SKOS S14), and languages that are missing."""
    for term in _concepts(graph) | _typed(graph, SKOS.ConceptScheme):
        languages = [getattr(text, "language", None) for text in graph.objects(term, SKOS.prefLabel)]
        if sorted(languages, key=str) != sorted(_LANGUAGES):
            yield term


def overlapping_labels(graph: Graph) -> Iterator[Node]:
    """Disjoint labels (SKOS S13) of one concept, and one label of two concepts in a scheme, capitals aside."""
    for term in _concepts(graph):
        kinds = [_labels(graph, term, kind) for kind in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)]
        if any(one & other for one, other in combinations(kinds, 2)):
            yield term
    for scheme in _typed(graph, SKOS.ConceptScheme):
        seen: dict[tuple[str, str | None], Node] = {}
        for term in graph.subjects(SKOS.inScheme, scheme):
            for text in _labels(graph, term, SKOS.prefLabel, SKOS.altLabel):
                key = (str(text).casefold(), getattr(text, "language", None))
                if seen.setdefault(key, term) != term:
                    yield term


def undocumented_concepts(graph: Graph) -> Iterator[Node]:
    """A concept without definition, a scheme without title, description, creator or licence."""
    yield from (term for term in _concepts(graph) if (term, SKOS.definition, None) not in graph)
    for scheme in _typed(graph, SKOS.ConceptScheme):
        if not all(
            (scheme, each, None) in graph
            for each in (DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.license)
        ):
            yield scheme


def orphans(graph: Graph) -> Iterator[Node]:
    """A concept in no scheme, or that no top concept leads to."""
    for term in _concepts(graph):
        above = set(graph.transitive_objects(term, SKOS.broader))
        if not any(
            (node, SKOS.topConceptOf, scheme) in graph
            for scheme in graph.objects(term, SKOS.inScheme)
            for node in above
        ):
            yield term


def broader_cycles(graph: Graph) -> Iterator[Node]:
    """Cyclic hierarchical relations."""
    return _circular(graph, _concepts(graph), SKOS.broader)


def one_way_relations(graph: Graph) -> Iterator[Node]:
    """Unidirectionally related concepts: statements in one direction are present in the other too."""
    inverses = {SKOS.hasTopConcept: SKOS.topConceptOf, SKOS.related: SKOS.related, SKOS.narrower: SKOS.broader}
    for relation, inverse in inverses.items():
        for one, other in (*graph.subject_objects(relation), *((b, a) for a, b in graph.subject_objects(inverse))):
            if (one, relation, other) not in graph and relation != SKOS.narrower:
                yield one
            if (other, inverse, one) not in graph:
                yield one


def tops_below(graph: Graph) -> Iterator[Node]:
    """Top concepts that have broader concepts, and schemes without one (omitted top concepts)."""
    yield from (term for term in graph.subjects(SKOS.topConceptOf) if (term, SKOS.broader, None) in graph)
    yield from (
        scheme for scheme in _typed(graph, SKOS.ConceptScheme) if (None, SKOS.topConceptOf, scheme) not in graph
    )


def redundant_relations(graph: Graph) -> Iterator[Node]:
    """Hierarchical redundancy, and concepts that are related to one above them (SKOS S27) or at their level."""
    for term in _concepts(graph):
        parents = set(graph.objects(term, SKOS.broader))
        higher = {node for each in parents for node in graph.transitive_objects(each, SKOS.broader) if node != each}
        related = set(graph.objects(term, SKOS.related))
        beside = {node for parent in parents for node in graph.subjects(SKOS.broader, parent)}
        if parents & higher or related & (parents | higher | beside):
            yield term


def mapping_clashes(graph: Graph) -> Iterator[Node]:
    """Mappings inside a scheme, and exact matches that are broader or related ones too (SKOS S46)."""
    mappings = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
    for mapping in mappings:
        for one, other in graph.subject_objects(mapping):
            same = set(graph.objects(one, SKOS.inScheme)) & set(graph.objects(other, SKOS.inScheme))
            other_mappings = [
                each for each in (SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch) if each != mapping
            ]
            if same or (mapping == SKOS.exactMatch and any((one, each, other) in graph for each in other_mappings)):
                yield one


def undefined_terms(graph: Graph) -> Iterator[Node]:
    """Terms that SKOS does not have, and concepts that are named and not described."""
    known = set(map(str, SKOS.__annotations__))
    for term in {*graph.predicates(), *graph.objects(None, RDF.type)}:
        if str(term).startswith(str(SKOS)) and _local(term) not in known:
            yield term
    named = {node for each in (SKOS.broader, SKOS.related, SKOS.hasTopConcept) for node in graph.objects(None, each)}
    yield from named - _concepts(graph)


def no_web_addresses(graph: Graph) -> Iterator[Node]:
    """HTTP URI scheme violation; dates of schemes that are not valid."""
    terms = _concepts(graph) | _typed(graph, SKOS.ConceptScheme)
    yield from (term for term in terms if not str(term).startswith(("https://", "http://")))
    for annotation in (DCTERMS.issued, DCTERMS.modified):
        for scheme, value in graph.subject_objects(annotation):
            if not (isinstance(value, Literal) and value.datatype == XSD.date and not value.ill_typed):
                yield scheme


QSKOS: dict[str, Check] = {
    "labels: empty, without language, unprintable": bad_labels,
    "labels: one preferred in each language": several_preferred,
    "labels: disjoint, unique in a scheme": overlapping_labels,
    "documentation": undocumented_concepts,
    "orphans": orphans,
    "hierarchical cycles": broader_cycles,
    "relations both ways": one_way_relations,
    "top concepts": tops_below,
    "redundant and clashing relations": redundant_relations,
    "mappings": mapping_clashes,
    "undefined terms and concepts": undefined_terms,
    "web addresses, dates": no_web_addresses,
}
