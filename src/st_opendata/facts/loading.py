"""Loads tables into the engine: reads, cleans, checks and numbers them in one pass over each file.

A loaded table has the columns `record` (its number as a spreadsheet shows it), `c1`, `c2` … (canonical values in the
order of the description, lists for separator columns), and for each subject template `s1` … (the N-Triples term)
and `h1` … (its shard).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from st_opendata.errors import reason_of
from st_opendata.facts.cells import CellReading, cell_text, read_cells
from st_opendata.facts.checks import RowCheck, count_rest, quote_cell, row_checks, row_findings
from st_opendata.facts.cleaning import clean_rows, cleaning_findings, touched_columns
from st_opendata.facts.iris import IriContext, VariableValue, expand, term
from st_opendata.facts.lenient import EMPTIED, eased, empty_cells, remove_without_key, rows_left_out
from st_opendata.facts.raw import needs_python, parse_cells, raw_rows, row_of_data, text_file
from st_opendata.facts.small import Columns, Rows, by_column, digest_of_rows, small_rows, without_record
from st_opendata.facts.unpivot import file_rows, row_in_file, rows_in_file
from st_opendata.facts.wide_rows import file_counts, wide_findings
from st_opendata.messages.codes import finding
from st_opendata.messages.message import Message, message
from st_opendata.model.findings import Finding
from st_opendata.model.tables import FOOTNOTES, TOTALS, Column, Table
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine, ReadError
from st_opendata.tables.datatypes import TEXTS, WKT, parse
from st_opendata.tables.office_words import FOOTNOTE, total_labels
from st_opendata.tables.office_words import FOOTNOTES as NOTES
from st_opendata.tables.quotes import swallowed_findings
from st_opendata.tables.scan import without_ragged_rows
from st_opendata.tables.structure import diagnose
from st_opendata.tables.table_file import TableFile
from st_opendata.tables.templates import parse_template, variable_names

_BATCH = 1_000
_LABELS = frozenset(total_labels())
_TOTAL_LABELS = "total_labels"
"""The engine's table of the words for a total: read as a list in a query, they would cost more than a small table."""


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """A table in the engine under `name`; `subjects` are its subject templates in the order of s1, s2 ….

    `cells` are the columns of a small table, while it is checked.
    """

    id: int
    name: str
    source: TableFile
    subjects: tuple[str, ...]
    rows: int
    cells: Columns | None = None
    keys_differ: bool = False
    """Whether its primary keys are known to differ by more than capitals."""
    digest: str | None = None
    """That of the rows of a small table, if nothing changes them after they were loaded."""

    @property
    def table(self) -> Table:
        """Its description."""
        return self.source.table


def stating(table: Table) -> tuple[Column, ...]:
    """The columns that state something."""
    return tuple(column for column in table.columns if column.property_url and not column.suppress_output)


def subjects(table: Table) -> tuple[str, ...]:
    """The distinct subject templates of the columns that state something."""
    return tuple(dict.fromkeys(column.about_url for column in stating(table) if column.about_url))


class Loader:
    """Loads tables one after the other; `limit` findings of a code and table are listed."""

    def __init__(self, engine: Engine, names: IriContext, *, digits: int, limit: int) -> None:
        self._engine = engine
        self._names = names
        self._digits = digits
        self._limit = limit
        engine.define(_TOTAL_LABELS, {"label": sql.TEXT})
        engine.fill(_TOTAL_LABELS, [total_labels()])

    def load(self, number: int, source: TableFile) -> tuple[LoadedTable | None, list[Finding]]:
        """The table under the name t<number>, None if it cannot be read, and the findings of its rows.

        Invalid cells are null in the table: keys can refer to it, but it is mapped only without violations.
        """
        name, table = f"t{number}", source.table
        try:
            self._engine.read(_file(name), text_file(source))
            readings = self._readings(name, source)
            checks = row_checks(table, readings, self._names)
            rows = self._rows(name, source, readings)
            self._engine.create(name, self._selected(source, rows, checks))
        except ReadError as error:
            return self._again(number, source, reason_of(error))
        counts, few = self._counts(name, source)
        count, breaks, delimiters, bad = counts
        in_file = (count, breaks, delimiters)
        if source.wide:
            in_file = file_counts(self._engine, source, _file(name))
        if not source.agrees(*in_file):
            return self._again(number, source, message("rows and cells do not add up"))
        found = self._swallowed(source, name) if in_file[1] else []
        if source.wide:
            found += eased(table, wide_findings(self._engine, source, _file(name), self._limit))
        if bad:
            chosen = f"record IN (SELECT record FROM {name} WHERE bad)"
            self._engine.create("bad", f"SELECT * FROM ({rows}) WHERE {chosen}")
            blank, record = self._drop_blank_end(name)
            if blank:
                place = table.place(record)
                found.append(finding("rows-blank-end", (place,), dataset=table.dataset, count=blank))
            count -= blank
            found += eased(table, row_findings(self._engine, source, "bad", checks, self._limit))
            left_out = self._leave_out(name, source, checks) if table.lenient else 0
            found += rows_left_out(table, left_out)
            count -= left_out
            self._engine.drop("bad")
            few = small_rows(self._engine, table, name, count)
        is_fixed = not (bad or table.lenient or source.numbered)
        loaded = LoadedTable(
            number,
            name,
            source,
            subjects(table),
            count,
            by_column(without_record(few)) if few else None,
            digest=digest_of_rows(few) if few and is_fixed else None,
        )
        found += [*_doubtful_rows(self._engine, loaded), *_one_subject(loaded)]
        return loaded, found + cleaning_findings(self._engine, source, name)

    def _counts(self, name: str, source: TableFile) -> tuple[tuple[int, int, int, int], Rows | None]:
        """The numbers of rows, of line ends and delimiters in cells, and of bad rows; and the rows if they are few."""
        few = small_rows(self._engine, source.table, name, source.most_rows, ("record", "breaks", "delimiters", "bad"))
        if few is None:
            sums = "count(*), coalesce(sum(breaks), 0), coalesce(sum(delimiters), 0), count(*) FILTER (WHERE bad)"
            ((count, breaks, delimiters, bad),) = self._engine.rows(f"SELECT {sums} FROM {name}")
            return (count, breaks, delimiters, bad), None
        breaks, delimiters, bad = (sum(row[place] for row in few) for place in (1, 2, 3))
        return (len(few), breaks, delimiters, bad), [(row[0], *row[4:]) for row in few]

    def _again(self, number: int, source: TableFile, reason: Message) -> tuple[LoadedTable | None, list[Finding]]:
        """Load a lenient table that the engine cannot read without its ragged rows; findings if it has other faults."""
        copy = without_ragged_rows(source, self._engine.folder)
        if copy is None:
            return None, diagnose(source, reason, limit=self._limit)
        loaded, found = self.load(number, copy)
        return loaded, [*eased(source.table, copy.findings), *found]

    def _swallowed(self, source: TableFile, name: str) -> list[Finding]:
        """Rows that became one cell by a stray quotation mark, found by the shape of the lines in cells."""
        table, width = source.table, len(source.header)
        if (
            table.sheet or table.layer or table.cleaning.trusted_quotes or width == 1 or source.numbered
        ):  # known from the copy
            return []
        shaped = f"breaks > 0 AND delimiters >= {sql.least('breaks', '2')} * {width - 1}"
        if source.wide:
            cells, raw, only = ", ".join(f"f{n}" for n in range(width)), file_rows(source, _file(name)), shaped
        else:
            ((count,),) = self._engine.rows(f"SELECT count(*) FROM {name} WHERE {shaped}")
            if not count:
                return []
            of_file = dict(zip(source.order, table.source_columns, strict=True))
            cells = ", ".join(f"{'x' if of_file[n].part else 'r'}{of_file[n].number}" for n in range(width))
            raw = raw_rows(source, _file(name))
            only = f"record IN (SELECT record FROM {name} WHERE {shaped})"
        rows = self._engine.batches(f"SELECT record, {cells} FROM ({raw}) WHERE {only}", _BATCH)
        found, number = list[Finding](), 0
        for record, *row in (each for batch in rows for each in batch):
            here = swallowed_findings(table, source.header, record, row)
            found += here[: max(self._limit - number, 0)]
            number += len(here)
        return found + count_rest(table, "rows-swallowed", number - self._limit)

    def _leave_out(self, name: str, source: TableFile, checks: Sequence[RowCheck]) -> int:
        """Empty the wrong cells of a lenient table and remove rows without their key; the number of rows."""
        wrong: dict[int, list[str]] = {}
        for check in checks:
            if check.code in EMPTIED and check.number:
                query = f"SELECT record FROM bad WHERE ({check.screen}) AND {check.condition}"
                if self._engine.rows(f"{query} LIMIT 1"):
                    wrong.setdefault(check.number, []).append(query)
        empty_cells(self._engine, name, source, subjects(source.table), wrong)
        return remove_without_key(self._engine, name, source.table)

    def _drop_blank_end(self, name: str) -> tuple[int, int]:
        """Remove the empty rows at the end, which spreadsheets leave, from the table and its bad rows.

        Returns their number and the first of them.
        """
        blank = "SELECT record FROM bad WHERE whole = ''"
        filled = f"SELECT coalesce(max(record), 0) FROM {name} WHERE record NOT IN ({blank})"
        self._engine.create("blank_end", f"{blank} AND record > ({filled})")
        ((count, first),) = self._engine.rows("SELECT count(*), coalesce(min(record), 0) FROM blank_end")
        for rows in (name, "bad") if count else ():
            self._engine.remove(rows, "record IN (SELECT record FROM blank_end)")
        self._engine.drop("blank_end")
        return int(count), int(first)

    def _readings(self, name: str, source: TableFile) -> list[CellReading]:
        trim = source.table.dialect.trim
        return [
            read_cells(
                column,
                f"t{number}",
                trim=trim,
                parsed=self._parsed(name, source, number, column) if self._beyond_sql(source, column) else None,
            )
            for number, column in enumerate(source.table.source_columns, 1)
        ]

    def _beyond_sql(self, source: TableFile, column: Column) -> bool:
        """Whether Python parses the cells; geometries of features are parsed when these are read."""
        parsed_before = source.table.layer is not None and column.datatype.base == WKT
        return not parsed_before and needs_python(self._engine, column)

    def _parsed(self, name: str, source: TableFile, number: int, column: Column) -> str:
        """Parse the column's distinct cells in Python; the expression that finds their values."""
        text = cell_text(column, f"r{number}", trim=source.table.dialect.trim)
        rows = f"SELECT {text} AS text FROM ({clean_rows(source, _file(name))})"
        return f"({parse_cells(self._engine, f'{name}_p{number}', column, rows, _parse)}t{number})"

    def _rows(self, name: str, source: TableFile, readings: Sequence[CellReading]) -> str:
        """Rows with raw cells (r), the text of them that is parsed (t), canonical cells (c) and subjects (s)."""
        table, numbers = source.table, range(1, len(source.order) + 1)
        trim = table.dialect.trim
        texts = ", ".join(f"{cell_text(table.source_columns[n - 1], f'r{n}', trim=trim)} AS t{n}" for n in numbers)
        values = ", ".join(f"{reading.value} AS c{number}" for number, reading in zip(numbers, readings, strict=True))
        parsed = f"SELECT *, {texts} FROM ({clean_rows(source, _file(name))})"
        if layer := ", ".join(reading.layer for reading in readings if reading.layer):
            parsed = f"SELECT *, {layer} FROM ({parsed})"
        read = f"SELECT *, {values} FROM ({parsed})"
        variables = Variables(table, None, row_of_data(source))
        terms = [
            f", {term(expand(parse_template(url), variables, self._names))} AS s{number}"
            for number, url in enumerate(subjects(table), 1)
        ]
        return f"SELECT *{''.join(terms)} FROM ({read})"

    def _selected(self, source: TableFile, rows: str, checks: Sequence[RowCheck]) -> str:
        table = source.table
        numbers = range(1, len(table.source_columns) + 1)
        columns = ["record", *(["row"] if source.numbered else []), *(f"c{number}" for number in numbers)]
        columns += touched_columns(table)
        for number, _ in enumerate(subjects(table), 1):
            columns += [
                f"s{number}",
                f"{sql.shard(f's{number}', self._digits)} AS h{number}" if self._digits else f"'' AS h{number}",
            ]
        bad = f"coalesce({sql.any_of(list(dict.fromkeys(check.screen for check in checks)))}, FALSE)"
        delimiter = table.dialect.delimiter
        counts = f"{sql.occurrences('whole', chr(10))} AS breaks, {sql.occurrences('whole', delimiter)} AS delimiters"
        return f"SELECT {', '.join(columns)}, {bad} AS bad, {counts} FROM ({rows})"


def _file(name: str) -> str:
    """The engine's table of the file that the table of that name is loaded from."""
    return f"{name}_file"


def _doubtful_rows(engine: Engine, loaded: LoadedTable) -> list[Finding]:
    """One finding for totals and one for footnotes in the table loaded under `name`, each at the first such row.

    The first column decides. If most of its texts are in several rows, a total is one of the groups that they name.
    A footnote is alone in its row; the last row, alone with a word such as `Source:`, may have delimiters in its text.
    """
    source, name = loaded.source, loaded.name
    first, *others = source.table.source_columns
    if not others or first.separator or first.datatype.base not in TEXTS:
        return []
    cell, row = f"c{first.number}", row_in_file(source)
    named = source.table.unpivot.names if source.table.unpivot else ()  # for the titles, which no row lacks
    others = [column for column in others if column.name not in named]
    alone = [f"c{column.number} IS NULL" for column in others]
    conditions = {}
    if loaded.cells is None or not _LABELS.isdisjoint(map(str, loaded.cells[0])):
        conditions[TOTALS] = f"{cell} IN (SELECT label FROM {_TOTAL_LABELS})"
    colon, end = sql.any_of([sql.contains(cell, ":"), sql.contains(cell, "：")]), f"(SELECT max({row}) FROM {name})"
    # The patterns are long: an engine takes longer to compile them than to read a small table.
    noted_end = f"SELECT record FROM {name} WHERE {sql.all_of(alone)} OR {colon} AND {row} = {end} LIMIT 1"
    kept = loaded.cells and [loaded.cells[column.number - 1] for column in (first, *others)]
    if engine.rows(noted_end) if kept is None else _may_have_note(kept):
        note, noted = (sql.part_match(cell, rf"\A(?:{form})") for form in (FOOTNOTE, NOTES["words"]))
        last = f"(SELECT CASE WHEN {rows_in_file(source)} = 1 THEN max({row}) END FROM {name} WHERE {noted})"
        conditions[FOOTNOTES] = f"{sql.all_of([*alone, note])} OR {row} = {last} AND {row} = {end}"
    found = []
    for rule, condition in conditions.items():
        rows = engine.rows(f"SELECT record, {cell} FROM {name} WHERE {condition} ORDER BY record LIMIT 1")
        if rule == TOTALS and rows and _names_groups(engine, name, cell, rows_in_file(source)):
            continue
        for record, text in rows:
            place, values = source.place(record, 1), {"value": quote_cell(text), "rule": rule}
            found.append(finding("row-doubtful", (place,), dataset=source.table.dataset, **values))
    return found


def _may_have_note(cells: Columns) -> bool:
    """Whether a row has nothing but its first cell, or the first cell of the last row has a colon."""
    others = zip(*cells[1:], strict=True)
    last = str(cells[0][-1])
    return ":" in last or "：" in last or any(all(cell is None for cell in row) for row in others)


def _names_groups(engine: Engine, name: str, cell: str, counted: str) -> bool:
    ((texts, rows),) = engine.rows(f"SELECT count(DISTINCT {cell}), {counted} FROM {name}")
    return bool(texts * 2 <= rows)


def _one_subject(loaded: LoadedTable) -> list[Finding]:
    """A warning if rows with different keys all state facts about the same thing."""
    fixed = loaded.subjects and not any(variable_names(parse_template(url)) for url in loaded.subjects)
    if not (fixed and loaded.table.primary_key and loaded.rows > 1):
        return []
    place, fields = loaded.table.place(), {"subject": loaded.subjects[0], "rows": loaded.rows}
    return [finding("subject-constant", (place,), dataset=loaded.table.dataset, **fields)]


def _parse(column: Column, text: str) -> str | list[str | None] | None:
    if not column.separator:
        return parse(column.datatype, text)
    items = [parse(column.datatype, item) for item in text.split(column.separator) if item not in column.null]
    return None if None in items else list(items)


@dataclass(frozen=True, slots=True)
class Variables:
    """The columns of a loaded table as variables of templates, with those of CSVW (metadata §5.1.3).

    `row` is the number of a row among those of data, as `row_of_data` gives it. `item` replaces the list of the column
    itself where one item at a time is mapped.
    """

    table: Table
    column: Column | None
    row: str
    item: str | None = None

    def __call__(self, name: str) -> VariableValue:
        """The value of a variable."""
        if name in ("_row", "_sourceRow"):
            return VariableValue(sql.as_text(self.row if name == "_row" else "record"))
        column = self.table.column(name)
        if self.item and self.column is not None and name == self.column.name:
            return VariableValue(self.item)
        return VariableValue(
            sql.null(sql.TEXT) if column.virtual else f"c{column.number}", listed=column.separator is not None
        )
