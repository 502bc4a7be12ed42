"""CSVW metadata of a published table as the description of a table in dataset.yaml: the inverse of `exports`.

What is published is canonical, so formats of numbers and dates are gone; templates are absolute, and made short again
where the short form reads back as the same.
"""

from __future__ import annotations

from st_opendata.catalogue.statements import Yaml
from st_opendata.namespaces import PREFIXES
from st_opendata.tables.templates import absolute_template
from st_opendata.targets.ckan.pull import Json
from st_opendata.targets.ckan.tables import texts_by_language

_TEMPLATES = ("aboutUrl", "propertyUrl", "valueUrl")
_COLUMN_KEYS = ("lang", "required", "separator", "default", "null")


def read_columns(metadata: Json, base: str) -> Yaml:
    """The table that the first of the group's tables describes, without its `url`.

    A link table (`cities.themes`) says what its list column states, which is silent in the table itself.

    Raises:
        KeyError, TypeError, ValueError: it is not the metadata of a published table.
    """
    table, *others = metadata["tables"]
    name = str(table["url"]).removesuffix(".csv")
    links = {str(each["url"])[len(name) + 1 : -4]: each for each in others if _is_link(each, name)}
    schema = table["tableSchema"]
    about = schema.get("aboutUrl")
    described: Yaml = {"aboutUrl": shorten(about, base)} if about else {}
    if key := schema.get("primaryKey"):
        described["primaryKey"] = key[0] if len(key) == 1 else list(key)
    keys = [*schema.get("foreignKeys", ()), *(key for link in links.values() for key in _keys(link))]
    if keys:
        described["foreignKeys"] = list(map(_foreign_key, keys))
    described["columns"] = [_column(each, base, linked=each.get("name") in links) for each in schema["columns"]]
    return _outline(table, name) | {"tableSchema": described}


def _is_link(table: Json, name: str) -> bool:
    return str(table["url"]).startswith(f"{name}.") and not table.get("suppressOutput")


def shorten(template: str, base: str) -> str:
    """The template on the base, or with a prefix, where that is read as the same."""
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


def _outline(table: Json, name: str) -> Yaml:
    title, description = texts_by_language(table.get("dc:title")), texts_by_language(table.get("dc:description"))
    outline: Yaml = {"title": title} if title and title != {"und": name} else {}
    return outline | ({"description": description} if description else {})


def _column(column: Json, base: str, *, linked: bool) -> Yaml:
    described: Yaml = {"virtual": True} if column.get("virtual") else {}
    if "name" in column:
        described["name"] = column["name"]
    titles = dict(column.get("titles", {}))
    if len(titles) > 1 and (titles.get("und") == column.get("name") or str(titles.get("und")).startswith("_col.")):
        del titles["und"]  # the header of the published file
    if titles and not (len(titles) == 1 and str(titles.get("und")).startswith("_col.")):
        described["titles"] = titles
    if description := texts_by_language(column.get("dc:description")):
        described["description"] = description
    if datatype := column.get("datatype"):
        described["datatype"] = _datatype(datatype)
    described |= {key: column[key] for key in _COLUMN_KEYS if key in column}
    described |= {key: shorten(column[key], base) for key in _TEMPLATES if key in column}
    if column.get("suppressOutput") and "propertyUrl" in column and not linked:
        described["suppressOutput"] = True
    return described


def _datatype(datatype: str | Json) -> str | Yaml:
    if isinstance(datatype, str):
        return datatype
    return {key: value for key, value in datatype.items() if key != "@id"}


def _keys(table: Json) -> list[Json]:
    found: list[Json] = table["tableSchema"].get("foreignKeys", [])
    return found


def _foreign_key(key: Json) -> Yaml:
    def short(names: list[str]) -> str | list[str]:
        return names[0] if len(names) == 1 else list(names)

    reference = key["reference"]
    return {
        "columnReference": short(key["columnReference"]),
        "reference": {
            "resource": str(reference["resource"]).removeprefix("../"),
            "columnReference": short(reference["columnReference"]),
        },
    }
