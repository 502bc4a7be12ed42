"""SHACL on many statements: screens against pySHACL, with the number of results that differ.

Usage: python bench/shacl.py [--projects 2000] [--wrong 0.01] [--seed 16] [--skip-pyshacl] [--peers PYTHON]

Projects with partners are made with planted errors. Reported are CPU seconds from relations to results (pySHACL: from
the parsed graph), the peak memory of the process, and whether both ways give the same results. Goal: 10,000 projects
in at most 2 CPU seconds, 100,000 in at most 10.

With --peers, the engines of bench/shacl_peers.py that PYTHON has validate the same statements from a file, with the
number of results that differ from ours in focus node, component and path. They stop after ten minutes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from rdflib import Graph

from shacl_peers import ENGINES
from st_opendata.shacl.engine import Result, run
from st_opendata.shacl.screens import DataColumns, validate
from st_opendata.shacl.screens.terms import column_text
from st_opendata.shacl.shapes import Shapes
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import DuckDBEngine

EX, XSD = "https://example.org/", "http://www.w3.org/2001/XMLSchema#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SHAPES = f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <{XSD}> . @prefix : <{EX}> .
:Projects a sh:NodeShape ; sh:targetClass :Project ;
  sh:property [ sh:path :number ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "^[0-9]{{9}}$" ] ;
  sh:property [ sh:path :title ; sh:uniqueLang true ; sh:minLength 3 ; sh:languageIn ( "en" "fr" ) ] ;
  sh:property [ sh:path :start ; sh:datatype xsd:date ; sh:lessThan :end ] ;
  sh:property [ sh:path :cost ; sh:datatype xsd:decimal ; sh:minInclusive 0 ] ;
  sh:property [ sh:path :partner ; sh:minCount 1 ; sh:node :Partners ; sh:class :Partner ] .
:Partners a sh:NodeShape ; sh:closed true ; sh:ignoredProperties ( <{TYPE[1:-1]}> ) ;
  sh:property [ sh:path :role ; sh:in ( "lead" "follower" ) ] ;
  sh:property [ sh:path [ sh:inversePath :partner ] ; sh:minCount 1 ] .
"""


def statements(projects: int, wrong: float, seed: int) -> Iterator[tuple[str, str, str]]:
    """The statements as texts; a part of the values are wrong."""
    random = Random(seed)

    def either(right: str, other: str) -> str:
        return other if random.random() < wrong else right

    for number in range(projects):
        project = f"<{EX}project/{number}>"
        year = 2014 + number % 9
        yield project, TYPE, f"<{EX}Project>"
        yield project, f"<{EX}number>", either(f'"{100_000_000 + number}"', f'"X{number}"')
        yield project, f"<{EX}title>", either(f'"Project {number}"@en', f'"Projekt {number}"@de')
        yield project, f"<{EX}start>", either(f'"{year}-02-01"^^<{XSD}date>', f'"{year}-02-30"^^<{XSD}date>')
        yield project, f"<{EX}end>", f'"{year + 3}-01-31"^^<{XSD}date>'
        yield project, f"<{EX}cost>", either(f'"{number}.50"^^<{XSD}decimal>', f'"-{number}.5"^^<{XSD}decimal>')
        for partner in range(4):
            node = f"<{EX}project/{number}/partner/{partner}>"
            yield project, f"<{EX}partner>", node
            yield node, TYPE, f"<{EX}Partner>"
            yield node, f"<{EX}role>", either('"lead"', '"boss"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=2_000)
    parser.add_argument("--wrong", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--skip-pyshacl", action="store_true")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter that has other engines")
    options = parser.parse_args()
    shapes = Shapes(Graph().parse(data=SHAPES))
    with closing(DuckDBEngine(None, "1GB", 2)) as engine:
        relations = fill(engine, statements(options.projects, options.wrong, options.seed))
        start = time.process_time()
        with DataColumns(engine, relations) as columns:
            results, _ = validate(columns, shapes, few=-1)
            took = time.process_time() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{columns.triples():,} statements, {len(results):,} results")
            print(f"screens: {took:.1f} CPU s, {peak} MB")
            if not options.skip_pyshacl:
                graph = columns.graph()
                start = time.process_time()
                expected = list(run(graph, shapes))
                slow = time.process_time() - start
                actual, correct = counted(results), counted(expected)
                differing = ((actual - correct) + (correct - actual)).total()
                print(f"pySHACL: {slow:.1f} CPU s, {slow / took:.0f} times as much; {differing} results differ")
    if options.peers:
        ask_peers(options.peers, statements(options.projects, options.wrong, options.seed), results)


def ask_peers(python: str, triples: Iterator[tuple[str, str, str]], results: list[Result]) -> None:
    """Print a line for each engine: CPU seconds from the file to the results, memory, results that differ."""
    terms = (tuple(map(column_text, (each.focus, each.component))) for each in results)
    ours = Counter(
        (focus, component.rpartition("#")[2].removesuffix("ConstraintComponent>"), plain_path(each.path))
        for (focus, component), each in zip(terms, results, strict=True)
    )
    with tempfile.TemporaryDirectory() as temporary:
        data, shapes = Path(temporary) / "data.nt", Path(temporary) / "shapes.ttl"
        data.write_text("".join(f"{' '.join(triple)} .\n" for triple in triples), "utf-8")
        shapes.write_text(SHAPES, "utf-8")
        for name in ENGINES:
            command = [python, "-I", str(Path(__file__).with_name("shacl_peers.py")), name, str(data), str(shapes)]
            try:
                done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
            except subprocess.TimeoutExpired:
                print(f"{name}: stopped after ten minutes")
                continue
            if done.returncode:
                print(f"{name}: {done.stderr.strip().rpartition(chr(10))[2]}")
                continue
            found = json.loads(done.stdout)
            theirs = Counter((focus, component, path) for focus, component, path in found["results"])
            missing, extra = (ours - theirs).total(), (theirs - ours).total()
            print(
                f"{name}: {found['seconds']:.1f} CPU s, {found['megabytes']} MB;"
                f" {missing} of {ours.total()} results missing, {extra} more",
                flush=True,
            )


def plain_path(path: str | None) -> str | None:
    """The path if it is an IRI."""
    return path if path and path.startswith("<") and path.endswith(">") and "/<" not in path else None


def fill(engine: DuckDBEngine, triples: Iterator[tuple[str, str, str]]) -> dict[str, str]:
    """The relations of the statements."""
    rows = defaultdict[str, tuple[list[str], list[str]]](lambda: ([], []))
    for subject, predicate, value in triples:
        subjects, values = rows[predicate]
        subjects.append(subject)
        values.append(value)
    names = {predicate: f"predicate{number}" for number, predicate in enumerate(rows)}
    for predicate, columns in rows.items():
        engine.define(names[predicate], {"s": sql.TEXT, "o": sql.TEXT})
        engine.fill(names[predicate], columns)
    return names


def counted(results: list[Result]) -> Counter[tuple[str, ...]]:
    """The results, each with its number."""
    terms = ((each.focus, each.component, each.severity, each.value) for each in results)
    texts = (tuple("" if term is None else column_text(term) for term in group) for group in terms)
    return Counter((*text, each.path or "") for text, each in zip(texts, results, strict=True))


if __name__ == "__main__":
    main()
