"""Why workbooks are refused, in French and German."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.messages.codes import finding
from st_opendata.tables.workbooks.archives import WorkbookError
from st_opendata.tables.workbooks.marks import Marks, refuse_large
from st_opendata.tables.workbooks.sheets import open_workbook


def test_a_workbook_says_why_across_processes(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(b"PK\x03\x04 column")
    with pytest.raises(WorkbookError) as error, open_workbook(path):
        pass
    text = finding("workbook-unreadable", (), reason=error.value.message).message
    assert "damaged: File is not a zip file" in text["en"]
    assert "beschädigt: File is not a zip file" in text["de"]


def test_bounds_are_written_as_each_language_writes_numbers() -> None:
    with pytest.raises(WorkbookError) as error:
        refuse_large("table", Marks(rows=1_048_576, columns=16_384))
    assert error.value.message["en"] == 'its sheet "table" reaches to XFD1048576, more than 12,000,000 cells'
    assert error.value.message["fr"] == (
        "sa feuille «\u00a0table\u00a0» va jusqu’à XFD1048576, donc plus de 12\u202f000\u202f000 cellules"
    )
    assert error.value.message["de"] == "ihr Blatt „table“ reicht bis XFD1048576, das sind mehr als 12.000.000 Zellen"
