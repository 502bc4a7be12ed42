"""Aggregates over everything from columns: as the SPARQL engine answers them, many times faster.

    write_columns(store, Path("columns.db"), memory=1 << 29, threads=2)
    columns = Columns("columns.db", memory=1 << 27)
    solutions = columns.answer("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", {}, store)  # None: ask the engine

The contract, which all modules here serve and `tests/unit/sparql/aggregates` holds them to: `answer` gives what
`ReleaseStore.query` gives for the same text, term for term, in the same order as far as the query sets one. Or it gives
None, and the store is asked: so it must be for whatever is not surely the same. It raises nothing that the store would
not raise. Who changes what the store answers has to change it here too.

`grammar` reads the part of SPARQL that may be answered so, `values` and `plan` say it in SQL, and refuse what is not
proven to be equal; `writer` copies the store's default graph, `columns` gives solutions that are written as others.
"""

from st_opendata.sparql.aggregates.columns import Columns
from st_opendata.sparql.aggregates.writer import NoColumnsError, write_columns

__all__ = ["Columns", "NoColumnsError", "write_columns"]
