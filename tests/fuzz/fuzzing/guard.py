"""What a process may touch and use while it takes an input: an audit hook, limits of the kernel, and canaries.

Python's own accesses are seen by the audit hook (PEP 578). Engines written in Rust and C++ open files and connections
past it, so a folder that inputs are full of the name of is watched by the kernel (inotify), and a port that they name
is listened to: whoever touches these has gone out of the sandbox.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import st_opendata

SECONDS = 10
"""Of processor time for one input; waiting longer than six times that is a hang too."""
MEGABYTES = 1000
"""Of resident memory while one input is taken."""

_OUTSIDE, _PORT = b"/outside-of-the-catalogue/", b"127.0.0.1:9/"
_SECRET = "canary-that-nobody-may-read"
_FILES = {"open": 0, "os.listdir": 0, "os.scandir": 0, "os.remove": 0, "os.rename": 1, "os.mkdir": 0, "os.rmdir": 0,
          "os.symlink": 1, "os.link": 0, "os.truncate": 0, "os.chmod": 0, "shutil.rmtree": 0, "glob.glob": 0}  # fmt: skip
"""Events of files with the number of the argument to check (docs.python.org, audit events table)."""
_NEVER = {"socket.connect", "socket.sendto", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname",
          "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"}  # fmt: skip
_IN_OPEN = 0x20


class Guard:
    """Watches this process from its making on; `touched` gives what it should not have, since it was last asked.

    `root` holds the folders `inside`, which may be touched, and `outside`, which may not. `allowed` are events of the
    audit hook that the target needs.
    """

    def __init__(self, root: Path, allowed: Iterable[str] = ()) -> None:
        self.inside, self.outside = root / "inside", root / "outside"
        for folder in (self.inside, self.outside):
            folder.mkdir(parents=True, exist_ok=True)
        for name in ("secret.csv", "secret.ttl", "secret.nt", "secret.nq", "secret.json", "secret.yaml", "secret.rq"):
            (self.outside / name).write_text(_SECRET, "utf-8")
        self._port = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._port.setblocking(False)
        self._names = _watch_opens(self.outside)
        package = Path(st_opendata.__file__).resolve().parent
        code = [package, *(package.parents[1] / name for name in ("ontology", "shapes")), Path(__file__).parents[1]]
        code += [Path(path) for path in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())]
        system = ["/proc", "/sys", "/dev/null", "/dev/urandom", "/usr/share/zoneinfo", "/usr/share/locale", "/usr/lib"]
        self._roots = tuple(os.path.realpath(path) for path in (self.inside, *code, *system))
        self._never = _NEVER - set(allowed)
        self._seen: list[str] = []
        sys.addaudithook(self._audit)

    def aimed(self, data: bytes) -> bytes:
        """The input with the places that stand for the canaries filled in."""
        outside = os.fsencode(self.outside) + b"/"
        return data.replace(_OUTSIDE, outside).replace(_PORT, b"127.0.0.1:%d/" % self._port.getsockname()[1])

    def touched(self) -> list[str]:
        """The files that were opened outside of the sandbox, and the canaries that were used."""
        seen, self._seen = self._seen, []
        while True:
            try:
                self._port.accept()[0].close()
            except BlockingIOError:
                break
            seen.append("a request was made to the address in the input")
        try:
            os.read(self._names, 65536)
            seen.append("a file beside the catalogue was opened")
        except BlockingIOError:
            pass
        return seen

    def leaks(self, text: str) -> bool:
        """True for text that holds what only a file outside holds."""
        return _SECRET in text

    def _audit(self, event: str, values: tuple[Any, ...]) -> None:
        if event in self._never:
            self._seen.append(f"{event} {values!r:.200}")
        elif event in _FILES:
            path = values[_FILES[event]] if len(values) > _FILES[event] else None
            if isinstance(path, str | bytes | os.PathLike) and not self._is_inside(os.fsdecode(path)):
                self._seen.append(f"{event} {path!r:.200}")

    def _is_inside(self, path: str) -> bool:
        if "\0" in path:
            return True  # the system refuses it
        real = os.path.realpath(path or ".")
        return any(real == root or real.startswith(f"{root}/") for root in self._roots)


def _watch_opens(folder: Path) -> int:
    """A descriptor that tells of every opening of a file in the folder (inotify(7))."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if descriptor < 0 or libc.inotify_add_watch(descriptor, os.fsencode(folder), _IN_OPEN) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    return descriptor


def bound_memory() -> None:
    """Let this process take a gigabyte of addresses more than it has: what asks for more dies or is refused."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    limit = pages * resource.getpagesize() + MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def bound_time(seconds: int) -> None:
    """End this process by a signal when it takes this many seconds of a processor, or waits six times as long.

    Called before each input; 0 takes the bounds away. The signals end the process in whatever code it is.
    """
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 6 * seconds)


def reset_peak() -> None:
    """Begin to measure the peak of resident memory anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def peak() -> float:
    """The peak of resident memory since it was reset, in megabytes."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1_000_000
