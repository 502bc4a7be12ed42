"""The recipe "add a finding" of ARCHITECTURE.md: an entry, its translations, the check, a test at its cell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
ENTRY = """
cell-shouting:
  severity: violation
  message: "“{value}” shouts."
  remedy: "Write it with one exclamation mark."
  example: "Lyon!!!"
"""
TRANSLATIONS = {
    "fr": ("« {value} » crie.", "Écrivez-le avec un seul point d’exclamation."),
    "de": ("„{value}“ schreit.", "Schreiben Sie es mit einem einzigen Ausrufezeichen."),
}
CHECK = '''

_usual_checks = row_checks


def row_checks(table: Table, readings: Sequence[CellReading], names: IriContext) -> list[RowCheck]:
    """All checks of the table's rows, and that no cell shouts."""
    numbers = range(1, len(readings) + 1)
    shouts = [RowCheck("cell-shouting", number, sql.part_match(f"r{number}", "!!!")) for number in numbers]
    return _usual_checks(table, readings, names) + shouts
'''
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


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one more finding, for which the places of the recipe are changed and no others."""
    folder = tmp_path_factory.mktemp("recipe")
    for name in ("src", "ontology", "shapes", "tools"):
        shutil.copytree(SOURCE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(SOURCE / "pyproject.toml", folder / "pyproject.toml")
    program = folder / "src" / "st_opendata"
    with (program / "messages" / "findings" / "cells.yaml").open("a", encoding="utf-8") as entry:
        entry.write(ENTRY)
    collect = [sys.executable, str(folder / "tools" / "texts.py")]
    subprocess.run(collect, check=True)
    for language, (message, remedy) in TRANSLATIONS.items():
        catalogue = program / "messages" / "locale" / language / "LC_MESSAGES" / "st-opendata.po"
        text = catalogue.read_text("utf-8")
        for english, translation in (("“{value}” shouts.", message), ("Write it with one exclamation mark.", remedy)):
            untranslated = f'msgid "{english}"\nmsgstr ""\n'
            assert untranslated in text
            text = text.replace(untranslated, f'msgid "{english}"\nmsgstr "{translation}"\n')
        catalogue.write_text(text, "utf-8")
    subprocess.run(collect, check=True)
    with (program / "facts" / "checks.py").open("a", encoding="utf-8") as check:
        check.write(CHECK)
    (folder / "towns" / "towns").mkdir(parents=True)
    (folder / "towns" / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (folder / "towns" / "towns" / "dataset.yaml").write_text(DATASET, "utf-8")
    (folder / "towns" / "towns" / "towns.csv").write_text("id,name\na,Alpha\nb,Beta!!!\n", "utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ("“Beta!!!” shouts.", "Write it with one exclamation mark.")),
        ("fr", ("«\u00a0Beta!!!\u00a0» crie.", "Écrivez-le avec un seul point d’exclamation.")),
        ("de", ("„Beta!!!“ schreit.", "Schreiben Sie es mit einem einzigen Ausrufezeichen.")),
    ],
)
def test_a_finding_needs_an_entry_translations_and_a_check(
    checkout: Path, language: str, texts: tuple[str, str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "st_opendata", "check", "towns", "--lang", language],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    for text in texts:
        assert text in done.stdout
    assert re.search(r" 3, .*name.*\[cell-shouting\]", done.stdout)  # row and column
