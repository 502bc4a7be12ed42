"""Which edition is served now: a new release is picked up while requests that began with the old one still have it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from st_opendata.errors import StError
from st_opendata.portal.edition import Edition
from st_opendata.release import MANIFEST

_INTERVAL = 1.0
"""Seconds between two looks at the release's folder."""
_log = logging.getLogger("st_opendata.portal")


class Current:
    """The edition to serve. It is used from one event loop; `edition` may be read from any thread."""

    def __init__(self, release: Path) -> None:
        """Open the release; raises InputError."""
        self._release = release
        self._seen = _state(release)
        self.edition = Edition.open(release)
        self._users: Counter[Edition] = Counter()

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Edition]:
        """The edition, which stays whole until it is given back."""
        edition = self.edition
        self._users[edition] += 1
        try:
            yield edition
        finally:
            self._users[edition] -= 1
            self._drop_unused(edition)

    async def watch(self) -> None:
        """Look for a new release for ever. One that cannot be read is told in the log, and the old one stays."""
        while True:
            await asyncio.sleep(_INTERVAL)
            state = _state(self._release)
            if state is None or state == self._seen:
                continue
            self._seen = state
            try:
                edition = await asyncio.to_thread(Edition.open, self._release)
            except StError as error:
                _log.error("The new release is not served: %s", error)
                continue
            old, self.edition = self.edition, edition
            _log.info("Serving the release of %s (%s)", edition.release.created, edition.digest[:12])
            self._drop_unused(old)

    def close(self) -> None:
        """Give up every edition."""
        for edition in {self.edition, *self._users}:
            edition.close()

    def _drop_unused(self, edition: Edition) -> None:
        if edition is not self.edition and not self._users[edition]:
            del self._users[edition]
            edition.close()


def _state(release: Path) -> tuple[int, int, int] | None:
    """What changes with a release: inode, time and size of its manifest; None while there is none."""
    try:
        status = (release / MANIFEST).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
