"""A release of the tiny catalogue, enriched by what a portal may stumble over."""

from __future__ import annotations

from pathlib import Path

import pytest
from once import once
from tiny import build_enriched


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The enriched release, only to be read."""
    return once(tmp_path_factory, "enriched", build_enriched)
