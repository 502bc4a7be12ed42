"""The page of a dataset, and its description and citation as files."""

from __future__ import annotations

import json
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.portal.api.croissant import croissant
from st_opendata.portal.api.signposting import dataset_links
from st_opendata.portal.api.structured import data_block, dataset_json
from st_opendata.portal.data.columns import tables_of
from st_opendata.portal.data.descriptions import Description, describe
from st_opendata.portal.data.naming import scheme_of
from st_opendata.portal.data.quality import Assessments
from st_opendata.portal.data.rules import read_rules
from st_opendata.portal.pages.citations import STYLES, citation_of, write_text
from st_opendata.portal.pages.illustrations import Illustrations
from st_opendata.portal.pages.snippets import snippets_of
from st_opendata.portal.pages.things.names import Names
from st_opendata.portal.rendering import base_url, content, edition_of, language_of, page

_JSON_LD = "application/ld+json"


def find_dataset(request: Request) -> Description:
    """The dataset that an address names; HTTPException 404 where there is none."""
    try:
        return edition_of(request).part(describe)[request.path_params["dataset"]]
    except KeyError:
        raise HTTPException(404) from None


def show_dataset(request: Request) -> Response:
    """Everything about one dataset."""
    edition, language, base = edition_of(request), language_of(request), base_url(request)
    dataset = find_dataset(request)
    tables = tables_of(edition, dataset.release)
    citation = citation_of(dataset, language)
    names = Names(edition, language)
    names.learn(each.property for table in tables for each in table.columns if each.property)
    response = page(
        request,
        "dataset.html",
        dataset=dataset,
        tables=tables,
        whole=[each for each in dataset.release.distributions if each.table is None],
        file_url=lambda path: f"/{quote(path)}",
        quality=edition.part(Assessments).of(dataset.id),
        rules=edition.part(read_rules).of(dataset.release.iri),
        citation=citation,
        cited=write_text(citation).strip(),
        styles=STYLES,
        snippets={table.name: snippets_of(table, base) for table in tables},
        illustrations=edition.part(Illustrations).of(dataset.id, language),
        names=names,
        scheme_of=scheme_of,
        described=data_block(dataset_json(edition, dataset.release, base, language)),
    )
    response.headers["Link"] = dataset_links(request, dataset)
    return response


def show_citation(request: Request) -> Response:
    """How to cite a dataset, as a file."""
    style = next((each for each in STYLES.values() if each.file == request.path_params["file"]), None)
    if style is None:
        raise HTTPException(404)
    text = style.write(citation_of(find_dataset(request), language_of(request)))
    return content(request, text, style.media_type, name=style.file)


def show_schema(request: Request) -> Response:
    """The dataset in schema.org."""
    edition, dataset = edition_of(request), find_dataset(request)
    described = dataset_json(edition, dataset.release, base_url(request), language_of(request))
    return content(request, json.dumps(described, ensure_ascii=False, indent=1), _JSON_LD)


def show_croissant(request: Request) -> Response:
    """The dataset in Croissant."""
    edition, dataset = edition_of(request), find_dataset(request)
    described = croissant(edition, dataset, base_url(request), language_of(request))
    return content(request, json.dumps(described, ensure_ascii=False, indent=1), _JSON_LD)


_HERE = "/{language:language}/dataset/{dataset}"
ROUTES = [
    Route(_HERE, show_dataset, name="dataset"),
    Route(f"{_HERE}/schema.jsonld", show_schema),
    Route(f"{_HERE}/croissant.json", show_croissant),
    Route(f"{_HERE}/{{file}}", show_citation),
]
