"""Croissant's requirements for a dataset; in tests/cli/test_read_back.py mlcroissant reads it."""

from __future__ import annotations

from st_opendata.dcat.croissant import croissant
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.release import Distribution

REQUIRED = {"@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished"}


def test_what_the_specification_requires(
    catalogue: Catalogue, distributions: dict[str, tuple[Distribution, ...]]
) -> None:
    found = croissant(catalogue, catalogue.datasets[0], distributions["cities"])
    assert found.keys() >= REQUIRED
    assert found["name"] == {"de": "Städte", "en": "Cities", "fr": "Villes"}
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["citeAs"].startswith("Open data team (2026): Cities (1.0.0). https://")
    files = {each["@id"] for each in found["distribution"]}
    assert "cities/cities.csv" in files
