"""Licences by any name: the IRI or code of the EU table, their own addresses, and the ids that CKAN portals use.

`licence_ids.tsv` holds the ids and further addresses; `alignment` knows the addresses of the EU portal's own list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from st_opendata.namespaces import AUTHORITY
from st_opendata.vocabularies import alignment, codes, licence_page

_TABLE = f"{AUTHORITY}licence/"
_NOT_IN_ID = re.compile(r"[^0-9a-z]+")
_CREATIVE_COMMONS = re.compile(r"CC_(BY)(NC)?(ND|SA)?_(\d_\d)(?:_([A-Z]{2}))?")
_TAIL = re.compile(r"/(deed|legalcode|summary)?(\.[a-z_]+)?/?$")


@dataclass(frozen=True, slots=True)
class _Ids:
    """What `licence_ids.tsv` says: the ids of each licence, and the licence of each further address."""

    of: dict[str, tuple[str, ...]]
    by_address: dict[str, str]


def licence_name(value: str) -> str:
    """One name of the licence that an IRI, address or code stands for: the code of the EU table if that has it.

    For other licences this is the address, without scheme, `www.`, language and final slash; two values stand for
    the same licence if their names are equal.

    >>> licence_name("http://creativecommons.org/licenses/by/4.0/deed.de"), licence_name("https://town.example/terms/")
    ('CC_BY_4_0', 'town.example/terms')
    """
    if value in codes("licence"):
        return value
    address = _address(value)
    return alignment.licence(value) or _ids().by_address.get(address) or _pages().get(address) or address


def licence_code(value: str) -> str | None:
    """The code of the EU table for an IRI, address or code; None for a licence that the table does not have."""
    name = licence_name(value)
    return name if name in codes("licence") else None


def ckan_ids(iri: str) -> tuple[str, ...]:
    """The ids that CKAN portals use for a licence, the most exact first; empty for an unknown one.

    >>> ckan_ids("http://publications.europa.eu/resource/authority/licence/ODC_BY")
    ('ODC-By-1.0', 'odc-by')
    """
    return _ids().of.get(licence_name(iri), ())


def licence_of_id(identifier: str) -> str | None:
    """The IRI of the only licence for which CKAN portals use this id; None if there is none, or several."""
    found = [name for name, ids in _ids().of.items() if same_id(identifier, *ids)]
    if len(found) != 1:
        return None
    return f"{_TABLE}{found[0]}" if found[0] in codes("licence") else f"https://{found[0]}"


def same_id(identifier: str, *ids: str) -> bool:
    """Whether an id is one of these, whatever its capitals, hyphens and points.

    >>> same_id("CC-BY-4.0", "cc-by", "cc_by_4_0"), same_id("cc-by", "cc-by-sa")
    (True, False)
    """
    return _plain(identifier) in map(_plain, ids)


def readable_address(iri: str) -> str:
    """The address of the licence for people: its own page if that is known, else the IRI."""
    return licence_page(licence_name(iri)) or iri


def _plain(identifier: str) -> str:
    return _NOT_IN_ID.sub("", identifier.casefold())


def _address(value: str) -> str:
    address = value.strip().casefold()
    address = address.partition("://")[2] or address
    return _TAIL.sub("", address.removeprefix("www.")).rstrip("/")


@cache
def _pages() -> dict[str, str]:
    """The codes by their pages in licences.json, and by the addresses that Creative Commons gives all its versions."""
    found = {_address(page): code for code in codes("licence") if (page := licence_page(code))}
    for code in codes("licence"):
        if parts := _CREATIVE_COMMONS.fullmatch(code):
            kind, version, place = "-".join(filter(None, parts.group(1, 2, 3))), parts[4], parts[5]
            address = f"creativecommons.org/licenses/{kind}/{version}{f'/{place}' if place else ''}"
            found[address.replace("_", ".").lower()] = code
    return found


@cache
def _ids() -> _Ids:
    of: dict[str, tuple[str, ...]] = {}
    by_address: dict[str, str] = {}
    for line in files("st_opendata.vocabularies").joinpath("licence_ids.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, ids, *addresses = line.split("\t")
        key = name if name in codes("licence") else _address(name)
        of[key] = tuple(ids.split())
        by_address |= {_address(each): key for each in " ".join(addresses).split()}
    return _Ids(of, by_address)
