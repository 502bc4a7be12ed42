"""`properties:` of profile.yaml: the keys that a profile adds to catalogue.yaml, dataset.yaml and their tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from st_opendata.documents import Fields, Steps
from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import Message, message
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.profiles import CodeList, Owner, ProfileProperty, ValueKind
from st_opendata.namespaces import PREFIXES, expand
from st_opendata.spelling import hint
from st_opendata.tables.templates import ILLEGAL_IN_IRI, SCHEME

_KEYS = (
    *("property", "also", "label", "description", "value", "on", "inherit", "min", "max"),
    *("datatype", "start", "pattern", "list", "class", "type", "ckan"),
)
_ONLY_FOR: Mapping[str, tuple[ValueKind, ...]] = {
    "datatype": (ValueKind.LITERAL,),
    "start": (ValueKind.IRI,),
    "pattern": (ValueKind.LITERAL, ValueKind.IRI),
    "list": (ValueKind.CODE, ValueKind.IRI),
    "class": (ValueKind.IRI, ValueKind.CODE, ValueKind.LINK),
    "type": (ValueKind.IRI, ValueKind.CODE, ValueKind.LINK),
}
"""Keys that only some kinds of value have."""
_KEY = r"[a-z][A-Za-z0-9]*"
_PORTAL_KEY = r"[A-Za-z][A-Za-z0-9_-]*"
OWN_KEYS = frozenset(str(each.alias) for model in (Catalogue, Dataset) for each in model.model_fields.values())
"""The keys of catalogue.yaml and dataset.yaml without a profile."""
REFINABLE = frozenset({"license"})
"""Keys of DCAT-AP for which a profile may have its own list."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the properties of a profile refer to: its code lists, and the prefixes of its IRIs."""

    lists: Sequence[CodeList]
    prefixes: dict[str, str]


def read_prefixes(fields: Fields) -> dict[str, str]:
    """`prefixes:` of profile.yaml, in addition to those of the program."""
    found = dict(PREFIXES)
    below = fields.below("prefixes") if "prefixes" in fields else None
    for prefix in below.keys() if below else ():
        start = below.text(prefix) if below else None
        if start and (not re.match(SCHEME, start) or re.search(ILLEGAL_IN_IRI, start)):
            problem = message('the prefix "{prefix}" needs an absolute IRI, as https://example.org/ns#', prefix=prefix)
            fields.problem(problem, "prefixes", prefix)
        found[prefix] = start or ""
    return found


def read_properties(fields: Fields, vocabulary: Vocabulary) -> dict[str, ProfileProperty]:
    """The properties by their keys; each problem is noted at its place."""
    below = fields.below("properties") if "properties" in fields else None
    found: dict[str, ProfileProperty] = {}
    for key in below.keys() if below else ():
        if not re.fullmatch(_KEY, key) or (key in OWN_KEYS and key not in REFINABLE):
            fields.problem(_unfit(key), "properties", key)
        elif below and (about := below.below(key)) and (entry := _property(key, about, vocabulary)):
            found[key] = entry
    return found


def _unfit(key: str) -> Message:
    if key in OWN_KEYS:
        return message('"{key}" is a key of every catalogue; choose another name', key=key)
    return message('"{key}" cannot be a key: use letters and digits, as in contributorID', key=key)


def _property(key: str, about: Fields, vocabulary: Vocabulary) -> ProfileProperty | None:
    noted = about.noted
    about.only(_KEYS)
    iri = _iri(about, "property", vocabulary.prefixes)
    kind = _choice(about, ("value",), about.text("value", required=False) or ValueKind.TEXT, ValueKind)
    owners = [_choice(about, ("on", number), name, Owner) for number, name in enumerate(about.texts("on"))]
    for name, kinds in _ONLY_FOR.items():
        if name in about and kind and kind not in kinds:
            problem = message(
                '"{key}" is not for `value: {kind}`; it is for {kinds}', key=name, kind=kind, kinds=", ".join(kinds)
            )
            about.problem(problem, name)
    least, most = about.number("min") or 0, about.number("max")
    if most is not None and most < max(least, 1):
        about.problem(message('"max" must be at least 1, and not below "min"'), "max")
    _check_pattern(about)
    codes = _list(about, vocabulary.lists) if "list" in about or kind is ValueKind.CODE else None
    if key in REFINABLE and kind is not ValueKind.CODE:
        about.problem(message('"{key}" can only have codes of a list: write `value: code`', key=key), "value")
    portal_key, listed = _portal_key(about)
    types, also = (_iris(about, name, vocabulary.prefixes) for name in ("class", "also"))
    if about.noted > noted or iri is None or kind is None:
        return None
    start = _iri(about, "start", vocabulary.prefixes) if "start" in about else None
    return ProfileProperty(
        key=key,
        iri=iri,
        kind=kind,
        label=about.local_text("label") or {"und": key},
        description=about.local_text("description"),
        on=tuple(dict.fromkeys(owner for owner in owners if owner)) or (Owner.DATASET,),
        inherited="inherit" not in about or about.flag("inherit"),
        least=least,
        most=most,
        datatype=_iri(about, "datatype", vocabulary.prefixes) if "datatype" in about else None,
        start=start or (codes.start if codes and codes.start else ""),
        pattern=about.text("pattern", required=False),
        codes=codes,
        types=types,
        category=_iri(about, "type", vocabulary.prefixes) if "type" in about else None,
        also=also,
        portal_key=portal_key,
        listed=listed,
        refines=key in REFINABLE,
    )


def _portal_key(about: Fields) -> tuple[str, bool | None]:
    """`ckan: {key: legalbasisText, list: true}`: the key on a CKAN and whether it has a list, each optional."""
    below = about.below("ckan") if "ckan" in about else None
    if below is None:
        return "", None
    below.only(("key", "list"))
    key = below.text("key", required=False) or ""
    if key and not re.fullmatch(_PORTAL_KEY, key):
        below.problem(message('"{key}" cannot be a key of a portal: use letters, digits, _ and -', key=key), "key")
    return key, below.flag("list") if "list" in below else None


def _iris(about: Fields, key: str, prefixes: dict[str, str]) -> tuple[str, ...]:
    named = enumerate(about.texts(key))
    return tuple(filter(None, (_iri_of(about, (key, number), name, prefixes) for number, name in named)))


def _list(about: Fields, lists: Sequence[CodeList]) -> CodeList | None:
    name = about.text("list")
    found = next((each for each in lists if each.name == name), None)
    if name and found is None:
        near = hint(name, [each.name for each in lists])
        about.problem(message('there is no list "{name}"{hint}', name=name, hint=near), "list")
    return found


def _choice(about: Fields, steps: Steps, name: str, values: type[Choice]) -> Choice | None:
    try:
        return values(name)
    except ValueError:
        near = hint(name, list(values))
        unknown = message('"{value}" is not a value of "{key}"{hint}', value=name, key=steps[0], hint=near)
        about.problem(unknown, *steps)
        return None


def _check_pattern(about: Fields) -> None:
    try:
        re.compile(about.text("pattern", required=False) or "")
    except re.error as error:
        about.problem(
            message('"{key}" is not a regular expression: {reason}', key="pattern", reason=str(error)), "pattern"
        )


def _iri(about: Fields, key: str, prefixes: dict[str, str]) -> str | None:
    name = about.text(key)
    return _iri_of(about, (key,), name, prefixes) if name else None


def _iri_of(about: Fields, steps: Steps, name: str, prefixes: dict[str, str]) -> str | None:
    """The IRI of a prefixed name, or the name itself if it is one."""
    try:
        iri = expand(name, prefixes)
    except ConfigurationError as error:
        about.problem(error.message, *steps)
        return None
    if not re.match(SCHEME, iri) or re.search(ILLEGAL_IN_IRI, iri):
        about.problem(message("not an absolute http(s) IRI, as https://example.org/ is"), *steps)
        return None
    return iri
