"""Citations: read back by parsers of each format, and bounded in what a text may do to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from st_opendata.portal.api.citations import (
    STYLES,
    Citation,
    citation_of,
    write_bibtex,
    write_cff,
    write_ris,
    write_text,
)
from st_opendata.portal.data.description_file import describe
from st_opendata.portal.data.edition import Edition

PLAIN = Citation(
    key="cities-1.0.0",
    authors=("City & Office, the 100% best_one",),
    title="Cities {of} Europe",
    year="2020",
    day="2020-03-01",
    version="1.0.0",
    publisher="City Office",
    address="https://example.org/dataset/cities",
    language="en",
    abstract="What cities are.",
    keywords=("city", "é"),
    licence="CC-BY-4.0",
    licence_page="https://creativecommons.org/licenses/by/4.0/",
)


def read_bibtex(text: str) -> dict[str, str]:
    """The fields of the one entry: braces must balance, as BibTeX asks."""
    found = re.fullmatch(r"@misc\{([^\s,{}]+),\n((?:  [a-z]+ = \{.*\},\n)+)\}\n", text)
    assert found, text
    fields = {}
    for line in found[2].splitlines():
        name, _, value = line.strip().removesuffix(",").partition(" = ")
        depth = 0
        for index, each in enumerate(value):
            escaped = index > 0 and value[index - 1] == "\\"
            depth += (each == "{" and not escaped) - (each == "}" and not escaped)
            assert depth > 0 or index == len(value) - 1, line
        fields[name] = value[1:-1]
    return fields


def read_ris(text: str) -> list[tuple[str, str]]:
    """The tags of the one record (RIS: a tag of two characters, two spaces, a hyphen, a space)."""
    lines = text.split("\r\n")
    assert lines.pop() == ""
    tags = [(line[:2], line[6:]) for line in lines if re.match(r"[A-Z][A-Z0-9]  - ", line)]
    assert len(tags) == len(lines)
    assert (tags[0], tags[-1]) == (("TY", "DATA"), ("ER", ""))
    return tags


def check_cff(text: str) -> dict[str, object]:
    """What the schema of CFF 1.2.0 asks of a dataset with these keys."""
    cff: dict[str, object] = yaml.safe_load(text)
    assert {"cff-version", "message", "title", "authors"} <= cff.keys()
    assert cff.keys() <= {
        *("cff-version", "message", "type", "title", "authors", "version", "date-released", "url", "license"),
        *("license-url", "abstract", "keywords"),
    }
    assert cff["cff-version"] == "1.2.0"
    assert cff["type"] == "dataset"
    assert isinstance(cff["authors"], list)
    assert all(set(author) == {"name"} and author["name"] for author in cff["authors"])
    assert isinstance(cff.get("date-released", ""), str | date)
    for name in ("title", "message", "version", "abstract"):
        assert isinstance(cff.get(name, ""), str), name
    return cff


def test_each_style_says_the_same() -> None:
    assert write_text(PLAIN) == (
        "City & Office, the 100% best_one (2020): Cities {of} Europe (1.0.0). City Office. "
        "https://example.org/dataset/cities\n"
    )
    bibtex = read_bibtex(write_bibtex(PLAIN))
    assert bibtex["title"] == r"{Cities \{of\} Europe}"
    assert bibtex["author"] == r"{City \& Office, the 100\% best\_one}"
    assert bibtex["url"] == PLAIN.address
    ris = dict(read_ris(write_ris(PLAIN)))
    assert (ris["TI"], ris["PY"], ris["DA"], ris["UR"]) == (PLAIN.title, "2020", "2020/03/01", PLAIN.address)
    cff = check_cff(write_cff(PLAIN))
    assert (cff["title"], cff["license"], cff["version"]) == (PLAIN.title, "CC-BY-4.0", "1.0.0")


def test_bibtexparser_and_rispy_read_them(read_with: Callable[[str], Any]) -> None:
    bibtexparser, rispy = read_with("bibtexparser"), read_with("rispy")
    library = bibtexparser.parse_string(write_bibtex(PLAIN))
    assert not library.failed_blocks
    [entry] = library.entries
    assert entry.key == "cities-1.0.0"
    assert entry.fields_dict["year"].value == "2020"
    [record] = rispy.loads(write_ris(PLAIN))
    assert record["type_of_reference"] == "DATA"
    assert record["title"] == PLAIN.title
    assert record["authors"] == [PLAIN.author]


def test_what_is_unknown_is_left_out() -> None:
    bare = replace(PLAIN, authors=(), year="", day="", version="", publisher="", keywords=(), licence="", abstract="")
    assert set(read_bibtex(write_bibtex(bare))) == {"title", "howpublished", "url", "language"}
    assert {tag for tag, _ in read_ris(write_ris(bare))} == {"TY", "TI", "UR", "LA", "ER"}
    assert check_cff(write_cff(bare))["license-url"] == PLAIN.licence_page


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_a_format(title: str, word: str) -> None:
    from st_opendata.portal.api.citations import _line

    words = tuple(filter(None, [_line(word)]))
    cited = replace(PLAIN, title=_line(title) or "x", authors=words, keywords=words)
    read_bibtex(write_bibtex(cited))
    read_ris(write_ris(cited))
    assert check_cff(write_cff(cited))["title"] == cited.title


@pytest.mark.slow
def test_hostile_datasets_are_cited_in_one_line(edition: Edition, client: TestClient) -> None:
    for language in ("en", "fr", "de"):
        cited = citation_of(describe(edition)["texts"], language)
        assert "\u202e" not in write_text(cited)
        assert write_text(cited).count("\n") == 1
        for style in STYLES.values():
            answer = client.get(f"/{language}/dataset/texts/{style.file}")
            assert answer.text == style.write(cited)
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{style.file}"'
        read_bibtex(write_bibtex(cited))
        read_ris(write_ris(cited))
        check_cff(write_cff(cited))
