"""Cheap questions that come before costly ones never miss what these find."""

from __future__ import annotations

import random

import pytest

from st_opendata.facts.notices import _may_meet, _meets
from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.tables.personal import ACCOUNT, EMAIL, PHONE

_TEXTS = (
    "anna@example.org",
    "mailto:a@b.co",
    "DE89370400440532013000",
    "FR14 2004 1010 0505",
    "+33 1 42 68 53 00",
    "[x",
)
_CHARACTERS = "aZ09@+. -()[/é＋\u0130\u212a\n"


def _altered(chance: random.Random) -> str:
    text = list(chance.choice(_TEXTS))
    for _ in range(chance.randrange(3)):
        place = chance.randrange(len(text))
        text[place : place + chance.randrange(2)] = chance.choice(_CHARACTERS)
    return "".join(text)


@pytest.mark.parametrize("form", [EMAIL, ACCOUNT, PHONE])
def test_all_cells_of_a_form_meet_its_screen(form: str) -> None:
    chance, column = random.Random(16), Column(name="a", number=1)
    with DuckDBEngine(None, "200MB", 1) as engine:
        engine.define("cells", {"c1": sql.TEXT})
        engine.fill("cells", [[_altered(chance) for _ in range(3_000)]])
        meets, screen = _meets(column, form), _may_meet(column, form)
        counts = f"count(*) FILTER (WHERE {meets}), count(*) FILTER (WHERE ({meets}) AND NOT ({screen}))"
        ((met, missed),) = engine.rows(f"SELECT {counts} FROM cells")
    assert met > 100
    assert missed == 0
