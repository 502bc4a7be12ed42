"""Running the command line: every error becomes text once, here, with its exit code.

0 done and conforming · 1 findings · 2 usage · 3 unreadable input or configuration, failed output · 4 the remote
refused or failed · 70 a defect of this program · 129 the terminal was closed (SIGHUP) · 130 interrupted (SIGINT) ·
141 nobody reads the output any more · 143 ended (SIGTERM)
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
from st_opendata.errors import InputError, StError
from st_opendata.messages.message import message
from st_opendata.messages.translation import error_text, translate
from st_opendata.place import Place
from st_opendata.printable import printable
from st_opendata.settings import language_of_errors
from st_opendata.system.limits import STOP_SIGNALS

_USAGE = 2
_DEFECT = 70
_NO_READER = 141
_SIGNALLED = 128
"""And the number of the signal: the exit code of what a signal has ended, as shells have it."""
_REMEDIES = {
    errno.ENOSPC: "The disk is full: free some space, or name a folder on another disk.",
    errno.EDQUOT: "Your quota is used up: free some space, or name a folder on another disk.",
    errno.EFBIG: "The system limits the size of files (ulimit -f): raise the limit.",
    errno.EACCES: "Name a folder that you may read and write, or ask for the right to it.",
    errno.EPERM: "Name a folder that you may read and write, or ask for the right to it.",
    errno.EROFS: "The disk can only be read: name a folder on another one.",
    errno.ENOENT: "Check the path: a folder in it is missing, or nothing can be made there.",
    errno.ENOTDIR: "Check the path: what stands for a folder in it is a file.",
    errno.EISDIR: "Name a file: this is a folder.",
    errno.ENAMETOOLONG: "Give it a shorter name, or a shorter path.",
    errno.ELOOP: "Check the path: links in it lead in a circle.",
    errno.EXDEV: "Name a folder on the disk, or the volume, that it is to be moved from.",
    errno.EBUSY: "It is in use or mounted: name a folder in it, or another one.",
    errno.EIO: "The disk or the network behind it fails: name a folder on another one.",
    errno.EMFILE: "The system limits open files (ulimit -n): raise the limit.",
}

_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""Errors of the second file, where one is read and another written."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never raises, unless ST_DEBUG is set and the program has a defect."""
    _prefer_utf8()
    chosen: dict[str, str | None] = {}
    with _interrupts() as interrupts:
        try:
            code = cli.main(arguments, prog_name="st-opendata", standalone_mode=False, obj=chosen)
            click.echo(nl=False)  # flushes, so that an output that cannot be written is told
            return int(code or 0)
        except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001 (the one place)
            # A library that was called may have made another exception of an interrupt.
            language = language_of_errors(chosen.get("lang"))
            if interrupts:
                return _report_signal(interrupts[0], language)
            return _report(error, language)


def _report_signal(number: int, language: str) -> int:
    """Say on stderr which signal has ended the command, and return the exit code."""
    if number == signal.SIGINT:
        text = translate("Interrupted. Nothing is lost: give the same command again.", language)
    else:
        said = f"Ended by {signal.Signals(number).name}. Nothing is lost: give the same command again."
        text = translate(said, language)
    with suppress(OSError):  # the terminal may be closed
        click.echo(text, err=True)
    return _SIGNALLED + number


def _report(error: Exception | KeyboardInterrupt | SystemExit, language: str) -> int:
    """Say on stderr what happened, and return the exit code."""
    match error:
        case KeyboardInterrupt() | click.Abort():
            return _report_signal(signal.SIGINT, language)
        case StError():
            text, code = error_text(error, language), error.exit_code
        case click.ClickException():
            error.show()
            return _USAGE
        case SystemExit(code=0):  # click has answered a shell that completes a line
            return 0
        case BrokenPipeError() | SystemExit():  # click exits on a broken pipe, and for no other reason here
            # As a Unix tool does whose reader has gone (`| head`); the interpreter must not flush into the pipe again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _NO_READER
        case MemoryError():
            full = InputError("there is not enough memory", remedy="Close other programs, or use a larger machine.")
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
    """What goes to a file or a pipe is UTF-8 in every locale; a terminal shows what it can."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _as_input_error(error: OSError) -> InputError:
    name = error.filename2 if error.errno in _OF_WRITING and error.filename2 else error.filename
    place = Place(os.fsdecode(name)) if isinstance(name, str | bytes) else None
    return InputError(error.strerror or str(error), place=place, remedy=_REMEDIES.get(error.errno or 0))


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Record each signal that ends programs beside raising KeyboardInterrupt: DuckDB reports one as a RuntimeError.

    A terminal that is closed and a machine that goes down send several: what tidies up after the first goes on.
    """
    seen: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        is_first = not seen
        seen.append(number)
        if is_first or number == signal.SIGINT:
            raise KeyboardInterrupt

    # Those that nohup ignores or a caller handles are left.
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
