"""Digests of what tables hold and state: equal digests mean the same records, facts and cells, so the same files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256

from st_opendata.facts.loading import LoadedTable
from st_opendata.facts.places import stated_by
from st_opendata.model.descriptions import Catalogue
from st_opendata.sql import native
from st_opendata.sql.engine import Engine


def digest_of(content: object) -> str:
    """The SHA-256 of plain values, lists and dictionaries, whose order counts; other values by their text."""
    return sha256(json.dumps(content, default=_plain).encode()).hexdigest()


def content_digest(engine: Engine, catalogue: Catalogue, tables: Sequence[LoadedTable], digits: int) -> str:
    """The digest of the tables of a dataset as they were loaded, of their mapping and of the digits of its shards.

    Titles and descriptions are not part of it. The rows, which are those left after cleaning and checking, are summed
    up by a sum of 128 bits over their MD5.
    """
    names = [catalogue.base, dict(catalogue.prefixes), digits]
    return digest_of([names, [[*_described(loaded), *_sums(engine, loaded)] for loaded in tables]])


def _described(loaded: LoadedTable) -> list[object]:
    table, source = loaded.table, loaded.source
    columns = tuple(replace(column, titles={}, description={}) for column in table.columns)
    mapping = asdict(replace(table, titles={}, description={}, columns=columns))
    cells = [
        (source.title(number), str(source.place(1, number))) if number else None for _, number in stated_by(loaded)
    ]
    return [mapping, cells, source.numbered, source.first, loaded.rows]


def _sums(engine: Engine, loaded: LoadedTable) -> Sequence[object]:
    numbers = ["record", *(["row"] if loaded.source.numbered else [])]
    (sums,) = engine.rows(
        native.summed_rows(loaded.name, [*numbers, *(f"c{column.number}" for column in loaded.table.source_columns)])
    )
    return [str(each) for each in sums]


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
