"""Markdown (CommonMark) in descriptions: as plain text, and as HTML in which a browser runs nothing.

HTML in the text is shown as text, links lead to http(s) and mailto addresses only, and an image becomes a link to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loading it takes longer than reading a small catalogue
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SAFE = re.compile(r"(https?://|mailto:)[^\s\x00-\x1f<>\"]+\Z", re.IGNORECASE)
_LOWEST_HEADING = 6
_BLOCKS = frozenset({"inline", "code_block", "fence", "html_block"})


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).disable("image")
    parser.validateLink = lambda url: bool(_SAFE.match(url))  # type: ignore[method-assign]  # as its documents say
    return parser


def html_of(markdown: str) -> str:
    """The text as HTML; its headings are one level lower, as the page has the first."""
    parser = _parser()
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, _LOWEST_HEADING)}"
    return str(parser.renderer.render(tokens, parser.options, {}))


def plain_text(markdown: str) -> str:
    """The words of the text: paragraphs between empty lines, items of lists after a dash, addresses in brackets."""
    return "".join(_written(_parser().parse(markdown))).strip()


def _written(tokens: Sequence[Token]) -> Iterator[str]:
    """Each block after an empty line; only the items of a list follow each other line by line."""
    marks, item, between = list[int | None](), "", ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            marks.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            marks.pop()
            between = "\n" if marks else between and "\n\n"
        elif token.type == "list_item_open":
            number = marks[-1]
            item = "  " * (len(marks) - 1) + (f"{number}. " if number is not None else "- ")
            marks[-1] = None if number is None else number + 1
        elif token.type in _BLOCKS:
            text = "".join(_words(token.children)) if token.children is not None else token.content.rstrip("\n")
            yield between + item + text
            item, between = "", "\n\n"
        elif token.type == "list_item_close":
            between = "\n"
        if token.type.endswith("_list_open") and len(marks) > 1:
            between = "\n"


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    """The text of a line; the address of a link follows its words if they are not the address itself."""
    addresses, said = list[str](), list[str]()
    for token in tokens:
        if token.type == "link_open":
            addresses.append(str(token.attrGet("href") or ""))
            said.append("")
        elif token.type == "link_close":
            address, words = addresses.pop(), said.pop()
            if words not in (address, address.removeprefix("mailto:")):
                yield f" ({address})"
        else:
            text = "\n" if token.type in ("softbreak", "hardbreak") else token.content
            said[:] = [words + text for words in said]
            yield text
