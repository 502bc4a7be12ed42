"""Aggregates over everything from columns: as the SPARQL engine answers them, many times faster.

    write_columns(store, Path("columns.db"), memory=1 << 29, threads=2)
    columns = Columns("columns.db", memory=1 << 27)
    solutions = columns.answer("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", {}, store)  # None: ask the engine

`grammar` reads the part of SPARQL that may be answered so, `values` and `plan` say it in SQL, and refuse what is not
proven to be equal; `building` copies the store's default graph, `answering` gives solutions that are written as others.
"""

from st_opendata.query.columns.answering import Columns
from st_opendata.query.columns.building import NoColumnsError, write_columns

__all__ = ["Columns", "NoColumnsError", "write_columns"]
