"""CKAN portals: releases published to them, verified on them, and catalogues pulled from them.

This module describes the commands and their options; it imports no large packages.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from st_opendata.messages.message import message
from st_opendata.targets.base import Option, TargetCommand, TargetType

if TYPE_CHECKING:
    from st_opendata.targets.ckan.target import CkanTarget

_PUBLISH = """Publish RELEASE to a CKAN portal.

The command compares the release with the portal, shows what will change and why, and writes only that. If it is
interrupted, run it again; a second run writes nothing. It never touches datasets that were not published from this
catalogue, unless --adopt is given. It leaves datasets alone that were edited, renamed or moved on the portal, unless
--overwrite is given. --prune deletes a dataset only if its mark and its name show that it was published from this
catalogue.

At the end the command says what was written and where to look. The API token comes from --token-file, the
environment variable ST_CKAN_TOKEN or the keyring of the system (service st-opendata, user URL); its user must be an
editor of the organisation.
"""
_VERIFY = """Compare a CKAN portal with RELEASE, as visitors and harvesters see it.

The command uses no API token. It downloads every file and compares its digest, reads every field and every table of
the DataStore, searches for every dataset, and compares the portal's own RDF statement by statement. It counts what
ckanext-dcat is known to lose and what people added on the portal, with the reason; any other difference is a
problem. It also downloads, validates and scores the catalogue that is published with the datasets. The exit code is 1
if there is a difference.
"""


def _open_for_publishing(**options: Any) -> CkanTarget:  # noqa: ANN401 (of the options)
    from st_opendata.targets.ckan.target import CkanOptions, open_for_publishing

    return open_for_publishing(CkanOptions(**options))


def _open_for_verifying(**options: Any) -> CkanTarget:  # noqa: ANN401 (of the options)
    from st_opendata.targets.ckan.target import CkanOptions, open_for_verifying

    return open_for_verifying(CkanOptions(**options))


_URL = Option("url", "Home page of the portal.  [default: that of the target]")
_TLS = (
    Option("insecure", "Do not check the certificate of the portal; prints a warning.", bool),
    Option(
        "client-cert",
        "Client certificate (PEM) for the portal.  [default: the variable ST_CKAN_CLIENT_CERT]",
        Path,
        metavar="FILE",
    ),
    Option(
        "client-key",
        "Private key of the client certificate.  [default: the variable ST_CKAN_CLIENT_KEY]",
        Path,
        metavar="FILE",
    ),
)
_TARGET = Option(
    "target", "Target of catalogue.yaml, or a YAML file with its keys.  [default: the only one]", metavar="NAME"
)
_ON = Option("on", "Day for which `publishFrom` of the target is decided.  [default: today, UTC]", date, metavar="DATE")
TARGET = TargetType(
    extra="ckan",
    publish=TargetCommand(
        summary="Publish a release to a CKAN portal.",
        help=_PUBLISH,
        options=(
            _TARGET,
            _URL,
            Option(
                "organization", "Organisation that owns the datasets.  [default: that of the target]", metavar="NAME"
            ),
            Option(
                "token-file", "File with the API token.  [default: the variable ST_CKAN_TOKEN]", Path, metavar="FILE"
            ),
            Option("iris", "Write formats as IRIs, for portals whose own RDF is harvested.", bool),
            Option(
                "max-upload", "Size limit of the portal for uploaded files.", int, metavar="BYTES", bounds=(1, None)
            ),
            Option("link-base", "Link larger files below this URL, at which the release is served.", metavar="URL"),
            _ON,
            Option("workers", "Number of parallel requests.", int, default=4, bounds=(1, 16)),
            Option("timeout", "Time-out of a request.", float, metavar="SECONDS", default=120),
            *_TLS,
        ),
        open=_open_for_publishing,
        needed_for=message("publishing to a CKAN portal"),
    ),
    verify=TargetCommand(
        summary="Compare a CKAN portal with a release.",
        help=_VERIFY,
        options=(
            _TARGET,
            _URL,
            Option("iris", "The release was published with --iris.", bool),
            Option(
                "max-upload",
                "Value of --max-upload when the release was published.",
                int,
                metavar="BYTES",
                bounds=(1, None),
            ),
            Option("link-base", "Value of --link-base when the release was published.", metavar="URL"),
            _ON,
            *_TLS,
        ),
        open=_open_for_verifying,
        needed_for=message("verifying a CKAN portal"),
    ),
)
