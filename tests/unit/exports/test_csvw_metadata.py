"""The metadata of a published CSV gives other CSVW tools our values and our facts."""

import csv
import json
import warnings
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import csvw
import pyoxigraph as ox
import pytest
import uritemplate

from st_opendata.catalogue import read_catalogue
from st_opendata.exports.csvw_metadata import table_group
from st_opendata.model.tables import Column

XSD = "http://www.w3.org/2001/XMLSchema#"


def read_metadata(release: Path, path: str) -> dict:
    return json.loads((release / f"{path}-metadata.json").read_text("utf-8"))


def csv2rdf(metadata_path: Path) -> set[str]:
    """CSVW's mapping to RDF in minimal mode (csv2rdf §4), as N-Triples, of files with the default dialect."""
    triples: set[str] = set()
    for table in json.loads(metadata_path.read_text("utf-8"))["tables"]:
        if table.get("suppressOutput"):
            continue
        with (metadata_path.parent / table["url"]).open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines, strict=True)
        columns = table["tableSchema"]["columns"]
        for number, column in enumerate(columns, 1):
            column.setdefault("name", f"_col.{number}")
        assert header == [column["name"] for column in columns if not column.get("virtual")]
        for number, row in enumerate(rows, 1):
            triples |= row_triples(table["tableSchema"], columns, row, number)
    return triples


def row_triples(schema: dict, columns: list[dict], row: list[str], number: int) -> set[str]:
    cells = row + [column.get("default", "") for column in columns[len(row) :]]
    values = {column["name"]: parse(column, cell) for column, cell in zip(columns, cells, strict=True)}
    variables = {name: value for name, value in values.items() if value not in (None, [])} | {"_row": str(number)}
    triples = set()
    for column in columns:
        if column.get("suppressOutput"):
            continue
        subject = ox.NamedNode(uritemplate.expand(column.get("aboutUrl", schema["aboutUrl"]), variables))
        predicate = ox.NamedNode(uritemplate.expand(column["propertyUrl"], variables))
        value = values[column["name"]]
        if "valueUrl" in column:
            if value is not None or column.get("virtual"):
                target = ox.NamedNode(uritemplate.expand(column["valueUrl"], variables))
                triples.add(f"{ox.Triple(subject, predicate, target)} .")
            continue
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                triples.add(f"{ox.Triple(subject, predicate, literal(column, item))} .")
    return triples


def parse(column: dict, cell: str) -> str | list[str] | None:
    if "separator" in column:
        return cell.split(column["separator"]) if cell else []
    return None if cell in column.get("null", [""]) else cell


def literal(column: dict, text: str) -> ox.Literal:
    datatype = column.get("datatype", "string")
    base = datatype["base"] if isinstance(datatype, dict) else datatype
    if base == "string":
        return ox.Literal(text, language=column.get("lang"))
    return ox.Literal(text, datatype=ox.NamedNode(XSD + base))


@pytest.mark.parametrize("dataset", ["places", "countries"])
def test_the_published_mapping_gives_exactly_the_facts(release, dataset):
    published = {f"{quad.triple} ." for quad in ox.parse(path=str(release / dataset / f"{dataset}.nt"))}
    mapped = {triple for metadata in (release / dataset).glob("*.csv-metadata.json") for triple in csv2rdf(metadata)}
    assert mapped == published
    assert len(published) > 3


@pytest.mark.slow
def test_the_same_for_smarter_together(root, smarter_release):
    for dataset in read_catalogue(root / "datasets").datasets:
        folder = smarter_release / dataset.id
        published = {f"{quad.triple} ." for quad in ox.parse(path=str(folder / f"{dataset.id}.nt"))}
        metadata = [folder / f"{table.name}.csv-metadata.json" for table in dataset.tables]
        assert {triple for path in metadata for triple in csv2rdf(path)} == published


PATHS = ["places/cities.csv", "places/texts.csv", "places/links.csv", "countries/countries.csv"]


@pytest.mark.parametrize("path", PATHS)
def test_csvw_finds_it_valid(release, path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        group = csvw.TableGroup.from_file(release / f"{path}-metadata.json")
        for table in group.tables:
            assert list(table.iterdicts(strict=True))
            assert table.check_primary_key()
        assert group.check_referential_integrity()


def test_csvw_finds_the_metadata_from_the_csv(release):
    found = csvw.CSVW(str(release / "countries/countries.csv"), validate=True)
    assert found.is_valid
    assert found.common_props["dc:license"] == {
        "@id": "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"
    }


PYTHON_VALUES = {
    "decimal": Decimal,
    "integer": int,
    "double": float,
    "boolean": lambda text: text == "true",
    "date": datetime.fromisoformat,
}


@pytest.mark.parametrize("path", [path for path in PATHS if path != "places/links.csv"])
def test_csvw_reads_the_values(release, catalogue, facts, path):
    dataset, file = path.split("/")
    (table,) = (t for d in catalogue.datasets if d.id == dataset for t in d.tables if f"{t.name}.csv" == file)
    expected = []
    for batch in facts.records(table.name):
        for row in batch:
            cells = {}
            for column, cell in zip(table.source_columns, row, strict=True):
                convert = PYTHON_VALUES.get(column.datatype.base, str)
                if column.separator:
                    cells[column.name] = [convert(item) for item in cell or []]
                else:
                    cells[column.name] = None if cell is None else convert(cell)
            expected.append(cells)
    virtual = {column.name for column in table.columns if column.virtual}
    read = csvw.TableGroup.from_file(release / f"{path}-metadata.json").tables[0].iterdicts(strict=True)
    assert [{name: cell for name, cell in row.items() if name not in virtual} for row in map(_plain, read)] == expected


def _plain(row: dict) -> dict:
    """csvw's URI references as text."""
    return {name: cell.unsplit() if hasattr(cell, "unsplit") else cell for name, cell in row.items()}


def test_description(release):
    metadata = read_metadata(release, "places/cities.csv")
    assert metadata["dc:isPartOf"] == {"@id": "https://example.org/data/dataset/places"}
    assert {"@value": "Orte", "@language": "de"} in metadata["dc:title"]
    table, other = metadata["tables"]
    assert {"@value": "Villes", "@language": "fr"} in table["dc:title"]
    assert "dialect" not in table
    assert table["tableSchema"]["aboutUrl"] == "https://example.org/data/city/{id}"
    assert table["tableSchema"]["primaryKey"] == ["id"]
    assert table["tableSchema"]["foreignKeys"] == [
        {
            "columnReference": ["country"],
            "reference": {"resource": "../countries/countries.csv", "columnReference": ["code"]},
        }
    ]
    assert other["suppressOutput"] is True
    assert other["url"] == "../countries/countries.csv"
    assert [column["name"] for column in other["tableSchema"]["columns"]] == ["code", "label"]


def test_columns(release):
    *named, unnamed = read_metadata(release, "places/cities.csv")["tables"][0]["tableSchema"]["columns"]
    columns = {column["name"]: column for column in named}
    assert unnamed == {"virtual": True, "default": "constant", "propertyUrl": "http://purl.org/dc/terms/identifier"}
    assert columns["id"] == {
        "name": "id",
        "titles": {"und": "id", "en": "Identifier", "fr": "Identifiant"},
        "datatype": {"base": "string", "format": "[a-z0-9-]+"},
        "required": True,
        "suppressOutput": True,
    }
    assert columns["budget"]["datatype"] == {"base": "decimal", "minimum": "0"}
    assert columns["since"]["datatype"] == "date"
    assert columns["capital"]["datatype"] == "boolean"
    assert columns["tags"]["separator"] == "|"
    assert columns["note"]["null"] == ["-"]
    assert columns["type"] == {
        "name": "type",
        "virtual": True,
        "propertyUrl": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "valueUrl": "https://example.org/terms#City",
    }
    assert all("suppressOutput" not in column for name, column in columns.items() if name != "id")


def test_a_column_without_name(catalogue):
    dataset = catalogue.datasets[0]
    table = replace(dataset.tables[0], columns=(Column("_col.1", 1), Column("_col.2", 2, titles={"en": "Second"})))
    assert table_group(catalogue, dataset, table)["tables"][0]["tableSchema"]["columns"] == [
        {"titles": {"und": "_col.1"}, "suppressOutput": True},
        {"titles": {"und": "_col.2", "en": "Second"}, "suppressOutput": True},
    ]


class TestLinks:
    """A list column with a valueUrl, in a table without key whose cells name properties."""

    def test_one_row_per_item(self, release):
        assert (release / "places/links.countries.csv").read_bytes().decode() == (
            "row_number,countries\r\n1,FR\r\n1,AT\r\n3,AT\r\n"
        )

    def test_cells_that_name_iris_are_published_in_full(self, release):
        assert (release / "places/links.csv").read_bytes().decode() == (
            "countries,kind,value\r\n"
            "FR AT,https://example.org/terms#own,one\r\n"
            ",http://www.w3.org/2004/02/skos/core#altLabel,two\r\n"
            'AT,https://example.org/terms#full,"three, four"\r\n'
        )

    def test_description(self, release):
        main, links, countries = read_metadata(release, "places/links.csv")["tables"]
        columns = {column["name"]: column for column in main["tableSchema"]["columns"]}
        assert columns["countries"]["suppressOutput"] is True
        assert "foreignKeys" not in main["tableSchema"]
        assert links["url"] == "links.countries.csv"
        assert links["tableSchema"]["aboutUrl"] == "https://example.org/data/links/{row_number}"
        assert links["tableSchema"]["foreignKeys"][0]["reference"]["resource"] == countries["url"]
        number, item = links["tableSchema"]["columns"]
        assert number == {"name": "row_number", "suppressOutput": True}
        assert "separator" not in item
        assert item["valueUrl"] == "https://example.org/data/country/{countries}"
