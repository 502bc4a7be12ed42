"""A finished release: files, digests, counts and scores, as `release.json` states them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.formats import Format
from st_opendata.messages.message import Message
from st_opendata.model.pulled import PulledCatalogue
from st_opendata.model.text import Text

if TYPE_CHECKING:  # pydantic takes longer to load than a small release to read
    from st_opendata.model.targets import TargetSettings


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release: path relative to it with `/`, size in bytes, SHA-256 in lower-case hex."""

    path: str
    size: int
    sha256: str

    @classmethod
    def of(cls, root: Path, path: str) -> File:
        """Measure the file that has this path in the release at `root`."""
        with (root / path).open("rb") as data:
            digest = file_digest(data, "sha256").hexdigest()
        return cls(path, (root / path).stat().st_size, digest)


@dataclass(frozen=True, slots=True)
class Distribution:
    """A written file that the catalogue offers, described for people and machines."""

    file: File
    format: Format
    title: Text
    dataset: str
    table: str | None = None
    conforms_to: tuple[str, ...] = ()
    described_by: str | None = None
    """Path of the file that describes this one (CSVW metadata)."""
    purpose: Message | None = None
    """The purpose of the file, if it differs from that of its format."""
    description: Text = field(default_factory=dict)
    """The publisher's description of a carried file."""
    carried: bool = False
    """Whether this is a file of the publisher, which the release has unchanged."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file with a picture of a dataset, described in words too; not a distribution, as it has no data."""

    file: File
    title: Text
    description: Text


@dataclass(frozen=True, slots=True)
class ReleasedLink:
    """An address that a dataset names: a file if it has a format, a service if it has the name of a protocol."""

    iri: str
    """IRI of the dcat:Distribution."""
    url: str
    title: Text
    description: Text
    format: Format | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetRelease:
    """A dataset's contents in a release: `rows` per table, distinct triples, MQA points of 405, a picture if any."""

    id: str
    iri: str
    title: Text
    rows: dict[str, int]
    triples: int
    points: int
    distributions: tuple[Distribution, ...]
    picture: File | None = None
    links: tuple[ReleasedLink, ...] = ()
    markdown: Text = field(default_factory=dict)
    """The description of the dataset where it is Markdown; the catalogue has it as plain text."""


@dataclass(frozen=True, slots=True)
class FactFile:
    """The file with all facts of one predicate, an IRI: distinct triples of the catalogue and of each dataset."""

    predicate: str
    path: str
    triples: int
    datasets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FactFolder:
    """The files with the facts of a release, sorted by predicate.

    `digits` is the number of hexadecimal digits of the subject's MD5 that divide the facts into shards, `datasets` the
    number for the facts of one dataset, which is not greater; 0 for one shard.
    """

    digits: int
    datasets: Mapping[str, int]
    files: tuple[FactFile, ...]


@dataclass(frozen=True, slots=True)
class PortalKey:
    """A property of a profile, and the key under which a portal without a field for it has the values.

    `on` are the resources that it describes and `value` says what it takes, in the words of profile.yaml. `listed` says
    that the key has a list.
    """

    name: str
    property: str
    value: str
    on: tuple[str, ...]
    listed: bool


@dataclass(frozen=True, slots=True)
class Release:
    """The content of `release.json`.

    `created` is an ISO 8601 instant from the catalogue's modification date or SOURCE_DATE_EPOCH, never the clock.
    `inputs` are the files it was built from, with paths relative to the catalogue, ontology or shapes folder.
    """

    tool: str
    catalogue: str
    base: str
    site: str
    title: Text
    created: str
    triples: int
    datasets: tuple[DatasetRelease, ...]
    inputs: tuple[File, ...]
    files: tuple[File, ...]
    prefixes: dict[str, str] = field(default_factory=dict)
    """The catalogue's own prefixes, in addition to those of every release."""
    facts: FactFolder | None = None
    """The files with the facts; None for a release of a version before 0.3."""
    targets: Mapping[str, TargetSettings] = field(default_factory=dict)
    """Where the release is published, by the names that the catalogue gives."""
    keys: tuple[PortalKey, ...] = ()
    """The properties of its profiles on portals."""
    pulled: PulledCatalogue | None = None
    """The portal that the catalogue was pulled from."""
