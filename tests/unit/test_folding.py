"""Words are found without accents, strokes and case, by Python and by DuckDB alike."""

from __future__ import annotations

import duckdb
import pytest

from st_opendata.folding import folded, folded_sql

WORDS = (
    *("Łódź", "ŁÓDŹ", "Straße", "Ørsta", "Þingvellir", "Ħamrun", "Çeşme", "Ljubljana – Šiška", "Œuvre", "Ærø"),
    *("Αθήνας", "ΑΘΗΝΑΣ", "ΑΘΉΝΑΣ", "Ρήγα Φεραίου", "Пловдив", "ПЛОВДИВ", "Йовков", "Київ", "Чернівці", "Đakovo"),
    *("Żebbuġ", "Gaillimh", "An Spidéal", "Tűzoltó", "Brașov", "Ţărănesc", "Õismäe", "Kėdainiai", "Ķemeri"),
)


@pytest.mark.parametrize("word", WORDS)
def test_python_and_sql_agree(word: str) -> None:
    with duckdb.connect() as engine:  # a result that is not read to its end blocks its connection for other tests
        row = engine.execute(f"SELECT {folded_sql('word')} FROM (SELECT ? AS word)", [word]).fetchone()
    assert row == (folded(word),)


@pytest.mark.parametrize(
    ("word", "typed"),
    [("Łódź", "lodz"), ("Αθήνας", "ΑΘΗΝΑΣ"), ("Ħamrun", "hamrun"), ("Йовков", "йовков"), ("Ærø", "aero")],
)
def test_typed_without_accents_it_is_the_same(word: str, typed: str) -> None:
    assert folded(word) == folded(typed)
