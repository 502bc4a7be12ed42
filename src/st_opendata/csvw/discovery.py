"""The metadata of a table: from the user, a Link header, the site's configuration, or none (CSVW syntax §5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import uritemplate

from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.documents import read_metadata
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.urls import absolute, same_document
from st_opendata.csvw.metadata.values import DocumentContext, MetadataObject
from st_opendata.errors import InputError
from st_opendata.formats import JSON, JSON_LD
from st_opendata.messages.message import message

STANDARD_PATHS = ("{+url}-metadata.json", "csv-metadata.json")
_TYPES = ("application/csvm+json", JSON_LD.media_type, JSON.media_type)
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^;,=\s]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]+))*)")
_PARAMETER = re.compile(r";\s*([^;,=\s]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))")


@dataclass(frozen=True, slots=True)
class Hints:
    """Hints in addition to a table's file: the IRI of its metadata, the Link header, the site's configuration."""

    metadata: str | None = None
    link: str | None = None
    site: tuple[str, ...] = STANDARD_PATHS
    """Templates of `/.well-known/csvm`, one a line."""


def describe(iri: str, loader: DocumentLoader, hints: Hints, notices: Notices) -> MetadataObject:
    """The group of tables that `iri` is, or that describes the table which it is.

    Raises:
        ConfigurationError: the metadata has an error by CSVW metadata.
        InputError: it cannot be read.
    """
    if iri.partition("?")[0].endswith(".json") and hints.metadata is None:
        return read_metadata(iri, loader, notices)
    if hints.metadata is not None:
        return read_metadata(hints.metadata, loader, notices)
    for reference, sure in _candidates(iri, hints):
        try:
            candidate = absolute(reference, iri)
        except ValueError:
            notices.warn(message('"{reference}" is not a URL of metadata; it is ignored', reference=reference))
            continue
        try:
            if not sure and loader.find(candidate) is None:
                continue
            found = read_metadata(candidate, loader, notices)
        except InputError as error:
            notices.warn(
                message("the metadata {url} is ignored: {problem}", url=candidate[:200], problem=error.message)
            )
            continue
        if any(same_document(str(table.get("url")), iri) for table in found.objects("tables")):
            return found
        with notices.document(loader.label(candidate)):
            notices.warn(message("the metadata does not describe {table}; it is ignored", table=loader.label(iri)))
    context = DocumentContext(iri, None, notices)
    return MetadataObject(context, {"tables": (MetadataObject(context, {"url": iri}),)})


def _candidates(iri: str, hints: Hints) -> Iterator[tuple[str, bool]]:
    """References to documents that may describe the table, each with whether it must exist."""
    for target, parameters in _LINK.findall(hints.link or ""):
        said = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(parameters)}
        if "describedby" in said.get("rel", "").split() and said.get("type", _TYPES[0]) in _TYPES:
            yield target, True
    for line in hints.site:
        yield uritemplate.expand(line, url=iri), False
