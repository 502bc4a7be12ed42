"""Errors as the command line says them: what, where and what to do, in the language of the reader."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from st_opendata.cli.console import error_text, failure_text, remaining_time
from st_opendata.cli.publish import _failures
from st_opendata.errors import InputError, RemoteError
from st_opendata.messages.message import Message, message, verbatim
from st_opendata.place import Place
from st_opendata.targets.base import Change, ChangeResult

NBSP = "\N{NO-BREAK SPACE}"


def missing() -> InputError:
    return InputError(
        message("there is no such file"), place=Place("column.yaml", line=3), remedy=message("Check the path.")
    )


def test_what_where_and_what_to_do() -> None:
    assert error_text(missing(), "en") == f"Error: {missing()}"
    assert error_text(missing(), "de") == (
        "Fehler: column.yaml, Zeile 3: diese Datei gibt es nicht\n  Prüfen Sie den Pfad."
    )
    assert error_text(missing(), "fr").replace(NBSP, " ") == (
        "Erreur : column.yaml, ligne 3 : ce fichier n’existe pas\n  Vérifiez le chemin."
    )


def test_an_error_without_place_and_remedy_is_one_line() -> None:
    assert error_text(InputError(message("there is no such file")), "de") == "Fehler: diese Datei gibt es nicht"


def test_no_character_of_it_controls_the_terminal() -> None:
    error = InputError(message('there is no file "{file}"', file="a\x1b[2Jb"))
    assert error_text(error, "en") == 'Error: there is no file "a␛[2Jb"'


def test_datasets_that_failed_for_one_reason_have_one_line() -> None:
    error = RemoteError(message("there is no such file"), remedy=message("Check the path."))
    assert failure_text(["column", "table"], error, "de") == (
        "Fehlgeschlagen: column, table: diese Datei gibt es nicht\n  Prüfen Sie den Pfad."
    )
    assert failure_text(["a"], OSError(28, "No space left on device"), "fr").replace(NBSP, " ") == (
        "Échec : a : [Errno 28] No space left on device"
    )


@dataclass(frozen=True)
class Case:
    """A place, and what it is called in French and German."""

    place: Place
    french: str
    german: str


@pytest.mark.parametrize(
    "case",
    [
        Case(
            Place("a.csv", row=2, column="column"),
            "a.csv, ligne 2, colonne « column »",
            "a.csv, Zeile 2, Spalte „column“",
        ),
        Case(Place("a.yaml", line=1, offset=4), "a.yaml, ligne 1, colonne 4", "a.yaml, Zeile 1, Spalte 4"),
        Case(Place("table"), "table", "table"),
    ],
)
def test_places(case: Case) -> None:
    assert case.place.text("fr").replace(NBSP, " ") == case.french
    assert case.place.text("de") == case.german


def test_datasets_that_failed_for_one_reason_are_listed_once() -> None:
    def failed(name: str, reason: str, **more: Message) -> ChangeResult:
        change: Change[object] = Change("update", name, message("changed"))
        return ChangeResult(change, RemoteError(verbatim(reason), place=Place(f"http://portal/{name}"), **more))

    results = [failed("a", "is down"), failed("b", "is down"), failed("c", "is down", remedy=message("Wait."))]
    assert [names for names, _ in _failures([*results, ChangeResult(results[0].change)])] == [["a", "b"], ["c"]]


@pytest.mark.parametrize(("seconds", "text"), [(3725.4, "-1:02:05"), (0.6, "-0:00:01"), (0, ""), (-3, "")])
def test_the_time_that_remains(seconds: float, text: str) -> None:
    assert remaining_time(seconds) == text
