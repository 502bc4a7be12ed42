"""Results taken from pySHACL without its report are those of its report; so are those of all focus nodes at once."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from pyshacl import Validator
from pyshacl.graph_abstraction import DataGraph
from rdflib import RDF, Graph, Literal
from rdflib.term import Node

from st_opendata.shacl import Shapes, load_shapes
from st_opendata.shacl.engine import Result, run
from st_opendata.shacl.prebinding import PreparingGraph
from st_opendata.shacl.shapes import messages_of
from st_opendata.shacl.terms import SH, path_text

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://example.org/> sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .
"""
MESSAGES = ("", ' sh:message "No."@en, "Non {?value}."@fr ;', ' sh:message "{?value}" ;')
QUERIES = (
    "SELECT $this ?value { $this ex:p ?value . ?other ex:p ?value ; a ex:B . FILTER (?other != $this) }",
    "SELECT $this ?path ?value { $this ex:q ?value . BIND (ex:q AS ?path) FILTER NOT EXISTS { ?value a ex:A } }",
    "SELECT $this { ?x ex:p $this . ?x a ex:A OPTIONAL { ?x ex:q ?y } FILTER (!bound(?y)) }",
    "SELECT $this ?value { { SELECT $this ?value { ?value a ex:C . $this ?any ?value } } $this ex:p ?value }",
)


@pytest.mark.quick(1)
@pytest.mark.parametrize("start", range(0, 2000, 25))
def test_results_are_those_of_the_report(start: int, tmp_path: Path) -> None:
    for seed in range(start, start + 25):
        chance = random.Random(seed)
        data = Graph().parse(data=HEAD + random_data(chance), format="turtle")
        (tmp_path / "shapes.ttl").write_text(HEAD + random_shapes(chance), "utf-8")
        shapes = load_shapes([tmp_path / "shapes.ttl"])
        found = Counter(map(as_text, run(data, shapes)))
        assert found == Counter(map(as_text, results_of_report(data, shapes))), seed


def test_the_random_shapes_find_something(tmp_path: Path) -> None:
    components = set()
    for seed in range(25):
        chance = random.Random(seed)
        data = Graph().parse(data=HEAD + random_data(chance), format="turtle")
        (tmp_path / "shapes.ttl").write_text(HEAD + random_shapes(chance), "utf-8")
        components |= {result.component for result in run(data, load_shapes([tmp_path / "shapes.ttl"]))}
    assert len(components) >= 12


def test_a_component_with_a_query_shows_the_messages_of_each_result_alone(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        HEAD
        + """ex:Most a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] ;
          sh:validator [ a sh:SPARQLAskValidator ; sh:message "{?value} is more than {$most}" ;
            sh:ask "ASK { FILTER ($value <= $most) }" ] .
        ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; ex:most 3 ] ."""
    )
    data = Graph().parse(data=HEAD + "".join(f"ex:a{n} a ex:A ; ex:p {n} . " for n in range(8)))
    found = {
        str(result.focus)[-1]: result.messages["en"] for result in run(data, load_shapes([tmp_path / "shapes.ttl"]))
    }
    assert found == {str(n): f"{n} is more than 3" for n in range(4, 8)}


def as_text(result: Result) -> tuple[str, ...]:
    terms = (result.focus, result.component, result.shape, result.severity, result.path, result.value)
    return (*map(repr, terms), str(sorted(result.messages.items())))


def random_data(chance: random.Random) -> str:
    nodes = [f"ex:n{number}" for number in range(chance.randint(1, 9))]
    literals = ["1", "2.5", '"a"', '"b"@en', '"B"@fr', '"x"^^xsd:integer', "true", '"2020-01-01"^^xsd:date', "[]"]
    lines = []
    for node in nodes:
        lines += [f"{node} a {chance.choice(['ex:A', 'ex:B', 'ex:C'])} ."] * chance.randint(0, 1)
        for _ in range(chance.randint(0, 5)):
            lines.append(f"{node} {chance.choice(['ex:p', 'ex:q', 'ex:r'])} {chance.choice([*nodes, *literals])} .")
    return "\n".join([*lines, "ex:C rdfs:subClassOf ex:A ."])


def random_shapes(chance: random.Random) -> str:
    shapes = []
    for number in range(chance.randint(1, 3)):
        target = chance.choice(
            ["sh:targetClass ex:A", "sh:targetSubjectsOf ex:p", "sh:targetObjectsOf ex:q", "sh:targetNode ex:n1, 1"]
        )
        parts = constraints(chance, 2, chance.randint(1, 4))
        if chance.random() < 0.4:
            query = chance.choice(QUERIES)
            message = chance.choice(MESSAGES)
            parts.append(f'sh:sparql [ sh:prefixes <https://example.org/> ;{message} sh:select "{query}" ]')
        shapes.append(f"ex:S{number} a sh:NodeShape ; {target} ;{chance.choice(MESSAGES)} {' ; '.join(parts)} .")
    return "\n".join(shapes)


def constraints(chance: random.Random, depth: int, count: int) -> list[str]:
    """Constraints that a shape may have together: most may be stated only once."""
    drawn = [constraint(chance, depth) for _ in range(count)]
    return list({part if part.startswith("sh:property") else part.split()[0]: part for part in drawn}.values())


def constraint(chance: random.Random, depth: int) -> str:
    if depth and chance.random() < 0.7:
        inner = " ; ".join(constraints(chance, depth - 1, chance.randint(1, 3)))
        path = chance.choice(["ex:p", "ex:q", "ex:r", "( ex:p ex:q )", "[ sh:inversePath ex:q ]"])
        count = chance.choice(["", "sh:minCount 2 ;", "sh:maxCount 1 ;", "sh:uniqueLang true ;", "sh:lessThan ex:q ;"])
        count = count if path.startswith("ex:") else ""
        severity = chance.choice(["", "sh:severity sh:Warning ;"])
        return f"sh:property [ sh:path {path} ; {count} {severity}{chance.choice(MESSAGES)} {inner} ]"
    if depth and chance.random() < 0.5:
        inner = constraint(chance, depth - 1)
        return chance.choice(["sh:node [ %s ]", "sh:not [ %s ]", "sh:or ( [ %s ] [ sh:class ex:B ] )"]) % inner
    return chance.choice(
        (
            "sh:class ex:A",
            "sh:datatype xsd:integer",
            "sh:nodeKind sh:IRI",
            'sh:pattern "^[a1]"',
            "sh:in ( 1 ex:n1 )",
            "sh:minInclusive 2",
            "sh:maxLength 3",
            "sh:hasValue ex:n2",
        )
    )


def results_of_report(data: Graph, shapes: Shapes) -> list[Result]:
    """As pySHACL reports them to others in this process."""
    view = DataGraph.from_rdflib(PreparingGraph(data, shapes.graph))
    options = {"inplace": True, "inference": "none", "max_validation_depth": 60}
    _, report, _ = Validator(view, shacl_graph=shapes.graph, options=options).run()
    [root] = report.subjects(RDF.type, SH.ValidationReport)
    return [of_report(report, node, shapes) for node in report.objects(root, SH.result)]


def of_report(report: Graph, node: Node, shapes: Shapes) -> Result:
    def value(predicate: Node) -> Node:
        return report.value(node, predicate)

    path = value(SH.resultPath)
    templates = messages_of(shapes, value(SH.sourceConstraint)) or messages_of(shapes, value(SH.sourceShape))
    texts = sorted(str(text) for text in report.objects(node, SH.resultMessage) if isinstance(text, Literal))
    return Result(
        value(SH.focusNode),
        value(SH.sourceConstraintComponent),
        value(SH.sourceShape),
        value(SH.resultSeverity),
        None if path is None else path_text(report, path),
        value(SH.value),
        {language: filled(template, texts) for language, template in templates.items()},
    )


def filled(template: str, texts: list[str]) -> str:
    pattern = re.compile("(?s:.*)".join(map(re.escape, re.split(r"\{[?$]\w+\}", template))))
    return next(filter(pattern.fullmatch, texts), template)
