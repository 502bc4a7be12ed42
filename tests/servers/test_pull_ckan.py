"""Pulling from a real CKAN: our own catalogues come back as they were, others' as a catalogue to start from."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyoxigraph as ox
import pytest
import yaml
from reported import findings
from tiny import build_enriched

from st_opendata.__main__ import main

pytestmark = pytest.mark.xdist_group("ckan")

Pull = Callable[..., tuple[int, str]]
BY_PREFIXES = {".ttl", ".rdf", ".jsonld"}
"""Files that spell IRIs with the catalogue's own prefixes, which no portal has."""


@pytest.fixture
def organization(ckan: Any) -> Iterator[str]:
    """A separate organisation in which the editor may write; emptied and removed at the end."""
    if ckan.state is None:
        pytest.skip("an organisation can only be made on the CKAN that `make ckan` started")
    token = (ckan.state / "sysadmin.token").read_text("ascii").strip()
    name = f"pull-{uuid4().hex[:8]}"

    def act(action: str, **data: Any) -> Any:
        answer = ckan.post(action, token=token, **data)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    editor = ckan.act("user_show")["name"]
    act("organization_create", name=name, title="Town of Fennwick", description="What *Fennwick* publishes.")
    act("organization_member_create", id=name, username=editor, role="editor")
    yield name
    for shown in act("package_search", fq=f"organization:{name}", rows=1000, include_private=True)["results"]:
        act("dataset_purge", id=shown["id"])
    act("organization_purge", id=name)


@pytest.fixture
def pull(ckan: Any, organization: str, capsys: pytest.CaptureFixture[str]) -> Pull:
    """Run the command; its exit code and all it wrote, in which the token never stands."""

    def run(output: Path, *options: str) -> tuple[int, str]:
        capsys.readouterr()
        given = ["--url", ckan.url, "--organization", organization, "--output", str(output)]
        code = main(["pull", "ckan", *given, *options])
        written = "".join(capsys.readouterr())
        assert ckan.token not in written
        assert "defect" not in written
        return code, written

    return run


@pytest.fixture(autouse=True)
def environment(ckan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ST_CKAN_TOKEN", ckan.token)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def publish(ckan: Any, organization: str, release: Path) -> None:
    assert main(["publish", "ckan", str(release), "--url", ckan.url, "--organization", organization]) == 0


def statements(path: Path) -> set[str]:
    return {
        f"{each.subject} {each.predicate} {each.object}" for each in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
    }


def differing(one: Path, other: Path) -> set[str]:
    """The files of two releases that are not the same, byte by byte."""
    files = [
        {p.relative_to(each).as_posix(): p.read_bytes() for p in each.rglob("*") if p.is_file()}
        for each in (one, other)
    ]
    return {path for path in files[0].keys() | files[1].keys() if files[0].get(path) != files[1].get(path)}


def test_a_published_catalogue_comes_back_as_it_was(ckan: Any, organization: str, pull: Pull, tmp_path: Path) -> None:
    release = build_enriched(tmp_path, organization)
    publish(ckan, organization, release)
    code, written = pull(tmp_path / "pulled")
    assert code == 0, written
    assert f"The catalogue {organization} is in" in written
    assert main(["build", str(tmp_path / "pulled"), "--output", str(tmp_path / "again")]) == 0
    # Lost are the order of keywords and sources, the sum of the source files, and which dialect they had.
    described = {"release.json", "ro-crate-metadata.json", "places/schema.jsonld", "says/schema.jsonld"}
    assert differing(release, tmp_path / "again") <= {*described, "report.json", "report.ttl"}
    assert findings(release) == findings(tmp_path / "again")


def test_smarter_together_comes_back_as_it_was(
    ckan: Any, organization: str, pull: Pull, tmp_path: Path, root: Path
) -> None:
    source, release, again = tmp_path / "catalogue", tmp_path / "release", tmp_path / "again"
    shutil.copytree(root / "datasets", source)
    text = (source / "catalogue.yaml").read_text("utf-8")
    text = text.replace("\nid: smarter-together\n", f"\nid: {organization}\n", 1)
    text = text.replace("st-opendata/smarter-together/\n", f"st-opendata/{organization}/\n", 1)
    (source / "catalogue.yaml").write_text(text, "utf-8")
    assert main(["build", str(source), "--output", str(release)]) == 0
    publish(ckan, organization, release)
    code, written = pull(tmp_path / "pulled")
    assert code == 0, written
    assert main(["build", str(tmp_path / "pulled"), "--output", str(again)]) == 0
    # Story and questions belong to the catalogue folder; no dataset on a portal carries them.
    different = {path for path in differing(release, again) if not path.startswith(("story/", "questions/"))}
    assert not {path for path in different if path.endswith((".nt", ".csv", ".csv-metadata.json"))}
    different = {path for path in different if not path.endswith("croissant.json")}  # which has the sum of each file
    tables = {path for path in different if path.endswith((".parquet", ".json", ".xlsx", ".ods")) and "/" in path}
    # These note the French headers of the file that was, and so do the files of the predicates that it states.
    assert {path for path in tables if not path.startswith("facts/")} == {"funding/facts.parquet"}
    prefixed = {path for path in different if Path(path).suffix in BY_PREFIXES and "schema.jsonld" not in path}
    sizes = "http://www.w3.org/ns/dcat#byteSize", "http://spdx.org/rdf/terms#checksumValue"
    for changed in statements(release / "catalog.ttl") ^ statements(again / "catalog.ttl"):
        assert any(size in changed for size in sizes), changed
        assert any(f"/distribution/{path}" in changed for path in prefixed | tables), changed


@pytest.fixture
def foreign(ckan: Any, organization: str) -> Callable[..., str]:
    """Make a dataset as others do, with files to upload and links; its name."""

    def make(name: str, files: dict[str, bytes], links: tuple[str, ...] = (), **fields: Any) -> str:
        shown = ckan.act(
            "package_create", name=f"{organization}-{name}", owner_org=organization, **{"notes": "Words.", **fields}
        )
        for file, content in files.items():
            answer = ckan.post(
                "resource_create",
                token=ckan.token,
                files={"upload": (file, content)},
                package_id=shown["id"],
                name=file,
                format=file.rpartition(".")[2].upper(),
            )
            assert answer.status_code == 200, answer.text
        for url in links:
            ckan.act("resource_create", package_id=shown["id"], url=url, name=url, format="CSV")
        return str(shown["name"])

    return make


def test_datasets_of_others_become_a_catalogue_to_start_from(
    ckan: Any, organization: str, pull: Pull, foreign: Callable[..., str], tmp_path: Path
) -> None:
    trees = "Baum Nr.;Größe (m);Straße\n1;2,5;Hauptstraße\n2;3;Am Platz\n".encode("windows-1252")
    name = foreign(
        "trees_of-2024",
        {"Bäume 2024.csv": trees, "roads.csv": b"\xef\xbb\xbfid,name\n1,Mill Lane\n", "page.pdf": b"%PDF-1.4",
         "broken.csv": b"<!DOCTYPE html><html></html>", "empty.csv": b"\n"},
        ("https://elsewhere.example/more.csv",),
        title="Trees", notes="Trees \\* and *streets*.", tags=[{"name": "trees"}], license_id="cc-by-sa",
        frequency="http://publications.europa.eu/resource/authority/frequency/ANNUAL",
        theme=["http://publications.europa.eu/resource/authority/data-theme/ENVI", "https://example.org/odd"],
        contact=[{"name": "Data desk", "email": "desk@example.org"}],
        publisher=[{"name": "Parks"}],
        spatial_coverage=[{"uri": "https://sws.geonames.org/1/", "text": "Fennwick"}, {"text": "Nowhere"}],
        temporal_coverage=[{"start": "2024-01-01", "end": "2024-12-31"}],
        extras=[{"key": "odd", "value": "Kept as a comment: yes"}],
    )  # fmt: skip
    foreign("plain", {"roads.csv": b"id\tlength\n1\t5\n"}, title="Plain")
    foreign("only-pdf", {"a.pdf": b"%PDF"}, title="Only a PDF")
    code, written = pull(tmp_path / "pulled")
    assert code == 0, written
    assert "broken.csv is kept as a file, because it is not a table" in written
    assert "empty.csv is kept as a file, because it is not a table" in written
    described = (tmp_path / "pulled" / name.replace("_", "-") / "dataset.yaml").read_text("utf-8")
    read = yaml.safe_load(described)
    assert read["title"] == {"en": "Trees"}
    assert read["license"] == "CC_BYSA"
    assert read["theme"] == ["ENVI"]
    assert read["accrualPeriodicity"] == "ANNUAL"
    assert read["publisher"]["name"] == {"en": "Parks"}
    assert {each["path"] for each in read["files"]} == {"page.pdf", "broken.csv", "empty.csv"}
    assert [each["url"] for each in read["links"]] == ["https://elsewhere.example/more.csv"]
    assert main(["build", str(tmp_path / "pulled"), "--output", str(tmp_path / "release")]) in (0, 1)


def test_types_and_labels_of_the_datastore_are_used_where_the_cells_bear_them_out(
    ckan: Any, organization: str, pull: Pull, foreign: Callable[..., str], tmp_path: Path
) -> None:
    rows = [{"site": "a", "homes": 12, "opened": "2024-04-15T00:00:00", "area": 1.5}]
    name = foreign("sites", {"sites.csv": b"site,homes,opened,area\na,12,15.4.2024,1.5\n"}, title="Sites")
    (resource,) = ckan.act("package_show", id=name)["resources"]
    types = {"site": "text", "homes": "int4", "opened": "timestamp", "area": "numeric"}
    fields = [{"id": key, "type": kind, "info": {"label": key.title(), "notes": "N"}} for key, kind in types.items()]
    ckan.act("datastore_create", resource_id=resource["id"], force=True, fields=fields, records=rows)
    assert pull(tmp_path / "pulled")[0] == 0
    described = yaml.safe_load((tmp_path / "pulled" / name / "dataset.yaml").read_text("utf-8"))
    columns = {each["name"]: each for each in described["tables"][0]["tableSchema"]["columns"]}
    assert {key: each.get("datatype") for key, each in columns.items()} == {
        "site": None, "homes": "integer", "opened": None, "area": "decimal",
    }  # fmt: skip
    assert columns["homes"]["titles"] == {"en": "Homes"}
    assert columns["homes"]["description"] == {"en": "N"}
    assert main(["check", str(tmp_path / "pulled")]) == 0


def test_private_datasets_are_pulled_only_when_asked_for(
    ckan: Any, pull: Pull, foreign: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign("open", {"roads.csv": b"id\n1\n"}, title="Open")
    hidden = foreign("hidden", {"plans.csv": b"id\n1\n"}, title="Hidden", private=True)
    assert pull(tmp_path / "open")[0] == 0
    assert not (tmp_path / "open" / hidden).exists()
    assert pull(tmp_path / "all", "--private")[0] == 0
    assert (tmp_path / "all" / hidden / "plans.csv").read_bytes() == b"id\n1\n"
    monkeypatch.setenv("ST_CKAN_TOKEN", "no-such-token")
    code, written = pull(tmp_path / "none", "--private")
    assert code == 4
    assert "the token gives no access" in written
    assert "no-such-token" not in written
