"""All pages, as data: routes, menu and sitemap follow this list, in this order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

from st_opendata.formats import PARQUET
from st_opendata.portal.api.sitemap import SitemapEntry
from st_opendata.portal.data.description_file import describe, describe_release
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.schemes import find_schemes
from st_opendata.portal.pages.catalogue import show_catalogue
from st_opendata.portal.pages.dataset import show_dataset
from st_opendata.portal.pages.page import MenuItem, Page
from st_opendata.portal.pages.query import show_query
from st_opendata.portal.pages.series import show_series
from st_opendata.portal.pages.story import show_story
from st_opendata.portal.pages.table import show_table
from st_opendata.portal.pages.things.thing import show_thing
from st_opendata.portal.pages.vocabulary import show_ontology, show_scheme


def at(path: str) -> Callable[[Edition], Iterator[SitemapEntry]]:
    """The single entry of a page, with the date of its release."""

    def entries(edition: Edition) -> Iterator[SitemapEntry]:
        yield SitemapEntry(path, edition.release.created[:10])

    return entries


def _schemes(edition: Edition) -> Iterator[SitemapEntry]:
    for name in sorted(find_schemes(edition)):
        yield SitemapEntry(f"scheme/{name}", edition.release.created[:10])


def _datasets(edition: Edition) -> Iterator[SitemapEntry]:
    for dataset in describe(edition).values():
        yield SitemapEntry(f"dataset/{dataset.id}", (dataset.modified or edition.release.created)[:10])


def _series(edition: Edition) -> Iterator[SitemapEntry]:
    for name in edition.part(describe_release).series:
        yield SitemapEntry(f"series/{name}", edition.release.created[:10])


def _tables(edition: Edition) -> Iterator[SitemapEntry]:
    """The tables with rows."""
    for dataset in describe(edition).values():
        readable = {file.table for file in dataset.release.distributions if file.format == PARQUET}
        changed = (dataset.modified or edition.release.created)[:10]
        for table in dataset.release.rows:
            if table in readable:
                yield SitemapEntry(f"dataset/{dataset.id}/table/{table}", changed)


PAGES: tuple[Page, ...] = (
    Page("", "catalogue.html", show_catalogue, at(""), MenuItem("", "catalogue", ("", "dataset", "series"))),
    Page("story", "story.html", show_story, at("story"), MenuItem("story", "story", ("story",)), attrgetter("story")),
    Page(
        "ontology",
        "ontology.html",
        show_ontology,
        at("ontology"),
        MenuItem("ontology", "ontology", ("ontology", "scheme")),
        attrgetter("has_vocabulary"),
    ),
    Page("query", "query.html", show_query, at("query"), MenuItem("query", "query-menu", ("query",))),
    Page("scheme/{name}", "scheme.html", show_scheme, _schemes),
    Page("dataset/{dataset}", "dataset.html", show_dataset, _datasets),
    Page("series/{series}", "series.html", show_series, _series),
    Page("dataset/{dataset}/table/{table}", "table.html", show_table, _tables),
    # The number of things has no bound, and the pages of tables link to them: they are not in the sitemap.
    Page("thing", "thing.html", show_thing),
    Page("thing/{path:path}", "thing.html", show_thing),
)
