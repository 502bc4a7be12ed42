"""SPARQL 1.1 as the standard requires it, on an engine that differs in places: what a query says in the engine's terms.

    run(store, text, prefixes, base, graphs)

Only what the engine would answer wrongly is written otherwise; the rest stays byte for byte. `tokens`, `expressions`
and `queries` read a query; `replacements` says what stands for what; `order`, `numbers` and `functions` are what the
engine calls. A query that is not surely understood goes to the engine as it is. docs/upstream/oxigraph.md lists the
differences, each with a query that shows it.
"""

from st_opendata.sparql.standard.csv_results import write_csv
from st_opendata.sparql.standard.rewriter import Graphs, Results, rewrite, run
from st_opendata.sparql.standard.tokens import TOKEN, NotUnderstoodError, Tokens

__all__ = ["TOKEN", "Graphs", "NotUnderstoodError", "Results", "Tokens", "rewrite", "run", "write_csv"]
