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
from functools import cached_property

from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from rdflib import Graph, Literal
from rdflib.plugins.sparql.sparql import SPARQLError
from rdflib.term import Node

from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import Message, message
from st_opendata.shacl import at_once, comparing, paths, patterns, prebinding, results, values
from st_opendata.shacl.components import register
from st_opendata.shacl.results import RawResult, ResultValidator
from st_opendata.shacl.shapes import Shapes, messages_of
from st_opendata.shacl.terms import SH, path_text

register((*comparing.COMPONENTS, *patterns.COMPONENTS, *values.COMPONENTS))
paths.register()
at_once.register()
prebinding.register()
results.register()
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
    validator = ResultValidator(DataGraph.from_rdflib(view), shacl_graph=shapes.graph, options=dict(_OPTIONS))
    try:
        _, found, _ = validator.run()
    except (ReportableRuntimeError, SPARQLError, re.error) as error:
        raise unusable(str(error).partition("\n")[0]) from error
    except (AttributeError, TypeError) as error:  # rdflib's, which says nothing to a reader
        if (None, SH.sparql, None) not in shapes.graph:
            raise
        raise unusable(message("a query computes with a value that is not a number or text")) from error
    texts = _Texts(shapes)
    for raw in found:
        yield texts.result(raw)


def unusable(reason: str | Message) -> ConfigurationError:
    """The error of shapes that pySHACL refuses."""
    return ConfigurationError(
        message("the shapes cannot be evaluated: {reason}", reason=reason),
        remedy=message("Simplify the shape that causes this."),
    )


class _Texts:
    """Paths and messages of shapes, each made once."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._paths: dict[Node, str] = {}
        self._templates: dict[tuple[Node | None, Node, Node], dict[str, _Template]] = {}

    def result(self, raw: RawResult) -> Result:
        return Result(
            focus=raw.focus,
            component=raw.component,
            shape=raw.shape,
            severity=raw.severity,
            path=None if raw.path is None else self._path(raw.path),
            value=raw.value,
            messages=self._messages(raw),
        )

    def _path(self, path: Node) -> str:
        """From the shapes, since pySHACL's copies of nested paths lack parts."""
        if path not in self._paths:
            self._paths[path] = path_text(self._shapes.graph, path)
        return self._paths[path]

    def _messages(self, raw: RawResult) -> Mapping[str, str]:
        """The messages of the shapes for the result, variables filled in.

        pySHACL fills `{?name}` in but drops the language: it is recovered by matching with the templates.
        """
        key = (raw.constraint, raw.shape, raw.component)
        if key not in self._templates:
            texts = messages_of(self._shapes, raw.constraint) or _texts_of(self._shapes, raw.shape, raw.component)
            self._templates[key] = {language: _Template(text) for language, text in texts.items()}
        return {language: template.filled(raw.texts) for language, template in self._templates[key].items()}


def shape_messages(shapes: Shapes, shape: Node, component: Node) -> Mapping[str, str]:
    """The messages of a result of a core component, the same for all of its results."""
    texts = tuple(sorted(str(text) for text in shapes.graph.objects(shape, SH.message) if isinstance(text, Literal)))
    return {language: _Template(text).filled(texts) for language, text in _texts_of(shapes, shape, component).items()}


def _texts_of(shapes: Shapes, shape: Node, component: Node) -> Mapping[str, str]:
    """The messages of the shape; else those of the component's validators."""
    if found := messages_of(shapes, shape):
        return found
    uses = (SH.validator, SH.nodeValidator, SH.propertyValidator)
    validators = [validator for use in uses for validator in shapes.graph.objects(component, use)]
    return next(filter(None, (messages_of(shapes, each) for each in validators)), {})


@dataclass(frozen=True)
class _Template:
    text: str

    def filled(self, texts: tuple[str, ...]) -> str:
        """The first of the texts that the template can become; the template itself without any."""
        if self._form is None:
            return self.text
        return next(filter(self._form.fullmatch, texts), self.text)

    @cached_property
    def _form(self) -> re.Pattern[str] | None:
        parts = re.split(r"\{[?$]\w+\}", self.text)
        return re.compile("(?s:.*)".join(map(re.escape, parts))) if len(parts) > 1 else None
