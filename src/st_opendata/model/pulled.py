"""The origin of a catalogue that was pulled from a portal: what the portal had then, and what was changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PulledDataset:
    """A dataset of the catalogue as the portal had it.

    `id` and `name` are those of the portal, `state` has a digest of each field that it showed of the dataset.
    `resources` are ids of its resources, by the path in the release of the file that came of each, or by the address of
    a link. `changed` are the keys of its description that differ from what was pulled; `tables` and `files` differ too
    if a file has another content.
    """

    id: str
    name: str
    state: Mapping[str, str]
    resources: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PulledCatalogue:
    """The origin of a catalogue: the portal's URL, its organisation, and the datasets by their ids in the catalogue.

    If st-opendata had `published` it there, the dataset with the exact catalogue is among them. It is `unchanged` if
    neither its description nor a dataset was changed.
    """

    url: str
    organization: str
    published: bool
    datasets: Mapping[str, PulledDataset]
    unchanged: bool = True

    def is_at(self, url: str) -> bool:
        """Whether this is the portal at the URL."""
        return self.url.rstrip("/") == url.rstrip("/")
