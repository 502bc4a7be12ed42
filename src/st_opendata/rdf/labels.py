"""Names of things: the properties that have names, the same for pictures, pages, files and search."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from st_opendata.namespaces import expand

LABELS = tuple(
    map(
        expand,
        (
            *("skos:prefLabel", "rdfs:label", "dct:title", "foaf:name", "schema:name"),
            *("eurio:title", "eurio:name", "eurio:legalName", "eurio:shortName", "eurio:acronym", "eurio:shortForm"),
            *("skos:notation", "vcard:fn"),
        ),
    )
)
"""Properties that have names, the best first: those made for it, then full names, short ones and codes."""

Name = TypeVar("Name")


def best_label(stated: Callable[[str], Name | None]) -> Name | None:
    """The value of the best property that has a name; `stated` gives the value of a property, or None.

    >>> best_label({"http://xmlns.com/foaf/0.1/name": "Ann", "http://purl.org/dc/terms/title": ""}.get)
    'Ann'
    """
    return next(filter(None, map(stated, LABELS)), None)
