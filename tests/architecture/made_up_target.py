"""A target that exists in the tests only: a folder with a folder for each dataset. All of it is this module."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from st_opendata.messages.message import message
from st_opendata.release import read_release
from st_opendata.targets.base import (
    Action,
    Change,
    LandingPage,
    Option,
    Plan,
    Policy,
    Problem,
    Progress,
    Sending,
    TargetCommand,
    TargetType,
    Verification,
)

NOTE = "published.json"
CHANGED, MISSING = message("it is not as released"), message("the file is not there")
NEEDED_FOR = message("a folder")


@dataclass(frozen=True)
class FileHere:
    source: Path
    file_name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Dataset:
    name: str
    catalogue: str
    files: dict[str, FileHere] = field(default_factory=dict)

    @property
    def digests(self) -> dict[str, str]:
        return {each.file_name: each.sha256 for each in self.files.values()}

    @property
    def digest(self) -> str:
        return digest_of(self.digests)


@dataclass(frozen=True)
class FolderTarget:
    path: Path
    workers: int = 2

    def plan(self, release: Path, policy: Policy) -> Plan[Change[Dataset]]:
        desired = datasets(release)
        changes = [self._decide(each, policy) for each in desired]
        names = {each.name for each in desired}
        for name in sorted({each.parent.name for each in self.path.glob(f"*/{NOTE}")} - names):
            action = Action.DELETE if policy.prune else Action.LEFT
            changes.append(Change(action, name, message("no longer in the release"), remote=self._remote(name)))
        return Plan(tuple(changes), (LandingPage("folder", message("The folder"), self.path.as_uri()),))

    def _decide(self, desired: Dataset, policy: Policy) -> Change[Dataset]:
        files, remote = tuple(desired.files), self._remote(desired.name)
        if remote is None:
            return Change(Action.CREATE, desired.name, message("not in the folder"), desired, files=files)
        if remote["catalogue"] != desired.catalogue:
            return Change(Action.TAKEN, desired.name, message("not published from here"))
        if digest_of(remote["files"]) != remote["digest"]:
            action = Action.UPDATE if policy.overwrite else Action.DRIFTED
            return Change(action, desired.name, message("edited in the folder"), desired, remote, files=files)
        if remote["digest"] == desired.digest:
            return Change(Action.UNCHANGED, desired.name, message("as released"), desired, remote)
        return Change(Action.UPDATE, desired.name, message("the release changed"), desired, remote, files=files)

    def apply(self, change: Change[Dataset], on_sending: Sending | None) -> None:
        folder = self.path / change.name
        if change.action == Action.DELETE:
            shutil.rmtree(folder)
            return
        assert change.desired
        folder.mkdir(parents=True, exist_ok=True)
        for each in change.desired.files.values():
            shutil.copyfile(each.source, folder / each.file_name)
        note = {"catalogue": change.desired.catalogue, "digest": change.desired.digest}
        (folder / NOTE).write_text(json.dumps(note), "utf-8")

    def verify(self, release: Path, on_progress: Progress, *, detailed: bool = False) -> Verification:
        desired = datasets(release)
        problems = []
        for number, each in enumerate(desired, 1):
            remote = self._remote(each.name) or {"files": {}}
            found = remote["files"]
            problems += [
                Problem(each.name, name, CHANGED if name in found else MISSING)
                for name, digest in each.digests.items()
                if found.get(name) != digest
            ]
            on_progress(each.name, number / len(desired))
        files = [file for each in desired for file in each.files.values()]
        size = sum(file.size for file in files)
        details = {"folder": str(self.path)} if detailed else {}
        return Verification(self.path.as_uri(), len(desired), len(files), size, tuple(problems), details=details)

    def close(self) -> None:
        pass

    def _remote(self, name: str) -> dict[str, Any] | None:
        folder = self.path / name
        if not folder.is_dir():
            return None
        note = folder / NOTE
        stated = json.loads(note.read_text("utf-8")) if note.is_file() else {"catalogue": None, "digest": None}
        files = {path.name: sha256_of(path) for path in folder.iterdir() if path != note}
        return {**stated, "files": files}


def datasets(release: Path) -> list[Dataset]:
    content = read_release(release)
    found = []
    for dataset in content.datasets:
        files = {
            file.path: FileHere(release / file.path, Path(file.path).name, file.size, file.sha256)
            for file in content.files
            if file.path.startswith(f"{dataset.id}/")
        }
        found.append(Dataset(dataset.id, content.base, files))
    return found


def digest_of(digests: dict[str, str]) -> str:
    return sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def open_folder(*, release: Path, path: Path) -> FolderTarget:
    assert release.is_dir()
    return FolderTarget(path)


PATH = Option("path", "The folder.", Path, metavar="DIR", required=True)
TARGET = TargetType(
    extra="web",
    publish=TargetCommand("Publish to a folder.", "Publish RELEASE to a folder.", (PATH,), open_folder, NEEDED_FOR),
    verify=TargetCommand("Compare a folder.", "Compare a folder with RELEASE.", (PATH,), open_folder, NEEDED_FOR),
)
