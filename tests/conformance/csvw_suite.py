"""The W3C's CSVW suites: their manifests read, their documents found in a folder."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from st_opendata.csvw import DocumentLoader, Hints

BASE = "http://www.w3.org/2013/csvw/tests/"
SITE = ("{+url}-metadata.json", "csv-metadata.json", "{+url}.json", "csvm.json")
"""What http://www.w3.org/.well-known/csvm says, by which the suite's tests 259 and 260 are to be run."""

Terms = Mapping[str, ox.NamedNode | ox.Literal | ox.BlankNode]


@dataclass(frozen=True)
class Case:
    """A test: `kind` is Positive, Negative or Warning."""

    name: str
    kind: str
    action: str
    result: str
    hints: Hints
    minimal: bool


def cases(folder: Path, suite: str) -> dict[str, Case]:
    """The tests of a manifest by name."""
    said: dict[object, dict[str, ox.NamedNode | ox.Literal | ox.BlankNode]] = defaultdict(dict)
    manifest = folder / f"manifest-{suite}.ttl"
    for quad in ox.parse(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=f"{BASE}manifest-{suite}"):
        said[quad.subject][re.split("[#/]", quad.predicate.value)[-1]] = quad.object
    found = [_case(subject.value, terms, said) for subject, terms in said.items() if "action" in terms]
    return {case.name: case for case in found}


def _case(subject: str, terms: Terms, said: Mapping[object, Terms]) -> Case:
    option = {name: term.value for name, term in said.get(terms.get("option"), {}).items()}
    kind = terms["type"].value
    link = terms["httpLink"].value if "httpLink" in terms else None
    return Case(
        name=subject.rpartition("#")[2],
        kind="Negative" if "Negative" in kind else "Warning" if "Warning" in kind else "Positive",
        action=terms["action"].value,
        result=terms["result"].value if "result" in terms else "",
        hints=Hints(option.get("metadata"), link, SITE),
        minimal=option.get("minimal") == "true",
    )


def loader_of(folder: Path) -> DocumentLoader:
    """The suite's documents, at the IRIs under which they are published."""
    return DocumentLoader(BASE, folder)
