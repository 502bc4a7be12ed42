"""EU authority tables and the ADMS types, as codes with labels.

`tables.json` holds codes and English labels of the Publications Office tables (access-right 2022-03-16, data-theme
2022-07-15, dataset-type 2023-03-15, distribution-status 2022-06-15, file-type 2022-09-28, frequency 2022-06-15,
HVD categories 2.1, licence 2024-12-11, planned-availability 2022-07-15), the languages that a publisher here meets, and
the licence and publisher types of ADMS. French and German labels are translations made here, after the wording that the
EU uses; the HVD categories are worded as in Regulation (EU) 2023/138.

`licences.json` holds the licence's own page and its ADMS type for the common ones.
"""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from st_opendata.errors import MessageError
from st_opendata.messages.message import Message, message
from st_opendata.namespaces import AUTHORITY

_HVD, _ADMS = "http://data.europa.eu/bna/", "http://purl.org/adms/"
_SCHEMES = {
    "hvd-category": (_HVD, f"{_HVD}asd487ae75"),
    "licence-type": (f"{_ADMS}licencetype/", f"{_ADMS}licencetype/1.0"),
    "publisher-type": (f"{_ADMS}publishertype/", f"{_ADMS}publishertype/1.0"),
}
_TITLES = {
    "access-right": message("Access right"),
    "data-theme": message("Data theme"),
    "dataset-type": message("Dataset type"),
    "distribution-status": message("Distribution status"),
    "file-type": message("File type"),
    "frequency": message("Frequency"),
    "hvd-category": message("High-value dataset category"),
    "language": message("Language"),
    "licence": message("Licence"),
    "licence-type": message("Licence type"),
    "planned-availability": message("Planned availability"),
    "publisher-type": message("Publisher type"),
}
_LANGUAGES = {
    "ar": "ARA", "bg": "BUL", "bs": "BOS", "ca": "CAT", "cs": "CES", "cy": "CYM", "da": "DAN", "de": "DEU", "el": "ELL",
    "en": "ENG", "es": "SPA", "et": "EST", "eu": "EUS", "fi": "FIN", "fr": "FRA", "ga": "GLE", "gl": "GLG", "hr": "HRV",
    "hu": "HUN", "is": "ISL", "it": "ITA", "ja": "JPN", "lb": "LTZ", "lt": "LIT", "lv": "LAV", "mk": "MKD", "mt": "MLT",
    "mul": "MUL", "nb": "NOB", "nl": "NLD", "nn": "NNO", "no": "NOR", "pl": "POL", "pt": "POR", "ro": "RON",
    "ru": "RUS", "sk": "SLK", "sl": "SLV", "sq": "SQI", "sr": "SRP", "sv": "SWE", "tr": "TUR", "uk": "UKR",
    "zh": "ZHO",
}  # fmt: skip


@cache
def read_table(name: str) -> dict[str, Any]:
    """The content of the JSON file of that name in this package."""
    content: dict[str, Any] = json.loads(files(__name__).joinpath(f"{name}.json").read_text("utf-8"))
    return content


def codes(table: str) -> tuple[str, ...]:
    """All codes of the table; KeyError for a table that is not here."""
    return tuple(read_table("tables")[table])


def require_code(table: str, code: str) -> str:
    """The code, if the table has it.

    Raises:
        MessageError: the table does not have it; the message names the most similar codes.
    """
    known = codes(table)
    if code in known:
        return code
    named = _by_label(table, code)
    folded = {each.casefold(): each for each in known}
    alike = [folded[each] for each in get_close_matches(code.casefold(), folded, n=3, cutoff=0.5)]
    near = [f"{each} ({label(table, each)['en']})" for each in named] or alike
    hint = message("; did you mean {codes}?", codes=", ".join(near)) if near else ""
    raise MessageError(
        message('"{code}" is not a code of the EU {table} table{hint}', code=code, table=table, hint=hint)
    )


def _by_label(table: str, text: str) -> list[str]:
    """The code whose label in a language is the text, else those whose labels are like it or have it as words."""
    if exact := code_of(table, text):
        return [exact]
    known: dict[str, dict[str, str]] = read_table("tables")[table]
    labels = {written.casefold(): code for code, texts in known.items() for written in texts.values()}
    wanted = text.casefold().strip()
    near = [each for each in labels if len(wanted) > 3 and re.search(rf"\b{re.escape(wanted)}\b", each)]
    near += get_close_matches(wanted, labels, n=3, cutoff=0.8)
    return list(dict.fromkeys(labels[each] for each in near))[:3]


def concept_iri(table: str, code: str) -> str:
    """IRI of the concept."""
    start, _ = _SCHEMES.get(table, (f"{AUTHORITY}{table}/", ""))
    return start + code


def scheme_iri(table: str) -> str:
    """IRI of the table's skos:ConceptScheme."""
    return _SCHEMES.get(table, ("", f"{AUTHORITY}{table}"))[1]


def scheme_title(table: str) -> Message:
    """Title of the table."""
    return _TITLES[table]


def label(table: str, code: str) -> dict[str, str]:
    """Label of the concept by language; English always."""
    found: dict[str, str] = read_table("tables")[table][code]
    return found


def code_of(table: str, value: str) -> str | None:
    """The code that an IRI, a code or a label in any language stands for; None where the table has no such concept."""
    known: dict[str, dict[str, str]] = read_table("tables")[table]
    code = value.strip().removeprefix(concept_iri(table, ""))
    if code in known:
        return code
    wanted = code.casefold()
    return next((code for code, labels in known.items() if wanted in map(str.casefold, labels.values())), None)


def language_tags() -> tuple[str, ...]:
    """The BCP 47 tags of the languages that are here, sorted."""
    return tuple(_LANGUAGES)


def language_tag(code: str) -> str | None:
    """The BCP 47 tag of a code in the EU language table; None for a language that is not here."""
    return next((tag for tag, language in _LANGUAGES.items() if language == code), None)


def require_language(tag: str) -> str:
    """The code in the EU language table of a BCP 47 tag (`fr`, `de-AT`).

    Raises:
        MessageError: the program does not have the code of this language.
    """
    try:
        return _LANGUAGES[tag.lower().partition("-")[0]]
    except KeyError:
        named = language_tag(code_of("language", tag) or "") or language_tag(tag.upper())
        if named:
            raise MessageError(message('write the language "{tag}" by its tag: {code}', tag=tag, code=named)) from None
        known = ", ".join(_LANGUAGES)
        raise MessageError(message('"{tag}" is not one of the languages {known}', tag=tag, known=known)) from None


def licence_page(code: str) -> str | None:
    """The page on which the licence itself stands, where it is known."""
    entry = read_table("licences").get(code)
    return entry["url"] if entry else None


def licence_type(code: str) -> str | None:
    """The licence's code in the ADMS licence types, where it is known."""
    entry = read_table("licences").get(code)
    return entry["type"] if entry else None
