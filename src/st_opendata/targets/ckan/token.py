"""The publisher's credentials: the token of a portal, never from arguments and never shown; a client certificate."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place

VARIABLE = "ST_CKAN_TOKEN"
CERTIFICATE_VARIABLES = ("ST_CKAN_CLIENT_CERT", "ST_CKAN_CLIENT_KEY")
SERVICE = "st-opendata"
"""Name of the keyring's entry; its user is the portal's URL."""


def find_token(url: str, file: Path | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """The token for this portal: from the named file, else from the environment, else from the keyring.

    Raises:
        InputError: the file cannot be read or is empty.
        UsageError: the text is not a valid token.
    """
    token = _of_file(file) if file else environment.get(VARIABLE, "").strip() or _of_keyring(url)
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise UsageError(message("invalid API token"), remedy=message("Copy the token alone, in one line."))
    return token


def find_certificate(
    certificate: Path | None,
    key: Path | None,
    stated: tuple[str | None, str | None] = (None, None),
    environment: Mapping[str, str] = os.environ,
) -> tuple[Path | None, Path | None]:
    """The files of the client certificate and of its key: the given ones, else of the environment, else as stated."""
    if certificate or key:
        return certificate, key
    named = tuple(environment.get(variable) for variable in CERTIFICATE_VARIABLES)
    first, second = named if any(named) else stated
    return Path(first) if first else None, Path(second) if second else None


def _of_file(file: Path) -> str:
    try:
        token = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            message(
                "the token cannot be read: {reason}",
                reason=system_reason(error) if isinstance(error, OSError) else message("it is not text"),
            ),
            place=Place(str(file)),
            remedy=message("Name a file that holds the token alone."),
        ) from None
    if not token:
        raise InputError(message("the file of the token is empty"), place=Place(str(file)))
    return token


def _of_keyring(url: str) -> str | None:
    """The token that `keyring set st-opendata URL` stored, if the package keyring and an open keyring are there."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        token: str | None = keyring.get_password(SERVICE, url.rstrip("/"))
    except KeyringError:
        return None
    return token
