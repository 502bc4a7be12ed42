"""The origin of a pulled catalogue: what the portal had of each dataset, so that publishing knows it again.

A dataset that another publisher made, and that st-opendata took over, keeps its name and the ids of its resources:
those are then not derived from the catalogue, and its exact description states them in its addresses only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from st_opendata.model.pulled import PulledCatalogue, PulledDataset
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Statements, iris
from st_opendata.targets.ckan.fingerprint import fingerprint_of, state_digests
from st_opendata.targets.ckan.identity import has_files
from st_opendata.targets.ckan.packages import resource_id
from st_opendata.targets.ckan.pull import Json
from st_opendata.targets.ckan.pull.listing import Listing, PublishedCatalogue

Resources = Mapping[str, str]
"""Ids of resources by the path in a release of what came of them, or by their address."""
_UPLOAD = re.compile(r"/resource/([0-9a-f-]{36})/download/")


def origin_of(
    listing: Listing, datasets: Mapping[str, tuple[Json, Resources]], *, published: bool = False
) -> PulledCatalogue:
    """The origin of these datasets of the portal, by their ids in the catalogue."""
    found = {
        name: PulledDataset(str(remote["id"]), str(remote["name"]), state_digests(remote), dict(resources))
        for name, (remote, resources) in datasets.items()
    }
    return PulledCatalogue(listing.site.url, str(listing.organization["name"]), published, found)


def hosted_id(graph: Statements, iri: str) -> str:
    """The id of the resource with the file of a distribution: that in its address, else the derived one."""
    addresses = iris(graph.values(iri, expand("dcat:downloadURL")))
    return next((found[1] for each in addresses if (found := _UPLOAD.search(each))), resource_id(iri))


def published_dataset(graph: Statements, published: PublishedCatalogue, id_: str) -> Json | None:
    """The dataset of the portal with this id in the catalogue: by its name, else by its resources."""
    own = f"{published.id}-{id_}"
    if named := next((each for each in published.datasets if each["name"] == own), None):
        return named
    files = _distributions(graph, published.base, id_)
    ids = {hosted_id(graph, iri) for iri in files}
    links = set(_addresses(graph, published.base, id_))
    for each in published.datasets:
        fingerprint = fingerprint_of(each)
        if not fingerprint or fingerprint.name != each["name"]:  # renamed on the portal, or a copy
            continue
        if has_files(each, ids) or links & {str(resource.get("url")) for resource in each["resources"]}:
            return each
    return None


def kept_resources(graph: Statements, base: str, id_: str, remote: Json) -> dict[str, str]:
    """The ids of resources that are not derived from the catalogue."""
    start = f"{base}distribution/"
    found = {
        unquote(iri.removeprefix(start)): hosted_id(graph, iri)
        for iri in _distributions(graph, base, id_)
        if iri.startswith(start) and hosted_id(graph, iri) != resource_id(iri)
    }
    by_url = {str(each.get("url")): str(each["id"]) for each in remote["resources"]}
    links = {
        url: by_url[url]
        for url, iri in _addresses(graph, base, id_).items()
        if url in by_url and by_url[url] != resource_id(iri)
    }
    return found | links


def _distributions(graph: Statements, base: str, id_: str) -> list[str]:
    return iris(graph.values(f"{base}dataset/{id_}", expand("dcat:distribution")))


def _addresses(graph: Statements, base: str, id_: str) -> dict[str, str]:
    """The links of a dataset, each with the IRI of its distribution."""
    return dict(_links(graph, base, id_))


def _links(graph: Statements, base: str, id_: str) -> Iterator[tuple[str, str]]:
    for iri in _distributions(graph, base, id_):
        if iri.startswith(f"{base}dataset/{id_}#link-"):
            for url in iris(graph.values(iri, expand("dcat:accessURL"))):
                yield url, iri
