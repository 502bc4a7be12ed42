"""Publishing a release to a CKAN portal: from the folder and the portal to the plan, and on to what was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from st_opendata.release import read_release
from st_opendata.targets.ckan.connection import TIMEOUT, CkanClient
from st_opendata.targets.ckan.memory import recall, remember
from st_opendata.targets.ckan.packages import Site, packages
from st_opendata.targets.ckan.plan import Plan
from st_opendata.targets.ckan.preflight import survey_portal
from st_opendata.targets.ckan.refresh import Surveyor, Wish


@dataclass(frozen=True, slots=True)
class Target:
    """A portal to publish to, as the publisher names it; what the fields mean is said at `packages.Site`.

    `timeout` is the number of seconds to wait for an answer.
    """

    url: str
    organization: str
    token: str | None
    workers: int = 4
    iris: bool = False
    max_upload: int | None = None
    link_base: str | None = None
    timeout: float = TIMEOUT


@contextmanager
def planned(release: Path, target: Target, wish: Wish) -> Iterator[tuple[Plan, Surveyor]]:
    """The plan for a release, and what carries it out (`apply.apply`); what is confirmed is remembered at the end.

    Raises:
        InputError, ConfigurationError, UsageError: as `packages` does.
        RemoteError: the portal refuses, fails or does not answer.
    """
    base = read_release(release).base
    client = CkanClient(target.url, target.token, connections=target.workers, timeout=target.timeout)
    try:
        portal = survey_portal(client, target.organization)
        site = Site(
            url=portal.url,
            organization=portal.organization,
            schema=portal.schema,
            language=portal.language,
            iris=target.iris,
            max_upload=target.max_upload,
            link_base=target.link_base,
        )
        surveyor = Surveyor(client, portal, recall(portal.url, portal.organization), target.workers)
        try:
            yield surveyor.plan(packages(release, site), base, wish), surveyor
        finally:
            remember(portal.url, portal.organization, surveyor.confirmed)
    finally:
        client.close()
