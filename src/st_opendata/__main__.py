"""Running the command line: every error becomes text once, here, with its exit code.

0 done and conforming · 1 findings · 2 usage · 3 unreadable input or configuration, failed output · 4 the remote
refused or failed · 70 a defect of this program · 129 the terminal was closed (SIGHUP) · 130 interrupted (SIGINT) ·
141 the reader of the output has ended · 143 ended (SIGTERM)
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from types import FrameType

import click

from st_opendata.cli import cli
from st_opendata.cli.console import error_text
from st_opendata.cli.usage import click_speaks, usage_text
from st_opendata.errors import InputError, StError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place
from st_opendata.printable import printable
from st_opendata.settings import language_of_errors
from st_opendata.system.limits import STOP_SIGNALS

_USAGE = 2
_DEFECT = 70
_NO_READER = 141
_SIGNALLED = 128
"""Plus the number of the signal: the exit code of a command that a signal ended, as in shells."""
_REMEDIES = {
    errno.ENOSPC: message("The disk is full: free some space, or name a folder on another disk."),
    errno.EDQUOT: message("Your quota is used up: free some space, or name a folder on another disk."),
    errno.EFBIG: message("The system limits the size of files (ulimit -f): raise the limit."),
    errno.EACCES: message("Name a folder that you may read and write, or ask for permission."),
    errno.EPERM: message("Name a folder that you may read and write, or ask for permission."),
    errno.EROFS: message("The disk is read-only: name a folder on another disk."),
    errno.ENOENT: message("Check the path: a folder in it is missing, or you cannot create files there."),
    errno.ENOTDIR: message("Check the path: a part of it is a file, not a folder."),
    errno.EISDIR: message("Name a file: this is a folder."),
    errno.ENAMETOOLONG: message("Choose a shorter name or a shorter path."),
    errno.ELOOP: message("Check the path: it contains links that lead in a circle."),
    errno.EXDEV: message("Name a folder on the same disk or volume."),
    errno.EBUSY: message("The folder is in use or mounted: name a folder in it, or another folder."),
    errno.EIO: message("The disk or its network connection fails: name a folder on another disk."),
    errno.EMFILE: message("The system limits the number of open files (ulimit -n): raise the limit."),
}
"""Remedies for the errors of the system that a publisher can meet."""

_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""Errors of the second file, if the program reads one file and writes another."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never raises, unless ST_DEBUG is set and the program has a defect."""
    _prefer_utf8()
    language = language_of_errors(sys.argv[1:] if arguments is None else arguments)
    with _interrupts() as interrupts, click_speaks(language):
        try:
            code = cli.main(arguments, prog_name="st-opendata", standalone_mode=False, obj=language)
            click.echo(nl=False)  # flushes, so that an output that cannot be written is an error
            return int(code or 0)
        except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001 (the one place)
            # A library may have turned an interrupt into another exception.
            if interrupts:
                return _report_signal(interrupts[0], language)
            return _report(error, language)


def _report_signal(number: int, language: str) -> int:
    """Say on stderr which signal has ended the command, and return the exit code."""
    text = message("Interrupted. Nothing is lost: run the command again.")
    if number != signal.SIGINT:
        name = signal.Signals(number).name
        text = message("Ended by {signal}. Nothing is lost: run the command again.", signal=name)
    with suppress(OSError):  # the terminal may be closed
        click.echo(text[language], err=True)
    return _SIGNALLED + number


def _report(error: Exception | KeyboardInterrupt | SystemExit, language: str) -> int:
    """Say on stderr what happened, and return the exit code."""
    match error:
        case KeyboardInterrupt() | click.Abort():
            return _report_signal(signal.SIGINT, language)
        case StError():
            text, code = error_text(error, language), error.exit_code
        case click.exceptions.NoArgsIsHelpError():
            error.show()
            return _USAGE
        case click.ClickException():
            text, code = printable(usage_text(error, language)), _USAGE
        case SystemExit(code=0):  # click has answered a shell that completes a line
            return 0
        case BrokenPipeError() | SystemExit():  # click exits on a broken pipe, and for no other reason here
            # As Unix tools do if their reader ends (`| head`); the interpreter must not flush into the pipe again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _NO_READER
        case MemoryError():
            full = InputError(
                message("there is not enough memory"),
                remedy=message("Close other programs, or use a machine with more memory."),
            )
            text, code = error_text(full, language), full.exit_code
        case OSError():
            failed = _as_input_error(error)
            text, code = error_text(failed, language), failed.exit_code
        case _:
            if os.environ.get("ST_DEBUG"):
                raise error
            defect = message(
                "Error: a defect of st-opendata: {error}\n"
                "  Please report it with the command, its input and the output of `st-opendata doctor`. "
                "Run the command again with ST_DEBUG=1 to get the traceback for your report.",
                error=printable(f"{type(error).__name__}: {error}"),
            )
            text, code = defect[language], _DEFECT
    click.echo(text, err=True)
    return code


def _prefer_utf8() -> None:
    """Write UTF-8 to files and pipes in every locale; a terminal replaces what it cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _as_input_error(error: OSError) -> InputError:
    name = error.filename2 if error.errno in _OF_WRITING and error.filename2 else error.filename
    place = Place(os.fsdecode(name)) if isinstance(name, str | bytes) else None
    return InputError(system_reason(error), place=place, remedy=_REMEDIES.get(error.errno or 0))


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Record each signal that ends programs and raise KeyboardInterrupt: DuckDB turns it into a RuntimeError.

    A terminal that closes and a machine that shuts down send several: cleaning up after the first one continues.
    """
    seen: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        is_first = not seen
        seen.append(number)
        if is_first or number == signal.SIGINT:
            raise KeyboardInterrupt

    # Signals that nohup ignores or a caller handles are left alone.
    found = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    ours = [number for number, handler in found.items() if handler in (signal.SIG_DFL, signal.default_int_handler)]
    for number in ours:
        signal.signal(number, interrupt)
    try:
        yield seen
    finally:
        for number in ours:
            signal.signal(number, found[number])


if __name__ == "__main__":
    sys.exit(main())
