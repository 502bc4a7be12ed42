"""Random pairs of a graph and shapes: hostile literals, blank nodes, all of SHACL core nested at random."""

from __future__ import annotations

import warnings
from random import Random

from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from st_opendata.shacl.terms import SH

EX = Namespace("https://example.org/")
LEXICALS = (
    *(
        "1",
        "01",
        "1.0",
        "-0",
        "+5",
        "1e3",
        "1_000",
        " 5 ",
        "٣",
        "INF",
        "-INF",
        "NaN",
        "300",
        "c",
        "",
        "true",
        "True",
        "0",
    ),
    *("2024-02-29", "2023-02-29", "2024-01-01Z", "0000-01-01", "12024-01-01", "2024-13-45", "2024-1-1", "24:00:00"),
    *("2024-01-01T00:00:00", "2024-01-01T00:00:00Z", "2024-01-01T24:00:00", "2024-01-01T10:00:00+02:00"),
    *("2024-01-01T00:00:00.5", "P1Y", "99999999999999999999", "0.1234567890123456789012345", "12:00:00", "2020", "abc"),
    *(
        'a"b',
        "a\\b",
        "a\nb",
        "\u0001",
        "\x7f",
        "é",
        "😀",
        "K",
        "<p>",
        "a@en",
        '"@en',
        "x^^<y>",
        "\\",
        "AT",
        "a-b",
        "a b",
        "\ufffe",
    ),
)
TYPES = (
    *(
        None,
        None,
        XSD.integer,
        XSD.decimal,
        XSD.double,
        XSD.float,
        XSD.boolean,
        XSD.date,
        XSD.dateTime,
        XSD.time,
        XSD.gYear,
    ),
    *(XSD.byte, XSD.int, XSD.nonNegativeInteger, XSD.anyURI, EX.custom, RDF.HTML, XSD.duration),
)
TAGS = ("en", "EN", "en-GB", "de", "de-AT-1996", "fr")
PATTERNS = (
    *(
        "^[0-9]+$",
        "a",
        "^a.b$",
        r"\d{2}",
        "^(a|b)",
        "[a-c]",
        r"\p{Lu}",
        "b$",
        "(?i)A",
        "^$",
        "[^a]",
        r"\w",
        r"a\\b",
        "K",
        "é",
    ),
    *("^https", "[a-z-[aeiou]]", r"^[A-Z]{2}$", "a*?b", r"^\S+$", "(a(b)?)+"),
)
_P, _A = "<https://example.org/p{}>", "a <https://example.org/C{}>"
QUERIES = tuple(
    query.format(**{f"p{number}": _P.format(number) for number in range(3)}, c0=_A.format(0), c1=_A.format(1))
    for query in (
        "SELECT $this ?value {{ $this {p0} ?value FILTER NOT EXISTS {{ ?value {c0} }} }}",
        "SELECT $this {{ {{ SELECT $this (COUNT(?x) AS ?n) {{ $this {p1}/{p2} ?x }} GROUP BY $this }}"
        " FILTER (?n > 1) }}",
        "SELECT $this ?value {{ ?other {p1} ?value . $this {p1} ?value FILTER (?other != $this) }}",
        "SELECT $this ?path ?value {{ $this ?path ?value . ?value ^{p0}+ ?x }}",
        "SELECT $this ?value {{ ?value {c1} FILTER NOT EXISTS {{ $this {p0} ?value }} }}",
        "SELECT $this ?value {{ {{ $this {p0} ?value }} UNION {{ ?value {p1} $this }}"
        " OPTIONAL {{ ?value {p2}? ?y . ?y {c0} }} FILTER (!BOUND(?y)) }}",
    )
)
"""Queries of constraints; one has a pattern that does not hang together with `$this`."""
_KINDS = ("IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")


class Maker:
    """Makes the pair of a seed; each is small, so that a failing one can be read."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.nodes = [EX[f"n{number}"] for number in range(5)] + [BNode(f"data{number}") for number in range(3)]
        self.predicates = [EX[f"p{number}"] for number in range(4)] + [RDFS.label]
        self.classes = [EX[f"C{number}"] for number in range(4)]
        self.literals = [self.literal() for _ in range(8)]
        self.shapes = Graph()
        self._named: list[URIRef] = []

    def literal(self) -> Literal:
        """A literal of the list of hostile forms."""
        lexical = self._random.choice(LEXICALS)
        if self._random.random() < 0.25:
            return Literal(lexical, lang=self._random.choice(TAGS))
        with warnings.catch_warnings():
            # As where the program reads data: rdflib gives no value to a boolean if its warning is an error.
            warnings.filterwarnings("ignore", "Parsing weird boolean")
            return Literal(lexical, datatype=self._random.choice(TYPES), normalize=False)

    def term(self) -> Node:
        """A term of the data."""
        return self._random.choice(self.nodes if self._random.random() < 0.5 else self.literals)

    def data(self) -> Graph:
        """A graph of at most 60 statements."""
        graph = Graph()
        for _ in range(self._random.randint(0, 45)):
            graph.add((self._random.choice(self.nodes), self._random.choice(self.predicates), self.term()))
        for node in self.nodes:
            if self._random.random() < 0.6:
                graph.add((node, RDF.type, self._random.choice([*self.classes, RDFS.Resource])))
        for _ in range(self._random.randint(0, 4)):
            graph.add((self._random.choice(self.classes), RDFS.subClassOf, self._random.choice(self.classes)))
        return graph

    def path(self, depth: int = 0) -> Node:
        """A path of up to four levels."""
        kind = self._random.choice("ppppp^s|*+?") if depth < 3 else "p"
        if kind == "p":
            return self._random.choice([*self.predicates, RDF.type])
        node, graph = BNode(), self.shapes
        if kind == "s":
            parts: list[Node] = [self.path(depth + 1) for _ in range(self._random.randint(2, 3))]
            Collection(graph, node, parts)
        elif kind == "|":
            listed = BNode()
            Collection(graph, listed, [self.path(depth + 1), self.path(depth + 1)])
            graph.add((node, SH.alternativePath, listed))
        else:
            names = {"^": "inversePath", "*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
            graph.add((node, SH[names[kind]], self.path(depth + 1)))
        return node

    def make(self) -> tuple[Graph, Graph]:
        """The data and the shapes."""
        data, random = self.data(), self._random
        for number in range(random.randint(1, 3)):
            shape = EX[f"S{number}"]
            if recursive := random.random() < 0.1:
                self._named.append(shape)
            self.shape(0, shape)
            if not recursive:
                self._named.append(shape)
            for _ in range(random.randint(1, 2)):
                kind = random.choice(("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf"))
                listed = {"targetNode": [*self.nodes[:5], *self.literals], "targetClass": self.classes}
                self.shapes.add((shape, SH[kind], random.choice(listed.get(kind, self.predicates))))
            if random.random() < 0.1:
                self.shapes.add((shape, RDF.type, RDFS.Class))
                self.classes.append(shape)
                data.add((random.choice(self.nodes), RDF.type, shape))
        return data, self.shapes

    def shape(self, depth: int, node: Node | None = None, is_property: bool | None = None) -> Node:
        """A shape with some constraints."""
        random, graph = self._random, self.shapes
        if node is None and depth and self._named and random.random() < 0.15 and is_property is None:
            return random.choice(self._named)
        node = node or BNode()
        is_property = random.random() < 0.6 if is_property is None else is_property
        graph.add((node, RDF.type, SH.PropertyShape if is_property else SH.NodeShape))
        if is_property:
            graph.add((node, SH.path, self.path()))
        for _ in range(random.randint(1, 3)):
            self._constraint(node, depth, is_property)
        if random.random() < 0.03:
            query = BNode()
            graph.add((node, SH.sparql, query))
            graph.add((query, SH.select, Literal(random.choice(QUERIES))))
        if random.random() < 0.2:
            graph.add((node, SH.severity, random.choice((SH.Info, SH.Warning, EX.Grave))))
        if random.random() < 0.2:
            graph.add((node, SH.message, Literal(random.choice(("Wrong {?this}", "Wrong")), lang="en")))
            graph.add((node, SH.message, Literal("Faux", lang="fr")))
        if depth and random.random() < 0.05:
            graph.add((node, SH.deactivated, Literal(True)))
        return node

    def _constraint(self, node: Node, depth: int, is_property: bool) -> None:
        random = self._random
        nested = (self._nested,) * 2 if depth < 3 else ()
        of_property = (self._of_property,) * 2 if is_property else ()
        random.choice((self._of_value, self._of_value, self._of_terms, *nested, *of_property))(node, depth)

    def _once(self, node: Node, name: str, value: Node) -> None:
        if (node, SH[name], None) not in self.shapes:
            self.shapes.add((node, SH[name], value))

    def _list(self, members: list[Node]) -> BNode:
        head = BNode()
        Collection(self.shapes, head, members)
        return head

    def _of_value(self, node: Node, _depth: int) -> None:
        random = self._random
        match random.randint(0, 6):
            case 0:
                datatype = random.choice([*(kind for kind in TYPES if kind), XSD.string, RDF.langString, RDFS.Literal])
                self._once(node, "datatype", datatype)
            case 1:
                self._once(node, "nodeKind", SH[random.choice(_KINDS)])
            case 2:
                bound = self.literal() if random.random() < 0.5 else Literal(random.choice((0, 5, 300)))
                name = random.choice(("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"))
                self._once(node, name, bound)
            case 3:
                self._once(node, random.choice(("minLength", "maxLength")), Literal(random.randint(0, 4)))
            case 4:
                self._once(node, "pattern", Literal(random.choice(PATTERNS)))
                if random.random() < 0.2:
                    self._once(node, "flags", Literal(random.choice(("i", "s", "m"))))
            case 5:
                ranges = random.sample(("en", "de", "DE-at", "*", "fr-FR"), random.randint(1, 3))
                self._once(node, "languageIn", self._list([Literal(each) for each in ranges]))
            case 6:
                self._once(node, "in", self._list([self.term() for _ in range(random.randint(0, 6))]))

    def _of_terms(self, node: Node, _depth: int) -> None:
        random = self._random
        match random.randint(0, 3):
            case 0:
                self.shapes.add((node, SH["class"], random.choice(self.classes)))
            case 1:
                self.shapes.add((node, SH.hasValue, self.term()))
            case 2:
                self.shapes.add((node, SH[random.choice(("equals", "disjoint"))], random.choice(self.predicates)))
            case 3:
                self._once(node, "closed", Literal(True))
                if random.random() < 0.5:
                    self._once(node, "ignoredProperties", self._list([RDF.type, random.choice(self.predicates)]))

    def _of_property(self, node: Node, depth: int) -> None:
        random = self._random
        match random.randint(0, 4):
            case 0:
                self._once(node, "minCount", Literal(random.randint(0, 3)))
            case 1:
                self._once(node, "maxCount", Literal(random.randint(0, 3)))
            case 2:
                self._once(node, "uniqueLang", Literal(True))
            case 3:
                name = random.choice(("lessThan", "lessThanOrEquals"))
                self.shapes.add((node, SH[name], random.choice(self.predicates)))
            case 4:
                self._once(node, "qualifiedValueShape", self.shape(depth + 1))
                self._once(
                    node, random.choice(("qualifiedMinCount", "qualifiedMaxCount")), Literal(random.randint(0, 2))
                )
                if random.random() < 0.5:
                    self._once(node, "qualifiedValueShapesDisjoint", Literal(True))

    def _nested(self, node: Node, depth: int) -> None:
        random = self._random
        match random.randint(0, 5):
            case 0 | 1:
                self.shapes.add((node, SH.property, self.shape(depth + 1, is_property=True)))
            case 2:
                self.shapes.add((node, SH.node, self.shape(depth + 1, is_property=False)))
            case 3:
                self.shapes.add((node, SH["not"], self.shape(depth + 1)))
            case _:
                members = [self.shape(depth + 1) for _ in range(random.randint(1, 3))]
                if random.random() < 0.2:
                    members.append(members[0])
                self.shapes.add((node, SH[random.choice(("and", "or", "xone"))], self._list(members)))
