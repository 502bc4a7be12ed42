"""The contents of a release in addition to facts: the rules and terms that its catalogue uses, and its questions.

Rules come from three places: the general ones (`shapes/vocabularies/`, what vocabularies themselves demand), the
profiles that catalogue.yaml lists, and the catalogue's own `shapes/` and `ontology/`. A release contains those of its
profiles and its own, and of the others those that its facts meet.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import Graph

from st_opendata.build.code_lists import code_list_turtle
from st_opendata.build.profile_terms import description_shapes, property_turtle
from st_opendata.catalogue.profiles import read_profiles
from st_opendata.catalogue.questions import Question, question_files, read_questions
from st_opendata.errors import ConfigurationError, InputError, UsageError
from st_opendata.facts import FactBase
from st_opendata.messages.message import message
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.findings import Finding
from st_opendata.model.profiles import ApplicationProfile
from st_opendata.model.release import File
from st_opendata.namespaces import ST
from st_opendata.place import Place
from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.release.layout import ONTOLOGY, PROPERTIES, QUESTIONS, SHAPES, is_in
from st_opendata.resources import resource_folder
from st_opendata.shacl import Shapes, language_shapes, load_shapes, target_terms
from st_opendata.sparql.text import Query, check_query

KINDS = (ONTOLOGY, SHAPES)
"""Folders next to the datasets, in a catalogue as in a release."""

_EVERYBODY = f"{SHAPES}/vocabularies/"
_DCAT_AP, _HIGH_VALUE = f"{SHAPES}/dcat-ap.ttl", f"{SHAPES}/dcat-ap-hvd.ttl"
_TERMS = f"{ONTOLOGY}/st-opendata.ttl"
_LANGUAGES = f"{SHAPES}/languages.ttl"


@dataclass(frozen=True, slots=True)
class Background:
    """Files by their path in the release, such as `ontology/schemes.ttl` and `questions/cities.rq`.

    `texts` are files that the program writes, by the same paths.
    """

    files: dict[str, Path]
    profiles: tuple[ApplicationProfile, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    description: frozenset[str] = frozenset()
    """The files with shapes for the description of the catalogue, not for its facts."""

    def shapes(self, languages: Sequence[str]) -> Shapes:
        """The shapes for facts, with labels asked for in these languages.

        Raises:
            ConfigurationError: a file is not Turtle, or its shapes are ill-formed.
        """
        others = self.description.union(_OWN_CATALOGUE)
        paths = [path for name, path in self.files.items() if is_in(SHAPES, name) and name not in others]
        return load_shapes(paths, languages)

    def ontology(self) -> Graph:
        """All ontology files and code lists as one graph.

        Raises:
            ConfigurationError: a file is not Turtle; the place has line and column.
        """
        graph, reader = Graph(), TermReader()
        for name, path in self.files.items():
            if is_in(ONTOLOGY, name):
                try:
                    for triple in read_rdf(path, reader):
                        graph.add(triple)
                except InputError as error:
                    raise ConfigurationError(error.message, place=error.place, remedy=error.remedy) from error
        for name, text in self.texts.items():
            if is_in(ONTOLOGY, name):
                graph.parse(data=text, format="turtle")
        return graph

    def relocate(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with files by their path in the release, so that a report is the same wherever it is made."""
        names = {str(path): name for name, path in self.files.items()}

        def renamed(each: Finding) -> Finding:
            if all(place.file not in names for place in each.places):
                return each
            places = (replace(place, file=names.get(place.file, place.file)) for place in each.places)
            return replace(each, places=tuple(places))

        return list(map(renamed, findings))

    def used(self, facts: FactBase, shapes: Shapes) -> Background:
        """The parts for a release with these facts: without rules that do not apply and terms that are not used.

        `shapes` are those of `self.shapes`.
        """
        met = facts.predicates() | facts.classes()
        unused = {
            name
            for name, path in self.files.items()
            if name.startswith(_EVERYBODY) and met.isdisjoint(target_terms([path]))
        }
        if not any(dataset.high_value for dataset in facts.catalogue.datasets):
            unused.add(_HIGH_VALUE)
        if not (any(term.startswith(f"<{ST}") for term in met) or self._in_profile(_TERMS)):
            unused.add(_TERMS)
        languages = language_shapes(shapes.graph, facts.catalogue.language)
        texts = self.texts | ({_LANGUAGES: languages} if languages else {})
        return replace(self, files={name: path for name, path in self.files.items() if name not in unused}, texts=texts)

    def _in_profile(self, name: str) -> bool:
        return any(name in profile.ontology for profile in self.profiles)

    def inputs(self) -> list[File]:
        """Every file with its digest, sorted by path."""
        return [replace(File.of(path.parent, path.name), path=name) for name, path in sorted(self.files.items())]

    def copy_into(self, folder: Path) -> None:
        """Put every file into the release."""
        for name, path in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)  # the content alone: a release has no dates and rights of its sources
        for name, text in self.texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8", newline="\n")


_OWN_CATALOGUE = (_DCAT_AP, _HIGH_VALUE)
"""The shapes of the description, not of the facts."""


def find_background(catalogue: Catalogue) -> Background:
    """The general rules, those of the profiles, and the catalogue's own files, sorted by path.

    Raises:
        ConfigurationError: a profile is wrong; a file of the catalogue has the name of another's, or is a link out of
            it; a question has no text, or is not a SPARQL query.
        InputError: a question cannot be read.
    """
    folder, packaged = catalogue.folder, resource_folder("shapes")
    profiles = read_profiles(folder, catalogue.profiles or ())
    files = {name: packaged / name.removeprefix(f"{SHAPES}/") for name in _OWN_CATALOGUE}
    files |= {f"{_EVERYBODY}{name}": path for name, path in _turtle(packaged / "vocabularies")}
    files[_TERMS] = resource_folder("ontology") / "st-opendata.ttl"
    for profile in profiles:
        files |= {**profile.ontology, **profile.shapes}
    for kind in KINDS:
        for name, path in _turtle(folder / kind):
            if f"{kind}/{name}" in (*files, _LANGUAGES):
                raise ConfigurationError(
                    message("st-opendata has its own file {file}", file=f"{kind}/{name}"),
                    place=Place(str(path)),
                    remedy=message("Rename this file."),
                )
            files[f"{kind}/{name}"] = _inside(path, folder)
    for question, path in zip(read_questions(folder), question_files(folder), strict=True):
        _check(question, path)
        files[f"{QUESTIONS}/{path.name}"] = _inside(path, folder)
    lists = {f"{ONTOLOGY}/{profile.name}/{each.name}.ttl": each for profile in profiles for each in profile.lists}
    texts = {name: code_list_turtle(each, catalogue) for name, each in lists.items()}
    texts |= {f"{ONTOLOGY}/{each.name}/{PROPERTIES}": property_turtle(each) for each in profiles if each.properties}
    description = frozenset(name for profile in profiles for name in description_shapes(profile))
    return Background(dict(sorted(files.items())), tuple(profiles), texts, description)


def _inside(path: Path, catalogue: Path) -> Path:
    if not path.resolve().is_relative_to(catalogue.resolve()):
        raise ConfigurationError(
            message("this is a link that leaves the catalogue"),
            place=Place(str(path)),
            remedy=message("Put the file itself there."),
        )
    return path


def _check(question: Question, path: Path) -> None:
    try:
        check_query(Query(question.query, str(path)))
    except UsageError as error:
        raise ConfigurationError(error.message, place=error.place, remedy=error.remedy) from error


def _turtle(folder: Path) -> list[tuple[str, Path]]:
    return [(path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*.ttl"))]
