"""All writers, as data: what is written for each table, each dataset and the catalogue, in this order."""

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
from st_opendata.model.text import Text
from st_opendata.release.layout import FACTS_FILE, METADATA_SUFFIX

SourceT = TypeVar("SourceT")


@dataclass(frozen=True)
class Export(Generic[SourceT]):
    """A writer: `file` names its file, with `{name}` for that of the table, dataset or catalogue.

    `title` says what stands in the file, where that is not what the source is called; `described_by` is the suffix of a
    second file that the writer puts beside it; `standard` is the IRI of what the file conforms to.
    """

    format: Format
    file: str
    write: Callable[[SourceT, Path], None]
    applies: Callable[[SourceT], bool] = lambda _source: True
    title: Text | None = None
    described_by: str | None = None
    standard: str | None = None


def _write_parquet(source: TableSource, path: Path) -> None:
    source.facts.write_table(source.table.name, path)


def _write_facts(source: DatasetSource, path: Path) -> None:
    source.facts.write_facts(source.dataset.id, path)


_FACTS = {"en": "Facts", "fr": "Faits", "de": "Fakten"}
_CELLS = {"en": "Facts with cells", "fr": "Faits avec cellules", "de": "Fakten mit Zellen"}
_TABLES = {"en": "Tables", "fr": "Tableaux", "de": "Tabellen"}
_PLACES = {"en": "Places", "fr": "Lieux", "de": "Orte"}

TABLE_EXPORTS: tuple[Export[TableSource], ...] = (
    Export(
        CSV,
        "{name}.csv",
        write_csv,
        described_by=METADATA_SUFFIX,
        standard="https://www.rfc-editor.org/rfc/rfc4180",
    ),
    Export(JSON, "{name}.json", write_json, standard="https://www.rfc-editor.org/rfc/rfc8259"),
    Export(PARQUET, "{name}.parquet", _write_parquet),
)
DATASET_EXPORTS: tuple[Export[DatasetSource], ...] = (
    # N-Triples first: the writers after it read that file.
    Export(N_TRIPLES, "{name}.nt", write_n_triples, title=_FACTS, standard="https://www.w3.org/TR/n-triples/"),
    *(
        Export(form, f"{{name}}{form.extension}", partial(write_graph_as, form), title=_FACTS, standard=standard)
        for form, standard in (
            (TURTLE, "https://www.w3.org/TR/turtle/"),
            (RDF_XML, "https://www.w3.org/TR/rdf-syntax-grammar/"),
            (JSON_LD, "https://www.w3.org/TR/json-ld11/"),
        )
    ),
    Export(
        GEOJSON,
        "{name}.geojson",
        write_geojson,
        has_places,
        title=_PLACES,
        standard="https://www.rfc-editor.org/rfc/rfc7946",
    ),
    Export(
        XLSX,
        "{name}.xlsx",
        write_xlsx,
        title=_TABLES,
        standard="https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    ),
    Export(
        ODS,
        "{name}.ods",
        write_ods,
        title=_TABLES,
        standard="https://docs.oasis-open.org/office/OpenDocument/v1.3/OpenDocument-v1.3-part1-introduction.html",
    ),
    Export(PARQUET, FACTS_FILE, _write_facts, title=_CELLS),
)
CATALOGUE_EXPORTS: tuple[Export[CatalogueSource], ...] = (
    Export(N_QUADS, "{name}.nq", write_named_graphs, standard="https://www.w3.org/TR/n-quads/"),
    Export(TRIG, "{name}.trig", write_named_graphs_as_trig, standard="https://www.w3.org/TR/trig/"),
    Export(SQLITE, "{name}.sqlite", write_sqlite),
    Export(GZIP, "{name}.nq.gz", zip_named_graphs),
    Export(GZIP, "{name}.nt.gz", zip_all_facts),
)
