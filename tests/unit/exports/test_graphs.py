"""RDF files of a release, read back by rdflib and pyoxigraph and compared with the facts."""

import csv
import gzip
import json
import shutil
from collections import Counter

import pyoxigraph as ox
import pytest
import rdflib
from drawn import write_drawn

from st_opendata.catalogue import read_catalogue
from st_opendata.exports.graphs import write_n_triples, zip_all_facts
from st_opendata.exports.sources import CatalogueSource, DatasetSource
from st_opendata.facts import base, load_facts
from st_opendata.rdf.lines import graph_lines
from st_opendata.release.layout import graph_file

FILES = {".nt": "nt", ".ttl": "turtle", ".rdf": "xml", ".jsonld": "json-ld"}


def fact_lines(facts, dataset=None):
    """The facts with language tags as readers give them: in lower case."""
    text = "\n".join(line for batch in facts.lines(dataset) for line in [*batch, ""])
    return sorted(f"{quad.triple} ." for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))


@pytest.mark.parametrize("suffix", FILES)
@pytest.mark.parametrize("dataset", ["places", "countries"])
class TestDataset:
    def test_rdflib_reads_the_facts(self, release, facts, dataset, suffix, monkeypatch):
        monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        graph = rdflib.Graph(bind_namespaces="none")
        graph.parse(release / dataset / f"{dataset}{suffix}", format=FILES[suffix])
        lowered = [str(triple) + " ." for triple in ox.parse("\n".join([*graph_lines(graph), ""]), format=_NT)]
        assert sorted(lowered) == fact_lines(facts, dataset)

    def test_pyoxigraph_reads_the_facts(self, release, facts, dataset, suffix):
        read = ox.parse(path=str(release / dataset / f"{dataset}{suffix}"), format=_kind(suffix))
        assert sorted(f"{quad.triple} ." for quad in read) == fact_lines(facts, dataset)


_NT = ox.RdfFormat.N_TRIPLES


def _kind(suffix: str) -> ox.RdfFormat:
    kind = ox.RdfFormat.from_extension(suffix[1:])
    assert kind is not None
    return kind


def test_n_triples_are_the_lines(release, facts):
    lines = [line for batch in facts.lines("places") for line in batch]
    assert (release / "places/places.nt").read_bytes() == "\n".join([*lines, ""]).encode()


def test_trig_holds_the_named_graphs(release, facts):
    read = rdflib.Dataset()
    read.parse(release / "hostile.trig", format="trig")
    assert {str(graph.identifier) for graph in read.graphs() if len(graph)} == {
        "https://example.org/data/dataset/countries",
        "https://example.org/data/dataset/places",
    }
    quads = [str(quad) for quad in ox.parse(path=str(release / "hostile.trig"), format=ox.RdfFormat.TRIG)]
    expected = [str(quad) for quad in ox.parse(path=str(release / "hostile.nq"), format=ox.RdfFormat.N_QUADS)]
    assert sorted(quads) == sorted(expected)
    text = (release / "hostile.trig").read_text("utf-8")
    assert "@prefix ex:" in text
    assert "unused" not in text


def test_only_used_prefixes_are_declared(release):
    turtle = (release / "countries/countries.ttl").read_text("utf-8")
    assert [line.split()[1] for line in turtle.splitlines() if line.startswith("@prefix")] == ["skos:", "ex:"]


class TestCatalogue:
    def test_one_graph_a_dataset(self, release, facts, catalogue):
        quads = list(ox.parse(path=str(release / "hostile.nq"), format=ox.RdfFormat.N_QUADS))
        assert {quad.graph_name.value for quad in quads} == {
            "https://example.org/data/dataset/countries",
            "https://example.org/data/dataset/places",
        }
        for dataset in catalogue.datasets:
            graph = ox.NamedNode(catalogue.dataset_iri(dataset.id))
            triples = sorted(f"{quad.triple} ." for quad in quads if quad.graph_name == graph)
            assert triples == fact_lines(facts, dataset.id)

    def test_zipped_quads_are_the_quads(self, release):
        assert gzip.decompress((release / "hostile.nq.gz").read_bytes()) == (release / "hostile.nq").read_bytes()

    def test_zipped_triples_are_all_facts(self, release, facts):
        read = ox.parse(gzip.decompress((release / "hostile.nt.gz").read_bytes()), format=_NT)
        assert sorted(f"{quad.triple} ." for quad in read) == fact_lines(facts)

    @pytest.mark.parametrize(
        ("seeds", "triples"),
        [((0,), 8), *(pytest.param(range(8), triples, marks=pytest.mark.slow) for triples in (8, base._SHARD_TRIPLES))],
    )
    def test_zipped_triples_have_each_fact_once(self, tmp_path, seeds, triples, monkeypatch):
        monkeypatch.setattr(base, "_SHARD_TRIPLES", triples)
        repeated = 0
        for seed in seeds:
            catalogue, folder = with_a_twin(write_drawn(tmp_path / f"{seed}", seed)), tmp_path / f"release-{seed}"
            with load_facts(catalogue) as facts:
                for dataset in catalogue.datasets:
                    (folder / dataset.id).mkdir(parents=True)
                    write_n_triples(
                        DatasetSource(catalogue, dataset, facts, folder / dataset.id), folder / graph_file(dataset.id)
                    )
                zip_all_facts(CatalogueSource(catalogue, facts, folder), folder / "all.nt.gz")
                lines = [line for batch in facts.lines() for line in batch]
                repeated += sum(facts.triples(each.id) for each in catalogue.datasets) - len(lines)
            zipped = gzip.decompress((folder / "all.nt.gz").read_bytes()).decode()
            assert Counter(zipped.splitlines()) == Counter(lines)
        assert repeated > 10 * len(seeds)


def with_a_twin(folder):
    """The catalogue with a last dataset that has the tables of the first one, but for some of their rows."""
    head = json.loads((folder / "catalogue.yaml").read_text("utf-8"))
    shutil.copytree(folder / "d0", folder / "twin")
    for table in (folder / "twin").glob("*.csv"):
        with table.open(encoding="utf-8", newline="") as file:
            title, *rows = csv.reader(file)
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([title, *rows[::2]])
    (folder / "catalogue.yaml").write_text(json.dumps(head | {"datasets": [*head["datasets"], "twin"]}), "utf-8")
    return read_catalogue(folder)
