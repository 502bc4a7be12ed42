"""Errors are raised with messages: no English text reaches one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from parsed import MODULES, SOURCE, nodes

ERRORS = {"InputError", "ConfigurationError", "UsageError", "RemoteError", "MessageError", "BadParameter", "StError"}


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for file in MODULES:
        for node in nodes(file):
            if isinstance(node, ast.Call):
                yield file, node


def name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_no_error_is_raised_with_a_plain_text() -> None:
    plain = [
        f"{file.relative_to(SOURCE)}:{call.lineno}"
        for file, call in calls()
        if name(call) in ERRORS
        for argument in (*call.args[:1], *(each.value for each in call.keywords if each.arg == "remedy"))
        if isinstance(argument, ast.JoinedStr) or (isinstance(argument, ast.Constant) and argument.value is not None)
    ]
    assert plain == []


def test_a_message_is_written_at_its_call() -> None:
    """Babel finds only literal texts, so another one would never be translated."""
    composed = [
        f"{file.relative_to(SOURCE)}:{call.lineno}"
        for file, call in calls()
        if name(call) in {"message", "counted"} and not isinstance(call.args[0], ast.Constant)
    ]
    assert composed == []


def test_no_message_is_within_an_f_string() -> None:
    """Babel does not look into f-strings of Python 3.11."""
    hidden = [
        f"{file.relative_to(SOURCE)}:{text.lineno}"
        for file in MODULES
        for text in nodes(file)
        if isinstance(text, ast.JoinedStr)
        for node in ast.walk(text)
        if isinstance(node, ast.Call) and name(node) in {"message", "counted"}
    ]
    assert hidden == []
