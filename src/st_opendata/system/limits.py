"""Limits of a process in which the engine runs: it ends with its parent, and its memory is bounded.

Oxigraph has no bound on memory and cannot be interrupted, so that only the system can stop it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that ask a program to end: from the keyboard, from a service manager, from a terminal that is closed."""
STATISTICS = Path("/proc/self/statm")
"""Sizes of the own process, in pages (proc(5)); only Linux has it."""
_PAGE = resource.getpagesize()
_PR_SET_PDEATHSIG = 1
_OUT_OF_MEMORY = (b"memory allocation of", b"MemoryError", b"PyObject pointer is null")
"""Messages on stderr of the engine, Python, or the code that joins them when memory is used up."""


@contextmanager
def signals_held() -> Iterator[None]:
    """A block in which signals that ask the program to end wait (sigprocmask(2)), so that it is done whole or not."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies; ends it at once if that has happened already."""
    if hasattr(libc := ctypes.CDLL(None), "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def address_space(statistics: FileIO) -> int:
    """Bytes of the process's address space, from the open file `STATISTICS`."""
    statistics.seek(0)
    return int(statistics.read(64).split()[0]) * _PAGE


def resident_memory() -> int:
    """Bytes of memory that the process has now; raises FileNotFoundError if the system does not say so."""
    return int(STATISTICS.read_text().split()[1]) * _PAGE


def bound_memory(statistics: FileIO, memory: int) -> int:
    """Let the process take `memory` more bytes than it has; gives the allowed bytes of its address space."""
    os.environ["RUST_BACKTRACE"] = "0"  # writing one takes memory, and waits without end if none is left
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    allowed = address_space(statistics) + memory
    if most != resource.RLIM_INFINITY:
        allowed = min(allowed, most)  # only root may raise it
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    return allowed


def ran_out_of_stack(code: int) -> bool:
    """Whether a process that ended with this exit code recursed too deep: it wrote beyond the end of its stack."""
    return code in (-signal.SIGSEGV, -signal.SIGBUS)


def ran_out_of_memory(code: int, stderr: bytes) -> bool:
    """Whether a process that ended with this exit code and this output on stderr reached the limit."""
    return code != 0 and any(each in stderr for each in _OUT_OF_MEMORY)
