"""The documents and the program's source are free of the turns that docs/STYLE.md asks writers to avoid.

`turns.toml` lists the turns. Each has a sentence that its pattern must find and one that it must pass. In documents,
code, generated parts and link targets are not searched, and a heading is searched as `# ` and its text. In Python
files, the docstrings, the comments and the literal texts of messages are searched.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
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
QUOTING = {"docs/STYLE.md", "tests/docs/test_style.py"}
"""The rules themselves and this module, which show the turns."""
PLACES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "datasets/README.md")),
    *(ROOT / "docs").glob("*.md"),
    *(
        path
        for folder in ("decisions", "upstream", "commands/examples")
        for path in (ROOT / "docs" / folder).glob("*.md")
    ),
)
SOURCES = sorted(
    path
    for place in (
        "src",
        "tools",
        "bench",
        "services",
        "tests",
        "browser/build.py",
        "docs/generate.py",
        "hatch_build.py",
    )
    for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    if path.relative_to(ROOT).as_posix() not in QUOTING
)
"""Python files whose prose is searched."""
MESSAGES = {"message", "message_in", "counted"}
"""The functions whose literal arguments are texts for users."""
NOT_PROSE = re.compile(
    # Code in backticks, and lines of doctests with their results.
    r"`[^`]*`|^\s*>>> (?:.|\n(?!\s*\n|\s*$))*"
    # The value None without backticks: `is None` is not “is none”.
    r"|\bNone\b"
    # Instructions for linters, such as those to ignore a rule.
    r"|\b(?:noqa|ruff|pragma|fmt): .*|\btype: ignore.*",
    re.MULTILINE,
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


def prose(source: str) -> Iterator[tuple[int, str]]:
    """The paragraphs of the docstrings, comments and messages of Python code, each with its first line."""
    for first, text in (*texts(ast.parse(source)), *comments(source)):
        lines = NOT_PROSE.sub(lambda part: "`…`" + "\n" * part[0].count("\n"), text).split("\n")
        start = 0
        for end in range(len(lines) + 1):
            if end == len(lines) or not lines[end].strip():
                if start < end:
                    yield first + start, "\n".join(line.strip() for line in lines[start:end])
                start = end + 1


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The docstrings, those of attributes too, and the literal arguments of messages."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text), lineno=line)):
                yield line, text
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in MESSAGES:
                for argument in arguments:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.lineno, argument.value


def comments(source: str) -> Iterator[tuple[int, str]]:
    """The comments; lines below each other are one."""
    block: list[str] = []
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if token.start[0] != first + len(block):
            yield first, "\n".join(block)
            first, block = token.start[0], []
        block.append(token.string.lstrip("#! "))
    yield first, "\n".join(block)


def offences(searched: Iterator[tuple[int, str]]) -> Iterator[tuple[int, Turn, str]]:
    """Each turn in paragraphs: its line, the turn, the words."""
    for first, paragraph in searched:
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
        for line, turn, words in offences(paragraphs(path.read_text("utf-8")))
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.slow
def test_source_avoids_the_turns() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}: {turn.name}: “{words}”. Write {turn.instead}."
        for path in SOURCES
        for line, turn, words in offences(prose(path.read_text("utf-8")))
    ]
    assert not found, "\n" + "\n".join(found)


def test_the_search_of_source_sees_prose_alone() -> None:
    """Values, code in backticks, doctests and plain strings are passed over; places are right."""
    source = '''"""Kept for ever; is None."""

# Code is `told`,
# and told.
kept: str = "told"
"""The attribute was
told."""


def read(name: str) -> None:  # Told.
    """Read.

    >>> read("told")
    'told'

    Who asks again gets it.
    """
    raise StError(message("{name} is none", name="told"))
'''
    lines = [(line, turn.name) for line, turn, _ in offences(prose(source))]
    assert sorted(lines) == [
        (1, "“for ever”"),
        (4, "“told”"),
        (7, "“told”"),
        (10, "“told”"),
        (16, "a free relative as the subject"),
        (18, "“is none”"),
    ]


def test_the_search_sees_prose_alone() -> None:
    """Code, generated parts and link targets are passed over; places and headings are right."""
    text = "# Who asks\n\nRun `for ever` [here](for-ever.md).\n\n```text\nfor ever\n```\n\n"
    text += "| a | b |\n|---|---|\n| x | for ever |\n\n"
    text += "<!-- made: x -->\nfor ever\n<!-- end: x -->\nOne line,\nthen for ever.\n"
    lines = [(line, turn.name) for line, turn, _ in offences(paragraphs(text))]
    assert lines == [(1, "a question as a heading"), (11, "“for ever”"), (17, "“for ever”")]


def test_style_guide_shows_the_turns() -> None:
    """In its table, each sentence on the left has a turn, and none on the right."""
    table = (ROOT / "docs" / "STYLE.md").read_text("utf-8").partition("| instead of | write |")[2].partition("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]
    assert len(rows) >= 20
    for before, after in rows:
        assert any(turn.pattern.search(before) for turn in TURNS), before
        assert not any(turn.pattern.search(after) for turn in TURNS), after
