"""Messages put into words, for people and for data, and their way through JSON to another process."""

from __future__ import annotations

import doctest
import json
from typing import Any

import pytest

from st_opendata.messages import message as module
from st_opendata.messages.message import Message, counted, message, message_in, message_of, number_text, verbatim

INNER = message('the query is not SPARQL at "{rest}"', rest="column")
MESSAGES = [
    message("there is no query"),
    message("line {line}, column {column}: {problem}", line=3, column=4, problem=INNER),
    counted("{n} note", "{n} notes", number="n", n=1),
    counted("{n} note", "{n} notes", number="n", n=5),
    message("the query took longer than {seconds} seconds", seconds=number_text(1250.5)),
    message("the file cannot be loaded: {reason}", reason=verbatim({"en": "table", "fr": "column"})),
]


@pytest.mark.parametrize("text", MESSAGES, ids=lambda text: text.msgid)
def test_a_message_is_the_same_in_another_process(text: Message) -> None:
    received = message_of(json.loads(json.dumps(text.content())))
    assert dict(received) == dict(text)


def test_a_field_that_is_not_a_text_is_sent_as_one() -> None:
    assert (
        dict(message_of(message("{node} is a blank node", node=ValueError("x")).content()))["en"] == "x is a blank node"
    )


def test_what_somebody_wrote_stays_as_it_is() -> None:
    assert MESSAGES[1]["fr"].endswith("« column »".replace(" ", "\N{NO-BREAK SPACE}"))
    assert MESSAGES[1]["de"] == "Zeile 3, Spalte 4: die Abfrage ist kein SPARQL bei „column“"


def test_numbers_are_written_as_each_language_has_them() -> None:
    assert number_text(1250000) == {"en": "1,250,000", "fr": "1\u202f250\u202f000", "de": "1.250.000"}
    assert number_text(1250.5) == {"en": "1,250.5", "fr": "1\u202f250,5", "de": "1.250,5"}
    assert (number_text(30.0)["de"], number_text(0.2)["fr"]) == ("30", "0,2")


def nested(depth: int) -> dict[str, Any]:
    content: dict[str, Any] = INNER.content()
    for _ in range(depth):
        content = {"msgid": "{text}", "fields": {"text": content}, "plural": "", "number": "", "context": ""}
    return content


@pytest.mark.parametrize(
    "change",
    [
        {"msgid": 1},
        {"msgid": "{"},
        {"msgid": "{other}"},
        {"msgid": "{0}"},
        {"msgid": "{}"},
        {"msgid": "{rest!r}"},
        {"msgid": "{rest:>1000000000}"},
        {"msgid": "{rest.__class__}"},
        {"msgid": "{rest.__class__}", "fields": {"rest.__class__": "", "rest": ""}},
        {"msgid": "{rest[0]}"},
        {"fields": []},
        {"fields": {"rest": [1]}},
        {"fields": {"rest": {"texts": {"en": 1}}}},
        {"fields": {"rest": {"msgid": "{x}"}}},
        {"fields": {}},
        {"plural": "{other}", "number": "rest"},
        {"plural": "several", "number": "other"},
        {"number": None},
    ],
    ids=str,
)
def test_what_is_not_a_message_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"message|format string"):
        message_of(INNER.content() | change)


@pytest.mark.parametrize(
    "content", [None, "text", [], {}, {"msgid": "text"}, nested(21)], ids=["", "str", "list", "dict", "part", "deep"]
)
def test_other_content_is_refused(content: object) -> None:
    with pytest.raises(ValueError, match="message"):
        message_of(content)


def test_messages_may_be_in_messages() -> None:
    assert message_of(nested(20))["en"] == INNER["en"]


def test_a_message_in_a_message_is_put_into_words_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, words = [], Message.__getitem__
    monkeypatch.setattr(Message, "__getitem__", lambda self, language: asked.append(language) or words(self, language))
    assert message_of(nested(20))["de"] == words(INNER, "de")
    assert asked == ["de"] * 21


def test_data_in_a_variety_of_a_language_may_have_a_message_in_a_message() -> None:
    inner = message("the file is empty")
    assert message("{text}", text=inner).data(["de"]) == {"de": inner["de"]}
    assert message("{text}", text=inner).data(["de-AT"]) == {"en": inner["en"]}


TITLE = "SPARQL endpoint: {title}"


def test_examples() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("languages", "texts"),
    [
        (["en", "de"], {"en": "SPARQL endpoint: A", "de": "SPARQL-Endpunkt: A"}),
        (["fr"], {"fr": "Point d’accès SPARQL : A"}),
        (["de-AT", "hu"], {"de-AT": "SPARQL-Endpunkt: A"}),
        (["hu"], {"en": "SPARQL endpoint: A"}),
        (["und"], {"en": "SPARQL endpoint: A"}),
        ([], {"en": "SPARQL endpoint: A"}),
    ],
)
def test_data_have_the_languages_of_their_texts_or_english(languages: list[str], texts: dict[str, str]) -> None:
    assert Message(TITLE, {"title": "A"}).data(languages) == texts
    assert Message(TITLE, {"title": dict.fromkeys(languages or ["mt"], "A")}).data(languages) == texts


def test_data_never_have_half_a_sentence() -> None:
    assert Message(TITLE, {"title": {"fr": "Lyon"}}).data(["fr", "de"]) == {"fr": "Point d’accès SPARQL : Lyon"}
    assert Message(TITLE, {"title": {"bg": "Лион"}}).data(["fr", "de"]) == {"en": "SPARQL endpoint: Лион"}


def test_each_variety_of_a_language_has_its_own_field() -> None:
    title = {"de-AT": "Jänner", "de-CH": "Januar"}
    expected = {"de-AT": "SPARQL-Endpunkt: Jänner", "de-CH": "SPARQL-Endpunkt: Januar"}
    assert Message(TITLE, {"title": title}).data(title) == expected


def test_french_has_no_break_spaces_for_people_and_plain_ones_in_data() -> None:
    typed = "«\N{NO-BREAK SPACE}Villes\N{NO-BREAK SPACE}»"
    text = Message(TITLE, {"title": typed})
    assert text["fr"] == f"Point d’accès SPARQL\N{NO-BREAK SPACE}: {typed}"
    assert text.data(["fr"]) == {"fr": f"Point d’accès SPARQL : {typed}"}


@pytest.mark.parametrize("language", ["fr", "de"])
def test_what_somebody_wrote_stays_as_typed(language: str) -> None:
    assert "table column" in message("Columns of {file}", file="table column")[language]


def test_a_context_tells_apart_what_english_says_in_the_same_words() -> None:
    assert message("Type")["de"] == "Datentyp"
    assert message_in("workbook", "Type")["de"] == "Typ"
