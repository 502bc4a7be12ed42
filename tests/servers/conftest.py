"""Servers that tests talk to. Absent servers skip their tests; ST_REQUIRE=ckan makes that a failure."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests


@dataclass(frozen=True)
class Ckan:
    """A running CKAN, an organisation in it, and the token of an editor of that organisation."""

    url: str
    organization: str
    token: str
    state: Path | None
    """The folder of the stack that `make ckan` started; None for a CKAN from elsewhere."""

    def post(self, action: str, *, token: str = "", files: dict[str, Any] | None = None, **data: Any) -> Any:
        """Call an action of the API, with JSON or as a form with files; the answer as it came."""
        body: dict[str, Any] = {"data": data, "files": files} if files else {"json": data}
        headers = {"Authorization": token} if token else {}
        return requests.post(f"{self.url}/api/3/action/{action}", headers=headers, timeout=60, **body)

    def act(self, action: str, **data: Any) -> Any:
        """The result of an action that the editor calls and that must succeed."""
        answer = self.post(action, token=self.token, **data)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def purge(self, name: str) -> None:
        """Remove a dataset for good; needs the site administrator, so a CKAN from elsewhere keeps it deleted."""
        self.act("package_delete", id=name)
        if self.state:
            token = (self.state / "sysadmin.token").read_text("ascii").strip()
            assert self.post("dataset_purge", token=token, id=name).status_code == 200


def absent(reason: str) -> None:
    """Skip, or fail where CKAN is required."""
    if "ckan" in os.environ.get("ST_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


def configured(root: Path) -> Ckan:
    """The CKAN that ST_CKAN_URL, ST_CKAN_ORGANIZATION and ST_CKAN_TOKEN_FILE name, or that of `make ckan`."""
    if url := os.environ.get("ST_CKAN_URL"):
        token = Path(os.environ["ST_CKAN_TOKEN_FILE"]).read_text("ascii").strip()
        return Ckan(url.rstrip("/"), os.environ["ST_CKAN_ORGANIZATION"], token, None)
    state = Path(os.environ.get("CKAN_STATE") or root / "build" / "ckan")
    if not (state / "site.json").is_file():
        absent("no CKAN: start one with `make ckan`, or set ST_CKAN_URL, ST_CKAN_ORGANIZATION and ST_CKAN_TOKEN_FILE")
    site = json.loads((state / "site.json").read_text("utf-8"))
    token_file = Path(site["editor_token_file"])
    return Ckan(site["url"], site["organization"], token_file.read_text("ascii").strip(), state)


@pytest.fixture(scope="session")
def ckan(root: Path) -> Ckan:
    """A CKAN that answers."""
    site = configured(root)
    try:
        requests.get(f"{site.url}/api/3/action/status_show", timeout=30).raise_for_status()
    except requests.RequestException as error:
        absent(f"CKAN at {site.url} does not answer ({type(error).__name__}): start it with `make ckan`")
    return site
