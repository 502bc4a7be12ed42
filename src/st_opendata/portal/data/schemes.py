"""SKOS concept schemes for readers: their concepts as a tree, with codes, texts and mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from st_opendata.namespaces import PREFIXES, RDF, SCHEME
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.names import Literal, ThingName, ThingNames, in_language, parse_literal
from st_opendata.release.origins import Origin

_TYPE = f"<{RDF}type>"
_SKOS = PREFIXES["skos"]
_SCHEME_CLASS = f"<{_SKOS}ConceptScheme>"
_MAPPINGS = tuple(f"<{_SKOS}{each}Match>" for each in ("exact", "close", "broad", "narrow", "related"))
_NOTES = tuple(f"<{_SKOS}{each}>" for each in ("scopeNote", "note", "editorialNote"))
_DEFINITIONS = (f"<{_SKOS}definition>", f"<{PREFIXES['dct']}description>")
MOST_CONCEPTS = 2_000
"""The most concepts on a page."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept with those below it; `id` is its anchor, `code` its notation or the end of its IRI."""

    name: ThingName
    id: str
    code: str
    definition: Literal | None
    also: tuple[Literal, ...]
    notes: tuple[Literal, ...]
    mappings: tuple[ThingName, ...]
    narrower: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme with its tree; `hidden` counts concepts that are left out."""

    name: ThingName
    description: Literal | None
    concepts: tuple[Concept, ...]
    hidden: int


def find_schemes(edition: Edition) -> dict[str, str]:
    """The IRI of every scheme by the decoded name in its address; if two have one name, ours."""
    found = [origin.subject[1:-1] for origin in edition.index.naming(_TYPE, [_SCHEME_CLASS])]
    found.sort(key=lambda iri: (iri.startswith(SCHEME), iri))
    return {unquote(iri.rstrip("/#").replace("#", "/").rpartition("/")[2]): iri for iri in found}


def scheme_members(edition: Edition, iri: str) -> list[str]:
    """The terms of all concepts of a scheme, sorted."""
    return sorted({origin.subject for origin in edition.index.naming(f"<{_SKOS}inScheme>", [f"<{iri}>"])})


def describe_scheme(edition: Edition, iri: str, language: str) -> Scheme:
    """The scheme in a language."""
    members = scheme_members(edition, iri)
    visible = members[:MOST_CONCEPTS]
    stated: dict[str, list[Origin]] = {term: [] for term in (f"<{iri}>", *visible)}
    for origin in edition.index.about([f"<{iri}>", *visible]):
        stated[origin.subject].append(origin)
    names = ThingNames(edition, language)
    names.learn(term[1:-1] for term in stated)
    below = _narrower(visible, stated)
    lower = {term for terms in below.values() for term in terms}
    tree = _Tree(stated, below, names)
    roots = [term for term in visible if term not in lower] or visible
    return Scheme(
        names.of(iri),
        tree.best(stated[f"<{iri}>"], _DEFINITIONS),
        tuple(tree.concept(term, frozenset()) for term in roots),
        len(members) - len(visible),
    )


def _narrower(members: Iterable[str], stated: Mapping[str, list[Origin]]) -> dict[str, list[str]]:
    """The narrower concepts of each, from statements in either direction (SKOS Reference, section 8)."""
    below: dict[str, set[str]] = {}
    for term in members:
        for origin in stated[term]:
            if origin.predicate == f"<{_SKOS}broader>" and origin.object in stated:
                below.setdefault(origin.object, set()).add(term)
            if origin.predicate == f"<{_SKOS}narrower>" and origin.object in stated:
                below.setdefault(term, set()).add(origin.object)
    return {term: sorted(found) for term, found in below.items()}


class _Tree:
    """Makes concepts from the statements about them."""

    def __init__(self, stated: Mapping[str, list[Origin]], below: Mapping[str, list[str]], names: ThingNames) -> None:
        self._stated, self._below, self._names = stated, below, names

    def concept(self, term: str, above: frozenset[str]) -> Concept:
        """A concept with its branch, which ends at a concept that is above itself."""
        stated, names = self._stated[term], self._names
        language = names.language
        end = term[1:-1].rstrip("/#").replace("#", "/").rpartition("/")[2]
        notations = [in_language([o.object], language).text for o in stated if o.predicate == f"<{_SKOS}notation>"]
        also = [o.object for o in stated if o.predicate == f"<{_SKOS}altLabel>" and o.object.startswith('"')]
        mapped = [o.object[1:-1] for o in stated if o.predicate in _MAPPINGS and o.object.startswith("<")]
        within = above | {term}
        return Concept(
            name=names.of(term[1:-1]),
            id=end,
            code=notations[0] if notations else end,
            definition=self.best(stated, _DEFINITIONS),
            also=tuple(dict.fromkeys(_of_language(also, language))),
            notes=tuple(filter(None, (self.best(stated, (each,)) for each in _NOTES))),
            mappings=tuple(names.of(each) for each in dict.fromkeys(mapped)),
            narrower=tuple(self.concept(each, within) for each in self._below.get(term, ()) if each not in within),
        )

    def best(self, stated: Iterable[Origin], predicates: Iterable[str]) -> Literal | None:
        """The text of the first of these properties, in the language or the next best."""
        known = list(stated)
        for predicate in predicates:
            if texts := [o.object for o in known if o.predicate == predicate and o.object.startswith('"')]:
                return in_language(texts, self._names.language)
        return None


def _of_language(literals: Sequence[str], language: str) -> Iterable[Literal]:
    """Literals in the language or without a language tag; else those in the next best language."""
    best = in_language(literals, language).language if literals else ""
    return (each for each in map(parse_literal, literals) if each.language in ("", best))
