"""Errors of the operating system, in each language."""

from __future__ import annotations

import errno
import os

from st_opendata.messages.message import message, number_text
from st_opendata.messages.system_errors import system_reason


def test_a_known_reason_is_in_each_language() -> None:
    reason = system_reason(PermissionError(errno.EACCES, os.strerror(errno.EACCES), "column"))
    text = message("the file cannot be read: {reason}", reason=reason)
    assert reason["en"] == os.strerror(errno.EACCES)
    assert text["fr"] == "le fichier est illisible\u00a0: accès refusé"
    assert text["de"] == "die Datei ist nicht lesbar: Zugriff verweigert"


def test_another_reason_is_in_the_words_of_the_system() -> None:
    assert dict(system_reason(OSError(errno.ENOTTY, "odd reason"))) == dict.fromkeys(("en", "fr", "de"), "odd reason")
    assert system_reason(OSError("no number"))["de"] == "no number"


def test_numbers_are_written_as_in_each_language() -> None:
    assert dict(number_text(1_250_000)) == {"en": "1,250,000", "fr": "1\u202f250\u202f000", "de": "1.250.000"}
