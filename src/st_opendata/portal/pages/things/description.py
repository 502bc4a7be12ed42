"""The contents of a thing's page: its facts by property, the things that refer to it, and the claims of sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from st_opendata.errors import InputError
from st_opendata.namespaces import PREFIXES, RDF
from st_opendata.pictures.decision import LATITUDE, LONGITUDE, is_amount, is_on_earth
from st_opendata.place import Place
from st_opendata.portal.data.columns import tables_of
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.names import Literal, ThingName, ThingNames, in_language, parse_literal
from st_opendata.portal.pages.things.values import CellLink, FactValue, amounts_of, cells_of, value_of
from st_opendata.portal.wording import Words, alphabetical, words_of
from st_opendata.rdf.labels import LABELS
from st_opendata.release.explain import Claim, Explanation, Inference, Source, Statement, explain_stated

TYPE = f"{RDF}type"
_SUBJECT = f"<{RDF}subject>"
_SAME_AS = tuple(
    f"{PREFIXES[prefix]}{name}"
    for prefix, name in (("owl", "sameAs"), ("skos", "exactMatch"), ("skos", "closeMatch"), ("foaf", "page"))
)
_DESCRIPTIONS = tuple(
    f"{PREFIXES[prefix]}{name}"
    for prefix, name in (("skos", "definition"), ("dct", "description"), ("st", "mission"), ("rdfs", "comment"))
)
_LAST = tuple(
    f"{PREFIXES[prefix]}{name}"
    for prefix, name in (("st", "basis"), ("st", "precision"), ("prov", "wasGeneratedBy"), ("prov", "wasDerivedFrom"))
)
"""Properties about the origin of facts, which the page lists last."""
_MOST_VALUES = 100
"""The most values of one property on a page."""
_SAMPLE = 8
"""The most things of one kind that refer to a thing, before the visitor opens the list of all."""
PAGE = 100
"""The number of things on a page of that list."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The values of one property; `translations` are texts in other languages, `hidden` counts values left out."""

    property: ThingName
    values: tuple[FactValue, ...]
    translations: tuple[FactValue, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Pointers:
    """Things whose `property` refers to this one: some of `count`."""

    property: ThingName
    count: int
    things: tuple[FactValue, ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim for people: `about` is the thing itself or its node with the value."""

    value: FactValue
    claim: Claim
    sources: tuple[ThingName, ...]
    cells: tuple[CellLink, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """The claims of several sources about one property, the preferred claim first."""

    about: ThingName
    property: ThingName
    claims: tuple[ClaimView, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """The contents of a thing's page."""

    name: ThingName
    types: tuple[ThingName, ...]
    description: Literal | None
    facts: tuple[Facts, ...]
    same: tuple[ThingName, ...]
    disputes: tuple[Dispute, ...]
    pointers: tuple[Pointers, ...]
    sources: tuple[Source, ...]
    inferences: tuple[Inference, ...]
    point: tuple[float, float] | None


def describe(edition: Edition, iri: str, language: str) -> Thing:
    """Describe the thing in a language; empty if the release states nothing about it."""
    words = words_of(language)
    explanation = explain_stated(edition.index, iri, edition.release.base, language)
    counts = {
        predicate: count for predicate, count in edition.index.pointing(f"<{iri}>").items() if predicate != _SUBJECT
    }
    samples = {predicate: edition.index.pointers(f"<{iri}>", predicate, _SAMPLE) for predicate in counts}
    names = ThingNames(edition, language)
    names.learn(_mentioned(iri, explanation, samples))
    by_property = _by_property(explanation.statements)
    return Thing(
        name=names.of(iri),
        types=tuple(names.of(s.object[1:-1]) for s in by_property.pop(TYPE, ()) if s.object.startswith("<")),
        description=_description(by_property, language),
        facts=_facts(by_property, names, words),
        same=tuple(names.of(each) for each in _same(by_property)),
        disputes=_disputes(explanation.claims, names, words),
        pointers=tuple(
            Pointers(names.of(predicate[1:-1]), counts[predicate], things_of(edition, subjects, names, words))
            for predicate, subjects in samples.items()
        ),
        sources=explanation.sources,
        inferences=explanation.inferences,
        point=_point(by_property),
    )


def things_of(edition: Edition, terms: Sequence[str], names: ThingNames, words: Words) -> tuple[FactValue, ...]:
    """Things with their numbers."""
    names.learn(term[1:-1] for term in terms)
    amounts = amounts_of(terms, edition, words)
    return tuple(value_of(term, names, words, amounts, amount=True) for term in terms if term.startswith("<"))


def _mentioned(iri: str, explanation: Explanation, samples: dict[str, list[str]]) -> set[str]:
    terms = {f"<{iri}>", *samples, *(term for subjects in samples.values() for term in subjects)}
    for statement in explanation.statements:
        terms |= {statement.predicate, statement.object}
    for claim in explanation.claims:
        terms |= {claim.subject, claim.predicate, claim.object, *(source.term for source in claim.sources)}
    return {term[1:-1] for term in terms if term.startswith("<")}


def _by_property(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        found.setdefault(statement.predicate[1:-1], []).append(statement)
    return found


def _description(by_property: dict[str, list[Statement]], language: str) -> Literal | None:
    """The description, shown at the head of the page."""
    for each in _DESCRIPTIONS:
        literals = [s.object for s in by_property.get(each, ()) if s.object.startswith('"')]
        if literals:
            return in_language(literals, language)
    return None


def _facts(by_property: dict[str, list[Statement]], names: ThingNames, words: Words) -> tuple[Facts, ...]:
    amounts = amounts_of(
        [s.object for found in by_property.values() for s in found[:_MOST_VALUES] if s.object.startswith("<")],
        names.edition,
        words,
    )
    facts = [_property(each, found, names, words, amounts) for each, found in by_property.items()]

    def rank(each: Facts) -> tuple[int, tuple[str, str]]:
        iri = each.property.iri
        place = -1 if iri in LABELS else _LAST.index(iri) + 1 if iri in _LAST else 0
        return place, alphabetical(each.property.name)

    return tuple(sorted(facts, key=rank))


def _property(
    iri: str, statements: Sequence[Statement], names: ThingNames, words: Words, amounts: dict[str, str]
) -> Facts:
    """Texts in other languages are translations if one is in the language of the page (or the next best)."""
    texts = [s.object for s in statements if s.object.startswith('"') and parse_literal(s.object).language]
    best = in_language(texts, words.language).language if texts else ""
    amount, keys = is_amount(iri), names.edition.part(Keys)

    def value(stated: Statement) -> FactValue:
        cells = cells_of(stated.cells, names.edition, words)
        is_one = amount and not keys.state(iri, stated.cells)
        return value_of(stated.object, names, words, amounts, cells, amount=is_one)

    values = [(value(each), _language(each.object)) for each in statements[:_MOST_VALUES]]
    return Facts(
        names.of(iri),
        tuple(value for value, language in values if language in ("", best)),
        tuple(value for value, language in values if language not in ("", best)),
        len(statements) - len(values),
    )


def _language(term: str) -> str:
    return parse_literal(term).language if term.startswith('"') else ""


def _same(by_property: dict[str, list[Statement]]) -> list[str]:
    return [s.object[1:-1] for each in _SAME_AS for s in by_property.get(each, ()) if s.object.startswith("<")]


def _point(by_property: dict[str, list[Statement]]) -> tuple[float, float] | None:
    """Latitude and longitude, if there is exactly one of each, within the bounds of the Earth."""
    try:
        [latitude], [longitude] = by_property.get(LATITUDE, []), by_property.get(LONGITUDE, [])
        point = float(parse_literal(latitude.object).text), float(parse_literal(longitude.object).text)
    except ValueError:
        return None
    return point if is_on_earth(*point) else None


def _disputes(claims: Iterable[Claim], names: ThingNames, words: Words) -> tuple[Dispute, ...]:
    """The claims by subject and property, the preferred first, as `explain` sorts them."""
    found = list(claims)
    amounts = amounts_of([c.object for c in found if c.object.startswith("<")], names.edition, words)
    return tuple(
        Dispute(
            names.of(subject[1:-1]),
            names.of(predicate[1:-1]),
            tuple(
                ClaimView(
                    value_of(claim.object, names, words, amounts, amount=is_amount(claim.predicate[1:-1])),
                    claim,
                    tuple(names.of(source.term[1:-1]) for source in claim.sources),
                    cells_of(claim.cells, names.edition, words),
                )
                for claim in group
                if claim.object
            ),
        )
        for (subject, predicate), group in groupby(found, key=lambda claim: (claim.subject, claim.predicate))
        if predicate
    )


class Keys:
    """Properties of the key columns of tables: their numbers identify rows and are not amounts.

    They are read at the first request for their dataset; a part of an edition (`Edition.part`).
    """

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._of = cache(self._stated)

    def state(self, iri: str, cells: Iterable[Place]) -> bool:
        """Whether a key column of a table with one of the cells states the property."""
        tables = {table for cell in cells if (table := self._edition.index.table_of(cell))}
        return any(iri in self._of(dataset).get(table, ()) for dataset, table in tables)

    def _stated(self, dataset: str) -> dict[str, set[str]]:
        """The properties by table."""
        release = self._edition.datasets.get(dataset)
        try:
            tables = tables_of(self._edition, release) if release else ()
        except InputError:  # the page of the dataset reports it
            return {}
        return {
            table.name: {column.property for column in table.columns if column.key and column.property}
            for table in tables
        }
