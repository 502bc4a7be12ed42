"""The results of screens, compared with those of pySHACL."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable

from columns_of import relations_of
from rdflib import Graph

from st_opendata.errors import ConfigurationError
from st_opendata.shacl.engine import Result, run
from st_opendata.shacl.screens import DataColumns, validate
from st_opendata.shacl.screens.terms import column_text
from st_opendata.shacl.shapes import Shapes
from st_opendata.sql.duckdb import DuckDBEngine


def counted(results: Iterable[Result]) -> Counter[tuple[object, ...]]:
    return Counter(
        (
            column_text(each.focus),
            each.path,
            None if each.value is None else column_text(each.value),
            each.component,
            each.shape,
            each.severity,
            tuple(sorted(each.messages.items())),
        )
        for each in results
    )


def compare(engine: DuckDBEngine, data: Graph, shapes: Graph) -> tuple[int, int]:
    """The number of results, the same by both roads, and of shapes that pySHACL evaluated; 0 if it refuses them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = counted(run(data, Shapes(shapes)))
    except ConfigurationError:
        return 0, 0
    relations = relations_of(engine, data)
    with warnings.catch_warnings(), DataColumns(engine, relations) as columns:
        warnings.simplefilter("ignore")
        results, notices = validate(columns, Shapes(shapes), few=-1)
    for name in relations.values():
        engine.drop(name)
    actual = counted(results)
    assert actual == expected, f"missing {expected - actual}, extra {actual - expected}"
    return len(results), len(notices)
