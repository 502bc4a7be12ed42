"""Files and links of a dataset in addition to its tables, as `files:` and `links:` of dataset.yaml describe them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from st_opendata.formats import Format
from st_opendata.model.licences import Licence
from st_opendata.model.text import Text
from st_opendata.vocabularies.services import ServiceProtocol


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard or profile that a file or service conforms to (dct:Standard)."""

    url: str
    label: Text


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """A file that a release has unchanged; `name` is its path in the folder of the dataset, with `/`.

    `format` is the one that the publisher states, None if the bytes show it. `language` (BCP 47) and `license` are its
    own, empty or None for those of the dataset.
    """

    name: str
    path: Path
    title: Text
    description: Text = field(default_factory=dict)
    language: tuple[str, ...] = ()
    license: Licence | None = None
    format: Format | None = None
    conforms_to: tuple[Standard, ...] = ()


@dataclass(frozen=True, slots=True)
class DatasetLink:
    """An address where the dataset, or a part of it, can be had: a page, a file, or the endpoint of a service.

    A link with a `protocol` is a service (dcat:accessService), `endpoint_description` its capabilities document or
    OpenAPI file. Another one with a `format` is a file that `url` downloads; `size` and `sha256` are the publisher's
    statements about it. Any other is a page. No link is ever opened.
    """

    url: str
    title: Text
    description: Text = field(default_factory=dict)
    language: tuple[str, ...] = ()
    license: Licence | None = None
    format: Format | None = None
    protocol: ServiceProtocol | None = None
    endpoint_description: str | None = None
    conforms_to: tuple[Standard, ...] = ()
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file of a folder, `name` with `/`, that was fetched from `url`: when (UTC, RFC 3339), and what it was then.

    `etag` and `last_modified` are the server's, empty if it sends none: by them it says whether the file changed.
    """

    name: str
    url: str
    date: str
    sha256: str
    etag: str = ""
    last_modified: str = ""
