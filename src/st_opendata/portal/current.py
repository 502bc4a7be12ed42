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
from st_opendata.portal.endpoint import Limits
from st_opendata.release import MANIFEST

_INTERVAL = 1.0
"""Seconds between two looks at the release's folder."""
_State = tuple[int, int, int] | None
_log = logging.getLogger(__name__)


class Current:
    """The edition to serve. All methods belong to one event loop."""

    def __init__(self, release: Path, limits: Limits | None = None, store: Path | None = None) -> None:
        """Limits and store are those of `Endpoint.open`; nothing is read before `open`."""
        self._release, self._limits, self._store = release, limits or Limits(), store
        self._seen: _State = None
        self._edition: Edition | None = None
        self._users: Counter[Edition] = Counter()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def is_open(self) -> bool:
        """Whether there is an edition to serve."""
        return self._edition is not None

    @property
    def edition(self) -> Edition:
        """The edition to serve, after `open`."""
        assert self._edition
        return self._edition

    async def open(self) -> None:
        """Read the release in the folder. Raises InputError."""
        self._seen = _state(self._release)
        self._edition = await Edition.open(self._release, self._limits, self._store)

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
                edition = await Edition.open(self._release, self._limits, self._store)
            except StError as error:
                _log.error("The new release is not served: %s", error)
                continue
            old, self._edition = self.edition, edition
            _log.info("Serving the release of %s (%s)", edition.release.created, edition.digest[:12])
            self._drop_unused(old)

    async def close(self) -> None:
        """Give up every edition, when what is running has ended."""
        await asyncio.gather(*(edition.close() for edition in {self.edition, *self._users}), *self._closing)

    def _drop_unused(self, edition: Edition) -> None:
        if edition is self.edition or self._users[edition]:
            return
        del self._users[edition]
        task = asyncio.create_task(edition.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _state(release: Path) -> _State:
    """What changes with a release: inode, time and size of its manifest; None while there is none."""
    try:
        status = (release / MANIFEST).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
