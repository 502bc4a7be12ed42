"""The description of one table of an export: its mapping, completed by what its header and cells show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from st_opendata.catalogue.cordis.cells import ColumnCells, is_true, replacements, roles
from st_opendata.catalogue.cordis.mappings import TableMapping
from st_opendata.names import free

Yaml = dict[str, Any]
_LISTED = re.compile(r"[\w -]+(?:\|[\w -]+)+")
_URLS = ("aboutUrl", "propertyUrl", "valueUrl")
_TYPES: Mapping[str, Yaml] = {
    "id": {"datatype": {"base": "string", "format": "[0-9]+"}},
    "number": {"datatype": "nonNegativeInteger"},
    "doi": {"datatype": {"base": "string", "format": r"10\.[0-9]{4,9}/[^ ]+"}},
    "address": {"datatype": "anyURI"},
    "latitude": {"datatype": {"base": "decimal", "minimum": -90, "maximum": 90}},
    "longitude": {"datatype": {"base": "decimal", "minimum": -180, "maximum": 180}},
    "role": {"datatype": {"base": "string", "format": roles()}},
}


@dataclass(frozen=True, slots=True)
class SeenTable:
    """A table of an export that was read: its mapping, its header, and its cells by the column of the mapping."""

    mapping: TableMapping
    header: tuple[str, ...]
    cells: Mapping[str, ColumnCells]
    rows: int
    dialect: Yaml = field(default_factory=dict)
    cleaning: Yaml = field(default_factory=dict)
    sheet: str | None = None

    @property
    def present(self) -> dict[str, str]:
        """The columns of the mapping that the file has, and their titles there."""
        found: dict[str, str] = {}
        for title in self.header:
            name = self.mapping.named(title)
            if name is not None:
                found.setdefault(name, title)
        return found


def describe(table: SeenTable, url: str, tables: Sequence[str]) -> Yaml:
    """The entry of `tables:`; `tables` are those of the import, as `dataset/file`, to which keys may refer."""
    mapping, present = table.mapping, table.present
    known = {*present}
    splits: list[Yaml] = []
    if point := next((name for name in present if mapping.columns[name]["form"] == "point"), None):
        splits.append({"column": present[point], "pattern": table.cells[point].way})
        known |= {"latitude", "longitude"}
    key = [name for name in mapping.key if name in known]
    absent = [name for name in mapping.key if name not in known]
    schema: Yaml = {"aboutUrl": _template(mapping.about, absent, known), "primaryKey": key}
    keys = [_foreign_key(column, target) for column, target in mapping.refers.items() if column in known]
    keys = [each for each in keys if each["reference"]["resource"] in tables]
    if keys:
        schema["foreignKeys"] = keys
    schema["columns"] = [*_columns(table, absent, known), *_virtual(mapping, absent, known)]
    described: Yaml = {"url": url, "title": dict(mapping.title), "lenient": True}
    described |= {"sheet": table.sheet, "name": mapping.name} if table.sheet else {}
    described |= {"dialect": table.dialect} if table.dialect else {}
    replace = [
        rule
        for name in present
        if mapping.columns[name]["form"] != "point"
        for rule in replacements(name, table.cells[name], _choices(mapping.columns[name]))
    ]
    cleaning = table.cleaning | ({"replace": replace} if replace else {})
    described |= {"cleaning": cleaning} if cleaning else {}
    described |= {"split": splits} if splits else {}
    return described | {"tableSchema": schema}


def _columns(table: SeenTable, absent: Sequence[str], known: set[str]) -> list[Yaml]:
    """The columns of the file in its order; a point becomes its two parts."""
    columns: list[Yaml] = []
    titles = {title: name for name, title in table.present.items()}
    taken = ["latitude", "longitude", *table.mapping.columns]
    for title in table.header:
        name = titles.pop(title, None)  # a title that comes again is that of a column that states nothing
        if name is None:
            plain = free(re.sub(r"[^A-Za-z0-9_]+", "_", title).strip("_") or "column", taken, "_")
            columns.append({"name": plain} | _shown(title, plain))
            taken.append(plain)
        elif table.mapping.columns[name]["form"] == "point":
            parts = [part for part in ("latitude", "longitude") if part not in table.present]
            columns += [_column(table, part, absent, known) for part in parts]
        else:
            described = _column(table, name, absent, known)
            columns.append(described if name == title else {"name": name, "titles": {"en": title}} | described)
    return columns


def _shown(title: str, name: str) -> Yaml:
    """The key for the title of a column of that name."""
    return {} if title == name else {"titles": {"en": title} if title else ""}


def _column(table: SeenTable, name: str, absent: Sequence[str], known: set[str]) -> Yaml:
    given = dict(table.mapping.columns[name])
    form = given.pop("form")
    pattern = given.pop("format", None)
    described: Yaml = {"name": name} | _form(form, table.cells.get(name), pattern)
    described |= {key: _template(value, absent, known) if key in _URLS else value for key, value in given.items()}
    if not _known(described, known):
        return {"name": name}
    return described


def _form(form: str, cells: ColumnCells | None, pattern: str | None) -> Yaml:
    """The datatype of a column, in the way in which its cells are written."""
    if form == "choice":
        return {"datatype": {"base": "string", "format": pattern}}
    if cells is None or form in _TYPES:
        return dict(_TYPES.get(form, {}))
    if form == "true":
        words = [word for word in sorted(cells.stripped) if is_true(word)] or ["true"]
        others = [word for word in sorted(cells.stripped) if not is_true(word)]
        return {"datatype": {"base": "string", "format": "|".join(words)}, "null": ["", *others]}
    if form == "codes":
        return {"separator": ";", "datatype": "token"} if cells.listed else {}
    return {"datatype": _written(form, cells.way)} if form in ("money", "day", "instant") else {}


def _written(form: str, way: str) -> Yaml:
    """The datatype of amounts, days and instants that are written in one way."""
    if form == "money":
        return {"base": "decimal", **({"format": {"decimalChar": ","}} if way == "," else {}), "minimum": 0}
    return {"base": "dateTime" if "H" in way else "date", "format": way}


def _choices(column: Yaml) -> list[str]:
    pattern = column.get("format", "")
    return pattern.split("|") if _LISTED.fullmatch(pattern) else []


def _virtual(mapping: TableMapping, absent: Sequence[str], known: set[str]) -> list[Yaml]:
    found: list[Yaml] = []
    taken = [*mapping.columns, "latitude", "longitude"]
    for given in mapping.virtual:
        described = {key: _template(value, absent, known) if key in _URLS else value for key, value in given.items()}
        if not _known(described, known):
            continue
        name = free(described["propertyUrl"].partition(":")[2], taken, "_")
        taken.append(name)
        found.append({"name": name, "virtual": True} | described)
    return found


def _known(described: Yaml, known: set[str]) -> bool:
    """Whether the file has all columns that the templates need; parts of an address may be missing."""
    urls = [described[key] for key in _URLS if key in described]
    needed = {part for url in urls for part in re.findall(r"\{[+#]?([A-Za-z]\w*)\}", url)}
    return needed | ({described["where"]} if "where" in described else set()) <= known


def _template(template: str, absent: Sequence[str], known: set[str]) -> str:
    """The template without the parts of keys and addresses that the file does not have."""
    for name in absent:
        template = template.replace(f"-{{{name}}}", "").replace(f"{{{name}}}-", "")

    def present(parts: re.Match[str]) -> str:
        names = [name for name in parts[1].split(",") if name in known]
        return f"{{/{','.join(names)}}}" if names else ""

    return re.sub(r"\{/([^}]*)\}", present, template)


def _foreign_key(column: str, target: str) -> Yaml:
    resource, _, reference = target.partition("#")
    return {"columnReference": column, "reference": {"resource": resource, "columnReference": reference}}
