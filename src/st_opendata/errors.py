"""The one error tree; `__main__` renders it and maps it to an exit code.

    StError                     what, where and what to do
    ├── UsageError              2  the command line asks for something that does not fit
    ├── InputError              3  a file or folder cannot be read or written
    ├── ConfigurationError      3  YAML, ontology or shapes that say something wrong
    └── RemoteError             4  the remote refused, failed or did not answer

Bad *data* is not an error but a list of findings (`model.findings`), exit code 1.
"""

from __future__ import annotations

from collections.abc import Mapping

from st_opendata.place import Place
from st_opendata.printable import printable


class StError(Exception):
    """An expected failure: `message` says what, `place` where, `remedy` what to do; all can be shown (`printable`)."""

    exit_code = 3

    def __init__(self, message: str, *, place: Place | None = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = printable(message)
        self.place = place
        self.remedy = printable(remedy) if remedy else None
        self.translations: Mapping[str, tuple[str, str]] = {}
        """Message and remedy by language, of what is known in several."""

    def __str__(self) -> str:
        where = printable(f"{self.place}: ") if self.place else ""
        remedy = f"\n  {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{remedy}"


class UsageError(StError):
    """The command line asks for something that does not fit."""

    exit_code = 2


class InputError(StError):
    """A file or folder cannot be read or written."""

    exit_code = 3


class ConfigurationError(StError):
    """A catalogue description, an ontology or a shape file says something wrong."""

    exit_code = 3


class RemoteError(StError):
    """The remote refused, failed or did not answer.

    `status` is the HTTP status, 0 where no answer came; `details` is what the remote says of each field; `wait` are the
    seconds after which it asks to be asked again.
    """

    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        place: Place | None = None,
        remedy: str | None = None,
        status: int = 0,
        details: Mapping[str, object] | None = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.status = status
        self.details = details or {}
        self.wait = wait
