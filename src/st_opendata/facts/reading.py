"""The tables of a catalogue, read, checked and mapped: from its description to its fact base."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

from st_opendata.facts.base import FactBase, shard_digits
from st_opendata.facts.iris import IriContext
from st_opendata.facts.keys import key_findings, known_to_differ, leave_out_keys
from st_opendata.facts.lenient import eased
from st_opendata.facts.loading import LoadedTable, Loader
from st_opendata.facts.mapping import map_tables
from st_opendata.facts.notices import formula_findings, personal_findings
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.findings import MAX_FINDINGS, Finding, Severity, conforms
from st_opendata.namespaces import PREFIXES
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.sql.engine import Engine, OpenEngine
from st_opendata.tables.encodings.findings import known_languages, neighbour_findings
from st_opendata.tables.scan import open_source
from st_opendata.tables.table_file import TableFile

MAPPING = "facts"
"""The name of the last stage for `on_progress`, after those of the tables."""


def load_facts(
    catalogue: Catalogue,
    *,
    on_progress: Callable[[str], None] | None = None,
    memory: str = "1GB",
    threads: int = 2,
    limit: int = MAX_FINDINGS,
    engine: OpenEngine = DuckDBEngine,
) -> FactBase:
    """Read, check and map all tables of the catalogue.

    `on_progress` gets the name of each table before it is read, then `MAPPING`. `memory` (as `500MB`) bounds the
    engine, which spills to a temporary folder in the system's folder for these, removed when the fact base is
    closed. At most `limit` findings of one code and table are listed, and one more has the number of the others.
    Problems of the tables are in `FactBase.findings`; triples are mapped only when these conform. `engine`
    opens the engine that reads the tables and makes the triples, as `sql.engine` describes it.

    Raises:
        InputError: the disk is full, or there is not enough memory.
    """
    on_progress = on_progress or _ignore
    with ExitStack() as stack:
        opened = engine(None, memory, threads)
        stack.callback(opened.close)
        names = IriContext(catalogue.base, PREFIXES | catalogue.prefixes)
        findings: list[Finding] = []
        sources = _open_sources(catalogue, opened, findings)
        digits = shard_digits(sources)
        loader = Loader(opened, names, digits=digits, limit=limit)
        tables = _load_tables(opened, loader, sources, findings, on_progress)
        findings += key_findings(opened, tables, _wrong_cells(findings), limit)
        tables, left_out = leave_out_keys(opened, tables, limit)
        findings += left_out
        predicates: dict[str, str] = {}
        if conforms(findings):
            on_progress(MAPPING)
            predicates = map_tables(opened, tables, names, sharded=digits > 0)
        stack.pop_all()
    return FactBase(catalogue, opened, tables, findings, predicates, digits)


def _ignore(_: str) -> None:
    """Do nothing."""


def _open_sources(catalogue: Catalogue, engine: Engine, findings: list[Finding]) -> list[TableFile]:
    """The tables' files in the form that the engine reads; adds to the findings."""
    sources = []
    for table, language in ((table, each.language) for each in catalogue.datasets for table in each.tables):
        source = open_source(table, engine.folder, known_languages(table, language))
        if isinstance(source, TableFile):
            sources.append(source)
            findings += eased(table, source.findings)
        else:
            findings += source
    findings += neighbour_findings([(source.table, source.guess) for source in sources])
    engine.lock(source.path for source in sources)
    return sources


def _load_tables(
    engine: Engine,
    loader: Loader,
    sources: list[TableFile],
    findings: list[Finding],
    on_progress: Callable[[str], None],
) -> list[LoadedTable]:
    """The tables that can be read; adds to the findings."""
    tables = []
    for number, source in enumerate(sources, 1):
        on_progress(source.table.file)
        loaded, wrong = loader.load(number, source)
        violations = [one for one in source.findings if one.severity is Severity.VIOLATION]
        without = {place for one in violations for place in one.places}  # a cell that shows an error has no value
        findings += [one for one in wrong if without.isdisjoint(one.places)]
        if loaded is not None:
            findings += personal_findings(engine, loaded)
            findings += formula_findings(engine, loaded)
            tables.append(replace(loaded, cells=None, keys_differ=known_to_differ(loaded)))
    return tables


def _wrong_cells(found: Sequence[Finding]) -> set[tuple[str, str | None]]:
    """File and title of the columns with invalid cells, which are null in the loaded tables."""
    wrong = (one for one in found if one.severity is Severity.VIOLATION)
    return {(place.file, place.column) for one in wrong for place in one.places}
