"""All writers, as data: the files of each table, each dataset and the catalogue, in this order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from st_opendata.exports.csv_table import write_csv
from st_opendata.exports.geojson import has_places, write_geojson
from st_opendata.exports.graphs import (
    write_graph_as,
    write_n_triples,
    write_named_graphs,
    write_named_graphs_as_trig,
    zip_all_facts,
    zip_named_graphs,
)
from st_opendata.exports.json_table import write_json
from st_opendata.exports.ods import write_ods
from st_opendata.exports.sources import CatalogueSource, DatasetSource, TableSource
from st_opendata.exports.sqlite import write_sqlite
from st_opendata.exports.xlsx import write_xlsx
from st_opendata.formats import (
    CSV,
    GEOJSON,
    GZIP,
    JSON,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    ODS,
    PARQUET,
    RDF_XML,
    SQLITE,
    TRIG,
    TURTLE,
    XLSX,
    Format,
)
from st_opendata.messages.message import Message, message
from st_opendata.release.layout import FACTS_FILE, METADATA_SUFFIX, file_name

SourceT = TypeVar("SourceT")


@dataclass(frozen=True)
class Export(Generic[SourceT]):
    """A writer of a format, with the particulars of its files.

    `applies` decides for which sources there is a file. `reads` is the format of the
    file that the writer reads, so that this one must be written first. `packed` is the format that the file is
    compressed from.
    `described_by` is the suffix of a second file that the writer adds. `file` is the name of the file if
    it is not that of the source; `title` and `purpose` are set if they differ from those in the record of the format.
    """

    format: Format
    write: Callable[[SourceT, Path], None]
    applies: Callable[[SourceT], bool] = lambda _source: True
    reads: Format | None = None
    packed: Format | None = None
    described_by: str | None = None
    file: str | None = None
    title: Message | None = None
    purpose: Message | None = None
    cost: float = 3.0

    def file_name(self, name: str) -> str:
        """The name of the file for a source of that name."""
        formats = (self.packed, self.format) if self.packed else (self.format,)
        return self.file or file_name(name, *formats)


def _write_parquet(source: TableSource, path: Path) -> None:
    source.facts.write_table(source.table.name, path)


def _written_before(_source: DatasetSource, _path: Path) -> None:
    """Do nothing: the writer of N-Triples writes the facts with their cells too, in the same order."""


TABLE_EXPORTS: tuple[Export[TableSource], ...] = (
    Export(CSV, write_csv, described_by=METADATA_SUFFIX, cost=0.4),
    Export(JSON, write_json, cost=0.7),
    Export(PARQUET, _write_parquet, cost=0.3),
)
DATASET_EXPORTS: tuple[Export[DatasetSource], ...] = (
    Export(N_TRIPLES, write_n_triples, cost=4.0),
    *(Export(form, partial(write_graph_as, form), reads=N_TRIPLES, cost=4.0) for form in (TURTLE, RDF_XML, JSON_LD)),
    Export(GEOJSON, write_geojson, has_places, reads=N_TRIPLES, cost=0.1),
    Export(XLSX, write_xlsx, cost=4.5),
    Export(ODS, write_ods, cost=5.5),
    Export(
        PARQUET,
        _written_before,
        reads=N_TRIPLES,
        file=FACTS_FILE,
        title=message("Facts with cells"),
        purpose=message("All facts of the dataset, each with the cell that states it."),
        cost=0.0,
    ),
)
CATALOGUE_EXPORTS: tuple[Export[CatalogueSource], ...] = (
    Export(N_QUADS, write_named_graphs, reads=N_TRIPLES, cost=0.5),
    Export(TRIG, write_named_graphs_as_trig, reads=N_TRIPLES, cost=4.0),
    Export(SQLITE, write_sqlite, cost=1.0),
    Export(GZIP, zip_named_graphs, reads=N_TRIPLES, packed=N_QUADS, cost=1.0),
    Export(GZIP, zip_all_facts, reads=N_TRIPLES, packed=N_TRIPLES, cost=1.0),
)
