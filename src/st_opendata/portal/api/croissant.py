"""Croissant: the release's description of a dataset, with the addresses of the portal that serves it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.errors import InputError
from st_opendata.formats import JSON_LD
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.portal.api.citations import citation_of, write_bibtex
from st_opendata.portal.data.descriptions import DatasetDescription
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.requests import base_url, edition_of, find_dataset, language_of
from st_opendata.portal.responses import content
from st_opendata.release.layout import CROISSANT_FILE, in_dataset


def croissant(edition: Edition, dataset: DatasetDescription, base_url: str, language: str) -> dict[str, Any]:
    """The dataset in JSON-LD; `base_url` has no slash at its end.

    Raises:
        HTTPException: the release has no such file, as an older version built it.
        InputError: the file is damaged.
    """
    path = in_dataset(dataset.id, CROISSANT_FILE)
    if path not in edition.files:
        raise HTTPException(404)
    try:
        found: dict[str, Any] = json.loads(edition.path(path).read_text("utf-8"))
        for each in found["distribution"]:
            each["contentUrl"] = f"{base_url}/{quote(each['@id'])}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            message("the description of a dataset is damaged"),
            place=Place(str(edition.folder / path)),
            remedy=message("Build the release again."),
        ) from error
    page = f"{base_url}/{language}/dataset/{quote(dataset.id)}"
    return found | {"url": page, "citeAs": write_bibtex(citation_of(dataset, language))}


def show_croissant(request: Request) -> Response:
    """The dataset in Croissant."""
    edition, dataset = edition_of(request), find_dataset(request)
    described = croissant(edition, dataset, base_url(request), language_of(request))
    return content(request, json.dumps(described, ensure_ascii=False, indent=1), JSON_LD.media_type)


ROUTES = [Route(f"/{{language:language}}/dataset/{{dataset}}/{CROISSANT_FILE}", show_croissant)]
