"""Our own catalogues, back from a portal: byte for byte, and what happens when the portal lacks a part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from plans import write_plans
from reported import findings

from st_opendata.__main__ import main

REPORTS = {"report.json", "report.ttl"}
ORDER_IS_LOST = {"release.json", "ro-crate-metadata.json", "places/schema.jsonld", "says/schema.jsonld"}

CATALOGUE = """\
id: odd
base: https://example.org/odd/
site: https://files.example.org/
title: {en: Odd}
description: {en: Everything that a description can say.}
publisher: {iri: "https://example.org/publisher", name: {en: Office}}
contactPoint: {name: {en: Office}, url: "https://example.org/contact"}
license: CC_BY_4_0
rights: {en: Free to use.}
keyword: {en: [one]}
theme: [REGI]
spatial:
  - {iri: "https://sws.geonames.org/1/", label: {en: One}, bbox: [4.5, 45.25, 5, 46], nuts: FRK26}
  - {iri: "https://sws.geonames.org/2/", label: {en: Two}, nuts: DE212}
issued: 2020-02-01
datasets: [alpha, beta]
"""
ALPHA = """\
title: {en: "Alpha: it's #1", fr: "Alpha\\nen deux lignes"}
description: {en: "Yes, no, 12:30 and 1e3."}
license: CC0
theme: []
keyword: {}
accrualPeriodicity: ANNUAL
temporal: {start: 2020-01-01}
source:
  - {url: "https://example.org/page", label: {en: First name}}
tables:
  - url: lists.csv
    title: Lists
    description: {en: Lists of things.}
    tableSchema:
      aboutUrl: "thing/{id}"
      primaryKey: [id, kind]
      foreignKeys:
        - {columnReference: others, reference: {resource: beta/other.csv, columnReference: code}}
        - {columnReference: one, reference: {resource: beta/other.csv, columnReference: code}}
      columns:
        - {name: id, required: true, datatype: {base: string, format: "[a-z]+", maxLength: "5"}}
        - {name: kind, titles: Kind}
        - {name: others, separator: ";", propertyUrl: "dct:relation", valueUrl: "other/{others}"}
        - {name: words, separator: "|", lang: de-AT, propertyUrl: "skos:altLabel"}
        - {name: one, propertyUrl: "dct:source", valueUrl: "other/{one}"}
        - {name: silent, propertyUrl: "dct:title", suppressOutput: true}
        - {name: amount, datatype: {base: decimal, minimum: "-1.5", format: {decimalChar: ",", groupChar: " "}},
           propertyUrl: "schema:value"}
        - {name: day, datatype: {base: date, format: d.M.yyyy}, propertyUrl: "dct:date"}
        - {name: flag, datatype: {base: boolean, format: Y|N}, propertyUrl: "schema:isAccessibleForFree"}
        - {name: gap, "null": ["-", "n/a"], propertyUrl: "rdfs:comment", aboutUrl: "row/{_row}"}
        - {name: page, propertyUrl: "schema:url", valueUrl: "{+page}"}
        - {virtual: true, name: kindOf, propertyUrl: "rdf:type", valueUrl: "schema:Thing"}
        - {virtual: true, name: same, propertyUrl: "schema:name", default: Same}
"""
LISTS = """\
id,kind,others,words,one,silent,amount,day,flag,gap,page
a,x,p;q,eins|zwei,p,quiet,"1 250,50",1.2.2020,Y,-,eurio:Project
b,y,,,q,,"-0,5",,N, spaced,https://example.org/b
"""
BETA = """\
title: {en: Beta}
description: {en: Others.}
source:
  - {url: "https://example.org/page", label: {en: Second name}}
tables:
  - url: other.csv
    tableSchema:
      columns:
        - {name: code, required: true, propertyUrl: "skos:notation"}
        - {name: label, titles: Label, propertyUrl: "rdfs:label"}
"""
OTHER = "code,Label\np,P\nq,Q\n"


def write(folder: Path) -> Path:
    files = {
        "catalogue.yaml": CATALOGUE, "alpha/dataset.yaml": ALPHA, "alpha/lists.csv": LISTS,
        "beta/dataset.yaml": BETA, "beta/other.csv": OTHER,
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def differing(one: Path, other: Path) -> set[str]:
    files = [
        {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (one, other)
    ]
    return {path for path in files[0].keys() | files[1].keys() if files[0].get(path) != files[1].get(path)}


def build(catalogue: Path, output: Path) -> Path:
    assert main(["build", str(catalogue), "--output", str(output)]) == 0
    return output


Pull = Callable[..., tuple[int, str]]
Put = Callable[[Path], None]


@pytest.mark.slow
def test_the_enriched_catalogue_builds_the_same_release(
    release: Path, tmp_path: Path, pull: Pull, put_release: Put
) -> None:
    put_release(release)
    code, written = pull(tmp_path / "pulled")
    assert code == 0, written
    again = build(tmp_path / "pulled", tmp_path / "again")
    assert differing(release, again) <= {*ORDER_IS_LOST, *REPORTS}
    assert findings(release) == findings(again)


@pytest.mark.slow
def test_everything_that_a_description_can_say_builds_the_same_release(
    tmp_path: Path, pull: Pull, put_release: Put
) -> None:
    release = build(write(tmp_path / "odd"), tmp_path / "release")
    put_release(release)
    code, written = pull(tmp_path / "pulled")
    assert code == 0, written
    again = build(tmp_path / "pulled", tmp_path / "again")
    # What cannot come back: prefixes in cells, headers of the files that were, the order of sources.
    tables = {"alpha/lists.json", "alpha/lists.parquet", "odd.sqlite"}
    files = {*tables, *(f"{name}/{name}.{end}" for name in ("alpha", "beta") for end in ("xlsx", "ods"))}
    files |= {"beta/facts.parquet", "facts/label.parquet"}
    files |= {"report.json", "report.ttl"}  # what the rules for cells changed is not changed again
    described = {"catalog.ttl", "catalog.rdf", "catalog.jsonld", "ro-crate-metadata.json"}
    described |= {f"{name}/{file}" for name in ("alpha", "beta") for file in ("schema.jsonld", "croissant.json")}
    assert differing(release, again) <= {"release.json", *files, *described}
    for changed in statements(release / "catalog.ttl") ^ statements(again / "catalog.ttl"):
        assert any(name in changed for name in ("byteSize", "checksumValue")), changed
        assert any(f"/distribution/{file}" in changed for file in files), changed


@pytest.mark.slow
def test_files_and_links_build_the_same_release(tmp_path: Path, pull: Pull, put_release: Put) -> None:
    folder = write_plans(tmp_path / "plans")
    deep = folder / "plans" / "docs" / "\u00dcbersicht 100 %.txt"
    deep.parent.mkdir()
    deep.write_text("x\n", "utf-8")
    described = folder / "plans" / "dataset.yaml"
    text = described.read_text("utf-8").replace("links:", f"  - path: docs/{deep.name}\nlinks:")
    described.write_text(text, "utf-8")
    release = build(folder, tmp_path / "release")
    put_release(release)
    code, written = pull(tmp_path / "pulled")
    assert code == 0, written
    again = build(tmp_path / "pulled", tmp_path / "again")
    assert statements(release / "catalog.ttl") == statements(again / "catalog.ttl")
    assert differing(release, again) <= {"release.json", "plans/schema.jsonld", "plans/croissant.json", *REPORTS}


def statements(path: Path) -> set[str]:
    return {
        f"{each.subject} {each.predicate} {each.object}" for each in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
    }


def test_the_folder_is_written_once_and_says_what_it_is(
    release: Path, tmp_path: Path, pull: Pull, put_release: Put
) -> None:
    put_release(release)
    assert pull(tmp_path / "pulled")[0] == 0
    catalogue = (tmp_path / "pulled" / "catalogue.yaml").read_text("utf-8")
    assert catalogue.startswith("# Pulled from http://127.0.0.1:")
    assert "&" not in catalogue.replace("R&D", "")
    assert "centroid:\n      - 45.74906\n      - 4.84789\n    nuts: FRK26\n" in catalogue
    code, written = pull(tmp_path / "pulled")
    assert code == 3
    assert "is not empty; nothing was changed" in written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pulled"]


def test_a_table_that_does_not_come_is_named_and_keys_to_it_are_dropped(
    release: Path, tmp_path: Path, pull: Pull, put_release: Put, portal: Any
) -> None:
    put_release(release)
    (path,) = (path for path in portal.files if path.endswith("/countries.csv"))
    portal.files[path] = (404, {}, b"")
    code, written = pull(tmp_path / "pulled")
    assert code == 1
    assert "Not pulled: places/countries.csv: it is not there (status 404)" in written
    described = (tmp_path / "pulled" / "places" / "dataset.yaml").read_text("utf-8")
    assert "# Not pulled: countries.csv: it is not there (status 404)" in described
    assert "# cities.csv: the key to countries.csv, not pulled, is left out" in described
    assert main(["check", str(tmp_path / "pulled")]) == 0


def test_a_table_without_its_description_is_described_by_its_header(
    release: Path, tmp_path: Path, pull: Pull, put_release: Put, portal: Any
) -> None:
    put_release(release)
    (path,) = (path for path in portal.files if path.endswith("/countries.csv-metadata.json"))
    portal.files[path] = (200, {}, b'{"tables": 1}')
    code, written = pull(tmp_path / "pulled")
    assert code == 1
    assert "countries.csv-metadata.json: its SHA-256 is" in written
    described = yaml.safe_load((tmp_path / "pulled" / "places" / "dataset.yaml").read_text("utf-8"))
    assert described["tables"][1] == {
        "url": "countries.csv",
        "tableSchema": {"columns": [{"name": name} for name in ("code", "label", "latitude", "longitude")]},
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "catalog.ttl did not come: it is not there"),
        (b"no Turtle at all", "catalog.ttl on the portal: the catalogue is damaged"),
        (b"<https://example.org/a> <https://example.org/b> 1 .", "does not describe the catalogue"),
    ],
)
def test_without_the_exact_catalogue_nothing_is_written(
    content: bytes | None, says: str, release: Path, *, tmp_path: Path, pull: Pull, put_release: Put, portal: Any
) -> None:
    put_release(release)
    (path,) = (path for path in portal.files if path.endswith("/catalog.ttl"))
    portal.files[path] = (404, {}, b"") if content is None else (200, {}, content)
    for shown in portal.datasets:
        for resource in shown["resources"]:
            resource.pop("hash", None)
    code, written = pull(tmp_path / "pulled")
    assert code == 4
    assert says in written
    assert list(tmp_path.iterdir()) == []


def test_what_changed_on_the_portal_is_told(
    release: Path, tmp_path: Path, pull: Pull, put_release: Put, portal: Any
) -> None:
    put_release(release)
    by_name = {shown["name"]: shown for shown in portal.datasets}
    by_name["tiny-places"]["title"] = "Edited"
    portal.datasets.append({**by_name["tiny-says"], "id": "old", "name": "tiny-old"})
    code, written = pull(tmp_path / "pulled")
    assert code == 0
    assert "tiny-places: edited on the portal since it was published; that edit is not pulled." in written
    assert "ger in the catalogue: 1 dataset." in written
    portal.datasets.remove(by_name["tiny-says"])
    code, written = pull(tmp_path / "again")
    assert code == 1
    assert "Not pulled: says: the portal does not show it" in written


def test_several_catalogues_are_pulled_one_by_one(
    release: Path, tmp_path: Path, pull: Pull, put_release: Put, portal: Any
) -> None:
    put_release(release)
    portal.add("roads", portal.upload("roads.csv", b"id,name\n1,Mill Lane\n"), title="Roads")
    code, written = pull(tmp_path / "pulled")
    assert code == 2
    assert "Pull each into a separate folder: --catalogue tiny, --others." in written
    assert pull(tmp_path / "tiny", "--catalogue", "tiny")[0] == 0
    assert pull(tmp_path / "others", "--others")[0] == 0
    assert pull(tmp_path / "none", "--catalogue", "other")[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["others", "tiny"]
    assert sorted(path.name for path in (tmp_path / "others").iterdir()) == ["catalogue.yaml", "pulled.json", "roads"]
