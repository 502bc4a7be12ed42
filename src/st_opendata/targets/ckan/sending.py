"""Which files of a dataset go to a portal: as its `targets:` say, else all but those many times as large as the table.

Of the ten tabular datasets of Smarter Together, N-Triples have 3 to 14 times the bytes of the CSV files (median 9),
RDF/XML 2 to 8 (median 4), all other formats less than 7. Such files are small change until they are large, and CKAN
takes 10 MB by default: so a file stays behind if it has more than that, and more than five times the bytes of its
tables. It is a link if the release has an address on the web.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from st_opendata.errors import UsageError
from st_opendata.formats import CSV, place_in_lists
from st_opendata.http.urls import url_path
from st_opendata.messages.message import message
from st_opendata.model.release import DatasetRelease, Distribution, File, Release
from st_opendata.model.targets import DatasetTarget
from st_opendata.targets.ckan.site import Site

TIMES = 5
"""The most bytes of a file for each byte of its tables as CSV."""
SMALL = 10_000_000
"""Bytes up to which every file is sent: CKAN's default limit of an upload."""


class Reason(StrEnum):
    """Why a file of the release is not sent."""

    STATED = "stated"
    LARGE = "large"
    LINKED = "linked"
    """It is large, and the portal gets a link to it."""


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file of a release that is not sent to the portal; `link` is its address, empty for none."""

    distribution: Distribution
    reason: Reason
    link: str = ""

    @property
    def path(self) -> str:
        """The path of the file in the release."""
        return self.distribution.file.path


def left_files(dataset: DatasetRelease, settings: DatasetTarget, address: str) -> list[LeftFile]:
    """The files of the dataset that stay behind; `address` is where the release is served, empty for nowhere."""
    found = []
    for each in dataset.distributions:
        chosen = None if each.carried else settings.formats.get(each.format.name)
        if chosen is False:
            found.append(LeftFile(each, Reason.STATED))
        elif chosen is None and _is_excessive(each, dataset.distributions):
            link = f"{address}{url_path(each.file.path)}" if address else ""
            found.append(LeftFile(each, Reason.LINKED if link else Reason.LARGE, link))
    return found


def address_of(release: Release, link_base: str | None) -> str:
    """Where the files of the release are on the web: at the address that the publisher gives, else at its `site`.

    A catalogue without `site` has the start of its IRIs there, which need not be an address.
    """
    if link_base:
        return f"{link_base.rstrip('/')}/"
    return release.site if release.site != release.base else ""


def _is_excessive(item: Distribution, others: Sequence[Distribution]) -> bool:
    """Whether a file that the program wrote is large, and many times as large as its tables."""
    tables = [each.file.size for each in others if each.format == CSV and item.table in (None, each.table)]
    return not item.carried and bool(tables) and item.file.size > max(SMALL, TIMES * sum(tables))


def sent_files(release: Release, dataset: DatasetRelease, left: Sequence[LeftFile]) -> list[File]:
    """The picture of the dataset, its distributions in the order of `FORMATS`, then the files that describe them.

    Those that are `left` without a link are not among them.
    """
    files = {file.path: file for file in release.files}
    missing = {each.path for each in left if not each.link}
    shown = [each for each in dataset.distributions if each.file.path not in missing]
    offered = sorted(shown, key=lambda each: place_in_lists(each.format))
    described = [item.described_by for item in shown if item.described_by]
    pictures = [dataset.picture] if dataset.picture else []
    return [*pictures, *(item.file for item in offered), *(files[path] for path in dict.fromkeys(described))]


def refuse_large(files: Iterable[File], left: Mapping[str, Sequence[LeftFile]], site: Site) -> None:
    """Report before the first write the files that the site would refuse; those that are `left` are links."""
    if site.max_upload is None or site.link_base:
        return
    linked = {each.path for files in left.values() for each in files}
    large = [file for file in files if file.size > site.max_upload and file.path not in linked]
    if large:
        names = ", ".join(f"{file.path} ({file.size:,})" for file in large)
        raise UsageError(
            message(
                "these files are larger than the site's limit of {limit} bytes: {files}",
                limit=f"{site.max_upload:,}",
                files=names,
            ),
            remedy=message(
                "Link large files with --link-base URL, or ask the site's administrator to raise "
                "ckan.max_resource_size."
            ),
        )
