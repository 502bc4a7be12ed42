"""Checks that the files of an edition are those that its release lists: when it is opened, and before each use.

The folder of an edition has links to the files of the release, so that writing into one of those changes it here
too. Its ETag is the digest that the release states, which must stand for the bytes that are sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from st_opendata.errors import StError
from st_opendata.messages.message import message
from st_opendata.model.release import File
from st_opendata.release import compare_file

_SETTLED = 50_000_000
"""Nanoseconds after which a further change gives a file a new time: the clocks tick every few milliseconds."""
_Identity = tuple[int, int, int, int]


class ChangedFileError(StError):
    """A file is no longer the one that the release lists."""


class FileCheck:
    """Checks that the files in a folder are those of the list; safe to call from any thread."""

    def __init__(self, folder: Path, files: Mapping[str, File], known: Mapping[str, list[int]] | None = None) -> None:
        """Reads no file yet; `known` is that of an earlier check of the same list."""
        self._folder = folder
        self._files = files
        self._right: dict[str, _Identity] = {}
        self._wrong: dict[str, tuple[_Identity | None, ChangedFileError]] = {}
        self._lock = Lock()
        self._known = known or {}

    @property
    def known(self) -> dict[str, list[int]]:
        """Device, inode, size and time of change of the files that are as listed: a new check need not read them.

        The time of the last change of the inode is not among them, since a link to the file changes it.
        """
        return {path: self._mark(path) for path in self._right if self.identity(path) == self._right[path]}

    @property
    def changed(self) -> tuple[str, ...]:
        """The files that have changed and have not been restored since."""
        return tuple(sorted(self._wrong))

    def check(self, paths: Iterable[str]) -> None:
        """Raise ChangedFileError for the first of these files that is not as listed.

        A file is read only if its inode, size or times have changed since it was last read.
        """
        for path in paths:
            seen = self.identity(path)
            if seen is None or seen != self._right.get(path):
                with self._lock:
                    self._read(path)

    def identity(self, path: str) -> _Identity | None:
        """Numbers that change when a file is written to or replaced; None if there is no file."""
        try:
            status = (self._folder / path).stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns

    def _read(self, path: str) -> None:
        seen = self.identity(path)
        if seen is not None and seen == self._right.get(path):  # another thread has read it meanwhile
            return
        known = self._wrong.get(path)
        if known and known[0] == seen:
            raise known[1]
        if path in self._known and self._known[path] == self._mark(path):
            self._settle(path, seen)
            return
        if difference := compare_file(self._folder, self._files[path]):
            error = ChangedFileError(
                message(
                    "{path} is not the file that the release lists: {difference}", path=path, difference=difference
                ),
                remedy=message("Build the release again. Run `st-opendata verify release` to see all differences."),
            )
            self._wrong[path] = seen, error
            raise error
        self._settle(path, seen)

    def _mark(self, path: str) -> list[int]:
        try:
            status = (self._folder / path).stat()
        except OSError:
            return []
        return [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns]

    def _settle(self, path: str, seen: _Identity | None) -> None:
        """The file is as listed, if it has not changed since it was seen."""
        self._wrong.pop(path, None)
        if seen and seen == self.identity(path) and time.time_ns() - max(seen[2:]) > _SETTLED:
            self._right[path] = seen


class WholeFile:
    """A response with a file, which is interrupted if the file changes while it is sent."""

    def __init__(self, response: ASGIApp, files: FileCheck, path: str) -> None:
        self._response = response
        self._files = files
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        before = self._files.identity(self._path)

        async def send_unless_changed(event: Event) -> None:
            is_last = event["type"] == "http.response.body" and not event.get("more_body")
            now = self._files.identity(self._path) if is_last else before
            if now == before or await run_in_threadpool(self._has_its_bytes, before, now):
                await send(event)

        await self._response(scope, receive, send_unless_changed)

    def _has_its_bytes(self, before: _Identity | None, now: _Identity | None) -> bool:
        """Whether only the inode's time has changed, and the file, read again, is still that of the list.

        That time also changes when one of the inode's names is removed, as happens when a release is replaced.
        """
        if now is None or before is None or now[:3] != before[:3]:
            return False
        try:
            self._files.check((self._path,))
        except ChangedFileError:
            return False
        return True
