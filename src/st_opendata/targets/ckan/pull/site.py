"""Pulling a catalogue from a CKAN portal: from the portal and the organisation to a folder, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError, InputError, UsageError
from st_opendata.release.exchange import stage
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.downloads import Bounds, Visitor, origin
from st_opendata.targets.ckan.pull.exact import pull_exact
from st_opendata.targets.ckan.pull.fetching import Fetcher, Told
from st_opendata.targets.ckan.pull.listing import Holding, Published, choose, list_holding
from st_opendata.targets.ckan.pull.others import pull_others
from st_opendata.targets.ckan.pull.outcome import Pulled

MAX_FILE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Origin:
    """What to pull, and from where.

    `catalogue` and `others` choose where an organisation has several catalogues (`listing.choose`). `private` asks for
    private datasets, which needs a token. `links` allows addresses beyond the portal, `max_file` bytes of a file.
    """

    url: str
    organization: str
    token: str | None = None
    catalogue: str | None = None
    others: bool = False
    private: bool = False
    links: bool = False
    max_file: int = MAX_FILE
    workers: int = 4


def pull(source: Origin, output: Path, *, told: Told = lambda _text, _done: None) -> Pulled:
    """Write a catalogue of the portal to `output`, a folder that is new or empty.

    Raises:
        UsageError: the URL is none, several catalogues are there, or private datasets are asked for without token.
        InputError: the folder cannot be written to, or is not empty.
        RemoteError: the portal refuses, fails or has nothing to pull.
        OSError: the disk is full, or a folder must not be written to.
    """
    if source.private and not source.token:
        raise UsageError("private datasets need a token", remedy="Give it in ST_CKAN_TOKEN or --token-file.")
    token = source.token if source.private else None  # all else is what everybody may read
    client = CkanClient(source.url, token, connections=source.workers)
    visitor = Visitor(token=token, site=source.url, connections=source.workers)
    try:
        with stage(output, refuse=_refuse) as draft:
            holding = list_holding(client, source.organization, private=source.private)
            chosen = choose(holding, source.catalogue, others=source.others)
            fetcher = Fetcher(visitor, _bounds(source, holding), source.workers, told)
            if isinstance(chosen, Published):
                pulled = pull_exact(holding, chosen, fetcher, draft.folder)
            else:
                pulled = pull_others(holding, chosen, client, fetcher, draft.folder)
            pulled = _read_back(pulled, draft.folder)
            draft.commit()
    finally:
        client.close()
        visitor.close()
    return pulled


def _refuse(folder: Path) -> None:
    raise InputError(
        f"{folder} is not empty; nothing was changed", remedy="Name a new folder with --output, or empty this one."
    )


def _bounds(source: Origin, holding: Holding) -> Bounds:
    own = {origin(source.url), origin(holding.site)} - {""}
    return Bounds(source.max_file, lambda url: bool(origin(url)) and (source.links or origin(url) in own))


def _read_back(pulled: Pulled, folder: Path) -> Pulled:
    """Say what is wrong with the catalogue as it was written, so that nobody meets it later."""
    try:
        read_catalogue(folder)
    except (ConfigurationError, InputError) as error:
        return replace(pulled, notes=(*pulled.notes, f"To be corrected before a build: {error}"))
    return pulled
