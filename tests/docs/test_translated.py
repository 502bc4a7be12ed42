"""A page in several languages has the same structure in each: headings, commands and links."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

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


def links(path: Path) -> list[str]:
    """What the page links to after its second line: files of the repository without the folder of the language."""
    found = []
    for token in tokens(path):
        target = str(token.attrs.get("href") or "")
        if token.type == "link_open" and not urlsplit(target).scheme:
            file, _, anchor = target.partition("#")
            name = Path(os.path.normpath(path.parent / file)) if file else path
            for folder in ("fr", "de"):
                name = DOCS / name.relative_to(DOCS / folder) if name.is_relative_to(DOCS / folder) else name
            found.append(f"{os.path.relpath(name, DOCS)}#{anchor}")
        elif token.type == "link_open":
            found.append(target)
    return sorted(found[2:])


@pytest.mark.parametrize("language", ["fr", "de"])
@pytest.mark.parametrize("page", PAGES, ids=Path.as_posix)
def test_page_has_the_structure_of_the_english_one(page: Path, language: str) -> None:
    english, translated = path_in("en", page), path_in(language, page)
    for part in (headings, code_blocks, links):
        assert part(translated) == part(english), f"{part.__name__} differ"


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("page", PAGES, ids=Path.as_posix)
def test_second_line_links_to_the_other_languages(page: Path, language: str) -> None:
    path = path_in(language, page)
    names = [
        name if other == language else f"[{name}]({os.path.relpath(path_in(other, page), path.parent)})"
        for other, name in NAMES.items()
    ]
    assert path.read_text("utf-8").splitlines()[1] == " · ".join(names)
