"""Where releases are published: a package for each target, and the registry of their names."""

from __future__ import annotations

from importlib import import_module

from st_opendata.targets.base import TargetType

TARGETS = {
    "ckan": "st_opendata.targets.ckan",
}
"""By the name of its command, the package of each target, whose `TARGET` says what it is."""


def target_type(name: str) -> TargetType:
    """The target of this name; KeyError for an unknown name."""
    found: TargetType = import_module(TARGETS[name]).TARGET
    return found
