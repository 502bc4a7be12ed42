"""The parts of this machine that st-opendata needs: versions, extras, programs, disk space, language."""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from st_opendata.errors import StError
from st_opendata.messages.message import message
from st_opendata.model.text import Text
from st_opendata.resources import resource_folder
from st_opendata.settings import Settings
from st_opendata.sql.duckdb import DuckDBEngine

PACKAGE = "st-opendata"
_PYTHON = (3, 11)
_ROOM = 1 << 30
"""Bytes that should be free on the disks to which the program writes tables and releases."""
_EXTRAS = {
    "web": message("score a URL"),
    "ckan": message("publish to a CKAN portal, pull from one"),
    "portal": message("serve a release"),
    "geo": message("convert coordinates to WGS 84"),
}
_PROGRAMS = {
    "java": (message("run a CKAN portal for tests"), "apt install default-jre-headless"),
    "chromium": (message("test the portal in a browser"), "apt install chromium"),
    "virtuoso-t": (message("compare results with another triple store"), "apt install virtuoso-opensource"),
}


class State(StrEnum):
    """The state of a part: only a wrong one prevents the program from working."""

    GOOD = "good"
    ABSENT = "absent"
    """Missing, and needed only for the task in the entry."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Entry:
    """One part that was checked; `remedy` is a command or a setting, empty if there is nothing to do.

    Names, versions, paths and commands are plain text, the same in each language.
    """

    group: str
    name: Text | str
    state: State
    detail: Text | str
    remedy: Text | str = ""


def diagnose(settings: Settings) -> list[Entry]:
    """All parts in a fixed order; the check does not use the network."""
    return [
        *_versions(),
        *_extras(),
        *_programs(),
        *_room(settings),
        *_language(settings),
    ]


def _versions() -> Iterator[Entry]:
    good = sys.version_info >= _PYTHON
    needed = ".".join(map(str, _PYTHON))
    found = f"{platform.python_version()} ({platform.system()} {platform.machine()})"
    yield Entry("program", "Python", State.GOOD if good else State.WRONG, found, "" if good else f"Python >= {needed}")
    yield Entry("program", PACKAGE, State.GOOD, version(PACKAGE))
    for name in ("ontology", "shapes", "datasets"):
        try:
            yield Entry("program", name, State.GOOD, str(resource_folder(name)))
        except StError as error:
            yield Entry("program", name, State.WRONG, error.message, f"pip install --force-reinstall {PACKAGE}")
    yield from (_package(name, State.WRONG, f"pip install {PACKAGE}") for name in required_packages(None))


def required_packages(extra: str | None) -> list[str]:
    """The packages that st-opendata itself or one of its extras requires."""
    found = []
    for requirement in requires(PACKAGE) or ():
        name = re.match(r"[\w.-]+", requirement)
        marker = re.search(r"extra == [\"']([\w-]+)[\"']", requirement)
        if name and (marker[1] if marker else None) == extra and name[0] != PACKAGE:
            found.append(name[0])
    return sorted(found)


def _package(name: str, absent: State, remedy: str) -> Entry:
    try:
        return Entry("package", name, State.GOOD, version(name))
    except PackageNotFoundError:
        return Entry("package", name, absent, "", remedy)


def _extras() -> Iterator[Entry]:
    for extra, purpose in _EXTRAS.items():
        missing = [name for name in required_packages(extra) if _package(name, State.ABSENT, "").state is State.ABSENT]
        detail = purpose
        if missing:
            detail = message("{purpose}; missing: {packages}", purpose=purpose, packages=", ".join(missing))
        remedy = f"pip install '{PACKAGE}[{extra}]'" if missing else ""
        yield Entry("extra", extra, State.ABSENT if missing else State.GOOD, detail, remedy)


def _programs() -> Iterator[Entry]:
    for name, (purpose, remedy) in _PROGRAMS.items():
        path = shutil.which(name)
        yield Entry("tool", name, State.GOOD if path else State.ABSENT, path or purpose, "" if path else remedy)


def _room(settings: Settings) -> Iterator[Entry]:
    for name, folder, elsewhere in (
        (message("temporary files"), Path(tempfile.gettempdir()), "TMPDIR=/another/disk"),
        (message("current folder"), Path.cwd(), "cd /another/folder"),
    ):
        free = shutil.disk_usage(folder).free
        size = f"{free / (1 << 30):.1f}"
        detail = message("{size} GiB free in {folder}", size=size, folder=folder)
        if not (writable := os.access(folder, os.W_OK)):
            detail = message("{size} GiB free in {folder}; you may not write there", size=size, folder=folder)
        good = free >= _ROOM and writable
        yield Entry("room", name, State.GOOD if good else State.WRONG, detail, "" if good else elsewhere)
    try:
        DuckDBEngine(None, settings.memory, settings.threads).close()
    except StError as error:
        yield Entry("room", message("fact base"), State.WRONG, error.message, error.remedy or "")
    else:
        limits = message("memory {memory}, threads {threads}", memory=settings.memory, threads=settings.threads)
        yield Entry("room", message("fact base"), State.GOOD, limits)


def _language(settings: Settings) -> Iterator[Entry]:
    encoding = locale.getpreferredencoding(do_setlocale=False)
    utf8 = encoding.replace("-", "").lower() == "utf8"
    remedy = "" if utf8 else "LC_ALL=C.UTF-8"
    yield Entry("language", message("encoding"), State.GOOD if utf8 else State.WRONG, encoding, remedy)
    yield Entry("language", message("messages"), State.GOOD, settings.language)


def is_well(entries: Iterable[Entry]) -> bool:
    """True if nothing is wrong; absent parts do not count."""
    return all(entry.state is not State.WRONG for entry in entries)
