"""Personal data: columns whose cells or title say that they hold names, addresses or numbers of persons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from st_opendata.messages.message import Message, message
from st_opendata.tables.title_words import Words, is_called, names_kind, words


class PersonalKind(Enum):
    """Kinds of personal data; `message` names them."""

    EMAILS = "emails"
    ACCOUNTS = "accounts"
    PHONES = "phones"
    NAMES = "names"

    @property
    def message(self) -> Message:
        """The kind in words."""
        return _KINDS[self]


_KINDS = {
    PersonalKind.EMAILS: message("e-mail addresses"),
    PersonalKind.ACCOUNTS: message("account numbers (IBAN)"),
    PersonalKind.PHONES: message("telephone numbers"),
    PersonalKind.NAMES: message("names of persons"),
}
EMAIL = r"(?:mailto:)?[A-Za-z0-9._%+'\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}"
"""An e-mail address as a whole cell (a regular expression for Python and for the engine)."""
ACCOUNT = r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}"
"""A text in the form of an IBAN; `is_iban` checks its check digits."""
PHONE = r"\+[1-9][0-9]{0,2}[ \-/(.]*[0-9](?:[ \-/().]*[0-9]){5,12}"
"""A telephone number with the code of its country."""
NATIONAL_PHONE = r"[+(]?[0-9](?:[ \-/().]*[0-9]){4,14}"
"""A telephone number in any form: only for a column whose title says so."""
_LETTERS = r"(?:[.'’ \-]|\p{L})*\p{L}(?:[.'’ \-]|\p{L})*"
"""A text in letters, as the name of a person is (RE2)."""
MARKS: Mapping[str, str] = {EMAIL: "@", PHONE: "+"}
"""A character in all texts of a form: it shows without the form that a text does not have it."""
LEAST = 0.5
"""The part of a column's cells that must have the form."""


def is_iban(text: str) -> bool:
    """True for an international bank account number whose check digits are right (ISO 13616)."""
    plain = text.replace(" ", "")
    if not re.fullmatch(ACCOUNT, text) or len(plain) > 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def veiled(text: str) -> str:
    """The start of a personal cell: enough to find it, too little to know it."""
    return f"{text[: min(4, len(text) // 3) or 1]}…"


def called_person(titles: Sequence[str], others: Sequence[str]) -> bool:
    """True where one of a column's titles says that it has names of persons; `others` are titles of its neighbours.

    A title that says only name, such as `nom`, is a surname only next to first names without another surname.
    """
    own = [words(title) for title in titles]
    if any(names_kind(each, "organisation") for each in own):
        return False
    if any(names_kind(each, kind) for each in own for kind in ("first_name", "surname", "person")):
        return True
    if not any(is_called(each, "label") for each in own):
        return False
    beside = [words(title) for title in others]
    return any(names_kind(each, "first_name") for each in beside) and not any(
        names_kind(each, "surname") for each in beside
    )


def forms_of(titles: Sequence[str], others: Sequence[str], *, text: bool) -> dict[PersonalKind, str]:
    """The forms of cells with personal data (regular expressions), by the kind of these data.

    `text` is false for a column of numbers; titles and others are as for `called_person`.
    """
    own: list[Words] = [words(title) for title in titles]
    phone = any(names_kind(each, "phone") for each in own)
    if not text:
        return {PersonalKind.PHONES: NATIONAL_PHONE} if phone else {}
    forms = {
        PersonalKind.EMAILS: EMAIL,
        PersonalKind.ACCOUNTS: ACCOUNT,
        PersonalKind.PHONES: NATIONAL_PHONE if phone else PHONE,
    }
    return forms | ({PersonalKind.NAMES: _LETTERS} if called_person(titles, others) else {})


def personal_kind(cells: Mapping[str, int], titles: Sequence[str], others: Sequence[str]) -> PersonalKind | None:
    """The kind of personal data that half of these texts are, each with its number; None if they are not personal."""
    for kind, form in forms_of(titles, others, text=True).items():
        accept = re.compile(form.replace(r"\p{L}", r"[^\W\d_]"))
        meeting = [cell for cell in cells if accept.fullmatch(cell.strip())]
        if kind is PersonalKind.ACCOUNTS:
            meeting = [cell for cell in meeting if is_iban(cell.strip())]
        if meeting and sum(cells[cell] for cell in meeting) >= LEAST * sum(cells.values()):
            return kind
    return None
