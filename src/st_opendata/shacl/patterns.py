r"""`sh:pattern` as the regular expressions of XPath, which SHACL §4.4.3 asks for by way of SPARQL's REGEX.

pySHACL takes them for Python's: it raises on `\p{Lu}`, does not know `[a-z-[aeiou]]`, and lets `$` match before a
last line break.
Constructs that only Python has, such as `(?!…)`, stay allowed: shapes for other tools use them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import BNode, Graph
from rdflib.term import Node

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.shacl.components import ValueComponent
from st_opendata.shacl.terms import SH
from st_opendata.system.matching import Matcher

_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def compile_pattern(pattern: str, flags: str = "") -> Matcher:
    """The pattern, with flags as SPARQL 1.1 §17.4.3.14 defines them: `i`, `m`, `s` and `x`; with its full time limit.

    Raises:
        ValueError: it is a regular expression neither of XPath nor of Python, or a flag is not one of these.
    """
    from elementpath.regex import RegexError, translate_pattern

    if unknown := set(flags) - _FLAGS.keys():
        raise MessageError(message('there is no flag "{flags}"', flags=", ".join(sorted(unknown))))
    options = re.NOFLAG
    for flag in flags:
        options |= _FLAGS[flag]
    if options & re.VERBOSE:  # XPath takes white space out of the pattern, except out of sets (F&O 3.1 §5.6.2)
        pattern = re.sub(r"(\[(?:\\.|[^\]\\])*\])|\s+", r"\1", pattern)
        options &= ~re.VERBOSE
    try:
        return Matcher(translate_pattern(pattern, options), options)
    except (RegexError, ValueError, RecursionError):
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # a set that Python will read differently one day
            try:
                return Matcher(pattern, options)
            except FutureWarning as error:
                raise ValueError(str(error)) from error


_COMPILED: WeakKeyDictionary[ShapesGraph, dict[tuple[str, str], Matcher]] = WeakKeyDictionary()
"""The matchers of each validation that runs. pySHACL makes a component anew for each node that a shape is applied to,
and a shapes graph for each validation: so the time that a pattern may take is that of one validation."""


class Pattern(ValueComponent):
    """sh:pattern: a value that is a blank node, or whose text the pattern is not found in, does not conform."""

    parameter = SH.pattern
    shacl_constraint_component = SH.PatternConstraintComponent

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self._known = _COMPILED.setdefault(shape.sg, {})

    def failing(self, _graph: Graph, _focus: Node, values: Iterable[Any]) -> Iterator[Any]:
        """The values without a match, once for each pattern."""
        flags = "".join(map(str, self.shape.objects(SH.flags)))  # type: ignore[no-untyped-call]  # pySHACL is untyped
        patterns = [self._compiled(str(argument), flags) for argument in self.arguments]
        return (
            value
            for value in values
            for pattern in patterns
            if isinstance(value, BNode) or not pattern.search(str(value))
        )

    def _compiled(self, pattern: str, flags: str) -> Matcher:
        if (pattern, flags) not in self._known:
            self._known[pattern, flags] = compile_pattern(pattern, flags)
        return self._known[pattern, flags]


COMPONENTS = (Pattern,)
