"""A release in Greek alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from st_opendata.build import Job, build


@pytest.fixture(scope="session")
def greek(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of Volos, only to be read."""
    folder = tmp_path_factory.mktemp("volos")
    source = shutil.copytree(Path(__file__).parent / "volos-el", folder / "source")
    for path, encoding in yaml.safe_load((source / "case.yaml").read_text("utf-8"))["encodings"].items():
        (source / path).write_bytes((source / path).read_text("utf-8").encode(encoding))
    assert build(Job(source), folder / "release").conforms
    return folder / "release"
