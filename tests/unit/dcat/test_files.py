from __future__ import annotations

import json
from pathlib import Path

from rdflib import Graph, Literal
from rdflib.compare import isomorphic

from st_opendata.dcat import Counts, ReleaseFiles, catalogue_statements, read_dcat, write_catalogue
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.release import Distribution, File, Picture
from st_opendata.rdf.lines import graph_of_lines

Offer = dict[str, tuple[Distribution, ...]]
PATHS = {"catalog.ttl", "catalog.jsonld", "catalog.rdf", "void.ttl"}
PATHS |= {f"{dataset}/{name}" for dataset in ("cities", "places") for name in ("schema.jsonld", "croissant.json")}


def lower_tags(graph: Graph) -> Graph:
    """Language tags in lower case, their value space."""
    found = Graph()
    for subject, predicate, value in graph:
        tagged = isinstance(value, Literal) and value.language
        found.add((subject, predicate, Literal(str(value), lang=value.language.lower()) if tagged else value))
    return found


def test_each_file_holds_the_whole_catalogue(
    catalogue: Catalogue,
    distributions: Offer,
    dumps: tuple[File, ...],
    pictures: dict[str, Picture],
    counts: dict[str | None, Counts],
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        statements = write_catalogue(catalogue, ReleaseFiles(distributions, pictures, dumps, counts), folder)
        assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")} == PATHS
    for path in sorted(PATHS):
        assert (first / path).read_bytes() == (second / path).read_bytes()
    stated = catalogue_statements(catalogue, distributions, {"cities": 12, "places": 1}, pictures).lines()
    assert statements.lines() == stated
    expected = graph_of_lines([stated])
    for path in ("catalog.ttl", "catalog.jsonld", "catalog.rdf"):
        assert isomorphic(read_dcat(first / path), lower_tags(expected)), path
        assert isomorphic(lower_tags(Graph().parse(first / path)), lower_tags(expected)), path
    assert len(read_dcat(first / "void.ttl"))
    described = json.loads((first / "cities/schema.jsonld").read_text("utf-8"))
    assert (described["@type"], described["image"]) == ("Dataset", f"{catalogue.site}cities/preview.svg")
    assert "image" not in json.loads((first / "places/schema.jsonld").read_text("utf-8"))
