"""SPARQL 1.1 as the standard requires it, on an engine that differs in places: rewrites queries for the engine.

    run(store, text, prefixes, base, graphs)

Only the parts that the engine would answer wrongly are rewritten; the rest stays byte for byte. `tokens`, `expressions`
and `queries` read a query; `replacements` has the rewritten forms; `order`, `numbers` and `functions` are the
functions that the engine calls. A query that is not certainly understood goes to the engine unchanged.
docs/upstream/oxigraph.md lists the differences, each with a query that shows it.
"""

from st_opendata.sparql.standard.csv_results import write_csv
from st_opendata.sparql.standard.rewriter import Graphs, Results, rewrite, run
from st_opendata.sparql.standard.tokens import TOKEN, NotUnderstoodError, Tokens

__all__ = ["TOKEN", "Graphs", "NotUnderstoodError", "Results", "Tokens", "rewrite", "run", "write_csv"]
