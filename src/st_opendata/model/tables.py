"""Tables as W3C CSV on the Web describes them, after inheritance and with every IRI template made absolute.

Terms and defaults are those of "Metadata Vocabulary for Tabular Data" (CSVW metadata, 2015).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from st_opendata.messages.message import Message
from st_opendata.model.text import Text
from st_opendata.place import Place, cell_name


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the source file is written (CSVW metadata §5.9).

    Of a catalogue's tables all hold up to `skip_blank_rows`; the fields after it are read by `tables.web` alone.
    `trim_ends` are the ends of a cell that lose their white space: `start`, `end`, both or neither. If
    `encoding` is None, the bytes show it.
    """

    delimiter: str = ","
    quote: str | None = '"'
    double_quote: bool = True
    encoding: str | None = "utf-8"
    header: bool = True
    skip_rows: int = 0
    comment_prefix: str | None = None
    trim: bool = False
    header_rows: int = 1
    skip_blank_rows: bool = False
    skip_columns: int = 0
    trim_ends: frozenset[str] = frozenset()
    line_ends: tuple[str, ...] = ("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class Replacement:
    """`old` becomes `new` in the cells of a column, else of all: each part of a cell, or the `whole` one."""

    old: str
    new: str
    column: str | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Changes of cells that the publisher allows before they are read, in this order; CSVW has no terms for them.

    `control` replaces each control character; None leaves it. With `stray_quotes` a quotation mark that does
    not enclose a cell is text; with `trusted_quotes` a cell may hold lines that look like rows.
    """

    stray_quotes: bool = False
    trusted_quotes: bool = False
    control: str | None = None
    replace: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class RowRule:
    """Rows of a file that are not data, recognised by their content and not by their number.

    `kind` is one of `ROW_RULES`. `matching` is a regular expression: the first text of a row begins so, and under the
    header each text is so as a whole. None where the kind has its own words.
    """

    kind: str
    matching: str | None = None


ABOVE_HEADER, BELOW_HEADER, REPEATED_HEADER = "above-header", "below-header", "repeated-header"
TOTALS, FOOTNOTES, BLANK_ROWS = "totals", "footnotes", "blank-rows"
EMPTY_COLUMNS, SHORT_ROWS = "empty-columns", "short-rows"
ROW_RULES = {
    ABOVE_HEADER: "skip",
    BELOW_HEADER: "skip",
    REPEATED_HEADER: "skip",
    TOTALS: "skip",
    FOOTNOTES: "skip",
    EMPTY_COLUMNS: "skip",
    SHORT_ROWS: "fill",
}
"""The kinds of rules, and the key that each has in dataset.yaml. Blank rows have CSVW's own key, `skipBlankRows`."""


@dataclass(frozen=True, slots=True)
class Datatype:
    """A datatype (CSVW metadata §5.11): `base` is the CSVW name (`decimal`), `iri` its XSD IRI.

    `pattern` is the CSVW `format`: a number or date pattern, a boolean pair `Y|N`, or a regular expression. `percent`
    lets decimals and floats without a pattern have a per cent or per mille sign.
    """

    base: str = "string"
    iri: str = "http://www.w3.org/2001/XMLSchema#string"
    pattern: str | None = None
    decimal_char: str = "."
    group_char: str | None = None
    percent: bool = False
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    min_exclusive: str | None = None
    max_exclusive: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnPart:
    """A part of the cells of a column of the file, `column`, whose title or name it is.

    `accept` matches a whole cell that is written as the publisher's `pattern` says (RE2); its `group` is the part.
    """

    column: str
    pattern: str
    accept: str
    group: int


@dataclass(frozen=True, slots=True)
class Unpivot:
    """Columns of the file whose cells each become a row: `value` has the cell, `names` what its title says.

    They are the columns with these `titles`, those from one title of `span` to the other, or those whose whole title
    matches `pattern`; the names are those of its groups, or one that has the whole title. With `skip_empty` a cell
    without a value is not a row.
    """

    names: tuple[str, ...]
    value: str
    titles: tuple[str, ...] = ()
    span: tuple[str, str] | None = None
    pattern: str | None = None
    skip_empty: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that it makes."""
        return *self.names, self.value


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `number` counts from 1 in the source file, 0 for a virtual column.

    The three URL templates are RFC 6570, absolute, prefixes expanded; None where CSVW's default applies.
    """

    name: str
    number: int
    titles: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)
    datatype: Datatype = field(default_factory=Datatype)
    required: bool = False
    null: tuple[str, ...] = ("",)
    default: str = ""
    separator: str | None = None
    ordered: bool = False
    lang: str = "und"
    about_url: str | None = None
    property_url: str | None = None
    value_url: str | None = None
    suppress_output: bool = False
    part: ColumnPart | None = None
    """Where the column has a part of the cells of another one in the file."""
    personal: bool | None = None
    """Whether the publisher says that it has personal data; None if the publisher does not say."""
    untitled: bool = False
    """The description says that the header has no title over this column."""
    where: str | None = None
    """The source column that must have a value in a row in which this virtual column states something."""

    @property
    def virtual(self) -> bool:
        """True for a column that no file has."""
        return self.number == 0


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table name a row of `table` (of `dataset`) by its `reference` columns."""

    columns: tuple[str, ...]
    dataset: str
    table: str
    reference: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchemaLoss:
    """What CSVW cannot say of a field of a Table Schema: where it is, its name, and the reason."""

    place: Place
    field: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook; without a name it is the only one that can be seen.

    `letters` are those of the columns that are read, in their order; empty before the sheet is read.
    """

    name: str | None = None
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureLayer:
    """A layer of features, one row each: of a GeoPackage the layer of that name, or the only one without a name."""

    name: str | None = None


def stem_of(name: str) -> str:
    """The name of the published file of the table with this name, without extension."""
    return name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a dataset: its source file and its columns, virtual ones last."""

    name: str
    """Unique in the catalogue: the `stem`, after its dataset (`city/roads`) if another dataset has a table so named."""
    dataset: str
    path: Path
    file: str
    """The path as the publisher knows it, relative to the catalogue, for messages."""
    titles: Text
    columns: tuple[Column, ...]
    description: Text = field(default_factory=dict)
    dialect: Dialect = field(default_factory=Dialect)
    cleaning: Cleaning = field(default_factory=Cleaning)
    sheet: Sheet | None = None
    """Where the file is a workbook: the sheet that holds the table."""
    layer: FeatureLayer | None = None
    """Where the file has features (GeoJSON, GeoPackage): their layer. Row 1 is the first feature."""
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    rules: tuple[RowRule, ...] = ()
    lenient: bool = False
    """Wrong cells are left out of the facts, and reported as warnings."""
    schema: str = ""
    """The file of the Table Schema that describes the table, as `file` is written; empty if there is none."""
    losses: tuple[SchemaLoss, ...] = ()
    """Its keys and constraints that are not kept."""
    unpivot: Unpivot | None = None
    """Where columns of the file are rows of the table."""

    @property
    def stem(self) -> str:
        """Name of the published file without extension, unique in the dataset."""
        return stem_of(self.name)

    def rule(self, kind: str) -> RowRule | None:
        """The rule of that kind, if the table has one."""
        return next((rule for rule in self.rules if rule.kind == kind), None)

    def place(self, row: int | None = None, column: str | None = None, position: int | None = None) -> Place:
        """A place in the file: `column` is the title there, `position` counts the columns of the file from 0."""
        if self.sheet is None or self.sheet.name is None:
            return Place(self.file, row=row, column=column)
        letter = self.sheet.letters[position] if position is not None and self.sheet.letters else ""
        return Place(self.file, row=row, column=column, cell=cell_name(self.sheet.name, letter, row))

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is no such column."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def is_filled(self, column: Column) -> bool:
        """True for a required column without empty cells; a lenient table may have left some out, except in its key."""
        return column.required and (not self.lenient or column.name in self.primary_key)

    @property
    def source_columns(self) -> tuple[Column, ...]:
        """The columns that the file has, in its order."""
        return tuple(column for column in self.columns if not column.virtual)
