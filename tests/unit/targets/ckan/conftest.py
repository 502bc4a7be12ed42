"""A release of the tiny catalogue, enriched by what a portal may stumble over."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ENRICHED = {
    "catalogue.yaml": (
        ("centroid: [45.74906, 4.84789]", "centroid: [45.74906, 4.84789], nuts: FRK26"),
        ("license: CC_BY_4_0", "license: CC_BY_4_0\nlandingPage: {url: 'https://example.org/', label: {en: Home}}"),
        (
            "keyword: {en: [city, example]}",
            "keyword: {en: [city, 'R&D (public)', X], fr: ['qualité d''air', ville], de: [Stadt]}",
        ),
        ("language: [en]", "language: [en, fr]\nseries: {id: all, title: {en: All}, description: {en: All of them.}}"),
    ),
    "places/dataset.yaml": (
        (
            "description: {en: Cities and their countries.,",
            "versionNotes: {en: First.}\n"
            "provenance: {en: Read from pages.}\n"
            "source: [{url: 'https://example.org/source', label: {en: Source}}]\n"
            "page: [{url: 'https://example.org/page', label: {en: Page}}]\n"
            "conformsTo: [{url: 'https://example.org/standard', label: {en: Standard}}]\n"
            "type: STATISTICAL\n"
            "highValue: {category: [c_ac64a52d]}\n"
            "description: {en: 'Cities * and <their> countries.',",
        ),
    ),
}


def tiny() -> ModuleType:
    """tests/cli/conftest.py, which has the tiny catalogue."""
    path = Path(__file__).parents[3] / "cli" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_catalogue", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def build_enriched(folder: Path, name: str = "tiny") -> Path:
    """A release of the enriched catalogue, with this id."""
    module = tiny()
    catalogue = module.write_catalogue(folder / name)
    for file, changes in ENRICHED.items():
        text = (catalogue / file).read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        text = text.replace("id: tiny", f"id: {name}").replace("example.org/tiny/", f"example.org/{name}/")
        (catalogue / file).write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        module.clean_environment(monkeypatch)
        ran = module.run_in_process("build", catalogue, "--output", folder / "release")
    assert ran.code == 0, ran.out + ran.err
    return folder / "release"


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The enriched release, only to be read."""
    return build_enriched(tmp_path_factory.mktemp("publish"))
