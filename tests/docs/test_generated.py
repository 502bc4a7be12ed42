"""The generated documents are what they would be made now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import OWL, RDF, Graph

from st_opendata.messages.codes import codes
from st_opendata.namespaces import ST


def generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "docs" / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_documents_are_up_to_date(root: Path) -> None:
    done = generate(root, "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("folder", ["", "fr", "de"])
def test_every_code_has_its_section(root: Path, folder: str) -> None:
    text = (root / "docs" / folder / "findings.md").read_text("utf-8")
    assert set(codes()) == set(re.findall(r"^### (.+)$", text, re.MULTILINE))


def test_the_diagram_shows_every_class_and_names_are_plain(root: Path) -> None:
    text = (root / "docs" / "model.md").read_text("utf-8")
    (diagram,) = re.findall(r"^```mermaid\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    name = r"[a-z]+_[A-Za-z]+"
    grammar = "|".join(
        (
            r"classDiagram",
            r"  direction [A-Z]{2}",
            rf'  class {name}\["[a-z]+:[A-Za-z]+"\]',
            rf"  {name} <\|-- {name}",
            rf"  {name} --> {name} : [A-Za-z]+",
            rf"  {name} : [A-Za-z]+ [A-Za-z]+",
        )
    )
    lines = diagram.splitlines()
    assert lines[0] == "classDiagram"
    assert not [line for line in lines if not re.fullmatch(grammar, line)]
    declared = re.findall(rf"^  class ({name})\[", diagram, re.MULTILINE)
    assert len(declared) == len(set(declared))
    assert set(re.findall(name, re.sub(r'\["[^"]*"\]', "", diagram))) == set(declared)

    ontology = Graph().parse(root / "ontology" / "st-opendata.ttl")
    classes = {
        str(term).removeprefix(ST) for term in ontology.subjects(RDF.type, OWL.Class) if str(term).startswith(ST)
    }
    assert classes <= {box.removeprefix("st_") for box in declared if box.startswith("st_")}
