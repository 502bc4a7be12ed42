"""`aliases.yaml`: names that portals give to fields of their own, and words for codes of EU tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from st_opendata.documents import read_document

_FILE = Path(__file__).parent / "aliases.yaml"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Names of fields of schemas/ by the plain names of portals; plain words by table and code."""

    dataset: Mapping[str, str]
    resource: Mapping[str, str]
    concepts: Mapping[str, Mapping[str, frozenset[str]]]


@cache
def read_aliases() -> Aliases:
    """The content of the file."""
    data = read_document(_FILE, _FILE.name).data
    assert isinstance(data, dict)
    dataset, resource = (
        {plain(alias): name for name, aliases in data[side].items() for alias in (name, *aliases)}
        for side in ("dataset", "resource")
    )
    concepts = {
        table: {code: frozenset(map(plain, words)) for code, words in codes.items()}
        for table, codes in data["concepts"].items()
    }
    return Aliases(dataset, resource, concepts)


@lru_cache(4096)
def plain(word: str) -> str:
    """A word in the form in which words are compared: small letters without accents, and digits.

    >>> plain("As required"), plain("as_required"), plain("Täglich")
    ('asrequired', 'asrequired', 'taglich')
    """
    letters = unicodedata.normalize("NFKD", word.casefold())
    return re.sub(r"[\W_]+", "", "".join(each for each in letters if not unicodedata.combining(each)))
