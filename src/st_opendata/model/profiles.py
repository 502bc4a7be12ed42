"""Application profiles: the rules that a catalogue follows in addition to those for all catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from st_opendata.model.text import Text


@dataclass(frozen=True, slots=True)
class CodeList:
    """A SKOS concept scheme (SKOS §4): the codes that cells and keys may hold, each with its labels.

    `start` is the beginning of the IRIs of the codes and `scheme` the IRI of the list; None for a list under the
    catalogue's base.
    """

    name: str
    path: Path
    labels: Mapping[str, Text]
    """By code, in the order of the file."""
    matches: Mapping[str, str] = field(default_factory=dict)
    """By code: the code of the EU table that means the same."""
    start: str | None = None
    scheme: str | None = None
    title: Text = field(default_factory=dict)

    def start_in(self, base: str) -> str:
        """How the IRIs of the codes begin in a catalogue with this base."""
        return self.start or f"{self.scheme_in(base)}/"

    def scheme_in(self, base: str) -> str:
        """The IRI of the list in a catalogue with this base."""
        return self.scheme or f"{base}scheme/{self.name}"

    def title_in(self, language: str) -> Text:
        """The title, or one in this language that is made of the name."""
        return self.title or {language: self.name.replace("-", " ").capitalize()}


class ValueKind(StrEnum):
    """What a property of a profile takes: the words of `value:` in profile.yaml."""

    TEXT = "text"
    LITERAL = "literal"
    IRI = "iri"
    CODE = "code"
    AGENT = "agent"
    LINK = "link"


class Owner(StrEnum):
    """The resources that a property of a profile describes: the words of `on:` in profile.yaml."""

    CATALOGUE = "catalogue"
    DATASET = "dataset"
    DISTRIBUTION = "distribution"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class ProfileProperty:
    """A property that a profile adds to the description of a catalogue, under its own key in YAML.

    `start` and `pattern` bound the values: the beginning of an IRI and the form of the rest, or of a literal.
    `types` are the classes of a value with an IRI, and `category` its dct:type. `most` is None for any number.
    """

    key: str
    iri: str
    kind: ValueKind
    label: Text
    description: Text = field(default_factory=dict)
    on: tuple[Owner, ...] = (Owner.DATASET,)
    inherited: bool = True
    """Whether catalogue.yaml may state it for all datasets."""
    least: int = 0
    most: int | None = None
    datatype: str | None = None
    start: str = ""
    pattern: str | None = None
    codes: CodeList | None = None
    types: tuple[str, ...] = ()
    category: str | None = None
    also: tuple[str, ...] = ()
    """Further properties with the same values: more general ones, for readers who do not know the profile."""
    portal_key: str = ""
    """The key of a portal that has no field for it; empty for the same key."""
    listed: bool | None = None
    """Whether a portal has a list under that key; None for one that depends on the kind of value."""
    refines: bool = False
    """The key is one of DCAT-AP: codes of the list take the place of its value in the description."""


@dataclass(frozen=True, slots=True)
class LiteralValue:
    """A literal: with a language, a datatype, or neither."""

    text: str
    language: str | None = None
    datatype: str | None = None


@dataclass(frozen=True, slots=True)
class NodeValue:
    """A value with an IRI; with a code, it is the concept of that code in the list."""

    iri: str
    label: Text = field(default_factory=dict)
    codes: CodeList | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class ApplicationProfile:
    """A profile (W3C PROF: constraints and terms that data claim to follow).

    `shapes` and `ontology` are Turtle files by their path in a release. `required` are keys of dataset.yaml that each
    dataset must have, itself or from its catalogue. `properties` are those that it adds, by key.
    """

    name: str
    title: Text
    shapes: Mapping[str, Path] = field(default_factory=dict)
    ontology: Mapping[str, Path] = field(default_factory=dict)
    lists: tuple[CodeList, ...] = ()
    required: tuple[str, ...] = ()
    fits: tuple[frozenset[str], ...] = ()
    """Names of columns: a table with all columns of one set is a subject of the profile."""
    properties: Mapping[str, ProfileProperty] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Those that it needs in addition to the program's."""
