"""Which dataset of a portal is which of the release, whatever it is called there: by our mark and the ids of its files.

An editor may rename a dataset, a form may drop its mark, a script may copy it with its mark. Ids of files are made of
their IRIs, and a portal takes each id once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from st_opendata.targets.ckan.fingerprint import Mark, Shown, content_digest, mark_of


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a dataset of the release known: base IRI of its catalogue, name, ids of its resources."""

    catalogue: str
    name: str
    resources: frozenset[str]

    def is_that_of(self, shown: Shown) -> bool:
        """Whether a dataset of the portal is this one."""
        mark = mark_of(shown)
        if mark and mark.catalogue != self.catalogue:
            return False
        if has_files(shown, self.resources):
            return True
        return bool(mark) and (published_name(shown) or shown["name"]) == self.name


def has_files(shown: Shown, resources: Collection[str]) -> bool:
    """Whether a dataset of the portal has one of these resources."""
    return any(resource["id"] in resources for resource in shown["resources"])


def published_name(shown: Shown) -> str:
    """The name under which we published a dataset of the portal; empty where that is not known.

    A mark of an older version does not tell it, but its digest covers the name: it fits a dataset that nobody edited.
    """
    mark = mark_of(shown)
    if mark is None or mark.name:
        return mark.name if mark else ""
    return str(shown["name"]) if _as_marked(shown, mark) else ""


def kept_because(shown: Shown, catalogue: str, names: Collection[str], resources: Collection[str]) -> str | None:
    """Why a dataset with the mark of the catalogue is not surely one that the release no longer has; None where it is.

    `names` and `resources` are those of the release.
    """
    mark, name = mark_of(shown), published_name(shown)
    if not mark or mark.catalogue != catalogue:
        return "the portal's search shows our mark on it, its database does not"
    if has_files(shown, resources):
        return "it has files of the release"
    if name in names:
        return f"a copy of {name}, made on the portal"
    if not name:
        return "not in the release under this name, and edited on the portal, so it may have been renamed"
    if name != shown["name"]:
        return f"renamed on the portal; {name}, as it was published, is no longer in the release"
    return None


def _as_marked(shown: Shown, mark: Mark) -> bool:
    return content_digest(shown, mark.fields, mark.resource_fields) == mark.content
