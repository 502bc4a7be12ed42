"""Two values side by side: where they differ is seen."""

from __future__ import annotations

import pytest

from st_opendata.messages.message import message
from st_opendata.targets.excerpts import excerpts


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("a", "b", ('"a"', '"b"')),
        (None, "b", ("nothing", '"b"')),
        ("a", None, ('"a"', "nothing")),
        (2, 3, ("2", "3")),
        ("é", "è", ('"é"', '"è"')),
        ("cafe\u0301", "café", ('"cafe\\u0301"', '"caf\\u00e9"')),
        ("na\u200bme", "name", ('"na\\u200bme"', '"name"')),
        ("two\nlines", "two lines", ('"two\\nlines"', '"two lines"')),
        (["a", "b"], ["b", "a"], ('["a", "b"]', '["b", "a"]')),
        ("x" * 90, "x" * 89 + "y", (f'…{"x" * 19}x"', f'…{"x" * 19}y"')),
        ("a" + "x" * 90, "b", (f'"a{"x" * 37}…', '"b"')),
    ],
)
def test_where_two_values_differ_is_seen(one: object, other: object, shown: tuple[str, str]) -> None:
    assert tuple(map(str, excerpts(one, other, 40))) == shown


def test_what_is_not_there_is_said_in_the_language_of_the_reader() -> None:
    texts = excerpts(None, message("a table in the DataStore"), 40)
    assert [text["fr"] for text in texts] == ["rien", "un tableau dans le DataStore"]
    assert [text["de"] for text in excerpts("nothing", None, 40)] == ['"nothing"', "nichts"]
