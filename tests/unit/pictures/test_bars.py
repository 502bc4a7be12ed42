"""Bar charts: order, lengths, numbers, and what is left out."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from babel import Locale, numbers

from st_opendata.pictures import MOST_BARS, Bar, Chart, Drawing, draw_bars, svg_file, svg_part
from st_opendata.pictures.bars import FILE, NARROW, WIDE, ChartSize
from st_opendata.pictures.drawing import Area, TextLine, text_width
from st_opendata.pictures.wording import clean, number_text
from st_opendata.vocabularies import language_tags

SHARES = [Bar("Hespul", Decimal("501875")), Bar("Stadt Wien", Decimal("4396190.40")), Bar("BWSG", Decimal("1882010"))]


def texts(drawing: Drawing, role: str) -> list[str]:
    return [mark.text for mark in drawing.marks if isinstance(mark, TextLine) and mark.role == role]


def lengths(drawing: Drawing) -> list[float]:
    return [mark.box.width for mark in drawing.marks if isinstance(mark, Area)]


@pytest.mark.parametrize("layout", [WIDE, NARROW, FILE])
def test_the_largest_comes_first_and_lengths_are_to_scale(layout: ChartSize) -> None:
    drawing = draw_bars(Chart("Shares", "Amount in euros", SHARES), "en", layout)
    assert texts(drawing, "label") == ["Stadt Wien", "BWSG", "Hespul"]
    assert texts(drawing, "number") == ["4,396,190", "1,882,010", "501,875"]
    first, second, third = lengths(drawing)
    assert second / first == pytest.approx(1882010 / 4396190.40, abs=0.01)
    assert third / first == pytest.approx(501875 / 4396190.40, abs=0.01)
    for mark in drawing.marks:
        if isinstance(mark, TextLine) and mark.role == "number":
            assert mark.at[0] + text_width(mark.text, mark.size) <= drawing.width
    assert drawing.description == "Amount in euros. Stadt Wien: 4,396,190, BWSG: 1,882,010, Hespul: 501,875."


def test_bars_in_an_order_of_their_own_keep_it() -> None:
    years = [Bar("2018", Decimal(2)), Bar("2019", Decimal(10)), Bar("2020", Decimal(5))]
    drawing = draw_bars(Chart("Years", "Rows", years, in_order=True), "en", WIDE)
    assert texts(drawing, "label") == ["2018", "2019", "2020"]
    first, second, third = lengths(drawing)
    assert first < third < second
    assert (first / second, third / second) == pytest.approx((0.2, 0.5), abs=0.01)


def test_what_is_left_out_is_counted() -> None:
    bars = [Bar(f"b{number}", Decimal(number)) for number in range(MOST_BARS + 5)]
    drawing = draw_bars(Chart("Many", "Amount", bars, left_out=10), "fr")
    assert len(lengths(drawing)) == MOST_BARS
    assert texts(drawing, "note") == ["Amount", "et 15 de plus"]


def test_numbers_of_any_size_are_drawn() -> None:
    bars = [Bar("a", Decimal("1E+999999999")), Bar("b", Decimal("5E+999999998")), Bar("c", Decimal("1E-999999999"))]
    drawing = draw_bars(Chart("Wide", "Amount", bars), "en")
    assert texts(drawing, "number") == ["1e+999999999", "5e+999999998", "1e-999999999"]
    first, second, third = lengths(drawing)
    assert second / first == pytest.approx(0.5, abs=0.01)
    assert third == 1


def test_nothing_but_zero_is_drawn_too() -> None:
    assert lengths(draw_bars(Chart("None", "Amount", [Bar("a", Decimal(0)), Bar("b", Decimal(0))]), "en")) == [1, 1]


@pytest.mark.parametrize("bars", [[], [Bar("a", Decimal(-1))]])
def test_what_cannot_be_drawn(bars: list[Bar]) -> None:
    with pytest.raises(ValueError, match="bars"):
        draw_bars(Chart("Wrong", "Amount", bars), "en")


def test_long_names_are_cut_and_kept_in_the_tip() -> None:
    name = "Energieversorgungs- und Verkehrsbetriebe der Landeshauptstadt mit langem Namen"
    drawing = draw_bars(Chart("Long", "Amount", [Bar(name, Decimal(1))]), "de", FILE)
    [label] = texts(drawing, "label")
    assert label.endswith("…")
    assert text_width(label, FILE.text) <= FILE.names
    assert any(isinstance(mark, Area) and mark.tip == f"{name}: 1" for mark in drawing.marks)


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        ("4396190.40", "en", "4,396,190"),
        ("4396190.40", "fr", "4\u202f396\u202f190"),
        ("4396190.40", "de-AT", "4.396.190"),
        ("12.50", "de", "12,5"),
        ("1200", "en", "1,200"),
        ("1E+6", "en", "1,000,000"),
        ("0", "en", "0"),
        ("0E-99999999", "en", "0"),
        ("1234567890123.5", "en", "1,234,567,890,124"),
        ("123456789012345678901234567890", "de", "1,23e+29"),
        ("1E+999999999", "en", "1e+999999999"),
        ("1E-999999999", "en", "1e-999999999"),
    ],
)
def test_numbers_as_people_write_them(value: str, language: str, text: str) -> None:
    assert number_text(Decimal(value), language) == text


def test_what_cannot_be_seen_is_left_out() -> None:
    assert clean("a\u202e b\x00\n\ufffe\ud800 c") == "a b c"


@pytest.mark.parametrize("layout", [WIDE, NARROW, FILE])
def test_a_long_title_is_whole_in_more_lines(layout: ChartSize) -> None:
    title = "Contributions de l’Union européenne aux partenaires du projet, selon la convention de subvention"
    unit = "Montant de la contribution de l’Union européenne (EUR), par partenaire et par ordre de grandeur"
    drawing = draw_bars(Chart(title, unit, SHARES), "fr", layout)
    words = [mark for mark in drawing.marks if isinstance(mark, TextLine)]
    for role, text in (("title", title), ("note", unit)):
        assert " ".join(mark.text for mark in words if mark.role == role) == text
    assert all(mark.at[0] + text_width(mark.text, mark.size) <= layout.width for mark in words if mark.role != "label")
    heights = [mark.at[1] for mark in words if mark.role in ("title", "note")]
    assert heights == sorted(set(heights))
    assert heights[-1] < min(mark.box.y for mark in drawing.marks if isinstance(mark, Area))


def test_a_title_without_end_or_spaces_is_cut() -> None:
    drawing = draw_bars(Chart("word " * 100, "w" * 500, SHARES), "en", NARROW)
    words = [mark for mark in drawing.marks if isinstance(mark, TextLine)]
    assert len([mark for mark in words if mark.role == "title"]) == 4
    assert [mark.text[-1] for mark in words if mark.role == "note"] == ["…"]
    assert all(text_width(mark.text, mark.size) <= NARROW.width for mark in words)


@pytest.mark.parametrize("language", [*language_tags(), "de-AT", "pt-BR"])
def test_numbers_are_grouped_as_the_language_does(language: str) -> None:
    locale = Locale.parse(language, sep="-") if language not in ("mul", "ar") else Locale("en")
    group, point = numbers.get_group_symbol(locale), numbers.get_decimal_symbol(locale)
    assert number_text(Decimal(1234567), language) == f"1{group}234{group}567"
    assert number_text(Decimal("12.5"), language) == f"12{point}5"


def test_what_the_program_says_is_english_where_it_speaks_no_other() -> None:
    bars = [Bar(f"Δήμος {number}", Decimal(number)) for number in range(1, 24)]
    drawing = draw_bars(Chart("Έξοδα", "Amount in euros", bars), "el")
    svg = svg_file([drawing])
    assert 'xml:lang="el"' in svg.partition("<title")[0]
    assert re.search('<text [^>]*xml:lang="en">and 3 more</text>', svg)
    assert re.search('<desc [^>]*xml:lang="en">', svg)
    assert re.search('<text [^>]*font-weight="bold"[^>]*>Έξοδα</text>', svg) and '<title id="picture-title">' in svg
    assert 'xml:lang="en"' not in svg_file([draw_bars(Chart("Ausgaben", "Betrag", bars), "de")])


def test_a_title_may_be_in_another_language_than_the_picture() -> None:
    chart = Chart("Έξοδα", "Betrag", [Bar("A", Decimal(1))], title_language="el")
    part = svg_part(draw_bars(chart, "de"), "a")
    assert '<title id="a-title" xml:lang="el">Έξοδα</title>' in part
    assert re.search('<text [^>]*class="picture-title" xml:lang="el">Έξοδα</text>', part)
