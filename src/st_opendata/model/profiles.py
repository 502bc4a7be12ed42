"""Application profiles: the rules that a catalogue follows in addition to those for all catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from st_opendata.model.text import Text


@dataclass(frozen=True, slots=True)
class CodeList:
    """A SKOS concept scheme (SKOS §4): the codes that cells may hold, each with its labels."""

    name: str
    path: Path
    labels: Mapping[str, Text]
    """By code, in the order of the file."""


@dataclass(frozen=True, slots=True)
class ApplicationProfile:
    """A profile (W3C PROF: constraints and terms that data claim to follow).

    `shapes` and `ontology` are Turtle files by their path in a release. `required` are keys of dataset.yaml that each
    dataset must have, itself or from its catalogue.
    """

    name: str
    title: Text
    shapes: Mapping[str, Path] = field(default_factory=dict)
    ontology: Mapping[str, Path] = field(default_factory=dict)
    lists: tuple[CodeList, ...] = ()
    required: tuple[str, ...] = ()
    fits: tuple[frozenset[str], ...] = ()
    """Names of columns: a table with all columns of one set is a subject of the profile."""
