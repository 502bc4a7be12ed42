"""The recipe "add a format" of ARCHITECTURE.md: a record, a writer, a line in the registry, a test that reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from towns import copy_program, run_copy

RECORD = """
LINES = Format(
    "lines", "Lines", ".lines", "text/x-lines", "TXT",
    ckan_label="LINES",
    standard="https://example.org/lines",
    preview=Preview("lines_view", message("Lines")),
    purpose=message("A row a line."),
)
FORMATS = (*FORMATS, LINES)
"""
WRITER = '''
"""Lines: the cells of a row between bars."""

from pathlib import Path

from st_opendata.exports.sources import TableSource


def write_lines(source: TableSource, path: Path) -> None:
    rows = (row for batch in source.facts.records(source.table.name) for row in batch)
    path.write_text("".join("|".join(map(str, row)) + "\\n" for row in rows), "utf-8")
'''
LINE = """
from st_opendata.exports.lines import write_lines
from st_opendata.formats import LINES

TABLE_EXPORTS = (*TABLE_EXPORTS, Export(LINES, write_lines))
"""
USE = """
import json, sys
from pathlib import Path
from starlette.testclient import TestClient
from st_opendata.build import Job, build
from st_opendata.formats import format_of
from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.options import Options
from st_opendata.targets.ckan.packages import Site, packages

if __name__ == "__main__":
    folder, release = Path(sys.argv[1]), Path(sys.argv[2])
    assert build(Job(folder), release).conforms
    [resource] = [
        each for package in packages(release, Site("https://ckan.example/", "org")) for each in package.resources
        if each.file_name.endswith(".lines")
    ]
    with TestClient(make_app(Current(release), Options()), base_url="http://portal.example") as client:
        page = client.get("/en/dataset/towns")
        file = client.get("/towns/towns.lines")
    found = {
        "ckan": resource.metadata["format"], "preview": format_of(resource.file_name).preview.view_type,
        "page": page.text, "file": file.text, "type": file.headers["content-type"],
    }
    print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one more format, for which the places of the recipe are changed and no others."""
    folder = tmp_path_factory.mktemp("recipe")
    program = copy_program(folder, "Beta")
    with (program / "formats.py").open("a", encoding="utf-8") as record:
        record.write(RECORD)
    (program / "exports" / "lines.py").write_text(WRITER, "utf-8")
    with (program / "exports" / "registry.py").open("a", encoding="utf-8") as line:
        line.write(LINE)
    (folder / "use.py").write_text(USE, "utf-8")
    return folder


@pytest.mark.slow
def test_a_format_needs_a_record_a_writer_and_a_line(checkout: Path) -> None:
    release, found = checkout / "release", json.loads(run_copy(checkout, "use.py", "towns", "release"))
    assert (release / "towns" / "towns.lines").read_text("utf-8") == "a|Alpha\nb|Beta\n"
    listed = json.loads((release / "release.json").read_text("utf-8"))["datasets"][0]["distributions"]
    assert [each["title"] for each in listed if each["format"] == "lines"] == [{"en": "Towns (Lines)"}]
    catalogue = (release / "catalog.ttl").read_text("utf-8")
    for stated in ("text/x-lines", "file-type/TXT", "https://example.org/lines", "A row a line."):
        assert stated in catalogue
    assert found["ckan"] == "LINES"
    assert found["preview"] == "lines_view"
    assert found["file"] == "a|Alpha\nb|Beta\n"
    assert found["type"].startswith("text/x-lines")
    assert 'href="/towns/towns.lines" download>Lines' in found["page"]
