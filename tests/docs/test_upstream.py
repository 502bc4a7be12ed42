"""The patches for pySHACL in docs/upstream/pyshacl fit the installed version, and their tests show what they change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyshacl
import pytest

PATCHES = sorted((Path(__file__).resolve().parents[2] / "docs" / "upstream" / "pyshacl").glob("*.patch"))
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of the installed package."""
    shutil.copytree(Path(pyshacl.__file__).parent, tmp_path / "pyshacl", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def apply(patch: Path, folder: Path, *options: str) -> None:
    """Apply a patch, although the folder is not a repository."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    subprocess.run(["git", "apply", *options, patch], cwd=folder, env=environment, check=True)


def passes(folder: Path) -> bool:
    """Whether all tests in the folder pass with the package in the folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--rootdir", ".", "test"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 0


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_patch_makes_its_test_pass(patch: Path, copy: Path) -> None:
    apply(patch, copy, "--include=test/*")
    assert not passes(copy), "the installed version passes: the patch is not needed any more"
    apply(patch, copy, "--exclude=test/*")
    assert passes(copy)


def test_patches_fit_together(copy: Path) -> None:
    assert len(PATCHES) == 4
    for patch in PATCHES:
        apply(patch, copy)
    assert passes(copy)
