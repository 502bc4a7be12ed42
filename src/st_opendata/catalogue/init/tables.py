"""The description of each table: names, titles, languages, datatypes, keys, and the properties of a few columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from st_opendata.catalogue.init.columns import DraftColumn, DraftTable
from st_opendata.catalogue.init.encodings import encoding_remarks, neighbour_remarks
from st_opendata.catalogue.init.ends import EMPTY_ENDS, Ends, end_rules, without_empty
from st_opendata.catalogue.init.kept import CellStore, guess_all, padded
from st_opendata.catalogue.init.keys import find_key, find_references
from st_opendata.catalogue.init.layout import Layout, find_layout
from st_opendata.catalogue.init.places import find_places
from st_opendata.catalogue.init.profile import MOST_CELLS, Guess, Profile, guess
from st_opendata.catalogue.init.sources import RawTable
from st_opendata.catalogue.init.wide import add_made, take_wide
from st_opendata.messages.message import message
from st_opendata.names import free, plain
from st_opendata.tables.datatypes import WKT
from st_opendata.tables.features import GEOMETRY
from st_opendata.tables.personal import personal_kind
from st_opendata.tables.title_words import Words, names_kind, rest_of, words
from st_opendata.vocabularies import language_tags

_IN_NAME = re.compile(rf"(?:^|_)({'|'.join(language_tags())})$", re.IGNORECASE)
_WORDS_TOO = frozenset({"is", "no"})
"""Languages whose tags are words of English headers as well."""
_STATED = {"rdfs:label": "label", "dct:description": "description"}
"""The property of a column, by the kind of its name."""
_SHOWN_ROWS = 3
_BATCH = 200
"""Rows that are counted together: few, as a cell may have half a million characters."""
_LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]*")


def draft_tables(sources: Sequence[RawTable], names: Sequence[str], store: CellStore) -> list[DraftTable]:
    """The tables under these names, with the keys between them; the store keeps the cells of large ones.

    Raises:
        InputError: a file cannot be read to its end, or disk or memory does not suffice.
    """
    tables = [_draft(source, name, store) for source, name in zip(sources, names, strict=True)]
    for number, remark in neighbour_remarks([(table.source.encoding, table.source.guess) for table in tables]):
        tables[number].remarks.append(remark)
    find_references(tables)
    return tables


def _draft(source: RawTable, name: str, store: CellStore) -> DraftTable:
    layout = find_layout(source)
    read = encoding_remarks(source.guess, (row.cells for row in source.rows()), layout.titles)
    table = DraftTable(name, source, layout, [], remarks=[*read, *layout.remarks])
    profiles = _profiles(table)
    layout = table.layout
    width = max(layout.titles, default=-1) + 1
    if not all(profile.whole for profile in profiles.values()):
        table.kept = store.keep(padded((row.cells for row in layout.data(source)), width), width)
    comma = source.delimiter != "," or _has_decimal_comma(list(profiles.values()))
    taken: list[str] = []
    for place, title in layout.titles.items():
        column_name = _name(title, place, taken, layout)
        taken.append(column_name)
        profile = profiles[place]
        column = DraftColumn(column_name, title, profile, Guess(), place=place)
        if table.source.layer and title == GEOMETRY:
            column.found = Guess(WKT)
            column.remarks.append(message("the geometries of the features, as WKT in WGS 84"))
            column.property = "gsp:asWKT"
        else:
            _guess(column, table, comma=comma)
        table.columns.append(column)
    for column in table.columns:
        _say_if_personal(column, table)
    made = take_wide(table, comma=comma)
    find_places(table)
    table.key = find_key(table, lambda: padded((row.cells for row in layout.data(source)), width))
    if made:
        add_made(table, made)
        del table.first_rows[_SHOWN_ROWS:]
    for column in table.columns:
        _name_column(column, table)
    return table


def _guess(column: DraftColumn, table: DraftTable, *, comma: bool) -> None:
    """Set the datatype of the column, with the reason, and what it was judged by if not by all cells."""
    profile = column.profile
    if profile.whole or table.kept is None:
        column.found = guess(profile, comma=comma, title=column.title)
    else:
        column.found = guess_all(profile, table.kept.column(column.place), comma=comma, title=column.title)
    column.remarks += [column.found.why] if column.found.why else []
    if profile.sampled:
        counts = {"some": len(profile.cells), "all": profile.different}
        typed = column.found.base != "string" or column.found.separator
        column.remarks.append(
            message("guessed from {some} of {all} different cells, then checked against all of them", **counts)
            if typed
            else message("guessed from {some} of {all} different cells", **counts)
        )


def _profiles(table: DraftTable) -> dict[int, Profile]:
    """The common traits of each column's cells, by its place; also counts the rows."""
    most = MOST_CELLS // max(len(table.layout.titles), 12)
    profiles = {place: Profile(most=most) for place in table.layout.titles}
    ends = Ends(max(profiles, default=-1) + 1)
    data = iter(table.layout.data(table.source))
    while rows := list(islice(data, _BATCH)):
        table.rows += len(rows)
        for row in rows:
            ends.add(row.cells)
        table.first_rows += [(row.number, row.cells) for row in rows[: _SHOWN_ROWS - len(table.first_rows)]]
        columns = list(zip_longest(*(row.cells for row in rows), fillvalue=""))
        for place, profile in profiles.items():
            profile.add_all(columns[place] if place < len(columns) else [""] * len(rows))
    _settle(table, ends)
    return profiles


def _settle(table: DraftTable, ends: Ends) -> None:
    """Leave out empty columns, and set the rules by which rows are read; features need none."""
    if table.source.layer:
        return
    layout = replace(table.layout, titles=without_empty(table.layout.titles, ends))
    if table.source.sheet is None:
        rules, remarks = end_rules(list(layout.titles), len(layout.header.titles), ends)
        table.remarks += remarks
    else:
        rules = [EMPTY_ENDS] if len(layout.titles) < len(table.layout.titles) else []
    table.rules = [*((rule, layout.quoted(rule)) for rule in layout.rules), *rules]
    if not layout.plain:
        table.remarks.append(
            message("titles are missing or repeated: columns go by their place")
            if layout.header.rows
            else message("no header: columns go by their place")
        )
    table.layout = layout


def _has_decimal_comma(profiles: Sequence[Profile]) -> bool:
    pattern = re.compile(r"-?[0-9 \u00a0\u202f.]*,(?:[0-9]{1,2}|[0-9]{4,})")
    return any(pattern.fullmatch(cell) for profile in profiles for cell in islice(profile.cells, 1000))


def _name(title: str, place: int, taken: Sequence[str], layout: Layout) -> str:
    kept = {each for each in layout.titles.values() if _LEGAL.fullmatch(each)}
    if layout.plain and title in kept:
        return title
    name = plain(title, "_").lower() or f"column_{place + 1}"
    return free(name, [*taken, *kept] if layout.plain else taken, "_")


def _name_column(column: DraftColumn, table: DraftTable) -> None:
    """Set the language and the property of its texts, as far as its name shows them."""
    if column.found.base != "string" or column.found.separator or not column.profile.cells:
        return
    language = _IN_NAME.search(plain(column.title, "_") or column.name)
    # `house_no` and `unit_is` end in words, `name_no` in a language.
    if language and (language[1].lower() not in _WORDS_TOO or _names_thing(words(column.title)[:-1])):
        column.language = language[1].lower()
        column.remarks.append(message("by its name it is in the language {tag}", tag=column.language))
    for iri, kind in _STATED.items():
        if _is_called(column, kind, table):
            column.property = iri
            column.remarks.append(
                message("by its name it states {iri}", iri=iri)
                if table.key
                else message("by its name it states {iri} about the row by its number: the table has no key", iri=iri)
            )
            return


def _names_thing(title: Words) -> bool:
    return any(names_kind(title, kind) for kind in _STATED.values())


def _say_if_personal(column: DraftColumn, table: DraftTable) -> None:
    if column.found.base not in ("string", "integer"):
        return
    others = [each.called() for each in table.columns if each is not column]
    if kind := personal_kind(column.profile.cells, [column.called()], others):
        column.remarks.append(
            message(
                "probably personal data: {kind}. Leave the column out, or write personal: true if you may publish it",
                kind=kind.message,
            )
        )


def _is_called(column: DraftColumn, kind: str, table: DraftTable) -> bool:
    """True where the name is of that kind, alone or after the name of the key or the table (`stop_name`)."""
    own = words(column.called())
    own = own[:-1] if column.language and own[-1:] == (column.language,) else own
    rest = rest_of(own, kind)
    if rest is None:
        return False
    keys = [rest_of(words(each.called()), "key") for each in table.key]
    return not rest or rest in keys or (rest == own[: len(rest)] and "".join(rest) in "".join(words(table.name)))
