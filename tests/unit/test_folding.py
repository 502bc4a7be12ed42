"""Words are found without accents, strokes and case."""

from __future__ import annotations

import pytest

from st_opendata.folding import folded


@pytest.mark.parametrize(
    ("word", "typed"),
    [("Łódź", "lodz"), ("Αθήνας", "ΑΘΗΝΑΣ"), ("Ħamrun", "hamrun"), ("Йовков", "йовков"), ("Ærø", "aero")],
)
def test_typed_without_accents_it_is_the_same(word: str, typed: str) -> None:
    assert folded(word) == folded(typed)
