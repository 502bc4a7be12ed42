"""Constructs that only DuckDB needs: for the files of releases and the index of their terms.

Facts are made without them, so another engine does not need them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from st_opendata.folding import LETTERS
from st_opendata.sql.dialect import name, null, replace, text, when

HASH = "UBIGINT"
"""The type of a hash."""


def parquet(paths: Iterable[Path], *, named: bool = False) -> str:
    """The rows of Parquet files; `named` adds the path of their file as `filename`."""
    return parquet_of("[" + ", ".join(text(str(path)) for path in paths) + "]", named=named)


def parquet_of(files: str, *, named: bool = False) -> str:
    """The same for files that an expression names, such as a parameter."""
    return f"read_parquet({files}, filename = true)" if named else f"read_parquet({files})"


def placed_parquet(paths: Iterable[Path]) -> str:
    """The rows of Parquet files, each with the `place` of its file among the paths, from 0."""
    return f"(SELECT *, file_index AS place FROM {parquet(paths)})"


def numbered_parquet(path: Path, first: int, count: int) -> str:
    """This number of rows of a Parquet file, from the one with the number `first`, which starts at 0."""
    rows = f"read_parquet({text(str(path))}, file_row_number = true)"
    return (
        f"SELECT * EXCLUDE (file_row_number) FROM {rows} WHERE file_row_number BETWEEN {first} AND {first + count - 1}"
    )


def with_column(rows: str, column: str, kind: str) -> str:
    """Rows with a column that they may lack; then it is NULL in all rows."""
    return f"(SELECT * FROM {rows} UNION ALL BY NAME SELECT {null(kind)} AS {name(column)} WHERE FALSE)"


def position() -> str:
    """The number of a row in the order of the query, from 1."""
    return "row_number() OVER ()"


def hash_text(value: str) -> str:
    """64 bits of the MD5 of a text (the last, little-endian)."""
    return f"md5_number_lower({value})"


def hash_value(value: int) -> str:
    """Such a number, as a constant."""
    return f"CAST({value} AS UBIGINT)"


def folder_name(path: str) -> str:
    """The name of the folder that a file is in."""
    return f"parse_path({path})[-2]"


def fold(value: str) -> str:
    """The result of `folding.folded` for a text, except compatibility forms; repeats the expression several times."""
    single = {letter: plain for letter, plain in LETTERS.items() if len(plain) == 1 and letter.islower()}
    single["ς"] = "σ"  # casefold() has one small sigma
    plain = f"translate(lower(strip_accents({value})), {text(''.join(single))}, {text(''.join(single.values()))})"
    for letter, letters in LETTERS.items():
        if letter.islower() and letter not in single:
            plain = replace(plain, letter, letters)
    # Most texts are ASCII, and quickly folded.
    return when([(f"length({value}) = strlen({value})", f"lower({value})")], plain)


def year(value: str) -> str:
    """The year of a date or a moment."""
    return f"year({value})"


def ends(value: str, end: str) -> str:
    """True when the value ends with the text."""
    return f"suffix({value}, {text(end)})"


def contains_value(value: str, part: str) -> str:
    """True when the value contains the text of an expression."""
    return f"contains({value}, {part})"


def extract(value: str, pattern: str, group: int) -> str:
    """The capture of the group at the first match of the expression; empty without a match."""
    return f"regexp_extract({value}, {text(pattern)}, {group})"


def failure(reason: str) -> str:
    """A value whose evaluation makes the statement fail."""
    return f"error({text(reason)})"


def closure(start: str, steps: str) -> str:
    """The distinct pairs n, v of `start`, prolonged by the pairs of `steps` as often as possible."""
    further = f"SELECT c.n, e.v FROM c JOIN ({steps}) AS e ON c.v = e.n"
    return f"WITH RECURSIVE c(n, v) AS (SELECT n, v FROM ({start}) UNION {further}) SELECT n, v FROM c"


def inside(value: str) -> str:
    """A text without its first and its last character."""
    return f"substr({value}, 2, length({value}) - 2)"


def without_end(value: str, count: int) -> str:
    """A text without its last characters, this number of them."""
    return f"substr({value}, 1, length({value}) - {count})"


def numbered(rows: str, column: str) -> str:
    """The column of the rows, with the `number` of each row from 1, in any order."""
    return f"SELECT row_number() OVER () AS number, {column} FROM {rows}"


def summed_rows(rows: str, columns: Sequence[str], by: Sequence[str] = ()) -> str:
    """The query for the number of rows and two sums of their hashes, by columns: the same for rows in any order."""
    sums = [f"CAST(sum(hash({', '.join(each)})) AS VARCHAR)" for each in (columns, ["0", *reversed(columns)])]
    listed = ", ".join([*by, "count(*)", *sums])
    return f"SELECT {listed} FROM {rows}" + (f" GROUP BY {', '.join(by)} ORDER BY {', '.join(by)}" if by else "")
