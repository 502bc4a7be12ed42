"""Which numbers are amounts: those of a property that tells things apart, such as a code or a year, are not.

A type does not tell: EURIO has record numbers of CORDIS and years of publication as xsd:nonNegativeInteger, as it has
counts. So the words of the name decide, in the languages that publishers name columns in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from st_opendata.names import plain

_TELLING = frozenset({
    *("id", "identifier", "identifiant", "identifikator", "kennung", "kennzahl", "kennziffer", "code", "notation"),
    *("rcn", "pic", "siren", "siret", "insee", "ags", "numero", "nummer", "year", "annee", "jahr"),
    *("postcode", "zip", "plz", "phone", "telephone", "telefon", "fax"),
})  # fmt: skip
"""Words at the beginning or end of names whose numbers tell things apart."""
_TELLING_LAST = frozenset({"number", "no", "nr", "num"})
"""Those that do so at the end alone: a `numberOf` is a count."""
_MEASURING = frozenset({"per", "pro", "par", "count", "total", "sum", "anzahl", "nombre"})
"""Words that make an amount of a name all the same: `energyPerYear`."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@lru_cache(maxsize=10_000)
def is_amount(name: str) -> bool:
    """Whether numbers under this name can be added up or compared: the IRI of a property, or the name of a column.

    >>> [is_amount(name) for name in ("http://data.europa.eu/s66#rcn", "publishedYear", "code_insee", "projectID")]
    [False, False, False, False]
    >>> [is_amount(name) for name in ("https://schema.org/numberOfItems", "kWhPerYear", "population", "value")]
    [True, True, True, True]
    """
    local = re.split(r"[/#:]", unquote(name).rstrip("/#"))[-1]
    words = [word.lower() for word in _WORD.findall(plain(local, "_"))]
    if _MEASURING.intersection(words):
        return True
    return not (_TELLING.intersection(words[:1] + words[-1:]) or _TELLING_LAST.intersection(words[-1:]))
