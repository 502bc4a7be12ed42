"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell starts jobs in the background with Ctrl-C ignored, and programs hand that on to those that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Reference material kept beside the repository: official shapes, W3C suites, samples."""
    folder = Path(os.environ.get("ST_SHARED", ROOT.parent / "shared"))
    if not (folder / "conformance").is_dir():
        pytest.skip(f"the reference material is not at {folder.name}/ beside the checkout (or ST_SHARED)")
    return folder
