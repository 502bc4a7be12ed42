"""The rules of profiles for the description of a catalogue, in DCAT: findings at the keys that cause them.

`check` has no files yet; each table counts there as its CSV file, and each dataset as a file with its facts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from st_opendata.build.background import Background
from st_opendata.dcat import catalogue_statements
from st_opendata.documents import Document, read_document
from st_opendata.formats import CSV, TURTLE
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.findings import Finding
from st_opendata.model.release import Distribution, File
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Statements
from st_opendata.release.layout import in_dataset, table_file
from st_opendata.settings import Settings
from st_opendata.shacl import load_shapes, validate_graph

_CATALOGUE = "catalogue.yaml"
_KEYS = {
    expand(name): key
    for name, key in {
        "dcat:inSeries": "series",
        "dcatap:applicableLegislation": "highValue",
        "dcatap:hvdCategory": "highValue",
        "foaf:homepage": "homepage",
        "prov:wasDerivedFrom": "source",
    }.items()
}
"""Keys that are not the local name of their property."""


def expected_description(catalogue: Catalogue) -> Statements:
    """The description of a release that is not written yet."""
    return catalogue_statements(catalogue, {each.id: tuple(_expected(each)) for each in catalogue.datasets}, {})


def _expected(dataset: Dataset) -> Iterator[Distribution]:
    for table in dataset.tables:
        file = File(in_dataset(dataset.id, table_file(table.stem)), 1, "0" * 64)
        yield Distribution(file, CSV, table.titles or dataset.title, dataset.id, table.stem)
    file = File(in_dataset(dataset.id, dataset.id + TURTLE.extension), 1, "0" * 64)
    yield Distribution(file, TURTLE, dataset.title, dataset.id)


def description_findings(
    catalogue: Catalogue, description: Statements, background: Background, settings: Settings
) -> list[Finding]:
    """The findings of the profiles' shapes on the description; one for all files of a dataset, at its key.

    Raises:
        ConfigurationError: a file with shapes is not Turtle, or its shapes are ill-formed.
    """
    paths = [path for name, path in background.files.items() if name in background.description]
    if not paths:
        return []
    shapes = load_shapes(paths, catalogue.language)
    finder = _Finder(catalogue, _subjects_of(description), _keys(background))
    found: dict[tuple[object, ...], Finding] = {}
    for each in validate_graph(description, shapes, settings=settings):
        placed = finder.placed(each)
        found.setdefault(identity(placed), placed)
    return [*shapes.notices, *found.values()]


def _subjects_of(description: Statements) -> Mapping[str, list[tuple[str, str]]]:
    """By the IRI of a value: each subject with the property that has this value."""
    found = defaultdict(list)
    for subject in description.subjects():
        for predicate in description.predicates(subject):
            for value in description.values(subject, predicate):
                if isinstance(value, ox.NamedNode):
                    found[value.value].append((subject, predicate))
    return found


def identity(found: Finding) -> tuple[object, ...]:
    """What makes a finding another one to its reader: the rule, the place and the value."""
    return found.code, found.shape, found.component, found.path, found.value, found.places


def _keys(background: Background) -> Mapping[str, str]:
    """The keys of catalogue.yaml and dataset.yaml by the IRI of their property, as far as the names differ."""
    stated = {entry.iri: key for profile in background.profiles for key, entry in profile.properties.items()}
    return stated | _KEYS


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the file and the key that a finding on the description comes from."""

    catalogue: Catalogue
    above: Mapping[str, list[tuple[str, str]]]
    keys: Mapping[str, str]
    _documents: dict[str, Document] = field(default_factory=dict)

    def placed(self, found: Finding) -> Finding:
        """The finding with its place."""
        owner, predicate = self._owner((found.focus or "").strip("<>"))
        paths = [predicate] if predicate else re.findall("<([^>]+)>", found.path or "")
        key = next(filter(None, map(self._key, paths)), None)
        own = self._document(_CATALOGUE if owner is None else f"{owner}/dataset.yaml")
        document = next((each for each in (own, self._document(_CATALOGUE)) if _has(each, key)), own)
        return replace(found, places=(document.place((key,) if key and _has(document, key) else ()),), dataset=owner)

    def _key(self, iri: str) -> str | None:
        return self.keys.get(iri) or re.split("[#/]", iri)[-1]

    def _document(self, file: str) -> Document:
        if file not in self._documents:
            self._documents[file] = read_document(self.catalogue.folder / file, file)
        return self._documents[file]

    def _owner(self, node: str) -> tuple[str | None, str | None]:
        """The dataset that a node belongs to, None for the catalogue, and the property that leads to the node.

        The property is None if the node is a resource itself, whose own properties are keys.
        """
        seen, waiting = {node}, list[tuple[str, str | None]]([(node, None)])
        reached: list[tuple[str | None, str | None]] = []
        while waiting and not reached:
            above: list[tuple[str, str | None]] = []
            for term, predicate in waiting:
                resource = self._resource(term)
                if resource:
                    reached.append((resource[0], predicate))
                    continue
                for subject, link in sorted(self.above.get(term, ())):
                    if subject not in seen:
                        seen.add(subject)
                        above.append((subject, link))
            waiting = above
        return min(reached, key=lambda each: (each[0] is not None, each), default=(None, None))

    def _resource(self, iri: str) -> tuple[str | None] | None:
        """The dataset that a resource belongs to, None for the catalogue; None in place of both for other nodes."""
        catalogue = self.catalogue
        if iri in (catalogue.iri, f"{catalogue.base}service/sparql"):
            return (None,)
        if (series := re.fullmatch(re.escape(catalogue.series_iri("")) + "([^#/]+)", iri)) and "#" not in iri:
            return (next((each.dataset for each in catalogue.series if each.id == series[1]), None),)
        for dataset in catalogue.datasets:
            if iri == catalogue.dataset_iri(dataset.id) or iri.startswith(catalogue.distribution_iri(f"{dataset.id}/")):
                return (dataset.id,) if "#" not in iri else None
        return None


def _has(document: Document, key: str | None) -> bool:
    return key is not None and isinstance(document.data, dict) and key in document.data
