"""CSVW metadata of a published table as the description of a table in dataset.yaml: the inverse of `exports`.

Published values are canonical, so formats of numbers and dates are gone; templates are absolute, and are shortened
again if the short form reads back as the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from st_opendata.catalogue.statements import Yaml
from st_opendata.csvw import datatype_description, read_group
from st_opendata.model.groups import DESCRIPTION, TITLE, DescribedTable
from st_opendata.model.tables import Column, Datatype, ForeignKey
from st_opendata.namespaces import PREFIXES
from st_opendata.tables.templates import absolute_template

_RELEASE, _FOLDER = "https://release.invalid/", "https://release.invalid/dataset/"
"""Placeholders for the IRIs of the release and of the dataset's folder in it."""


def read_columns(path: Path, base: str) -> Yaml:
    """The table that the first of the group's tables describes, without its `url`.

    A link table (`cities.themes`) has the statements of its list column, which the table itself lacks.

    Raises:
        ConfigurationError, InputError: it is not the metadata of a published table.
    """
    tables = read_group(path, _FOLDER, strict=True).tables
    table = tables[0]
    addresses = {each.table.name: _address(each) for each in tables}
    name = addresses[table.table.name].removesuffix(".csv")
    links = {addresses[each.table.name][len(name) + 1 : -4]: each for each in tables[1:] if _is_link(each, name)}
    about = next((column.about_url for column in table.table.columns if column.about_url), None)
    described: Yaml = {"aboutUrl": shorten(about, base)} if about else {}
    if table.table.primary_key:
        described["primaryKey"] = _names(table.table.primary_key)
    keys = [*table.table.foreign_keys, *(key for link in links.values() for key in link.table.foreign_keys)]
    if keys:
        described["foreignKeys"] = [_foreign_key(key, addresses) for key in keys]
    described["columns"] = [_column(each, about, base, linked=each.name in links) for each in table.table.columns]
    return _outline(table, name) | {"tableSchema": described}


def _address(described: DescribedTable) -> str:
    """The file of a table as dataset.yaml names it: with its folder if it belongs to another dataset."""
    return described.url.removeprefix(_FOLDER).removeprefix(_RELEASE)


def _is_link(described: DescribedTable, name: str) -> bool:
    return _address(described).startswith(f"{name}.") and not described.suppress_output


def shorten(template: str, base: str) -> str:
    """The template on the base, or with a prefix, if that reads back as the same."""
    shorter = [
        f"{prefix}:{template.removeprefix(start)}" for prefix, start in PREFIXES.items() if template.startswith(start)
    ]
    if template.startswith(base):
        shorter.append(template.removeprefix(base))
    for text in sorted(shorter, key=len):
        try:
            if text and absolute_template(text, base, PREFIXES) == template:
                return text
        except ValueError:
            continue
    return template


def _outline(described: DescribedTable, name: str) -> Yaml:
    title, description = described.annotations.texts(TITLE), described.annotations.texts(DESCRIPTION)
    outline: Yaml = {"title": title} if title and title != {"und": name} else {}
    return outline | ({"description": description} if description else {})


def _column(column: Column, about: str | None, base: str, *, linked: bool) -> Yaml:
    described: Yaml = {"virtual": True} if column.virtual else {}
    named = not column.name.startswith("_col.")
    if named:
        described["name"] = column.name
    titles = dict(column.titles)
    if len(titles) > 1 and (titles.get("und") == column.name or str(titles.get("und")).startswith("_col.")):
        del titles["und"]  # the header of the published file
    if titles and not (len(titles) == 1 and str(titles.get("und")).startswith("_col.")):
        described["titles"] = titles
    if column.description:
        described["description"] = dict(column.description)
    if datatype := _datatype(column.datatype):
        described["datatype"] = datatype
    optional = {
        "lang": column.lang if column.lang != "und" else None,
        "required": column.required or None,
        "separator": column.separator,
        "default": column.default or None,
        "null": list(column.null) if column.null != ("",) else None,
        "aboutUrl": shorten(column.about_url, base) if column.about_url not in (None, about) else None,
        "propertyUrl": shorten(column.property_url, base) if column.property_url is not None else None,
        "valueUrl": shorten(column.value_url, base) if column.value_url is not None else None,
    }
    described |= {key: value for key, value in optional.items() if value is not None}
    if column.suppress_output and column.property_url is not None and not linked:
        described["suppressOutput"] = True
    return described


def _datatype(datatype: Datatype) -> str | Yaml | None:
    described = datatype_description(datatype)
    if not isinstance(described, dict):
        return described
    return {key: value for key, value in described.items() if key != "@id"}


def _names(names: Sequence[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else list(names)


def _foreign_key(key: ForeignKey, addresses: Mapping[str, str]) -> Yaml:
    return {
        "columnReference": _names(key.columns),
        "reference": {"resource": addresses[key.table], "columnReference": _names(key.reference)},
    }
