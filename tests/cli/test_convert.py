"""`convert`, and `check` of a table that CSVW describes, as the command line runs them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.compare import isomorphic

from st_opendata.cli.convert import FORMS
from st_opendata.csvw import CONVERSIONS

Run = Callable[..., Any]
BASE = "https://data.example.org/"
METADATA = {
    "@context": "http://www.w3.org/ns/csvw",
    "url": "trees.csv",
    "dc:title": "Trees",
    "tableSchema": {
        "aboutUrl": "#tree-{id}",
        "columns": [
            {"titles": "id", "name": "id"},
            {"titles": "height", "datatype": "decimal"},
            {"titles": "tags", "separator": ";", "ordered": True},
        ],
    },
}


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    (tmp_path / "trees.csv").write_text("id,height,tags\n1,11.5,a;b\n2,tall,\n")
    (tmp_path / "trees.csv-metadata.json").write_text(json.dumps(METADATA))
    return tmp_path / "trees.csv"


def test_the_forms_are_those_of_the_conversion() -> None:
    assert list(CONVERSIONS) == list(FORMS)


@pytest.mark.parametrize("minimal", [False, True])
def test_every_form_of_rdf_says_the_same(run: Run, trees: Path, *, minimal: bool) -> None:
    options = ["--minimal"] if minimal else []
    graphs = []
    for form, parser in (("nt", "nt"), ("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")):
        ran = run("convert", trees, "--to", form, "--base", BASE, *options)
        assert ran.code == 0
        graphs.append(rdflib.Graph().parse(data=ran.out, format=parser))
    assert len(graphs[0]) == (10 if minimal else 25)
    assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


def test_warnings_go_to_stderr_and_check_makes_them_findings(run: Run, trees: Path) -> None:
    ran = run("convert", trees, "--to", "json", "--minimal", "--base", BASE)
    assert ran.code == 0
    assert [row["height"] for row in json.loads(ran.out)] == [11.5, "tall"]
    assert 'row 3, column "height"' in ran.err
    checked = run("check", trees, "--json")
    assert checked.code == 1
    assert [found["code"] for found in json.loads(checked.out)["findings"]] == ["cell-datatype"]


def test_the_same_bytes_each_time_and_into_a_file(run: Run, trees: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.nt"
    first = run("convert", trees, "--to", "nt", "--base", BASE)
    second = run("convert", trees, "--to", "nt", "--base", BASE, "--threads", "1", "-o", target)
    assert (second.code, second.out) == (0, "")
    assert target.read_text() == first.out
    assert {path.name for path in tmp_path.iterdir()} == {"trees.csv", "trees.csv-metadata.json", "out.nt"}


def test_a_failure_leaves_no_file(run: Run, trees: Path, tmp_path: Path) -> None:
    trees.write_bytes(b"id,height,tags\n\xff,1,\n")
    ran = run("convert", trees, "--to", "nt", "-o", tmp_path / "out.nt")
    assert ran.code == 3
    assert "trees.csv" in ran.err
    assert not list(tmp_path.glob("*out.nt*"))


def test_given_metadata_link_and_site(run: Run, trees: Path, tmp_path: Path) -> None:
    for name in ("given", "linked", "site"):
        (tmp_path / f"{name}.json").write_text(json.dumps(METADATA | {"dc:title": name}))
    (tmp_path / "csvm").write_text("{+url}.nothing\nsite.json\n")

    def title(*options: object) -> str:
        ran = run("convert", trees, "--to", "json", "--base", BASE, *options)
        return str(json.loads(ran.out)["tables"][0]["dc:title"])

    assert title() == "Trees"
    assert title("--site-config", tmp_path / "csvm") == "site"
    assert title("--link", '<linked.json>; rel="describedby"') == "linked"
    assert title("--metadata", tmp_path / "given.json") == "given"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nothing.csv", "--to", "nt"], 3, "there is no such file"),
        (["{trees}", "--to", "nt", "--metadata", "nothing.json"], 3, "not in the folder|no such file"),
        (["{trees}", "--to", "nt", "--base", "data"], 2, "not the IRI of a folder"),
        (["{trees}"], 2, "--to"),
        (["https://example.org/a.csv", "--to", "nt"], 2, "Add --fetch"),
        (["https://example.org/a.csv", "--to", "nt", "--fetch", "--base", BASE], 2, "are for files"),
        (["http://127.0.0.1:9/a.csv", "--to", "nt", "--fetch"], 4, "did not answer"),
    ],
)
def test_what_does_not_fit(run: Run, trees: Path, arguments: list[str], code: int, message: str) -> None:
    ran = run("convert", *(argument.format(trees=trees) for argument in arguments))
    assert ran.code == code, ran.err
    assert any(part in ran.err for part in message.split("|")), ran.err


def test_a_description_that_is_refused(run: Run, trees: Path) -> None:
    trees.with_name("trees.csv-metadata.json").write_text(json.dumps(METADATA | {"@id": "_:b"}))
    for command in (["convert", trees, "--to", "nt"], ["check", trees]):
        ran = run(*command)
        assert ran.code == 3
        assert "trees.csv-metadata.json: @id: " in ran.err


class Site(SimpleHTTPRequestHandler):
    """Files of a folder; tables come with a Link header."""

    def end_headers(self) -> None:
        if self.path.endswith(".csv"):
            self.send_header("Link", '<about.json>; rel="describedby"; type="application/csvm+json"')
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(trees: Path) -> Iterator[str]:
    trees.with_name("trees.csv-metadata.json").rename(trees.with_name("about.json"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(trees.parent)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_table_on_the_web_comes_with_its_link(run: Run, site: str) -> None:
    ran = run("convert", f"{site}trees.csv", "--to", "json", "--fetch")
    assert ran.code == 0, ran.err
    (table,) = json.loads(ran.out)["tables"]
    assert (table["url"], table["dc:title"]) == (f"{site}trees.csv", "Trees")
    assert run("convert", f"{site}about.json", "--to", "json", "--fetch").out == ran.out
    assert run("convert", f"{site}nothing.csv", "--to", "json", "--fetch").code == 3


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_file_with_nothing_in_it_is_told(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "trees.csv").write_bytes(content)
    if content.startswith(b"\xff"):
        described = {"@context": METADATA["@context"], "url": "trees.csv", "dialect": {"encoding": "utf-16"}}
        (tmp_path / "trees.csv-metadata.json").write_text(json.dumps(described))
    ran = run("check", tmp_path / "trees.csv")
    assert ran.code == 1
    assert ran.out.splitlines()[:2] == ["trees.csv", "  violation  [table-empty]"]
    assert "Save the table again" in ran.out
    assert "table-empty" in run("convert", tmp_path / "trees.csv", "--to", "nt").err
    drafted = run("init", tmp_path / "new", "--from", tmp_path / "trees.csv")
    assert (drafted.code, "is empty" in drafted.err) == (3, True)


def test_check_says_how_much_it_has_read(run: Run, trees: Path) -> None:
    assert run("check", trees).err == "Checked 1 table with 2 rows.\n"
    assert run("check", trees, "--lang", "de").err == "Geprüft: 1 Tabelle, 2 Zeilen.\n"


@pytest.mark.parametrize(
    ("name", "content", "told", "remedy"),
    [
        ("a.xlsx", b"PK\x03\x04...", "not a CSV file but an Excel", "st-opendata init FOLDER --from a.xlsx"),
        ("a.csv", b"<!DOCTYPE html>", "not a CSV file but a web page", "Save it as CSV"),
        ("a.csv", b"id\n1\nK\xf6ln\n", "a.csv, line 3: the file is not in the encoding utf-8: the byte 0xF6", "UTF-8"),
        ("a.csv", None, "a.csv: there is no such file or folder", "Check the path"),
    ],
)
def test_what_is_no_table_is_told(
    run: Run, tmp_path: Path, name: str, content: bytes | None, told: str, remedy: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = run("check", tmp_path / name)
    assert ran.code == 3
    message, said = ran.err.splitlines()
    assert told in message
    assert remedy in said


def test_the_folder_of_a_dataset_is_no_catalogue(run: Run, catalogue: Path) -> None:
    ran = run("check", catalogue / "places")
    assert ran.err.splitlines()[1].endswith(f'Name the folder above it, which contains catalogue.yaml: "{catalogue}".')


def test_files_for_init_that_are_none(run: Run, tmp_path: Path) -> None:
    ran = run("init", tmp_path / "new", "--from", tmp_path / "a.csv")
    assert ran.err.splitlines() == [
        f"Error: {tmp_path / 'a.csv'}: there is no such file",
        "  Check the path after --from.",
    ]
