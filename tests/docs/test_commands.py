"""Every command, program and query that a document shows runs, and prints what the document shows.

The blocks of a document run in order in a separate folder. The tutorials' is empty; all others have datasets/, the
release/ that `st-opendata demo` makes, and fennwick/, the catalogue that the tutorial in its language ends with.

- a line with nothing but a file name in bold code before a block: the block is the content of that file
- `console`: a line after `$ ` is a command, what follows is its output, in which `...` stands for anything;
  commands end with exit code 0, or `echo $?` comes next
- `python`: a program; a `text` block directly after it is its output
- `sparql`: a query with an answer in the release
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(p for p in (ROOT / "docs").rglob("*.md") if p.parent.name != "examples")])
TUTORIALS = {ROOT / "docs" / folder / "tutorial.md" for folder in ("", "fr", "de")}
FOLDERS = (ROOT / "docs" / "fr", ROOT / "docs" / "de")
"""The folders of the translated pages."""
ELSEWHERE = {"curl", "git", "java", "pip"}
"""Programs that need a network or a server: not run here."""
Run = Callable[[Sequence[str]], tuple[int, str]]


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, where it stands, the file that it is."""

    language: str
    text: str
    where: str
    file: str | None = None


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a document, in order."""
    tokens = [token for token in MarkdownIt("commonmark").parse(path.read_text("utf-8")) if not token.hidden]
    found: list[Block] = []
    label = None
    for token in tokens:
        if token.type == "fence":
            assert token.map
            where = f"{path.relative_to(ROOT).as_posix()}:{token.map[0] + 1}"
            found.append(Block(token.info.strip(), token.content, where, label))
        if token.type == "inline":
            named = re.fullmatch(r"\*\*`([\w./-]+)`\*\*", token.content)
            label = named[1] if named else None
        elif token.type != "paragraph_close":
            label = None
    return found


RUNNABLE = [
    path
    for path in DOCUMENTS
    if re.search(r"^ *(?:`{3,}|~{3,}) *(?:console|python|sparql) *$", path.read_text("utf-8"), re.M)
]
"""Documents with such a block, found by its first line: the collection of tests parses none."""
SLOW = {
    *("docs/commands/build.md", "docs/commands/check.md", "docs/commands/diff.md", "docs/commands/score.md"),
    *("docs/commands/validate.md", "docs/tutorial.md", "docs/workbook-tutorial.md"),
    *("docs/upstream/oxigraph.md", "docs/upstream/pyshacl.md"),
    *(f"docs/{language}/commands/{name}.md" for language in ("fr", "de") for name in ("init", "check", "build")),
}
"""Documents that build releases, or show what takes long."""


def parameter(path: Path) -> ParameterSet:
    name = path.relative_to(ROOT).as_posix()
    return pytest.param(path, id=name, marks=[pytest.mark.slow] if name in SLOW else [])


def tutorial(path: Path) -> Path:
    """The tutorial in the language of a page."""
    return next((folder for folder in FOLDERS if path.is_relative_to(folder)), ROOT / "docs") / "tutorial.md"


@pytest.fixture
def shell(run: Run, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("ST_LANG", "ST_SETTINGS", "ST_MEMORY", "ST_THREADS", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    return Shell(run, monkeypatch)


@pytest.mark.quick(3)
@pytest.mark.parametrize("path", [parameter(path) for path in RUNNABLE])
def test_document_runs(path: Path, shell: Shell, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue("tmp_path" if path in TUTORIALS else "demo_folder")
    names: dict[str, object] = {"__name__": "__main__"}
    with chdir(folder):
        if path not in TUTORIALS:
            shell.done["st-opendata demo"] = (0, request.getfixturevalue("demonstration")[1])
            for block in filter(lambda block: block.file, blocks(tutorial(path))):
                write(block)
        shown = blocks(path)
        for block, following in pairwise([*shown, Block("", "", "")]):
            if block.file:
                write(block)
            elif block.language == "console":
                shell.follow(block)
            elif block.language == "python":
                output = shell.program(block, names)
                if following.language == "text":
                    same(following.text, output, following.where)
            elif block.language == "sparql":
                code, answer = shell.run(["query", "release", block.text, "--format", "json"])
                assert code == 0, f"{block.where}\n{answer}"
                assert json.loads(answer)["results"]["bindings"], f"{block.where}: no rows"


def write(block: Block) -> None:
    """Make the file that the block is."""
    assert block.file
    Path(block.file).parent.mkdir(parents=True, exist_ok=True)
    Path(block.file).write_text(block.text, "utf-8")


class Shell:
    """Runs what documents show: our command line in this process, other commands in a shell.

    `done` has the exit code and output of commands that need not run again.
    """

    def __init__(self, run: Run, environment: pytest.MonkeyPatch) -> None:
        self.run = run
        self.environment = environment
        self.done: dict[str, tuple[int, str]] = {}

    def follow(self, block: Block) -> None:
        """Run the commands of a block and compare their output with the document."""
        code, output = 0, ""
        for command, shown in commands(block):
            if command == "echo $?":
                same(shown, f"{code}\n", block.where)
                code = 0
                continue
            assert code == 0, f"{block.where}: the command before {command!r} ended with {code}\n{output}"
            if skipped(command):
                continue
            if setting := re.fullmatch(r"export (ST_LANG)=(\w+)", command):  # it lasts to the end of the document
                self.environment.setenv(*setting.groups())
                continue
            if command.startswith("st-opendata serve"):  # it runs until Ctrl-C: here, only its options must exist
                assert self.run([*shlex.split(command)[1:], "--help"])[0] == 0, command
                continue
            code, output = self.command(command)
            if shown:
                same(shown, output, f"{block.where}\n$ {command}")
        assert code == 0, f"{block.where}: {command} ended with {code}\n{output}"

    def command(self, command: str) -> tuple[int, str]:
        if command in self.done:
            return self.done[command]
        words = shlex.split(command)
        plain = not any(set(word) <= set("|<>&;") for word in shlex.shlex(command, posix=True, punctuation_chars=True))
        if words[0] == "st-opendata" and plain:
            return self.run(words[1:])
        done = subprocess.run(
            ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return done.returncode, done.stdout

    def program(self, block: Block, names: dict[str, object]) -> str:
        """Run a Python block; later blocks of a document know the names of earlier ones."""
        with redirect_stdout(io.StringIO()) as output:
            exec(compile(block.text, block.where, "exec"), names)
        return output.getvalue()


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output that is shown, empty where none is."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", " ").partition("\n")
        yield command.strip(), shown.strip("\n")


def skipped(command: str) -> bool:
    """True for commands that set a machine up or need another one; targets of `make` must exist."""
    name, *words = command.split()
    if name == "make":
        makefile = (ROOT / "Makefile").read_text("utf-8")
        for target in (word for word in words if "=" not in word):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"the Makefile cannot make {target}"
    return name in ELSEWHERE | {"make"}


def same(shown: str, output: str, where: str) -> None:
    """Compare line by line, trailing blanks aside; `...` stands for anything, alone on a line for any lines."""
    lines = [line.rstrip() for line in shown.strip("\n").splitlines()]
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n" for line in lines
    )
    plain = "".join(f"{line.rstrip()}\n" for line in output.strip("\n").splitlines())
    assert re.fullmatch(pattern, plain), f"{where}\n--- shown\n{shown}\n--- printed\n{output}"


def test_a_difference_is_seen() -> None:
    """The comparison itself: what it takes for the same, and what not."""
    same("one ... three\n...\nlast", "one two three\n\nmore\nmore\nlast \n", "here")
    for shown, output in (("one", "one\ntwo\n"), ("one\n...\nlast", "one\n"), ("a.b", "axb\n"), ("", "more\n")):
        with pytest.raises(AssertionError, match="--- printed"):
            same(shown, output, "here")
    block = Block("console", "$ a \\\n  b\nout\n\nput\n$ c\n", "here")
    assert list(commands(block)) == [("a    b", "out\n\nput"), ("c", "")]
