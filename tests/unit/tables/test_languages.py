"""Why tables are refused, in French and German: names, values and signs that people typed stay unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.errors import MessageError
from st_opendata.messages.codes import finding
from st_opendata.model.tables import Column, Datatype, Table
from st_opendata.tables.datatypes import check_facets, lexical
from st_opendata.tables.kinds import no_workbook, other_format
from st_opendata.tables.personal import PersonalKind
from st_opendata.tables.row_filter import header_not_found
from st_opendata.tables.templates import absolute_template, parse_template


@pytest.mark.parametrize(
    ("datatype", "french", "german"),
    [
        (
            Datatype("decimal", "d", pattern="table"),
            "«\u00a0table\u00a0» n’est pas un modèle de nombre, comme #,##0.00",
            "„table“ ist kein Zahlenmuster wie #,##0.00",
        ),
        (
            Datatype("date", "d", pattern="column"),
            "«\u00a0column\u00a0» n’est pas un modèle pour date, comme dd/MM/yyyy",
            "„column“ ist kein Muster für date wie dd/MM/yyyy",
        ),
        (
            Datatype("boolean", "d", pattern="column"),
            "«\u00a0column\u00a0» n’est pas un format pour boolean, comme Y|N",
            "„column“ ist kein Format für boolean wie Y|N",
        ),
    ],
)
def test_a_format(datatype: Datatype, french: str, german: str) -> None:
    with pytest.raises(MessageError) as error:
        lexical(datatype)
    assert (error.value.message["fr"], error.value.message["de"]) == (french, german)


def test_a_limit_stays_as_it_was_typed() -> None:
    with pytest.raises(MessageError) as error:
        check_facets(Datatype("integer", "i", minimum="column"))
    assert error.value.message["de"] == "die Grenze „column“ hat nicht den Typ integer wie 1234567"


def test_templates() -> None:
    with pytest.raises(MessageError) as error:
        parse_template("table/{column name}")
    assert error.value.message["de"] == ("„{column name}“ ist kein Ausdruck einer URI-Vorlage wie {id} oder {+url}")
    with pytest.raises(MessageError) as error:
        absolute_template("tabel:x", "https://example.org/", {"table": "https://example.org/table#"})
    assert error.value.message["fr"] == (
        "le préfixe «\u00a0tabel\u00a0» de «\u00a0tabel:x\u00a0» est inconnu\u00a0; "
        "vouliez-vous dire «\u00a0table\u00a0»\u00a0?"
    )


def test_what_a_file_is() -> None:
    kind, reason = other_format(b"%PDF-1.7"), no_workbook(b"%PDF-1.7")
    assert kind
    assert reason
    assert finding("table-other-format", (), kind=kind).message["de"].endswith("(PDF-Dokument).")
    assert reason["en"] == "it is a PDF document under the name of a workbook"
    assert reason["de"] == "PDF-Dokument unter dem Namen einer Arbeitsmappe"


def test_personal_data_have_a_name_in_each_language() -> None:
    assert [kind.message["de"] for kind in PersonalKind] == [
        "E-Mail-Adressen",
        "Kontonummern (IBAN)",
        "Telefonnummern",
        "Namen von Personen",
    ]


def test_titles_are_quoted_as_in_each_language() -> None:
    table = Table("t", "d", Path("t.csv"), "t.csv", {}, (Column("table", 1), Column("column", 2)))
    text = header_not_found(table).message
    assert "(“table”, “column”)" in text["en"]
    assert "«\u00a0table\u00a0», «\u00a0column\u00a0»" in text["fr"]
    assert "„table“, „column“" in text["de"]
