"""The properties that profiles add to the description of a dataset, with their labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from st_opendata.model.release import DatasetRelease
from st_opendata.model.text import Text
from st_opendata.namespaces import expand
from st_opendata.portal.data.descriptions import Entity, entity_of, text_by_language
from st_opendata.portal.data.edition import Edition
from st_opendata.rdf.statements import TYPE, Term, iris, read_statements
from st_opendata.release.layout import PROPERTIES, ontology_files

_SHOWN = frozenset({expand("dcat:theme")})
"""Properties that the page shows without a profile."""


@dataclass(frozen=True, slots=True)
class AddedProperty:
    """A property of a profile and its values: texts, and things with their names."""

    label: Text
    values: tuple[Entity, ...]


def added_properties(edition: Edition, dataset: DatasetRelease) -> tuple[AddedProperty, ...]:
    """Those that the dataset or its files state, by their IRIs; raises InputError for damaged files."""
    labels = edition.part(_labels)
    if not labels:
        return ()
    statements = edition.statements
    owners = (dataset.iri, *iris(statements.values(dataset.iri, expand("dcat:distribution"))))
    found = []
    for iri, label in labels.items():
        values = dict.fromkeys(value for owner in owners for value in statements.values(owner, iri))
        if values:
            found.append(AddedProperty(label, tuple(_entities(edition, list(values)))))
    return tuple(found)


def _labels(edition: Edition) -> dict[str, Text]:
    """The labels of the properties by their IRIs; a part of the edition (`Edition.part`)."""
    found: dict[str, Text] = {}
    for path in ontology_files(edition.files):
        if path.endswith(f"/{PROPERTIES}"):
            statements = read_statements(edition.path(path))
            for iri in {iri for iri, _ in statements.of(TYPE.value)} - _SHOWN:
                found.setdefault(iri, text_by_language(statements.values(iri, expand("rdfs:label"))))
    return dict(sorted(found.items()))


def _entities(edition: Edition, values: list[Term]) -> Iterator[Entity]:
    """A text in several languages is one value."""
    tagged = [value for value in values if isinstance(value, ox.Literal) and value.language]
    if tagged:
        yield Entity("", text_by_language(tagged))
    for value in values:
        if isinstance(value, ox.NamedNode):
            yield entity_of(edition.statements, value.value)
        elif isinstance(value, ox.Literal) and not value.language:
            yield Entity("", {"und": value.value})
