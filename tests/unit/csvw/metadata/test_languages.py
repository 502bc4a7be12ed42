"""Notices and refusals of metadata documents in French and German: names that people typed stay unchanged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from st_opendata.csvw.group import open_group
from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.documents import read_metadata
from st_opendata.csvw.metadata.header import incompatibility
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.tables import read_group
from st_opendata.csvw.metadata.values import DocumentContext, MetadataObject
from st_opendata.csvw.validate import check_group
from st_opendata.errors import ConfigurationError, InputError

BASE = "https://example.org/data/"


def described(folder: Path, **properties: Any) -> Path:
    """A description of a table with the column `column`."""
    schema = {"columns": [{"name": "column", "titles": "column"}], **properties.pop("schema", {})}
    document = {"@context": "http://www.w3.org/ns/csvw", "url": "table.csv", "tableSchema": schema, **properties}
    path = folder / "table.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def refusal(path: Path, language: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        read_group(path, BASE)
    return error.value.message_text(language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", 'two columns have the name "column"'),
        ("fr", "deux colonnes ont le nom «\u00a0column\u00a0»"),
        ("de", "zwei Spalten haben den Namen „column“"),
    ],
)
def test_a_refusal(tmp_path: Path, language: str, text: str) -> None:
    path = described(tmp_path, schema={"columns": [{"name": "column"}, {"name": "column"}]})
    assert refusal(path, language) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", '"@type" must be "Table" here, not "table"'),
        ("fr", '«\u00a0@type\u00a0» doit être ici «\u00a0Table\u00a0» et non "table"'),
        ("de", '„@type“ muss hier „Table“ sein, nicht "table"'),
    ],
)
def test_a_value_is_quoted_as_the_document_has_it(tmp_path: Path, language: str, text: str) -> None:
    assert refusal(described(tmp_path, **{"@type": "table"}), language).endswith(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", 'tableSchema.aboutUrl: a brace of "{column" has no partner; an empty template is used'),
        (
            "fr",
            "tableSchema.aboutUrl\u00a0: il manque une accolade dans «\u00a0{column\u00a0»\u00a0; "
            "un modèle vide est utilisé",
        ),
        ("de", "tableSchema.aboutUrl: in „{column“ fehlt eine geschweifte Klammer; es gilt eine leere Vorlage"),
    ],
)
def test_a_warning_with_its_reason(tmp_path: Path, language: str, text: str) -> None:
    notices, path = Notices(), described(tmp_path, schema={"aboutUrl": "{column"})
    loader = DocumentLoader(BASE, tmp_path)
    read_metadata(loader.iri(path), loader, notices)
    ((_, warning),) = notices.warnings
    assert warning[language] == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", 'aboutUrl names "colum", which is not a column of the table; did you mean "column"?'),
        (
            "fr",
            "aboutUrl nomme «\u00a0colum\u00a0», qui n’est pas une colonne du tableau\u00a0; "
            "vouliez-vous dire «\u00a0column\u00a0»\u00a0?",
        ),
        ("de", "aboutUrl nennt „colum“, das keine Spalte der Tabelle ist; meinten Sie „column“?"),
    ],
)
def test_a_finding_of_a_template(tmp_path: Path, language: str, text: str) -> None:
    path = described(tmp_path, schema={"aboutUrl": "{colum}"})
    (tmp_path / "table.csv").write_text("column\na\n", "utf-8")
    loader = DocumentLoader(BASE, tmp_path)
    with open_group(loader.iri(path), loader) as group:
        (found,) = check_group(group)
    assert (found.code, text in found.message[language]) == ("csvw-structure", True), found.message[language]


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("en", "the schema has 1 column, the file 0", "the schema has 2 columns, the file 0"),
        ("fr", "le schéma a 1 colonne, le fichier 0", "le schéma a 2 colonnes, le fichier 0"),
        ("de", "das Schema hat 1 Spalte, die Datei 0", "das Schema hat 2 Spalten, die Datei 0"),
    ],
)
def test_columns_are_counted(language: str, one: str, several: str) -> None:
    column = MetadataObject(DocumentContext(BASE, None, Notices()))
    texts = [incompatibility([column] * count, []) for count in (1, 2)]
    assert [text and text[language] for text in texts] == [one, several]


@pytest.mark.parametrize(
    ("language", "text", "remedy"),
    [
        ("fr", "ce fichier n’existe pas", "Corrigez le nom ou placez le fichier à cet endroit."),
        ("de", "diese Datei gibt es nicht", "Berichtigen Sie den Namen oder legen Sie die Datei dort ab."),
    ],
)
def test_a_missing_document(tmp_path: Path, language: str, text: str, remedy: str) -> None:
    with pytest.raises(InputError) as error:
        DocumentLoader(BASE, tmp_path).table(f"{BASE}column.csv")
    assert (error.value.message_text(language), error.value.remedy_text(language)) == (text, remedy)
    assert str(error.value.place) == "column.csv"
