"""RDF documents about one thing: its concise bounded description, and what points to it."""

from __future__ import annotations

from st_opendata.formats import Format
from st_opendata.namespaces import PREFIXES, RDF
from st_opendata.portal.data.edition import Edition
from st_opendata.rdf import rdf_bytes, used_prefixes

MOST_POINTERS = 1_000
"""Triples with the thing as their object, for all properties together."""


def write_document(edition: Edition, iri: str, form: Format) -> bytes:
    """All triples of the thing, the claims about it, and at most `MOST_POINTERS` that lead to it.

    That is its concise bounded description (W3C Member Submission, 2005), in which statements about its statements
    have their place; blank nodes there are none.

    Raises:
        UnwritableTripleError: the format cannot carry a triple.
    """
    lines = sorted(_lines(edition, f"<{iri}>"))
    return rdf_bytes([lines], form, used_prefixes([lines], PREFIXES | edition.release.prefixes))


def _lines(edition: Edition, term: str) -> set[str]:
    index = edition.index
    claims = [origin.subject for origin in index.naming(f"<{RDF}subject>", [term])]
    lines = {f"{each.subject} {each.predicate} {each.object} ." for each in index.about([term, *claims])}
    left = MOST_POINTERS
    for predicate in index.pointing(term):
        subjects = index.pointers(term, predicate, left)
        lines |= {f"{subject} {predicate} {term} ." for subject in subjects}
        left -= len(subjects)
        if left <= 0:
            break
    return lines
