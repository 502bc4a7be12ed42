"""The page of a series with its members, and what the page of a dataset says about editions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from st_opendata.portal.api.schema_org import data_block, series_json
from st_opendata.portal.data.description_file import describe, describe_release
from st_opendata.portal.data.descriptions import DatasetDescription
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.rendering import PageView
from st_opendata.portal.requests import base_url, edition_of, language_of, page_url, whole_number

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class EditionsView:
    """A dataset and its editions, the current one first; `shown` is the one of them whose page this is."""

    whole: DatasetDescription
    listed: tuple[DatasetDescription, ...]
    shown: DatasetDescription

    @property
    def current(self) -> DatasetDescription:
        """The edition whose data the dataset has itself."""
        return self.listed[0]

    @property
    def outdated(self) -> bool:
        """Whether this is the page of an edition that has a successor."""
        return any(each.id == self.shown.id for each in self.listed[1:])

    def has(self, iri: str) -> bool:
        """Whether this is the dataset or one of its editions."""
        return any(each.release.iri == iri for each in (self.whole, *self.listed))


def find_editions(edition: Edition, dataset: DatasetDescription) -> EditionsView | None:
    """The editions of a dataset, or of the dataset that this one is an edition of."""
    whole = dataset if dataset.editions else edition.part(_wholes).get(dataset.id)
    if whole is None:
        return None
    datasets = describe(edition)
    return EditionsView(whole, tuple(datasets[each] for each in whole.editions), dataset)


def show_series(request: Request) -> PageView:
    """The members of a series; HTTPException 404 for an unknown one."""
    edition, language = edition_of(request), language_of(request)
    described = edition.part(describe_release)
    series = described.series.get(request.path_params["series"])
    if series is None:
        raise HTTPException(404)
    pages = max(1, -(-len(series.members) // PAGE_SIZE))
    number = whole_number(request.query_params.get("page"), 1, pages, otherwise=1)
    first = (number - 1) * PAGE_SIZE
    members = [described.datasets[each] for each in series.members[first : first + PAGE_SIZE]]
    values = {
        "series": series,
        "members": members,
        "first": first + 1,
        "page": number,
        "pages": pages,
        "page_address": lambda each: page_url(language, f"series/{series.key}", page=each if each > 1 else None),
        "described": data_block(series_json(series, members, base_url(request), language)),
    }
    return PageView(values)


def _wholes(edition: Edition) -> Mapping[str, DatasetDescription]:
    """By the id of each edition, the dataset that has it; a part of the edition (`Edition.part`)."""
    return {each: dataset for dataset in describe(edition).values() for each in dataset.editions}
