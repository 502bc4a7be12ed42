"""The SPARQL of shapes, checked before it runs: it parses, and it keeps to SHACL §5 and appendix A (pre-binding).

No `SERVICE` and no `FROM`: validation reads nothing but the graphs it is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import pyoxigraph as ox
from pyparsing import ParseException, ParseResults
from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node, Variable

from st_opendata.messages.message import Message, message
from st_opendata.shacl.terms import SH, in_order

_KNOWN = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL), "xsd": str(XSD)}
_FORBIDDEN = {
    "ServiceGraphPattern": "SERVICE",
    "MinusGraphPattern": "MINUS",
    "InlineData": "VALUES",
    "ValuesClause": "VALUES",
    "DatasetClause": "FROM",
}
_PREBOUND = frozenset(map(Variable, ("this", "shapesGraph", "currentShape", "PATH")))
_VALUE = Variable("value")


def query_problems(graph: Graph, holder: Node) -> Iterator[Message]:
    """The faults of the `sh:select` or `sh:ask` text of a SPARQL constraint or validator."""
    texts = [(form, str(text)) for form in (SH.select, SH.ask) for text in graph.objects(holder, form)]
    if len(texts) != 1:
        yield message(
            "a SPARQL constraint needs exactly one query (sh:select or sh:ask) and has {count}", count=len(texts)
        )
        return
    [(form, text)] = texts
    form_name = "SelectQuery" if form == SH.select else "AskQuery"
    try:
        prologue, query = _parsed(_without_path(text))
    except ParseException as error:
        yield message(
            "the query is not SPARQL: line {line}, column {column} of it: {reason}",
            line=error.lineno,
            column=error.column,
            reason=error.msg,
        )
        return
    if query.name != form_name:
        yield message("the query is not of the form {form}", form=form_name.removesuffix("Query").upper())
    yield from _construct_problems(query)
    own = {str(part.get("prefix") or "") for part in _parts(prologue)}
    unknown = sorted(_used_prefixes(query) - own - declared_prefixes(graph, holder).keys() - _KNOWN.keys())
    for prefix in unknown:
        yield message(
            'the query uses the prefix "{prefix}:", which no sh:declare of its sh:prefixes declares', prefix=prefix
        )
    if query.name == "SelectQuery" and "projection" in query and not _projects_this(query):
        yield message("the query must SELECT $this")
    if not unknown and not any(part.name == "ServiceGraphPattern" for part in _parts(query)):
        try:
            # rdflib finds faults of scope, such as a second BIND to a variable, only when it runs the query.
            ox.Store().query(_prologue(graph, holder) + _without_path(text))
        except SyntaxError as error:
            yield message("the query is not valid: {reason}", reason=error.msg)


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[ParseResults, CompValue]:
    """Prologue and query, which callers do not change; the parser takes most of the time of reading shapes."""
    prologue, query = parseQuery(text)
    return prologue, query


def declared_prefixes(graph: Graph, holder: Node) -> dict[str, str]:
    """Prefix to namespace, as the values of `sh:prefixes` and what these import declare (SHACL §5.2.1)."""
    declarations = in_order(
        declaration
        for start in graph.objects(holder, SH.prefixes)
        for ontology in graph.transitive_objects(start, OWL.imports)
        for declaration in graph.objects(ontology, SH.declare)
    )
    return {str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace)) for node in declarations}


def write_prefixes(graph: Graph) -> None:
    """Put the declared prefixes into the text of every query: pySHACL does not follow `owl:imports` to find them."""
    for form in (SH.select, SH.ask):
        for holder, text in list(graph.subject_objects(form)):
            graph.set((holder, form, Literal(_prologue(graph, holder) + str(text))))


def _prologue(graph: Graph, holder: Node) -> str:
    prefixes = _KNOWN | declared_prefixes(graph, holder)
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(prefixes.items()))


def _without_path(text: str) -> str:
    """The text with $PATH, which stands for the path of the shape, replaced by some path, so that it is SPARQL."""
    return re.sub(r"[$?]PATH\b", "<urn:path>", text)


def _construct_problems(query: CompValue) -> Iterator[Message]:
    prebound = _PREBOUND | {_VALUE} if query.name == "AskQuery" else _PREBOUND
    for part in _parts(query):
        if part.name in _FORBIDDEN:
            yield message("{keyword} is not allowed in a query of a shape", keyword=_FORBIDDEN[part.name])
        elif part.name == "SubSelect" and not _projects_this(part):
            yield message("a nested SELECT must select $this too")
        elif part.name in ("Bind", "vars") and "expr" in part:
            variable = part["evar"] if "evar" in part else part.get("var")
            if variable in prebound:
                yield message("AS must not bind ${variable}, which is bound already", variable=str(variable))


def _projects_this(query: CompValue) -> bool:
    projected = query.projection or []
    return any(Variable("this") in (item.get("var"), item.get("evar")) for item in projected)


def _used_prefixes(query: CompValue) -> set[str]:
    return {str(part.get("prefix") or "") for part in _parts(query) if part.name == "pname"}


def _parts(value: object) -> Iterator[CompValue]:
    """All nodes of a parsed query, outermost first."""
    if isinstance(value, CompValue):
        yield value
        for child in value.values():
            yield from _parts(child)
    elif isinstance(value, (list, tuple, ParseResults)):
        for child in value:
            yield from _parts(child)
