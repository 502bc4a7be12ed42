"""Links in HTTP headers (RFC 8288) that lead programs from a page to the data that it describes: FAIR Signposting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.requests import Request

from st_opendata.formats import JSON_LD, TURTLE
from st_opendata.http.urls import url_path
from st_opendata.model.release import Distribution
from st_opendata.portal.data.descriptions import DatasetDescription, web_address
from st_opendata.portal.requests import base_url, language_of, page_url
from st_opendata.release.layout import CATALOGUES, CROISSANT_FILE, SCHEMA_ORG_FILE, VOID_FILE

_LONGEST = 3500
"""The most characters of a header: proxies accept 4 kB of headers. The catalogue lists the files that are left out."""


def catalogue_links(request: Request) -> str:
    """For the page of all datasets: the catalogue as DCAT-AP, and VoID."""
    base = base_url(request)
    files = [(f"{base}/{name}", form.media_type) for name, form in CATALOGUES.items()]
    links = [_link(url, "describedby", kind) for url, kind in (*files, (f"{base}/{VOID_FILE}", TURTLE.media_type))]
    return _joined([*links, _link("https://schema.org/DataCatalog", "type")])


def dataset_links(request: Request, dataset: DatasetDescription) -> str:
    """For the page of a dataset: its citation, descriptions, licence and files (Signposting, level 1)."""
    base, language = base_url(request), language_of(request)
    own = f"{base}{page_url(language, f'dataset/{dataset.id}')}"
    licence = dataset.licence and (dataset.licence.page or web_address(dataset.licence.iri))
    files = (
        _link(f"{base}/{url_path(each.file.path)}", "item", each.format.media_type) for each in _whole_first(dataset)
    )
    described = [
        _link(f"{own}/{SCHEMA_ORG_FILE}", "describedby", JSON_LD.media_type),
        _link(f"{own}/{CROISSANT_FILE}", "describedby", JSON_LD.media_type),
        *(_link(f"{base}/{name}", "describedby", form.media_type) for name, form in CATALOGUES.items()),
    ]
    return _joined(
        [
            _link(dataset.release.iri, "cite-as"),
            *described,
            *([_link(licence, "license")] if licence else []),
            *(_link(author.iri, "author") for author in dataset.authors if web_address(author.iri)),
            _link("https://schema.org/Dataset", "type"),
            _link("https://schema.org/AboutPage", "type"),
            *files,
        ]
    )


def document_links(described: Iterable[str], own: str, others: Mapping[str, str]) -> str:
    """For an RDF document: the thing that it describes, its own address, and those of its other formats."""
    return _joined(
        [
            _link(own, "canonical"),
            *(_link(address, "alternate", kind) for kind, address in others.items()),
            *(_link(iri, "describes") for iri in described),
        ]
    )


def _link(url: str, relation: str, kind: str | None = None) -> str:
    """A link; characters that could end it, or the header, are percent-encoded."""
    safe = "".join(each if 32 < ord(each) < 127 and each not in '<>"\\' else _encoded(each) for each in url)
    return f'<{safe}>; rel="{relation}"' + (f'; type="{kind}"' if kind else "")


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _whole_first(dataset: DatasetDescription) -> list[Distribution]:
    """The dataset's files, those of the whole dataset before those of its tables."""
    return sorted(dataset.release.distributions, key=lambda each: each.table is not None)


def _joined(links: Iterable[str]) -> str:
    """The first links, as many as fit into a header."""
    header = ""
    for link in links:
        longer = f"{header}, {link}" if header else link
        if len(longer) > _LONGEST:
            break
        header = longer
    return header
