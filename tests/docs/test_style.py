"""The documents are free of the turns that docs/STYLE.md asks writers to avoid.

`turns.toml` lists the turns. Each has a sentence that its pattern must find and one that it must pass. Code, generated
parts and link targets are not searched. A heading is searched as `# ` and its text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {"docs/findings.md"}
"""Documents whose text comes from the program: their sources are searched elsewhere."""
QUOTING = {"docs/STYLE.md"}
"""The rules themselves, which show the turns."""
PLACES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "datasets/README.md")),
    *(ROOT / "docs").glob("*.md"),
    *(
        path
        for folder in ("decisions", "upstream", "commands/examples")
        for path in (ROOT / "docs" / folder).glob("*.md")
    ),
)
DOCUMENTS = sorted(path for path in PLACES if path.relative_to(ROOT).as_posix() not in GENERATED | QUOTING)


@dataclass(frozen=True)
class Turn:
    """A turn of phrase, the pattern that finds it, what to write instead, and a sentence of each kind."""

    name: str
    pattern: re.Pattern[str]
    instead: str
    caught: str
    passed: str


def read_turns() -> list[Turn]:
    entries = tomllib.loads((Path(__file__).parent / "turns.toml").read_text("utf-8"))["turns"]
    return [
        Turn(
            entry["turn"], re.compile(entry["pattern"], re.IGNORECASE), entry["instead"], entry["catch"], entry["pass"]
        )
        for entry in entries
    ]


TURNS = read_turns()


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs, headings and table cells of a Markdown text, each with its first line; lines stay lines."""
    hand_written = re.sub(
        r"<!-- made: .*?<!-- end: ", lambda part: re.sub(r"[^\n]", "", part[0]), text, flags=re.DOTALL
    )
    level, line = "", 0
    for token in MarkdownIt("commonmark").enable("table").parse(hand_written):
        line = token.map[0] if token.map else line
        if token.type == "heading_open":
            level = "# "
        elif token.type == "inline":
            yield line + 1, level + "".join(map(plain, token.children or ()))
            level = ""


def plain(token: Token) -> str:
    """The text of a part of a paragraph: code is `…`, the target of a link is left out."""
    if token.type == "code_inline":
        return "`…`"
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


def offences(text: str) -> Iterator[tuple[int, Turn, str]]:
    """Each turn in a text: its line, the turn, the words."""
    for first, paragraph in paragraphs(text):
        flowing = paragraph.replace("\n", " ")
        for turn in TURNS:
            for found in turn.pattern.finditer(flowing):
                yield first + paragraph[: found.start()].count("\n"), turn, found[0].strip()


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: turn.name)
def test_pattern_finds_the_turn_and_nothing_else(turn: Turn) -> None:
    assert turn.pattern.search(turn.caught)
    assert not turn.pattern.search(turn.passed)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_document_avoids_the_turns(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = [
        f"{name}:{line}: {turn.name}: “{words}”. Write {turn.instead}."
        for line, turn, words in offences(path.read_text("utf-8"))
    ]
    assert not found, "\n" + "\n".join(found)


def test_the_search_sees_prose_alone() -> None:
    """Code, generated parts and link targets are passed over; places and headings are right."""
    text = "# Who asks\n\nRun `for ever` [here](for-ever.md).\n\n```text\nfor ever\n```\n\n"
    text += "| a | b |\n|---|---|\n| x | for ever |\n\n"
    text += "<!-- made: x -->\nfor ever\n<!-- end: x -->\nOne line,\nthen for ever.\n"
    lines = [(line, turn.name) for line, turn, _ in offences(text)]
    assert lines == [(1, "a question as a heading"), (11, "“for ever”"), (17, "“for ever”")]


def test_style_guide_shows_the_turns() -> None:
    """In its table, each sentence on the left has a turn, and none on the right."""
    table = (ROOT / "docs" / "STYLE.md").read_text("utf-8").partition("| instead of | write |")[2].partition("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]
    assert len(rows) >= 20
    for before, after in rows:
        assert any(turn.pattern.search(before) for turn in TURNS), before
        assert not any(turn.pattern.search(after) for turn in TURNS), after
