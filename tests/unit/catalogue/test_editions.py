"""Series of a catalogue, and editions of a dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.dcat import catalogue_statements
from st_opendata.errors import ConfigurationError
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import text_of

BASE = "https://data.example/"
CATALOGUE = """\
id: town
base: https://data.example/
title: {en: Town}
description: {en: Datasets of the town.}
publisher: {iri: "https://town.example/", name: {en: Town}}
license: CC_BY_4_0
language: [en]
modified: 2026-01-01
series:
  - {id: money, title: {en: Money}, description: {en: All money.}, order: issued}
  - id: plans
    title: {en: Plans}
    description: {en: All plans.}
    publisher: {iri: "https://plans.example/", name: {en: Planners}}
datasets: [budget, budget-2024, budget-2023, roads, roads-2, roads-1, taxes]
"""
DATASET = """\
title: {en: NAME}
description: {en: All of it.}
tables:
  - {url: data.csv, tableSchema: {columns: [{name: label, propertyUrl: rdfs:label}]}}
"""
EDITION = """\
editionOf: budget
version: 'YEAR'
temporal: {start: YEAR, end: YEAR}
issued: YEAR-12-01
"""
FILES = {
    "catalogue.yaml": CATALOGUE,
    "budget/dataset.yaml": DATASET.replace("NAME", "Budget"),
    "budget-2024/dataset.yaml": EDITION.replace("YEAR", "2024"),
    "budget-2023/dataset.yaml": EDITION.replace("YEAR", "2023"),
    "roads/dataset.yaml": DATASET.replace("NAME", "Roads") + "inSeries: [money, plans]\nissued: 2025-01-01\n",
    "roads-2/dataset.yaml": "editionOf: roads\nversion: '1.10'\n",
    "roads-1/dataset.yaml": "editionOf: roads\nversion: '1.9'\n",
    "taxes/dataset.yaml": DATASET.replace("NAME", "Taxes") + "inSeries: money\nissued: 2024-01-01\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def stated(folder: Path) -> set[tuple[str, str, str]]:
    graph = catalogue_statements(read_catalogue(folder), {}, {})
    names = ("inSeries", "first", "last", "prev", "next", "previousVersion", "nextVersion", "hasCurrentVersion")
    return {
        (subject.removeprefix(BASE), name, text_of(value).removeprefix(BASE))
        for name in names
        for subject, value in graph.of(expand(f"dcat:{name}"))
    }


def test_series_and_editions_are_stated_as_dcat_says(tmp_path: Path) -> None:
    assert stated(write(tmp_path, FILES)) == {
        ("dataset/budget", "hasCurrentVersion", "dataset/budget-2024"),
        ("dataset/budget-2023", "inSeries", "series/budget"),
        ("dataset/budget-2024", "inSeries", "series/budget"),
        ("series/budget", "first", "dataset/budget-2023"),
        ("series/budget", "last", "dataset/budget-2024"),
        ("dataset/budget-2024", "prev", "dataset/budget-2023"),
        ("dataset/budget-2023", "next", "dataset/budget-2024"),
        ("dataset/roads", "hasCurrentVersion", "dataset/roads-2"),
        ("dataset/roads-2", "previousVersion", "dataset/roads-1"),
        ("dataset/roads-1", "nextVersion", "dataset/roads-2"),
        ("dataset/roads", "inSeries", "series/money"),
        ("dataset/roads", "inSeries", "series/plans"),
        ("dataset/taxes", "inSeries", "series/money"),
        ("series/money", "first", "dataset/taxes"),
        ("series/money", "last", "dataset/roads"),
        ("dataset/roads", "prev", "dataset/taxes"),
        ("dataset/taxes", "next", "dataset/roads"),
    }


def test_an_edition_has_the_description_of_its_dataset_which_has_the_newest_data(tmp_path: Path) -> None:
    budget, new, old, *_ = read_catalogue(write(tmp_path, FILES)).datasets
    assert (new.title, old.title) == ({"en": "Budget 2024"}, {"en": "Budget 2023"})
    assert new.description == budget.description
    assert str(new.modified) == str(new.issued) == "2024-12-01"
    assert (budget.version, budget.issued, budget.temporal) == ("2024", new.issued, new.temporal)
    assert [each.file for each in budget.tables] == [each.file for each in new.tables] == ["budget-2024/data.csv"]
    assert budget.tables[0].columns == new.tables[0].columns
    assert [each.name for each in (*budget.tables, *old.tables)] == ["budget/data", "budget-2023/data"]


def test_a_series_states_what_differs_from_the_catalogue(tmp_path: Path) -> None:
    graph = catalogue_statements(read_catalogue(write(tmp_path, FILES)), {}, {})
    publishers = [graph.values(f"{BASE}series/{name}", expand("dct:publisher")) for name in ("money", "plans")]
    assert [[text_of(each) for each in found] for found in publishers] == [
        ["https://town.example/"],
        ["https://plans.example/"],
    ]


def test_a_series_without_a_list_has_all_datasets_and_no_order(tmp_path: Path) -> None:
    whole = "series: {id: all, title: {en: All}, description: {en: All of it.}}\ndatasets: [taxes]\n"
    files = {"catalogue.yaml": CATALOGUE.partition("series:")[0] + whole, "taxes/dataset.yaml": DATASET}
    assert stated(write(tmp_path, files)) == {("dataset/taxes", "inSeries", "series/all")}


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "problem"),
    [
        ("budget-2023/dataset.yaml", 'editionOf: budget', 'editionOf: budgte',
         'budget-2023/dataset.yaml, line 1', 'has no dataset "budgte"'),
        ("budget-2023/dataset.yaml", 'editionOf: budget', 'editionOf: budget-2023',
         'budget-2023/dataset.yaml, line 1', 'an edition of itself'),
        ("budget-2023/dataset.yaml", 'editionOf: budget', 'editionOf: [budget]',
         'budget-2023/dataset.yaml, line 1', 'plain text'),
        ("budget/dataset.yaml", 'title:', 'editionOf: budget-2023\nversion: a\ntitle:',
         'budget/dataset.yaml, line 1', 'is an edition of "budget"'),
        ("budget-2023/dataset.yaml", "version: '2023'\n", '',
         'budget-2023/dataset.yaml, line 1', 'an edition needs a version'),
        ("budget-2023/dataset.yaml", "'2023'", "'2024'",
         'budget-2023/dataset.yaml, line 2', 'budget-2024 has the version "2024" too'),
        ("roads-1/dataset.yaml", '1.9', 'first',
         'roads-2/dataset.yaml, line 2', 'the order of the editions'),
        ("taxes/dataset.yaml", 'inSeries: money', 'inSeries: [money, mony]',
         'taxes/dataset.yaml, line 5', 'no series "mony"'),
        ("taxes/dataset.yaml", '2024-01-01', '2025-01-01',
         'taxes/dataset.yaml, line 6', 'which is the same in'),
        ("roads/dataset.yaml", '[money, plans]', 'money',
         'catalogue.yaml, line 11', 'no dataset is in the series "plans"'),
        ("catalogue.yaml", 'order: issued}', '}\n  - {id: money, title: {en: M}, description: {en: M}}',
         'catalogue.yaml, line 11', 'a second time'),
    ],
)  # fmt: skip
def test_a_wrong_series_or_edition_is_refused_at_its_line(
    tmp_path: Path, file: str, old: str, new: str, place: str, problem: str
) -> None:
    assert old in FILES[file]
    folder = write(tmp_path, FILES | {file: FILES[file].replace(old, new)})
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(folder)
    assert str(caught.value).startswith(place)
    assert problem in str(caught.value)


def test_data_beside_the_description_of_editions_are_not_left_unread(tmp_path: Path) -> None:
    folder = write(tmp_path, FILES | {"budget/data.csv": "label\na\n"})
    with pytest.raises(ConfigurationError, match=r"budget/data\.csv is not read"):
        read_catalogue(folder)
