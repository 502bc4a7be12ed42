"""The progress of a check or build: the part of its work that is done, by about the time that such work takes.

All times are microseconds of a processor, more or less: their proportions count, and give the time that remains.
"""

from __future__ import annotations

from st_opendata.build.job import Job
from st_opendata.messages.message import Message

STAGE = 100_000
"""The time of a stage in addition to what grows with the data."""


class Steps:
    """Tells the progress of a job."""

    def __init__(self, job: Job) -> None:
        self._report = job.progress
        self._language = job.settings.language
        self._done = self._left = self._begun = self._told = 0.0

    def expect(self, left: float) -> None:
        """Take this as the time of all that has not begun yet; the reported part never falls."""
        self._left = left

    def __call__(self, stage: Message, time: float = STAGE) -> None:
        """A stage begins, which will take this time; the one before it has ended."""
        self._done += self._begun
        self._begun = time
        self._left = max(self._left - time, 0.0)
        self.tell(stage)

    def tell(self, stage: Message) -> None:
        """A stage begins, or continues."""
        if self._report:
            self._told = max(self._told, self._done / max(self._done + self._begun + self._left, 1.0))
            self._report(stage[self._language], self._told)

    def count(self, time: float) -> None:
        """A part of the work that was left has ended, but not a stage."""
        self._done += time
        self._left = max(self._left - time, 0.0)
