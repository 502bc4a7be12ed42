"""The common terms of catalogue, series, datasets and the service: agents, places, times and rights.

A node that has no IRI of its own gets one from the dataset or catalogue that states it: `{dataset}#contact-point`. A
dataset with the same value as its catalogue shares the catalogue's node.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import URIRef

from st_opendata.dcat.terms import (
    ADMS,
    DCAT,
    DCATAP,
    DCT,
    ELI,
    FOAF,
    GSP,
    RDFS,
    SKOS,
    VCARD,
    XSD,
    add_concept,
    add_labelled,
    add_page,
    add_text,
    add_types,
    state,
)
from st_opendata.model.text import Text
from st_opendata.rdf.statements import Statements, Term, iri_node, literal_node
from st_opendata.vocabularies import licence_page, licence_type, require_language

if TYPE_CHECKING:
    from st_opendata.model.descriptions import Agent, Catalogue, ContactPoint, HighValue, Location, Period, Terms


class NodeDescriber:
    """Adds the terms of one resource to a graph; missing terms are not stated."""

    def __init__(self, graph: Statements, iri: str, terms: Terms, catalogue: Catalogue, *types: URIRef) -> None:
        self.graph = graph
        self.terms = terms
        self.catalogue = catalogue
        self.node = add_types(graph, iri, *types)

    def add(self, predicate: URIRef, value: Term | None) -> None:
        """State one property."""
        if value is not None:
            state(self.graph, self.node, predicate, value)

    def iri_of(self, field: str) -> str:
        """IRI of the node for this field: the dataset's, or the catalogue's if it has the same value."""
        from st_opendata.model.descriptions import Dataset  # whoever only reads a catalogue does without the models

        owner = self.catalogue.iri
        if isinstance(self.terms, Dataset) and getattr(self.terms, field) != getattr(self.catalogue, field):
            owner = self.catalogue.dataset_iri(self.terms.id)
        return f"{owner}#{field.replace('_', '-')}"

    def add_outline(self, title: Text, description: Text) -> None:
        """The shared statements of catalogue, series and datasets: texts, agents, contact, coverage and dates."""
        add_text(self.graph, self.node, DCT.title, title)
        add_text(self.graph, self.node, DCT.description, description)
        self.add_agents()
        self.add_contact()
        self.add_coverage()
        self.add_dates()

    def add_agents(self) -> None:
        """dct:publisher and dct:creator."""
        for predicate, agent in ((DCT.publisher, self.terms.publisher), (DCT.creator, self.terms.creator)):
            if agent:
                self.add(predicate, add_agent(self.graph, agent))

    def add_contact(self) -> None:
        """dcat:contactPoint."""
        if self.terms.contact_point:
            self.add(
                DCAT.contactPoint, _add_contact(self.graph, self.iri_of("contact_point"), self.terms.contact_point)
            )

    def add_coverage(self) -> None:
        """dct:spatial, for a place and the NUTS region it lies in, and dct:temporal."""
        for location in self.terms.spatial:
            for place in _add_places(self.graph, location):
                self.add(DCT.spatial, place)
        if self.terms.temporal:
            self.add(DCT.temporal, _add_period(self.graph, self.iri_of("temporal"), self.terms.temporal))

    def add_dates(self) -> None:
        """dct:issued and dct:modified."""
        self.add(DCT.issued, _date(self.terms.issued))
        self.add(DCT.modified, _date(self.terms.modified))

    def add_languages(self) -> None:
        """dct:language."""
        for tag in self.terms.language:
            self.add(DCT.language, add_concept(self.graph, "language", require_language(tag), DCT.LinguisticSystem))

    def add_licence(self) -> None:
        """dct:license."""
        if self.terms.license:
            self.add(DCT.license, _add_licence(self.graph, self.terms.license))

    def add_rights(self) -> None:
        """dct:rights."""
        if self.terms.rights:
            statement = add_labelled(self.graph, self.iri_of("rights"), DCT.RightsStatement, self.terms.rights)
            self.add(DCT.rights, statement)

    def add_access_rights(self) -> None:
        """dct:accessRights."""
        self._add_code(DCT.accessRights, "access-right", self.terms.access_rights, DCT.RightsStatement)

    def add_frequency(self) -> None:
        """dct:accrualPeriodicity."""
        self._add_code(DCT.accrualPeriodicity, "frequency", self.terms.accrual_periodicity, DCT.Frequency)

    def add_keeping(self) -> None:
        """dcatap:availability and adms:status."""
        self._add_code(DCATAP.availability, "planned-availability", self.terms.availability)
        self._add_code(ADMS.status, "distribution-status", self.terms.status)

    def add_subjects(self) -> None:
        """dcat:theme and dcat:keyword."""
        for code in self.terms.theme:
            self._add_code(DCAT.theme, "data-theme", code)
        for language, words in self.terms.keyword.items():
            for word in words:
                self.add(DCAT.keyword, literal_node(word, language=language))

    def add_landing_page(self) -> None:
        """dcat:landingPage."""
        if self.terms.landing_page:
            self.add(DCAT.landingPage, add_page(self.graph, self.terms.landing_page.url, self.terms.landing_page.label))

    def add_legislation(self, high_value: Sequence[HighValue]) -> None:
        """dcatap:applicableLegislation (DCAT-AP HVD 3.0.0: on every resource of a high-value dataset)."""
        for act in (act for fields in high_value for act in fields.applicable_legislation):
            self.add(DCATAP.applicableLegislation, add_types(self.graph, act, ELI.LegalResource))

    def add_categories(self, high_value: Sequence[HighValue]) -> None:
        """dcatap:hvdCategory."""
        for code in (code for fields in high_value for code in fields.category):
            self._add_code(DCATAP.hvdCategory, "hvd-category", code)

    def _add_code(self, predicate: URIRef, table: str, code: str | None, *types: URIRef) -> None:
        if code:
            self.add(predicate, add_concept(self.graph, table, code, *types))


def add_agent(graph: Statements, agent: Agent) -> ox.NamedNode:
    """foaf:Agent with name, type and homepage."""
    node = add_types(graph, agent.iri, FOAF.Agent)
    add_text(graph, node, FOAF.name, agent.name)
    if agent.type:
        state(graph, node, DCT.type, add_concept(graph, "publisher-type", agent.type))
    if agent.homepage:
        state(graph, node, FOAF.homepage, add_page(graph, agent.homepage))
    return node


def _add_contact(graph: Statements, iri: str, contact: ContactPoint) -> ox.NamedNode:
    node = add_types(graph, iri, VCARD.Kind)
    add_text(graph, node, VCARD.fn, contact.name)
    if contact.email:
        state(graph, node, VCARD.hasEmail, iri_node(f"mailto:{contact.email}"))
    if contact.url:
        state(graph, node, VCARD.hasURL, iri_node(contact.url))
    return node


def _add_places(graph: Statements, location: Location) -> list[ox.NamedNode]:
    from st_opendata.model.descriptions import NUTS, region_label

    place = add_types(graph, location.iri, DCT.Location)
    if not location.label:
        state(graph, place, RDFS.label, literal_node(f"NUTS {location.iri.removeprefix(NUTS)}"))
    add_text(graph, place, SKOS.prefLabel, location.label)
    if location.centroid:
        latitude, longitude = location.centroid
        state(graph, place, DCAT.centroid, literal_node(f"POINT({longitude} {latitude})", datatype=GSP.wktLiteral))
    if location.bbox:
        west, south, east, north = location.bbox
        corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
        ring = ", ".join(f"{x} {y}" for x, y in corners)
        state(graph, place, DCAT.bbox, literal_node(f"POLYGON(({ring}))", datatype=GSP.wktLiteral))
    if not location.nuts:
        return [place]
    region = add_types(graph, NUTS + location.nuts, DCT.Location)
    add_text(graph, region, SKOS.prefLabel, region_label(location.nuts, location.label))
    return [place, region]


def _add_period(graph: Statements, iri: str, period: Period) -> ox.NamedNode:
    node = add_types(graph, iri, DCT.PeriodOfTime)
    for predicate, day in ((DCAT.startDate, period.start), (DCAT.endDate, period.end)):
        if day:
            state(graph, node, predicate, literal_node(day.isoformat(), datatype=XSD.date))
    return node


def _add_licence(graph: Statements, code: str) -> ox.NamedNode:
    licence = add_concept(graph, "licence", code, DCT.LicenseDocument)
    kind, page = licence_type(code), licence_page(code)
    if kind:
        state(graph, licence, DCT.type, add_concept(graph, "licence-type", kind))
    if page:
        state(graph, licence, RDFS.seeAlso, iri_node(page))
    return licence


def _date(day: date | None) -> ox.Literal | None:
    return literal_node(day.isoformat(), datatype=XSD.date) if day else None
