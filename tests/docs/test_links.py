"""Every relative link in a document leads to a file, and to a heading of it where it names one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("docs", "datasets", "ontology", "shapes", "bench", "tests")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))])
PARTS = ROOT / "docs" / "commands" / "examples"
"""Parts of other documents; their links are checked where they are included."""


@cache
def tokens(path: Path) -> tuple[Token, ...]:
    """All tokens of the document, those inside paragraphs included."""
    parsed = MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8"))
    return tuple(part for token in parsed for part in (token, *(token.children or ())))


def links(path: Path) -> Iterator[str]:
    for token in tokens(path):
        target = token.attrs.get("href") or token.attrs.get("src")
        if target and not urlsplit(str(target)).scheme:
            yield str(target)


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors that hosts of Git repositories give to the headings."""
    found: list[str] = []
    marks = tokens(path)
    for before, token in pairwise(marks):
        if before.type == "heading_open":
            text = "".join(part.content for part in token.children or () if part.type in ("text", "code_inline"))
            slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            found.append(slug if slug not in found else f"{slug}-{found.count(slug)}")
    return frozenset(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    if path.is_relative_to(PARTS):
        return
    for link in links(path):
        parts = urlsplit(link)
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        assert target.is_relative_to(ROOT), f"{link} leaves the repository"
        assert target.exists(), f"{link}: there is no such file"
        if parts.fragment:
            assert unquote(parts.fragment) in anchors(target), f"{link}: there is no such heading"


def test_every_document_is_reached() -> None:
    """From the README, by links; a folder that is linked shows its README."""
    reached: set[Path] = set()
    to_do = [ROOT / "README.md"]
    while to_do:
        path = to_do.pop()
        path = path / "README.md" if path.is_dir() else path
        if path in reached or path.suffix != ".md" or not path.is_file():
            continue
        reached.add(path)
        to_do += [(path.parent / unquote(urlsplit(link).path)).resolve() for link in links(path)]
    missed = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS if path not in reached]
    assert not [name for name in missed if name.startswith("docs/") and "/examples/" not in name]
