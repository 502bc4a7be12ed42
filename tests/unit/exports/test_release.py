"""The files of datasets and of the catalogue."""

import hashlib
import os
import shutil
import subprocess
import sys

import pytest
from exporting import write_dataset, write_dumps

from st_opendata.exports import impossible_findings
from st_opendata.exports.registry import CATALOGUE_EXPORTS, DATASET_EXPORTS, TABLE_EXPORTS
from st_opendata.facts import load_facts
from st_opendata.formats import RDF_XML, TURTLE
from st_opendata.place import Place

BUILD = """
import sys
from pathlib import Path
from st_opendata.exports import plan_dataset, plan_dumps
from st_opendata.facts import load_facts
from st_opendata.catalogue import read_catalogue
from st_opendata.system.tasks import do_here
catalogue = read_catalogue(Path(sys.argv[1]))
with load_facts(catalogue) as facts:
    plans = [plan_dataset(dataset, facts, Path(sys.argv[2])) for dataset in catalogue.datasets]
    do_here([task for plan in plans for task in plan.exports])
    do_here(plan_dumps(facts, Path(sys.argv[2]), ()))
"""


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files(release):
    table = [".csv", ".csv-metadata.json", ".json", ".parquet"]
    graph = [".nt", ".ttl", ".rdf", ".jsonld"]
    assert sorted(files(release)) == sorted(
        [
            *(f"countries/countries{suffix}" for suffix in [*table, *graph]),
            *(f"places/{name}{suffix}" for name in ("cities", "texts", "links") for suffix in table),
            *(f"places/places{suffix}" for suffix in [*graph, ".geojson", ".xlsx", ".ods"]),
            *(f"countries/countries{suffix}" for suffix in (".xlsx", ".ods")),
            "places/links.countries.csv",
            "countries/facts.parquet",
            "places/facts.parquet",
            *(f"hostile{suffix}" for suffix in (".nq", ".nq.gz", ".nt.gz", ".sqlite", ".trig")),
        ]
    )


def test_distributions(release, distributions):
    assert len(distributions) == 3 * len(TABLE_EXPORTS) + len(DATASET_EXPORTS)
    for path, distribution in distributions.items():
        data = (release / path).read_bytes()
        assert (distribution.file.size, distribution.file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert distribution.dataset == "places"
        assert path.endswith(distribution.format.extension)
        assert distribution.title.keys() == {"en", "fr", "de"}
    cities = distributions["places/cities.csv"]
    assert cities.title == {"en": "Cities (CSV)", "fr": "Villes (CSV)", "de": "Städte (CSV)"}
    assert cities.table == "cities"
    assert cities.described_by == "places/cities.csv-metadata.json"
    turtle = distributions["places/places.ttl"]
    assert turtle.title["de"] == "Fakten (Turtle)"
    assert distributions["places/places.geojson"].title["fr"] == "Lieux (GeoJSON)"
    assert (turtle.table, turtle.described_by) == (None, None)
    assert turtle.conforms_to == ("https://www.w3.org/TR/turtle/",)
    assert len({distribution.title["fr"] for distribution in distributions.values()}) == len(distributions)


def test_dumps_are_measured(catalogue, facts, tmp_path):
    for dataset in catalogue.datasets:
        write_dataset(dataset, facts, tmp_path)
    written = write_dumps(facts, tmp_path)
    assert [file.path for file in written] == [
        f"hostile{suffix}" for suffix in (".nq", ".trig", ".sqlite", ".nq.gz", ".nt.gz")
    ]
    assert len(written) == len(CATALOGUE_EXPORTS)
    for file in written:
        data = (tmp_path / file.path).read_bytes()
        assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.slow
def test_same_bytes_from_other_processes(catalogue, release, tmp_path):
    processes = []
    for seed, zone in (("1", "Etc/GMT+11"), ("2", "Etc/GMT-13")):
        folder = tmp_path / f"elsewhere-{seed}"
        shutil.copytree(catalogue.folder, folder / "input")
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", BUILD, str(folder / "input"), str(folder / "output")]
        processes.append((subprocess.Popen(command, env=environment, cwd=folder), folder / "output"))
    for process, output in processes:
        assert process.wait(120) == 0
        assert files(output) == files(release)


@pytest.mark.slow
def test_a_format_that_cannot_carry_a_fact_is_left_out_and_told_at_its_cell(catalogue_of, tmp_path):
    catalogue = catalogue_of([["FR", "ex:fine", "one"], ["FR", "ex:2024", "two"]])
    with load_facts(catalogue) as facts:
        written = write_dataset(catalogue.datasets[1], facts, tmp_path)
        (told,) = impossible_findings(facts, catalogue.datasets[1])
    assert RDF_XML not in {each.format for each in written}
    assert TURTLE in {each.format for each in written}
    assert told.places == (Place("places/links.csv", row=3, column="value"),)
