"""Datasets of others: what comes of their fields and files, and every way in which a file may not come."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from st_opendata.__main__ import main

Pull = Callable[..., tuple[int, str]]
GOOD = b"id,name\n1,Mill Lane\n"


def read(folder: Path, dataset: str = "roads") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / dataset / "dataset.yaml").read_text("utf-8"))
    return found


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("license_id", "code"),
    [
        ("cc-by", "CC_BY"),
        ("cc-by-sa", "CC_BYSA"),
        ("cc-zero", "CC0"),
        ("odc-odbl", "ODC_BL"),
        ("odc-pddl", "ODC_PDDL"),
        ("http://publications.europa.eu/resource/authority/licence/CC_BY_4_0", "CC_BY_4_0"),
        ("https://creativecommons.org/licenses/by/4.0/", "CC_BY_4_0"),
        ("notspecified", None),
        ("other-at", None),
    ],
)
def test_licences_of_ckan(license_id: str, code: str | None, tmp_path: Path, portal: Any, pull: Pull) -> None:
    portal.add("roads", portal.upload("roads.csv", GOOD), license_id=license_id)
    assert pull(tmp_path / "pulled")[0] == 0
    text = (tmp_path / "pulled" / "catalogue.yaml").read_text("utf-8")
    assert yaml.safe_load(text).get("license") == code
    said = f'# The portal has "{license_id}", which is not a code of the EU licence table\n# license: A code'
    assert (said in text) == (code is None)


def test_a_bare_dataset_can_be_checked_and_says_what_is_missing(tmp_path: Path, portal: Any, pull: Pull) -> None:
    portal.add("roads", portal.upload("roads.csv", GOOD))
    code, written = pull(tmp_path / "pulled")
    assert code == 0, written
    assert "The catalogue town is in" in written
    described = (tmp_path / "pulled" / "roads" / "dataset.yaml").read_text("utf-8")
    assert "# The portal has no description: say what the data are about.\ndescription:\n  en: roads\n" in described
    catalogue = (tmp_path / "pulled" / "catalogue.yaml").read_text("utf-8")
    assert "# license: A code of the EU licence table, as CC_BY_4_0.\n" in catalogue
    assert yaml.safe_load(catalogue)["publisher"]["name"] == {"en": "Town of Fennwick"}
    assert main(["check", str(tmp_path / "pulled")]) == 0
    assert main(["build", str(tmp_path / "pulled"), "--output", str(tmp_path / "release")]) in (0, 1)


@pytest.mark.parametrize(
    ("language", "catalogue", "dataset"),
    [
        (
            "fr",
            ["Récupéré depuis", "IRI des jeux de données", "# license: Un code de la table des licences de l’UE"],
            [
                "# Non repris : column.csv : introuvable (statut 404)\n",
                "# Également sur le portail : odd : table\n",
                "# Le portail n’a pas de description : indiquez le sujet des données.\ndescription:\n",
            ],
        ),
        (
            "de",
            ["Abgerufen von", "IRIs von Datensätzen", "# license: Ein Code der EU-Tabelle der Lizenzen"],
            [
                "# Nicht übernommen: column.csv: nicht vorhanden (Status 404)\n",
                "# Außerdem auf dem Portal: odd: table\n",
                "# Das Portal hat keine Beschreibung: Schreiben Sie, wovon die Daten handeln.\ndescription:\n",
            ],
        ),
    ],
)
def test_comments_are_in_the_language_of_the_command_and_what_others_wrote_stays(
    language: str, catalogue: list[str], dataset: list[str], tmp_path: Path, portal: Any, pull: Pull
) -> None:
    missing = {"url": f"{portal.url}/files/none.csv", "name": "column.csv", "url_type": "upload", "format": "CSV"}
    portal.add("roads", portal.upload("roads.csv", GOOD), missing, extras=[{"key": "odd", "value": "table"}])
    assert pull(tmp_path / "pulled", "--lang", language)[0] == 1
    for file, comments in (("catalogue.yaml", catalogue), ("roads/dataset.yaml", dataset)):
        text = (tmp_path / "pulled" / file).read_text("utf-8")
        assert [comment for comment in comments if comment not in text] == []
        assert not re.search("^# .*(the|The) ", text, re.MULTILINE)
    assert read(tmp_path / "pulled")["title"] == {"en": "roads"}


def test_fields_of_a_plain_ckan_and_of_fluent_are_read(tmp_path: Path, portal: Any, pull: Pull) -> None:
    portal.add(
        "roads",
        portal.upload("roads.csv", GOOD, description="All *roads*"),
        title="Roads",
        title_translated={"en": "Roads", "de": "Straßen", "not a tag": "?"},
        notes="Roads & ways.\r\n\r\nSecond\x00 paragraph.",
        keywords={"en": ["road"], "de": ["Straße"]},
        author="Jo",
        maintainer="Data desk",
        maintainer_email="desk@example.org",
        license_id="dl-de-by",
        license_url="https://www.govdata.de/dl-de/by-2-0",
        groups=[{"name": "streets", "title": "Streets & squares"}],
        metadata_created="2024-05-01T10:00:00",
        metadata_modified="2024-06-01T10:00:00",
        extras=[
            {"key": "frequency", "value": "annual"},
            {"key": "theme", "value": json.dumps(["http://publications.europa.eu/resource/authority/data-theme/TRAN"])},
            {"key": "publisher_uri", "value": "https://example.org/office"},
            {"key": "publisher_name", "value": "Office"},
            {"key": "temporal_start", "value": "2020-13-45"},
            {"key": "spatial_text", "value": "Fennwick"},
            {"key": "conforms_to", "value": "https://example.org/a\nhttps://example.org/b"},
            {"key": "access_rights", "value": "http://["},
            {"key": "identifier", "value": "R-1"},
            {"key": "odd", "value": "line\n# one\u2028key: two"},
        ],
    )
    assert pull(tmp_path / "pulled")[0] == 0
    found = read(tmp_path / "pulled")
    assert found["title"] == {"en": "Roads", "de": "Straßen"}
    assert found["description"] == {"en": "Roads & ways.\n\nSecond paragraph."}
    assert found["keyword"] == {"en": ["road"], "de": ["Straße"]}
    assert found["publisher"] == {"iri": "https://example.org/office", "name": {"en": "Office"}}
    assert [each["url"] for each in found["conformsTo"]] == ["https://example.org/a", "https://example.org/b"]
    assert found["theme"] == ["TRAN"]
    catalogue = yaml.safe_load((tmp_path / "pulled" / "catalogue.yaml").read_text("utf-8"))
    assert catalogue["contactPoint"] == {"name": {"en": "Data desk"}, "email": "desk@example.org"}
    assert {key: catalogue[key] for key in ("license", "accrualPeriodicity")} == {
        "license": "DLDE_BY_2_0",
        "accrualPeriodicity": "ANNUAL",
    }
    text = (tmp_path / "pulled" / "roads" / "dataset.yaml").read_text("utf-8")
    assert "# Also on the portal: odd: line # one key: two\n" in text
    assert "# Also on the portal: groups: Streets & squares\n" in text
    assert "# Also on the portal: identifier: R-1\n" in text
    everywhere = text + (tmp_path / "pulled" / "catalogue.yaml").read_text("utf-8")
    assert 'Fennwick": write iri' in everywhere
    assert "2020-13-45" in everywhere
    assert main(["check", str(tmp_path / "pulled")]) == 0


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((404, {}, b""), "it is not there (status 404)"),
        ((403, {}, b""), "it is not open (status 403)"),
        ((500, {}, b"<html>"), "the server refused or failed (status 500)"),
        ((302, {"Location": "https://elsewhere.example/roads.csv"}, b""), "it redirects to https://elsewhere"),
        ((302, {"Location": "/files/roads.csv"}, b""), "it redirects without end"),
        ((200, {"Content-Length": "900"}, b"id,name\n"), "it could not be downloaded: the answer broke off"),
        ((200, {}, b"id,name\n" + b"1,x\n" * 300), "it is too large: 1,208 bytes, the limit is 1,000"),
        ((200, {}, b""), "The file of this table is empty."),
    ],
)
def test_a_file_that_does_not_come_is_named_and_the_rest_is_pulled(
    answer: Any, says: str, tmp_path: Path, *, portal: Any, pull: Pull
) -> None:
    portal.add("roads", portal.upload("roads.csv", GOOD), portal.upload("good.csv", GOOD), title="Roads")
    portal.files["/files/roads.csv"] = answer
    code, written = pull(tmp_path / "pulled", "--max-file", "1000")
    assert code == 1
    assert f"Not pulled: roads/roads.csv: {says}" in written or (
        says in written and "Not pulled: roads/roads.csv" in written
    )
    assert "# Not pulled: roads.csv: " in (tmp_path / "pulled" / "roads" / "dataset.yaml").read_text("utf-8")
    assert sorted(path.name for path in (tmp_path / "pulled" / "roads").iterdir()) == ["dataset.yaml", "good.csv"]
    assert main(["check", str(tmp_path / "pulled")]) == 0


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("content", "says", "stated"),
    [
        (b"PK\x03\x04 and more", "not a CSV file but an Excel or OpenDocument workbook", "ZIP"),
        (b"<!doctype html><p>Sign in", "not a CSV file but a web page or XML file.", "HTML"),
        (b"id,name\n1,\x00\n", "NUL", "OCTET"),
        (b"id,name\n1,\xc3\xa9\n2,\x81\n", "0x81", None),
        (b"\n\n1,2\n", "its first line is empty", None),
        (b"id,name\n1,a\n2,b,c\n", "row 3 has more or fewer cells than the header", None),
        (b"Votes;;\n;;\nWard;Votes;Share\nNorth;1200;45\n", "row 3 has a value in a column without a title", None),
    ],
)
def test_a_csv_file_that_is_no_table_is_kept_as_a_file(
    content: bytes, says: str, stated: str | None, *, tmp_path: Path, portal: Any, pull: Pull
) -> None:
    portal.add("roads", portal.upload("roads.csv", content), portal.upload("good.csv", GOOD), title="Roads")
    code, written = pull(tmp_path / "pulled")
    assert code == 0
    assert "roads/roads.csv is kept as a file, because it is not a table: " in written
    assert says in written
    assert (tmp_path / "pulled" / "roads" / "roads.csv").read_bytes() == content
    files = read(tmp_path / "pulled")["files"]
    assert [(each["path"], each.get("format")) for each in files] == [("roads.csv", stated)]
    assert main(["check", str(tmp_path / "pulled")]) == 0


def test_a_column_without_title_and_values_has_no_title_here(tmp_path: Path, portal: Any, pull: Pull) -> None:
    portal.add("roads", portal.upload("roads.csv", b"id,name,\n1,a,\n2,b, \n"))
    assert pull(tmp_path / "pulled")[0] == 0
    columns = read(tmp_path / "pulled")["tables"][0]["tableSchema"]["columns"]
    assert columns == [{"name": "id"}, {"name": "name"}, {"name": "column_3", "titles": ""}]
    assert main(["check", str(tmp_path / "pulled")]) == 0


def test_files_and_links_are_pulled_as_such(tmp_path: Path, portal: Any, pull: Pull) -> None:
    pdf = b"%PDF-1.4 plan"
    portal.add(
        "plans",
        portal.upload("Plan%20%C3%9Cbersicht.pdf", pdf, format="PDF", name="Plan"),
        portal.upload("data.zip", b"PK\x05\x06" + bytes(18), format="ZIP"),
        {"id": "w", "url": "https://geo.example/wms?service=WMS", "format": "WMS", "name": "Map"},
        {"id": "a", "url": "https://api.example/v1/", "format": "API", "name": "API"},
        {"id": "p", "url": "https://www.example/page", "format": "", "name": "Page", "description": "About it"},
        {"id": "c", "url": "https://www.example/a.xlsx", "format": "XLSX", "name": "Sheet"},
        title="Plans",
    )
    code, written = pull(tmp_path / "pulled")
    assert (code, "Not pulled" in written) == (0, False)
    dataset = yaml.safe_load((tmp_path / "pulled" / "plans" / "dataset.yaml").read_text("utf-8"))
    assert "tables" not in dataset
    assert [each["path"] for each in dataset["files"]] == ["Plan \u00dcbersicht.pdf", "data.zip"]
    assert [(each.get("service"), each.get("format")) for each in dataset["links"]] == [
        ("WMS", None),
        ("REST", None),
        (None, None),
        (None, "XLSX"),
    ]
    assert dataset["links"][2]["description"] == {"en": "About it"}
    assert main(["check", str(tmp_path / "pulled")]) == 0


def test_a_file_is_compared_with_size_and_digest_of_the_portal(tmp_path: Path, portal: Any, pull: Pull) -> None:
    portal.add(
        "roads",
        portal.upload("good.csv", GOOD),
        portal.upload("other.csv", GOOD, hash="0" * 64),
        portal.upload("large.csv", GOOD, size=10_000_000_000),
    )
    code, written = pull(tmp_path / "pulled")
    assert code == 1
    assert "other.csv: its SHA-256 is" in written
    assert "large.csv: it is too large: 10,000,000,000 bytes, the limit is 1,000,000,000" in written
    assert "/files/large.csv" not in [path for path, _ in portal.asked]


def test_links_are_fetched_only_when_asked_for(tmp_path: Path, portal: Any, pull: Pull) -> None:
    elsewhere = portal.url.replace("127.0.0.1", "localhost") + "/files/roads.csv"
    portal.add("roads", portal.upload("roads.csv", GOOD), {"url": elsewhere, "format": "text/csv", "name": "Linked"})
    portal.datasets[0]["resources"].append({"id": "x", "url": "file:///etc/passwd", "format": "CSV", "name": "Local"})
    code, written = pull(tmp_path / "pulled")
    assert code == 0
    assert "Left on other sites (--links downloads them): 2 files." in written
    code, written = pull(tmp_path / "linked", "--links")
    assert code == 0
    assert [table["url"] for table in read(tmp_path / "linked")["tables"]] == ["roads.csv", "roads-roads.csv"]
    assert "# Not pulled: Local: " in (tmp_path / "linked" / "roads" / "dataset.yaml").read_text("utf-8")


@pytest.mark.slow
def test_names_of_the_portal_never_leave_the_folder(tmp_path: Path, portal: Any, pull: Pull) -> None:
    csv = {"format": "CSV", "url_type": "upload"}
    portal.files["/files/..%2F..%2Fevil.csv"] = portal.files["/files/%2e%2e"] = (200, {}, GOOD)
    for name in ("../../evil", "..", "/etc/x", "Évil", "schema", "story", "con trees", "con-trees", "con_trees"):
        portal.add(name, {**csv, "url": f"{portal.url}/files/..%2F..%2Fevil.csv", "name": "../../evil.csv"})
    for name in ("facts", "croissant"):
        portal.files[f"/files/{name}.csv"] = (200, {}, GOOD)
        own = {**csv, "id": name, "url": f"{portal.url}/files/{name}.csv", "name": name}
        portal.datasets[0]["resources"].append(own)
    code, written = pull(tmp_path / "deep" / "pulled")
    assert code == 0, written
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["pulled"]
    names = {path.name for path in (tmp_path / "deep" / "pulled").iterdir()} - {"catalogue.yaml", "pulled.json"}
    assert names == {
        "evil",
        "dataset",
        "etc-x",
        "evil-2",
        "schema-2",
        "story-2",
        "con-trees",
        "con-trees-2",
        "con-trees-3",
    }
    assert "To be corrected" not in written
    assert main(["check", str(tmp_path / "deep" / "pulled")]) == 0


def test_only_the_portal_gets_the_token_and_only_for_private_datasets(tmp_path: Path, portal: Any, pull: Pull) -> None:
    elsewhere = portal.url.replace("127.0.0.1", "localhost") + "/files/roads.csv"
    portal.add("roads", portal.upload("roads.csv", GOOD), {"url": elsewhere, "format": "CSV", "name": "Linked"})
    assert pull(tmp_path / "open", "--links")[0] == 0
    assert {token for _, token in portal.asked} == {None}
    portal.asked.clear()
    portal.actions["organization_list_for_user"] = 200, {}, b'{"success": true, "result": [{"name": "town"}]}'
    assert pull(tmp_path / "private", "--private", "--links")[0] == 0
    fetched = [token for path, token in portal.asked if path == "/files/roads.csv"]
    assert sorted(fetched, key=str) == [None, "secret-token"]
    assert any("include_private=True" in path for path, _ in portal.asked)
    portal.actions["organization_list_for_user"] = 200, {}, b'{"success": true, "result": []}'
    code, written = pull(tmp_path / "refused", "--private")
    assert code == 4
    assert "the token gives no access to the private datasets" in written


@pytest.mark.parametrize(
    ("action", "answer", "code", "says"),
    [
        ("status_show", (200, {}, b"<title>Home</title>"), 4, "the answer is not from CKAN's API"),
        ("status_show", (301, {"Location": "https://portal.example/api/action/status_show"}, b""), 4, "redirects to"),
        (
            "status_show",
            (200, {}, b'{"success": true, "result": {}}'),
            4,
            "not a CKAN site: status_show returned no version",
        ),
        ("package_search", (200, {}, b'{"success": true, "result": {"count": 1}}'), 4, "is not as CKAN gives it"),
        ("package_search", (200, {}, b'{"success": true, "result": {"count": 0, "results": []}}'), 4, "has no dataset"),
        ("package_search", (500, {}, b"<title>Oops</title>"), 4, "the portal answered 500"),
    ],
)
def test_what_is_no_portal_gives_one_clear_message(
    action: str, answer: Any, code: int, *, says: str, tmp_path: Path, portal: Any, pull: Pull
) -> None:
    portal.actions[action] = answer
    found, written = pull(tmp_path / "pulled")
    assert found == code
    assert says in written
    assert written.count("Error: ") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_organisation_that_is_not_there_is_told_with_those_that_are(tmp_path: Path, portal: Any, pull: Pull) -> None:
    missing = {"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}}
    portal.actions["organization_show"] = 404, {}, json.dumps(missing).encode()
    portal.actions["organization_list"] = 200, {}, b'{"success": true, "result": ["city", "county"]}'
    code, written = pull(tmp_path / "pulled")
    assert code == 4
    assert 'no organisation "town"\n  Name one of its organisations: city, county.' in written


def test_datasets_without_tables_are_listed(tmp_path: Path, portal: Any, pull: Pull) -> None:
    portal.add("plans", {"url": "file:///a.pdf", "format": "PDF", "name": "Plan"}, title="Plans")
    code, written = pull(tmp_path / "pulled")
    assert code == 4
    assert "no dataset there has a table, file or link that came\n  plans/Plan: it is not a CSV table" in written
    portal.add("roads", portal.upload("roads.csv", GOOD))
    code, written = pull(tmp_path / "pulled", "--json")
    assert code == 0
    result = json.JSONDecoder().raw_decode(written)[0]
    assert [(each["dataset"], each["kind"]) for each in result["left"]] == [
        ("plans", "no table"),
        ("plans", "without tables"),
    ]
    assert "# Not pulled: plans: it has no table, file or link that came" in (
        tmp_path / "pulled" / "catalogue.yaml"
    ).read_text("utf-8")


def test_few_requests_are_made(tmp_path: Path, portal: Any, pull: Pull) -> None:
    for number in range(600):
        portal.add(f"set-{number:03}", {"url": f"{portal.url}/a.pdf", "format": "PDF", "name": "Plan"})
    portal.add("roads", portal.upload("roads.csv", GOOD))
    assert pull(tmp_path / "pulled")[0] == 0
    assert len(portal.asked) == 2 + 3 + 1  # the portal and its organisation, three pages, one file


@pytest.mark.slow
def test_a_pull_that_is_killed_leaves_nothing_that_the_next_does_not_replace(
    tmp_path: Path, portal: Any, pull: Pull
) -> None:
    portal.add("roads", portal.upload("first.csv", GOOD), portal.upload("roads.csv", GOOD))
    portal.stalls_at = "/files/roads.csv"
    command = [sys.executable, "-m", "st_opendata", "pull", "ckan", "--url", portal.url, "--organization", "town"]
    with subprocess.Popen([*command, "--output", str(tmp_path / "pulled")]) as process:
        assert portal.stalled.wait(30)
        process.kill()
    assert {path.name for path in tmp_path.iterdir()} <= {".pulled.building", ".pulled.lock"}
    portal.stalls_at = ""
    portal.goes_on.set()
    assert pull(tmp_path / "pulled")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["pulled"]
    assert main(["check", str(tmp_path / "pulled")]) == 0


def test_a_url_that_is_none_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["pull", "ckan", "--url", "portal", "--organization", "x", "--output", str(tmp_path / "pulled")])
    assert code == 2
    assert '"portal" is not an http(s) URL' in capsys.readouterr().err
