"""Validation that ends in time: a query of a shape (`sh:sparql`) may run without end, and nothing else stops it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.messages.message import message, number_text
from st_opendata.model.findings import Finding
from st_opendata.settings import Settings
from st_opendata.shacl.checking import validate_files
from st_opendata.system.child import ChildEndedError, start

_DEFAULT = Settings()


def validate_in_time(
    data: Sequence[Path], shapes: Sequence[Path], seconds: float | None, settings: Settings = _DEFAULT
) -> list[Finding]:
    """As `validate_files`, with its errors; with seconds, in a separate process that is killed after that time.

    Raises:
        InputError: it takes longer.
    """
    if seconds is None:
        return validate_files(data, shapes, settings)
    with start(lambda _report: validate_files(data, shapes, settings)) as child:
        try:
            findings: list[Finding] = child.receive(seconds)
        except TimeoutError:
            raise InputError(
                message("the validation took longer than {seconds} seconds", seconds=number_text(seconds)),
                remedy=message(
                    "Simplify the queries (sh:sparql) of the shapes, validate less at once, or raise --timeout."
                ),
            ) from None
        except ChildEndedError as ended:
            raise RuntimeError(str(ended)) from None
    return findings
