"""Cells that are well-formed and wrong all the same: each ends as a finding at its cell, in each language."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts
from st_opendata.model.findings import conforms

Load = Callable[..., FactBase]
Found = list[tuple[str, int | None, str | None]]
PAGE = {"name": "page", "datatype": "anyURI", "propertyUrl": "ex:page", "valueUrl": "{+page}", "personal": False}


def found(base: FactBase) -> Found:
    assert all(one.message.keys() == {"en", "fr", "de"} == one.remedy.keys() for one in base.findings)
    return [(one.code, one.places[0].row, one.places[0].column) for one in base.findings]


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("https://www.example.org/", None),
        ("mailto:a@example.org", None),
        ("ex:thing", None),
        ("", None),
        ("www.example.org", "cell-relative"),
        ("www.example.org:8080/a", "cell-relative"),
        ("page.html", "cell-relative"),
        ("javascript:alert(1)", "cell-scheme"),
        ("JavaScript:alert(1)", "cell-scheme"),
        ("data:text/html;x", "cell-scheme"),
        ("vbscript:x", "cell-scheme"),
        ("file:///C:/x.csv", "cell-scheme"),
    ],
)
def test_addresses_are_whole_and_harmless(load: Load, page: str, code: str | None) -> None:
    base = load(f"id,page\n1,{page}\n", [{"name": "id"}, PAGE])
    assert found(base) == ([(code, 2, "page")] if code else [])


def test_addresses_in_a_list_are_looked_at_one_by_one(load: Load) -> None:
    base = load("id,page\n1,https://example.org/|www.example.org\n", [{"name": "id"}, PAGE | {"separator": "|"}])
    assert found(base) == [("cell-relative", 2, "page")]


def test_relative_addresses_are_taken_where_a_format_states_them(load: Load) -> None:
    page = PAGE | {"datatype": {"base": "anyURI", "format": "[a-z]+/[a-z]+"}}
    base = load("id,page\n1,city/lyon\n", [{"name": "id"}, page])
    assert found(base) == [] and "<https://example.org/id/city/lyon>" in next(base.lines())[0]


def test_text_in_an_open_template_leads_to_no_code(load: Load) -> None:
    base = load("id,page\n1,javascript:x\n", [{"name": "id"}, PAGE | {"datatype": "string"}])
    assert found(base) == [("cell-scheme", 2, "page")]


@pytest.mark.parametrize(("code", "dangling"), [("FR", [("key-dangling", 3, "country")]), ("F R", [])])
def test_keys_are_followed_in_tables_with_wrong_cells(make: Callable[..., Path], code: str, dangling: Found) -> None:
    """But not to a column that has wrong cells itself."""
    cities = {
        "columns": [{"name": "id"}, {"name": "country"}, {"name": "people", "datatype": "integer"}],
        "foreignKeys": [
            {"columnReference": "country", "reference": {"resource": "countries.csv", "columnReference": "code"}}
        ],
    }
    countries = {"columns": [{"name": "code", "datatype": {"format": "[A-Z]+"}}, {"name": "n", "datatype": "integer"}]}
    tables = {
        "cities.csv": ("id,country,people\na,FR,many\nb,XX,1\n", cities),
        "countries.csv": (f"code,n\n{code},x\n", countries),
    }
    with load_facts(read_catalogue(make(tables))) as base:
        wrong = [one for one in found(base) if one[0] == "cell-datatype"]
        assert ("cell-datatype", 2, "people") in wrong and ("cell-datatype", 2, "n") in wrong
        assert [one for one in found(base) if one[0] == "key-dangling"] == dangling
        assert list(base.lines()) == []


@pytest.mark.quick(2)
@pytest.mark.parametrize("text", ["HarboÃ¼r", "aoÃ»t", "Saint-Ã\x89tienne", "lâ€™Europe", "20Â°C", "caf\ufffd"])
def test_lost_letters_are_a_warning(load: Load, text: str) -> None:
    base = load(f"id,name\n1,{text}\n", [{"name": "id"}, {"name": "name", "propertyUrl": "ex:name"}])
    assert found(base) == [("cell-mojibake", 2, "name")]
    assert conforms(list(base.findings)) and base.triples() == 1


def test_letters_with_accents_are_no_warning(load: Load) -> None:
    assert found(load("id,name\n1,São PAULO ÂGE ÃO Älter €5 “x” é\n", [{"name": "id"}, {"name": "name"}])) == []


@pytest.mark.quick(2)
@pytest.mark.parametrize("key", ["harbour\u00a0", "har\u200bbour", "\ufeffharbour", "harbour ", "har\u00adbour"])
def test_keys_with_invisible_characters_are_a_warning(load: Load, key: str) -> None:
    named = {"name": "name", "propertyUrl": "ex:name"}
    for more in ({"primaryKey": "id"}, {"aboutUrl": "place/{id}"}):
        assert found(load(f'id,name\n"{key}",\u00a0x\n', [{"name": "id"}, named], **more)) == [
            ("key-invisible", 2, "id")
        ]


def test_keys_that_differ_by_capitals_are_a_warning(load: Load) -> None:
    base = load("id\nlyon\nwien\nLyon\nLYON\n", [{"name": "id"}], primaryKey="id")
    assert found(base) == [("key-case", 2, "id")]
    assert [place.row for place in base.findings[0].places] == [2, 4, 5]
    assert "lyon, Lyon, LYON" in base.findings[0].message["en"]


def test_keys_by_capitals_beyond_the_limit_are_counted(make: Callable[..., Path]) -> None:
    keys = [f"{form}{number}" for form in ("key", "Key", "KEY") for number in range(5)]
    schema = {"columns": [{"name": "id"}], "primaryKey": "id"}
    catalogue = read_catalogue(make({"t.csv": ("id\n" + "\n".join(keys), schema)}))
    with load_facts(catalogue, limit=2) as base:
        first, second, more = base.findings
    assert [[place.row for place in each.places] for each in (first, second)] == [[2, 7, 12], [3, 8, 13]]
    assert "key1, Key1, KEY1" in second.message["en"]
    assert more.code == "findings-more"
    assert "3" in more.message["en"]


def test_a_key_in_many_spellings_lists_the_first(load: Load) -> None:
    spellings = ["".join(form) for form in product(*(f"{letter}{letter.upper()}" for letter in "abcde"))]
    base = load("id\n" + "\n".join(spellings), [{"name": "id"}], primaryKey="id")
    assert found(base) == [("key-case", 2, "id")]
    assert [place.row for place in base.findings[0].places] == list(range(2, 22))
    assert f"{spellings[19]} …" in base.findings[0].message["en"]


@pytest.mark.parametrize(
    ("rows", "about", "codes"), [(2, "city", ["subject-constant"]), (1, "city", []), (2, "city/{id}", [])]
)
def test_rows_with_keys_that_speak_of_one_thing_are_a_warning(
    load: Load, rows: int, about: str, codes: list[str]
) -> None:
    columns = [{"name": "id"}, {"name": "name", "propertyUrl": "ex:name"}]
    content = "id,name\n" + "".join(f"{number},x\n" for number in range(rows))
    assert [one[0] for one in found(load(content, columns, aboutUrl=about, primaryKey="id"))] == codes
