"""What tests of recipes start from: a copy of the program, and a catalogue of two towns."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
CATALOGUE = """
id: towns
base: https://example.org/
title: {en: Towns}
description: {en: Two towns.}
license: CC_BY_4_0
publisher: {iri: "https://example.org/us", name: {en: Us}}
datasets: [towns]
"""
DATASET = """
title: {en: Towns}
description: {en: Two towns.}
tables:
  - url: towns.csv
    title: {en: Towns}
    tableSchema:
      aboutUrl: "town/{id}"
      primaryKey: id
      columns:
        - {name: id, titles: {en: Identifier}, required: true}
        - {name: name, titles: {en: Name}, lang: en, propertyUrl: "rdfs:label"}
"""


def copy_program(folder: Path, second_town: str) -> Path:
    """Copy what the program needs to the folder, write the catalogue `towns`, and return the copied package."""
    for name in ("src", "ontology", "shapes", "tools"):
        shutil.copytree(SOURCE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(SOURCE / "pyproject.toml", folder / "pyproject.toml")
    dataset = folder / "towns" / "towns"
    dataset.mkdir(parents=True)
    (dataset.parent / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (dataset / "dataset.yaml").write_text(DATASET, "utf-8")
    (dataset / "towns.csv").write_text(f"id,name\na,Alpha\nb,{second_town}\n", "utf-8")
    return folder / "src" / "st_opendata"


def run_copy(folder: Path, *words: str, code: int = 0) -> str:
    """Run Python with these words in the folder, on the copied program; its output, after checking the exit code."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout
