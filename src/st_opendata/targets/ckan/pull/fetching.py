"""Fetching files of a portal, several at a time, within bounds; what does not come whole is told for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from st_opendata.errors import RemoteError
from st_opendata.targets.ckan.downloads import Bounds, Visitor

Told = Callable[[str, float], None]
"""Told what has come, and the fraction that is done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch: from where, to where, and what the portal says of it (SHA-256, bytes), where it does."""

    url: str
    path: Path
    sha256: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches files; once given up, it fetches no more."""

    visitor: Visitor
    bounds: Bounds
    workers: int
    told: Told

    def fetch(self, wanted: Sequence[Wanted]) -> dict[Path, str]:
        """Fetch the files; by the path of each that did not come, why. Raises OSError where one cannot be written."""
        failures: dict[Path, str] = {}
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(self._fetch, each) for each in wanted]
            whole = False
            try:
                for number, (each, future) in enumerate(zip(wanted, futures, strict=True), 1):
                    if reason := future.result():
                        failures[each.path] = reason
                    self.told(each.path.name, number / len(wanted))
                whole = True
            finally:
                if not whole:  # an interrupt, or a full disk: what is still coming is given up
                    self.bounds.stopped.set()
                    pool.shutdown(wait=False, cancel_futures=True)
        return failures

    def _fetch(self, wanted: Wanted) -> str | None:
        """Why the file did not come as the portal says; None where it did."""
        if not self.bounds.open_to(wanted.url):
            return f"it lies elsewhere, and is fetched with --links: {wanted.url}"
        if wanted.size is not None and wanted.size > self.bounds.size:
            return f"it is too large: {wanted.size:,} bytes, the limit is {self.bounds.size:,}"
        wanted.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            found = self.visitor.save(wanted.url, wanted.path, self.bounds)
        except RemoteError as error:
            return error.message
        if wanted.sha256 and found != wanted.sha256:
            wanted.path.unlink()
            return f"its SHA-256 is {found}, the portal says {wanted.sha256}"
        return None
