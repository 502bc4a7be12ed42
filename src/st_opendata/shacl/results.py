"""Results of pySHACL without its report: a graph of nine triples for each result, and a text for people.

pySHACL makes the text of a result even where no one reads it, clones its terms into a report graph, and sorts all
texts. With 20,000 results that takes longer than the validation. Its methods that make a result are replaced here for
the runs of `ResultValidator`; any other validation of the process has pySHACL's own. The texts of a result are those
that the report would state as `sh:resultMessage`, except pySHACL's own, which findings do not show.

A component with its own query (SHACL §6) collects the messages of all its results in one list, so that a result
also states those of the results before it. Here it states its own alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from pyshacl import Validator
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.constraints.sparql.sparql_based_constraint_components import BoundShapeValidatorComponent
from rdflib import BNode, Literal
from rdflib.term import Node

_RUNNING = ContextVar("_RUNNING", default=False)
_MAKE: Any = ConstraintComponent.make_v_result
"""pySHACL's method that makes a result."""


def running() -> bool:
    """True while a `ResultValidator` runs, and not another validation."""
    return _RUNNING.get()


@dataclass(frozen=True, slots=True)
class RawResult:
    """What pySHACL found: terms of the data and of the shapes graph, `path` a node of the shapes graph."""

    focus: Node
    component: Node
    shape: Node
    severity: Node
    path: Node | None
    value: Node | None
    constraint: Node | None
    texts: tuple[str, ...]
    """The messages of the shapes with their variables filled in, without languages, sorted."""


class _Statements(list[Any]):
    """The triples of a result in pySHACL's eyes: none, but the result itself."""

    __slots__ = ("result",)

    def __init__(self, result: RawResult) -> None:
        super().__init__()
        self.result = result


class ResultValidator(Validator):
    """A validator whose second answer is a list of `RawResult`, in no particular order."""

    def run(self) -> tuple[bool, list[RawResult], str]:
        """As pySHACL's, with its errors."""
        before = _RUNNING.set(True)
        try:
            found: tuple[bool, list[RawResult], str] = super().run()  # type: ignore[no-untyped-call]  # pySHACL is untyped
            return found
        finally:
            _RUNNING.reset(before)

    @classmethod
    def create_validation_report(
        cls, _shapes: object, _conforms: object, results: list[tuple[str, Node, _Statements]]
    ) -> tuple[list[RawResult], str]:
        """The top-level results; those in `sh:detail` are not among them."""
        return [statements.result for _, _, statements in results], ""


def _make_result(  # the first arguments of `ConstraintComponent.make_v_result` of pySHACL, and its others by name
    self: Any,  # noqa: ANN401 (pySHACL is untyped)
    _datagraph: object,
    focus_node: Node,
    value_node: Node | None = None,
    result_path: Node | None = None,
    **more: Any,  # noqa: ANN401
) -> tuple[str, Node, _Statements]:
    """The result alone, where pySHACL adds its text and triples."""
    extra_messages, bound_vars = more.get("extra_messages"), more.get("bound_vars")
    shape = self.shape
    if result_path is None and shape.is_property_shape:
        result_path = shape.path()
    texts: tuple[str, ...] = ()
    own = shape._messages
    if own or extra_messages:
        messages = {each for each in (*own, *(extra_messages or ())) if isinstance(each, Literal)}
        if bound_vars is None:
            texts = tuple(sorted(map(str, messages)))
        else:
            filled = self._format_sparql_based_result_message
            texts = tuple(sorted({filled(str(each.value), bound_vars) for each in messages}))
    result = RawResult(
        focus_node,
        more.get("constraint_component") or self.shacl_constraint_component,
        shape.node,
        shape.severity,
        result_path,
        value_node,
        more.get("source_constraint"),
        texts,
    )
    return "", BNode(), _Statements(result)


def _make_result_of_query(self: Any, *args: object, **kwargs: Any) -> tuple[str, Node, _Statements]:  # noqa: ANN401 (as above)
    """As `_make_result`; then the list of messages is as before the result."""
    made = _make_result(self, *args, **kwargs)  # type: ignore[arg-type]  # pySHACL's arguments, passed on
    collected = kwargs["extra_messages"]
    added = len(self.query_helper.bound_messages)
    del collected[len(collected) - added :]
    return made


def _in_our_runs(own: Callable[..., object]) -> Callable[..., object]:
    """The method in the runs of `ResultValidator`, pySHACL's in others."""

    @wraps(_MAKE)
    def make_v_result(self: object, *args: object, **kwargs: object) -> object:
        return (own if running() else _MAKE)(self, *args, **kwargs)

    return make_v_result


def register() -> None:
    """Put the methods in the place of pySHACL's; doing it again changes nothing."""
    methods: Mapping[type, Callable[..., object]] = {
        ConstraintComponent: _make_result,
        BoundShapeValidatorComponent: _make_result_of_query,
    }
    for component, method in methods.items():
        component.make_v_result = _in_our_runs(method)  # type: ignore[attr-defined]  # replaced on purpose
