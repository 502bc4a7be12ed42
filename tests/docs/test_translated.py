"""A page in several languages has the same structure in each: headings, tables, commands, options and links.

`test_commands.py` runs the commands of each page, and compares the output that it shows. Here, tables of messages are
compared with the translations: they quote messages that the program has, the same ones in each language.
"""

from __future__ import annotations

import os
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import texts

DOCS = Path(__file__).resolve().parents[2] / "docs"
NAMES = {"en": "English", "fr": "Français", "de": "Deutsch"}
PAGES = sorted({path.relative_to(DOCS / folder) for folder in ("fr", "de") for path in (DOCS / folder).rglob("*.md")})


def path_in(language: str, page: Path) -> Path:
    return DOCS / ("" if language == "en" else language) / page


def tokens(path: Path) -> list[Token]:
    parsed = MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8"))
    return [part for token in parsed for part in (token, *(token.children or ()))]


def headings(path: Path) -> list[str]:
    return [token.tag for token in tokens(path) if token.type == "heading_open"]


def code_blocks(path: Path) -> list[tuple[str, list[str]]]:
    """The kind of each block and its commands, without the choice of the language."""
    found = []
    for token in tokens(path):
        if token.type == "fence" and not re.fullmatch(r"\$ export ST_LANG=\w+\n", token.content):
            found.append((token.info.strip(), re.findall(r"^\$ (.*)", token.content, re.MULTILINE)))
    return found


def usage(path: Path) -> list[str]:
    """How commands are called: the blocks that start with the word for it, without that word."""
    texts = [token.content for token in tokens(path) if token.type == "fence" and token.info.strip() == "text"]
    return [" ".join(text.partition(":")[2].split()) for text in texts if re.match(r"\w+\s?: st-opendata", text)]


def tables(path: Path) -> list[tuple[int, ...]]:
    """The number of cells in each row of each table."""
    found: list[list[int]] = []
    for token in tokens(path):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append(0)
        elif token.type in ("th_open", "td_open"):
            found[-1][-1] += 1
    return [tuple(rows) for rows in found]


def options(path: Path) -> list[str]:
    """The options, settings and files of the program that the page mentions, and what options take."""
    code = {token.content for token in tokens(path) if token.type == "code_inline"}
    return sorted(text for text in code if re.match(r"--?\w|ST_[A-Z]+$|[\w/]+\.(yaml|json|ttl|py)$", text))


@cache
def anchors(path: Path) -> dict[str, int]:
    """The number of each heading by its anchor, as hosts of Git repositories make it."""
    found: dict[str, int] = {}
    parsed = tokens(path)
    for before, token in pairwise(parsed):
        if before.type == "heading_open":
            text = "".join(part.content for part in token.children or () if part.type in ("text", "code_inline"))
            slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            assert slug not in found, f"{path.name} has two headings {text}"
            found[slug] = len(found)
    return found


def place(path: Path, anchor: str) -> str:
    """The heading of one of our pages by its number, which is the same in each language."""
    if not anchor or path.suffix != ".md":
        return anchor
    return str(anchors(path)[unquote(anchor)])


def links(path: Path) -> list[str]:
    """What the page links to after the line of languages: files without the folder of the language."""
    found = []
    for token in tokens(path):
        target = str(token.attrs.get("href") or "")
        if token.type == "link_open" and not urlsplit(target).scheme:
            file, _, anchor = target.partition("#")
            name = Path(os.path.normpath(path.parent / file)) if file else path
            heading = place(name, anchor)
            for folder in ("fr", "de"):
                name = DOCS / name.relative_to(DOCS / folder) if name.is_relative_to(DOCS / folder) else name
            found.append(f"{os.path.relpath(name, DOCS)}#{heading}")
        elif token.type == "link_open":
            found.append(target)
    return sorted(found[2:])


@pytest.mark.quick(4)
@pytest.mark.parametrize("language", ["fr", "de"])
@pytest.mark.parametrize("page", PAGES, ids=Path.as_posix)
def test_page_has_the_structure_of_the_english_one(page: Path, language: str) -> None:
    english, translated = path_in("en", page), path_in(language, page)
    for part in (headings, code_blocks, usage, tables, options, links):
        assert part(translated) == part(english), f"{part.__name__} differ"


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("page", PAGES, ids=Path.as_posix)
def test_line_after_the_title_links_to_the_other_languages(page: Path, language: str) -> None:
    path = path_in(language, page)
    names = [
        name if other == language else f"[{name}]({os.path.relpath(path_in(other, page), path.parent)})"
        for other, name in NAMES.items()
    ]
    title, line = re.search(r"^(# .+)\n(.*)", path.read_text("utf-8"), re.MULTILINE).groups()  # type: ignore[union-attr]
    assert line == " · ".join(names), title


def quotes(path: Path) -> list[list[str]]:
    """The messages that each row of the table of messages quotes in its first cell; `...` stands for a field."""
    text = path.read_text("utf-8")
    table = re.search(r"^\| (?:message|Meldung) \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert table, path
    return [re.findall("`([^`]+)`", row.split(" | ")[0]) for row in table[1].splitlines()]


def plain(text: str) -> str:
    return re.sub(r"\{\w+\}", "...", text).replace("\N{NO-BREAK SPACE}", " ")


@cache
def said(language: str) -> list[tuple[str, str]]:
    """The texts of the program in a language, with `...` for fields, and the same texts in English."""
    if language == "en":
        return [(plain(entry.id), entry.id) for entry in texts.collect() if isinstance(entry.id, str)]
    return [(plain(entry.string), entry.id) for entry in texts.read(language) if isinstance(entry.id, str)]


def test_tables_of_messages_quote_what_the_program_says() -> None:
    page = Path("publish-ckan.md")
    rows = {language: quotes(path_in(language, page)) for language in NAMES}
    assert [len(row) for row in rows["en"]] == [2, *[1] * 21]
    for language, quoted in rows.items():
        begun = {
            quote: {english for text, english in said(language) if text.startswith(start)}
            for row in quoted
            for quote, start in zip(row, map(plain, row), strict=True)
        }
        assert [quote for quote, english in begun.items() if not english] == [], language
        for row, row_in_english in zip(quoted, rows["en"], strict=True):
            for quote, in_english in zip(row, row_in_english, strict=True):
                meant = {english for text, english in said("en") if text.startswith(in_english)}
                assert begun[quote] & meant, f"{quote!r} is not {in_english!r}"
