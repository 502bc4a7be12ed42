"""What this machine remembers of a portal: which state of each dataset it has seen in the portal's database.

The search of a portal may tell what its database never came to hold (Solr is written before PostgreSQL commits). What
is remembered lets a dataset that search shows in exactly the state last confirmed go unread. It may be lost or stale at
any time: that costs reads, never a wrong plan.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path


def recall(url: str, organization: str) -> dict[str, str]:
    """By dataset id, the `metadata_modified` last confirmed; empty where nothing can be read."""
    try:
        content = json.loads(_path(url, organization).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in content.items()} if isinstance(content, dict) else {}


def remember(url: str, organization: str, confirmed: Mapping[str, str]) -> None:
    """Write what was confirmed, in one step; where that is not possible the next run reads more."""
    path = _path(url, organization)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(dict(confirmed), indent=0, sort_keys=True), "utf-8")
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()


def _path(url: str, organization: str) -> Path:
    """In the user's cache folder (XDG Base Directory Specification); the name tells nothing of the portal."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    name = sha256(f"{url}\n{organization}".encode()).hexdigest()[:32]
    return Path(root, "st-opendata", "ckan", f"{name}.json")
