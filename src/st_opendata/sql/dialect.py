r"""The closed dialect: every construct of SQL for making facts, one function per primitive.

All statements are built from these, so that one test and one rewriting for another engine cover them (decision 10).
Regular expressions have no flags, are anchored with `\A` and `\z` and use `[0-9]`; no `hash()`, no ordered aggregates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

TEXT, TEXTS, LONG, INTEGER, BOOLEAN = "VARCHAR", "VARCHAR[]", "BIGINT", "INTEGER", "BOOLEAN"
"""Types of columns; LONG is an integer of 64 bits, TEXTS a list of texts."""


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A list of text literals in parentheses, for `IN`."""
    return "(" + ", ".join(map(text, values)) + ")"


def concat(parts: Sequence[str]) -> str:
    """The concatenation of the parts; NULL if one is NULL."""
    return "(" + " || ".join(parts) + ")" if len(parts) > 1 else parts[0]


def concat_known(parts: Sequence[str]) -> str:
    """The concatenation of parts of which none is NULL: in one pass, without a copy for each part."""
    return f"concat({', '.join(parts)})" if len(parts) > 1 else parts[0]


def join_not_null(separator: str, parts: Sequence[str]) -> str:
    """The parts that are not NULL with the separator between them, empty if all are NULL."""
    return f"coalesce(array_to_string([{', '.join(parts)}], {text(separator)}), '')"


def when(cases: Sequence[tuple[str, str]], otherwise: str = "NULL") -> str:
    """The value of the first condition that holds."""
    return "CASE " + " ".join(f"WHEN {condition} THEN {value}" for condition, value in cases) + f" ELSE {otherwise} END"


def lookup(key: str, values: Mapping[str, str]) -> str:
    """The text that belongs to a key, NULL for another key."""
    # A CASE of the key would be a comparison of the whole key for each value.
    keys, found = (", ".join(map(text, each)) for each in (values, values.values()))
    return f"map_extract_value(map([{keys}], [{found}]), {key})"


def any_of(conditions: Sequence[str]) -> str:
    """True when one condition holds."""
    return "(" + " OR ".join(conditions) + ")" if conditions else "FALSE"


def all_of(conditions: Sequence[str]) -> str:
    """True when every condition holds."""
    return "(" + " AND ".join(conditions) + ")" if conditions else "TRUE"


def _whole(pattern: str) -> str:
    return rf"\A(?:{pattern})\z"


def full_match(value: str, pattern: str) -> str:
    """True when the regular expression matches the whole value."""
    return f"regexp_matches({value}, {text(_whole(pattern))})"


def part_match(value: str, pattern: str) -> str:
    """True when the regular expression matches somewhere."""
    return f"regexp_matches({value}, {text(pattern)})"


def contains(value: str, part: str) -> str:
    """True when the value contains that text."""
    return f"contains({value}, {text(part)})"


def starts(value: str, start: str) -> str:
    """True when the value begins with the text."""
    return starts_with(value, text(start))


def starts_with(value: str, start: str) -> str:
    """The same for an expression."""
    return f"starts_with({value}, {start})"


def capture(value: str, pattern: str, group: int) -> str:
    """The capture of the group when the expression matches the whole value; empty if the group took no part."""
    return f"regexp_extract({value}, {text(_whole(pattern))}, {group})"


def replace_matches(value: str, pattern: str, new: str) -> str:
    """Every match of the expression replaced."""
    return f"regexp_replace({value}, {text(pattern)}, {text(new)}, 'g')"


def replace(value: str, old: str, new: str) -> str:
    """Every occurrence of one text replaced by another."""
    return f"replace({value}, {text(old)}, {text(new)})"


def before(value: str, character: str) -> str:
    """The part before the first such character, empty without one."""
    return f"substr({value}, 1, greatest(strpos({value}, {text(character)}) - 1, 0))"


def after(value: str, character: str) -> str:
    """The part after the first such character, the whole text without one."""
    return f"substr({value}, strpos({value}, {text(character)}) + 1)"


def trim(value: str, characters: str) -> str:
    """Without these characters, none visible in ASCII, at both ends: fast, as few texts have something to trim."""
    ends = f"{value} BETWEEN '!' AND '~' AND right({value}, 1) BETWEEN '!' AND '~'"
    return when([(ends, value)], trim_costly(value, characters))


def trim_costly(value: str, characters: str) -> str:
    """The same for an expression that takes longer than its trimming: it is evaluated once."""
    return f"trim({value}, {text(characters)})"


def trim_start(value: str, characters: str) -> str:
    """Without these characters at the start."""
    return f"ltrim({value}, {text(characters)})"


def trim_end(value: str, characters: str) -> str:
    """Without these characters at the end."""
    return f"rtrim({value}, {text(characters)})"


def pad_start(value: str, width: int, character: str) -> str:
    """The text with this number of characters: padded at its start, or truncated at its end."""
    return f"lpad({value}, {width}, {text(character)})"


def pad_end(value: str, width: int, character: str) -> str:
    """The text with this number of characters: padded at its end, or truncated there."""
    return f"rpad({value}, {width}, {text(character)})"


def substring(value: str, start: int, count: int | None = None) -> str:
    """This number of characters from a place on, counted from 1; without a count, all."""
    return f"substr({value}, {start})" if count is None else f"substr({value}, {start}, {count})"


def lower(value: str) -> str:
    """In small letters; engines differ for some capitals, so never for facts."""
    return f"lower({value})"


def length(value: str) -> str:
    """How many characters a text has."""
    return f"length({value})"


def let(value: str, expression: Callable[[str], str]) -> str:
    """An expression with a value that is computed once."""
    return item(f"list_transform([{value}], lambda q: {expression('q')})", "1")


def move_point(value: str, places: int) -> str:
    """A decimal's canonical text divided by a power of ten: the point moves this number of places to the left."""
    digits = trim_start(value, "-")
    whole, fraction = f"split_part({digits}, '.', 1)", f"split_part({digits}, '.', 2)"
    digits_of = concat([f"repeat('0', greatest({places + 1} - length({whole}), 0))", whole])
    split_at = f"length({digits_of}) - {places}"
    moved = concat([f"substr({digits_of}, 1, {split_at})", "'.'", f"substr({digits_of}, {split_at} + 1)", fraction])
    return concat([when([(starts(value, "-"), "'-'")], "''"), moved])


def number(value: str) -> str:
    """A decimal with 20 digits after the point, NULL for over 18 digits before it; only for lexically checked text."""
    return try_cast(value, "DECIMAL(38, 20)")


def null(kind: str) -> str:
    """NULL of a type."""
    return f"CAST(NULL AS {kind})"


def as_text(value: str) -> str:
    """A number, a date or a list as text."""
    return f"CAST({value} AS {TEXT})"


def try_cast(value: str, kind: str) -> str:
    """The value as a type, NULL for a value that does not have it."""
    return f"TRY_CAST({value} AS {kind})"


def cast(value: str, kind: str) -> str:
    """The value as a type that can hold it."""
    return f"CAST({value} AS {kind})"


def divide(value: str, divisor: int) -> str:
    """An integer division without the remainder."""
    return f"({value} // {divisor})"


def least(value: str, other: str) -> str:
    """The smaller of two."""
    return f"least({value}, {other})"


def decimal_places(value: str) -> str:
    """How many digits a decimal's text has after its point."""
    return when([(f"strpos({value}, '.') = 0", "0")], f"length({value}) - strpos({value}, '.')")


def floating(value: str) -> str:
    """A double, NULL for other text; only for lexically checked text."""
    return try_cast(value, "DOUBLE")


def day(value: str) -> str:
    """A date, NULL where no such day exists; only for text checked to be yyyy-MM-dd."""
    return try_cast(value, "DATE")


def instant(value: str) -> str:
    """A point in time (UTC where the text has a zone); only for lexically checked text."""
    return try_cast(value, "TIMESTAMP")


def clock(value: str) -> str:
    """A time of day; only for lexically checked text."""
    return try_cast(value, "TIME")


def percent_encode(value: str) -> str:
    """RFC 6570 simple expansion: all but unreserved characters percent-encoded as UTF-8."""
    return f"url_encode({value})"


_LEGAL = r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"


def reserved_encode(value: str) -> str:
    """RFC 6570 reserved expansion: percent-encoded but for unreserved and reserved characters and percent triplets.

    A percent sign must start a triplet: one that does not is kept too.
    """
    encoded = percent_encode(value)
    for character in ":/?#[]@!$&'()*+,;=%":
        encoded = replace(encoded, f"%{ord(character):02X}", character)
    return when([(full_match(value, _LEGAL), value)], encoded)


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x7f": "\\u007F"}
"""The backslash is first, as the other replacements insert one."""


def normalize(value: str) -> str:
    """The text with each letter and its marks as one character where Unicode has it (NFC)."""
    return f"nfc_normalize({value})"


def escape(value: str) -> str:
    """The inside of a canonical N-Triples string, for text without the control characters that XML refuses."""
    escaped = value
    for character, sequence in _ESCAPES.items():
        escaped = replace(escaped, character, sequence)
    # Few texts have such a character, and a search is several times as fast as a replacement.
    return when([(any_of([contains(value, character) for character in _ESCAPES]), escaped)], value)


def shard(value: str, digits: int) -> str:
    """The first hexadecimal digits of the MD5 of the UTF-8 bytes: the same on every engine."""
    return f"substr(md5({value}), 1, {digits})"


def occurrences(value: str, character: str) -> str:
    """How often a one-byte character occurs."""
    counted = f"length({value}) - length({replace(value, character, '')})"
    return when([(contains(value, character), counted)], "0")


def semi_join(rows: str, keys: str, condition: str) -> str:
    """The rows (aliased r) that have a partner among the keys (aliased k)."""
    return f"SELECT r.* FROM {rows} AS r SEMI JOIN {keys} AS k ON {condition}"


def anti_join(rows: str, keys: str, condition: str) -> str:
    """The rows (aliased r) that have no partner among the keys (aliased k)."""
    return f"SELECT r.* FROM {rows} AS r ANTI JOIN {keys} AS k ON {condition}"


def duplicates(columns: Sequence[str], rows: str) -> str:
    """The combinations of values that more than one row has; NULL is never one."""
    listed = ", ".join(columns)
    known = all_of([f"{column} IS NOT NULL" for column in columns])
    return f"SELECT {listed} FROM {rows} WHERE {known} GROUP BY {listed} HAVING count(*) > 1"


def equal_columns(columns: Sequence[str], others: Sequence[str]) -> str:
    """Join condition: each column of r equals its partner of k."""
    return all_of([f"r.{column} = k.{other}" for column, other in zip(columns, others, strict=True)])


def split(value: str, separator: str) -> str:
    """A list of the texts between separators."""
    return f"string_split({value}, {text(separator)})"


def size(values: str) -> str:
    """How many items a list has."""
    return f"array_length({values})"


def item(values: str, place: str) -> str:
    """The item of a list at a place, counted from 1."""
    return f"list_extract({values}, {place})"


def transform(values: str, item: str, expression: str) -> str:
    """The list of the expression's values for each item of a list."""
    return f"list_transform({values}, lambda {item}: {expression})"


def filter_items(values: str, item: str, condition: str) -> str:
    """The items of a list that meet the condition."""
    return f"list_filter({values}, lambda {item}: {condition})"


def join_items(values: str, separator: str) -> str:
    """The items of a list as one text."""
    return f"array_to_string({values}, {text(separator)})"


def transform_pairs(values: str, others: str, expression: Callable[[str, str, str], str]) -> str:
    """The list of the expression's values for each item of one list, that of another at its place, and the place.

    The place counts from 1; both lists are of the same length.
    """
    body = expression(item(values, "i"), item(others, "i"), "i")
    return f"list_transform(range(1, {size(values)} + 1), lambda i: {body})"


def not_null(values: Sequence[str]) -> str:
    """The list of those values that are not NULL."""
    return f"list_filter([{', '.join(values)}], lambda x: x IS NOT NULL)"


def unnest(values: str) -> str:
    """One row per item of a list; only in the SELECT list."""
    return f"unnest({values})"


def arg_min(value: str, order: str) -> str:
    """The value of the row of a group in which another is the lowest; an aggregate."""
    return f"arg_min({value}, {order})"


def any_value(value: str) -> str:
    """The value of one row of a group, or of all rows; an aggregate."""
    return f"any_value({value})"


def similarity(value: str, other: str) -> str:
    """How alike two texts are, capitals aside, from 0 to 1 (Jaro-Winkler); for hints, never for facts."""
    return f"jaro_winkler_similarity(lower({value}), lower({other}))"


def list_contains(values: str, value: str) -> str:
    """True when the value is an item of the list."""
    return f"list_contains({values}, {value})"
