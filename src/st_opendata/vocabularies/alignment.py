"""When the metadata quality assessment (MQA) takes a format, media type, licence or access right as a known one.

`mqa.json` holds the lists of the European Data Portal (copy of 2020 to 2023): `machineReadable` and `nonProprietary`
codes of the file-type table, and `licences`, the addresses that its licence list gives as skos:exactMatch or owl:sameAs
of a licence, without scheme, `www.`, language and final slash. `mediaTypes` aligns IANA media types with file types.

The portal normalises what it harvests, so a literal such as "CSV" or "text/csv" counts as the code that it names.
"""

from __future__ import annotations

import re

from st_opendata.namespaces import AUTHORITY
from st_opendata.vocabularies import codes, read_table

_IANA = re.compile(r"https?://(www\.)?iana\.org/assignments/media-types/(?P<name>[^/\s]+/[^/\s]+)")
_MEDIA_TYPE = re.compile(r"(application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+", re.ASCII)
_LICENCE_TAIL = re.compile(r"/(legalcode|deed)(\.[a-z_]+)?/?$")


def file_type(value: str) -> str | None:
    """The code in the EU file-type table that an IRI, name (`CSV`, `.csv`, `json-ld`) or media type stands for."""
    code = value.removeprefix(f"{AUTHORITY}file-type/")
    if code in codes("file-type"):
        return code
    if "://" in value:
        return None
    name = value.strip().lower()
    spelled = re.sub(r"\W+", "_", name.lstrip(".")).upper()
    by_name = (spelled, f"RDF_{spelled}", _file_type_of(name))
    return next((code for code in by_name if code in codes("file-type")), None)


def media_type(value: str) -> str | None:
    """The media type (`text/csv`) that an IANA IRI or a name stands for; None for anything else."""
    iri = _IANA.fullmatch(value.strip())
    name = (iri["name"] if iri else value.strip()).lower()
    return name if _MEDIA_TYPE.fullmatch(name) else None


def machine_readable(value: str) -> bool:
    """Whether the format or media type is in the portal's machine-readable list."""
    return _listed("machineReadable", value)


def non_proprietary(value: str) -> bool:
    """Whether the format or media type is in the portal's non-proprietary list."""
    return _listed("nonProprietary", value)


def licence(value: str) -> str | None:
    """The licence's code, for an IRI of the EU licence table or an address that the portal's list aligns with one."""
    code = value.removeprefix(f"{AUTHORITY}licence/")
    if code in codes("licence"):
        return code
    address = value.strip().lower().partition("://")[2].removeprefix("www.")
    known: dict[str, str] = read_table("mqa")["licences"]
    return known.get(_LICENCE_TAIL.sub("", address).rstrip("/"))


def access_right(value: str) -> str | None:
    """The code, for an IRI of the EU access-right table."""
    start = f"{AUTHORITY}access-right/"
    code = value.removeprefix(start)
    return code if value.startswith(start) and code in codes("access-right") else None


def _listed(name: str, value: str) -> bool:
    code = file_type(value) or _file_type_of(media_type(value))
    return code in read_table("mqa")[name]


def _file_type_of(name: str | None) -> str | None:
    found: str | None = read_table("mqa")["mediaTypes"].get(name)
    return found
