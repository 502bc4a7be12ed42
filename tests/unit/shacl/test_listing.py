"""How many findings of a shape are listed, and how the reports count the others."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from rdflib import Graph

from st_opendata.model.findings import NO_LIMIT, Finding
from st_opendata.settings import Settings
from st_opendata.shacl import report_json, report_sarif, report_text, report_turtle, validate_files
from st_opendata.shacl.order import sort_findings

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:A ;
  sh:property ex:S-p, [ sh:path ex:q ; sh:minCount 1 ; sh:severity sh:Warning ] .
ex:S-p a sh:PropertyShape ; sh:path ex:p ; sh:maxCount 1 ; sh:maxLength 1 .
"""


def files(folder: Path, count: int) -> tuple[list[Path], list[Path]]:
    (folder / "shapes.ttl").write_text(SHAPES)
    rows = [f"<urn:a{n:03}> a ex:A ; ex:p 10, 200 .\n" for n in range(count)]
    (folder / "data.ttl").write_text("@prefix ex: <https://example.org/> .\n" + "".join(rows))
    return [folder / "data.ttl"], [folder / "shapes.ttl"]


@pytest.mark.parametrize("limit", [1, 5, 39, 60, 61, NO_LIMIT])
def test_findings_beyond_the_limit_of_a_shape_are_counted(tmp_path: Path, limit: int) -> None:
    paths = files(tmp_path, 20)
    everything = validate_files(*paths, Settings(max_findings=NO_LIMIT))
    found = validate_files(*paths, Settings(max_findings=limit))
    kept = [each for each in found if each.unlisted is None]
    of_shape: dict[tuple[str, str | None], list[Finding]] = {}
    for each in everything:
        of_shape.setdefault((each.path or "", each.shape), []).append(each)
    assert kept == sort_findings(each for group in of_shape.values() for each in group[:limit])
    beyond = Counter(each.code for group in of_shape.values() for each in group[limit:])
    counted: Counter[str] = Counter()
    for each in found:
        if each.unlisted is not None:
            assert each.code == "shacl-more" and str(each.unlisted) in each.message["en"]
            counted[str(each.message.fields["kind"])] += each.unlisted  # type: ignore[attr-defined]  # a Message
    assert counted == beyond


def test_every_report_says_how_many_are_not_listed(tmp_path: Path) -> None:
    found = validate_files(*files(tmp_path, 20), Settings(max_findings=5))
    assert report_text(found).endswith("5 violations, 5 warnings, 3 notes, 70 more not listed\n")
    assert report_text(found, "de").count("nicht aufgeführt") >= 4
    content = json.loads(report_json(found))
    assert sum(each["unlisted"] or 0 for each in content["findings"]) == 70
    results = json.loads(report_sarif(found))["runs"][0]["results"]
    assert sum(each["properties"].get("unlisted", 0) for each in results) == 70
    report = Graph().parse(data=report_turtle(found))
    assert [str(text) for text in report.objects() if "more findings of the kind shacl-min-count" in str(text)]
