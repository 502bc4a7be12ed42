"""Markdown as plain text and as HTML that is safe."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_opendata.markup import html_of, plain_text

WRITTEN = """\
# Trees

All **trees** of the [town](https://town.example/trees),
see <https://town.example/>.

* oaks
* limes
  1. small
  2. large

> Said `x < y`.

![map](https://town.example/map.png)
"""
PLAIN = """\
Trees

All trees of the town (https://town.example/trees),
see https://town.example/.

- oaks
- limes
  1. small
  2. large

Said x < y.

!map (https://town.example/map.png)"""
TAGS = {"a", "p", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "br"} | {
    f"h{level}" for level in range(2, 7)
}


def test_plain_text_keeps_the_words() -> None:
    assert plain_text(WRITTEN) == PLAIN
    assert plain_text("a *b* c\n") == "a b c"
    assert plain_text("```\ncode\n```") == "code"
    assert plain_text("<b>bold</b>") == "<b>bold</b>"


def test_html_has_lower_headings_and_links() -> None:
    html = html_of(WRITTEN)
    assert html.startswith("<h2>Trees</h2>\n<p>All <strong>trees</strong>")
    assert '<a href="https://town.example/trees">town</a>' in html and "<img" not in html


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](/relative)",
        "<javascript:alert(1)>",
        '[x](https://a.example/"onclick=alert(1))',
        "![x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "[x](https://a.example 'title\" onclick=\"alert(1)')",
    ],
)
def test_nothing_runs(written: str) -> None:
    assert not _dangers(html_of(written))


@given(st.one_of(st.text(max_size=200), st.text("[]()<>!*_`#\"' \n:/ajvscript&;=\\", max_size=60)))
def test_no_text_runs(written: str) -> None:
    assert not _dangers(html_of(written))
    plain_text(written)


def _dangers(html: str) -> list[str]:
    """Tags, attributes and addresses that are not those of Markdown."""
    found = []

    class _Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in TAGS:
                found.append(tag)
            for name, value in attrs:
                known = name in ("title", "class") or (name == "start" and str(value).isdigit())
                if not known and not (name == "href" and re.match("(https?://|mailto:)", str(value), re.IGNORECASE)):
                    found.append(f"{name}={value}")

    reader = _Reader(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return found
