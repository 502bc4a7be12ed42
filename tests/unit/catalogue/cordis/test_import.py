"""Importing CORDIS: exports in each layout become a catalogue; other files are refused with a remedy."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.cordis import SampleLayout, import_cordis, write_sample_tables
from st_opendata.catalogue.cordis.files import find_files
from st_opendata.catalogue.importers import ImportOptions, ImportResult
from st_opendata.errors import InputError
from st_opendata.facts import FactBase, load_facts
from st_opendata.model.findings import conforms

EURIO = "http://data.europa.eu/s66#"
Make = Callable[..., Path]
Changes = dict[tuple[str, int, str], str]


def run(folder: Path, output: Path, *more: Path) -> ImportResult:
    return import_cordis([folder, *more], output, ImportOptions(base="https://example.org/"))


def facts_of(catalogue: Path) -> FactBase:
    return load_facts(read_catalogue(catalogue))


def lines(base: FactBase) -> set[str]:
    return {line for batch in base.lines() for line in batch}


def described(catalogue: Path, dataset: str, table: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((catalogue / dataset / "dataset.yaml").read_text("utf-8"))["tables"][table]
    return found


@pytest.fixture
def export(tmp_path: Path) -> Make:
    """A folder with a few projects; `changes` are cells by table, row (from 0) and column, or whole columns.

    With `few`, it has no other tables than the projects and their participants.
    """

    def make(changes: Changes | None = None, *, pipes: bool = False, few: bool = False) -> Path:
        folder = tmp_path / "export"
        write_sample_tables(folder, 3, seed=5, layout=SampleLayout(pipes))
        for path in folder.iterdir() if few else ():
            if path.stem not in ("project", "organization"):
                path.unlink()
        for (table, row, column), cell in (changes or {}).items():
            path = folder / f"{table}.csv"
            dialect: Any = {"delimiter": "|" if pipes else ";", "lineterminator": "\n"}
            rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8")), **dialect))
            for place in range(len(rows)) if row < 0 else [row]:
                rows[place][column] = cell
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), **dialect)
                writer.writeheader()
                writer.writerows(rows)
        return folder

    return make


@pytest.mark.slow
def test_both_layouts_state_the_same_facts(export: Make, tmp_path: Path) -> None:
    stated = []
    for name, pipes in (("semicolons", False), ("pipes", True)):
        result = run(export(pipes=pipes), tmp_path / name)
        assert [table.table for table in result.tables][:2] == ["projects/project.csv", "participants/organization.csv"]
        assert {left.name for left in result.left_out} <= {"reportSummaries.csv"}, "made-up projects may have none"
        with facts_of(tmp_path / name) as base:
            assert conforms(list(base.findings))
            stated.append(lines(base))
    assert stated[0] == stated[1]
    assert described(tmp_path / "semicolons", "projects")["dialect"]["delimiter"] == ";"
    assert described(tmp_path / "pipes", "projects")["dialect"]["delimiter"] == "|"


def test_tables_are_copied_as_they_are(export: Make, tmp_path: Path) -> None:
    folder = export()
    run(folder, tmp_path / "catalogue")
    for copy in ("projects/project.csv", "participants/organization.csv", "results/webLink.csv"):
        assert (tmp_path / "catalogue" / copy).read_bytes() == (folder / copy.partition("/")[2]).read_bytes()


def test_facts_are_eurio(export: Make, tmp_path: Path) -> None:
    costs = {("project", 0, "totalCost"): "1234,50", ("project", 1, "totalCost"): ""}
    run(export(costs), tmp_path / "catalogue")
    with facts_of(tmp_path / "catalogue") as base:
        stated = lines(base)
    project = "<https://example.org/project/101000000>"
    assert f"{project} <{EURIO}isFundedBy> <https://example.org/grant/101000000> ." in stated
    assert f'{project} <{EURIO}identifier> "101000000" .' in stated
    amount = "<https://example.org/amount/101000000/total>"
    assert f"{project} <{EURIO}hasTotalCost> {amount} ." in stated
    assert f'{amount} <{EURIO}value> "1234.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .' in stated
    assert not any("amount/101000003/total" in line for line in stated), "an empty cost is no amount"
    entities = [line for line in stated if f"<{EURIO}abstract>" in line]
    assert len(entities) == 3 and all("& more: <1 °C" in line for line in entities)


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("Coordinator", "coordinator"),
        ("COORDINATOR", "coordinator"),
        ("coordinator ", "coordinator"),
        ("Koordinator", "coordinator"),
        ("thirdParty", "third party"),
        ("ASSOCIATED_PARTNER", "associated partner"),
        ("beneficiary", "participant"),
    ],
)
def test_roles_in_any_spelling(written: str, role: str, export: Make, tmp_path: Path) -> None:
    run(export({("organization", 0, "role"): written}, few=True), tmp_path / "catalogue")
    with facts_of(tmp_path / "catalogue") as base:
        assert conforms(list(base.findings))
        first = next(iter(base.records("organization")))[0]
        names = [column.name for column in base.catalogue.datasets[1].tables[0].source_columns]
        assert first[names.index("role")] == role


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("written", "datatype"),
    [
        ("2022-03-01", {"base": "date", "format": "yyyy-MM-dd"}),
        ("2022-03-01 00:00:00", {"base": "date", "format": "yyyy-MM-dd"}),
        ("2022-03-01T00:00:00.000Z", {"base": "date", "format": "yyyy-MM-dd"}),
        ("01/03/2022", {"base": "date", "format": "dd/MM/yyyy"}),
    ],
)
def test_days_in_any_form(written: str, datatype: dict[str, str], export: Make, tmp_path: Path) -> None:
    run(export({("project", -1, "startDate"): written}, few=True), tmp_path / "catalogue")
    column = described(tmp_path / "catalogue", "projects")["tableSchema"]["columns"][4]
    assert column["name"] == "startDate" and column["datatype"] == datatype
    with facts_of(tmp_path / "catalogue") as base:
        assert sum(f'<{EURIO}startDate> "2022-03-01"^^' in line for line in lines(base)) == 3


@pytest.mark.quick(1)
@pytest.mark.parametrize("point", ["48.25,16.5", "(48.25, 16.5)", "48.25;16.5", "POINT(16.5 48.25)"])
def test_points_in_any_form(point: str, export: Make, tmp_path: Path) -> None:
    run(export({("organization", -1, "geolocation"): point}, few=True), tmp_path / "catalogue")
    with facts_of(tmp_path / "catalogue") as base:
        subject = "<https://example.org/coordinates/48.25,16.5>"
        assert f'{subject} <{EURIO}latitude> "48.25"^^<http://www.w3.org/2001/XMLSchema#decimal> .' in lines(base)


def test_decimal_points_and_columns_in_other_cases_and_unknown_ones(export: Make, tmp_path: Path) -> None:
    folder = export({("project", -1, "totalCost"): "1500.5", ("project", -1, "nature"): "x"}, few=True)
    path = folder / "project.csv"
    path.write_text(
        path.read_text("utf-8").replace("totalCost", "TotalCost", 1).replace(";nature;", ";colour (new);", 1)
    )
    run(folder, tmp_path / "catalogue")
    columns = described(tmp_path / "catalogue", "projects")["tableSchema"]["columns"]
    cost = next(column for column in columns if column["name"] == "totalCost")
    assert cost["titles"] == {"en": "TotalCost"} and "format" not in cost["datatype"]
    assert {"name": "colour_new", "titles": {"en": "colour (new)"}} in columns
    with facts_of(tmp_path / "catalogue") as base:
        assert sum(f'<{EURIO}value> "1500.5"^^' in line for line in lines(base)) == 3


def test_a_table_without_optional_columns(export: Make, tmp_path: Path) -> None:
    folder = export(few=True)
    with (folder / "organization.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    with (folder / "organization.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["projectID", "organisationID", "name", "role", "country"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    run(folder, tmp_path / "catalogue")
    with facts_of(tmp_path / "catalogue") as base:
        assert conforms(list(base.findings))
        assert any(f"<{EURIO}hasInvolvedParty> <https://example.org/role/101000000-9" in line for line in lines(base))


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "pipes"), [(1, False), (1, True), (20261130, False)])
def test_each_planted_cell_is_a_warning_in_its_row(seed: int, pipes: bool, tmp_path: Path) -> None:
    planted = write_sample_tables(tmp_path / "export", 60, seed=seed, layout=SampleLayout(pipes, errors=1))
    assert len(planted) == 17
    run(tmp_path / "export", tmp_path / "catalogue")
    found = defaultdict(set)
    with facts_of(tmp_path / "catalogue") as base:
        assert conforms(list(base.findings)) and lines(base)
        for each in base.findings:
            for place in each.places:
                found[place.file.rpartition("/")[2], place.row].add(place.column)
    for cell in planted:
        if cell.kind not in ("two coordinators", "end before start"):  # found by shapes
            assert cell.column in found[cell.file, cell.row], cell


def zipped(folder: Path, path: Path, *, start: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{start}{file.name}")
    return path


@pytest.mark.quick(1)
@pytest.mark.parametrize("start", ["", "csv/"])
def test_zip_files_flat_or_with_a_folder(start: str, export: Make, tmp_path: Path) -> None:
    folder = export()
    result = run(zipped(folder, tmp_path / "export.zip", start=start), tmp_path / "catalogue")
    assert len(result.tables) > 9 and result.tables[0].source == f"{start}project.csv"


def test_projects_and_results_in_two_zip_files(export: Make, tmp_path: Path) -> None:
    folder, others = export(), tmp_path / "others"
    others.mkdir()
    for name in ("projectDeliverables.csv", "projectPublications.csv"):
        shutil.move(folder / name, others / name)
    results = zipped(others, tmp_path / "results.zip")
    names = [table.table for table in run(folder, tmp_path / "catalogue", results).tables]
    assert "results/projectDeliverables.csv" in names and "results/webLink.csv" in names


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.csv", b"id;acronym;title;startDate\n" + b"0" * 40_000_000)


def outside(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../project.csv", "id;acronym;title;startDate\n1;A;B;2020-01-01\n")


def truncated(path: Path) -> None:
    bomb(path)
    path.write_bytes(path.read_bytes()[:-200])


def damaged(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.csv", "id;acronym;title;startDate\n1;A;B;2020-01-01\n")
    path.write_bytes(path.read_bytes().replace(b"2020-01-01", b"2020-01-02"))


def foreign(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("trees.csv", "id,species\n1,oak\n")


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (bomb, "more than 200 times as large"),
        (outside, "a member outside its own folder"),
        (truncated, "not a complete zip file"),
        (damaged, "the zip file is damaged"),
        (foreign, "no table of projects"),
    ],
)
def test_zip_files_that_are_refused(make: Callable[[Path], None], problem: str, tmp_path: Path) -> None:
    make(tmp_path / "export.zip")
    with pytest.raises(InputError) as error:
        run(tmp_path / "export.zip", tmp_path / "catalogue")
    assert problem in error.value.message_text() and error.value.remedy_text()
    assert [path.name for path in tmp_path.iterdir()] == ["export.zip"]


def test_a_member_never_names_the_file_that_it_is_unpacked_to(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("a b/über;rm -rf.csv", "x\n1\n")
        archive.writestr("readme.pdf", "x")
    (found,) = find_files([tmp_path / "export.zip"], tmp_path)
    assert found.name == "a b/über;rm -rf.csv" and found.path == tmp_path / "0.csv"


def spoil(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes())) and None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda folder: (folder / "project.csv").unlink(), "no table of projects"),
        (spoil("project.csv", lambda _: b""), "project.csv: "),
        (spoil("project.csv", lambda content: content[:-150]), "truncated in its last row"),
        (spoil("organization.csv", lambda content: content[: len(content) // 2]), "truncated in its last row"),
        (lambda folder: shutil.copy(folder / "project.csv", folder / "again.csv"), "have the same table"),
    ],
    ids=["without projects", "empty", "truncated", "truncated participants", "twice"],
)
def test_folders_that_are_refused(change: Callable[[Path], object], problem: str, export: Make, tmp_path: Path) -> None:
    folder = export()
    change(folder)
    with pytest.raises(InputError) as error:
        run(folder, tmp_path / "catalogue")
    assert problem in f"{error.value.message_text()}" and error.value.remedy_text()
    assert not (tmp_path / "catalogue").exists()


@pytest.mark.quick(1)
@pytest.mark.parametrize("content", [b"", b'"projectID";"organisationID";"name";"role"\n'], ids=["empty", "header"])
def test_projects_without_participants(content: bytes, export: Make, tmp_path: Path) -> None:
    folder = export()
    (folder / "organization.csv").write_bytes(content)
    result = run(folder, tmp_path / "catalogue")
    assert "organization.csv" in [left.name for left in result.left_out]
    assert not (tmp_path / "catalogue" / "participants").exists()
    with facts_of(tmp_path / "catalogue") as base:
        assert conforms(list(base.findings)) and lines(base)


@pytest.mark.quick(1)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_other_encodings(encoding: str, export: Make, tmp_path: Path) -> None:
    folder = export({("project", -1, "title"): "Straße, café, “Über”"}, few=True)
    path = folder / "project.csv"
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    run(folder, tmp_path / "catalogue")
    with facts_of(tmp_path / "catalogue") as base:
        assert sum(f'<{EURIO}title> "Straße, café, “Über”"' in line for line in lines(base)) == 3


def test_layouts_may_differ_from_table_to_table(export: Make, tmp_path: Path) -> None:
    folder = export(pipes=True)
    shutil.copy(folder / "project.csv", tmp_path / "project.csv")
    shutil.copy(tmp_path / "project.csv", export() / "project.csv")
    run(folder, tmp_path / "catalogue")
    assert described(tmp_path / "catalogue", "projects")["dialect"]["delimiter"] == "|"
    assert described(tmp_path / "catalogue", "participants")["dialect"]["delimiter"] == ";"


def test_an_edited_catalogue_is_never_overwritten(export: Make, tmp_path: Path) -> None:
    folder, output = export(), tmp_path / "catalogue"
    run(folder, output)
    (output / "catalogue.yaml").write_text("edited", "utf-8")
    with pytest.raises(InputError, match="not empty"):
        run(folder, output)
    assert (output / "catalogue.yaml").read_text("utf-8") == "edited"


def test_the_same_export_gives_the_same_bytes(export: Make, tmp_path: Path) -> None:
    folder = export()
    for name in ("one/data", "two/data"):
        (tmp_path / name).parent.mkdir()
        run(folder, tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) > 15
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.slow
def test_a_workbook_is_read_where_there_is_no_text_file(export: Make, tmp_path: Path) -> None:
    import xlsxwriter

    folder = export()
    with (folder / "topics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    for name in ("topics.xlsx", "again.xlsx"):
        with xlsxwriter.Workbook(folder / name) as book:
            sheet = book.add_worksheet("topics")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    (folder / "topics.csv").unlink()
    (folder / "again.xlsx").unlink()
    result = run(folder, tmp_path / "catalogue")
    assert "subjects/topics.xlsx" in [table.table for table in result.tables]
    with facts_of(tmp_path / "catalogue") as base:
        assert conforms(list(base.findings))
        assert any(f"<{EURIO}hasFundingSchemeTopic>" in line for line in lines(base))


@pytest.mark.slow
def test_real_exports(shared: Path, tmp_path: Path) -> None:
    folder = shared / "samples" / "cordis" / "horizon-2025"
    if not folder.is_dir():
        pytest.skip("the samples of CORDIS are third-party material and not here")
    result = run(folder, tmp_path / "catalogue")
    assert len(result.tables) == 11
    with facts_of(tmp_path / "catalogue") as base:
        assert conforms(list(base.findings)) and base.rows("project") == 100
        assert base.triples() > 9_000
