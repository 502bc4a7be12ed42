"""The edition that is served now: it switches to a new release, while running requests keep the old one."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from st_opendata.errors import StError
from st_opendata.portal.data.edition import Edition
from st_opendata.release.layout import MANIFEST
from st_opendata.sparql.endpoint import Limits

_PAUSES = 5.0, 300.0
"""The first and the longest interval after which the portal retries a release that failed to open; each doubles."""
_State = tuple[int, int, int] | None
_log = logging.getLogger(__name__)


class Current:
    """The edition to serve. All methods belong to one event loop."""

    def __init__(
        self, release: Path, limits: Limits | None = None, store: Path | None = None, *, interval: float = 1.0
    ) -> None:
        """Limits and store are those of `Endpoint.open`; nothing is read before `open`.

        `interval` is the number of seconds between two checks of the release's folder.
        """
        self.failure: str | None = None
        """The reason why the release in the folder is not served."""
        self._release, self._limits, self._store = release, limits or Limits(), store
        self._interval = interval
        self._served: _State = None
        self._tried: _State = None
        self._pause = self._next = 0.0
        self._edition: Edition | None = None
        self._logged: set[str] = set()
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
        """Read the release in the folder; queries wait if its store has to be made first. Raises StError."""
        self._served = self._tried = _state(self._release)
        self._edition = await Edition.open(self._release, self._limits, self._store, early=True)

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Edition]:
        """The edition, whose files stay until the context ends."""
        edition = self.edition
        self._users[edition] += 1
        try:
            yield edition
        finally:
            self._users[edition] -= 1
            self._drop_unused(edition)

    async def watch(self) -> None:
        """Look for a new release until this is cancelled.

        A release that cannot be opened, for any reason, is logged once; the portal keeps the old one and retries
        later. The same applies if files of the present release were changed.
        """
        while True:
            await asyncio.sleep(self._interval)
            self._tell_changed()
            state = _state(self._release)
            if state is None:
                self.failure = "there is no release in it"
            elif state == self._served and not self.edition.intact.changed:
                self.failure, self._tried = None, state
            elif state != self._tried or asyncio.get_running_loop().time() >= self._next:
                await self._try(state)

    async def close(self) -> None:
        """Close every edition, after running requests have ended."""
        await asyncio.gather(*(edition.close() for edition in {self.edition, *self._users}), *self._closing)

    def _tell_changed(self) -> None:
        for path in self.edition.intact.changed:
            if path not in self._logged:
                _log.error("%s is not served: it was changed after the release was opened", path)
        self._logged = {*self.edition.intact.changed}

    async def _try(self, state: _State) -> None:
        opening = asyncio.create_task(Edition.open(self._release, self._limits, self._store))
        try:
            await asyncio.wait((opening,))
        except asyncio.CancelledError:
            opening.cancel()
            await asyncio.wait((opening,))
            raise
        if error := opening.exception():
            self._fail(state, error)
            return
        old, self._edition = self.edition, opening.result()
        self._served, self._tried, self._pause, self.failure = state, state, 0.0, None
        _log.info("Serving the release of %s (%s)", self.edition.release.created, self.edition.digest[:12])
        self._drop_unused(old)

    def _fail(self, state: _State, error: BaseException) -> None:
        first, most = (self._interval * number for number in _PAUSES)
        is_new, self._tried = state != self._tried or not self._pause, state
        self._pause = first if is_new else min(2 * self._pause, most)
        self._next = asyncio.get_running_loop().time() + self._pause
        self.failure = str(error) if isinstance(error, StError) else f"{type(error).__name__}: {error}"
        if is_new:
            _log.error("The release in the folder is not served, and tried again from time to time: %s", self.failure)

    def _drop_unused(self, edition: Edition) -> None:
        if edition is self.edition or self._users[edition]:
            return
        del self._users[edition]
        task = asyncio.create_task(edition.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _state(release: Path) -> _State:
    """The mark of a release: inode, time and size of its manifest; None while there is no release."""
    try:
        status = (release / MANIFEST).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
