"""Explaining the statements of a release about a thing: the cells that state them, and the claims of each source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message
from st_opendata.model.text import pick
from st_opendata.namespaces import PREFIXES, RDF, ST, expand, readable
from st_opendata.place import Place
from st_opendata.rdf.labels import best_label
from st_opendata.release import read_release
from st_opendata.release.layout import ONTOLOGY
from st_opendata.release.origins import FactLookup, Origin, open_origins

_SUBJECT, _PREDICATE, _OBJECT = (f"<{RDF}{name}>" for name in ("subject", "predicate", "object"))
_TYPE = f"<{RDF}type>"
_SOURCE, _GENERATED, _USED = (f"<{PREFIXES['prov']}{name}>" for name in ("wasDerivedFrom", "wasGeneratedBy", "used"))
_DESCRIPTION = f"<{PREFIXES['dct']}description>"
_RANK, _REASON, _SCOPE, _STATED_AS, _PRECISION, _FIGURE_OF = (
    f"<{ST}{name}>" for name in ("rank", "reason", "scope", "statedAs", "precision", "figureOf")
)
_OWNED = {f"<{ST}Figure>"} | {
    f"<{PREFIXES['eurio']}{name}>" for name in ("MonetaryAmount", "GrantPayment", "Site", "PostalAddress")
}
"""Classes of nodes that hold a value of one other thing: claims about them are claims about that thing."""
_SAME_AS = f"<{PREFIXES['owl']}sameAs>"
_THINGS = "st-opendata query RELEASE 'SELECT DISTINCT ?thing { ?thing a ?type }'"


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple about the thing (N-Triples terms) and the cells that state it."""

    predicate: str
    object: str
    cells: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a claim: its term and its label, which is empty if the release has none."""

    term: str
    label: str


@dataclass(frozen=True, slots=True)
class Inference:
    """The reasoning for a fact, in words (empty if the release does not state it), and its sources."""

    term: str
    description: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a source about `subject`; `stated_as` are its words.

    `precision`, `rank`, `reason` and `scope` are texts for people; each text is empty if it is not stated.
    """

    iri: str
    subject: str
    predicate: str
    object: str
    sources: tuple[Source, ...]
    preferred: bool
    rank: str
    reason: str
    scope: str
    stated_as: str
    precision: str
    inferences: tuple[Inference, ...]
    cells: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that a release states about a thing, its sources, and all claims, the preferred one of a property first.

    Claims are those about the thing and about its values that are nodes of their own, such as its total cost.
    """

    iri: str
    base: str
    sources: tuple[Source, ...]
    inferences: tuple[Inference, ...]
    statements: tuple[Statement, ...]
    claims: tuple[Claim, ...]


def explain(folder: Path, name: str, language: str) -> Explanation:
    """Explain the thing of that name: an IRI, a prefixed name, or a path on the catalogue's base.

    A term of the ontology or a concept is explained too, by the files that define it.

    An IRI whose only statement is that it is the same as a thing (`owl:sameAs`) stands for that thing.

    Raises:
        InputError: the folder is not a release, or its facts cannot be read.
        UsageError: the release states nothing about it.
    """
    release = read_release(folder)
    iri = _iri(name, release.base, PREFIXES | release.prefixes)
    with open_origins(folder, release.facts) as origins:
        if not origins.about([f"<{iri}>"]) and (same := origins.naming(_SAME_AS, [f"<{iri}>"])):
            iri = min(origin.subject for origin in same)[1:-1]
        explanation = explain_stated(origins, iri, release.base, language)
    if not iri.startswith(release.base):
        defined = _defined(folder, iri, explanation.statements)
        explanation = replace(explanation, statements=explanation.statements + defined)
    if not explanation.statements and not explanation.claims:
        raise UsageError(
            message("the release states nothing about <{iri}>", iri=iri),
            remedy=message("Copy the IRI from a query: {command}", command=_THINGS),
        )
    return explanation


def explain_stated(origins: FactLookup, iri: str, base: str, language: str) -> Explanation:
    """The statements of `origins` about a thing, maybe none."""
    stated = origins.about([f"<{iri}>"])
    claims = _claims(origins, [f"<{iri}>", *_owned(origins, f"<{iri}>", stated)], language)
    named = sorted({origin.object for origin in stated if origin.predicate == _SOURCE})
    labels = _labels(origins.about(named), language)
    inferences = _inferences(origins, stated, language)
    statements = tuple(Statement(p, o, cells) for (_, p, o), cells in _by_triple(stated))
    sources = tuple(Source(term, labels.get(term, "")) for term in named)
    return Explanation(iri, base, sources, tuple(inferences.values()), statements, claims)


def _iri(name: str, base: str, prefixes: dict[str, str]) -> str:
    name = name.removeprefix("<").removesuffix(">")
    prefix, colon, _ = name.partition(":")
    if not colon:
        return base + name
    return expand(name, prefixes) if prefix in prefixes else name


def _defined(folder: Path, iri: str, stated: Iterable[Statement]) -> tuple[Statement, ...]:
    """Statements about a term in the release's ontology and schemes but not in tables, with the file as the place."""
    known = {(statement.predicate, statement.object) for statement in stated}
    found: dict[tuple[str, str], Place] = {}
    for path in sorted((folder / ONTOLOGY).glob("*.ttl")):
        try:
            for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
                if str(triple.subject) == f"<{iri}>" and not isinstance(triple.object, ox.BlankNode):
                    found[str(triple.predicate), str(triple.object)] = Place(f"{ONTOLOGY}/{path.name}")
        except (SyntaxError, OSError) as error:
            raise InputError(
                message("{file} cannot be read: {reason}", file=f"{ONTOLOGY}/{path.name}", reason=str(error)),
                remedy=message("Build the release again."),
            ) from error
    return tuple(Statement(p, o, (place,)) for (p, o), place in sorted(found.items()) if (p, o) not in known)


def _by_triple(origins: Iterable[Origin]) -> Iterable[tuple[tuple[str, str, str], tuple[Place, ...]]]:
    """Cells of each triple; the origins are sorted by triple."""
    for triple, group in groupby(origins, key=lambda origin: (origin.subject, origin.predicate, origin.object)):
        yield triple, tuple(origin.place for origin in group)


def _owned(origins: FactLookup, thing: str, stated: Sequence[Origin]) -> list[str]:
    """The nodes that hold values of the thing, also through one another (a payment and its amount), and its figures."""
    found = {origin.subject for origin in origins.naming(_FIGURE_OF, [thing])}
    while stated:
        referred = {origin.object for origin in stated if origin.object.startswith("<")} - found - {thing}
        described = origins.about(sorted(referred))
        new = {origin.subject for origin in described if origin.predicate == _TYPE and origin.object in _OWNED}
        found |= new
        stated = [origin for origin in described if origin.subject in new]
    return sorted(found)


def _inferences(origins: FactLookup, stated: Iterable[Origin], language: str) -> dict[str, Inference]:
    """The inferences that these triples name, by their term."""
    named = sorted({origin.object for origin in stated if origin.predicate == _GENERATED})
    described = origins.about(named)
    used = {origin.object for origin in described if origin.predicate == _USED}
    labels = _labels(origins.about(sorted(used)), language)

    def objects(term: str, predicate: str) -> list[str]:
        return sorted({o.object for o in described if o.subject == term and o.predicate == predicate})

    return {
        term: Inference(
            term,
            readable(_in_language(texts, language)) if (texts := objects(term, _DESCRIPTION)) else "",
            tuple(Source(source, labels.get(source, "")) for source in objects(term, _USED)),
        )
        for term in named
    }


def _claims(origins: FactLookup, things: Sequence[str], language: str) -> tuple[Claim, ...]:
    """The claims about the things, in their order, by property, the preferred one first."""
    nodes = {origin.subject for origin in origins.naming(_SUBJECT, things)}
    stated = origins.about(sorted(nodes))
    named = {origin.object for origin in stated if origin.predicate in (_SOURCE, _SCOPE, _RANK, _PRECISION)}
    labels = _labels(origins.about(sorted(named)), language)
    inferences = _inferences(origins, stated, language)
    claims = [
        _claim(node, list(group), labels, inferences, language)
        for node, group in groupby(stated, key=lambda origin: origin.subject)
    ]
    return tuple(sorted(claims, key=lambda c: (things.index(c.subject), c.predicate, not c.preferred, c.iri)))


def _claim(
    node: str, stated: Sequence[Origin], labels: dict[str, str], inferences: dict[str, Inference], language: str
) -> Claim:
    def objects(predicate: str) -> list[str]:
        return sorted({origin.object for origin in stated if origin.predicate == predicate})

    def text(predicate: str) -> str:
        values = objects(predicate)
        return labels.get(values[0]) or _name(_in_language(values, language)) if values else ""

    return Claim(
        iri=node[1:-1],
        subject=objects(_SUBJECT)[0],
        predicate=next(iter(objects(_PREDICATE)), ""),
        object=next(iter(objects(_OBJECT)), ""),
        sources=tuple(Source(term, labels.get(term, "")) for term in objects(_SOURCE)),
        preferred=any(rank.endswith("/preferred>") for rank in objects(_RANK)),
        rank=text(_RANK),
        reason=text(_REASON),
        scope=text(_SCOPE),
        stated_as=text(_STATED_AS),
        precision=text(_PRECISION),
        inferences=tuple(inferences[term] for term in objects(_GENERATED)),
        cells=tuple(dict.fromkeys(origin.place for origin in stated if origin.predicate == _OBJECT)),
    )


def _name(term: str) -> str:
    """The text of a literal; of an IRI without label its last part, such as `preferred`."""
    return readable(term) if term.startswith('"') else term[1:-1].rpartition("/")[2]


def _labels(origins: Iterable[Origin], language: str) -> dict[str, str]:
    stated: dict[str, dict[str, list[str]]] = {}
    for origin in origins:
        stated.setdefault(origin.subject, {}).setdefault(origin.predicate[1:-1], []).append(origin.object)
    found = {subject: best_label(by_property.get) for subject, by_property in stated.items()}
    return {subject: readable(_in_language(values, language)) for subject, values in found.items() if values}


def _in_language(literals: Sequence[str], language: str) -> str:
    """The literal in that language, else in English, else the first."""
    by_language: dict[str, str] = {}
    for literal in literals:
        by_language.setdefault(literal.rpartition('"')[2].removeprefix("@"), literal)
    return pick(by_language, language)
