"""Pull, build, publish: a dataset that no one changed in the folder or on the portal stays unchanged.

The foreign datasets are made after public portals (`foreign.py`); ST_FOREIGN_SEEDS="7 8" makes other variants.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from foreign import foreign_datasets, make_foreign
from rdflib import Graph

from st_opendata.__main__ import main

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.timeout(900)]
SEEDS = os.environ.get("ST_FOREIGN_SEEDS", "1").split()
PASSING = {"metadata_modified", "organization", "num_resources", "num_tags"}


@dataclass
class Town:
    """An organisation on the CKAN, and what its datasets were when they were made."""

    ckan: Any
    name: str
    folder: Path
    made: dict[str, Any]

    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(list(arguments))
        written = "".join(capsys.readouterr())
        assert self.ckan.token not in written
        assert "defect" not in written
        return code, written

    def publish(self, capsys: pytest.CaptureFixture[str], release: Path, *options: str) -> tuple[int, str]:
        target = ("--url", self.ckan.url, "--organization", self.name)
        return self.run(capsys, "publish", "ckan", str(release), *target, *options)

    def pull(self, capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> tuple[int, str]:
        given = ("--url", self.ckan.url, "--organization", self.name, "--output", str(folder))
        return self.run(capsys, "pull", "ckan", *given, *options)

    def show(self, name: str) -> Any:
        return self.ckan.act("package_show", id=name)


@pytest.fixture
def organization(ckan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A separate organisation, emptied and removed at the end."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ST_CKAN_TOKEN", ckan.token)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def act(action: str, **data: Any) -> Any:
        answer = ckan.post(action, token=ckan.sysadmin, **data)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    name = f"town-{uuid4().hex[:8]}"
    act("organization_create", name=name, title="Town of Fennwick", description="What *Fennwick* publishes.")
    act("organization_member_create", id=name, username=ckan.act("user_show")["name"], role="editor")
    yield name
    for shown in act("package_search", fq=f"organization:{name}", rows=1000, include_private=True)["results"]:
        act("dataset_purge", id=shown["id"])
    act("organization_purge", id=name)


@pytest.fixture
def town(ckan: Any, organization: str, tmp_path: Path, request: pytest.FixtureRequest) -> Town:
    seed = int(getattr(request, "param", SEEDS[0]))
    made = {each.kind: make_foreign(ckan, organization, each) for each in foreign_datasets(seed, organization)}
    return Town(ckan, organization, tmp_path / "pulled", made)


def visible(shown: Any) -> Any:
    return {key: value for key, value in shown.items() if key not in PASSING}


@pytest.mark.parametrize("town", SEEDS, indirect=True)
def test_a_pulled_catalogue_publishes_nothing(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = tmp_path / "release"
    code, written = town.pull(capsys, town.folder)
    assert code == 0, written
    code, written = town.run(capsys, "check", str(town.folder))
    assert code == 0, written
    code, written = town.run(capsys, "build", str(town.folder), "--output", str(release))
    assert code == 0, written
    code, written = town.publish(capsys, release, "--dry-run", "--exit-code")
    assert code == 0, written
    assert f"{len(town.made)} unchanged" in written
    assert town.publish(capsys, release)[0] == 0
    for kind, before in town.made.items():
        assert visible(town.show(before["id"])) == visible(before), kind
    code, written = town.run(capsys, "verify", "ckan", str(release), "--url", town.ckan.url)
    assert code == 0, written


def edit(folder: Path, dataset: str, before: str, after: str) -> None:
    """Edit the description of a dataset as a publisher does."""
    described = folder / dataset / "dataset.yaml"
    text = described.read_text("utf-8")
    assert before in text
    described.write_text(text.replace(before, after), "utf-8")


def test_only_the_changed_title_is_written(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release, before = tmp_path / "release", {kind: town.show(each["id"]) for kind, each in town.made.items()}
    assert town.pull(capsys, town.folder)[0] == 0
    catalogue = town.folder / "catalogue.yaml"
    catalogue.write_text("# A remark.\n" + catalogue.read_text("utf-8"), "utf-8")
    edit(town.folder, before["germany"]["name"], "Straßenverzeichnis", "Verzeichnis")
    assert town.run(capsys, "build", str(town.folder), "--output", str(release))[0] == 0
    code, written = town.publish(capsys, release, "--dry-run", "--exit-code")
    assert code == 1
    assert f"{len(before) - 1} unchanged" in written
    assert "pulled from it and changed since: title" in written
    code, written = town.run(capsys, "verify", "ckan", str(release), "--url", town.ckan.url)
    assert code == 1
    assert town.publish(capsys, release)[0] == 0
    for kind, each in before.items():
        title = {"title": "Verzeichnis der Stadt Fenn"} if kind == "germany" else {}
        assert visible(town.show(each["id"])) == visible({**each, **title}), kind
        assert (town.show(each["id"])["metadata_modified"] == each["metadata_modified"]) == (not title), kind
    code, written = town.publish(capsys, release, "--dry-run", "--exit-code")
    assert code == 0, written
    code, written = town.run(capsys, "verify", "ckan", str(release), "--url", town.ckan.url)
    assert code == 0, written


def test_texts_keywords_and_licence_are_written_alone(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release, before = tmp_path / "release", town.show(town.made["zurich"]["id"])
    assert town.pull(capsys, town.folder)[0] == 0
    edit(town.folder, before["name"], "Zählung der Bäume", "*Zählung* aller Bäume")
    edit(town.folder, before["name"], "license: CC0", "license: CC_BY_4_0\nkeyword:\n  en: [tree, park]\nversion: '3'")
    assert town.run(capsys, "build", str(town.folder), "--output", str(release))[0] == 0
    assert town.publish(capsys, release)[0] == 0
    after = town.show(before["id"])
    assert after["notes"] == "**Zweck**\n\n*Zählung* aller Bäume.\n\n- Jahr\n- Quartier"
    assert sorted(each["name"] for each in after["tags"]) == ["park", "tree"]
    assert (after["license_id"], after["version"]) == ("cc-by", "3")
    written = {"notes", "tags", "license_id", "license_title", "license_url", "version"}
    rest = {key: value for key, value in visible(after).items() if key not in written}
    assert rest == {key: value for key, value in visible(before).items() if key not in written}
    assert town.publish(capsys, release, "--dry-run", "--exit-code")[0] == 0


def test_adopting_one_dataset_keeps_its_resources(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release, before = tmp_path / "release", town.show(town.made["germany"]["id"])
    assert town.pull(capsys, town.folder)[0] == 0
    catalogue = town.folder / "catalogue.yaml"
    base = f"base: {town.ckan.url}/organization/{town.name}/"
    assert base in catalogue.read_text("utf-8")
    text = catalogue.read_text("utf-8").replace(base, "base: https://data.fennwick.example/")
    catalogue.write_text(text, "utf-8")
    edit(town.folder, before["name"], "- name: value", "- name: value\n          datatype: string")
    assert town.run(capsys, "build", str(town.folder), "--output", str(release))[0] == 0
    code, written = town.publish(capsys, release)
    assert code == 4
    assert "the catalogue was pulled from it; --adopt takes it over" in written
    assert visible(town.show(before["id"])) == visible(before)
    code, written = town.publish(capsys, release, "--adopt")
    assert code == 0, written
    for kind, each in town.made.items():
        assert kind == "germany" or visible(town.show(each["id"])) == visible(each), kind
    after = town.show(before["id"])
    for key in ("name", "title", "notes", "author", "author_email", "url", "version"):
        assert after[key] == before[key], key
    assert after["license_id"] == "https://www.govdata.de/dl-de/by-2-0"  # the portal's list does not have it
    kept = {each["id"]: each for each in after["resources"]}
    for resource in before["resources"]:
        assert kept[resource["id"]]["name"] == f"{resource['name']} (CSV)"  # one of several formats from now on
        assert kept[resource["id"]]["format"] == resource["format"]
    extras = {each["key"]: each["value"] for each in after["extras"]}
    for each in before["extras"]:
        assert extras[each["key"]] == each["value"]
    code, written = town.publish(capsys, release, "--dry-run", "--exit-code")
    assert code == 0, written


def test_adopting_never_deletes_what_was_not_pulled(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release, before = tmp_path / "release", town.show(town.made["datahub"]["id"])
    assert town.pull(capsys, town.folder)[0] == 0
    assert town.run(capsys, "build", str(town.folder), "--output", str(release))[0] == 0
    code, written = town.publish(capsys, release, "--adopt", "--only", before["name"])
    assert code == 4
    assert "--adopt would delete resources that were not pulled: An address to come" in written
    assert visible(town.show(before["id"])) == visible(before)


def test_an_edit_on_the_portal_is_named_and_kept(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = tmp_path / "release"
    assert town.pull(capsys, town.folder)[0] == 0
    assert town.run(capsys, "build", str(town.folder), "--output", str(release))[0] == 0
    leeds = town.made["leeds"]
    town.ckan.act("package_patch", id=leeds["id"], title="Edited there")
    code, written = town.publish(capsys, release)
    assert code == 1
    assert "edited on the portal since it was pulled" in written
    assert town.show(leeds["id"])["title"] == "Edited there"


def test_a_private_dataset_stays_private(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release, hidden = tmp_path / "release", town.made["ireland"]
    town.ckan.act("package_patch", id=hidden["id"], private=True)
    assert town.pull(capsys, town.folder, "--private")[0] == 0
    assert town.run(capsys, "build", str(town.folder), "--output", str(release))[0] == 0
    assert town.publish(capsys, release, "--dry-run", "--exit-code")[0] == 0
    name = town.show(hidden["id"])["name"]
    code, written = town.publish(capsys, release, "--adopt", "--only", name, "--dry-run", "--exit-code")
    assert (code, "Private without a release date" in written) == (1, True), written
    code, written = town.run(capsys, "verify", "ckan", str(release), "--url", town.ckan.url)
    assert code == 0, written


def test_smarter_together_publishes_nothing_after_a_pull(
    ckan: Any, organization: str, tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, release, again = tmp_path / "catalogue", tmp_path / "release", tmp_path / "again"
    shutil.copytree(root / "datasets", source)
    text = (source / "catalogue.yaml").read_text("utf-8")
    text = text.replace("\nid: smarter-together\n", f"\nid: {organization}\n", 1)
    text = text.replace("st-opendata/smarter-together/\n", f"st-opendata/{organization}/\n", 1)
    (source / "catalogue.yaml").write_text(text, "utf-8")
    town = Town(ckan, organization, tmp_path / "pulled", {})
    assert town.run(capsys, "build", str(source), "--output", str(release))[0] == 0
    assert town.publish(capsys, release)[0] == 0
    assert town.pull(capsys, town.folder)[0] == 0
    assert town.run(capsys, "build", str(town.folder), "--output", str(again))[0] == 0
    code, written = town.publish(capsys, again, "--dry-run", "--exit-code")
    assert code == 0, written
    assert json.loads((again / "release.json").read_text("utf-8"))["pulled"]["published"] is True
    datasets = yaml.safe_load((town.folder / "catalogue.yaml").read_text("utf-8"))["datasets"]
    assert f"{len(datasets) + 1} unchanged" in written
    code, written = town.run(capsys, "verify", "ckan", str(again), "--url", ckan.url)
    assert code == 0, written


def test_series_and_editions_come_back(
    ckan: Any, organization: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, release, again = write_town(tmp_path / "catalogue", organization), tmp_path / "release", tmp_path / "again"
    town = Town(ckan, organization, tmp_path / "pulled", {})
    assert town.run(capsys, "build", str(source), "--output", str(release))[0] == 0
    assert town.publish(capsys, release)[0] == 0
    assert town.pull(capsys, town.folder)[0] == 0
    catalogue = yaml.safe_load((town.folder / "catalogue.yaml").read_text("utf-8"))
    assert [(each["id"], each.get("order")) for each in catalogue["series"]] == [("money", "issued"), ("plans", None)]
    edition = yaml.safe_load((town.folder / "budget-2024" / "dataset.yaml").read_text("utf-8"))
    assert edition["editionOf"] == "budget"
    assert "tables" not in edition
    assert [path.name for path in (town.folder / "budget").iterdir()] == ["dataset.yaml"]
    assert town.run(capsys, "build", str(town.folder), "--output", str(again))[0] == 0
    before, after = (Graph().parse(each / "catalog.ttl") for each in (release, again))
    assert set(after) == set(before)
    assert town.publish(capsys, again, "--dry-run", "--exit-code")[0] == 0


def write_town(folder: Path, organization: str) -> Path:
    """A catalogue with two series, and a dataset with two editions."""

    def described(name: str, **keys: Any) -> None:
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "dataset.yaml").write_text(yaml.safe_dump(keys, sort_keys=False), "utf-8")

    def table(name: str) -> list[dict[str, Any]]:
        columns = [{"name": "name", "propertyUrl": "rdfs:label"}, {"name": "amount", "propertyUrl": "rdf:value"}]
        schema = {"aboutUrl": f"{name}/{{name}}", "columns": columns}
        return [{"url": f"{name}.csv", "title": {"en": name}, "tableSchema": schema}]

    described(
        "budget", title={"en": "Budget"}, description={"en": "By department."}, inSeries=[], tables=table("budget")
    )
    for year in (2023, 2024):
        name, period = f"budget-{year}", {"start": year, "end": year}
        described(name, editionOf="budget", version=str(year), temporal=period, issued=f"{year}-01-15")
        (folder / name / "budget.csv").write_text(f"name,amount\na,{year}\n", "utf-8")
    for name, year, series in (("tax", 2022, "money"), ("fees", 2021, "money"), ("plan", 2020, "plans")):
        texts = {"title": {"en": name}, "description": {"en": f"The {name}."}}
        described(name, **texts, issued=f"{year}-01-01", inSeries=[series], tables=table(name))
        (folder / name / f"{name}.csv").write_text("name,amount\na,1\n", "utf-8")
    keys = {
        "id": organization, "base": f"https://data.fennwick.example/{organization}/", "title": {"en": "Fennwick"},
        "description": {"en": "Data."}, "license": "CC_BY_4_0", "language": ["en"], "theme": ["GOVE"],
        "publisher": {"iri": "https://fennwick.example/", "name": {"en": "Fennwick"}, "type": "LocalAuthority"},
        "series": [
            {"id": "money", "title": {"en": "Money"}, "description": {"en": "Money."}, "order": "issued"},
            {"id": "plans", "title": {"en": "Plans"}, "description": {"en": "Plans."}, "accrualPeriodicity": "IRREG"},
        ],
        "datasets": ["budget", "budget-2023", "budget-2024", "fees", "plan", "tax"],
    }  # fmt: skip
    (folder / "catalogue.yaml").write_text(yaml.safe_dump(keys, sort_keys=False), "utf-8")
    return folder
