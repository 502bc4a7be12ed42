"""The one place that runs pySHACL.

`pyshacl.validate()` switches rdflib's normalisation of literals for the whole process and installs a log handler;
its `Validator` does neither, so that is what runs here. Options: no inference, no advanced features (rules rewrite
data), no JavaScript, no imports. A validation still is CPU-bound for seconds: never run it inside a web request.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyshacl import Validator
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from rdflib import RDF, Graph, Literal
from rdflib.plugins.sparql.sparql import SPARQLError
from rdflib.term import Node

from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import message
from st_opendata.shacl import comparing, patterns, prebinding
from st_opendata.shacl.components import register
from st_opendata.shacl.shapes import Shapes, messages_of
from st_opendata.shacl.terms import SH, path_text

register((*comparing.COMPONENTS, *patterns.COMPONENTS))
prebinding.register()
_LOG = logging.getLogger("st_opendata.shacl")
_LOG.setLevel(logging.CRITICAL)  # pySHACL logs errors before it raises them
_OPTIONS = {"logger": _LOG, "inplace": True, "inference": "none", "max_validation_depth": 60}


@dataclass(frozen=True, slots=True)
class Result:
    """One top-level `sh:ValidationResult`; `path` is a SPARQL path, `messages` come from the shapes."""

    focus: Node
    component: Node
    shape: Node
    severity: Node
    path: str | None
    value: Node | None
    messages: Mapping[str, str]


def run(data: Graph, shapes: Shapes) -> Iterator[Result]:
    """Validate the data graph, in no particular order; `data` is not changed.

    Raises:
        ConfigurationError: the shapes cannot be evaluated, although they are well-formed.
    """
    view = prebinding.PreparingGraph(data, shapes.graph)
    validator = Validator(DataGraph.from_rdflib(view), shacl_graph=shapes.graph, options=dict(_OPTIONS))
    try:
        _, report, _ = validator.run()  # type: ignore[no-untyped-call]  # pySHACL is untyped
    except (ReportableRuntimeError, SPARQLError, re.error) as error:
        first_line = str(error).partition("\n")[0]
        raise ConfigurationError(
            message("the shapes cannot be evaluated: {reason}", reason=first_line),
            remedy=message("Simplify the shape that causes this."),
        ) from error
    [root] = report.subjects(RDF.type, SH.ValidationReport)
    for node in report.objects(root, SH.result):
        yield _result(report, node, shapes)


def _result(report: Graph, node: Node, shapes: Shapes) -> Result:
    path = report.value(node, SH.resultPath)
    shape = report.value(node, SH.sourceShape)
    focus = report.value(node, SH.focusNode)
    component = report.value(node, SH.sourceConstraintComponent)
    severity = report.value(node, SH.resultSeverity)
    assert focus is not None and component is not None and shape is not None and severity is not None
    return Result(
        focus=focus,
        component=component,
        shape=shape,
        severity=severity,
        path=None if path is None else path_text(report, path),
        value=report.value(node, SH.value),
        messages=_messages(report, node, shapes, component),
    )


def _messages(report: Graph, node: Node, shapes: Shapes, component: Node) -> Mapping[str, str]:
    """The messages of the shapes for the result, variables filled in.

    pySHACL fills `{?name}` in but drops the language: it is recovered by matching with the templates.
    """
    constraint = report.value(node, SH.sourceConstraint)
    templates = messages_of(shapes, constraint) or messages_of(shapes, report.value(node, SH.sourceShape))
    if not templates:
        validators = [
            validator
            for use in (SH.validator, SH.nodeValidator, SH.propertyValidator)
            for validator in shapes.graph.objects(component, use)
        ]
        templates = next(filter(None, (messages_of(shapes, each) for each in validators)), {})
    texts = sorted(str(text) for text in report.objects(node, SH.resultMessage) if isinstance(text, Literal))
    return {language: _filled(template, texts) for language, template in templates.items()}


def _filled(template: str, texts: list[str]) -> str:
    parts = re.split(r"\{[?$]\w+\}", template)
    pattern = re.compile("(?s:.*)".join(map(re.escape, parts)))
    return next(filter(pattern.fullmatch, texts), template)
