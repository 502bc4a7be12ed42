"""Titles of columns in any language of the EU: the words of a title, and the usual contents under it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from importlib.resources import files

import yaml

from st_opendata.folding import without_strokes

Words = tuple[str, ...]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_0-9A-Za-z]+")


@cache
def words(title: str) -> Words:
    """The words of a title, in small letters without accents; a capital or a digit begins another.

    >>> words("projectID"), words("Größe (m²)"), words("lat_wgs84"), words("Kód Όνομα")
    (('project', 'id'), ('grosse', 'm', '2'), ('lat', 'wgs', '84'), ('kod', 'ονομα'))
    """
    letters = unicodedata.normalize("NFKD", without_strokes(title).replace("’", "'"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return tuple(word.casefold() for word in _WORD.findall(plain))


@cache
def _phrases() -> dict[str, frozenset[Words]]:
    text = files("st_opendata.tables").joinpath("called.yaml").read_text("utf-8")
    return {
        kind: frozenset(words(str(phrase)) for line in lines for phrase in line)
        for kind, lines in yaml.safe_load(text).items()
    }


def is_called(title: Collection[str], kind: str) -> bool:
    """True where these words, as a whole, are what columns of the kind are called (`called.yaml` has the kinds)."""
    return tuple(title) in _phrases()[kind] or ("".join(title),) in _phrases()[kind]


def names_kind(title: Words, kind: str) -> bool:
    """True where words of the title that follow each other are what columns of the kind are called."""
    return rest_of(title, kind) is not None


def rest_of(title: Words, kind: str) -> Words | None:
    """The title without the longest phrase by which columns of the kind go; None where it has no such phrase."""
    for length in range(min(len(title), 5), 0, -1):
        for start in range(len(title) - length + 1):
            if is_called(title[start : start + length], kind):
                return (*title[:start], *title[start + length :])
    return None
