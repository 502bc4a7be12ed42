"""Pulling a catalogue from a CKAN portal: an organisation's datasets to a folder, completely or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.pulled import write_pulled
from st_opendata.errors import ConfigurationError, InputError, UsageError
from st_opendata.http.client import origin
from st_opendata.http.tls import Tls
from st_opendata.messages.message import message, verbatim
from st_opendata.release.exchange import stage
from st_opendata.targets.base import Progress
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.downloads import Downloader, DownloadLimits, Fetcher
from st_opendata.targets.ckan.pull.exact import pull_exact
from st_opendata.targets.ckan.pull.listing import Listing, PublishedCatalogue, choose, list_organization
from st_opendata.targets.ckan.pull.others import pull_others
from st_opendata.targets.ckan.pull.result import PullResult

MAX_FILE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class PullOptions:
    """The options of a pull.

    `catalogue` and `others` choose where an organisation has several catalogues (`listing.choose`). `private` asks for
    private datasets, which needs a token. `links` allows addresses beyond the portal, `max_file` is in bytes. Comments
    in the folder are written in `language`, one of `LANGUAGES`.
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
    language: str = "en"
    tls: Tls = field(default_factory=Tls)


def pull(options: PullOptions, output: Path, *, on_progress: Progress = lambda _text, _done: None) -> PullResult:
    """Write a catalogue of the portal to `output`, a folder that is new or empty.

    Raises:
        UsageError: the URL is invalid, several catalogues are there, or private datasets need a token.
        InputError: the folder cannot be written to, or is not empty.
        RemoteError: the portal refuses, fails or has nothing to pull.
        OSError: the disk is full, or a folder must not be written to.
    """
    if options.private and not options.token:
        raise UsageError(
            message("private datasets need a token"), remedy=message("Give it in ST_CKAN_TOKEN or --token-file.")
        )
    token = options.token if options.private else None  # everyone may read the rest
    client = CkanClient(options.url, token, connections=options.workers, tls=options.tls)
    downloader = Downloader(token=token, site=options.url, connections=options.workers, saving=True, tls=options.tls)
    try:
        with stage(output, refuse=_refuse) as draft:
            listing = list_organization(client, options.organization, private=options.private)
            chosen = choose(listing, options.catalogue, others=options.others)
            fetcher = Fetcher(downloader, _download_limits(options, listing), options.workers, on_progress)
            if isinstance(chosen, PublishedCatalogue):
                result = pull_exact(listing, chosen, fetcher, draft.folder, options.language)
            else:
                result = pull_others(listing, chosen, client, fetcher, draft.folder, options.language)
            write_pulled(draft.folder, result.origin)
            result = _read_back(result, draft.folder)
            draft.commit()
    finally:
        client.close()
        downloader.close()
    return result


def _refuse(folder: Path) -> None:
    raise InputError(
        message('"{folder}" is not empty; nothing was changed', folder=folder),
        remedy=message("Name a new folder with --output, or empty this one."),
    )


def _download_limits(options: PullOptions, listing: Listing) -> DownloadLimits:
    own = {origin(options.url), origin(listing.site.own_url)} - {""}
    return DownloadLimits(options.max_file, lambda url: bool(origin(url)) and (options.links or origin(url) in own))


def _read_back(result: PullResult, folder: Path) -> PullResult:
    """Add a note if the catalogue in the folder cannot be read."""
    try:
        read_catalogue(folder)
    except (ConfigurationError, InputError) as error:
        place = verbatim(f"{error.place}: ") if error.place else verbatim("")
        note = message("Correct this before a build: {place}{problem}", place=place, problem=error.message)
        return replace(result, notes=(*result.notes, note))
    return result
