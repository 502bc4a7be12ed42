"""Errors are raised with messages: no English text reaches one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import st_opendata

ROOT = Path(st_opendata.__file__).parent
ROOMS = sorted(path.name for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file())
ERRORS = {"InputError", "ConfigurationError", "UsageError", "RemoteError", "MessageError", "BadParameter", "StError"}


def calls(room: str) -> Iterator[tuple[Path, ast.Call]]:
    path = ROOT / room
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield file, node


def name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("room", ROOMS)
def test_no_error_is_raised_with_a_plain_text(room: str) -> None:
    plain = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file, call in calls(room)
        if name(call) in ERRORS
        for argument in (*call.args[:1], *(each.value for each in call.keywords if each.arg == "remedy"))
        if isinstance(argument, ast.JoinedStr) or (isinstance(argument, ast.Constant) and argument.value is not None)
    ]
    assert plain == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_message_is_written_at_its_call(room: str) -> None:
    """Babel finds only literal texts, so another one would never be translated."""
    composed = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file, call in calls(room)
        if name(call) in {"message", "counted"} and not isinstance(call.args[0], ast.Constant)
    ]
    assert composed == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_is_within_an_f_string(room: str) -> None:
    """Babel does not look into f-strings of Python 3.11."""
    path = ROOT / room
    hidden = [
        f"{file.relative_to(ROOT)}:{text.lineno}"
        for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])
        for text in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for node in ast.walk(text)
        if isinstance(node, ast.Call) and name(node) in {"message", "counted"}
    ]
    assert hidden == []
