"""schema.org descriptions of datasets, with the fields that Google Dataset Search requires and recommends.

https://developers.google.com/search/docs/appearance/structured-data/dataset
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from st_opendata.dcat.resources import released_links
from st_opendata.messages.message import message
from st_opendata.model.geometry import polygon_of
from st_opendata.model.release import Distribution, Picture, ReleasedLink
from st_opendata.model.text import LANGUAGES, Text, pick, primary, tag_of

if TYPE_CHECKING:
    from st_opendata.model.agents import Agent
    from st_opendata.model.coverage import Location, Period
    from st_opendata.model.descriptions import Catalogue, Dataset, Terms
    from st_opendata.model.records import Link
    from st_opendata.model.series import Series

Json = dict[str, Any]
ItemT = TypeVar("ItemT")

MIN_DESCRIPTION, MAX_DESCRIPTION = 50, 5000
"""Lengths of a description that Google accepts."""


def schema_org(
    catalogue: Catalogue, dataset: Dataset, distributions: Iterable[Distribution], picture: Picture | None = None
) -> Json:
    """The dataset as a schema.org Dataset in JSON-LD, in English if possible.

    `citation` are the sources it was made from, `measurementTechnique` is its provenance; a field without a value is
    left out.
    """
    iri = catalogue.dataset_iri(dataset.id)
    found: Json = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": iri,
        "name": _text(dataset.title),
        "description": _description(dataset.description, dataset.title, iri, catalogue),
        "alternateName": [title for title in dataset.title.values() if title != _text(dataset.title)],
        "url": dataset.landing_page[0].url if dataset.landing_page else iri,
        "sameAs": iri,
        "identifier": iri,
        "image": catalogue.download_url(picture.file.path) if picture else None,
        "inLanguage": list(dataset.language),
        "keywords": list_keywords(dataset),
        "license": find_licence(dataset),
        "isAccessibleForFree": dataset.access_rights in (None, "PUBLIC"),
        "creator": alone([_agent(each) for each in authors_of(dataset)]),
        "publisher": _agent(dataset.publisher),
        "funder": _agent(dataset.funder),
        "datePublished": dataset.issued and dataset.issued.isoformat(),
        "dateModified": dataset.modified and dataset.modified.isoformat(),
        "version": dataset.version,
        "citation": [_citation(link) for link in dataset.source],
        "measurementTechnique": _text(dataset.provenance),
        "spatialCoverage": [_place(location) for location in dataset.spatial],
        "temporalCoverage": alone([_interval(period) for period in dataset.temporal]),
        "variableMeasured": _variables(dataset),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": catalogue.iri,
            "name": _text(catalogue.title),
            "url": catalogue.homepage or catalogue.iri,
        },
        "isPartOf": alone([_series(each, catalogue) for each in catalogue.series if each.has(dataset.id)]),
        "exampleOfWork": {"@id": catalogue.dataset_iri(dataset.edition_of)} if dataset.edition_of else None,
        "workExample": [
            {"@id": catalogue.dataset_iri(each)} for each in (dataset.editions.ids if dataset.editions else ())
        ],
        "distribution": [
            *(_download(catalogue, distribution) for distribution in distributions),
            *(_linked(link) for link in released_links(catalogue, dataset)),
        ],
    }
    return _filled(found)


def _description(text: Text, title: Text, iri: str, catalogue: Catalogue) -> str:
    """The description; if too short, with its place in the catalogue; if too long, truncated."""
    description = _text(text)
    if len(description) < MIN_DESCRIPTION:
        description += " " + _belonging(primary(tag_of(text, "en") or ""), _text(title), _text(catalogue.title), iri)
    if len(description) > MAX_DESCRIPTION:
        description = description[: MAX_DESCRIPTION - 1].rpartition(" ")[0] + "…"
    return description


def _belonging(language: str, title: str, catalogue: str, iri: str) -> str:
    """The dataset's title and catalogue, joined by words only in the program's languages, as the text has no tag."""
    if language not in LANGUAGES:
        return f"{title} – {catalogue}: {iri}"
    text = message("“{title}” is part of the catalogue “{catalogue}”: {iri}", title=title, catalogue=catalogue, iri=iri)
    return text.data([language])[language]


def _text(text: Text | None) -> str:
    return pick(text or {}, "en")


def list_keywords(dataset: Dataset) -> list[str]:
    """The keywords of all languages, each once."""
    languages = sorted(dataset.keyword, key=lambda tag: (LANGUAGES.index(tag) if tag in LANGUAGES else 9, tag))
    return list(dict.fromkeys(word for language in languages for word in dataset.keyword[language]))


def find_licence(dataset: Dataset) -> str | None:
    """The page of the licence, else its IRI in the EU table."""
    from st_opendata.model.licences import licence_address  # whoever only reads a catalogue does without the models

    return licence_address(dataset.license) if dataset.license else None


def authors_of(terms: Terms) -> tuple[Agent, ...]:
    """The creators, else the publisher."""
    return terms.creator or ((terms.publisher,) if terms.publisher else ())


def alone(values: list[ItemT]) -> ItemT | list[ItemT]:
    """The only value of a list, else the list: JSON-LD has no difference between them."""
    return values[0] if len(values) == 1 else values


def _agent(agent: Agent | None) -> Json | None:
    if not agent:
        return None
    kind = "Person" if agent.type == "PrivateIndividual(s)" else "Organization"
    return _filled(
        {"@type": kind, "@id": agent.iri, "name": _text(agent.name), "url": agent.homepage, "email": agent.email}
    )


def _citation(link: Link) -> Json:
    return {"@type": "CreativeWork", "name": _text(link.label), "url": link.url}


def _place(location: Location) -> Json:
    geo: Json | None = None
    if location.bbox:
        west, south, east, north = location.bbox
        geo = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    elif location.centroid:
        geo = {"@type": "GeoCoordinates", "latitude": location.centroid[0], "longitude": location.centroid[1]}
    elif location.geometry and (ring := polygon_of(location.geometry)):
        geo = {"@type": "GeoShape", "polygon": " ".join(f"{latitude} {longitude}" for longitude, latitude in ring)}
    return _filled({"@type": "Place", "@id": location.iri, "name": _text(location.label), "geo": geo})


def _interval(period: Period) -> str:
    """ISO 8601; an open end is `..`."""
    return f"{period.start or '..'}/{period.end or '..'}"


def _variables(dataset: Dataset) -> list[Json]:
    """One per column that the sources have, by name: a column of several tables counts once."""
    columns = {column.name: column for table in dataset.tables for column in table.source_columns}
    return [
        _filled(
            {
                "@type": "PropertyValue",
                "name": _text(column.titles) or column.name,
                "description": _text(column.description),
                # A template with a variable gives different properties for different cells.
                "propertyID": column.property_url if "{" not in (column.property_url or "") else None,
            }
        )
        for column in columns.values()
    ]


def _series(series: Series, catalogue: Catalogue) -> Json:
    iri = catalogue.series_iri(series.id)
    return {
        "@type": "Dataset",
        "@id": iri,
        "name": _text(series.title),
        "description": _description(series.description, series.title, iri, catalogue),
    }


def _download(catalogue: Catalogue, distribution: Distribution) -> Json:
    described = {
        "@type": "DataDownload",
        "@id": catalogue.distribution_iri(distribution.file.path),
        "name": _text(distribution.title),
        "description": _text(distribution.description),
        "contentUrl": catalogue.download_url(distribution.file.path),
        "encodingFormat": distribution.format.media_type,
        "contentSize": f"{distribution.file.size} B",
        "sha256": distribution.file.sha256,
    }
    return _filled(described)


def _linked(link: ReleasedLink) -> Json:
    """A file elsewhere is a download; a page or service is a DataDownload without contentUrl, which Google accepts."""
    is_file = link.format and not link.service
    described = {
        "@type": "DataDownload",
        "@id": link.iri,
        "name": _text(link.title),
        "description": _text(link.description),
        "contentUrl" if is_file else "url": link.url,
        "encodingFormat": link.format.media_type if is_file and link.format else link.service,
    }
    return _filled(described)


def _filled(record: Json) -> Json:
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}
