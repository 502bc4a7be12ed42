"""Texts of a catalogue's descriptions that lack one of the languages that it states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from st_opendata.documents import Steps, read_document
from st_opendata.messages.codes import finding
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.findings import Finding
from st_opendata.model.text import Text, primary

_NO_LANGUAGE = frozenset({"mul", "und"})


def language_findings(catalogue: Catalogue) -> list[Finding]:
    """Titles and descriptions of the catalogue, its series, datasets and tables without a language of `language`.

    A catalogue or dataset that states one language, or none, has no such finding: there `language` is that of the data
    and says nothing of the texts around them.
    """
    found = list(_check(catalogue, "catalogue.yaml", catalogue.language, _texts(catalogue), None))
    for dataset in catalogue.datasets:
        shown = f"{dataset.id}/dataset.yaml"
        found += _check(catalogue, shown, dataset.language, _texts(dataset), dataset.id)
    return found


def _texts(terms: Catalogue | Dataset) -> Iterator[tuple[Steps, Text]]:
    yield ("title",), terms.title
    yield ("description",), terms.description
    if isinstance(terms, Dataset):
        for number, table in enumerate(terms.tables):
            yield ("tables", number, "title"), table.titles
            yield ("tables", number, "description"), table.description
    elif terms.series:
        yield ("series", "title"), terms.series.title
        yield ("series", "description"), terms.series.description


def _check(
    catalogue: Catalogue, shown: str, stated: Sequence[str], texts: Iterator[tuple[Steps, Text]], dataset: str | None
) -> Iterator[Finding]:
    wanted = [tag for tag in dict.fromkeys(stated) if tag not in _NO_LANGUAGE]
    if len(wanted) < 2:
        return
    document = None
    for steps, text in texts:
        present = [tag for tag in text if tag not in _NO_LANGUAGE]
        missing = [tag for tag in wanted if primary(tag) not in map(primary, present)]
        if not present or not missing:
            continue
        document = document or read_document(catalogue.folder / shown, shown)
        yield finding(
            "text-language-missing",
            (document.place(steps),),
            dataset=dataset,
            key=steps[-1],
            present=", ".join(present),
            missing=", ".join(missing),
        )
