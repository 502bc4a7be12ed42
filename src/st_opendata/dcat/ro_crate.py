"""RO-Crate 1.2: the release as a research object, which repositories such as Zenodo and workflow hubs read.

https://www.researchobject.org/ro-crate/specification/1.2/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from st_opendata.dcat.schema_org import authors_of, list_keywords
from st_opendata.formats import format_of
from st_opendata.http.urls import url_path
from st_opendata.model.release import Distribution
from st_opendata.model.text import pick
from st_opendata.release.layout import CRATE

if TYPE_CHECKING:
    from st_opendata.model.agents import Agent
    from st_opendata.model.descriptions import Catalogue, Dataset

Json = dict[str, Any]
_PROFILE = "https://w3id.org/ro/crate/1.2"
_WITHOUT_FORMAT = "application/octet-stream"
_MORE_TYPES = {".rq": "application/sparql-query", ".md": "text/markdown", ".yaml": "application/yaml"}


def ro_crate(
    catalogue: Catalogue, distributions: Mapping[str, tuple[Distribution, ...]], sizes: Mapping[str, int]
) -> Json:
    """The crate of a release whose files have these sizes in bytes, by path; texts are in English if possible."""
    by_path = {each.file.path: each for files in distributions.values() for each in files}
    folders: dict[str, list[str]] = {dataset.id: [] for dataset in catalogue.datasets}
    for path in sizes:
        folder, slash, _ = path.partition("/")
        if slash and folder in folders:
            folders[folder].append(path)
    inside = {path for paths in folders.values() for path in paths}
    parts = [{"@id": f"{dataset.id}/"} for dataset in catalogue.datasets]
    days = [day for each in (catalogue, *catalogue.datasets) for day in (each.issued, each.modified) if day]
    terms: list[Catalogue | Dataset] = [catalogue, *catalogue.datasets]
    root: Json = {
        "@id": "./",
        "@type": "Dataset",
        "name": pick(catalogue.title, "en"),
        "description": pick(catalogue.description, "en"),
        "datePublished": max(days).isoformat() if days else "1970-01-01",
        "license": _licence(catalogue) or next(filter(None, map(_licence, catalogue.datasets)), None),
        "identifier": catalogue.iri,
        "url": catalogue.homepage or catalogue.iri,
        "publisher": _reference(catalogue.publisher),
        "author": [_reference(each) for each in authors_of(catalogue)],
        "funder": _reference(catalogue.funder),
        "hasPart": [*parts, *({"@id": url_path(path)} for path in sizes if path not in inside)],
    }
    graph = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": _PROFILE},
        },
        _filled(root),
        *(_dataset(catalogue, dataset, folders[dataset.id]) for dataset in catalogue.datasets),
        *(_file(path, size, by_path.get(path)) for path, size in sizes.items()),
        *_agents(terms),
        *_licences(terms),
    ]
    return {"@context": f"{_PROFILE}/context", "@graph": graph}


def _dataset(catalogue: Catalogue, dataset: Dataset, paths: Iterable[str]) -> Json:
    return _filled(
        {
            "@id": f"{dataset.id}/",
            "@type": "Dataset",
            "name": pick(dataset.title, "en"),
            "description": pick(dataset.description, "en"),
            "datePublished": str(dataset.issued or dataset.modified or ""),
            "dateModified": str(dataset.modified or ""),
            "version": dataset.version,
            "identifier": catalogue.dataset_iri(dataset.id),
            "license": _licence(dataset),
            "publisher": _reference(dataset.publisher),
            "author": [_reference(each) for each in authors_of(dataset)],
            "keywords": sorted(list_keywords(dataset)),
            "hasPart": [{"@id": url_path(path)} for path in paths],
        }
    )


def _file(path: str, size: int, distribution: Distribution | None) -> Json:
    form = distribution.format if distribution else format_of(path)
    ending = "." + path.rpartition(".")[2]
    described: Json = {
        "@id": url_path(path),
        "@type": "File",
        "name": pick(distribution.title, "en") if distribution else path,
        "encodingFormat": form.media_type if form else _MORE_TYPES.get(ending, _WITHOUT_FORMAT),
        "contentSize": str(size),
    }
    if distribution:
        described["sha256"] = distribution.file.sha256
        described["conformsTo"] = [{"@id": each} for each in distribution.conforms_to]
    return _filled(described)


def _licence(terms: Catalogue | Dataset) -> Json | None:
    from st_opendata.model.licences import licence_address  # whoever only reads a catalogue does without the models

    return {"@id": licence_address(terms.license)} if terms.license else None


def _reference(agent: Agent | None) -> Json | None:
    return {"@id": agent.iri} if agent else None


def _agents(terms: Iterable[Catalogue | Dataset]) -> list[Json]:
    found = {
        agent.iri: agent
        for each in terms
        for agent in (each.publisher, *each.creator, each.funder)
        if agent is not None
    }
    return [
        _filled(
            {
                "@id": iri,
                "@type": "Person" if agent.type == "PrivateIndividual(s)" else "Organization",
                "name": pick(agent.name, "en"),
                "url": agent.homepage,
            }
        )
        for iri, agent in sorted(found.items())
    ]


def _licences(terms: Iterable[Catalogue | Dataset]) -> list[Json]:
    from st_opendata.model.licences import (  # whoever only reads a catalogue does without the models
        licence_address,
        licence_label,
    )

    known = {licence_address(each.license): each.license for each in terms if each.license}
    return [
        {
            "@id": address,
            "@type": "CreativeWork",
            "name": pick(licence_label(licence), "en"),
        }
        for address, licence in sorted(known.items(), key=lambda item: str(item[1]))
    ]


def _filled(record: Json) -> Json:
    """The record without empty values; a list of one value becomes the value (RO-Crate 1.2, RO-Crate JSON-LD)."""
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in record.items()
        if value not in (None, "", [], {})
    }
