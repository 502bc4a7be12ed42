"""A CKAN portal's datasets as a catalogue folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
"""An object of JSON, from portals and CSVW metadata."""
