"""Files of a release that an engine cannot read, as an error for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.sql.engine import ReadError


@contextmanager
def readable_release() -> Iterator[None]:
    """A block in which an engine reads files of a release.

    Raises:
        InputError: a file is damaged, or there no longer.
    """
    try:
        yield
    except ReadError as error:
        text = message("a file of the release cannot be read: {reason}", reason=str(error))
        raise InputError(text, remedy=message("Verify the release, or build it again.")) from None
