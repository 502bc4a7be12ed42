"""The encoding of a table's file, guessed from its bytes and the languages it is in."""

from st_opendata.tables.encodings.evidence import first_broken
from st_opendata.tables.encodings.examples import first_cell, unlike_neighbours
from st_opendata.tables.encodings.guess import START, EncodingGuess, guess_encoding, wide_encoding

__all__ = [
    "START",
    "EncodingGuess",
    "first_broken",
    "first_cell",
    "guess_encoding",
    "unlike_neighbours",
    "wide_encoding",
]
