"""The permitted and the forbidden outcomes of a target."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from enum import StrEnum

import pyoxigraph as ox

from st_opendata.__main__ import main
from st_opendata.errors import StError
from st_opendata.model.findings import Finding
from st_opendata.shacl import report_json, report_text, report_turtle


class Outcome(StrEnum):
    """How the program took an input."""

    TAKEN = "taken"
    FOUND = "findings"
    TOLD = "errors"


class DefectError(AssertionError):
    """The program did what it must never do."""


_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""Characters that steer a terminal."""


def told(work: Callable[[], Outcome]) -> Outcome:
    """The outcome, or `TOLD` if the work ends in an error of the program that people can read."""
    try:
        return work()
    except StError as error:
        text = str(error)
        text.encode()
        if not error.message_text().strip() or _TERMINAL.search(text):
            raise DefectError(f"an error that cannot be shown: {text[:300]!r}") from error
        return Outcome.TOLD


def reported(findings: Iterable[Finding]) -> Outcome:
    """FOUND where there are findings, which every report must be able to show."""
    listed = list(findings)
    for language in ("en", "fr", "de"):
        report_text(listed, language).encode()
    json.loads(report_json(listed))
    list(ox.parse(report_turtle(listed), format=ox.RdfFormat.TURTLE))
    return Outcome.FOUND if listed else Outcome.TAKEN


def command(*arguments: object) -> tuple[Outcome, str]:
    """Run the command line in this process: the outcome by its exit code, and what it wrote."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    written = out.buffer.getvalue().decode()
    said = err.buffer.getvalue().decode()
    if code not in (0, 1, 2, 3) or "Traceback" in said:
        raise DefectError(f"exit code {code}: {said[:2000]}")
    return {0: Outcome.TAKEN, 1: Outcome.FOUND}.get(code, Outcome.TOLD), written
