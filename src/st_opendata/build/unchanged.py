"""Whether a build would write the release that is there already: then nothing is read, checked or written.

After each build the user's cache has a record of it: what the program was, the settings that change bytes, a stamp of
every file of the catalogue's folder from before the build, and one of every file of the release. A file with the same
stamp has the same content, unless it may have changed within the resolution of its file system's clock. In any doubt
its digest is compared with that in `release.json`. Another file of the catalogue, or one less, is a change, whether
the program reads it or not. The record also has the parts of the release, which the next build may take over (`reuse`).
"""

from __future__ import annotations

import errno
import json
import os
import re
import sqlite3
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

from st_opendata import __version__
from st_opendata.build.job import Job, Outcome
from st_opendata.errors import InputError
from st_opendata.model.findings import Finding, Severity
from st_opendata.model.release import DatasetRelease, FactFile, File, Release
from st_opendata.place import Place
from st_opendata.release import read_release
from st_opendata.release.layout import MANIFEST
from st_opendata.resources import resource_folder
from st_opendata.system.cache import cache_folder, write_cached

_RESOLUTION = 2_000_000_000
"""Nanoseconds: a file that changed this shortly before its stamp was taken may change again without a new stamp."""
_VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})
"""Folders whose files change without a change of the catalogue."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""The name in a requirement (PEP 508)."""

Stamp = tuple[int, int, int, int]
"""Size, inode, and the times of the last change of content and of the inode, in nanoseconds since the epoch."""
Stamps = Mapping[str, Stamp]
"""By path relative to the folder, with `/`."""


@dataclass(frozen=True, slots=True)
class InputState:
    """The files of a catalogue's folder at a time (nanoseconds since the epoch)."""

    taken: int
    stamps: Stamps


def input_state(folder: Path, output: Path) -> InputState | None:
    """The present state, to be taken before any file is read; None if a link makes it unclear what belongs to it.

    A release that lies in the folder is not part of it.
    """
    try:
        return InputState(time.time_ns(), dict(_stamps(folder, output)))
    except OSError:
        return None


def find_unchanged(job: Job, output: Path, state: InputState) -> Outcome | None:
    """The outcome of the build that wrote `output`, if one of this job would write it again; else None."""
    try:
        record = json.loads(_record_path(output).read_text("utf-8"))
        if record["key"] != _key(job):
            return None
        release = read_release(output)
        if not _same_inputs(job.folder, state, record, release) or not _same_outputs(output, record, release):
            return None
        outcome = _outcome(record["outcome"], release)
    except (OSError, ValueError, KeyError, TypeError, InputError):  # there is no record, or none of this program
        return None
    if record["doubts"]:
        remember(job, output, state, outcome, record["parts"])
    return outcome


def remember(job: Job, output: Path, state: InputState, outcome: Outcome, parts: Mapping[str, Any]) -> None:
    """Record a build that wrote `output`, with the parts of the release.

    `state` is that of before, so that a change during the build is seen.
    """
    taken, outputs = time.time_ns(), dict(_stamps(output))
    record = {
        "key": _key(job),
        "taken": [state.taken, taken],
        "inputs": state.stamps,
        "outputs": outputs,
        "doubts": any(
            _is_doubtful(stamp, then)
            for stamps, then in ((state.stamps, state.taken), (outputs, taken))
            for stamp in stamps.values()
        ),
        "manifest": asdict(File.of(output, MANIFEST)),
        "outcome": _outcome_json(outcome),
        "parts": parts,
    }
    write_cached(_record_path(output), json.dumps(record))


@dataclass(frozen=True, slots=True)
class Earlier:
    """The release before, which this program has written, with what the cache has about its parts."""

    folder: Path
    datasets: Mapping[str, DatasetRelease]
    facts: Mapping[str, FactFile]
    files: Mapping[str, File]
    """All by id or path, as `release.json` lists them."""
    parts: Mapping[str, Any]
    _stamps: Stamps
    _taken: int

    def has(self, path: str) -> bool:
        """Whether a file of the release can be read, and has the content that it was written with."""
        try:
            stamp = _stamp(self.folder / path)
            if tuple(self._stamps.get(path, ())) == stamp and not _is_doubtful(stamp, self._taken):
                return True
            return File.of(self.folder, path) == self.files[path]
        except OSError:
            return False


def read_earlier(output: Path) -> Earlier | None:
    """The release at `output` with its parts; None if it is not as this program, in this version, has written it."""
    try:
        record = json.loads(_record_path(output).read_text("utf-8"))
        if record["key"][0] != _program() or asdict(File.of(output, MANIFEST)) != record["manifest"]:
            return None
        release = read_release(output)
        return Earlier(
            output,
            {each.id: each for each in release.datasets},
            {each.path: each for each in release.facts.files} if release.facts else {},
            {each.path: each for each in release.files},
            record["parts"],
            record["outputs"],
            record["taken"][1],
        )
    except (OSError, ValueError, KeyError, TypeError, InputError):
        return None


def _record_path(output: Path) -> Path:
    name = sha256(os.fsencode(os.path.realpath(output))).hexdigest()[:32]
    return cache_folder("builds") / f"{name}.json"


def _key(job: Job) -> list[str | int | None]:
    """All that changes bytes of a release, but for the files of the catalogue."""
    settings = job.settings
    return [_program(), os.path.realpath(job.folder), job.site, settings.instant, settings.max_findings]


def _program() -> str:
    """The digest of the stamps of all files of this program, and of the versions of what it is run with."""
    folders = (Path(__file__).parents[1], resource_folder("ontology"), resource_folder("shapes"))
    files = [each for folder in folders for each in sorted(_stamps(folder)) if "__pycache__" not in each[0]]
    libraries = [sys.version, zlib.ZLIB_RUNTIME_VERSION, sqlite3.sqlite_version]
    names = {found[0] for each in requires("st-opendata") or () if (found := _NAME.match(each))}
    libraries += [f"{name} {_version(name)}" for name in sorted(names)]
    return sha256(repr((__version__, files, libraries)).encode()).hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except ModuleNotFoundError:
        return None


def _stamps(folder: Path, without: Path | None = None) -> Iterator[tuple[str, Stamp]]:
    """The stamp of each file below a folder, that of a linked file being its target's.

    Raises OSError for a link to a folder, or to nothing.
    """
    left_out = os.path.realpath(without) if without else None
    for root, folders, files in os.walk(folder):
        paths = {name: os.path.join(root, name) for name in folders}  # noqa: PTH118 (thousands of paths)
        if any(map(os.path.islink, paths.values())):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), root)
        folders[:] = [
            name
            for name, path in paths.items()
            if name not in _VERSION_CONTROL and not (left_out and os.path.realpath(path) == left_out)
        ]
        for name in files:
            path = Path(root, name)
            yield path.relative_to(folder).as_posix(), _stamp(path)


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return (found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)


def _is_doubtful(stamp: Stamp, taken: int) -> bool:
    return max(stamp[2], stamp[3]) > taken - _RESOLUTION


def _same_inputs(folder: Path, state: InputState, record: dict[str, Any], release: Release) -> bool:
    return _same(
        folder, state.stamps, record["inputs"], record["taken"][0], {each.path: each for each in release.inputs}
    )


def _same_outputs(folder: Path, record: dict[str, Any], release: Release) -> bool:
    files = {each.path: each for each in (*release.files, File(**record["manifest"]))}
    present = dict(_stamps(folder))
    return present.keys() == files.keys() and _same(folder, present, record["outputs"], record["taken"][1], files)


def _same(folder: Path, present: Stamps, before: Stamps, taken: int, files: Mapping[str, File]) -> bool:
    """Whether all files are as they were: by their stamps, else by the digests of those that are known."""
    if present.keys() != before.keys():
        return False
    doubted = [path for path, stamp in present.items() if tuple(before[path]) != stamp or _is_doubtful(stamp, taken)]
    return all(path in files and File.of(folder, path) == files[path] for path in doubted)


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    content = {name: getattr(outcome, name) for name in ("tables", "rows", "triples", "advice")}
    return content | {"findings": [_finding_json(each) for each in outcome.findings]}


def _finding_json(finding: Finding) -> dict[str, Any]:
    texts = {name: dict(getattr(finding, name)) for name in ("message", "remedy")}
    plain = {field.name: getattr(finding, field.name) for field in fields(finding)}
    return plain | texts | {"places": [asdict(place) for place in finding.places]}


def _outcome(content: dict[str, Any], release: Release) -> Outcome:
    return Outcome(
        findings=tuple(map(_finding, content["findings"])),
        shapes_checked=True,
        tables=content["tables"],
        rows=content["rows"],
        triples=content["triples"],
        advice=content["advice"],
        release=release,
        written=False,
    )


def _finding(content: dict[str, Any]) -> Finding:
    places = tuple(Place(**place) for place in content["places"])
    return Finding(**content | {"severity": Severity(content["severity"]), "places": places})
