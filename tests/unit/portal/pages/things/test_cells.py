"""From the facts of a thing to the cells that state them, and from the cells of a table to the things they name."""

from __future__ import annotations

import csv
import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

CELL = re.compile(r'href="([^"]*/table/[^"]*)#here"[^>]*><bdi>([^<]*)<')
"""The link to a cell, and what it says."""


def cells_of(client: TestClient, page: str) -> dict[str, str]:
    """The addresses of the cells that a page names, with what the page says of each."""
    text = client.get(page).text
    return {unescape(address): unescape(said) for address, said in CELL.findall(text)}


def shown(client: TestClient, address: str) -> tuple[str, str, list[str]]:
    """What the address marks: the number of the row, the text of the cell (or row), and all cells of that row."""
    page = client.get(address)
    assert page.status_code == 200
    assert page.text.count('id="here"') == 1
    [row] = re.findall(r'<tr class="marked".*?</tr>', page.text, re.DOTALL)
    number, *cells = (
        unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
    )
    [here] = re.findall(r'id="here".*?>(.*?)</t[dr]>', row, re.DOTALL)
    return number, unescape(re.sub(r"<[^>]+>", "", here)).strip(), cells


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "/en/thing/city/lyon",
        pytest.param("/de/thing/project/smarter-together", marks=pytest.mark.slow),
        "/fr/thing/partner/hespul",
    ],
)
def test_a_cell_of_a_fact_is_shown_in_its_table(smarter: TestClient, root: Path, page: str) -> None:
    """The publisher's own file has the cell in the row and column that the link says."""
    found = cells_of(smarter, page)
    assert len(found) > 5
    for address, said in found.items():
        number, here, _ = shown(smarter, address)
        file, row, *column = re.split(", (?:row|ligne|Zeile|column|colonne|Spalte) ", said)
        assert number == row
        with (root / "datasets" / file).open(encoding="utf-8", newline="") as source:
            header = source.readline()
            source.seek(0)
            records = list(csv.reader(source, delimiter=max(",;\t", key=header.count)))
        for title in column:
            stated = records[int(row) - 1][records[0].index(title.strip('"«»„“\N{NO-BREAK SPACE}'))]
            if file == "claims/amount-claims.csv":  # its numbers are written in French
                here, stated = f"{float(here):.2f}", f"{float(''.join(stated.split()).replace(',', '.')):.2f}"
            assert here in (stated, f"{stated[:80]}…{stated}"), address


def test_a_row_far_down_is_on_the_page_that_opens(odd: TestClient) -> None:
    [address] = [each for each in cells_of(odd, "/en/thing/item/n229") if "column=label" in each]
    number, here, cells = shown(odd, address)
    assert (number, here, cells[0]) == ("234", "Number 229", "n229")
    assert "Rows 226 to 233 of 233" in odd.get(address).text


def test_rows_are_numbered_as_in_the_file_of_their_publisher(odd: TestClient) -> None:
    """Three notes and a header are above the first row."""
    [address] = [each for each in cells_of(odd, "/en/thing/late/second") if "column=label" in each]
    assert "row=6" in address
    assert shown(odd, address)[:2] == ("6", "Second")


def test_tables_that_are_not_called_as_their_file_have_their_cells_shown(odd: TestClient) -> None:
    """One has its own name, two are sheets of a workbook."""
    for thing, table, row, label in [
        ("renamed/one", "other-name", "2", "One"),
        ("sheet/first", "first-sheet", "2", "First of the first"),
        ("sheet/second", "the-second", "3", "Second of the second"),
    ]:
        [address] = [each for each in cells_of(odd, f"/en/thing/{thing}") if "column=label" in each]
        assert address.startswith(f"/en/dataset/items/table/{table}?")
        assert shown(odd, address)[:2] == (row, label)


@pytest.mark.parametrize(
    "query", ["row=0", "row=x", "row=99999999", "row=-3", "row=1", "row=5&column=none", "column=id"]
)
def test_a_mark_on_no_row_or_column_marks_no_more_than_there_is(odd: TestClient, query: str) -> None:
    page = odd.get(f"/en/dataset/items/table/items?{query}")
    assert page.status_code == 200
    assert page.text.count('id="here"') == (1 if query.startswith("row=5") else 0)


def test_a_mark_stays_where_it_is_in_another_order(odd: TestClient) -> None:
    """Sorted and filtered rows keep their numbers; the page does not turn to the row."""
    address = "/en/dataset/items/table/items?has.label=number&sort=-id&row=234&column=id"
    assert shown(odd, address)[:2] == ("234", "n229")
    assert 'id="here"' not in odd.get(address.replace("row=234", "row=5")).text


@pytest.mark.slow
def test_cells_lead_to_the_things_that_they_name(smarter: TestClient) -> None:
    text = smarter.get("/de/dataset/cities/table/cities").text
    links = dict(re.findall(r'<td[^>]*><a href="([^"]+)"[^>]*><bdi>([^<]+)</bdi></a>', text))
    for address, cell in {
        "/de/thing/city/lyon": "lyon",
        "/de/thing/country/FR": "FR",
        "/de/thing?iri=https%3A%2F%2Fw3id.org%2Fst-opendata%2Fscheme%2Fcity-role%2Flead": "lead",
        "/de/thing?iri=https%3A%2F%2Fsws.geonames.org%2F2996944%2F": "2996944",
        "http://www.wikidata.org/entity/Q456": "Q456",
    }.items():
        assert links[address] == cell
    assert 'title="Frankreich"' in text
    for address in links:
        if address.startswith("/"):
            assert smarter.get(unescape(address)).status_code == 200, address


def test_only_cells_that_name_a_thing_lead_somewhere(odd: TestClient) -> None:
    """Open templates are read as in the mapping; a moment is written otherwise in the facts, so it leads nowhere."""
    text = odd.get("/en/dataset/items/table/late").text
    body = text[text.index("<tbody>") :]
    links = re.findall(r'<td[^>]*><a href="([^"]+)"[^>]*><bdi>([^<]+)</bdi></a>', body)
    assert links == [
        ("/en/thing/late/first", "first"),
        ("/en/thing/item/script", "item/script"),
        ("/en/thing/late/second", "second"),
        ("https://example.org/ns#thing", "ex:thing"),
        ("/en/thing/late/third", "third"),
    ]


@pytest.mark.parametrize(
    ("asked", "thing"),
    [
        ("hespul", "/fr/thing/partner/hespul"),
        ("Munchen", "/fr/thing/city/munich"),
        ("confluence lyon", "/fr/thing/district/lyon-confluence"),
    ],
)
def test_a_search_leads_to_things_as_well_as_to_datasets(smarter: TestClient, asked: str, thing: str) -> None:
    page = smarter.get("/fr/", params={"q": asked})
    assert "Dans les données" in page.text
    assert f'href="{thing}"' in page.text
    assert smarter.get(thing).status_code == 200


def test_a_search_for_nothing_known_leads_nowhere(smarter: TestClient) -> None:
    for query in ({}, {"q": "xyzzy"}, {"q": "..."}):
        assert 'id="things"' not in smarter.get("/fr/", params=query).text


def test_the_columns_of_a_dataset_lead_to_its_terms_and_code_lists(smarter: TestClient) -> None:
    text = smarter.get("/fr/dataset/cities").text
    for address in ("/fr/ontology#cityRole", "/fr/scheme/city-role", "http://www.w3.org/2003/01/geo/wgs84_pos#lat"):
        assert f'href="{address}"' in text
