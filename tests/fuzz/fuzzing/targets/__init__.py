"""The kinds of input that the program reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from fuzzing.outcomes import Outcome

Take = Callable[[bytes], Outcome]


@dataclass(frozen=True)
class Target:
    """A kind of input: real examples, words of its format, and how the program takes it.

    `prepare` gets an empty folder, the only one that may be touched, and gives back what takes one input there.
    `allowed` are events of the audit hook that are part of the program's work.
    """

    name: str
    seeds: Callable[[], list[bytes]]
    words: tuple[bytes, ...]
    prepare: Callable[[Path], Take]
    allowed: Iterable[str] = field(default=())


PART = b"\n\x1e"
"""Between the parts of an input that has several."""


def parts_of(data: bytes, number: int) -> list[bytes]:
    """This many parts, empty if the input has fewer; the last has the rest."""
    found = data.split(PART, number - 1)
    return found + [b""] * (number - len(found))


_MODULES = {
    "tables": ("csv", "templates", "patterns"),
    "workbooks": ("xlsx", "ods", "xls"),
    "csvw": ("csvw",),
    "descriptions": ("yaml", "story", "csvw-pull"),
    "graphs": ("rdf", "shapes", "dcat"),
    "questions": ("sparql", "questions"),
    "releases": ("release",),
    "portal": ("http",),
}
NAMES = tuple(name for names in _MODULES.values() for name in names)
"""All targets."""


def find_target(name: str) -> Target:
    """The target of that name; only its module is loaded."""
    module = next(module for module, names in _MODULES.items() if name in names)
    return {target.name: target for target in import_module(f"fuzzing.targets.{module}").TARGETS}[name]
