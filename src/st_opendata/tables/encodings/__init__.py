"""The encoding of a table's file, guessed from its bytes and the languages it is in."""

from st_opendata.tables.encodings.evidence import first_broken
from st_opendata.tables.encodings.guess import START, EncodingGuess, guess_encoding, wide_encoding
from st_opendata.tables.encodings.showing import first_cell, unlike_neighbours

__all__ = [
    "START",
    "EncodingGuess",
    "first_broken",
    "first_cell",
    "guess_encoding",
    "unlike_neighbours",
    "wide_encoding",
]
