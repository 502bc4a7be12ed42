"""SPARQL over a release: facts, catalogue and ontology in one store in memory, read only.

The default graph is all of it merged; each dataset's facts are also the named graph of its IRI. (Oxigraph's own union
of graphs is no merge: a triple that stands in two graphs is found twice.) `SERVICE` and updates are refused before
anything runs: a query reaches neither the network nor the release.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError, UsageError
from st_opendata.namespaces import PREFIXES, ST
from st_opendata.place import Place
from st_opendata.rdf import used_prefixes
from st_opendata.release import read_release

SOLUTION_FORMATS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
GRAPH_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
FORMATS = ("table", *SOLUTION_FORMATS, *GRAPH_FORMATS)
_SHORT = {"xml": "rdfxml", "json": "jsonld", "table": "turtle"}
"""What a format for solutions means for the triples of CONSTRUCT and DESCRIBE."""

_TOKEN = re.compile(
    r"""
      \#[^\n\r]*                                             # comment
    | <[^<>"{}|^`\\\x00-\x20]*>                              # IRI
    | \"{3}(?:\\.|(?!\"{3}).)*\"{3} | '{3}(?:\\.|(?!'{3}).)*'{3}
    | "(?:\\.|[^"\\\n\r])*" | '(?:\\.|[^'\\\n\r])*'          # strings
    | [?$][\w]+ | @[a-zA-Z0-9-]+                             # variable, language tag
    | (?P<prefix>[\w.-]*):(?:\\.|[\w.%:-])*                 # prefixed name, blank node
    | (?P<word>[A-Za-z]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
_STAR = re.compile(r"\s*(?:(?:DISTINCT|REDUCED)\s*)?(\*)", re.IGNORECASE)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """Solutions as terms in N-Triples syntax, empty where a variable has no value."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query and where it was read from, for messages."""

    text: str
    shown: str = "query"

    def place_of(self, index: int) -> Place:
        """The position of a character."""
        before = self.text[:index]
        return Place(self.shown, line=before.count("\n") + 1, offset=index - before.rfind("\n"))


def answer(folder: Path, query: Query, form: str | None, timeout: float | None = None) -> Table | bytes:
    """Run a query on a release: a table, or bytes in another of `FORMATS`; None stands for table, or for Turtle.

    Raises:
        InputError: the folder is no release or cannot be read, or the query took longer than `timeout` seconds.
        UsageError: the query is not SPARQL, is an update, asks another server, or does not fit the format.
    """
    refuse_updates_and_services(query)
    return ask(load(folder), query, form, timeout)


def ask(store: ox.Store, query: Query, form: str | None, timeout: float | None = None) -> Table | bytes:
    """Run a query on a store that was loaded; as `answer`."""
    refuse_updates_and_services(query)
    outcome: list[Table | bytes | Exception] = []

    def work() -> None:
        try:
            outcome.append(_evaluate(store, query, form))
        except (UsageError, InputError, SyntaxError, ValueError, OSError, RuntimeError) as error:
            outcome.append(error.with_traceback(None))  # its frames hold results that may not leave this thread

    # In a thread of its own, since Oxigraph cannot be stopped: Ctrl-C and the time-out reach the waiting main thread.
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(timeout)
    if worker.is_alive():
        raise InputError(
            f"the query took longer than {timeout:g} seconds", remedy="Make it more selective, or raise --timeout."
        )
    [result] = outcome
    if isinstance(result, SyntaxError):
        raise _syntax_error(result, query) from result
    if isinstance(result, Exception):
        raise result
    return result


def load(folder: Path) -> ox.Store:
    """A store in memory with the release's facts, catalogue and ontology; raises InputError."""
    release = read_release(folder)
    return load_files(folder, release.catalogue, release.base, [dataset.id for dataset in release.datasets])


def load_files(folder: Path, catalogue: str, base: str, datasets: Iterable[str]) -> ox.Store:
    """The same for a release whose manifest is not written yet: the id and base of its catalogue, and its datasets."""
    store = ox.Store()
    background = [(folder / "catalog.ttl", ox.NamedNode(f"{base}catalogue"))]
    background += [(path, ox.NamedNode(ST.rstrip("#"))) for path in sorted((folder / "ontology").rglob("*.ttl"))]
    facts = [folder / dataset / f"{dataset}.nt" for dataset in datasets]
    graphs: list[tuple[Path, ox.RdfFormat, ox.NamedNode | None]] = [
        (folder / f"{catalogue}.nq", ox.RdfFormat.N_QUADS, None),
        *((path, ox.RdfFormat.N_TRIPLES, None) for path in facts),
        *((path, ox.RdfFormat.TURTLE, graph) for path, name in background for graph in (name, None)),
    ]
    for path, form, graph in graphs:
        try:
            store.bulk_load(path=str(path), format=form, to_graph=graph)
        except (OSError, SyntaxError, ValueError) as error:
            raise InputError(
                f"it cannot be loaded: {error}",
                place=Place(str(path)),
                remedy="Ask `st-opendata verify release` what has changed, or build the release again.",
            ) from error
    return store


def refuse_updates_and_services(query: Query) -> None:
    """Raise UsageError for an update (SPARQL 1.1 Update) or a SERVICE pattern (Federated Query): neither runs here."""
    first = True
    for token in _TOKEN.finditer(query.text):
        word = (token["word"] or "").upper()
        if not word or word in ("PREFIX", "BASE"):
            continue
        place = query.place_of(token.start())
        if first and word in _UPDATES:
            raise UsageError(
                f"{word} is an update, and a release never changes",
                place=place,
                remedy="Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; change the tables and build again.",
            )
        if word == "SERVICE":
            raise UsageError(
                "SERVICE asks another server, and queries stay in the release",
                place=place,
                remedy="Leave it out; load the dumps into a store of your own to join them with other data.",
            )
        first = False


def _evaluate(store: ox.Store, query: Query, form: str | None) -> Table | bytes:
    results = store.query(_with_columns(store, query), prefixes=PREFIXES)
    if isinstance(results, ox.QueryTriples):
        return _graph(results, form or "turtle")
    if form in GRAPH_FORMATS:
        raise _misfit(form, "SELECT and ASK give a table", ("table", *SOLUTION_FORMATS))
    if form in SOLUTION_FORMATS:
        return results.serialize(format=SOLUTION_FORMATS[form]) or b""
    if isinstance(results, ox.QueryBoolean):
        return Table(("answer",), (("yes" if results else "no",),))
    variables = tuple(variable.value for variable in results.variables)
    rows = tuple(tuple(str(value) if value is not None else "" for value in solution) for solution in results)
    return Table(variables, rows)


def _with_columns(store: ox.Store, query: Query) -> str:
    """The query with the variables of an outermost `SELECT *` named as they come; Oxigraph sorts them by name."""
    tokens = list(_TOKEN.finditer(query.text))
    select = next((token for token in tokens if (token["word"] or "").upper() == "SELECT"), None)
    star = _STAR.match(query.text, select.end()) if select else None
    results = store.query(query.text, prefixes=PREFIXES) if star else None  # lazy: no solution is sought here
    if not star or not isinstance(results, ox.QuerySolutions):
        return query.text
    found = {variable.value for variable in results.variables}
    columns = [name for name in dict.fromkeys(token[0][1:] for token in tokens if token[0][0] in "?$") if name in found]
    if not columns:
        return query.text
    return f"{query.text[: star.start(1)]} {' '.join(f'?{name}' for name in columns)} {query.text[star.end(1) :]}"


def _graph(triples: Iterable[ox.Triple], form: str) -> bytes:
    kind = GRAPH_FORMATS.get(_SHORT.get(form, form))
    if kind is None:
        raise _misfit(form, "CONSTRUCT and DESCRIBE give triples", GRAPH_FORMATS)
    found = sorted(triples, key=str)
    prefixes = None
    if kind in (ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML):
        prefixes = used_prefixes([[str(triple) for triple in found]], PREFIXES)
    return ox.serialize(found, format=kind, prefixes=prefixes) or b""


def _misfit(form: str, why: str, fitting: Iterable[str]) -> UsageError:
    return UsageError(f"{why}, which --format {form} cannot hold", remedy=f"Use one of: {', '.join(fitting)}.")


def _syntax_error(error: SyntaxError, query: Query) -> UsageError:
    found = _POSITION.match(str(error))
    if not found:
        return UsageError(f"the query is not SPARQL: {error}", place=Place(query.shown))
    if unknown := _unknown_prefix(query):
        return UsageError(
            f'the prefix "{unknown["prefix"]}" of "{unknown[0]}" is unknown',
            place=query.place_of(unknown.start()),
            remedy=f"Declare it with PREFIX; known without that: {', '.join(sorted(PREFIXES))}.",
        )
    line, offset, expected = int(found[1]), int(found[2]), found[3]
    lines = query.text.splitlines() or [""]
    rest = lines[line - 1][offset - 1 :].strip() if line <= len(lines) else ""
    near = f'at "{rest[:40]}"' if rest else "at its end" if line >= len(lines) else "at the end of the line"
    return UsageError(
        f"the query is not SPARQL {near}" + (f": {expected}" if len(expected) <= 120 else ""),
        place=Place(query.shown, line=line, offset=offset),
        remedy="Correct it there or just before; what opens with { ( or a quotation mark must close.",
    )


def _unknown_prefix(query: Query) -> re.Match[str] | None:
    """The first name whose prefix is neither ours nor declared, which Oxigraph reports as any other syntax error."""
    known = {"_", *PREFIXES, *re.findall(r"PREFIX\s+([\w.-]*):", query.text, re.IGNORECASE)}
    names = (token for token in _TOKEN.finditer(query.text) if token["prefix"] is not None)
    return next((name for name in names if name["prefix"] not in known), None)
