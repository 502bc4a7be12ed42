"""`import cordis` and `demo --cordis` from the command line: what they write, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_opendata.catalogue.cordis import SampleLayout, write_sample_tables
from st_opendata.cli.import_ import IMPORTERS

Run = Callable[..., Any]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write_sample_tables(tmp_path / "export", 4, seed=3)
    return tmp_path / "export"


def test_an_import_says_what_it_wrote_and_what_comes_next(run: Run, export: Path, tmp_path: Path) -> None:
    (export / "notes.csv").write_text("a,b\n1,2\n", "utf-8")
    ran = run("import", "cordis", export, "--output", tmp_path / "out", "--base", "https://example.org/")
    assert ran.code == 0, ran.err
    assert "projects/project.csv: 4 rows of project.csv" in ran.out.splitlines()
    assert ran.out.splitlines()[-1] == f"Next: st-opendata check {tmp_path / 'out'}"
    assert "Left out: notes.csv: no table of CORDIS has these columns" in ran.err
    assert "base: https://example.org/" in (tmp_path / "out" / "catalogue.yaml").read_text("utf-8")


def test_an_import_as_json_and_in_french(run: Run, export: Path, tmp_path: Path) -> None:
    ran = run("import", "cordis", export, "--output", tmp_path / "out", "--json")
    tables = json.loads(ran.out)["tables"]
    assert tables[0] == {"table": "projects/project.csv", "source": "project.csv", "rows": 4}
    ran = run("import", "cordis", export, "--output", tmp_path / "fr", "--lang", "fr")
    assert "4 lignes de project.csv" in ran.out
    assert "# La source des données." in (tmp_path / "fr" / "catalogue.yaml").read_text("utf-8")


def test_wrong_usage_and_sources_that_are_no_export(run: Run, export: Path, tmp_path: Path) -> None:
    assert run("import", "cordis", "--output", tmp_path / "out").code == 2
    assert run("import", "cordis", export, "--output", tmp_path / "out", "--base", "example").code == 2
    for source in (tmp_path / "gone", export / "project.csv", tmp_path):
        ran = run("import", "cordis", source, "--output", tmp_path / "out")
        expected = 0 if source == tmp_path else 3  # the export is one level below
        assert ran.code == expected and "Traceback" not in ran.err, ran.err
    assert run("import", "cordis", export, "--output", tmp_path / "out").code == 3


def test_each_importer_is_a_command_with_help(run: Run) -> None:
    shown = run("import", "--help").out
    for importer in IMPORTERS:
        assert importer.name in shown and callable(importer.load())
        assert run("import", importer.name, "--help").code == 0


@pytest.mark.slow
def test_wrong_cells_are_warnings_and_the_catalogue_builds(run: Run, tmp_path: Path) -> None:
    planted = write_sample_tables(tmp_path / "export", 80, seed=11, layout=SampleLayout(pipes=True, errors=1))
    assert run("import", "cordis", tmp_path / "export", "--output", tmp_path / "out").code == 0
    ran = run("check", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    found = {
        (place["file"].rpartition("/")[2], place["row"])
        for each in json.loads(ran.out)["findings"]
        for place in each["places"]
    }
    assert all((cell.file, cell.row) in found for cell in planted)
    assert run("build", tmp_path / "out", "--output", tmp_path / "release").code == 0
    query = (
        "SELECT ?p { ?p a <http://data.europa.eu/s66#Project> ; <http://data.europa.eu/s66#projectStatus> 'CLOSED' }"
    )
    assert "project/" in run("query", tmp_path / "release", query).out


@pytest.mark.slow
def test_the_demo_of_cordis_says_that_its_projects_are_made_up(run: Run, tmp_path: Path) -> None:
    ran = run("demo", "--cordis", "--output", tmp_path / "release")
    assert ran.code == 0, ran.err
    assert "These 50 projects are made up" in ran.err and "The portal works." in ran.err
    assert (tmp_path / "release-cordis" / "projects" / "project.csv").is_file()
    ran = run("demo", "--cordis", "--output", tmp_path / "release")
    assert ran.code == 0 and "is there already" in ran.err
    assert run("demo", "project.csv").code == 2
