"""No cell, header or file ends a draft in anything but a catalogue that can be built, or an error message."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.draft import Answers, draft_catalogue, sample
from st_opendata.catalogue.init.profile import Profile, guess
from st_opendata.errors import StError
from st_opendata.facts import load_facts
from st_opendata.model.samples import Sample

EXAMPLES = int(os.environ.get("ST_DRAFTS", "30"))
"""Inputs of each property; more with ST_DRAFTS=5000."""
_FORMS = st.sampled_from([
    "52.5, 13.4", "51.98,5.66", "(52.5;13.4)", "POINT (13.4 52.5)", "[1,2]", "52°30'N", "7,5", "8.25", "1'250.5",
    "1 250,5", "1.23457E+17", "−5,5", "23,78 %", "€ 1.250,50", "2014,2015", "2024-W05", "31.12.99", "12:30",
    "31.12.2020", "10.0.0.1", "010.005.2005", "+43 1 234567", "DE89370400440532013000", "111 222 333 00044",
    "a|b", "1;2;3", "1,2,3", "-", "--", "n/a", "", " x ", "0", "00", "true", "Mu\u0308nchen", "=1+1",
    "anna@example.org", ",", ".5", "5.", "1,",
])  # fmt: skip
_NUMERIC = st.text(alphabet="0123456789.,;:-+'’%€ /()|eE\u00a0\u2212", max_size=12)
_CELLS = st.one_of(_FORMS, _NUMERIC, st.text(max_size=20))
_PLAIN_CELLS = st.one_of(_FORMS, _NUMERIC)
_TITLES = ["id", "name", "lat", "lon", "x", "y", "geolocation", "Telefon", "SIRET", "Vorname", "Nom", "cityID", "jahr"]


@settings(max_examples=EXAMPLES * 3, deadline=None)
@given(
    cells=st.lists(_CELLS, max_size=6),
    comma=st.booleans(),
    title=st.one_of(st.text(max_size=8), st.sampled_from(_TITLES)),
)
@example(cells=["52.5, 13.4", "53.5, 9.9"], comma=False, title="v")
@example(cells=["7,5", "8.25"], comma=True, title="v")
def test_any_column_is_guessed(cells: list[str], comma: bool, title: str) -> None:
    profile = Profile()
    for cell in cells:
        profile.add(cell)
    found = guess(profile, comma=comma, title=title)
    assert found.base in ("string", "integer", "decimal", "double", "boolean", "date", "dateTime", "time")


@st.composite
def _tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    titles = draw(st.lists(st.sampled_from(_TITLES), min_size=1, max_size=4, unique=True))
    columns = [draw(st.lists(draw(st.sampled_from([_FORMS, _PLAIN_CELLS])), min_size=4, max_size=4)) for _ in titles]
    rows = [[*row, str(number)] for number, row in enumerate(zip(*columns, strict=True), 1)]
    return [*titles, "n"], rows


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None)
@given(_tables(), st.sampled_from(",;\t"))
@example((["id", "n"], [["2014,2015", "1"], ["2014,2015", "2"], ["-", "3"]]), ",")
def test_what_is_drafted_of_a_tidy_file_has_no_violation(
    table: tuple[list[str], list[list[str]]], delimiter: str
) -> None:
    titles, rows = table
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([titles, *rows])
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "t.csv").write_text(out.getvalue(), "utf-8", newline="")
        draft = draft_catalogue(folder / "draft", [folder / "t.csv"], Answers("T", "https://t.example/"))
        text = next((folder / "draft").glob("*/dataset.yaml")).read_text("utf-8")
        with load_facts(read_catalogue(folder / "draft"), threads=1) as facts:
            violations = [str(finding) for finding in facts.findings if finding.severity == "violation"]
            assert not violations, text
            (shown,) = map(sample, draft.tables)
            (read,) = facts.samples(3)
            assert _stripped(shown) == _stripped(read), text


def _stripped(sample: Sample) -> list[tuple[str, str, list[str]]]:
    """Columns with their values, blanks at the ends aside, which a draft does not see all."""
    return [
        (column.title, column.kind, [(value or "").strip() for value in column.values]) for column in sample.columns
    ]


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.lists(_CELLS, max_size=20).map(lambda cells: ",".join(cells).encode()),
    )
)
def test_any_file_is_drafted_or_refused_in_words(content: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "t.csv").write_bytes(content)
        try:
            draft_catalogue(folder / "draft", [folder / "t.csv"], Answers("T", "https://t.example/"))
        except StError as error:
            assert error.message_text()
            assert error.remedy_text()
            assert not (folder / "draft").exists()
