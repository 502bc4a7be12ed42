from __future__ import annotations

from st_opendata.errors import InputError
from st_opendata.messages.message import verbatim
from st_opendata.place import Place
from st_opendata.printable import printable


def test_nothing_steers_a_terminal_or_breaks_utf_8() -> None:
    assert printable("a\x1b[31m\x00\x7f\x9b\ud800\ufffe é\n\t") == "a␛[31m␀␡\ufffd\ufffd\ufffd é\n\t"


def test_errors_can_be_shown() -> None:
    error = InputError(verbatim("bad \x1b \udcff"), place=Place("a\x07.csv"), remedy=verbatim("\x08"))
    assert str(error) == "a␇.csv: bad ␛ \ufffd\n  ␈"
    assert error.message_text() == "bad ␛ \ufffd"
