"""The portal to publish to: a CKAN of `services/ckan` in a separate state folder, emptied between ways.

What a way costs the portal is counted where it cannot be wrong: requests in gunicorn's access log, commits and added
documents in Solr's metrics.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = "datastore datatables_view text_view geojson_view geo_view image_view"
"""Plugins that make publishers do more than datasets and files."""
WORKERS = 4
"""Requests at a time, of our command and of the others."""
_WRITES = re.compile(r"(package|resource|resource_view|datastore)_(create|update|patch|revise|delete|upsert)")
_REQUEST = re.compile(r'"[A-Z]+ (\S+) HTTP/')


class NoPortalError(Exception):
    """No CKAN can be installed or started here; the text says why."""


@dataclass
class Cost:
    """What something cost: seconds of the clock, of the processors (the portal's and the publisher's), and work."""

    seconds: float = 0.0
    cpu: float = 0.0
    requests: int = 0
    writes: int = 0
    commits: int = 0
    actions: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Portal:
    """A running CKAN and the token of an editor of its organisation."""

    state: Path
    url: str
    organization: str
    token_file: Path
    solr: str
    sessions: frozenset[int]
    """Those of its processes."""

    @property
    def token(self) -> str:
        """The editor's API token."""
        return self.token_file.read_text("ascii").strip()

    @contextmanager
    def counted(self) -> Iterator[Cost]:
        """Count what happens inside."""
        log, cost = self.state / "log" / "access.log", Cost()
        commits, start = self._commits(), log.stat().st_size
        cpu, began = self._cpu(), time.perf_counter()
        yield cost
        cost.seconds = time.perf_counter() - began
        cost.cpu = self._cpu() - cpu
        time.sleep(0.3)  # gunicorn writes a line when the answer is already sent
        with log.open("rb") as lines:
            lines.seek(start)
            paths = _REQUEST.findall(lines.read().decode("utf-8", "replace"))
        cost.actions = Counter(path.partition("?")[0].rpartition("/action/")[2] or path for path in paths)
        cost.requests = len(paths)
        cost.writes = sum(number for action, number in cost.actions.items() if _WRITES.fullmatch(action))
        cost.commits = self._commits() - commits

    def clear(self) -> None:
        """Remove all datasets for good."""
        question = {"fl": "name", "rows": 1000, "include_private": True, "include_drafts": True}
        while found := self._act("package_search", question)["results"]:
            with ThreadPoolExecutor(WORKERS) as pool:
                list(pool.map(lambda each: self._act("dataset_purge", {"id": each["name"]}), found))

    def _act(self, action: str, data: dict[str, Any]) -> Any:  # noqa: ANN401 (JSON)
        """The result of an action of the site's administrator."""
        token = (self.state / "sysadmin.token").read_text("ascii").strip()
        url, headers = f"{self.url}/api/action/{action}", {"Authorization": token}
        answer = requests.post(url, json=data, headers=headers, timeout=300)
        answer.raise_for_status()
        return answer.json()["result"]

    def visible(self) -> int:
        """How many datasets a visitor finds."""
        answer = requests.get(f"{self.url}/api/action/package_search", params={"rows": "0"}, timeout=60)
        return int(answer.json()["result"]["count"])

    def _cpu(self) -> float:
        """Seconds of processor time so far: of the portal's processes, of this one and of those that it started."""
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text("utf-8").rpartition(")")[2].split()
            except OSError:  # it ended
                continue
            if int(fields[3]) in self.sessions:
                ticks += sum(map(int, fields[11:15]))
        own = sum(sum(getrusage(who)[:2]) for who in (RUSAGE_SELF, RUSAGE_CHILDREN))
        return ticks / os.sysconf("SC_CLK_TCK") + own

    def _commits(self) -> int:
        question = {"group": "core", "prefix": "UPDATE.updateHandler.commits", "wt": "json"}
        answer: dict[str, Any] = requests.get(f"{self.solr}/admin/metrics", params=question, timeout=30).json()
        return int(answer["metrics"]["solr.core.ckan"]["UPDATE.updateHandler.commits"]["count"])


@dataclass(frozen=True)
class Stack:
    """Starts, empties and stops the portal in one state folder."""

    state: Path
    port: int

    def empty(self, *, without: str = "", megabytes: int = 100) -> Portal:
        """A portal without any dataset, and without these plugins.

        Raises:
            NoPortalError: it cannot be installed or started.
        """
        self._run("reset", {"CKAN_WITHOUT": without, "CKAN_MAX_UPLOAD_SIZE_MB": str(megabytes)})
        site = json.loads((self.state / "site.json").read_text("utf-8"))
        solr = f"http://127.0.0.1:{site['ports'][3]}/solr"
        pids = json.loads(self._run("status", {}))["pids"].values()
        token = Path(site["editor_token_file"])
        return Portal(self.state, site["url"], site["organization"], token, solr, frozenset(pids))

    def stop(self) -> None:
        """Stop what runs in the state folder."""
        self._run("stop", {})

    def _run(self, command: str, settings: dict[str, str]) -> str:
        environment = {**os.environ, "CKAN_STATE": str(self.state), "CKAN_PORT": str(self.port), **settings}
        program = [sys.executable, str(ROOT / "services" / "ckan"), command]
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoPortalError(done.stderr.strip()[-2000:])
        return done.stdout
