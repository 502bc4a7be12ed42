"""Questions about the whole graph, answered from columns: the SPARQL engine's answers, many times faster.

    write_columns(store, Path("columns.db"), memory=1 << 29, threads=2)
    columns = Columns("columns.db", memory=1 << 27)
    solutions = columns.answer("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", {}, store)  # None: ask the engine

The contract of all modules here, tested by `tests/unit/sparql/aggregates`: `answer` returns the same as
`ReleaseStore.query` for the same text, term for term, in the same order as far as the query sets one. Or it gives
None, and the caller asks the store: it must do so unless both answers are certainly equal. It raises only errors that
the store would raise. If you change the store's answers, change the answers here too.

`grammar` and `expressions` read the part of SPARQL that columns can answer into the algebra of `selection`. `plan` and
`groups` translate that into joins (`scope`), `values`, `numbers` and `functions` its expressions; they refuse all
queries whose answers are not proven equal. `lines` reads the store's default graph, or the files of its facts, and
`writer` stores it; the solutions of `columns` are
written in the same way as the store's.
"""

from st_opendata.sparql.aggregates.columns import Columns
from st_opendata.sparql.aggregates.lines import FactFiles, NoColumnsError
from st_opendata.sparql.aggregates.writer import write_columns

__all__ = ["Columns", "FactFiles", "NoColumnsError", "write_columns"]
