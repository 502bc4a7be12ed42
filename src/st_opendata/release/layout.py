"""The paths of a release: the only place where its files and folders have names.

A path is relative to the release and has `/` between its parts. Distributions and dumps get their names here too;
`exports/registry.py` says which of them a release has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from st_opendata.formats import (
    CROISSANT,
    CSV,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    PARQUET,
    RDF_XML,
    RO_CRATE,
    SVG,
    TURTLE,
    Format,
)

MANIFEST = "release.json"
"""The digests of all other files, and the contents of each dataset."""
REPORT = "report.json"
"""The findings of the build."""
REPORT_GRAPH = "report.ttl"
"""The same findings as a SHACL report."""
CATALOGUES: Mapping[str, Format] = {f"catalog{form.extension}": form for form in (TURTLE, JSON_LD, RDF_XML)}
"""The files of the DCAT-AP catalogue, each with its format."""
CATALOGUE = f"catalog{TURTLE.extension}"
"""The one among them that the program reads."""
VOID_FILE = "void.ttl"
"""The VoID description of the facts."""
CRATE = f"ro-crate-metadata{RO_CRATE.extension}"
"""The RO-Crate that describes all files."""

ONTOLOGY = "ontology"
"""Folder of terms and code lists; a catalogue has it too."""
PROPERTIES = "added_properties.ttl"
"""In the folder of a profile's terms: the properties that it adds."""
SHAPES = "shapes"
"""Folder of the rules; a catalogue has it too."""
QUESTIONS = "questions"
"""Folder of example queries; a catalogue has it too."""
STORY = "story"
"""Folder of the story with its queries; a catalogue has it too."""
STORY_FILE = f"{STORY}/story.yaml"
"""The sections of the story."""
STORY_ANSWERS = f"{STORY}/answers.json"
"""The answers to the queries of the story."""

FACTS = "facts"
"""Folder of the facts, a file for each predicate: what the program itself reads."""
FACTS_FILE = f"facts{PARQUET.extension}"
"""Name of the file with the facts of a dataset, each with its cell."""
SCHEMA_ORG_FILE = f"schema{JSON_LD.extension}"
"""Name of the file that describes a dataset for search engines."""
CROISSANT_FILE = f"croissant{CROISSANT.extension}"
"""Name of the file that describes a dataset for machine learning."""
PICTURE_FILE = f"preview{SVG.extension}"
"""Name of the file with the picture of a dataset."""
FILES = "files"
"""Folder in that of a dataset with the files that the publisher adds, so that no written file can have their names."""
METADATA_SUFFIX = "-metadata.json"
"""Appended to the name of a CSV file, this is where CSVW tools look first (CSVW syntax §5.3)."""


def in_dataset(dataset: str, name: str) -> str:
    """The path of a file of that name in the folder of a dataset."""
    return f"{dataset}/{name}"


def carried_file(dataset: str, name: str) -> str:
    """The path of a file of the publisher, whose `name` is its path in the folder of the dataset in the catalogue."""
    return in_dataset(dataset, f"{FILES}/{name}")


def is_carried(path: str) -> bool:
    """Whether the file with this path is one of the publisher's."""
    return path.partition("/")[2].startswith(f"{FILES}/")


def file_name(name: str, *formats: Format) -> str:
    """The name of the file of a table, dataset or catalogue in a format, which may be packed in another."""
    return name + "".join(form.extension for form in formats)


def table_file(table: str) -> str:
    """The name of the published CSV file of a table."""
    return file_name(table, CSV)


def facts_file(dataset: str) -> str:
    """The path of the facts of a dataset with their cells."""
    return in_dataset(dataset, FACTS_FILE)


def facts_files(folder: Path) -> list[Path]:
    """The files with the facts of all datasets of the release in `folder`, sorted."""
    return sorted(folder.glob(f"*/{FACTS_FILE}"))


def predicate_files(predicates: Collection[str]) -> dict[str, str]:
    """The path of the facts of each predicate: after the last part of its IRI, with a digest where that is not enough.

    The IRI is an N-Triples term. No path differs from another in capitals only.
    """
    names = {term: re.sub("[^A-Za-z0-9_-]", "", re.split("[/#:]", term[1:-1])[-1])[:60] for term in predicates}
    uses = Counter(name.casefold() for name in names.values())
    return {
        term: f"{FACTS}/{file_name(name if _is_plain(name, uses) else f'{name}-{_short(term)}', PARQUET)}"
        for term, name in names.items()
    }


def _is_plain(name: str, uses: Counter[str]) -> bool:
    """Whether the name is of one predicate, and neither that of a dataset's facts nor like one with a digest."""
    return bool(name) and name != FACTS and uses[name.casefold()] == 1 and not re.search("-[0-9a-f]{8}$", name)


def _short(term: str) -> str:
    return sha256(term.encode()).hexdigest()[:8]


def graph_file(dataset: str) -> str:
    """The path of the facts of a dataset as N-Triples."""
    return in_dataset(dataset, file_name(dataset, N_TRIPLES))


def dump_file(catalogue: str) -> str:
    """The path of the facts of all datasets, each dataset a named graph."""
    return file_name(catalogue, N_QUADS)


def ontology_files(paths: Iterable[str]) -> list[str]:
    """Those of the paths that are Turtle files of the ontology, sorted."""
    return _turtle_files(ONTOLOGY, paths)


def shapes_files(paths: Iterable[str]) -> list[str]:
    """Those of the paths that are Turtle files of shapes, sorted."""
    return _turtle_files(SHAPES, paths)


def is_in(folder: str, path: str) -> bool:
    """Whether the path lies in that folder of the release."""
    return path.startswith(f"{folder}/")


def _turtle_files(folder: str, paths: Iterable[str]) -> list[str]:
    return sorted(path for path in paths if is_in(folder, path) and path.endswith(TURTLE.extension))
