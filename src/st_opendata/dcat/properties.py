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

from st_opendata.dcat.agents import add_agent, add_contact
from st_opendata.dcat.coverage import add_period, add_places
from st_opendata.dcat.licences import add_licence
from st_opendata.dcat.terms import (
    ADMS,
    DCAT,
    DCATAP,
    DCT,
    ELI,
    XSD,
    add_concept,
    add_labelled,
    add_page,
    add_text,
    add_types,
    state,
)
from st_opendata.model.text import Text
from st_opendata.rdf.statements import Statements, Term, literal_node
from st_opendata.vocabularies import require_language

if TYPE_CHECKING:
    from st_opendata.model.descriptions import Catalogue, HighValue, Terms


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

    def iri_of(self, field: str, number: int = 1) -> str:
        """IRI of the node for this field: the dataset's or series', or the catalogue's if it has the same value.

        `number` counts the values of a field that has several.
        """
        from st_opendata.model.descriptions import Dataset  # whoever only reads a catalogue does without the models

        owner = self.catalogue.iri
        if getattr(self.terms, field) != getattr(self.catalogue, field):
            owner = self.catalogue.dataset_iri(self.terms.id) if isinstance(self.terms, Dataset) else self.node.value
        return f"{owner}#{field.replace('_', '-')}{f'-{number}' if number > 1 else ''}"

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
        if self.terms.publisher:
            self.add(DCT.publisher, add_agent(self.graph, self.terms.publisher))
        for agent in self.terms.creator:
            self.add(DCT.creator, add_agent(self.graph, agent))

    def add_contact(self) -> None:
        """dcat:contactPoint."""
        for number, contact in enumerate(self.terms.contact_point, 1):
            self.add(DCAT.contactPoint, add_contact(self.graph, self.iri_of("contact_point", number), contact))

    def add_coverage(self) -> None:
        """dct:spatial, for a place and the NUTS region it lies in, and dct:temporal."""
        for number, location in enumerate(self.terms.spatial, 1):
            for place in add_places(self.graph, self.iri_of("spatial", number), location):
                self.add(DCT.spatial, place)
        for number, period in enumerate(self.terms.temporal, 1):
            self.add(DCT.temporal, add_period(self.graph, self.iri_of("temporal", number), period))

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
            self.add(DCT.license, add_licence(self.graph, self.terms.license))

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
        for page in self.terms.landing_page:
            self.add(DCAT.landingPage, add_page(self.graph, page.url, page.label))

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


def _date(day: date | None) -> ox.Literal | None:
    return literal_node(day.isoformat(), datatype=XSD.date) if day else None
