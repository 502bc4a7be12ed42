"""A release folder from a third party: its release.json, its catalogue, links and pipes among its files."""

from __future__ import annotations

import json
import os
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzzing.catalogues import build_release
from fuzzing.outcomes import DefectError, Outcome, command, told
from fuzzing.targets import PART, Take, Target, parts_of
from fuzzing.targets.tables import sampled
from st_opendata.release import verify_release
from st_opendata.sparql.store import load


def _releases(folder: Path) -> Take:
    release = build_release(folder)
    catalog = (release / "catalog.ttl").read_bytes()
    plain = folder.parent / "plain"
    shutil.copytree(release, plain)
    _spoil(release)

    def take(data: bytes) -> Outcome:
        manifest, catalogue = parts_of(data, 2)
        for root in (release, plain):
            (root / "release.json").write_bytes(manifest)
            (root / "catalog.ttl").write_bytes(catalogue or catalog)

        def work() -> Outcome:
            differences = verify_release(release)
            str(differences).encode()
            return Outcome.FOUND if differences else Outcome.TAKEN

        outcome = told(work)
        told(lambda: Outcome.TAKEN if load(plain) else Outcome.FOUND)
        if sampled(data, 10):
            for arguments in (
                ("verify", "release", plain),
                ("query", plain, "ASK { ?s ?p ?o }"),
                ("explain", plain, "city/lyon"),
            ):
                written = command(*arguments)[1]
                if "canary" in written:
                    raise DefectError("what lies outside was read")
        if sampled(data, 100):
            command("score", plain)
        return outcome

    return take


def _spoil(release: Path) -> None:
    """Files that no release has: links out of it and in circles, a pipe, a device."""
    outside = release.parents[2] / "outside"
    for name, goal in (
        ("link.csv", outside / "secret.csv"),
        ("loop", "loop"),
        ("zero", "/dev/zero"),
        ("folder", outside),
        ("self", "."),
    ):
        (release / name).symlink_to(goal)
    os.mkfifo(release / "pipe")
    os.mkfifo(release / "places" / "pipe.nt")


@cache
def _seeds() -> list[bytes]:
    with TemporaryDirectory() as folder:
        release = build_release(Path(folder))
        manifest, catalogue = (release / "release.json").read_bytes(), (release / "catalog.ttl").read_bytes()
    listed = json.loads(manifest)
    small = listed | {"files": [], "inputs": [], "datasets": []}
    hostile = [
        {"path": path, "size": 35, "sha256": "0" * 64}
        for path in ("link.csv", "pipe", "zero", "loop", "folder/secret.csv", "self/zero", "places/pipe.nt", "../outside/secret.csv", "/etc/passwd")
    ]  # fmt: skip
    dataset = {**listed["datasets"][0], "id": "../../outside/secret", "distributions": [], "picture": None}
    made = [
        small,
        small | {"files": hostile},
        small | {"datasets": [dataset]},
        small | {"catalogue": "../../outside/secret"},
    ]
    encoded = [json.dumps(each, indent=1).encode() for each in made]
    return [manifest, *encoded * 2, manifest + PART + catalogue, encoded[0] + PART + catalogue]


_WORDS = tuple(
    word.encode()
    for word in ('"path"', '"size"', '"sha256"', '"files"', '"datasets"', '"id"', '"catalogue"', '"version"', '"prefixes"', '"picture"', '"base"',
                 '"link.csv"', '"pipe"', '"zero"', '"loop"', '"self"', '"folder"', '"places/pipe.nt"', '"."', '""', '"release.json"', '"a\\u0000b"',
                 '"\\ud800"', '"../../outside/secret"', '"/outside-of-the-catalogue/secret"', "1e999", "-1", "NaN", "Infinity", "1.5", "null", "[]",
                 "{}", "true", '"https://example.org/"', '"x y"', '"a/../../b"', '"format"', '"CSV"', '"title"', '"en"', '"distributions"', '"iri"')
)  # fmt: skip

TARGETS = (Target("release", _seeds, _WORDS, _releases, allowed=("os.fork",)),)
