"""A portal's own RDF about a dataset, compared with the release, statement by statement.

Blank nodes stand for our nodes in the same place; texts are the same if only the language tag, an escape of Markdown or
characters that CKAN forbids in tags differ. `losses.yaml` lists the differences that ckanext-dcat is known to make.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

from st_opendata.dcat.terms import DCAT
from st_opendata.documents import read_document
from st_opendata.errors import ConfigurationError
from st_opendata.markup import plain_text
from st_opendata.messages.message import Message, message
from st_opendata.namespaces import expand
from st_opendata.targets.ckan.limits import from_markdown, legal_tag

_LOSSES = Path(__file__).parent / "losses.yaml"
_KEYS = {"reason", "change", "property", "of", "to", "value", "schema"}


class Alteration(StrEnum):
    """A change of a statement."""

    UNTAGGED = "untagged"
    """The same text without its language."""
    OTHER_LANGUAGE = "other language"
    """Missing, while the text in another language is present."""
    UNNAMED = "unnamed"
    """The same node without its IRI: a blank node."""
    NO_TAG = "no tag"
    """Missing: a keyword that CKAN does not accept as a tag."""
    LITERAL = "literal"
    """A literal instead of an IRI."""
    IRI = "iri"
    """An IRI instead of the same literal."""
    ESCAPED = "escaped"
    """The same IRI with percent-encoding for some characters."""
    MOVED = "moved"
    """The same value under another property."""
    OTHER = "other"
    """Another value."""
    LOST = "lost"
    ADDED = "added"
    """A value in addition to the released ones."""
    SUPPLIED = "supplied"
    """A value where the release has none."""


@dataclass(frozen=True, slots=True)
class StatementDifference:
    """A statement that differs from the release; terms are IRIs or texts, None for a missing one.

    `types` are those of the subject, `to` the property under which a moved value is.
    """

    change: Alteration
    subject: str
    property: str
    before: str | None
    after: str | Message | None
    types: frozenset[str]
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """A known difference: its statements, empty for any, and its reason."""

    reason: Message
    changes: frozenset[str]
    properties: frozenset[str]
    types: frozenset[str]
    to: str | None
    value: str | None
    """The only value with this difference."""
    schema: str | None
    """The only field map with this difference."""

    def explains(self, difference: StatementDifference, schema: str) -> bool:
        """Whether the difference is of this kind."""
        return (
            self.schema in (None, schema)
            and difference.change in self.changes
            and (not self.properties or difference.property in self.properties)
            and (not self.types or bool(self.types & difference.types))
            and self.to in (None, difference.to)
            and self.value in (None, difference.before)
        )


@cache
def known_losses() -> tuple[Loss, ...]:
    """The known losses and changes of ckanext-dcat.

    Raises:
        ConfigurationError: the file is invalid.
    """
    document = read_document(_LOSSES, _LOSSES.name)
    entries = document.data
    if not isinstance(entries, list):
        raise ConfigurationError(message("the known losses are not a list"), place=document.place())
    found = []
    for number, entry in enumerate(entries):
        changes = frozenset(entry.get("change", ()))
        if set(entry) - _KEYS or not entry.get("reason") or not changes or changes - set(Alteration):
            raise ConfigurationError(
                message("a loss needs a reason and a change, and may have property, of, to, value and schema"),
                place=document.place([number]),
            )
        found.append(
            Loss(
                reason=Message(entry["reason"]),
                changes=changes,
                properties=frozenset(map(expand, entry.get("property", ()))),
                types=frozenset(map(expand, entry.get("of", ()))),
                to=expand(entry["to"]) if "to" in entry else None,
                value=entry.get("value"),
                schema=entry.get("schema"),
            )
        )
    return tuple(found)


def reason_for(difference: StatementDifference, schema: str = "dcat_ap_full") -> Message | None:
    """The reason why the difference is expected with this field map; None for an unexpected one."""
    return next((loss.reason for loss in known_losses() if loss.explains(difference, schema)), None)


def compare_statements(expected: Graph, found: Graph) -> list[StatementDifference]:
    """Every difference, sorted by subject and property."""
    named, unnamed = _name_blank_nodes(expected, found)
    graphs = (expected, named)
    lost = dict.fromkeys(sorted(set(expected) - set(named), key=_key))
    added = dict.fromkeys(sorted(set(named) - set(expected), key=_key))
    differences = [_difference(Alteration.UNNAMED, graphs, triple, message("a blank node")) for triple in unnamed]
    spoken: dict[tuple[Node, ...], set[str]] = {}
    for length, become in _PASSES:
        places: dict[object, list[_Triple]] = {}
        for triple in added:
            places.setdefault(triple[:length], []).append(triple)
        for triple in list(lost):
            for other in places.get(triple[:length], ()):
                if other in added and (change := become(triple, other)):
                    if change == Alteration.UNTAGGED:
                        spoken.setdefault(triple[:2], set()).add(_language(triple))
                    differences.append(_difference(change, graphs, triple, other))
                    del lost[triple], added[other]
                    break
    for triple in lost:
        differences.append(_difference(_gone(triple, named, spoken.get(triple[:2], set())), graphs, triple, None))
    for triple in added:
        beside = (triple[0], triple[1], None) in expected
        differences.append(_difference(Alteration.ADDED if beside else Alteration.SUPPLIED, graphs, None, triple))
    return sorted(differences, key=lambda each: (each.subject, each.property, each.before or "", str(each.after or "")))


def without_nodes(graph: Graph, nodes: Iterable[Node]) -> Graph:
    """The graph without these nodes, and without statements about nodes to which they alone lead."""
    gone = set[Node]()
    found = set(nodes)
    while found:
        gone |= found
        led_to = {value for node in gone for value in graph.objects(node) if not isinstance(value, Literal)}
        found = {node for node in led_to - gone if gone.issuperset(graph.subjects(object=node))}
    kept = Graph()
    for triple in graph:
        if not gone & {triple[0], triple[2]}:
            kept.add(triple)
    return kept


_Triple = tuple[Node, Node, Node]


def _gone(triple: _Triple, found: Graph, spoken: Collection[str]) -> Alteration:
    """The change of a missing statement; `spoken` are the languages of the texts that are there."""
    subject, predicate, value = triple
    language = _language(triple)
    if predicate == DCAT.keyword:
        tag = legal_tag(str(value))
        if tag is None:
            return Alteration.NO_TAG
        if tag in map(str, found.objects(subject, predicate)):  # another keyword became the same tag
            return Alteration.UNTAGGED
        spoken = () if language in spoken else spoken  # keywords are many in one language, other texts are one
    return Alteration.OTHER_LANGUAGE if language and spoken else Alteration.LOST


def _language(triple: _Triple) -> str:
    return str(getattr(triple[2], "language", None) or "")


def _same_text(lost: _Triple, added: _Triple) -> Alteration | None:
    before, after = lost[2], added[2]
    if isinstance(before, Literal) and isinstance(after, Literal):
        text = str(after)
        plain = str(before).strip()
        same = text in (plain, legal_tag(str(before))) or plain in (from_markdown(text), plain_text(text))
        return Alteration.UNTAGGED if same else None
    if isinstance(before, URIRef) and isinstance(after, URIRef):
        return Alteration.ESCAPED if unquote(str(before)) == unquote(str(after)) else None
    return Alteration.IRI if isinstance(before, Literal) and str(before) == str(after) else None


def _moved(lost: _Triple, added: _Triple) -> Alteration | None:
    same = lost[1] != added[1] and str(lost[2]) == str(added[2])
    return Alteration.MOVED if same else None


def _only_value(lost: _Triple, added: _Triple) -> Alteration | None:
    """Another value in the place of one; not for texts, whose translations are in the same place."""
    if isinstance(lost[2], URIRef):
        return Alteration.LITERAL if isinstance(added[2], Literal) else Alteration.OTHER
    return None if isinstance(lost[2], Literal) and lost[2].language else Alteration.OTHER


_PASSES: tuple[tuple[int, Callable[[_Triple, _Triple], Alteration | None]], ...] = (
    (2, _same_text),
    (1, _moved),
    (2, _only_value),
)
"""Possible changes of a lost statement into an added one with the same subject, or also property; best first."""


def _name_blank_nodes(expected: Graph, found: Graph) -> tuple[Graph, list[_Triple]]:
    """The graph found with our IRIs for its blank nodes, and the expected statements whose values were blank nodes."""
    names: dict[Node, Node] = {}
    unnamed: list[_Triple] = []
    for subject, predicate, blank in sorted(found, key=_key):
        if not isinstance(blank, BNode) or isinstance(subject, BNode):
            continue
        taken = set(found.objects(subject, predicate))
        candidates = [each for each in expected.objects(subject, predicate) if each not in taken]
        candidates = [each for each in candidates if (subject, predicate, each) not in unnamed]
        if candidates:
            names[blank] = max(sorted(candidates, key=str), key=lambda each: _likeness(expected, each, found, blank))
            unnamed.append((subject, predicate, names[blank]))
    named = Graph()
    for subject, predicate, iri in found:
        if isinstance(iri, URIRef) and (node := _worded(expected, subject, predicate, iri)):
            names[iri] = node
            unnamed.append((subject, predicate, node))
            named.add((node, RDFS.label, Literal(unquote(str(iri)))))
    for subject, predicate, value in found:
        named.add((names.get(subject, subject), predicate, names.get(value, value)))
    return named, unnamed


def _worded(expected: Graph, subject: Node, predicate: Node, iri: URIRef) -> Node | None:
    """The expected node whose words look like an IRI, which ckanext-dcat then makes of them."""
    if (subject, predicate, iri) in expected:
        return None
    for node in expected.objects(subject, predicate):
        if any(str(words).strip() == unquote(str(iri)) for words in expected.objects(node, RDFS.label)):
            return node
    return None


def _likeness(expected: Graph, node: Node, found: Graph, blank: Node) -> int:
    there = {(predicate, str(value)) for predicate, value in found.predicate_objects(blank)}
    return sum((predicate, str(value)) in there for predicate, value in expected.predicate_objects(node))


def _difference(
    change: Alteration, graphs: tuple[Graph, Graph], before: _Triple | None, after: _Triple | Message | None
) -> StatementDifference:
    triple = before or after
    assert isinstance(triple, tuple)
    subject, predicate, _ = triple
    return StatementDifference(
        change=change,
        subject=str(subject),
        property=str(predicate),
        before=str(before[2]) if before else None,
        after=str(after[2]) if isinstance(after, tuple) else after,
        types=frozenset(str(kind) for graph in graphs for kind in graph.objects(subject, RDF.type)),
        to=str(after[1]) if change == Alteration.MOVED and isinstance(after, tuple) else None,
    )


def _key(triple: _Triple) -> tuple[str, str, str, str]:
    return str(triple[0]), str(triple[1]), str(triple[2]), str(getattr(triple[2], "language", ""))
