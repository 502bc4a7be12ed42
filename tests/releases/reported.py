"""The contents of a release's report."""

from __future__ import annotations

import json
from pathlib import Path


def findings(release: Path) -> list[str]:
    """The findings of its report but for the lines of descriptions, which a pull writes anew."""
    found = json.loads((release / "report.json").read_text("utf-8"))["findings"]
    for place in (place for each in found for place in each["places"]):
        place |= {"line": None, "offset": None}
    return sorted(json.dumps(each, sort_keys=True) for each in found)
