"""What this machine has for st-opendata: versions, extras, programs, room, language; each with what to do about it."""

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
from st_opendata.resources import resource_folder
from st_opendata.settings import Settings
from st_opendata.sql.duckdb import DuckDBEngine

PACKAGE = "st-opendata"
_PYTHON = (3, 11)
_ROOM = 1 << 30
"""Bytes that should be free where tables are spilled to and releases are written."""
_EXTRAS = {"web": "score a URL", "ckan": "publish to a CKAN portal, pull from one", "portal": "serve a release"}
_PROGRAMS = {
    "java": ("the CKAN to try and test with", "apt install default-jre-headless"),
    "chromium": ("the tests of the portal in a browser", "apt install chromium"),
    "virtuoso-t": ("comparing answers with another store", "apt install virtuoso-opensource"),
}


class State(StrEnum):
    """How a thing stands: only what is wrong keeps the program from working."""

    GOOD = "good"
    ABSENT = "absent"
    """Not there, and needed only for what the entry says."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was looked at; `remedy` is a command or what to set, empty where nothing is to be done."""

    group: str
    name: str
    state: State
    detail: str
    remedy: str = ""


def diagnose(settings: Settings) -> list[Entry]:
    """Everything that was looked at, in an order that does not change; nothing is asked of the network."""
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
            yield Entry("program", name, State.WRONG, error.message_text(), f"pip install --force-reinstall {PACKAGE}")
    yield from (_package(name, State.WRONG, f"pip install {PACKAGE}") for name in required_packages(None))


def required_packages(extra: str | None) -> list[str]:
    """The packages that st-opendata itself or one of its extras asks for."""
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
        packages = [_package(name, State.ABSENT, "") for name in required_packages(extra)]
        missing = [each.name for each in packages if each.state is State.ABSENT]
        detail = f"{purpose}: {', '.join(missing)}" if missing else purpose
        remedy = f"pip install '{PACKAGE}[{extra}]'" if missing else ""
        yield Entry("extra", extra, State.ABSENT if missing else State.GOOD, detail, remedy)


def _programs() -> Iterator[Entry]:
    for name, (purpose, remedy) in _PROGRAMS.items():
        path = shutil.which(name)
        yield Entry("tool", name, State.GOOD if path else State.ABSENT, path or purpose, "" if path else remedy)


def _room(settings: Settings) -> Iterator[Entry]:
    for name, folder in (("temporary files", Path(tempfile.gettempdir())), ("current folder", Path.cwd())):
        free = shutil.disk_usage(folder).free
        enough, writable = free >= _ROOM, os.access(folder, os.W_OK)
        detail = f"{free / (1 << 30):.1f} GiB free in {folder}" + ("" if writable else ", which you may not write to")
        elsewhere = "TMPDIR=/another/disk" if name == "temporary files" else "cd /another/folder"
        good = enough and writable
        yield Entry("room", name, State.GOOD if good else State.WRONG, detail, "" if good else elsewhere)
    try:
        DuckDBEngine(None, settings.memory, settings.threads).close()
    except StError as error:
        yield Entry("room", "fact base", State.WRONG, error.message_text(), error.remedy_text())
    else:
        yield Entry("room", "fact base", State.GOOD, f"memory {settings.memory}, threads {settings.threads}")


def _language(settings: Settings) -> Iterator[Entry]:
    encoding = locale.getpreferredencoding(do_setlocale=False)
    utf8 = encoding.replace("-", "").lower() == "utf8"
    remedy = "" if utf8 else "LC_ALL=C.UTF-8"
    yield Entry("language", "encoding", State.GOOD if utf8 else State.WRONG, encoding, remedy)
    yield Entry("language", "messages", State.GOOD, settings.language)


def is_well(entries: Iterable[Entry]) -> bool:
    """True when nothing is wrong; what is absent does not count."""
    return all(entry.state is not State.WRONG for entry in entries)
