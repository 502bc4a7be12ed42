"""The counts of VoID by reading every line: slow, and plain enough to be right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rdflib.namespace import RDF

from st_opendata.dcat import Counts

LINKED = {
    "https://sws.geonames.org/": "geonames",
    "http://www.wikidata.org/entity/": "wikidata",
    "http://data.europa.eu/nuts/": "nuts",
}


def count_lines(batches: Iterable[Sequence[str]]) -> Counts:
    """The counts of distinct N-Triples lines; the lines of a subject are next to each other."""
    properties: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    links: Counter[tuple[str, str]] = Counter()
    subjects, previous, example, shared = 0, "", None, ""
    for line in (line for batch in batches for line in batch):
        subject, predicate, rest = line.split(" ", 2)
        properties[predicate[1:-1]] += 1
        if subject != previous:
            subjects, previous = subjects + 1, subject
            example = example or subject[1:-1]
            shared = shared or subject
            while not subject.startswith(shared):
                shared = shared[:-1]
        if not rest.startswith("<"):
            continue
        if predicate == f"<{RDF.type}>":
            classes[rest[1:].partition(">")[0]] += 1
        else:
            links.update((name, predicate[1:-1]) for start, name in LINKED.items() if rest.startswith(start, 1))
    space = re.match(r"<(\w+://[^/]+/(?:.*[/#])?)", shared)
    return Counts(properties.total(), subjects, properties, classes, links, example, space[1] if space else None)
