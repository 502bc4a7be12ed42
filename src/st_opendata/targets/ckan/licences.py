"""The entry of a portal's list of licences for the licence of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from st_opendata.targets.ckan.aliases import plain
from st_opendata.vocabularies import codes, label
from st_opendata.vocabularies.licences import ckan_ids, licence_name, same_id


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of a portal's list: the id that a dataset states, and the title and address that its page shows."""

    id: str
    title: str = ""
    url: str = ""


_DEFINED = "http://www.opendefinition.org/licenses/"
DEFAULT_LICENCES = (
    *(
        Licence(name, "", _DEFINED + name)
        for name in ("odc-pddl", "odc-odbl", "odc-by", "cc-zero", "cc-by", "cc-by-sa")
    ),
    Licence("gfdl", "", ""),
    Licence("uk-ogl", "", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"),
    Licence("cc-nc", "", "http://creativecommons.org/licenses/by-nc/2.0/"),
)
"""The licences of a CKAN without its own list; those that name no licence (`other-open`) are left out."""
_NO_LICENCE = frozenset({"notspecified", "other-open", "other-pd", "other-at", "other-nc", "other-closed"})


def parse_licences(answer: object) -> tuple[Licence, ...]:
    """The licences in an answer of `license_list`, active ones first; those that name no licence are left out."""
    entries = [each for each in answer if isinstance(each, Mapping)] if isinstance(answer, list) else []
    entries.sort(key=lambda each: str(each.get("status") or "active") != "active")
    found = (Licence(_text(each, "id"), _text(each, "title"), _text(each, "url")) for each in entries)
    return tuple(each for each in found if each.id and each.id not in _NO_LICENCE)


def choose_licence(iri: str, titles: Iterable[str], licences: Sequence[Licence]) -> Licence | None:
    """The entry for the licence of this IRI: by its address, else by an id, else by its title; None if none fits.

    An address decides, since lists use one id for several versions: `cc-by` of CKAN's own list has the address of
    version 4.0 at opendefinition.org, and stands for the versions that the list does not have.
    """
    name = licence_name(iri)
    for each in licences:
        if iri in (each.id, each.url) or name in (_named(each.url), _named(each.id)):
            return each
    for known in ckan_ids(iri):
        for each in licences:
            if same_id(each.id, known):
                return each
    own = [*titles, *(label("licence", name).values() if name in codes("licence") else ())]
    words = set(filter(None, map(plain, own)))
    return next((each for each in licences if plain(each.title) in words), None)


def _named(value: str) -> str:
    """The name of the licence at an address; empty for an id that is not an address."""
    return licence_name(value) if "://" in value else ""


def _text(entry: Mapping[str, Any], key: str) -> str:
    return str(entry.get(key) or "").strip()
