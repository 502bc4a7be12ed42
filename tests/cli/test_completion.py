"""Completion of commands, options, datasets and things, in the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
BIN = Path(sys.executable).parent


def shell(program: str, script: str, folder: Path) -> list[str]:
    """The lines that a script of the shell prints, with st-opendata on its PATH."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[program]
    done = subprocess.run(
        [program, *options, "-c", script], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")


LINES = [
    ("st-opendata bui", "build"),
    ("st-opendata check --for", "--format"),
    ("st-opendata check --format sa", "sarif"),
    ("st-opendata diff release release --dataset pl", "places"),
    ("st-opendata explain release ci", "city/"),
    ("st-opendata explain release city/m", "city/munich"),
]


@pytest.fixture
def folder(release: Path, tmp_path: Path) -> Path:
    shutil.copytree(release, tmp_path / "release")
    return tmp_path


@pytest.mark.quick(2)
@pytest.mark.parametrize(("line", "completed"), LINES)
def test_bash(line: str, completed: str, folder: Path) -> None:
    words = line.split()
    quoted = " ".join(f"'{word}'" for word in words)
    script = f"""eval "$(st-opendata completion bash)"
        complete -p st-opendata > registered; grep -q _st_opendata_completion registered || exit 9
        COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}
        _st_opendata_completion st-opendata
        printf '%s\\n' "${{COMPREPLY[@]}}" """
    assert completed in shell("bash", script, folder)


@pytest.mark.parametrize(("line", "completed"), LINES)
def test_fish(line: str, completed: str, folder: Path) -> None:
    script = f"st-opendata completion fish | source; complete -C '{line}'"
    assert completed in [found.split("\t")[0] for found in shell("fish", script, folder)]


@pytest.mark.parametrize(("line", "completed"), LINES)
def test_zsh(line: str, completed: str, folder: Path) -> None:
    """The function that the script registers, with what zle would hand over; `compadd` and `_describe` are shown."""
    words = line.split()
    quoted = " ".join(f"'{word}'" for word in words)
    script = f"""autoload -U compinit; compinit -u -D
        eval "$(st-opendata completion zsh)"
        [[ $_comps[st-opendata] == _st_opendata_completion ]] || exit 9
        compadd() {{ print -l -- ${{(P)@[-1]}} }}; _describe() {{ print -l -- ${{(P)3}} }}
        words=({quoted}); CURRENT={len(words)}
        _st_opendata_completion"""
    assert completed in [found.split(":")[0] for found in shell("zsh", script, folder)]


def test_what_is_no_release_completes_nothing(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("_ST_OPENDATA_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "st-opendata explain nowhere ci")
    monkeypatch.setenv("COMP_CWORD", "3")
    ran = run()
    assert (ran.code, ran.out.strip(), ran.err) == (0, "", "")
