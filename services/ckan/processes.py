"""Long-running programs: started, waited for, found again, stopped. Linux only, as it reads /proc."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settings import StackError

START_SECONDS = 90
STOP_SECONDS = 20
LOG_LINES = 15


@dataclass(frozen=True)
class Service:
    """A program that runs in its own folder, which also identifies its process."""

    name: str
    command: list[str]
    folder: Path
    state: Path
    port: int
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    left_behind: Path | None = None
    """A file that the program leaves when it is killed, and that keeps it from starting."""

    @property
    def log(self) -> Path:
        """The log of the program's standard streams."""
        return self.state / "log" / f"{self.name}.log"

    @property
    def pid_file(self) -> Path:
        """Holds the process id while the program runs."""
        return self.state / "run" / f"{self.name}.pid"

    def pid(self) -> int | None:
        """The process, if it runs: a number used again by another program does not count."""
        try:
            pid = int(self.pid_file.read_text("utf-8"))
            return pid if Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.folder.resolve() else None
        except (OSError, ValueError):
            return None

    def start(self) -> None:
        """Start the program unless it runs; does not wait.

        Raises:
            StackError: another program uses its port.
        """
        if self.pid():
            return
        self.make_way()
        for path in (self.log, self.pid_file):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**clean_environment(), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **account(self.user),
            )
        self.pid_file.write_text(f"{process.pid}\n", "utf-8")

    def make_way(self) -> None:
        """See that nothing is in the way of a start: neither what a killed program left, nor another one on the port.

        Its children are waited for, and ended if they do not end.

        Raises:
            StackError: another program uses the port.
        """
        deadline = time.monotonic() + STOP_SECONDS
        while (children := list(running_in(self.folder))) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        if self.left_behind:
            self.left_behind.unlink(missing_ok=True)
        require_free(self.port, self.name)

    def wait(self) -> None:
        """Return when the program answers.

        Raises:
            StackError: it ended, or did not answer in time; names the log and shows its end.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            if not self.pid():
                raise StackError(f"{self.name} ended while it started. {end_of_log(self.log)}")
            if time.monotonic() > deadline:
                raise StackError(f"{self.name} did not answer within {START_SECONDS} s. {end_of_log(self.log)}")
            time.sleep(0.1)

    def stop(self) -> bool:
        """Stop the program and what it started, by force if it does not end in time; tell whether it ran."""
        pid = self.pid()
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, self.stop_signal)
            deadline = time.monotonic() + STOP_SECONDS
            while self.pid() and time.monotonic() < deadline:
                reap(pid)
                time.sleep(0.05)
            if self.pid():
                os.killpg(pid, signal.SIGKILL)
        self.pid_file.unlink(missing_ok=True)
        return bool(pid)


def run(
    command: Sequence[str],
    log: Path,
    *,
    given: str = "",
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> str:
    """Run a program to its end and return what it wrote to standard output; both streams are added to the log.

    Raises:
        StackError: it failed or is not there; names the log and shows its end.
    """
    with log.open("ab") as errors:
        try:
            done = subprocess.run(
                command,
                input=given.encode(),
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd="/",
                env={**clean_environment(), **(environment or {})},
                check=False,
                **account(user),
            )
        except FileNotFoundError as error:
            raise StackError(f"The program {command[0]} is not there.") from error
        errors.write(done.stdout)
    if done.returncode:
        raise StackError(f"{' '.join(command[:4])} ... failed. {end_of_log(log)}")
    return str(done.stdout, "utf-8")


def account(user: str | None) -> dict[str, Any]:
    """The arguments for subprocess to run a program as the user; None keeps the present one."""
    return {"user": user, "group": user, "extra_groups": []} if user else {}


def end_of_log(log: Path) -> str:
    """The log's name and its last lines."""
    lines = log.read_text("utf-8", "replace").splitlines()[-LOG_LINES:]
    return "\n".join([f"Its log is {log}, which ends:", *(f"  {line}" for line in lines)])


def reap(pid: int) -> None:
    """Take the exit status of a child, so that it does not stay a zombie; others have another parent."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def require_free(port: int, name: str) -> None:
    """Raise StackError if another program listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(
                f"Port {port}, meant for {name}, is not free ({error.strerror}). "
                f"Set CKAN_PORT to the first of four free ports."
            ) from error


def clean_environment() -> dict[str, str]:
    """The environment without CKAN's variables, which would change its settings, and PostgreSQL's and Python's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("CKAN_", "PG", "PYTHON"))}


def running_in(folder: Path) -> Iterator[int]:
    """The processes whose working folder this is."""
    real = folder.resolve()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                if (process / "cwd").readlink() == real:
                    yield int(process.name)
            except OSError:  # it ended, or belongs to another user
                continue


def listening(sessions: set[int]) -> Iterator[str]:
    """The addresses, as /proc/net has them (hexadecimal), on which processes of these sessions listen."""
    inodes = {link for pid in processes(sessions) for link in sockets(pid)}
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text("ascii").splitlines()[1:] if table.exists() else ():
            columns = line.split()
            if columns[3] == "0A" and columns[9] in inodes:
                yield columns[1].partition(":")[0]


def processes(sessions: set[int]) -> Iterator[int]:
    """The processes of these sessions."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                if os.getsid(int(folder.name)) in sessions:
                    yield int(folder.name)
            except ProcessLookupError:
                continue


def sockets(pid: int) -> Iterator[str]:
    """The inodes of a process's open sockets."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            yield target[8:-1]
