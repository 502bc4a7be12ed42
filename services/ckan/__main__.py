"""A real CKAN on this machine, without Docker: `python3 services/ckan start|stop|reset|status|lock`."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import data
import install
from parts import configure, services
from processes import listening
from settings import Site, StackError, read_site, write_private

LOOPBACK = ("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000")
"""127.0.0.1, the same as an IPv6 address, and ::1, as /proc/net writes them."""


def say(text: str) -> None:
    """Tell the person at the keyboard."""
    sys.stderr.write(f"{text}\n")


def start(site: Site) -> None:
    """Install what is missing, start what does not run, and return when all of it answers."""
    began = time.monotonic()
    for service in services(site):
        if not service.pid():
            service.make_way()
    if not install.installed(site):
        stop(site)
        install.install(site, say)
    *stores, ckan = services(site)
    before = site.ini.read_bytes() if site.ini.exists() else b""
    configure(site)
    if site.ini.read_bytes() != before:
        ckan.stop()
    new = not data.prepared(site)
    if new:
        say("Preparing an empty site")
        stop(site)
        data.make_cluster(site)
    for service in stores:
        service.start()
    for service in stores:
        service.wait()
    if new:
        configure(replace(site, without=frozenset()))  # an empty site is the same whatever it then does without
        data.fill(site)
        configure(site)
    ckan.start()
    ckan.wait()
    require_loopback(site)
    write_private(site.state / "site.json", json.dumps(site.facts(), indent=1) + "\n")
    say(f"CKAN answers at {site.url} after {time.monotonic() - began:.0f} s.")
    say(f"The token of an editor of the organisation is in {site.token_file('editor')}")


def stop(site: Site) -> None:
    """Stop what start started, CKAN first."""
    for service in reversed(services(site)):
        if service.stop():
            say(f"Stopped {service.name}")


def reset(site: Site) -> None:
    """Empty the site and start it."""
    stop(site)
    data.reset(site)
    start(site)


def status(site: Site) -> None:
    """Write the site's address, organisation, files and processes to standard output, as JSON."""
    pids = {service.name: service.pid() for service in services(site)}
    sys.stdout.write(json.dumps({**site.facts(), "state": str(site.state), "pids": pids}, indent=1) + "\n")


def require_loopback(site: Site) -> None:
    """Stop everything and raise StackError if a part listens on an address that other machines reach."""
    pids = {pid for service in services(site) if (pid := service.pid())}
    open_to_all = [address for address in listening(pids) if address not in LOOPBACK]
    if open_to_all:
        stop(site)
        raise StackError(f"A part listened beyond loopback ({', '.join(open_to_all)}), so all were stopped.")


@contextmanager
def alone(site: Site) -> Iterator[None]:
    """Let one program at a time change the site."""
    with (site.state / "busy").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another command that works on {site.state}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def lock(site: Site) -> None:
    """Write the lock files again."""
    install.lock(site.state / "locking", say)


COMMANDS: dict[str, Callable[[Site], None]] = {
    "start": start,
    "stop": stop,
    "reset": reset,
    "status": status,
    "lock": lock,
}


def main() -> int:
    """Run the command; 1 means that it could not be done, and says why."""
    parser = argparse.ArgumentParser(prog="services/ckan", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    command = COMMANDS[parser.parse_args().command]
    os.umask(0o077)
    try:
        site = read_site(os.environ, empty=command is reset)
        site.state.mkdir(parents=True, exist_ok=True)
        site.state.chmod(0o711)  # PostgreSQL runs as another user when root starts it
        with alone(site):
            command(site)
    except StackError as error:
        say(f"Error: {error}")
        return 1
    except KeyboardInterrupt:
        say("Interrupted; the same command goes on from here.")
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
