"""A SHACL result as a finding: code, severity, message and remedy in each language."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from st_opendata.messages.codes import codes, finding
from st_opendata.model.findings import Finding, Severity
from st_opendata.place import Place
from st_opendata.shacl.engine import Result
from st_opendata.shacl.shapes import Shapes
from st_opendata.shacl.suggesting import nearest_term
from st_opendata.shacl.terms import SH, short, term_text
from st_opendata.shacl.wellformed import list_members

_SEVERITIES = {SH.Info: Severity.INFO, SH.Warning: Severity.WARNING}
"""Any other severity, also one that the shapes define, counts as a violation."""


def code_of(component: Node) -> str:
    """The code of a constraint component: `sh:MinCountConstraintComponent` is `shacl-min-count`."""
    name = str(component).removeprefix(SH).removesuffix("ConstraintComponent").replace("SPARQL", "Sparql")
    code = "shacl" + re.sub(r"([A-Z])", lambda match: "-" + match[1].lower(), name)
    return code if str(component).startswith(SH) and code in codes() else "shacl-custom"


def finding_of(result: Result, shapes: Shapes, places: tuple[Place, ...], data: Graph) -> Finding:
    """The finding; if the shape has a message, the finding has that alone; else message and remedy are ours.

    If the value should be one of a list or of a class, ours names the most similar one in the data.
    """
    code = code_of(result.component)
    expected = _expected(code, result, shapes)
    focus, value = term_text(result.focus), None if result.value is None else term_text(result.value)
    texts = finding(
        code,
        places,
        focus=_shown(result.focus),
        path=short(result.path) if result.path else "rdf:type",
        value=_shown(result.value if result.value is not None else result.focus),
        expected=int(expected) if expected.isascii() and expected.isdigit() else expected,
        near=_near(code, result, shapes, data),
    )
    owner = shapes.owners.get(result.shape) if isinstance(result.shape, BNode) else result.shape
    return replace(
        texts,
        severity=_SEVERITIES.get(result.severity, Severity.VIOLATION),  # type: ignore[call-overload]  # rdflib nodes as keys
        message=dict(result.messages) or texts.message,
        remedy={} if result.messages else texts.remedy,
        focus=focus,
        path=result.path,
        value=value,
        shape=None if owner is None else term_text(owner),
        component=term_text(result.component),
    )


def _shown(term: Node) -> str:
    return f"[{term}]" if isinstance(term, BNode) else short(term_text(term))


def _near(code: str, result: Result, shapes: Shapes, data: Graph) -> str:
    """The value that was probably meant, empty if none is similar; for unique languages, the texts of one language."""
    if code == "shacl-unique-lang":
        return _texts_of_one_language(result, data)
    if not isinstance(result.value, URIRef | Literal):
        return ""
    known: set[Node] = set()
    if code == "shacl-in":
        heads = shapes.graph.objects(result.shape, SH["in"])
        known = {member for head in heads for member in list_members(shapes.graph, head) or ()}
    elif code == "shacl-class":
        classes = shapes.graph.objects(result.shape, SH["class"])
        below = {each for kind in classes for each in data.transitive_subjects(RDFS.subClassOf, kind)}
        known = {node for each in below for node in data.subjects(RDF.type, each)}
    near = nearest_term(result.value, known)
    return "" if near is None else _shown(near)


def _texts_of_one_language(result: Result, data: Graph) -> str:
    """The texts of the focus in one language, as `“Vienna”, “Wien” (en)`; empty if the path is not a property."""
    iri = re.fullmatch(r"<([^<>]*)>", result.path or "")
    found = defaultdict[str, list[str]](list)
    for text in data.objects(result.focus, URIRef(iri[1])) if iri else ():
        if isinstance(text, Literal) and text.language:
            found[text.language.lower()].append(f"“{text}”")
    return "; ".join(f"{', '.join(sorted(texts))} ({tag})" for tag, texts in sorted(found.items()) if len(texts) > 1)


def _expected(code: str, result: Result, shapes: Shapes) -> str:
    """The requirement of the shape: the values of the component's parameter, else the component or the shape itself.

    `shacl-min-count` has the parameter sh:minCount; members of a list are shown one by one.
    """
    if code == "shacl-custom":
        return short(term_text(result.component))
    parameter = re.sub(r"-([a-z])", lambda match: match[1].upper(), code.removeprefix("shacl-"))
    terms = shapes.graph.objects(result.shape, SH[parameter])
    members = [member for term in terms for member in list_members(shapes.graph, term) or [term]]
    named = sorted(_shown(member) for member in members if not isinstance(member, BNode))
    return ", ".join(named) or _shown(shapes.owners.get(result.shape, result.shape))
