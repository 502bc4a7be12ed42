"""Two datasets to publish, and what a portal is like that has them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from relay import Act, Relay, nothing

from st_opendata.__main__ import main
from st_opendata.release import read_release

CATALOGUE = """\
id: {id}
base: https://example.org/{id}/
title: {{en: A catalogue to publish}}
description: {{en: Made by a test.}}
publisher: {{iri: "https://example.org/publisher", name: {{en: City office}}, type: LocalAuthority}}
contactPoint: {{name: {{en: City office}}, email: office@example.org}}
license: CC_BY_4_0
rights: {{en: Free to use with attribution.}}
accessRights: PUBLIC
accrualPeriodicity: AS_NEEDED
availability: STABLE
status: COMPLETED
language: [en]
theme: [REGI]
keyword: {{en: [city, example]}}
spatial: [{{iri: "https://sws.geonames.org/2996944/", label: {{en: Lyon}}, centroid: [45.74906, 4.84789]}}]
temporal: {{start: 2020-01-01, end: 2020-12-31}}
issued: 2020-02-01
modified: 2020-03-01
version: 1.0.0
datasets: [{datasets}]
"""
DATASET = """\
title: {{en: {title}}}
description: {{en: Cities and their names.}}
tables:
"""
TABLE = """\
  - url: {name}.csv
    title: {{en: Table {name}}}
    tableSchema:
      aboutUrl: "{name}/{{id}}"
      primaryKey: id
      columns:
        - {{name: id, required: true}}
        - {{name: label, lang: en, propertyUrl: "rdfs:label"}}
"""
Tables = dict[str, dict[str, str]]
ID = f"publish-test-{uuid4().hex[:8]}"
FIRST: Tables = {"places": {"towns": "id,label\na,Lyon\nb,Vienna\n"}, "notes": {"remarks": "id,label\nx,Remark\n"}}
SECOND: Tables = {
    "places": {"towns": "id,label\na,Lyon\nb,Wien\n", "rivers": "id,label\nr,Rhône\n"},
    "notes": FIRST["notes"],
}
PLACES, NOTES = f"{ID}-places", f"{ID}-notes"
NAMES = (PLACES, NOTES, f"{ID}-catalogue")


def build(folder: Path, tables: Tables, title: str) -> Path:
    for dataset, files in tables.items():
        (folder / dataset).mkdir(parents=True)
        for name, text in files.items():
            (folder / dataset / f"{name}.csv").write_text(text, "utf-8")
        described = DATASET.format(title=title) + "".join(TABLE.format(name=name) for name in files)
        (folder / dataset / "dataset.yaml").write_text(described, "utf-8")
    (folder / "catalogue.yaml").write_text(CATALOGUE.format(id=ID, datasets=", ".join(tables)), "utf-8")
    assert main(["build", str(folder), "--output", str(folder / "release")]) == 0
    return folder / "release"


def show(ckan: Any, name: str) -> dict[str, Any]:
    """The dataset as a visitor sees it."""
    answer = ckan.post("package_show", id=name)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


def assert_published(ckan: Any, release: Path) -> None:
    """Every file of every dataset can be downloaded by a visitor and is that of the release; search shows each once."""
    content = read_release(release)
    for dataset in content.datasets:
        shown = show(ckan, f"{ID}-{dataset.id}")
        assert shown["title"] == dataset.title["en"]
        digests = {requests.get(resource["url"], timeout=30).content for resource in shown["resources"]}
        served = {sha256(body).hexdigest() for body in digests}
        assert {item.file.sha256 for item in dataset.distributions} <= served
        assert "writing" not in json.dumps(shown["extras"])
    found = ckan.post("package_search", fq=f"name:{ID}-*", rows=100).json()["result"]["results"]
    assert sorted(each["name"] for each in found) == sorted(
        [*(f"{ID}-{dataset.id}" for dataset in content.datasets), f"{ID}-catalogue"]
    )
    for dataset in content.datasets:
        for item in dataset.distributions:
            if item.format.name == "csv":
                assert_table(
                    ckan, f"{ID}-{dataset.id}", item.title["en"], (release / item.file.path).read_text("utf-8")
                )
    for each in found:
        assert each["metadata_modified"] == show(ckan, each["name"])["metadata_modified"]


def assert_table(ckan: Any, dataset: str, title: str, text: str) -> None:
    """The DataStore table has the rows of the file, labels for its columns, and one view for visitors."""
    resource = next(
        each for each in show(ckan, dataset)["resources"] if each["format"] == "CSV" and each["name"].startswith(title)
    )
    answer = ckan.post("datastore_search", resource_id=resource["id"]).json()["result"]
    rows = [{key: value for key, value in row.items() if key != "_id"} for row in answer["records"]]
    assert rows == list(csv.DictReader(text.splitlines()))
    assert [field["info"]["label"] for field in answer["fields"][1:]] == ["id", "label"]
    views = ckan.post("resource_view_list", id=resource["id"]).json()["result"]
    assert [view["view_type"] for view in views] == ["datatables_view"]


CUT_OFF = "a write of it was interrupted: what is missing is sent"
UNLISTED = "the portal's search does not list it"
STALE = "the portal's search shows another state than its database"
REASONS = {
    "not on the portal",
    "as released",
    "the release changed",
    CUT_OFF,
    UNLISTED,
    STALE,
}
"""Why a run after a fault writes, or does not."""


@dataclass(frozen=True)
class Publisher:
    """Publishes to a CKAN through a relay that may fail; `command` runs the command line."""

    ckan: Any
    relay: Relay
    command: Callable[..., tuple[int, str, str]]

    def publish(self, release: Path, *options: str) -> tuple[int, str]:
        """Exit code, and all that was written."""
        code, out, err = self.command(release, *options, url=self.relay.url)
        return code, out + err

    def published(self, release: Path) -> None:
        """Publish without a fault."""
        self.relay.begin()
        code, written = self.publish(release)
        assert code == 0, written

    def failed(self, release: Path, act: Act = nothing, *options: str) -> str:
        """Publish into a fault: exit code 4, and one message that names the portal and says what to do; that message.

        The same again for programs, where a fault still lasts: what they get is JSON or nothing.
        """
        self.relay.begin(act)
        code, _, err = self.command(release, *options, url=self.relay.url)
        assert code == 4, err
        self.relay.drain()
        message = only_message(err)
        assert self.relay.url in message
        code, out, _ = self.command(release, "--json", "--dry-run", *options, url=self.relay.url)
        assert code in (0, 4)
        assert not out or json.loads(out)
        return message

    def repaired(self, release: Path) -> dict[str, str]:
        """One run makes the portal equal to the release, the next has nothing to do; why the run wrote, by dataset."""
        self.relay.begin()
        code, written = self.publish(release, "--json")
        assert code == 0, written
        reasons = {change["dataset"]: change["reason"] for change in json.loads(written)["changes"]}
        assert set(reasons.values()) <= REASONS
        assert_published(self.ckan, release)
        assert self.publish(release, "--dry-run", "--exit-code")[0] == 0
        return reasons


def only_message(err: str) -> str:
    """The one message of a failed command, with what to do."""
    lines = err.splitlines()
    [number] = [number for number, line in enumerate(lines) if line.startswith(("Error: ", "Failed: "))]
    assert lines[number + 1].startswith("  "), err
    return "\n".join(lines[number : number + 2])
