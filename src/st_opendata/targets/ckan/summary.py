"""A plan for people and programs: its pages, and what it does not bring to the portal, one line for each reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from st_opendata.messages.message import Message, counted, message, number_text
from st_opendata.targets.base import LandingPage, Plan
from st_opendata.targets.ckan.packages import Package
from st_opendata.targets.ckan.plan import DatasetChange
from st_opendata.targets.ckan.sending import SMALL, TIMES, LeftFile, Reason
from st_opendata.targets.ckan.site import Site

_SHOWN = 8
"""The most names of datasets in a line."""


def make_plan(
    site: Site, changes: Sequence[DatasetChange], ghosts: Sequence[str], catalogue: str, notes: Sequence[Message] = ()
) -> Plan[DatasetChange]:
    """The plan of these changes; `catalogue` is the name of the exact one's dataset, empty if there is none.

    `ghosts` are names that its search lists once more than its database: left by a crash of the portal while a dataset
    was created, seen by members of the organisation only.
    """
    desired = [change.desired for change in changes if change.desired]
    packages = [each.package for each in desired]
    losses = list(_losses(packages))
    organizations = sorted({str(each.dataset.get("owner_org") or site.organization) for each in desired}) or [
        site.organization
    ]
    return Plan(
        changes=tuple(changes),
        pages=(
            *_organization_pages(site, organizations),
            *([_catalogue_page(site, catalogue)] if catalogue else []),
        ),
        warnings=tuple(
            message(
                "The portal's search lists “{name}”, but its database does not: ask its administrator to rebuild the "
                "search index.",
                name=name,
            )
            for name in ghosts
        ),
        notes=(
            *map(_loss_note, losses),
            *visibility_notes(packages),
            *notes,
        ),
        details={
            "portal": {
                "url": site.url,
                "version": site.version,
                "plugins": sorted(site.plugins),
                "user": str(site.user),
                "organization": site.organization or organizations[0],
                "organizations": organizations,
            },
            "left_files": [
                {"dataset": package.name, "file": each.path, "reason": str(each.reason), "link": each.link or None}
                for package in packages
                for each in package.left
            ],
            "losses": [{"field": each.field, "reason": str(each.reason), "datasets": each.datasets} for each in losses],
        },
        leading=catalogue,
    )


@dataclass(frozen=True, slots=True)
class _Loss:
    """A field that some datasets lose, and why."""

    field: str
    reason: Message
    datasets: int


def _losses(packages: Iterable[Package]) -> Iterator[_Loss]:
    """All losses with the numbers of their datasets, sorted by field and reason."""
    reasons: dict[tuple[str, str], Message] = {}
    numbers: Counter[tuple[str, str]] = Counter()
    for package in packages:
        found = {(notice.field, str(notice.text)): notice.text for notice in package.notices}
        reasons |= found
        numbers.update(found.keys())
    for key in sorted(numbers):
        yield _Loss(key[0], reasons[key], numbers[key])


def _loss_note(loss: _Loss) -> Message:
    return counted(
        "Not on the portal: {field} of {digits} dataset: {reason}",
        "Not on the portal: {field} of {digits} datasets: {reason}",
        number="count",
        count=loss.datasets,
        digits=f"{loss.datasets:,}",
        field=loss.field,
        reason=loss.reason,
    )


def _catalogue_page(site: Site, name: str) -> LandingPage:
    return LandingPage("catalogue", message("The catalogue, for harvesters"), f"{site.url}/dataset/{name}")


def _organization_pages(site: Site, organizations: Sequence[str]) -> Iterator[LandingPage]:
    """The page of the only organisation, or one for each."""
    if len(organizations) == 1:
        yield LandingPage("datasets", message("The datasets"), f"{site.url}/organization/{organizations[0]}")
        return
    for name in organizations:
        label = message("The datasets of “{name}”", name=name)
        yield LandingPage(f"datasets of {name}", label, f"{site.url}/organization/{name}")


def visibility_notes(packages: Sequence[Package]) -> tuple[Message, ...]:
    """The datasets that visitors do not see, and the files that the portal does not get, one line for each reason."""
    return (*_private_notes(packages), *_file_notes(packages))


def _private_notes(packages: Sequence[Package]) -> Iterator[Message]:
    """The datasets that visitors do not see, by the day from which they do."""
    days: dict[str, list[str]] = {}
    for each in packages:
        if each.private:
            days.setdefault(str(each.publish_from or ""), []).append(each.name)
    for day, names in sorted(days.items()):
        shown = ", ".join([*names[:_SHOWN], *(["…"] if len(names) > _SHOWN else [])])
        number = number_text(len(names))
        if day:
            yield message(
                "Private until {day} ({number}): {names}. A run on that day or later makes them public.",
                day=day,
                number=number,
                names=shown,
            )
        else:
            yield message("Private without a release date ({number}): {names}.", number=number, names=shown)


def _file_notes(packages: Sequence[Package]) -> Iterator[Message]:
    """The files that are not sent, one line for each reason."""
    left: dict[Reason, list[LeftFile]] = {}
    for package in packages:
        for each in package.left:
            left.setdefault(each.reason, []).append(each)
    for reason, files in sorted(left.items()):
        numbers = {
            "files": counted(
                "{digits} file", "{digits} files", number="count", count=len(files), digits=f"{len(files):,}"
            ),
            "size": f"{sum(each.distribution.file.size for each in files):,}",
            "formats": ", ".join(dict.fromkeys(each.distribution.format.label for each in files)),
        }
        if reason is Reason.STATED:
            yield message("Not sent, by `formats` of the target: {files} of {size} bytes ({formats}).", **numbers)
            continue
        rule = {"times": TIMES, "most": f"{SMALL:,}"}
        if reason is Reason.LINKED:
            yield message(
                "Linked, not sent: {files} of {size} bytes ({formats}), each more than {times} times as large as its "
                "tables and than {most} bytes. `formats` of the target can say otherwise.",
                **numbers,
                **rule,
            )
        else:
            yield message(
                "Not sent: {files} of {size} bytes ({formats}), each more than {times} times as large as its tables "
                "and than {most} bytes. `formats` of the target can say otherwise; --link-base URL makes them links.",
                **numbers,
                **rule,
            )
