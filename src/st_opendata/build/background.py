"""What a release carries beside facts: ontology and shapes, of the program and of the catalogue, and its questions."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import Graph

from st_opendata.errors import ConfigurationError, InputError, UsageError
from st_opendata.model.findings import Finding
from st_opendata.model.release import File
from st_opendata.place import Place
from st_opendata.query import Query, check_query
from st_opendata.questions import FOLDER as QUESTIONS
from st_opendata.questions import Question, question_files, read_questions
from st_opendata.rdf import TermReader, read_rdf
from st_opendata.resources import resource_folder

KINDS = ("ontology", "shapes")
"""Folders beside the datasets, in a catalogue as in a release."""


@dataclass(frozen=True, slots=True)
class Background:
    """Files by their path in the release, such as `ontology/schemes.ttl` and `questions/cities.rq`."""

    files: dict[str, Path]

    @property
    def fact_shapes(self) -> list[Path]:
        """The shapes for facts: all but those for the catalogue's own description (`shapes/dcat-ap*.ttl`)."""
        return [
            path
            for name, path in self.files.items()
            if name.startswith("shapes/") and not name.startswith("shapes/dcat-ap")
        ]

    def ontology(self) -> Graph:
        """All ontology files as one graph.

        Raises:
            ConfigurationError: a file is not Turtle; the place has line and column.
        """
        graph, reader = Graph(), TermReader()
        for name, path in self.files.items():
            if name.startswith("ontology/"):
                try:
                    for triple in read_rdf(path, reader):
                        graph.add(triple)
                except InputError as error:
                    raise ConfigurationError(error.message, place=error.place, remedy=error.remedy) from error
        return graph

    def relocated(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with files by their path in the release, so that a report is the same wherever it is made."""
        names = {str(path): name for name, path in self.files.items()}

        def moved(place: Place) -> Place:
            return replace(place, file=names.get(place.file, place.file))

        return [replace(each, places=tuple(map(moved, each.places))) for each in findings]

    def inputs(self) -> list[File]:
        """Every file with its digest, sorted by path."""
        return [replace(File.of(path.parent, path.name), path=name) for name, path in sorted(self.files.items())]

    def copy_into(self, folder: Path) -> None:
        """Put every file into the release."""
        for name, path in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)  # the content alone: a release has no dates and rights of its sources


def find_background(catalogue: Path) -> Background:
    """The files of the program and of the catalogue's `ontology/`, `shapes/` and `questions/`, sorted.

    Raises:
        ConfigurationError: a file of the catalogue has the name of one of the program's, or is a link out of it; a
            question is not said in words, or is no SPARQL query.
        InputError: a question cannot be read.
    """
    files = {f"{kind}/{name}": path for kind in KINDS for name, path in _turtle(resource_folder(kind))}
    for kind in KINDS:
        for name, path in _turtle(catalogue / kind):
            if f"{kind}/{name}" in files:
                raise ConfigurationError(
                    f"st-opendata has a file {kind}/{name} of its own", place=Place(str(path)), remedy="Rename yours."
                )
            files[f"{kind}/{name}"] = _inside(path, catalogue)
    for question, path in zip(read_questions(catalogue), question_files(catalogue), strict=True):
        _check(question, path)
        files[f"{QUESTIONS}/{path.name}"] = _inside(path, catalogue)
    return Background(files)


def _inside(path: Path, catalogue: Path) -> Path:
    if not path.resolve().is_relative_to(catalogue.resolve()):
        raise ConfigurationError(
            "this is a link that leaves the catalogue", place=Place(str(path)), remedy="Put the file there."
        )
    return path


def _check(question: Question, path: Path) -> None:
    try:
        check_query(Query(question.query, str(path)))
    except UsageError as error:
        raise ConfigurationError(error.message, place=error.place, remedy=error.remedy) from error


def _turtle(folder: Path) -> list[tuple[str, Path]]:
    return [(path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*.ttl"))]
