"""The descriptions of an edition's datasets in its catalogue, as records for pages, indexes and citations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from st_opendata.formats import Format
from st_opendata.model.release import DatasetRelease
from st_opendata.model.text import Text
from st_opendata.namespaces import expand
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.series import Ids, editions_of, members_by_series
from st_opendata.rdf.labels import best_label
from st_opendata.rdf.statements import TYPE, Statements, Term, iris
from st_opendata.release.layout import carried_file

_RELATIONS = ("dcat:hasVersion", "dcat:isVersionOf", "dct:relation", "dct:isReferencedBy")
_NUTS = "http://data.europa.eu/nuts/"


@dataclass(frozen=True, slots=True)
class Entity:
    """Something with an IRI and a label; `page` is an http(s) or mailto address for people, if there is one."""

    iri: str
    label: Text
    page: str | None = None

    @property
    def key(self) -> str:
        """The last part of the IRI: the name in addresses."""
        return re.split(r"[/#]", self.iri.rstrip("/#"))[-1]


@dataclass(frozen=True, slots=True)
class DatasetDescription:
    """The DCAT-AP metadata of a dataset, with its release. Dates are ISO 8601, empty if unknown."""

    release: DatasetRelease
    title: Text
    description: Text
    publisher: Entity | None
    creators: tuple[Entity, ...]
    contacts: tuple[Entity, ...]
    licence: Entity | None
    access_rights: Entity | None
    frequency: Entity | None
    themes: tuple[Entity, ...]
    places: tuple[Entity, ...]
    languages: tuple[Entity, ...]
    sources: tuple[Entity, ...]
    standards: tuple[Entity, ...]
    pages: tuple[Entity, ...]
    landing_pages: tuple[Entity, ...]
    related: tuple[Entity, ...]
    """Pages, other versions and other datasets that the description names."""
    series: tuple[Entity, ...]
    keywords: Mapping[str, tuple[str, ...]]
    periods: tuple[tuple[str, str], ...]
    """The start and the end of each period that the data cover, empty where it is open."""
    issued: str
    modified: str
    version: str
    version_notes: Text
    provenance: Text
    rights: Text
    formats: tuple[str, ...] = field(default=())
    """Labels of its formats, each once."""
    editions: tuple[str, ...] = ()
    """The ids of its editions, the current one first."""

    @property
    def id(self) -> str:
        """The name in addresses."""
        return self.release.id

    @property
    def authors(self) -> tuple[Entity, ...]:
        """The creators, else the publisher."""
        return self.creators or ((self.publisher,) if self.publisher else ())

    @property
    def years(self) -> tuple[int, ...]:
        """The years that the periods with a known start cover, at most the last 200 of each."""
        found: set[int] = set()
        for start, end in self.periods:
            if start:
                first, last = int(start[:4]), int((end or self.modified or start)[:4])
                found.update(range(max(first, last - 199), last + 1))
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class SeriesDescription:
    """A dcat:DatasetSeries, with the ids of its members; `ordered` says that they are in its order."""

    iri: str
    title: Text
    description: Text
    members: tuple[str, ...]
    ordered: bool

    @property
    def key(self) -> str:
        """The name in addresses."""
        return Entity(self.iri, self.title).key


@dataclass(frozen=True, slots=True)
class Descriptions:
    """The description of the catalogue, of all datasets by id, in its order, and of its series by name in addresses."""

    about: Text
    datasets: Mapping[str, DatasetDescription]
    series: Mapping[str, SeriesDescription]


def describe_all(edition: Edition) -> Descriptions:
    """The descriptions of an edition, as its catalogue states them."""
    statements, ids = edition.statements, edition.dataset_ids
    return Descriptions(
        text_by_language(statements.values(_catalogue(statements), expand("dct:description"))),
        {dataset.id: _describe(statements, dataset, ids) for dataset in edition.release.datasets},
        {each.key: each for each in _describe_series(statements, ids)},
    )


def find_contacts(edition: Edition) -> tuple[str, ...]:
    """The addresses of the catalogue's contact point: `mailto:` and `https:` only, as http pages can be altered."""
    statements = edition.statements
    points = iris(statements.values(_catalogue(statements), expand("dcat:contactPoint")))
    names = ("vcard:hasEmail", "vcard:hasURL")
    found = [iri for name in names for point in points for iri in iris(statements.values(point, expand(name)))]
    return tuple(iri for iri in found if web_address(iri) and re.match("mailto:|https:", iri, re.IGNORECASE))


def _catalogue(statements: Statements) -> str:
    """The IRI of the catalogue, empty if the release describes none."""
    kind = ox.NamedNode(expand("dcat:Catalog"))
    return next((subject for subject, found in statements.of(TYPE.value) if found == kind), "")


def web_address(iri: str) -> str | None:
    """The IRI if it is safe as a link: http(s) or mailto, not a scheme that a browser would run."""
    return iri if re.match(r"(https?://|mailto:)[^\s\x00-\x1f<>\"]+\Z", iri, re.IGNORECASE) else None


def _describe_series(statements: Statements, ids: Ids) -> Iterator[SeriesDescription]:
    for iri, (members, ordered) in sorted(members_by_series(statements, ids).items()):
        title, description = (
            text_by_language(statements.values(iri, expand(name))) for name in ("dct:title", "dct:description")
        )
        yield SeriesDescription(iri, title or {"und": iri}, description, members, ordered)


def _describe(statements: Statements, dataset: DatasetRelease, ids: Ids) -> DatasetDescription:
    iri = dataset.iri

    def named(name: str, owners: Iterable[str] = (iri,)) -> tuple[Entity, ...]:
        nodes = dict.fromkeys(node for owner in owners for node in iris(statements.values(owner, expand(name))))
        return tuple(entity_of(statements, node) for node in nodes)

    def words(name: str) -> Text:
        return text_by_language(statements.values(iri, expand(name)))

    def value(name: str, owner: str = iri) -> str:
        return next((each.value for each in statements.values(owner, expand(name)) if isinstance(each, ox.Literal)), "")

    files = iris(statements.values(iri, expand("dcat:distribution")))
    return DatasetDescription(
        release=dataset,
        title=words("dct:title") or dataset.title,
        description=words("dct:description"),
        publisher=_first(named("dct:publisher")),
        creators=named("dct:creator"),
        contacts=named("dcat:contactPoint"),
        licence=_first(named("dct:license", _with_common_terms(files, dataset))),
        access_rights=_first(named("dct:accessRights")),
        frequency=_first(named("dct:accrualPeriodicity")),
        themes=named("dcat:theme"),
        places=_places(named("dct:spatial")),
        languages=named("dct:language"),
        sources=named("prov:wasDerivedFrom"),
        standards=named("dct:conformsTo"),
        pages=named("foaf:page"),
        landing_pages=named("dcat:landingPage"),
        related=tuple(each for name in _RELATIONS for each in named(name)),
        series=named("dcat:inSeries"),
        keywords=_keywords(statements.values(iri, expand("dcat:keyword"))),
        periods=tuple(
            (_day(value("dcat:startDate", period)), _day(value("dcat:endDate", period)))
            for period in iris(statements.values(iri, expand("dct:temporal")))
        ),
        issued=_day(value("dct:issued")),
        modified=_day(value("dct:modified")),
        version=value("dcat:version"),
        version_notes=words("adms:versionNotes"),
        provenance=_first_text(named("dct:provenance")),
        rights=_first_text(named("dct:rights", files[:1])),
        formats=tuple(dict.fromkeys(form.label for form in _formats(dataset))),
        editions=editions_of(statements, iri, ids),
    )


def _with_common_terms(files: list[str], dataset: DatasetRelease) -> list[str]:
    """The distributions without those of the publisher's files and links, which may have their own licence."""
    others = {link.iri for link in dataset.links}
    carried = f"/{carried_file(dataset.id, '')}"
    return [iri for iri in files if carried not in iri and iri not in others] or files


def _formats(dataset: DatasetRelease) -> Iterator[Format]:
    yield from (each.format for each in dataset.distributions)
    yield from (link.format for link in dataset.links if link.format)


def entity_of(statements: Statements, iri: str) -> Entity:
    """Something with its name and page; its IRI in place of a name that is not stated."""
    label = best_label(lambda each: text_by_language(statements.values(iri, each)))
    return Entity(iri, label or {"und": iri}, _page(statements, iri))


def _page(statements: Statements, iri: str) -> str | None:
    """The address for people: the home page, the e-mail address, else the IRI itself."""
    names = ("foaf:homepage", "vcard:hasURL", "vcard:hasEmail", "rdfs:seeAlso")
    found = [address for name in names for address in iris(statements.values(iri, expand(name)))]
    types = statements.values(iri, TYPE.value)
    own = [] if ox.NamedNode(expand("vcard:Kind")) in types else [iri]
    return next(filter(None, map(web_address, (*found, *own))), None)


def _places(places: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """The places, without NUTS codes if there are names: they stand for the same places."""
    return tuple(place for place in places if not place.iri.startswith(_NUTS)) or places


def _first(found: tuple[Entity, ...]) -> Entity | None:
    return found[0] if found else None


def _first_text(found: tuple[Entity, ...]) -> Text:
    return found[0].label if found else {}


def text_by_language(values: Iterable[Term]) -> Text:
    """The literals among the values, by their languages."""
    return {each.language or "und": each.value for each in _literals(values)}


def _keywords(values: Iterable[Term]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for each in _literals(values):
        found.setdefault(each.language or "und", []).append(each.value)
    return {language: tuple(words) for language, words in found.items()}


def _literals(values: Iterable[Term]) -> Iterator[ox.Literal]:
    return (each for each in values if isinstance(each, ox.Literal))


def _day(value: str) -> str:
    """A date or year unchanged; any other value gives an empty text."""
    return value if re.match(r"\d{4}(-\d\d){0,2}(T|\Z)", value) else ""
