"""A release in a SPARQL store: the default graph is the merge of everything, each dataset is the graph of its IRI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.model.release import Release
from st_opendata.namespaces import PREFIXES, ST
from st_opendata.place import Place
from st_opendata.release import read_release
from st_opendata.release.layout import CATALOGUE, ONTOLOGY, dump_file, graph_file
from st_opendata.sparql.standard import Graphs, Results, run
from st_opendata.sparql.text import has_keyword

Pattern = tuple[ox.NamedNode | ox.BlankNode | ox.Literal | None, ...]
"""Subject, predicate and object, None for any."""
_File = tuple[Path, ox.RdfFormat, ox.NamedNode | None]
"""A file to load, with its syntax and graph: None for the default graph, or for the graphs in the file."""
_BY_LINES = (ox.RdfFormat.N_QUADS, ox.RdfFormat.N_TRIPLES)
_PART = 64 << 20
"""The bytes of a file that are loaded at once: 0.4 GB of memory."""
_SIZES = "SELECT ?graph (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY DESC(?n)"
_SHARED = """ASK {{
  GRAPH ?one {{ ?s ?p ?o }} FILTER (?one != {largest})
  GRAPH ?other {{ ?s ?p ?o }} FILTER (?one != ?other)
}}"""


class ReleaseStore:
    """The triples of a release in their named graphs, and the default graph, which is the merge of all.

    If no triple is in two graphs, the merge is the engine's union of the graphs, and each triple is stored once. The
    union would find a triple of two graphs twice; then the engine's own default graph has all triples again.
    """

    def __init__(self, store: ox.Store) -> None:
        """Use a store that `fill` has filled."""
        self._store = store
        self._is_union = next(iter(store.quads_for_pattern(None, None, None, ox.DefaultGraph())), None) is None

    def query(
        self,
        text: str,
        prefixes: Mapping[str, str] = PREFIXES,
        base: str | None = None,
        default: Sequence[str] | None = None,
        named: Sequence[str] | None = None,
    ) -> Results:
        """The result of a query: in the whole release, in the dataset of FROM, or in that of the given graphs.

        Raises:
            SyntaxError: the text is not valid SPARQL.
        """
        is_whole = default is None and named is None
        is_union = self._is_union and is_whole and not has_keyword("FROM", text, prefixes, base)
        return run(self._store, text, prefixes, base, Graphs(default, named, is_union))

    def has(self, count: int, pattern: Pattern) -> bool:
        """Whether at least this number of triples of the default graph match."""
        return sum(1 for _ in islice(self.quads(pattern), count)) == count

    def quads(self, pattern: Pattern = (None, None, None)) -> Iterator[ox.Quad]:
        """The triples of the default graph that match, in quads of their graphs, each term as a query would give it."""
        graph = None if self._is_union else ox.DefaultGraph()
        return self._store.quads_for_pattern(*pattern, graph)  # type: ignore[call-arg,arg-type]  # they are three

    def has_blank_nodes(self) -> bool:
        """Whether a triple of any graph has a blank node, whose name is another in each store."""
        return any(
            isinstance(term, ox.BlankNode | ox.Triple)
            for subject, _, thing, _ in self._store
            for term in (subject, thing)
        )

    def graph(self, name: str) -> Iterator[ox.Quad]:
        """The triples of a named graph, each term as a query would give it."""
        return self._store.quads_for_pattern(None, None, None, ox.NamedNode(name))


def load(folder: Path) -> ReleaseStore:
    """A store in memory with the release's facts, catalogue and ontology; raises InputError."""
    store = ox.Store()
    fill(store, folder, read_release(folder))
    return ReleaseStore(store)


def load_files(folder: Path, catalogue: str, base: str, datasets: Iterable[str]) -> ReleaseStore:
    """As `load`, for a release whose manifest is not written yet: id and base of its catalogue, ids of its datasets."""
    store = ox.Store()
    _fill(store, folder, catalogue, base, datasets)
    return ReleaseStore(store)


def load_described(folder: Path, release: Release) -> ReleaseStore:
    """A store with the catalogue and the ontology alone, in the same graphs as with the facts; raises InputError."""
    store = ox.Store()
    _load(store, [(path, ox.RdfFormat.TURTLE, graph) for path, graph in _described(folder, release.base)])
    return ReleaseStore(store)


def described_files(folder: Path) -> list[Path]:
    """The files of the catalogue and the ontology."""
    return [folder / CATALOGUE, *sorted((folder / ONTOLOGY).rglob("*.ttl"))]


def fill(store: ox.Store, folder: Path, release: Release) -> None:
    """Load a release's facts, catalogue and ontology into an empty store; raises InputError."""
    _fill(store, folder, release.catalogue, release.base, (dataset.id for dataset in release.datasets))


def count_quads(release: Release) -> int:
    """How many quads a store holds of the release's facts."""
    in_graphs = sum(dataset.triples for dataset in release.datasets)
    return in_graphs if in_graphs == release.triples else in_graphs + release.triples


def _fill(store: ox.Store, folder: Path, catalogue: str, base: str, datasets: Iterable[str]) -> None:
    background = _described(folder, base)
    _load(store, [(folder / dump_file(catalogue), ox.RdfFormat.N_QUADS, None)])
    _load(store, [(path, ox.RdfFormat.TURTLE, graph) for path, graph in background])
    if _share_triples(store):
        facts = [folder / graph_file(dataset) for dataset in datasets]
        _load(store, [(path, ox.RdfFormat.N_TRIPLES, None) for path in facts])
        for graph in dict.fromkeys(graph for _, graph in background):  # with the same blank nodes
            triples = list(store.quads_for_pattern(None, None, None, graph))
            store.bulk_extend(ox.Quad(*quad.triple) for quad in triples)


def _described(folder: Path, base: str) -> list[tuple[Path, ox.NamedNode]]:
    """The files of the catalogue and the ontology with their graphs."""
    catalogue, *ontology = described_files(folder)
    return [
        (catalogue, ox.NamedNode(_catalogue_graph(base))),
        *((path, ox.NamedNode(ONTOLOGY_GRAPH)) for path in ontology),
    ]


def _load(store: ox.Store, sources: Iterable[_File]) -> None:
    for path, form, graph in sources:
        try:
            if graph is None and form in _BY_LINES and path.stat().st_size > _PART:
                _load_in_parts(store, path, form)
            else:
                store.bulk_load(path=str(path), format=form, to_graph=graph)
        except (OSError, SyntaxError, ValueError) as error:
            raise InputError(
                message("the file cannot be loaded: {reason}", reason=str(error)),
                place=Place(str(path)),
                remedy=message("Run `st-opendata verify release` to see what changed, or build the release again."),
            ) from error


def _load_in_parts(store: ox.Store, path: Path, form: ox.RdfFormat) -> None:
    """Load a file of lines part by part, so that the engine does not hold all of them in memory."""
    with path.open("rb") as lines:
        while part := lines.read(_PART):
            try:
                store.bulk_load(part + lines.readline(), format=form)
            except SyntaxError:
                for _ in ox.parse(path=str(path), format=form):  # this error names the line of the file
                    pass
                raise


def _share_triples(store: ox.Store) -> bool:
    """Whether a triple is in two graphs; the query does not look for those of the largest graph in others."""
    sizes = store.query(_SIZES)
    largest = next(iter(sizes), None)  # type: ignore[arg-type]  # it is a SELECT
    return largest is not None and bool(store.query(_SHARED.format(largest=largest["graph"])))


def catalogue_graph_of(release: Release) -> str:
    """The IRI of the graph that holds the catalogue."""
    return _catalogue_graph(release.base)


def _catalogue_graph(base: str) -> str:
    return f"{base}catalogue"


ONTOLOGY_GRAPH = ST.rstrip("#")
"""The IRI of the graph that holds the ontology and its schemes."""
