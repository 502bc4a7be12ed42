"""The order of lines, and what XML can carry, are found in the text: as by looking at each triple."""

import io
import random
import re
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

import pyoxigraph as ox
import pytest

from st_opendata.errors import StError
from st_opendata.formats import RDF_XML, TURTLE, Format
from st_opendata.namespaces import RDF
from st_opendata.rdf.lines import parse_lines
from st_opendata.rdf.writing import UnwritableTripleError, rdf_bytes, write_trig, xml_triples

TYPE = ox.NamedNode(f"{RDF}type")
PREFIXES = {"a": "http://a/", "b": "http://b#"}
PLAIN = ("x", "y z", "c:\\bin", f'" <{TYPE.value}> "', "<&>", "é")
HOSTILE = (*PLAIN, "\u0001", "\t", "\r", "\n", "\uffff", "\b", "\U0001f600", "\u2028")


def _lines(chance: random.Random) -> list[list[str]]:
    """Sorted lines in batches, which may cut a subject; half of them with names and characters that XML lacks."""
    hostile = chance.random() < 0.5
    subjects = [ox.NamedNode(f"http://a/{chance.choice('xyz')}{number}") for number in range(chance.randint(1, 5))]
    names = ["http://a/p", "http://b#q", "http://zz/é", *(["http://a/01"] if hostile else [])]
    predicates = [TYPE, *map(ox.NamedNode, names)]
    classes = [ox.NamedNode(each) for each in ("http://a/C", "http://b#D", *(["http://a/9"] if hostile else []))]

    def value() -> ox.NamedNode | ox.Literal:
        if chance.random() < 0.5:
            return chance.choice([*subjects, *classes])
        text = chance.choice(HOSTILE if hostile else PLAIN)
        return chance.choice([ox.Literal(text), ox.Literal(text, language="en"), ox.Literal(text, datatype=classes[0])])

    found = {ox.Triple(chance.choice(subjects), chance.choice(predicates), value()) for _ in range(25)}
    lines = sorted(f"{triple} ." for triple in found)
    cut = chance.randrange(len(lines))
    return [each for each in (lines[:cut], lines[cut:]) if each]


def _triples_first(batches: list[list[str]]) -> Iterator[ox.Triple]:
    for _, group in groupby(parse_lines(batches), attrgetter("subject")):
        yield from sorted(group, key=lambda triple: triple.predicate != TYPE)


def _by_triples(batches: list[list[str]], form: Format) -> bytes:
    if form is TURTLE:
        text = ox.serialize(_triples_first(batches), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
        return re.sub(rb"(?m)^(?=[^@\t])", b"\n", text)
    return ox.serialize(xml_triples(parse_lines(batches)), format=ox.RdfFormat.RDF_XML, prefixes=PREFIXES).replace(
        b"\r", b"&#13;"
    )


def _written(write, batches: list[list[str]], *rest: object) -> bytes | tuple[str, object]:
    try:
        return write(batches, *rest)
    except UnwritableTripleError as error:
        return str(error), error.triple
    except StError as error:
        return str(error), None


def _check(seed: int, tmp_path) -> bool:
    """Compare the writers; whether something was unwritable."""
    batches = _lines(random.Random(seed))
    expected = _written(_by_triples, batches, RDF_XML)
    assert _written(lambda lines: rdf_bytes(lines, RDF_XML, PREFIXES), batches) == expected, seed
    assert rdf_bytes(batches, TURTLE, PREFIXES) == _by_triples(batches, TURTLE), seed
    graph = ox.NamedNode("http://g/1")
    quads = [ox.Quad(each.subject, each.predicate, each.object, graph) for each in _triples_first(batches)]
    write_trig([(graph.value, batches)], tmp_path / "all.trig", PREFIXES)
    stream = io.BytesIO()
    ox.serialize(quads, stream, ox.RdfFormat.TRIG, prefixes=PREFIXES)
    assert (tmp_path / "all.trig").read_bytes() == stream.getvalue(), seed
    return not isinstance(expected, bytes)


def test_random_lines(tmp_path):
    unwritable = sum(_check(seed, tmp_path) for seed in range(150))
    assert 10 < unwritable < 120


@pytest.mark.slow
def test_many_random_lines(tmp_path):
    assert 1000 < sum(_check(seed, tmp_path) for seed in range(1000, 6000)) < 4000


def test_empty_batches_are_skipped():
    line = '<http://a/x> <http://a/p> "1" .'
    assert rdf_bytes([[], [line], []], TURTLE, PREFIXES) == rdf_bytes([[line]], TURTLE, PREFIXES)
