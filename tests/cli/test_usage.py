"""Errors of the command line that click finds: each kind in each language, with the reader's text unchanged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from babel.messages.extract import extract

from st_opendata.cli.usage import CLICK_TEXTS

Run = Callable[..., Any]
LANGUAGES = ("en", "fr", "de")
NO_BREAK = "\N{NO-BREAK SPACE}"
KINDS = {
    "no such command": (
        ["column"],
        "No such command 'column'.",
        "La commande « column » n’existe pas.",
        "Den Befehl „column“ gibt es nicht.",
    ),
    "no such command, but a similar one": (
        ["buidl"],
        "No such command 'buidl'. Did you mean 'build'?",
        "La commande « buidl » n’existe pas. Vouliez-vous dire 'build' ?",
        "Den Befehl „buidl“ gibt es nicht. Meinten Sie 'build'?",
    ),
    "no such command of a group": (
        ["verify", "table"],
        "No such command 'table'.",
        "La commande « table » n’existe pas.",
        "Den Befehl „table“ gibt es nicht.",
    ),
    "no command of a group": (
        ["pull", "--"],
        "Missing command.",
        "La commande manque.",
        "Der Befehl fehlt.",
    ),
    "no such option": (
        ["check", "--column"],
        "No such option '--column'.",
        "L’option « --column » n’existe pas.",
        "Die Option „--column“ gibt es nicht.",
    ),
    "no such option, but a similar one": (
        ["check", "--formt", "json"],
        "No such option '--formt'. Did you mean '--format'?",
        "L’option « --formt » n’existe pas. Vouliez-vous dire '--format' ?",
        "Die Option „--formt“ gibt es nicht. Meinten Sie '--format'?",
    ),
    "missing argument": (
        ["explain"],
        "Missing argument 'RELEASE'.",
        "argument manquant : 'RELEASE'.",
        "fehlendes Argument: 'RELEASE'.",
    ),
    "missing argument with a choice": (
        ["completion"],
        "Missing argument '{bash|zsh|fish}'. Choose from:\n\tbash,\n\tzsh,\n\tfish",
        "argument manquant : '{bash|zsh|fish}'. Choisissez parmi :\n\tbash,\n\tzsh,\n\tfish",
        "fehlendes Argument: '{bash|zsh|fish}'. Wählen Sie aus:\n\tbash,\n\tzsh,\n\tfish",
    ),
    "missing option": (
        ["convert", "x.csv"],
        "Missing option '--to'. Choose from:",
        "option manquante : '--to'. Choisissez parmi :",
        "fehlende Option: '--to'. Wählen Sie aus:",
    ),
    "too many arguments": (
        ["explain", "column", "table", "row"],
        "Got unexpected extra argument (row)",
        "argument en trop (row)",
        "überzähliges Argument (row)",
    ),
    "no value of an option": (
        ["explain", "x", "--lang"],
        "Option '--lang' requires an argument.",
        "L’option « --lang » exige une valeur.",
        "Die Option „--lang“ braucht einen Wert.",
    ),
    "a value of a flag": (
        ["explain", "--json=table"],
        "Option '--json' does not take a value.",
        "L’option « --json » n’accepte pas de valeur.",
        "Die Option „--json“ nimmt keinen Wert an.",
    ),
    "none of the choices": (
        ["diff", "a", "b", "--format", "column"],
        "Invalid value for '--format': 'column' is not one of 'text', 'json', 'patch'.",
        "valeur non valide pour '--format' : « column » n’est pas une de ces valeurs : 'text', 'json', 'patch'.",
        "ungültiger Wert für '--format': „column“ ist keiner dieser Werte: 'text', 'json', 'patch'.",
    ),
    "not a number": (
        ["score", "x", "--fail-under", "column"],
        "Invalid value for '--fail-under': 'column' is not a valid integer range.",
        "valeur non valide pour '--fail-under' : « column » n’est pas un nombre valide.",
        "ungültiger Wert für '--fail-under': „column“ ist keine gültige Zahl.",
    ),
    "beyond its range": (
        ["score", "x", "--fail-under", "406"],
        "Invalid value for '--fail-under': 406 is not in the range 0<=x<=405.",
        "valeur non valide pour '--fail-under' : 406 n’est pas dans l’intervalle 0<=x<=405.",
        "ungültiger Wert für '--fail-under': 406 liegt nicht im Bereich 0<=x<=405.",
    ),
    "a value that we refuse": (
        ["build", "datasets", "-o", ""],
        "Invalid value for '--output' / '-o': the name of a folder is missing, as in --output release",
        "valeur non valide pour '--output' / '-o' : le nom d’un dossier manque, comme dans --output release",
        "ungültiger Wert für '--output' / '-o': der Name eines Ordners fehlt, wie in --output release",
    ),
    "a size that we refuse": (
        ["serve", "x", "--memory", "table"],
        "Invalid value for '--memory': \"table\" is not a size; write it as 512MB or 2GiB",
        "valeur non valide pour '--memory' : « table » n’est pas une taille ; écrivez-la sous la forme 512MB ou 2GiB",
        "ungültiger Wert für '--memory': „table“ ist keine Größe; schreiben Sie sie in der Form 512MB oder 2GiB",
    ),
}
HEADS = {"en": "Error: ", "fr": "Erreur : ", "de": "Fehler: "}
NOT_SAID = {
    "Error: {message}",
    "Missing parameter",
    "Missing parameter: {param_name}",
    "Missing {param_type}",
    "Could not open file {filename!r}: {message}",
    "unknown error",
    "Usage:",
    "Try '{command} {option}' for help.",
}
"""Texts of click's errors that are not for us: kinds of parameters and files that we do not have, and our own head."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_error_is_in_the_language_of_the_reader(
    kind: str, language: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    arguments, *texts = KINDS[kind]
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "catalogue.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ST_LANG", language)
    ran = run(*arguments)
    said = ran.err.replace(NO_BREAK, " ")
    assert ran.code == 2
    assert f"{HEADS[language]}{texts[LANGUAGES.index(language)]}" in said
    assert ran.out == ""


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["--lang", "de", "--nonsense"], "de"),
        (["--nonsense", "--lang=fr"], "fr"),
        (["--nonsense", "--lang", "xx"], "de"),
        (["--nonsense"], "de"),
        (["--nonsense", "--lang", "fr", "--lang", "en"], "en"),
    ],
)
def test_the_option_wins_over_the_environment_wherever_it_is(
    arguments: list[str], language: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ST_LANG", "de")
    said = run("check", *arguments).err.replace(NO_BREAK, " ")
    assert HEADS[language] in said
    usage = {"en": "Usage:", "fr": "Utilisation :", "de": "Verwendung:"}[language]
    assert said.startswith(f"{usage} st-opendata check [OPTIONS] [SOURCE]\n")
    assert "st-opendata check --help" in said.splitlines()[1]


def test_help_stays_in_one_language(run: Run) -> None:
    assert run("check", "--help", "--lang", "fr").out == run("check", "--help").out
    assert run("check", "--help").out.startswith("Usage:")


def test_the_texts_of_click_are_those_of_its_source() -> None:
    folder = Path(click.__file__).parent
    found = set()
    for name in ("exceptions", "parser", "types", "core", "termui"):
        with (folder / f"{name}.py").open("rb") as source:
            found |= {text for _, text, _, _ in extract("python", source, keywords={"_": None, "ngettext": (1, 2)})}
    ours = {(text.msgid, text.plural) if text.plural else text.msgid for text in CLICK_TEXTS}
    assert ours <= found
    with (folder / "exceptions.py").open("rb") as source:
        errors = {text for _, text, _, _ in extract("python", source, keywords={"_": None, "ngettext": (1, 2)})}
    assert errors - NOT_SAID <= ours


@pytest.mark.parametrize("word", ["column", "table"])
@pytest.mark.parametrize("language", ["fr", "de"])
def test_a_folder_with_the_name_of_a_word_of_ours_stays_as_it_is_typed(word: str, language: str, run: Run) -> None:
    said = run("check", word, "--lang", language).err.replace(NO_BREAK, " ")
    quoted = {"fr": f"« {word} »", "de": f"„{word}“"}[language]
    assert quoted in said.splitlines()[0]


@pytest.mark.parametrize("language", ["fr", "de"])
def test_a_key_with_the_name_of_a_word_of_ours_stays_as_it_is_typed(language: str, catalogue: Path, run: Run) -> None:
    file = catalogue / "catalogue.yaml"
    file.write_text(file.read_text("utf-8") + "table: x\ntable: y\n", "utf-8")
    said = run("check", catalogue, "--lang", language).err.replace(NO_BREAK, " ")
    assert {"fr": "la clé « table » figure ici", "de": "der Schlüssel „table“ steht hier"}[language] in said


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("fr", ("Qui est l’éditeur ?", "Il manque dans ", "table : 1 ligne, 2 colonnes")),
        ("de", ("Wer ist der Herausgeber?", " fehlt: license", "table: 1 Zeile, 2 Spalten")),
    ],
)
def test_init_asks_in_the_language_of_the_reader(
    language: str, texts: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "table.csv").write_text("id,column\na,1\n", "utf-8")
    question, said, table = texts
    answers = iter(["", "", "", "", "", "column", "", ""])
    asked = []

    def answer(text: str) -> str:
        asked.append(text.replace(NO_BREAK, " ").strip())
        return next(answers)

    monkeypatch.setattr("st_opendata.cli.init._on_terminal", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", answer)
    ran = run("init", tmp_path / "new", "--from", tmp_path / "table.csv", "--lang", language)
    err = ran.err.replace(NO_BREAK, " ")
    assert ran.code == 1
    assert question in asked
    assert len(asked) == 8  # the program repeats the question about the wrong address
    assert HEADS[language] in err and "column" in err.splitlines()[0]
    assert said in err
    assert ran.out.replace(NO_BREAK, " ").startswith(table)


@pytest.mark.parametrize("language", ["fr", "de"])
def test_json_keeps_english(language: str, catalogue: Path, run: Run) -> None:
    file = catalogue / "catalogue.yaml"
    file.write_text(file.read_text("utf-8") + "table: x\ntable: y\n", "utf-8")
    english = run("check", catalogue, "--json", "--lang", "en")
    assert '"message": "the key \\"table\\" is here a second time (first on line' in english.out
    assert run("check", catalogue, "--json", "--lang", language).out == english.out
    diagnosis = run("doctor", "--json", "--lang", language)
    assert '"detail": "serve a release' in diagnosis.out
    assert '"name": "temporary files"' in diagnosis.out
