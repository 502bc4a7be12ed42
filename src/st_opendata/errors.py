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
from typing import Any

from st_opendata.messages.message import Message, verbatim
from st_opendata.place import Place
from st_opendata.printable import printable


class StError(Exception):
    """An expected failure: `message` says what, `place` where, `remedy` what to do.

    Both texts are put into the language of the reader where they are shown, by `message_text` and `remedy_text`.
    """

    exit_code = 3

    def __init__(self, message: Message, *, place: Place | None = None, remedy: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def message_text(self, language: str = "en") -> str:
        """The message in one of `LANGUAGES`, without control characters (`printable`)."""
        return printable(self.message[language])

    def remedy_text(self, language: str = "en") -> str:
        """The remedy, as `message_text` gives the message; empty if there is no remedy."""
        return printable(self.remedy[language]) if self.remedy else ""

    def __reduce__(self) -> tuple[Any, ...]:
        """The same error for another process, whatever its class needs to be made."""
        return _remade, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        where = printable(f"{self.place}: ") if self.place else ""
        remedy = f"\n  {self.remedy_text()}" if self.remedy else ""
        return f"{where}{self.message_text()}{remedy}"


def _remade(kind: type[StError], args: tuple[Any, ...]) -> StError:
    return kind.__new__(kind, *args)


class MessageError(ValueError):
    """A value that is refused within the program: what it says goes into a finding or another error."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message["en"]


def reason_of(error: Exception) -> Message:
    """Why something failed, as a field of a message: the message of our errors, the text of others."""
    return error.message if isinstance(error, MessageError | StError) else verbatim(str(error))


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
        message: Message,
        *,
        place: Place | None = None,
        remedy: Message | None = None,
        status: int = 0,
        details: Mapping[str, object] | None = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.status = status
        self.details = details or {}
        self.wait = wait
