"""SPARQL over a release: facts, catalogue and ontology in one store, read only.

The default graph is the merge of everything; each dataset's facts are also the named graph of its IRI. `SERVICE` and
updates are refused before anything runs: a query reaches neither the network nor the release.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import Message, message, number_text
from st_opendata.namespaces import PREFIXES
from st_opendata.place import Place
from st_opendata.rdf.formats import GRAPH_FORMATS, GRAPH_NAMES, RESULT_FORMATS, RESULT_NAMES
from st_opendata.sparql.child import BOUNDS, Bounds, answer_in_child
from st_opendata.sparql.kept import STEPS, open_release
from st_opendata.sparql.standard import Results, write_csv
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sparql.text import Query, name_columns, refuse_oversized, refuse_updates_and_services, syntax_error

if TYPE_CHECKING:
    from st_opendata.sparql.aggregates import Columns

FORMATS = ("table", *RESULT_NAMES, *GRAPH_NAMES)
_SHORT = {"xml": "rdfxml", "json": "jsonld", "table": "turtle"}
"""The RDF format of CONSTRUCT and DESCRIBE for each format of solutions."""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Solutions as terms in N-Triples syntax, empty where a variable has no value."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def answer(
    folder: Path,
    query: Query,
    form: str | None,
    bounds: Bounds = BOUNDS,
    on_step: Callable[[Message], None] = lambda _step: None,
    threads: int = 1,
) -> ResultTable | bytes:
    """Run a query on a release: a table, or bytes in another of `FORMATS`; None stands for table, or for Turtle.

    It runs in a separate process, which is killed at its bounds and together with this one. `on_step` gets what is done
    first, with that many threads, if the release is large and nothing is kept of it that can answer the query.

    Raises:
        InputError: the folder is not a release or cannot be read, or the query met a bound.
        UsageError: the query is not SPARQL, is an update, asks another server, or does not fit the format.
    """
    refuse_oversized(query)
    refuse_updates_and_services(query)

    def find(*, whole: bool) -> ResultTable | bytes | None:
        return answer_in_child(
            lambda send: open_release(folder, bounds.memory, threads, send, whole=whole),
            lambda opened: _ask(opened.store, query, form, opened.columns),
            bounds,
            lambda step: on_step(STEPS[step]),
        )

    found = find(whole=False)
    if found is None:
        found = find(whole=True)
    assert found is not None
    return found


def ask(store: ReleaseStore, query: Query, form: str | None) -> ResultTable | bytes:
    """Run a query on a loaded store, without a time limit; raises UsageError as `answer`."""
    refuse_oversized(query)
    refuse_updates_and_services(query)
    found = _ask(store, query, form, None)
    assert found is not None
    return found


def _ask(
    store: ReleaseStore | None, query: Query, form: str | None, columns: Columns | None
) -> ResultTable | bytes | None:
    """Run a query on the columns or the store; None without a store if the columns cannot answer it."""
    try:
        return _evaluate(store, query, form, columns)
    except SyntaxError as error:
        raise syntax_error(error, query) from error
    except (RuntimeError, ValueError, OSError) as error:
        problem = message("the query cannot be answered: {reason}", reason=str(error))
        raise UsageError(problem, place=Place(query.source)) from error


def ask_in_time(store: ReleaseStore, query: Query, form: str | None, seconds: float) -> ResultTable | bytes:
    """As `ask`; InputError after `seconds`, while the engine continues in a thread until the process ends.

    For a store in memory while another engine has threads, where a process cannot be forked.
    """
    outcome: list[ResultTable | bytes | Exception] = []

    def work() -> None:
        try:
            outcome.append(ask(store, query, form))
        except (UsageError, MemoryError) as error:
            outcome.append(error.with_traceback(None))  # its frames refer to results that must not leave this thread

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        raise InputError(
            message("the query took longer than {seconds} seconds", seconds=number_text(seconds)),
            place=Place(query.source),
            remedy=message("Make it more selective."),
        )
    [result] = outcome
    if isinstance(result, Exception):
        raise result
    return result


def _evaluate(
    store: ReleaseStore | None, query: Query, form: str | None, columns: Columns | None
) -> ResultTable | bytes | None:
    results: Results | None = columns.answer(query.text, PREFIXES, store) if columns else None
    if results is None:
        results = (store or ReleaseStore(ox.Store())).query(name_columns(query))  # which refuses what is not SPARQL
        if store is None:
            return None
    if isinstance(results, ox.QueryTriples):
        return _graph(results, form or "turtle")
    if form in GRAPH_NAMES:
        raise _misfit(
            message("SELECT and ASK give a table, which --format {form} cannot hold", form=form),
            ("table", *RESULT_NAMES),
        )
    if form in RESULT_NAMES:
        if form == "csv" and isinstance(results, ox.QuerySolutions):
            write_csv(results, table := BytesIO())
            return table.getvalue()
        return results.serialize(format=RESULT_FORMATS[form].engine) or b""
    if isinstance(results, ox.QueryBoolean):
        return ResultTable(("answer",), (("yes" if results else "no",),))
    variables = tuple(variable.value for variable in results.variables)
    rows = tuple(tuple(str(value) if value is not None else "" for value in solution) for solution in results)
    return ResultTable(variables, rows)


def _graph(triples: Iterable[ox.Triple], form: str) -> bytes:
    from st_opendata.rdf.writing import used_prefixes  # it loads rdflib, which takes longer than finding a table

    name = _SHORT.get(form, form)
    if name not in GRAPH_NAMES:
        raise _misfit(
            message("CONSTRUCT and DESCRIBE give triples, which --format {form} cannot hold", form=form), GRAPH_NAMES
        )
    kind = GRAPH_FORMATS[name].engine
    found = sorted(triples, key=str)
    prefixes = None
    if kind in (ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML):
        prefixes = used_prefixes([[str(triple) for triple in found]], PREFIXES)
    return ox.serialize(found, format=kind, prefixes=prefixes) or b""


def _misfit(problem: Message, fitting: Iterable[str]) -> UsageError:
    return UsageError(problem, remedy=message("Use one of: {formats}.", formats=", ".join(fitting)))
