"""Series with their members, and datasets with their editions (DCAT 3 §11 and §12).

DCAT 3 has two orders: dcat:prev between members of a series, and dcat:previousVersion between versions of the same
data, where a later one revises the earlier one. The inverse of each is stated next to it, which §7 allows.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import URIRef

from st_opendata.dcat.terms import DCAT, state
from st_opendata.rdf.statements import Statements, iri_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from st_opendata.dcat.properties import NodeDescriber
    from st_opendata.model.descriptions import Catalogue
    from st_opendata.model.series import Series


def add_members(described: NodeDescriber, catalogue: Catalogue, series: Series) -> None:
    """State the members of a series, and their order if it has one."""
    members = [iri_node(catalogue.dataset_iri(each)) for each in series.members]
    for member in members:
        state(described.graph, member, DCAT.inSeries, described.node)
    if series.order and members:
        described.add(DCAT.first, members[0])
        described.add(DCAT.last, members[-1])
        _add_order(described.graph, members, DCAT.prev, DCAT.next)


def add_editions(graph: Statements, catalogue: Catalogue) -> None:
    """State the editions of all datasets; those by period have their order as members of a series."""
    for dataset in catalogue.datasets:
        if dataset.editions is None:
            continue
        node = iri_node(catalogue.dataset_iri(dataset.id))
        editions = [iri_node(catalogue.dataset_iri(each)) for each in dataset.editions.ids]
        for edition in editions:
            state(graph, node, DCAT.hasVersion, edition)
            state(graph, edition, DCAT.isVersionOf, node)
        state(graph, node, DCAT.hasCurrentVersion, editions[-1])
        if not dataset.editions.by_period:
            _add_order(graph, editions, DCAT.previousVersion, DCAT.nextVersion)


def _add_order(graph: Statements, nodes: Sequence[ox.NamedNode], before: URIRef, after: URIRef) -> None:
    for earlier, later in pairwise(nodes):
        state(graph, later, before, earlier)
        state(graph, earlier, after, later)
