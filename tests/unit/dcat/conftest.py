"""A catalogue in which every field is set, and what has been written of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from counting import count_lines
from rdflib import Graph

from st_opendata.dcat import Counts, catalogue_statements
from st_opendata.formats import CSV, GEOJSON, JSON, JSON_LD, N_TRIPLES, PARQUET, TURTLE, Format
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.release import Distribution, File, Picture
from st_opendata.model.tables import Column, Table
from st_opendata.rdf.lines import graph_of_lines

BASE = "https://w3id.org/st-opendata/smarter-together/"
SITE = "https://data.example.org/smarter/"

TERMS = {
    "publisher": {
        "iri": "https://www.wikidata.org/entity/Q16665897",
        "name": {"fr": "Métropole de Lyon", "en": "Lyon Metropolis", "de": "Métropole von Lyon"},
        "type": "LocalAuthority",
        "homepage": "https://www.grandlyon.com/",
    },
    "creator": {"iri": f"{BASE}agent/team", "name": {"en": "Open data team"}, "type": "NonProfitOrganisation"},
    "funder": {"iri": "http://publications.europa.eu/resource/authority/corporate-body/COM", "name": {"en": "EU"}},
    "contactPoint": {
        "name": {"en": "Open data desk", "fr": "Guichet", "de": "Servicestelle"},
        "email": "opendata@example.org",
        "url": "https://example.org/contact",
    },
    "license": "CC_BY_4_0",
    "rights": {"en": "Name the source.", "fr": "Citez la source.", "de": "Nennen Sie die Quelle."},
    "accessRights": "PUBLIC",
    "accrualPeriodicity": "ANNUAL",
    "availability": "STABLE",
    "status": "COMPLETED",
    "language": ["fr", "en", "de"],
    "theme": ["ENER", "REGI"],
    "keyword": {"en": ["smart city", "energy"], "fr": ["ville intelligente"], "de": ["Energie"]},
    "spatial": [
        {
            "iri": "https://sws.geonames.org/2996944/",
            "label": {"en": "Lyon", "fr": "Lyon", "de": "Lyon"},
            "centroid": [45.74906, 4.84789],
            "bbox": [4.77, 45.7, 4.9, 45.81],
            "nuts": "FRK26",
        }
    ],
    "temporal": {"start": "2016-02-01", "end": "2021-07-31"},
    "issued": "2026-11-01",
    "modified": "2026-11-23",
    "version": "1.0.0",
    "landingPage": {"url": "https://example.org/data", "label": {"en": "Data", "fr": "Données", "de": "Daten"}},
}

CITIES = TERMS | {
    "id": "cities",
    "title": {"en": "Cities", "fr": "Villes", "de": "Städte"},
    "description": {"en": "Lead, follower and associate cities of the project with their roles and identifiers."},
    "versionNotes": {"en": "First release.", "fr": "Première version.", "de": "Erste Ausgabe."},
    "provenance": {"en": "Read from the project page.", "fr": "Lu sur la page du projet.", "de": "Von der Seite."},
    "source": [{"url": "https://www.grandlyon.com/smarter-together", "label": {"fr": "Page du projet"}}],
    "page": [{"url": "https://example.org/doc", "label": {"en": "Documentation"}}],
    "type": "STATISTICAL",
    "conformsTo": [{"url": "http://data.europa.eu/s66", "label": {"en": "EURIO"}}],
}
HIGH_VALUE = {"category": ["c_ac64a52d"]}
PLACES = TERMS | {
    "id": "places",
    "title": {"en": "Places"},
    "description": {"en": "Places."},
    "temporal": {"start": "2020-01-01"},
    "rights": {"en": "Name the mapping desk."},
    "contactPoint": {"name": {"en": "Mapping desk"}, "email": "maps@example.org"},
}


def cities_table(folder: Path) -> Table:
    columns = (
        Column("id", 1, {"en": "Identifier", "fr": "Identifiant"}, property_url="http://purl.org/dc/terms/identifier"),
        Column("name", 2, {"en": "Name"}, {"en": "Name of the city"}, property_url="{+property}"),
        Column("type", 0, property_url="http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
    )
    return Table("cities", "cities", folder / "cities.csv", "cities/cities.csv", {"en": "Cities"}, columns)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    cities = Dataset.model_validate(CITIES).model_copy(update={"tables": (cities_table(tmp_path),)})
    places = Dataset.model_validate(PLACES)
    fields = TERMS | {
        "id": "smarter-together",
        "base": BASE,
        "site": SITE,
        "title": {"en": "Smarter Together", "fr": "Smarter Together", "de": "Smarter Together"},
        "description": {"en": "The project as open data.", "fr": "Le projet.", "de": "Das Projekt."},
        "homepage": "https://example.org/",
        "series": {
            "id": "all",
            "title": {"en": "All datasets", "fr": "Tous les jeux de données", "de": "Alle Datensätze"},
            "description": {"en": "The datasets of Smarter Together, which belong together and are released together."},
        },
        "folder": tmp_path,
    }
    read = Catalogue.model_validate(fields)
    series = tuple(each.with_members(["cities", "places"]) for each in read.series)
    return read.model_copy(update={"datasets": (cities, places), "series": series})


def file(path: str) -> File:
    return File(path, 1000 + len(path), hashlib.sha256(path.encode()).hexdigest())


def distribution(path: str, form: Format, described_by: str | None = None) -> Distribution:
    return Distribution(
        file=file(path),
        format=form,
        title={"en": f"{path} ({form.label})", "fr": f"{path} ({form.label})"},
        dataset=path.partition("/")[0],
        conforms_to=("https://www.rfc-editor.org/rfc/rfc4180",) if form is CSV else (),
        described_by=described_by,
    )


@pytest.fixture
def distributions() -> dict[str, tuple[Distribution, ...]]:
    return {
        "cities": (
            distribution("cities/cities.csv", CSV, "cities/cities.csv-metadata.json"),
            distribution("cities/cities.json", JSON),
            distribution("cities/cities.parquet", PARQUET),
            distribution("cities/cities.nt", N_TRIPLES),
            distribution("cities/cities.ttl", TURTLE),
            distribution("cities/cities.jsonld", JSON_LD),
        ),
        "places": (distribution("places/places.geojson", GEOJSON), distribution("places/places.nt", N_TRIPLES)),
    }


def facts(city: str) -> list[str]:
    iri = f"<{BASE}city/{city}>"
    return [
        f'{iri} <http://www.w3.org/2000/01/rdf-schema#label> "{city} > \\"x\\""@en .',
        f"{iri} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/st-opendata/ontology#City> .",
        f"{iri} <http://www.w3.org/2002/07/owl#sameAs> <http://www.wikidata.org/entity/Q456> .",
        f"{iri} <http://www.w3.org/2002/07/owl#sameAs> <https://sws.geonames.org/2996944/> .",
    ]


@pytest.fixture
def counts() -> dict[str | None, Counts]:
    cities = count_lines([facts("lyon") + facts("munich"), facts("vienna")])
    places = count_lines([[f'<{BASE}place/1> <http://example.net/no-prefix> "1" .']])
    return {None: cities, "cities": cities, "places": places}


@pytest.fixture
def dumps() -> tuple[File, ...]:
    return file("smarter-together.nq"), file("smarter-together.nq.gz"), file("smarter-together.nt.gz")


@pytest.fixture
def pictures() -> dict[str, Picture]:
    title = {"en": "Map (SVG)", "fr": "Carte (SVG)"}
    return {"cities": Picture(file("cities/preview.svg"), title, {"en": "The places on a map."})}


@pytest.fixture
def graph(
    catalogue: Catalogue, distributions: dict[str, tuple[Distribution, ...]], pictures: dict[str, Picture]
) -> Graph:
    return graph_of_lines(
        [catalogue_statements(catalogue, distributions, {"cities": 12, "places": 1}, pictures).lines()]
    )
