"""Converts the text of a cell to its canonical value: CSVW's parsing of cells as expressions over columns.

The steps are those of CSVW syntax §6.4; `tables.datatypes` has the lexical forms of types.
"""

from __future__ import annotations

from dataclasses import dataclass

from st_opendata.model.numeric import FLOATS, INTEGER_BOUNDS, NUMBERS
from st_opendata.model.tables import Column, Datatype
from st_opendata.sql import dialect as sql
from st_opendata.tables.datatypes import BLANKS, SPACED, Boolean, Text, bounds, lexical
from st_opendata.tables.moments import Moment
from st_opendata.tables.numbers import SCALES, Number

UNSTRIPPED = frozenset({"string", "anyAtomicType"})
"""Types whose items in a list keep their white space (CSVW syntax §6.4, step 5)."""


@dataclass(frozen=True, slots=True)
class CellReading:
    """Expressions over the raw text of one column's cells.

    `text` is what is parsed; `null` is true for a null cell. `value` is the canonical text, or for a separator column
    the list of canonical texts, and NULL for a null cell and for one that is not written as the type asks or outside
    its facets; `form` is the same without facets. With `layer` these name the column of that name, which a layer of
    rows below has by that expression: limits compare a text several times.
    """

    text: str
    null: str
    value: str
    form: str
    layer: str | None = None


def cell_text(column: Column, raw: str, *, trim: bool) -> str:
    """The text that is parsed, from the raw one; an engine computes it once if it has a name in a layer of rows."""
    text = raw if _keeps_blanks(column, trim=trim) else sql.trim(raw, BLANKS)
    return sql.when([(f"{text} = ''", sql.text(column.default))], text) if column.default else text


def _keeps_blanks(column: Column, *, trim: bool) -> bool:
    return column.datatype.base in SPACED and not trim


def read_cells(column: Column, text: str, *, trim: bool, parsed: str | None = None) -> CellReading:
    """The expressions for the cells of the column; `text` names what `cell_text` gives.

    `parsed` is the column of values that Python has parsed, for types beyond SQL.
    """
    spaced = _keeps_blanks(column, trim=trim)
    null = f"{text} IN {sql.texts(column.null)}" if column.null else "FALSE"
    if column.separator:
        items = sql.split(text, column.separator)
        items = items if spaced else sql.transform(items, "x", sql.trim("x", BLANKS))
        if column.null:
            items = sql.filter_items(items, "x", f"x NOT IN {sql.texts(column.null)}")
        null = f"({null} OR {text} = '')"
        form = parsed or _unless_null_inside(sql.transform(items, "x", canonical(column.datatype, "x")))
        ranged = sql.transform(form, "y", within(column.datatype, "y"))
        value = form if within(column.datatype, "y") == "y" else _unless_null_inside(ranged)
    else:
        form = parsed or canonical(column.datatype, text)
        name = f"f{column.number}"
        value = within(column.datatype, name)
        if value != name:
            return CellReading(text, null, value, name, f"{sql.when([(null, 'NULL')], form)} AS {name}")
        value = form
    return CellReading(text, null, *(sql.when([(null, "NULL")], kind) for kind in (value, form)))


def lenient_text(column: Column, raw: str) -> str:
    """The text to parse, from the raw one: with white space by its type, or the default for empty text."""
    text = _white_space(column.datatype.base, raw)
    return sql.when([(f"{text} = ''", sql.text(column.default))], text) if column.default else text


def lenient_cells(column: Column, number: int, parsed: str | None = None) -> tuple[dict[str, str], dict[str, str]]:
    """The expressions for a column whose invalid cells keep their text (CSVW syntax §6.4), in two layers.

    The first stands over the text `t`: `n` is true for a null cell, `f` is the canonical text without regard to facets,
    NULL for a wrong one. The second stands over it: `c` is the canonical text or else the text itself, NULL for a null
    cell, and `k` is true where it is canonical. For a separator column `f`, `c` and `k` are lists. All names end in the
    column's number. `parsed` gives `f` for types beyond SQL.
    """
    text, form, null = (f"{letter}{number}" for letter in "tfn")
    first = {null: f"{text} IN {sql.texts(column.null)}" if column.null else "FALSE"}
    if not column.separator:
        first[form] = parsed or canonical(column.datatype, text)
        ranged = within(column.datatype, form)
        value = sql.when([(null, "NULL")], f"coalesce({ranged}, {text})")
        return first, {f"c{number}": value, f"k{number}": f"{ranged} IS NOT NULL"}
    items = f"i{number}"
    first[items] = sql.when([(f"{text} = ''", "[]")], _lenient_items(column, text))
    first[form] = parsed or sql.transform(_lenient_items(column, text), "x", canonical(column.datatype, "x"))
    if parsed is None:
        first[form] = sql.when([(f"{text} = ''", "[]")], first[form])
    ranged = sql.transform(form, "y", within(column.datatype, "y"))
    values = sql.transform_pairs(ranged, items, lambda value, item, _: f"coalesce({value}, {item})")
    value = sql.when([(f"{text} <> '' AND {null}", "NULL")], values)
    return first, {f"c{number}": value, f"k{number}": sql.transform(ranged, "z", "z IS NOT NULL")}


def _white_space(base: str, raw: str) -> str:
    """The text with white space by its type (CSVW syntax §6.4, steps 1 and 2)."""
    if base in SPACED:
        return raw
    if base in ("normalizedString", "token"):
        for character in "\r\n\t":
            raw = sql.replace(raw, character, " ")
    if base == "normalizedString":
        return raw
    if base == "token":
        return sql.join_items(sql.filter_items(sql.split(raw, " "), "x", "x <> ''"), " ")
    return sql.trim(raw, BLANKS)


def _lenient_items(column: Column, text: str) -> str:
    """The items of a cell's list that are not null, white space around them dropped but from plain text."""
    items = sql.split(text, column.separator or "")
    if column.datatype.base not in UNSTRIPPED:
        items = sql.transform(items, "x", sql.trim("x", BLANKS))
    if column.default:
        items = sql.transform(items, "x", sql.when([("x = ''", sql.text(column.default))], "x"))
    return sql.filter_items(items, "x", f"x NOT IN {sql.texts(column.null)}") if column.null else items


def _unless_null_inside(items: str) -> str:
    return sql.when([(f"{sql.size(sql.filter_items(items, 'z', 'z IS NULL'))} = 0", items)])


def canonical(datatype: Datatype, text: str) -> str:
    """The canonical text, NULL for text without the lexical form of the type."""
    way = lexical(datatype)
    if isinstance(way, Number):
        plain = _number(way, datatype.base, text)
        return _with_percent(way, datatype.base, text, plain) if way.percent else plain
    if isinstance(way, Moment):
        return _iso(way, text) if way.iso else _moment(way, text)
    if isinstance(way, Boolean):
        return sql.when(
            [(f"{text} IN {sql.texts(way.true)}", "'true'"), (f"{text} IN {sql.texts(way.false)}", "'false'")]
        )
    return _text(way, text)


def _text(way: Text, text: str) -> str:
    checks = [sql.full_match(text, accept) for accept in way.accept]
    if way.refuse:
        checks.append(f"NOT {sql.full_match(text, way.refuse)}")
    return sql.when([(sql.all_of(checks), text)]) if checks else text


def _number(way: Number, base: str, text: str) -> str:
    """Groups dropped, decimal point, no plus sign, no leading zeros; every other digit stays."""
    plain = text
    for group in way.groups:
        plain = sql.replace(plain, group, "")
    if way.decimal != ".":
        plain = sql.replace(plain, way.decimal, ".")
    if base in FLOATS:
        plain = sql.replace(plain, "e", "E")
    digits = sql.trim_start(plain, "+-0")
    whole = sql.when([(sql.part_match(digits, r"\A[0-9]"), digits)], sql.concat(["'0'", digits]))
    whole = sql.trim_end(sql.replace(whole, ".E", "E"), ".") if base not in INTEGER_BOUNDS else whole
    minus = sql.when([(sql.part_match(plain, r"\A-[0.]*[1-9]"), "'-'")], "''")
    checks = [sql.full_match(text, way.accept), sql.part_match(plain, r"\A[^E]*[0-9]")]
    if way.digits:
        checks.append(sql.full_match(plain, way.digits))
    if base in INTEGER_BOUNDS and way.digits:
        checks.append(sql.full_match(plain, "[+-]?[0-9]+"))
    cases = [(sql.all_of(checks), sql.concat([minus, whole]))]
    if base in FLOATS and not way.digits:
        cases.insert(0, (f"{text} IN ('INF', '-INF', 'NaN')", text))
        cases.insert(1, (f"{text} = '+INF'", "'INF'"))
    fast = r"0|-?[1-9][0-9]*" if base in INTEGER_BOUNDS else r"(?:0|-?[1-9][0-9]*)(?:\.[0-9]+)?"
    if way.decimal == "." and not way.groups and not way.digits:
        cases.insert(0, (sql.full_match(text, fast), text))
    elif not way.digits:
        cases.insert(0, (sql.all_of([sql.full_match(text, way.accept), sql.full_match(plain, fast)]), plain))
    return sql.when(cases)


def _with_percent(way: Number, base: str, text: str, plain: str) -> str:
    """A number unchanged, or divided by its percent or per-mille sign; one with an exponent has no sign."""

    def moved(sign: str, places: int) -> str:
        bare = _number(way, base, sql.replace(text, sign, ""))
        return sql.let(bare, lambda value: sql.move_point(value, places))

    signed = {sign: sql.full_match(text, rf"{sign}[^%‰Ee]*|[^%‰Ee]*{sign}") for sign in SCALES}
    return sql.when([(signed[sign], moved(sign, places)) for sign, places in SCALES.items()], plain)


def _iso(way: Moment, text: str) -> str:
    checks = [sql.full_match(text, way.accept)]
    if "year" in way.fields:
        checks += [f"{sql.day(sql.substring(text, 1, 10))} IS NOT NULL", f"{sql.substring(text, 1, 4)} <> '0000'"]
    return sql.when([(sql.all_of(checks), text)])


def _moment(way: Moment, text: str) -> str:
    def part(field: str) -> str:
        if start := way.starts.get(field):
            return sql.substring(text, start, 4 if field == "year" else 2)
        return sql.capture(text, way.accept, way.group(field) or 0)

    def padded(field: str) -> str:
        return part(field) if field in way.starts else sql.pad_start(part(field), 2, "0")

    checks, parts = [sql.full_match(text, way.accept)], list[str]()
    if "year" in way.fields:
        date = sql.concat([part("year"), "'-'", padded("month"), "'-'", padded("day")])
        checks += [f"{sql.day(date)} IS NOT NULL", f"{part('year')} <> '0000'"]
        parts.append(date)
    if "hour" in way.fields:
        parts += ["'T'"] if parts else []
        parts += [part("hour"), "':'", part("minute"), "':'", part("second") if "second" in way.fields else "'00'"]
    if "fraction" in way.fields:
        fraction = part("fraction")
        parts.append(sql.when([(f"{fraction} = ''", "''")], sql.concat(["'.'", fraction])))
    if "zone" in way.fields:
        zone = part("zone")
        digits = sql.pad_end(sql.replace(sql.substring(zone, 2), ":", ""), 4, "0")
        offset = [sql.substring(zone, 1, 1), sql.substring(digits, 1, 2), "':'", sql.substring(digits, 3, 2)]
        parts.append(sql.when([(f"{zone} IN ('', 'Z')", zone)], sql.concat(offset)))
    return sql.when([(sql.all_of(checks), sql.concat(parts))])


def within(datatype: Datatype, value: str) -> str:
    """The canonical text where it keeps the type's limits and lengths, else NULL; the text itself without any."""
    checks = [_compared(datatype.base, value, sign, limit) for sign, limit in bounds(datatype)]
    length = sql.length(value)
    size = {"hexBinary": sql.divide(length, 2), "base64Binary": _base64_size(value)}.get(datatype.base, length)
    lengths = (("=", datatype.length), (">=", datatype.min_length), ("<=", datatype.max_length))
    checks += [f"{size} {sign} {count}" for sign, count in lengths if count is not None]
    return sql.when([(sql.all_of(checks), value)]) if checks else value


def _base64_size(value: str) -> str:
    return f"({sql.divide(f'{sql.length(value)} * 3', 4)} - {sql.occurrences(value, '=')})"


_CASTS = {"date": sql.day, "time": sql.clock, "gYear": sql.floating}


def _compared(base: str, value: str, sign: str, limit: str) -> str:
    if base in NUMBERS:
        exact = f"{sql.number(value)} {sign} {sql.number(sql.text(limit))}"
        return f"coalesce({exact}, {sql.floating(value)} {sign} {sql.floating(sql.text(limit))})"
    cast = _CASTS.get(base, sql.instant)
    cut = {"date": 10, "gYear": 4}.get(base)
    start = sql.substring(value, 1, cut) if cut else value
    return f"{cast(start)} {sign} {cast(sql.text(limit[:cut] if cut else limit))}"
