"""The recipe "add a finding" of ARCHITECTURE.md: an entry, its translations, the check, a test at its cell."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from towns import copy_program, run_copy

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


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one more finding, for which the places of the recipe are changed and no others."""
    folder = tmp_path_factory.mktemp("recipe")
    program = copy_program(folder, "Beta!!!")
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
    report = run_copy(checkout, "-m", "st_opendata", "check", "towns", "--lang", language, code=1)
    for text in texts:
        assert text in report
    assert re.search(r" 3, .*name.*\[cell-shouting\]", report)  # row and column
