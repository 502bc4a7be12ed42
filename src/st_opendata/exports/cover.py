"""The first sheet of a workbook: its contents, with title, licence, source, tables and columns.

Its own words are in the language of the titles that it shows, if the program has that language, else in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from st_opendata.exports.sheets import COVER, MAX_ROWS, sheet_names
from st_opendata.exports.sources import DatasetSource
from st_opendata.messages.message import Message, message, message_in
from st_opendata.model.licences import licence_address
from st_opendata.model.text import Text, pick, primary, spoken, tag_of

_WORDS = {
    "dataset": message("Dataset"),
    "catalogue": message("Catalogue"),
    "publisher": message("Publisher"),
    "licence": message("Licence"),
    "rights": message("Rights"),
    "changed": message("Changed"),
    "version": message("Version"),
    "source": message("Source"),
    "sheet": message("Sheet"),
    "column": message("Column"),
    "title": message("Title"),
    "meaning": message_in("workbook", "Meaning"),
    "type": message_in("workbook", "Type"),
}


def cover_name(source: DatasetSource) -> str:
    """The name of the sheet."""
    return COVER[_language(source)]


def cover_words(source: DatasetSource) -> Mapping[str, str]:
    """The words of the cover; `sheet` begins the row above its list of tables."""
    return {name: _say(word, source) for name, word in _WORDS.items()}


def cut_note(source: DatasetSource, number: int, end: str) -> str:
    """The note on the cover that `number` texts were too long for a cell, and end in `end`."""
    return _say(
        message(
            "{number} texts are longer than a cell of Excel and end in {end}; the CSV files have them whole.",
            number=number,
            end=end,
        ),
        source,
    )


def _say(text: Message, source: DatasetSource) -> str:
    language = _language(source)
    return text.data([language])[language]


def _language(source: DatasetSource) -> str:
    return primary(spoken(tag_of(source.dataset.title, "en") or "en"))


def cover_rows(source: DatasetSource) -> Iterator[list[str]]:
    """The rows of the cover: the dataset, its tables and their columns."""

    def say(text: Text | None) -> str:
        return pick(text or {}, "en")

    dataset, catalogue, words = source.dataset, source.catalogue, cover_words(source)
    licence = dataset.license
    yield [say(dataset.title)]
    yield [say(dataset.description)]
    yield []
    facts = (
        ("dataset", catalogue.dataset_iri(dataset.id)),
        ("catalogue", say(catalogue.title)),
        ("publisher", say(dataset.publisher.name) if dataset.publisher else ""),
        ("licence", licence_address(licence) if licence else ""),
        ("rights", say(dataset.rights)),
        ("changed", str(dataset.modified or dataset.issued or "")),
        ("version", dataset.version or ""),
        *(("source", f"{say(link.label)}: {link.url}") for link in sorted(dataset.source, key=lambda link: link.url)),
    )
    yield from ([words[name], value] for name, value in facts if value)
    yield []
    yield [words[name] for name in ("sheet", "column", "title", "meaning", "type")]
    names = sheet_names(source)
    for table in dataset.tables:
        first, *others = names[table.name]
        yield [first, "", say(table.titles), say(table.description)]
        if others:
            yield ["", "", _say(_continued(others), source)]
        for column in table.source_columns:
            kind = column.datatype.base
            if column.separator:
                several = message("{type}, several with {separator} between", type=kind, separator=column.separator)
                kind = _say(several, source)
            yield ["", column.name, say(column.titles), say(column.description), kind]


def _continued(sheets: Sequence[str]) -> Message:
    return message(
        "The table continues on the sheets {sheets}, because a sheet holds {rows} rows.",
        sheets=", ".join(sheets),
        rows=f"{MAX_ROWS:,}",
    )
