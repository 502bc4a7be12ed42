"""What a value node must be, as functions of its term alone (SHACL §4.1 to §4.4, §4.8).

Screens and pySHACL's components judge by the same functions, so that a value conforms for both or for neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, ClassVar

from pyshacl.constraints.core.value_constraints import DatatypeConstraintComponent
from pyshacl.shape import Shape
from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from st_opendata.shacl.components import ValueComponent
from st_opendata.shacl.terms import SH
from st_opendata.shacl.wellformed import list_members

Judge = Callable[[Node], bool]
"""True for a term that conforms."""


_ACTUAL: Any = DatatypeConstraintComponent._assert_actual_datatype
"""pySHACL's test of the value of a literal, which needs no component."""


def has_datatype(datatype: Node) -> Judge:
    """A literal of the datatype that is not ill-typed, as far as rdflib knows the datatype (SHACL §4.1.2)."""

    def judge(term: Node) -> bool:
        if not isinstance(term, Literal):
            return False
        if term.datatype != datatype:
            if datatype == RDFS.Literal or (datatype == RDFS.Datatype and term.datatype):
                return True
            plain = term.datatype is None and not term.language and datatype == XSD.string
            if not plain and not (datatype == RDF.langString and term.language):
                return False
        elif term.ill_typed:
            return False
        checked: bool = _ACTUAL(None, term, datatype)
        return checked

    return judge


def has_length(least: int = 0, most: int | None = None) -> Judge:
    """An IRI or a literal with this number of characters; a blank node never conforms (SHACL §4.4.1, §4.4.2)."""

    def judge(term: Node) -> bool:
        length = len(str(term))
        return not isinstance(term, BNode) and least <= length and (most is None or length <= most)

    return judge


def has_language(ranges: Collection[str]) -> Judge:
    """A literal with a language tag in one of the basic ranges (RFC 4647 §3.3.1, SHACL §4.4.4)."""
    lowered = {each.lower() for each in ranges}

    def judge(term: Node) -> bool:
        if not isinstance(term, Literal) or not term.language:
            return False
        parts = term.language.lower().split("-")
        return "*" in lowered or any("-".join(parts[:count]) in lowered for count in range(1, len(parts) + 1))

    return judge


class JudgedComponent(ValueComponent):
    """A component whose judge follows from its shape."""

    judge_of: ClassVar[Callable[[Shape], Judge]]

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self._judge = type(self).judge_of(shape)

    def failing(self, _graph: Graph, _focus: Node, values: Iterable[Any]) -> Iterator[Any]:
        """The values that do not conform."""
        return (value for value in values if not self._judge(value))


def _component(name: str, judge_of: Callable[[Shape], Judge]) -> type[JudgedComponent]:
    parameter, identifier = SH[name[0].lower() + name[1:]], SH[f"{name}ConstraintComponent"]
    members = {"parameter": parameter, "shacl_constraint_component": identifier, "judge_of": staticmethod(judge_of)}
    return type(name, (JudgedComponent,), members)


def languages_of(graph: Graph, head: URIRef | BNode | Node) -> list[str]:
    """The members of the list of a sh:languageIn."""
    return [str(member) for member in list_members(graph, head) or ()]


def _lengths(shape: Shape) -> Judge:
    """PySHACL lets a blank node pass if the length is 0."""
    return has_length(max(int(str(value)) for value in shape.sg.graph.objects(shape.node, SH.minLength)))


def _languages(shape: Shape) -> Judge:
    """PySHACL knows a whole tag and its first part, and so not `de-at` for `de-at-1996`."""
    graph = shape.sg.graph
    return has_language(
        [each for head in graph.objects(shape.node, SH.languageIn) for each in languages_of(graph, head)]
    )


COMPONENTS = (_component("MinLength", _lengths), _component("LanguageIn", _languages))
