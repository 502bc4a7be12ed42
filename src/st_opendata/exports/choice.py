"""The formats of a release: all that make sense at its size, unless `formats:` in a description says otherwise.

`formats:` gives for a format true (always), false (never) or the largest size; a dataset's entry replaces that of its
catalogue. Sizes are cells for tables (JSON, XLSX, ODS, SQLite), and triples for facts. By default a workbook has at
most a million cells: spreadsheet programs need minutes and gigabytes for more. Turtle, RDF/XML, JSON-LD and TriG have
at most a million triples: no one reads more, and programs load N-Triples and N-Quads faster, which every release has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from st_opendata.facts import FactBase
from st_opendata.formats import (
    CATALOGUE_FORMATS,
    CHOSEN_FORMATS,
    CSV,
    GEOJSON,
    JSON,
    JSON_LD,
    N_TRIPLES,
    ODS,
    RDF_XML,
    SQLITE,
    TRIG,
    TURTLE,
    XLSX,
    Format,
)
from st_opendata.messages.codes import finding
from st_opendata.messages.message import Message, joined, message, number_text
from st_opendata.model.descriptions import Dataset
from st_opendata.model.findings import Finding
from st_opendata.place import Place

_LIMITS: Mapping[Format, bool | int] = dict.fromkeys((XLSX, ODS, TURTLE, RDF_XML, JSON_LD, TRIG), 1_000_000)
_OF_TABLES = (JSON, XLSX, ODS, SQLITE)
_INSTEAD = {CSV: _OF_TABLES, N_TRIPLES: (TURTLE, RDF_XML, JSON_LD, GEOJSON)}
"""The format whose description says that others are missing."""


@dataclass(frozen=True, slots=True)
class Excess:
    """The size of a file that is left out, in cells or triples, and the largest for which it is written."""

    size: int
    limit: int


@dataclass(frozen=True, slots=True)
class FormatChoice:
    """The formats that a dataset or the catalogue is not written in: by will, and because of their size."""

    unwanted: frozenset[Format]
    too_large: Mapping[Format, Excess]

    def has(self, form: Format) -> bool:
        """True if files of this format are written."""
        return form not in self.unwanted and form not in self.too_large

    def note(self, form: Format) -> Message | None:
        """The note in the description of files of this format on formats that are too large; None for nothing."""
        missing = {each: self.too_large[each] for each in _INSTEAD.get(form, ()) if each in self.too_large}
        notes = [_missing(forms, excess, of_tables=of_tables) for (of_tables, excess), forms in _alike(missing).items()]
        return joined(notes, " ") if notes else None


def choose_formats(facts: FactBase, dataset: Dataset) -> FormatChoice:
    """The choice for the files of a dataset."""
    rules = {**facts.catalogue.formats, **dataset.formats}
    return _choice(facts, [dataset], rules, [form for form in CHOSEN_FORMATS if form not in CATALOGUE_FORMATS])


def choose_dumps(facts: FactBase) -> FormatChoice:
    """The choice for the files of the whole catalogue."""
    return _choice(facts, facts.catalogue.datasets, facts.catalogue.formats, CATALOGUE_FORMATS)


def size_findings(facts: FactBase) -> Iterator[Finding]:
    """A note for each dataset, and for the catalogue, on the files that it lacks because of their size."""
    for dataset in facts.catalogue.datasets:
        yield from _findings(choose_formats(facts, dataset), f"{dataset.id}/dataset.yaml", dataset.id)
    yield from _findings(choose_dumps(facts), "catalogue.yaml", None)


def _choice(
    facts: FactBase, datasets: Collection[Dataset], rules: Mapping[str, bool | int], forms: Iterable[Format]
) -> FormatChoice:
    stated = {form: rules.get(form.name, _LIMITS.get(form, True)) for form in forms}
    limits = {form: limit for form, limit in stated.items() if not isinstance(limit, bool)}
    cells = sum(facts.rows(table.name) * len(table.source_columns) for each in datasets for table in each.tables)
    triples = _triples(facts, datasets, [limit for form, limit in limits.items() if form not in _OF_TABLES])
    sizes = {form: cells if form in _OF_TABLES else triples for form in limits}
    excesses = {form: Excess(sizes[form], limit) for form, limit in limits.items() if sizes[form] > limit}
    return FormatChoice(frozenset(form for form, rule in stated.items() if rule is False), excesses)


def _triples(facts: FactBase, datasets: Iterable[Dataset], limits: Sequence[int]) -> int:
    """The number of triples; only the most that there can be if no limit is as low: counting takes time."""
    tables = [table for dataset in datasets for table in dataset.tables]
    most = sum(facts.rows(table.name) * len(table.columns) for table in tables)
    lists = any(column.separator for table in tables for column in table.columns)  # a cell may state many
    if most <= min(limits, default=most) and not lists:
        return most
    return sum(facts.triples(dataset.id) for dataset in datasets) if limits else 0


def _alike(excesses: Mapping[Format, Excess]) -> dict[tuple[bool, Excess], list[Format]]:
    """The formats by what is counted and by its excess."""
    found: dict[tuple[bool, Excess], list[Format]] = defaultdict(list)
    for form, excess in excesses.items():
        found[form in _OF_TABLES, excess].append(form)
    return found


def _fields(forms: Iterable[Format], excess: Excess) -> dict[str, object]:
    size, limit = number_text(excess.size), number_text(excess.limit)
    return {"formats": ", ".join(form.label for form in forms), "size": size, "limit": limit}


def _missing(forms: Iterable[Format], excess: Excess, *, of_tables: bool) -> Message:
    fields = _fields(forms, excess)
    if of_tables:
        return message("Not offered with {size} cells, only up to {limit}: {formats}.", **fields)
    return message("Not offered with {size} facts, only up to {limit}: {formats}.", **fields)


def _findings(choice: FormatChoice, description: str, dataset: str | None) -> Iterator[Finding]:
    for (of_tables, excess), forms in _alike(choice.too_large).items():
        code, example = "format-cells" if of_tables else "format-triples", f"{forms[0].name}: true"
        fields = {**_fields(forms, excess), "description": description, "example": example}
        yield finding(code, (Place(description),), dataset=dataset, **fields)
