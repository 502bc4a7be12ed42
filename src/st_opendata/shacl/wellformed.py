"""Is a shapes graph well-formed? The syntax rules of SHACL (appendix C, "SHACL for SHACL") as one table.

Run through pySHACL, SHACL-SHACL takes 1.5 s for the DCAT-AP shapes; this takes milliseconds, says what to do, and
also finds what SHACL-SHACL cannot: patterns that do not compile, queries that do not parse, shapes that are named but
undefined, recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from st_opendata.errors import MessageError
from st_opendata.messages.message import Message, message
from st_opendata.shacl.patterns import compile_pattern
from st_opendata.shacl.queries import query_problems
from st_opendata.shacl.terms import SH, in_order, short, term_text


@dataclass(frozen=True, slots=True)
class ShapeFault:
    """A fault of a shape. If a term is `ignored`, the shape is still well-formed."""

    shape: Node
    message: Message
    remedy: Message
    ignored: URIRef | None = None
    """The term that SHACL does not define, if that is the only fault."""


Check = Callable[[Graph, Node], Message | None]
"""Checks a value: the message states what it must be; None if the value is valid."""


def _iri(_: Graph, value: Node) -> Message | None:
    return None if isinstance(value, URIRef) else message("an IRI")


def _not_literal(_: Graph, value: Node) -> Message | None:
    return message("an IRI or a blank node") if isinstance(value, Literal) else None


def _iri_or_literal(_: Graph, value: Node) -> Message | None:
    return message("an IRI or a literal") if isinstance(value, BNode) else None


def _literal(_: Graph, value: Node) -> Message | None:
    return None if isinstance(value, Literal) else message("a literal")


def _string(_: Graph, value: Node) -> Message | None:
    plain = isinstance(value, Literal) and not value.language and value.datatype in (None, XSD.string)
    return None if plain else message("a string without language")


def _text(graph: Graph, value: Node) -> Message | None:
    texts = isinstance(value, Literal) and (value.language or _string(graph, value) is None)
    return None if texts else message("a string, with or without language")


def _integer(_: Graph, value: Node) -> Message | None:
    whole = isinstance(value, Literal) and value.datatype == XSD.integer and not value.ill_typed
    return None if whole else message("an xsd:integer")


def _natural(graph: Graph, value: Node) -> Message | None:
    return message("an xsd:integer, 0 or more") if _integer(graph, value) or int(str(value)) < 0 else None


def _boolean(_: Graph, value: Node) -> Message | None:
    either = isinstance(value, Literal) and value.datatype == XSD.boolean and not value.ill_typed
    return None if either else message("true or false")


def _node_kind(_: Graph, value: Node) -> Message | None:
    kinds = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
    if value in {SH[kind] for kind in kinds}:
        return None
    return message("one of {values}", values=", ".join(f"sh:{kind}" for kind in kinds))


def _pattern(graph: Graph, value: Node) -> Message | None:
    if wrong := _string(graph, value):
        return wrong
    try:
        compile_pattern(str(value))
    except ValueError as error:
        reason = error.message if isinstance(error, MessageError) else str(error)
        return message("a regular expression that compiles ({reason})", reason=reason)
    return None


def _flags(graph: Graph, value: Node) -> Message | None:
    return _string(graph, value) or (None if set(str(value)) <= set("imsx") else message("letters of i, m, s and x"))


def _list_of(check: Check) -> Check:
    def check_list(graph: Graph, value: Node) -> Message | None:
        members = list_members(graph, value)
        if members is None:
            return message("an RDF list that ends in rdf:nil")
        wrong = next(filter(None, (check(graph, member) for member in members)), None)
        return message("a list in which each member is {kind}", kind=wrong) if wrong else None

    return check_list


def list_members(graph: Graph, head: Node) -> list[Node] | None:
    """The members of an RDF list, or None if it is not a list (a missing rest, two firsts, a circle)."""
    members: list[Node] = []
    seen: set[Node] = set()
    while head != RDF.nil:
        first, rest = list(graph.objects(head, RDF.first)), list(graph.objects(head, RDF.rest))
        if len(first) != 1 or len(rest) != 1 or head in seen:
            return None
        seen.add(head)
        members.append(first[0])
        head = rest[0]
    return members


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of a parameter: its values, whether there may be several, and whether only property shapes have it."""

    check: Check
    single: bool = False
    property_only: bool = False


_SHAPE, _SHAPES = Rule(_not_literal), Rule(_list_of(_not_literal))
_IRI, _BOUND = Rule(_iri), Rule(_literal, single=True)
_FLAG, _LENGTH = Rule(_boolean, single=True), Rule(_natural, single=True)
_COUNT = Rule(_natural, single=True, property_only=True)

RULES: Mapping[URIRef, Rule] = {
    SH[name]: rule
    for name, rule in {
        "targetNode": Rule(_iri_or_literal),
        **dict.fromkeys(("targetClass", "targetSubjectsOf", "targetObjectsOf"), _IRI),
        "severity": Rule(_iri, single=True),
        "message": Rule(_text),
        "deactivated": _FLAG,
        **dict.fromkeys(("class", "equals", "disjoint"), _IRI),
        "datatype": Rule(_iri, single=True),
        "nodeKind": Rule(_node_kind, single=True),
        **dict.fromkeys(("minCount", "maxCount"), _COUNT),
        **dict.fromkeys(("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"), _BOUND),
        **dict.fromkeys(("minLength", "maxLength"), _LENGTH),
        "pattern": Rule(_pattern, single=True),
        "flags": Rule(_flags, single=True),
        "languageIn": Rule(_list_of(_string), single=True),
        "uniqueLang": Rule(_boolean, single=True, property_only=True),
        **dict.fromkeys(("lessThan", "lessThanOrEquals"), Rule(_iri, property_only=True)),
        **dict.fromkeys(("not", "node", "property"), _SHAPE),
        **dict.fromkeys(("and", "or", "xone"), _SHAPES),
        "qualifiedValueShape": Rule(_not_literal, single=True, property_only=True),
        **dict.fromkeys(("qualifiedMinCount", "qualifiedMaxCount"), _LENGTH),
        "qualifiedValueShapesDisjoint": _FLAG,
        "closed": _FLAG,
        "ignoredProperties": Rule(_list_of(_iri), single=True),
        "hasValue": Rule(lambda _graph, _value: None),
        "in": Rule(_list_of(lambda _graph, _value: None), single=True),
        "sparql": _SHAPE,
    }.items()
}
_NOT_CONSTRAINTS = {SH.severity, SH.message, SH.deactivated, SH.flags, SH.ignoredProperties}
_SHAPE_VALUES = (SH["not"], SH.node, SH.property, SH.qualifiedValueShape)
_SHAPE_LISTS = (SH["and"], SH["or"], SH.xone)
_DESCRIPTIVE = {SH[name] for name in ("path", "name", "description", "order", "group", "defaultValue", "declare")}
_UNSUPPORTED = {SH[name] for name in ("js", "rule", "target", "expression", "values")}


def shapes_of(graph: Graph) -> list[Node]:
    """All shapes of the graph (SHACL §2.1), sorted."""
    found = {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in graph.subjects(RDF.type, kind)}
    for parameter in set(RULES) - _NOT_CONSTRAINTS:
        found.update(graph.subjects(parameter, None))
    return in_order(found | {value for shape in tuple(found) for value in references(graph, shape)})


def references(graph: Graph, shape: Node) -> list[Node]:
    """The shapes that the shape names in its constraints, sorted."""
    named = {value for parameter in _SHAPE_VALUES for value in graph.objects(shape, parameter)}
    for parameter in _SHAPE_LISTS:
        for head in graph.objects(shape, parameter):
            named.update(list_members(graph, head) or ())
    return in_order(node for node in named if not isinstance(node, Literal))


def problems(graph: Graph) -> Iterator[ShapeFault]:
    """All faults of the shapes of the graph, shape by shape."""
    shapes = shapes_of(graph)
    custom = set(graph.objects(None, SH.parameter))
    for shape in shapes:
        if shape in custom:
            continue
        yield from _parameter_problems(graph, shape)
        yield from _kind_problems(graph, shape)
        yield from _term_problems(graph, shape)
        for constraint in graph.objects(shape, SH.sparql):
            yield from (
                ShapeFault(shape, what, message("Correct the query.")) for what in query_problems(graph, constraint)
            )
    uses = (SH.validator, SH.nodeValidator, SH.propertyValidator)
    for validator in in_order(validator for use in uses for validator in graph.objects(None, use)):
        yield from (
            ShapeFault(validator, what, message("Correct the query.")) for what in query_problems(graph, validator)
        )
    yield from _recursion_problems(graph, shapes)


def _parameter_problems(graph: Graph, shape: Node) -> Iterator[ShapeFault]:
    is_property = (shape, SH.path, None) in graph
    stated = set(graph.predicates(shape, None))
    for parameter in filter(stated.__contains__, RULES):
        rule, name = RULES[parameter], short(term_text(parameter))
        values = list(graph.objects(shape, parameter))
        for value in values:
            if wrong := rule.check(graph, value):
                problem = message("{parameter} is {value}", parameter=name, value=short(term_text(value)))
                yield ShapeFault(shape, problem, message("{parameter} must be {kind}.", parameter=name, kind=wrong))
        if rule.single and len(values) > 1:
            problem = message("{parameter} is stated {count} times", parameter=name, count=len(values))
            yield ShapeFault(shape, problem, message("Keep one of them."))
        if rule.property_only and not is_property:
            problem = message("{parameter} needs a property shape", parameter=name)
            remedy = message("Give the shape a sh:path, or move {parameter} to a shape with one.", parameter=name)
            yield ShapeFault(shape, problem, remedy)


def _kind_problems(graph: Graph, shape: Node) -> Iterator[ShapeFault]:
    types = set(graph.objects(shape, RDF.type))
    paths = list(graph.objects(shape, SH.path))
    if not any(graph.predicate_objects(shape)):
        remedy = message("Define it, or load the file that does.")
        yield ShapeFault(shape, message("the shape is named but has no triples"), remedy)
    elif SH.PropertyShape in types or (None, SH.property, shape) in graph:
        if len(paths) != 1:
            problem = message("the property shape has {count} values of sh:path", count=len(paths))
            yield ShapeFault(shape, problem, message("State exactly one sh:path."))
    elif paths and (SH.NodeShape in types or (None, SH.node, shape) in graph):
        remedy = message("Remove sh:path, or make it a sh:PropertyShape.")
        yield ShapeFault(shape, message("a node shape has a sh:path"), remedy)
    for path in paths:
        if wrong := _path_problem(graph, path):
            problem = message("the path is not well-formed: {reason}", reason=wrong)
            yield ShapeFault(shape, problem, message("See SHACL §2.3.1 for property paths."))


def _path_problem(graph: Graph, path: Node, depth: int = 0) -> Message | None:
    if isinstance(path, Literal) or depth > 50:
        return message("it holds a literal") if isinstance(path, Literal) else message("it is circular")
    if isinstance(path, URIRef):
        return None
    head = path if (path, RDF.first, None) in graph else graph.value(path, SH.alternativePath)
    if head is not None:
        steps = list_members(graph, head)
        if steps is None or len(steps) < 2:
            return message("a sequence or alternative needs a list of two steps or more")
    else:
        single = (SH.inversePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)
        steps = [step for predicate in single for step in graph.objects(path, predicate)]
        if len(steps) != 1:
            terms = ", ".join(short(term_text(term)) for term in single)
            return message("a blank node needs exactly one of {terms}", terms=terms)
    return next(filter(None, (_path_problem(graph, step, depth + 1) for step in steps)), None)


def _term_problems(graph: Graph, shape: Node) -> Iterator[ShapeFault]:
    """SHACL terms without a meaning on a shape: an error if a typo is likely, else ignored with a notice."""
    known = {str(term).removeprefix(SH): term for term in {*RULES, *_DESCRIPTIVE}}
    for predicate in in_order(graph.predicates(shape, None)):
        local = str(predicate).removeprefix(SH)
        if predicate in _UNSUPPORTED:
            problem = message("sh:{term} is an advanced SHACL feature that is not supported", term=local)
            yield ShapeFault(shape, problem, message("State the constraint in SHACL core or as sh:sparql."))
        elif local != str(predicate) and local not in known and not _is_path_term(local):
            near = get_close_matches(local, known, n=1, cutoff=0.8)
            hint = (
                message("Did you mean sh:{term}?", term=near[0])
                if near
                else message("Remove it, or state it with a term that SHACL has.")
            )
            yield ShapeFault(shape, message("SHACL has no sh:{term}", term=local), hint, None if near else SH[local])


def _is_path_term(local: str) -> bool:
    return local.endswith("Path") or local in ("parameter", "labelTemplate", "optional", "validator", "nodeValidator",
                                               "propertyValidator", "prefixes", "select", "ask", "shapesGraph",
                                               "entailment", "suggestedShapesGraph")  # fmt: skip


def _recursion_problems(graph: Graph, shapes: list[Node]) -> Iterator[ShapeFault]:
    """SHACL §3.4.3 leaves recursive shapes undefined, and pySHACL gives up on them: refuse them."""
    done: set[Node] = set()
    for start in shapes:
        trail: list[tuple[Node, list[Node]]] = [(start, references(graph, start))]
        open_shapes = {start}
        while trail and start not in done:
            shape, left = trail[-1]
            if not left:
                done.add(shape)
                open_shapes.discard(shape)
                trail.pop()
                continue
            named = left.pop()
            if named in open_shapes:
                remedy = message("Break the circle of sh:node and sh:property.")
                yield ShapeFault(named, message("the shape refers to itself"), remedy)
            elif named not in done:
                open_shapes.add(named)
                trail.append((named, references(graph, named)))
