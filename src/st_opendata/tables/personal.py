"""Personal data: columns whose cells or title say that they hold names, addresses or numbers of persons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from st_opendata.tables.called import Words, is_called, names_kind, words

EMAIL = r"(?:mailto:)?[A-Za-z0-9._%+'\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}"
"""An e-mail address as a whole cell (a regular expression that the engine knows, too)."""
ACCOUNT = r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}"
"""What is written as an IBAN; `is_iban` looks at its check digits."""
PHONE = r"\+[1-9][0-9]{0,2}[ \-/(.]*[0-9](?:[ \-/().]*[0-9]){5,12}"
"""A telephone number with the code of its country."""
NATIONAL_PHONE = r"[+(]?[0-9](?:[ \-/().]*[0-9]){4,14}"
"""A telephone number in any form: only where the column is called so."""
LEAST = 0.5
"""The part of a column's cells that must be written so."""


def is_iban(text: str) -> bool:
    """True for an international bank account number whose check digits are right (ISO 13616)."""
    plain = text.replace(" ", "")
    if not re.fullmatch(ACCOUNT, text) or len(plain) > 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def called_person(titles: Sequence[str], others: Sequence[str]) -> bool:
    """True where one of a column's titles says that it has names of persons; `others` are titles of its neighbours.

    The French `nom` and the like are names of persons only beside a column of first names.
    """
    own = [words(title) for title in titles]
    if any(names_kind(each, "organisation") for each in own):
        return False
    if any(names_kind(each, kind) for each in own for kind in ("first_name", "surname", "person")):
        return True
    beside = any(names_kind(words(title), "first_name") for title in others)
    return beside and any(is_called(each, "label") for each in own)


def called_phone(titles: Sequence[str]) -> bool:
    """True where one of a column's titles says that it has telephone numbers."""
    own: list[Words] = [words(title) for title in titles]
    return any(names_kind(each, "phone") for each in own)
