"""The parent of the workers of one release: loads the store, then only forks, so that its memory stays unchanged.

Run as `python -m st_opendata.sparql.workers.fork_server FD`, where FD is a socket to the server (SOCK_SEQPACKET, each
message a JSON object). The server sends `{release, home, limits, disk, reload}`, then `{kill: pid}` and
`{renice: pid}`. It gets `{filling}` if a store has to be made first, then `{ready}` or `{error}`, then `{worker: pid}`
with the worker's socket, and `{exit: pid, shortage}`; each worker that died is replaced. The fork server ends, with all
workers, when the server closes the socket or is gone.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from st_opendata.errors import StError
from st_opendata.namespaces import PREFIXES
from st_opendata.release import read_release
from st_opendata.release.cache import LEAST_TRIPLES, ReleaseCache, open_cache
from st_opendata.sparql.endpoint.limits import Limits
from st_opendata.sparql.store import ReleaseStore, count_quads, load
from st_opendata.sparql.workers.columns import facts_of, make_columns, open_columns
from st_opendata.sparql.workers.disk import open_on_disk, refuse_changed
from st_opendata.sparql.workers.frames import MESSAGE, Shortage, error_content
from st_opendata.sparql.workers.worker import serve
from st_opendata.system.limits import STOP_SIGNALS, end_with, ran_out_of_memory, ran_out_of_stack, resident_memory

_NICENESS = 5
"""Niceness of a long query: a third of the weight of a quick one, so that it continues among any number of those."""


def main() -> None:
    """Load, fork, and replace until the server is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # the server decides when to end
    order = control.recv(MESSAGE)
    if not order:  # the server ended before it could send a message
        return
    first = json.loads(order)
    limits = Limits(**first["limits"])
    folder, home, disk = (Path(first[name]) if first[name] else None for name in ("release", "home", "disk"))
    assert folder
    cache: ReleaseCache | None = None
    try:
        release = read_release(folder)
        if first["reload"]:  # long after the server has looked at the files
            refuse_changed(folder, release)
        prefixes = PREFIXES | release.prefixes
        in_memory = limits.fits_memory(count_quads(release))
        if not in_memory or release.triples >= LEAST_TRIPLES:
            cache = open_cache(folder, home, disk)
        if in_memory or cache is None:
            before = resident_memory()
            open_store = _load_in_thread(folder)
            workers = max(1, limits.workers_in_memory(resident_memory() - before))
        else:
            workers = limits.workers_on_disk()
            state = {"workers": workers, "on_disk": True}
            open_store = open_on_disk(folder, cache, lambda: _send(control, {"filling": True, **state}))
        columns = (
            make_columns(open_store, release.triples, limits.worker_memory, cache, facts_of(folder, release))
            if cache
            else None
        )
    except StError as error:
        _send(control, {"error": error_content(error)})
        return
    _send(control, {"ready": True, "workers": workers, "on_disk": not in_memory})
    gc.freeze()

    def work(own: socket.socket) -> None:
        serve(own, open_store(), open_columns(columns, limits.worker_memory), prefixes, limits.worker_memory)

    server = _ForkServer(control, work)
    try:
        server.run(workers)
    finally:
        server.close()
        if cache:
            cache.close()
        gc.unfreeze()  # otherwise the engine of columns reports objects that are still alive


class _ForkServer:
    def __init__(self, control: socket.socket, work: Callable[[socket.socket], None]) -> None:
        self._control = control
        self._work = work
        self._children: dict[int, BinaryIO] = {}
        self._fork_times: list[float] = []
        self._woken, wakeup = socket.socketpair()
        for end in (self._woken, wakeup):
            end.settimeout(0)
        self._wakeup = wakeup
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)

    def run(self, workers: int) -> None:
        """Keep this number of workers until the server is gone."""
        for _ in range(workers):
            self._fork()
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._woken in ready:
                    self._woken.recv(MESSAGE)
                    self._replace_dead()
                if self._control in ready:
                    received = self._control.recv(MESSAGE)
                    if not received:
                        return
                    self._execute(json.loads(received))

    def close(self) -> None:
        """End all workers."""
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def _execute(self, command: dict[str, int]) -> None:
        [(name, pid)] = command.items()
        if pid not in self._children:  # it has just died
            return
        if name == "kill":
            os.kill(pid, signal.SIGKILL)
        else:
            own = os.getpriority(os.PRIO_PROCESS, 0)  # the niceness of all workers; a lower one is not allowed
            os.setpriority(os.PRIO_PROCESS, pid, min(own + _NICENESS, 19))

    def _replace_dead(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with self._children.pop(pid) as stderr:
                stderr.seek(0)
                output = stderr.read()
            code = os.waitstatus_to_exitcode(status)
            self._send({"exit": pid, "shortage": _shortage(code, output)})
            self._fork()

    def _fork(self) -> None:
        self._fork_times = [moment for moment in self._fork_times if moment > time.monotonic() - 1]
        if len(self._fork_times) > 20:  # workers that die at their start must not occupy the machine
            time.sleep(0.5)
        self._fork_times.append(time.monotonic())
        ours, theirs = socket.socketpair()
        stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the worker has died)
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            ours.close()
            self._run_worker(theirs, stderr, parent)
        theirs.close()
        self._children[pid] = stderr
        self._send({"worker": pid}, ours)
        ours.close()

    def _run_worker(self, own: socket.socket, stderr: BinaryIO, parent: int) -> None:
        """Work and end; never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            end_with(parent)
            os.dup2(stderr.fileno(), sys.stderr.fileno())
            self._control.close()
            self._work(own)
            code = 0
        except BrokenPipeError:
            code = 0  # the server has ended, or has dropped the worker
        except MemoryError:
            os.write(sys.stderr.fileno(), b"MemoryError")
        finally:
            os._exit(code)

    def _send(self, content: dict[str, Any], connection: socket.socket | None = None) -> None:
        _send(self._control, content, connection)


def _shortage(code: int, output: bytes) -> Shortage | None:
    if ran_out_of_memory(code, output):
        return Shortage.MEMORY
    return Shortage.STACK if ran_out_of_stack(code) else None


def _send(control: socket.socket, content: dict[str, Any], connection: socket.socket | None = None) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # the server has ended, or has dropped this worker
        socket.send_fds(control, [json.dumps(content).encode()], [connection.fileno()] if connection else [])


def _load_in_thread(folder: Path) -> Callable[[], ReleaseStore]:
    """A function that returns the store, which is in memory already.

    It is loaded in a thread: the engine draws random numbers for blank nodes and groups from a generator of the thread.
    If it were that of this thread, all workers would inherit it and return the same UUID() and RAND().
    """
    with ThreadPoolExecutor(1) as thread:
        store = thread.submit(load, folder).result()
    return lambda: store


if __name__ == "__main__":
    main()
