"""The page of a dataset, and its description and citation as files."""

from __future__ import annotations

from starlette.requests import Request

from st_opendata.http.urls import url_path
from st_opendata.portal.api.citations import STYLES, citation_of, write_text
from st_opendata.portal.api.schema_org import data_block, dataset_json
from st_opendata.portal.api.signposting import dataset_links
from st_opendata.portal.data.added import added_properties
from st_opendata.portal.data.columns import tables_of
from st_opendata.portal.data.descriptions import web_address
from st_opendata.portal.data.names import ThingNames
from st_opendata.portal.data.naming import scheme_of
from st_opendata.portal.data.quality import Assessments
from st_opendata.portal.data.rules import read_rules
from st_opendata.portal.pages.illustrations import Illustrations
from st_opendata.portal.pages.series import find_editions
from st_opendata.portal.pages.snippets import snippets_of
from st_opendata.portal.rendering import PageView
from st_opendata.portal.requests import base_url, edition_of, find_dataset, language_of


def show_dataset(request: Request) -> PageView:
    """Everything about one dataset."""
    edition, language, base = edition_of(request), language_of(request), base_url(request)
    dataset = find_dataset(request)
    tables = tables_of(edition, dataset.release)
    citation = citation_of(dataset, language)
    names = ThingNames(edition, language)
    names.learn(each.property for table in tables for each in table.columns if each.property)
    editions = find_editions(edition, dataset)
    values = {
        "dataset": dataset,
        "editions": editions,
        "related": [each for each in dataset.related if not (editions and editions.has(each.iri))],
        "added": added_properties(edition, dataset.release),
        "tables": tables,
        "whole": [each for each in dataset.release.distributions if each.table is None and not each.carried],
        "carried": [each for each in dataset.release.distributions if each.carried],
        "by_table": [each for each in dataset.release.distributions if each.table is not None],
        "address": web_address,
        "file_url": lambda path: f"/{url_path(path)}",
        "quality": edition.part(Assessments).of(dataset.id),
        "rules": edition.part(read_rules).of(dataset.release.iri),
        "citation": citation,
        "cited": write_text(citation).strip(),
        "styles": STYLES,
        "snippets": {table.name: snippets_of(table, base) for table in tables},
        "illustrations": edition.part(Illustrations).of(dataset.id, language),
        "names": names,
        "scheme_of": scheme_of,
        "described": data_block(dataset_json(edition, dataset.release, base, language)),
    }
    return PageView(values, headers={"Link": dataset_links(request, dataset)})
