"""A SHACL result as a finding: code, severity, message and remedy in each language."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from st_opendata.messages.codes import codes, finding
from st_opendata.model.findings import Finding, Severity
from st_opendata.model.text import Text
from st_opendata.place import Place
from st_opendata.shacl.engine import Result
from st_opendata.shacl.shapes import Shapes
from st_opendata.shacl.suggesting import NearestTerms
from st_opendata.shacl.terms import SH, short, short_iri, term_text
from st_opendata.shacl.wellformed import list_members

_SEVERITIES = {SH.Info: Severity.INFO, SH.Warning: Severity.WARNING}
"""Any other severity, also one that the shapes define, counts as a violation."""


@cache
def code_of(component: Node) -> str:
    """The code of a constraint component: `sh:MinCountConstraintComponent` is `shacl-min-count`."""
    name = str(component).removeprefix(SH).removesuffix("ConstraintComponent").replace("SPARQL", "Sparql")
    code = "shacl" + re.sub(r"([A-Z])", lambda match: "-" + match[1].lower(), name)
    return code if str(component).startswith(SH) and code in codes() else "shacl-custom"


class Wording:
    """Turns the results of one validation into findings; what they have in common is worked out once."""

    def __init__(self, shapes: Shapes, data: Graph) -> None:
        self._shapes = shapes
        self._data = data
        self._expected = cache(self._requirement)
        self._choices = cache(self._known)

    def finding(self, result: Result, places: tuple[Place, ...]) -> Finding:
        """The finding; if the shape has a message, the finding has that alone; else message and remedy are ours.

        If the value should be one of a list or of a class, ours names the most similar one in the data.
        """
        code = code_of(result.component)
        message, remedy = (result.messages, {}) if result.messages else self._texts(code, result)
        return Finding(
            code=code,
            severity=_SEVERITIES.get(result.severity, Severity.VIOLATION),  # type: ignore[call-overload]  # rdflib nodes as keys
            message=message,
            places=places,
            remedy=remedy,
            focus=term_text(result.focus),
            path=result.path,
            value=None if result.value is None else term_text(result.value),
            shape=self.owner(result.shape),
            component=term_text(result.component),
        )

    def owner(self, shape: Node) -> str | None:
        """The shape itself, or the named one that holds it, as findings name it; None if it is in none."""
        owner = self._shapes.owners.get(shape) if isinstance(shape, BNode) else shape
        return None if owner is None else term_text(owner)

    def _texts(self, code: str, result: Result) -> tuple[Text, Text]:
        """Our message and remedy."""
        focus = _shown(result.focus)
        texts = finding(
            code,
            (),
            focus=focus,
            path=short(result.path) if result.path else "rdf:type",
            value=focus if result.value is None else _shown(result.value),
            expected=self._expected(code, result.shape, result.component),
            near=self._near(code, result),
        )
        return texts.message, texts.remedy

    def _near(self, code: str, result: Result) -> str:
        """The value that was probably meant, empty if none is similar; for unique languages, the texts of one."""
        if code == "shacl-unique-lang":
            return _texts_of_one_language(result, self._data)
        if code not in ("shacl-in", "shacl-class") or not isinstance(result.value, URIRef | Literal):
            return ""
        near = self._choices(code, result.shape).of(result.value)
        return "" if near is None else _shown(near)

    def _known(self, code: str, shape: Node) -> NearestTerms:
        """The values that the shape allows."""
        graph, data = self._shapes.graph, self._data
        if code == "shacl-in":
            heads = graph.objects(shape, SH["in"])
            return NearestTerms(member for head in heads for member in list_members(graph, head) or ())
        classes = graph.objects(shape, SH["class"])
        below = {each for kind in classes for each in data.transitive_subjects(RDFS.subClassOf, kind)}
        return NearestTerms({node for each in below for node in data.subjects(RDF.type, each)})

    def _requirement(self, code: str, shape: Node, component: Node) -> int | str:
        """The requirement of the shape: the values of the component's parameter, else the component or the shape.

        `shacl-min-count` has the parameter sh:minCount; members of a list are shown one by one.
        """
        if code == "shacl-custom":
            return short(term_text(component))
        graph = self._shapes.graph
        parameter = re.sub(r"-([a-z])", lambda match: match[1].upper(), code.removeprefix("shacl-"))
        terms = graph.objects(shape, SH[parameter])
        members = [member for term in terms for member in list_members(graph, term) or [term]]
        shown = sorted(_shown(member) for member in members if not isinstance(member, BNode))
        expected = ", ".join(shown) or _shown(self._shapes.owners.get(shape, shape))
        return int(expected) if expected.isascii() and expected.isdigit() else expected


def _shown(term: Node) -> str:
    if isinstance(term, URIRef):
        return short_iri(term)
    return f"[{term}]" if isinstance(term, BNode) else short(term_text(term))


def _texts_of_one_language(result: Result, data: Graph) -> str:
    """The texts of the focus in one language, as `“Vienna”, “Wien” (en)`; empty if the path is not a property."""
    iri = re.fullmatch(r"<([^<>]*)>", result.path or "")
    found = defaultdict[str, list[str]](list)
    for text in data.objects(result.focus, URIRef(iri[1])) if iri else ():
        if isinstance(text, Literal) and text.language:
            found[text.language.lower()].append(f"“{text}”")
    return "; ".join(f"{', '.join(sorted(texts))} ({tag})" for tag, texts in sorted(found.items()) if len(texts) > 1)
