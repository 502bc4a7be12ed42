"""schema.org descriptions of the release with this portal's addresses, and as data blocks of pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.errors import InputError
from st_opendata.formats import JSON_LD
from st_opendata.http.urls import url_path
from st_opendata.messages.message import message
from st_opendata.model.release import DatasetRelease, Release
from st_opendata.model.text import pick
from st_opendata.place import Place
from st_opendata.portal.data.descriptions import DatasetDescription, Entity, SeriesDescription
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.requests import base_url, edition_of, find_dataset, language_of
from st_opendata.portal.responses import content
from st_opendata.release.layout import SCHEMA_ORG_FILE, in_dataset

Json = dict[str, Any]
_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def dataset_json(edition: Edition, dataset: DatasetRelease, base_url: str, language: str) -> Json:
    """The release's own description of a dataset, with the addresses of this portal for files and pages.

    Raises:
        InputError: the file cannot be read.
    """
    path = edition.path(in_dataset(dataset.id, SCHEMA_ORG_FILE))
    try:
        described: Json = json.loads(path.read_text("utf-8"))
        paths = {f"{edition.release.site}{url_path(each.file.path)}": each.file.path for each in dataset.distributions}
        for download in described.get("distribution", ()):
            if known := paths.get(download.get("contentUrl")):
                download["contentUrl"] = f"{base_url}/{url_path(known)}"
        parts = described.get("isPartOf", [])
        for series in parts if isinstance(parts, list) else [parts]:
            series["url"] = series_address(base_url, language, series["@id"])
        if "includedInDataCatalog" in described:
            described["includedInDataCatalog"]["url"] = f"{base_url}/{language}/"
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise InputError(
            message("the schema.org description of a dataset is damaged"),
            place=Place(str(path)),
            remedy=message("Build the release again."),
        ) from error
    described["url"] = dataset_address(base_url, language, dataset.id)
    return described


def catalogue_json(release: Release, datasets: Iterable[DatasetDescription], base_url: str, language: str) -> Json:
    """The catalogue as a schema.org DataCatalog with these of its datasets."""
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "@id": f"{release.base}catalogue",
        "name": pick(release.title, language),
        "url": f"{base_url}/{language}/",
        "inLanguage": language,
        "dataset": [_listed(each, base_url, language) for each in datasets],
    }


def series_json(series: SeriesDescription, members: Iterable[DatasetDescription], base_url: str, language: str) -> Json:
    """A series as a schema.org Dataset whose parts are these of its members."""
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": series.iri,
        "name": pick(series.title, language),
        "description": pick(series.description, language),
        "url": series_address(base_url, language, series.iri),
        "hasPart": [_listed(each, base_url, language) for each in members],
    }


def _listed(dataset: DatasetDescription, base_url: str, language: str) -> Json:
    return {
        "@type": "Dataset",
        "@id": dataset.release.iri,
        "name": pick(dataset.title, language),
        "description": pick(dataset.description, language),
        "url": dataset_address(base_url, language, dataset.id),
        **({"version": dataset.version} if dataset.version else {}),
        **({"license": dataset.licence.page or dataset.licence.iri} if dataset.licence else {}),
    }


def dataset_address(base_url: str, language: str, dataset: str) -> str:
    """The address of a dataset's page."""
    return f"{base_url}/{language}/dataset/{quote(dataset)}"


def series_address(base_url: str, language: str, iri: str) -> str:
    """The address of the page of the series with this IRI."""
    return f"{base_url}/{language}/series/{quote(Entity(iri, {}).key)}"


def data_block(described: Json) -> Markup:
    """JSON for a script element that browsers do not run (HTML, data block); what could end it is escaped."""
    return Markup(json.dumps(described, ensure_ascii=False).translate(_ESCAPES))  # noqa: S704 (escaped in the line)


def show_schema(request: Request) -> Response:
    """The dataset in schema.org."""
    edition, dataset = edition_of(request), find_dataset(request)
    described = dataset_json(edition, dataset.release, base_url(request), language_of(request))
    return content(request, json.dumps(described, ensure_ascii=False, indent=1), JSON_LD.media_type)


ROUTES = [Route(f"/{{language:language}}/dataset/{{dataset}}/{SCHEMA_ORG_FILE}", show_schema)]
