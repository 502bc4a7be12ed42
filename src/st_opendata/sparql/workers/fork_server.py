"""The parent of the workers of one release: loads the store, then only forks, so that its memory stays unchanged.

Run as `python -m st_opendata.sparql.workers.fork_server FD`, where FD is a socket to the server (SOCK_SEQPACKET, each
message a JSON object). The server sends `{release, home, limits, disk, reload, early}`, then `{kill: pid}`,
`{renice: pid}` and `{fill}`. It gets `{filling}` if files have to be made first, then `{ready}` or `{error}`, then
`{worker: pid, whole}` with the worker's socket, and `{exit: pid, shortage}`; each worker that died is replaced.

`whole` says whether there is a store: where the columns were made without it, workers answer from these alone. `{fill}`
makes the store in a further process; then `{filled}` is sent, with a reason if it failed, and new workers have it. The
fork server ends, with all workers, when the server closes the socket or is gone.
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

from st_opendata.errors import InputError, StError
from st_opendata.messages.message import message
from st_opendata.namespaces import PREFIXES
from st_opendata.release import read_release
from st_opendata.release.cache import LEAST_TRIPLES, open_cache
from st_opendata.sparql.endpoint.limits import Limits
from st_opendata.sparql.store import ReleaseStore, count_quads, load
from st_opendata.sparql.workers.columns import Room, columns_part, is_source_of_columns, make_columns, open_columns
from st_opendata.sparql.workers.disk import is_kept, is_source_of_store, open_on_disk, refuse_changed
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
    try:
        data = _Data(folder, home, disk, limits)
        data.open(lambda: _send(control, {"filling": True, **data.state}), early=first["early"], again=first["reload"])
    except StError as error:
        _send(control, {"error": error_content(error)})
        return
    _send(control, {"ready": True, **data.state})
    gc.freeze()
    server = _ForkServer(control, data)
    try:
        server.run()
    finally:
        server.close()
        data.close()
        gc.unfreeze()  # otherwise the engine of columns reports objects that are still alive


class _Data:
    """The store and the columns of a release, as its workers open them."""

    def __init__(self, folder: Path, home: Path | None, disk: Path | None, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._release = read_release(folder)
        self._prefixes = PREFIXES | self._release.prefixes
        self._in_memory = limits.fits_memory(count_quads(self._release))
        self._workers = limits.workers_on_disk()
        self._open_store: Callable[[], ReleaseStore] | None = None
        self._columns: int | None = None
        is_kept = not self._in_memory or self._release.triples >= LEAST_TRIPLES
        self._cache = open_cache(folder, home, disk) if is_kept else None

    @property
    def state(self) -> dict[str, int]:
        """The number of workers, whether the store is on disk, and whether there is one."""
        whole = self._open_store is not None
        return {"workers": self._workers, "on_disk": not self._in_memory, "whole": whole}

    def open(self, on_make: Callable[[], None], *, early: bool, again: bool) -> None:
        """Load what workers need; `on_make` is called if something has to be made on disk first.

        With `early`, that is not the store on disk if the columns can do without: `fill` makes it later.
        """
        if again:  # long after the server has looked at the files
            refuse_changed(
                self._folder, self._release, lambda path: is_source_of_store(path) or is_source_of_columns(path)
            )
        on_disk = not self._in_memory
        self._make_columns(on_make if on_disk else lambda: None)
        if self._in_memory:
            before = resident_memory()
            self._open_store = _load_in_thread(self._folder)
            self._workers = max(1, self._limits.workers_in_memory(resident_memory() - before))
        elif self._cache and (self._columns is None or not early or is_kept(self._cache)):
            self._open_store = open_on_disk(self._folder, self._cache, on_make)
        if self._columns is None and self._open_store:
            self._make_columns(lambda: None)

    def fill(self) -> None:
        """Make the store on disk, or open the one that another process has made; raises InputError."""
        assert self._cache
        self._open_store = open_on_disk(self._folder, self._cache)

    def work(self, connection: socket.socket) -> None:
        """Answer the queries of a connection."""
        memory = self._limits.worker_memory
        store = self._open_store() if self._open_store else None
        serve(connection, store, open_columns(self._columns, memory), self._prefixes, memory)

    def close(self) -> None:
        """Let other processes remove the files in the cache."""
        if self._cache:
            self._cache.close()

    def _make_columns(self, on_make: Callable[[], None]) -> None:
        if self._cache and columns_part(self._limits.worker_memory):
            room = Room(self._cache, self._limits.making_memory, self._limits.threads)
            self._columns = make_columns(self._folder, self._release, room, self._open_store, on_make)


class _ForkServer:
    def __init__(self, control: socket.socket, data: _Data) -> None:
        self._control = control
        self._data = data
        self._filler = 0
        """The process that fills the store, if there is one."""
        self._children: dict[int, BinaryIO] = {}
        self._fork_times: list[float] = []
        self._woken, wakeup = socket.socketpair()
        for end in (self._woken, wakeup):
            end.settimeout(0)
        self._wakeup = wakeup
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)

    def run(self) -> None:
        """Keep the number of workers until the server is gone."""
        for _ in range(self._data.state["workers"]):
            self._fork_worker()
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
        if name == "fill":
            if not self._filler and not self._data.state["whole"]:
                self._filler = self._fork(self._fill)
            return
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
            if pid == self._filler:
                self._filler = 0
                self._end_filling(code, output)
            else:
                self._send({"exit": pid, "shortage": _shortage(code, output)})
                self._fork_worker()

    def _fill(self) -> None:
        os.nice(_NICENESS)
        try:
            self._data.fill()
        except StError as error:
            os.write(sys.stderr.fileno(), json.dumps(error_content(error)).encode())
            raise

    def _end_filling(self, code: int, output: bytes) -> None:
        """Tell the server whether there is a store now."""
        failure: object = None
        try:
            if code:
                failure = json.loads(output)
            else:
                self._data.fill()  # it only opens what was made
        except ValueError:  # it was killed
            failure = error_content(InputError(message("the process ended with status {code}", code=code)))
        except StError as error:
            failure = error_content(error)
        self._send({"filled": failure, **self._data.state})

    def _fork_worker(self) -> None:
        self._fork_times = [moment for moment in self._fork_times if moment > time.monotonic() - 1]
        if len(self._fork_times) > 20:  # workers that die at their start must not occupy the machine
            time.sleep(0.5)
        self._fork_times.append(time.monotonic())
        ours, theirs = socket.socketpair()

        def work() -> None:
            ours.close()
            self._data.work(theirs)

        pid = self._fork(work)
        theirs.close()
        self._send({"worker": pid, "whole": self._data.state["whole"]}, ours)
        ours.close()

    def _fork(self, work: Callable[[], None]) -> int:
        """A process that does the work; its number."""
        stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the process has died)
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            self._run(work, stderr, parent)
        self._children[pid] = stderr
        return pid

    def _run(self, work: Callable[[], None], stderr: BinaryIO, parent: int) -> None:
        """Work and end; never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            end_with(parent)
            os.dup2(stderr.fileno(), sys.stderr.fileno())
            self._control.close()
            work()
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
