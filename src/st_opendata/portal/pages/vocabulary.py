"""The vocabulary of a release for readers: its ontology on one page, each SKOS scheme on another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from starlette.requests import Request

from st_opendata.model.text import pick
from st_opendata.portal.addresses import FORMATS
from st_opendata.portal.api.vocabulary import find_scheme
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.names import ThingNames, shorten
from st_opendata.portal.data.ontology import Ontology, OntologyTerm
from st_opendata.portal.data.schemes import describe_scheme, find_schemes
from st_opendata.portal.pages.diagram import End, PropertyRow, draw_properties
from st_opendata.portal.rendering import PageView
from st_opendata.portal.requests import edition_of, language_of
from st_opendata.portal.wording import alphabetical, words_of


def show_ontology(request: Request) -> PageView:
    """The whole vocabulary on one page."""
    edition, language = edition_of(request), language_of(request)
    ontology = edition.part(Ontology)
    names = ThingNames(edition, language)
    terms = (*ontology.classes, *ontology.properties)
    names.learn({iri for term in terms for iri in _mentioned(term)})

    def by_name(found: Sequence[OntologyTerm]) -> list[OntologyTerm]:
        return sorted(found, key=lambda term: alphabetical(names.of(term.iri).name))

    diagram = draw_properties(_rows(ontology, names, language), words_of(language)("diagram"))
    return PageView(
        {
            "ontology": ontology,
            "classes": by_name(ontology.classes),
            "properties": by_name(ontology.properties),
            "schemes": [(name, names.of(iri)) for name, iri in sorted(find_schemes(edition).items())],
            "names": names,
            "anchor": lambda iri: _anchor(edition, iri),
            "documents": _documents("/ontology"),
            "diagram": diagram,
        }
    )


def show_scheme(request: Request) -> PageView:
    """One scheme on a page."""
    edition, language, name = edition_of(request), language_of(request), request.path_params["name"]
    scheme = describe_scheme(edition, find_scheme(edition, name), language)
    return PageView({"scheme": scheme, "documents": _documents(f"/scheme/{quote(name)}")})


def _documents(path: str) -> dict[str, tuple[str, str]]:
    return {form.label: (f"{path}{extension}", form.media_type) for extension, form in FORMATS.items()}


def _mentioned(term: OntologyTerm) -> Iterator[str]:
    yield term.iri
    yield from (*term.parents, *term.children, *term.domains, *term.ranges, *term.properties)


def _anchor(edition: Edition, iri: str) -> str:
    """The local name for our terms, so that the IRI with its fragment leads there; else the prefixed name."""
    return iri.rpartition("#")[2] if "#" in iri else shorten(iri, edition.release)


def _rows(ontology: Ontology, names: ThingNames, language: str) -> list[PropertyRow]:
    def end(iri: str) -> End:
        named = names.of(iri)
        return End(named.name, named.href or named.away)

    anything = words_of(language)("anything")
    rows = [
        PropertyRow(
            end(domain) if domain else End(anything),
            End(pick(each.label, language) or names.of(each.iri).name, names.of(each.iri).href),
            end(value) if value else End(anything),
        )
        for each in ontology.properties
        for domain in each.domains or ("",)
        for value in each.ranges or ("",)
    ]
    return sorted(rows, key=lambda row: tuple(alphabetical(end.name) for end in (row.domain, row.property, row.range)))
