"""The statements of a catalogue have the findings of their graph, by screens as by pySHACL."""

from __future__ import annotations

import random

import pytest

from st_opendata.dcat import catalogue_statements
from st_opendata.model.descriptions import Catalogue, HighValue
from st_opendata.model.release import Distribution
from st_opendata.rdf.lines import encode_lines, graph_of_lines
from st_opendata.rdf.statements import Statements, parse_statements
from st_opendata.shacl import screening, validate_catalogue

Offer = dict[str, tuple[Distribution, ...]]
_OTHERS = ('"text"', '"12"^^<http://www.w3.org/2001/XMLSchema#date>', '"x"@fr', "<https://example.org/other>")


def damaged(lines: list[str], chance: random.Random) -> Statements:
    """Without some statements, and with other values in some."""
    kept = chance.sample(lines, round(len(lines) * chance.uniform(0.6, 1)))
    for place in chance.sample(range(len(kept)), 5):
        subject, predicate, _ = kept[place].split(" ", 2)
        kept[place] = f"{subject} {predicate} {chance.choice(_OTHERS)} ."
    return parse_statements(encode_lines(kept), "catalog.nt")


@pytest.mark.parametrize(
    ("few", "seeds"),
    [
        pytest.param(0, range(6), marks=pytest.mark.slow, id="screens"),
        pytest.param(100_000, range(3), id="pySHACL"),
    ],
)
def test_statements_have_the_findings_of_their_graph(
    catalogue: Catalogue, distributions: Offer, seeds: range, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = catalogue.datasets
    high = first.model_copy(update={"high_value": HighValue(category=("c_ac64a52d",))})
    lines = catalogue_statements(
        catalogue.model_copy(update={"datasets": (high, second)}), distributions, {"cities": 12}
    ).lines()
    monkeypatch.setattr(screening, "few_triples", lambda _shapes: few)
    for seed in seeds:
        statements = damaged(lines, random.Random(seed))
        found = validate_catalogue(statements)
        assert len(found) > 1
        assert found == validate_catalogue(graph_of_lines([statements.lines()]))
