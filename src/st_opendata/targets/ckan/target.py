"""CKAN as a target: the functions that open it, make its plan, apply changes and verify it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from st_opendata.errors import UsageError
from st_opendata.http.tls import Tls, secured
from st_opendata.messages.message import message
from st_opendata.release import read_release
from st_opendata.spelling import hint
from st_opendata.system.cache import cache_folder, write_cached
from st_opendata.targets.base import Plan, Policy, Progress, Sending, Verification
from st_opendata.targets.ckan.apply import apply_change
from st_opendata.targets.ckan.chosen import ChosenTarget, choose_target
from st_opendata.targets.ckan.connection import TIMEOUT, CkanClient
from st_opendata.targets.ckan.downloads import Downloader
from st_opendata.targets.ckan.packages import packages
from st_opendata.targets.ckan.plan import DatasetChange
from st_opendata.targets.ckan.pulled import find_settled
from st_opendata.targets.ckan.refresh import RemoteReader
from st_opendata.targets.ckan.rights import read_site_of, with_groups
from st_opendata.targets.ckan.site import Site, read_fields, read_site
from st_opendata.targets.ckan.summary import make_plan
from st_opendata.targets.ckan.token import find_certificate, find_token
from st_opendata.targets.ckan.verify import verify_site


@dataclass(frozen=True, slots=True)
class CkanTarget:
    """A CKAN site with the publisher's options (`site.Site`); `base.Target` describes the methods."""

    reader: RemoteReader
    tls: Tls = field(default_factory=Tls)

    @property
    def workers(self) -> int:
        """Requests at a time."""
        return self.reader.workers

    def plan(self, release: Path, policy: Policy) -> Plan[DatasetChange]:
        """The changes that publishing the release would make.

        Raises:
            InputError, ConfigurationError, UsageError: as `packages` does; UsageError also if the policy names a
                dataset that the release does not have.
            RemoteError: the portal refuses, fails or does not answer.
        """
        content, site = read_release(release), self.reader.site
        known = [each.id for each in content.datasets]
        for name in policy.only:
            if name not in known:
                raise UsageError(
                    message('the release has no dataset "{name}"{hint}', name=name, hint=hint(name, known)),
                    remedy=message("Give the id of a dataset: the name of its folder in the catalogue."),
                )
        settled = find_settled(self.reader.client, site, release, content, policy, self.reader.workers)
        made = packages(release, site, policy.only, settled)
        left = [each for each in known if each not in settled]
        names = tuple(each.name for each, id_ in zip(made, left, strict=False) if id_ in policy.only)
        changes = [each for id_, each in settled.items() if not policy.only or id_ in policy.only]
        if not made or (policy.only and not names):
            return make_plan(site, changes, (), "")
        plan = self.reader.plan(made, content.base, replace(policy, only=names))
        return replace(plan, changes=tuple(sorted((*plan.changes, *changes), key=lambda change: change.name)))

    def apply(self, change: DatasetChange, on_sending: Sending | None) -> None:
        """Carry out one change."""
        apply_change(change, replace(self.reader, on_sending=on_sending))

    def verify(self, release: Path, on_progress: Progress, *, detailed: bool = False) -> Verification:
        """Compare the data that visitors get without a token with the release."""
        site = self.reader.site
        with (
            closing(CkanClient(site.url, tls=self.tls)) as client,
            closing(Downloader(site=site.url, tls=self.tls)) as downloader,
        ):
            return verify_site(client, downloader, release, site, on_progress, detailed=detailed)

    def close(self) -> None:
        """Close the connections, and save the confirmed datasets."""
        site = self.reader.site
        if site.organizations:
            write_confirmed(site.url, site.organization, self.reader.confirmed)
        self.reader.client.close()


@dataclass(frozen=True, slots=True)
class CkanOptions:
    """The options of the commands; `site.Site` describes those of the site."""

    release: Path
    target: str | None = None
    url: str | None = None
    organization: str | None = None
    token_file: Path | None = None
    iris: bool = False
    max_upload: int | None = None
    link_base: str | None = None
    workers: int = 4
    timeout: float = TIMEOUT
    on: date | None = None
    insecure: bool = False
    client_cert: Path | None = None
    client_key: Path | None = None

    def tls(self, chosen: ChosenTarget) -> Tls:
        """The security of connections: by the options, else the environment, else the target. Raises as `secured`."""
        stated = chosen.settings
        names = (stated.client_cert, stated.client_key) if stated else (None, None)
        return secured(self.insecure, *find_certificate(self.client_cert, self.client_key, names))

    def chosen(self) -> ChosenTarget:
        """The site that the options and `targets:` of the release name. Raises UsageError, InputError."""
        return choose_target(read_release(self.release).targets, self.target, self.url, self.organization)

    def add_to(self, site: Site, chosen: ChosenTarget) -> Site:
        """The site with the publisher's options and values."""
        settings = chosen.settings
        if settings and chosen.organization:  # the organisation of the site, from the options or the settings
            settings = settings.model_copy(update={"organization": None})
        return replace(
            site,
            target=chosen.name,
            settings=settings,
            moves=self.organization is None,
            day=self.on or site.day,
            iris=self.iris,
            max_upload=self.max_upload or (settings.max_upload if settings else None),
            link_base=self.link_base,
        )


def open_for_publishing(options: CkanOptions) -> CkanTarget:
    """A site to publish to, in an organisation.

    Raises:
        UsageError, InputError: the target, URL or token is missing or invalid, or the folder is not a release.
        RemoteError: the portal refuses, fails or does not answer.
    """
    chosen = options.chosen()
    organization = chosen.require_organization()
    token, tls = find_token(chosen.url, options.token_file), options.tls(chosen)
    client = CkanClient(chosen.url, token, connections=options.workers, timeout=options.timeout, tls=tls)
    with ExitStack() as opened:
        opened.callback(client.close)
        site = with_groups(client, options.add_to(read_site_of(client, organization), chosen), own=True)
        opened.pop_all()
    return CkanTarget(RemoteReader(client, site, read_confirmed(site.url, site.organization), options.workers))


def open_for_verifying(options: CkanOptions) -> CkanTarget:
    """A site as visitors see it, with the options that it was published with.

    Raises:
        UsageError, InputError: the target or URL is missing or invalid, or the folder is not a release.
        RemoteError: the portal is not a CKAN site, or does not answer.
    """
    chosen = options.chosen()
    tls = options.tls(chosen)
    client = CkanClient(chosen.url, tls=tls)
    with ExitStack() as opened:
        opened.callback(client.close)
        site = with_groups(client, options.add_to(read_fields(client, read_site(client)), chosen), own=False)
        opened.pop_all()
    return CkanTarget(RemoteReader(client, site, {}), tls)


# The search of a portal may show a state that its database never held (Solr is written before PostgreSQL commits).
# This machine therefore remembers the state of each dataset that it saw in the database, so that a dataset which search
# shows in exactly that state is not read. The memory may be lost or stale: that costs reads, never a wrong plan.


def read_confirmed(url: str, organization: str) -> dict[str, str]:
    """The `metadata_modified` last confirmed, by dataset id; empty if the file cannot be read."""
    try:
        content = json.loads(_cache_file(url, organization).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in content.items()} if isinstance(content, dict) else {}


def write_confirmed(url: str, organization: str, confirmed: Mapping[str, str]) -> None:
    """Write the confirmed state in one step; if that fails, the next run reads more."""
    write_cached(_cache_file(url, organization), json.dumps(dict(confirmed), indent=0, sort_keys=True))


def _cache_file(url: str, organization: str) -> Path:
    """The path in the user's cache folder; the name does not reveal the portal."""
    name = sha256(f"{url}\n{organization}".encode()).hexdigest()[:32]
    return cache_folder("ckan") / f"{name}.json"
