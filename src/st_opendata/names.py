"""Names for folders, tables and columns, made of titles: plain letters, each name used once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from st_opendata.folding import without_strokes

_SOUNDS = (
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o "
    "а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=h ц=ts ч=ch ш=sh щ=sht "
    "ъ=a ы=y ь=y э=e ю=yu я=ya і=i є=ye ґ=g ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ѓ=gj ѕ=dz ќ=kj"
)
"""Latin letters for those of Greek and of the Cyrillic alphabets: near enough to know a word again."""
_GREEK_AND_CYRILLIC = dict(pair.split("=") for pair in _SOUNDS.split())
_OTHERS = str.maketrans(
    _GREEK_AND_CYRILLIC | {letter.upper(): latin.capitalize() for letter, latin in _GREEK_AND_CYRILLIC.items()}
)
_MICRO = re.compile("µ|\u03bc(?=[A-Za-z])")
_LENGTH = 60


def plain(text: str, between: str) -> str:
    """The text in ASCII letters and digits, with `between` for all between them; empty if none is left.

    >>> plain("Größe (m²)", "_"), plain("Łódź", "-"), plain("Αθήνα", "-"), plain("Велико Търново", "-")
    ('Grosse_m2', 'Lodz', 'Athina', 'Veliko-Tarnovo')
    """
    latin = _MICRO.sub("u", without_strokes(unicodedata.normalize("NFC", text))).translate(_OTHERS)
    # Once more below, for Greek letters that had an accent.
    bare = "".join(each for each in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(each))
    letters = bare.translate(_OTHERS).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", between, letters).strip(between)


def slug(text: str) -> str:
    """The text as the name of a folder or file, at most 60 characters; it never leaves the folder that it is put in."""
    return plain(text, "-").lower()[:_LENGTH].strip("-")


def free(name: str, taken: Collection[str], between: str = "-") -> str:
    """The name, or with the first number that makes it one that is not taken, capitals aside."""
    found, number = name, 2
    folded = {each.casefold() for each in taken}
    while found.casefold() in folded:
        found, number = f"{name}{between}{number}", number + 1
    return found
