"""The targets of publishing: a package for each target, and the registry of their names."""

from __future__ import annotations

from importlib import import_module

from st_opendata.targets.base import TargetType

TARGETS = {
    "ckan": "st_opendata.targets.ckan",
}
"""The package of each target by the name of its command; the package's `TARGET` describes it."""


def target_type(name: str) -> TargetType:
    """The target of this name; KeyError for an unknown name."""
    found: TargetType = import_module(TARGETS[name]).TARGET
    return found
