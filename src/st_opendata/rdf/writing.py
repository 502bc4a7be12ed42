"""Writing RDF: the same triples give the same bytes, in bounded memory, without a store (which rewrites literals).

Triples come as batches of lines (`lines`): distinct, sorted within a batch, without blank nodes, the lines of a subject
next to each other. Facts, catalogue and VoID are all written here.

Language tags are in lower case, their value space (RDF 1.1 Concepts §3.3), in the lines as in every file.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, groupby
from json.encoder import encode_basestring
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from st_opendata.errors import InputError, StError
from st_opendata.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format
from st_opendata.messages.message import Message, message
from st_opendata.namespaces import RDF, XSD
from st_opendata.rdf.lines import check_iri, encode_lines, parse_lines, parse_quads

_RDF_TYPE = ox.NamedNode(f"{RDF}type")
_XSD_STRING = f"{XSD}string"
_RDF_XML_SYNTAX = frozenset(
    ox.NamedNode(RDF + name)
    for name in ("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li", "aboutEach",
                 "aboutEachPrefix", "bagID")
)  # fmt: skip
_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_LOCAL_NAME = re.compile(rf"[{_NAME_START}][-.0-9\u00b7\u0300-\u036f\u203f-\u2040{_NAME_START}]*\Z")
_XML_PREFIX = re.compile(rf"(?!xml)[{_NAME_START}][-.0-9{_NAME_START}]*", re.IGNORECASE)
_OTHER_SCHEME = re.compile("<(?!https?:)([A-Za-z][A-Za-z0-9+.-]*):")
_TYPE = str(_RDF_TYPE)
_TYPED = f" {_TYPE} "
_TYPE_IRI = _RDF_TYPE.value
_IRI = r"<([A-Za-z][^<>\"{}|^`\\\x00-\x20\x7f]*)>"
_PLAIN_LINE = re.compile(
    rf'{_IRI} {_IRI} (?:{_IRI}|"([^"\\\x00-\x1f\x7f\ufffe\uffff]*)"(?:@([a-z]{{2,3}}(?:-[a-z]{{2}})?)|\^\^{_IRI})?) \.'
)
"""A line without blank nodes, escapes and rare language tags."""
_ESCAPED = re.compile(r"\\[uUbf]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class UnwritableTripleError(StError):
    """A triple that a format cannot carry; `triple` holds its subject, predicate and object as in the lines."""

    def __init__(self, triple: ox.Triple, reason: Message, remedy: Message) -> None:
        super().__init__(
            message(
                "{property} of {subject} cannot be written: {reason}",
                property=str(triple.predicate),
                subject=str(triple.subject),
                reason=reason,
            ),
            remedy=remedy,
        )
        self.triple = (str(triple.subject), str(triple.predicate), str(triple.object))


def write_rdf(batches: Iterable[list[str]], path: Path, form: Format, prefixes: Mapping[str, str]) -> None:
    """Write the triples in N-Triples, Turtle, RDF/XML or JSON-LD, declaring all `prefixes` (see `used_prefixes`).

    Raises:
        UnwritableTripleError: the format cannot carry a triple.
        InputError: a line is not N-Triples.
        KeyError: `form` is not one of the four formats.
    """
    write = _WRITERS[form]
    with path.open("wb") as out:
        write(batches, out, prefixes)


def stream_rdf(batches: Iterable[list[str]], out: BinaryIO, form: Format, prefixes: Mapping[str, str]) -> None:
    """Write to a stream as `write_rdf` to a file; it also writes blank nodes and repeated subjects.

    Raises:
        UnwritableTripleError, InputError, KeyError: as `write_rdf`.
    """
    _WRITERS[form](batches, out, prefixes)


def rdf_bytes(batches: Iterable[list[str]], form: Format, prefixes: Mapping[str, str]) -> bytes:
    """The bytes that `write_rdf` would write, for a small number of triples; raises the same errors."""
    out = io.BytesIO()
    _WRITERS[form](batches, out, prefixes)
    return out.getvalue()


def write_trig(graphs: Iterable[tuple[str, Iterable[list[str]]]], path: Path, prefixes: Mapping[str, str]) -> None:
    """Write TriG: each graph's IRI with its batches, in the order given, declaring all `prefixes`.

    Raises:
        InputError: a line is not N-Triples.
    """
    with path.open("wb") as out:
        stream_trig(graphs, out, prefixes)


def stream_trig(graphs: Iterable[tuple[str, Iterable[list[str]]]], out: BinaryIO, prefixes: Mapping[str, str]) -> None:
    """Write to a stream as `write_trig` to a file."""
    ordered = (
        [f"{line[:-1]}{graph} ." for line in batch]
        for graph, batches in ((ox.NamedNode(iri), batches) for iri, batches in graphs)
        for batch in _types_first(batches)
    )
    ox.serialize(parse_quads(ordered, ox.RdfFormat.N_QUADS), out, ox.RdfFormat.TRIG, prefixes=dict(prefixes))


def used_prefixes(batches: Iterable[list[str]], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Those prefixes with an IRI that they may shorten, sorted.

    A prefix that is also the scheme of an IRI (`geo:45.76,4.83`) is left out: JSON-LD would take one for the other.
    """
    unseen = {prefix: f"<{namespace}" for prefix, namespace in prefixes.items()}
    schemes: set[str] = set()
    for batch in batches:
        text = "\n".join(batch)
        unseen = {prefix: start for prefix, start in unseen.items() if start not in text}
        schemes.update(_OTHER_SCHEME.findall(text))
    return {prefix: prefixes[prefix] for prefix in sorted(prefixes) if prefix not in unseen and prefix not in schemes}


def _write_n_triples(batches: Iterable[list[str]], out: BinaryIO, _prefixes: Mapping[str, str]) -> None:
    for batch in batches:
        out.write(encode_lines(batch))


class _TurtleText:
    """A file for pyoxigraph's Turtle, which sets an empty line before each subject."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._begun = b""

    def write(self, data: bytes) -> int:
        # Prefixes begin with @, the further properties of a subject with a tab; a literal holds no line feed.
        whole, end, self._begun = (self._begun + data).rpartition(b"\n")
        self._out.write(re.sub(rb"(?m)^(?=[^@\t])", b"\n", whole) + end)
        return len(data)

    def flush(self) -> None:
        self._out.flush()


def _write_turtle(batches: Iterable[list[str]], out: BinaryIO, prefixes: Mapping[str, str]) -> None:
    text: BinaryIO = _TurtleText(out)  # type: ignore[assignment]  # write and flush is all that pyoxigraph calls
    ox.serialize(parse_quads(_types_first(batches)), text, ox.RdfFormat.TURTLE, prefixes=dict(prefixes))


def _types_first(batches: Iterable[list[str]]) -> Iterator[list[str]]:
    """The lines of each subject as people write them, the class of a thing first.

    Lines are put in order before they are parsed: their terms need no objects in Python.
    """
    return map(_with_types_first, _whole_subjects(batches))


def _whole_subjects(batches: Iterable[list[str]]) -> Iterator[list[str]]:
    """The lines in batches of which no subject spans two."""
    kept: list[str] = []
    for batch in filter(None, batches):
        lines = kept + batch
        last = _subject(lines[-1])
        end = len(lines) - 1
        while end and _subject(lines[end - 1]) == last:
            end -= 1
        kept = lines[end:]
        if end:
            yield lines[:end]
    if kept:
        yield kept


def _with_types_first(lines: list[str]) -> list[str]:
    if not any(_TYPED in line for line in lines):
        return lines
    return [
        line
        for _, group in groupby(lines, _subject)
        for line in sorted(group, key=lambda line: not line.startswith(_TYPED, line.find(" ")))
    ]


def _subject(line: str) -> str:
    return line.partition(" ")[0]


class _XmlText:
    """A file for pyoxigraph's RDF/XML, which leaves carriage returns bare: XML readers make line feeds of them."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        self._out.write(data.replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        self._out.flush()


def _write_rdf_xml(batches: Iterable[list[str]], out: BinaryIO, prefixes: Mapping[str, str]) -> None:
    named = {prefix: namespace for prefix, namespace in prefixes.items() if _XML_PREFIX.fullmatch(prefix)}
    text: BinaryIO = _XmlText(out)  # type: ignore[assignment]  # write and flush is all that pyoxigraph calls
    ox.serialize(_xml_statements(batches), text, ox.RdfFormat.RDF_XML, prefixes=named)


def _xml_statements(batches: Iterable[list[str]]) -> Iterator[ox.Triple]:
    """What `xml_triples` gives, which looks at each triple: needed only for lines that may be unwritable."""
    for batch in _whole_subjects(batches):
        if _is_plain_xml(batch):
            yield from parse_lines([_with_types_first(batch)])
        else:
            yield from xml_triples(parse_lines([batch]))


def _is_plain_xml(lines: list[str]) -> bool:
    """True if no line has an escape that may be of a control character, or a name that XML does not have."""
    text = "\n".join(lines)
    if _ESCAPED.search(text) or _NOT_XML.search(text):
        return False
    parts = [line.split(" ", 2) for line in lines]
    if any(len(each) < 3 for each in parts):
        return False
    names = {predicate for _, predicate, _ in parts}
    classes = {value[:-2] for _, predicate, value in parts if predicate == _TYPE}
    return all(name[0] == "<" and is_element_name(ox.NamedNode(name[1:-1])) for name in names) and all(
        name[0] == "<" and _LOCAL_NAME.search(name[1:-1]) for name in classes
    )


def _xml_rank(triple: ox.Triple) -> int:
    """A type that comes first becomes the name of the element, so one that is not a name comes last."""
    if triple.predicate != _RDF_TYPE or not isinstance(triple.object, ox.NamedNode):
        return 1
    return 0 if _LOCAL_NAME.search(triple.object.value) else 2


def xml_triples(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """The triples, each of which RDF/XML can carry (RDF 1.1 XML Syntax §5; XML 1.0 §2.2).

    Those of a subject come together, with a type that makes the name of the element first.

    Raises:
        UnwritableTripleError: it cannot carry one.
    """
    subject = None
    by_rank = (each for _, group in groupby(triples, attrgetter("subject")) for each in sorted(group, key=_xml_rank))
    for triple in by_rank:
        if not is_element_name(triple.predicate):
            raise UnwritableTripleError(
                triple,
                message("RDF/XML makes an element name of the property, and its IRI does not end in an XML name"),
                message("Use a property whose IRI ends in a letter, or in letters and digits, after its last / or #."),
            )
        if triple.subject != subject and _xml_rank(triple) == 2:
            raise UnwritableTripleError(
                triple,
                message("RDF/XML makes an element name of the only class, and its IRI does not end in an XML name"),
                message("Use a class whose IRI ends in a letter, or in letters and digits, after its last / or #."),
            )
        if isinstance(triple.object, ox.Literal) and (found := _NOT_XML.search(triple.object.value)):
            raise UnwritableTripleError(
                triple,
                message("XML has no way to write the character U+{code}", code=f"{ord(found[0]):04X}"),
                message("Remove the control character from the cell."),
            )
        subject = triple.subject
        yield triple


@lru_cache(maxsize=10_000)
def is_element_name(iri: ox.NamedNode) -> bool:
    """True if RDF/XML can make an element name of the IRI."""
    return bool(_LOCAL_NAME.search(iri.value)) and iri not in _RDF_XML_SYNTAX


def _write_json_ld(batches: Iterable[list[str]], out: BinaryIO, prefixes: Mapping[str, str]) -> None:
    """JSON-LD 1.0 and 1.1 in compact form, one line a node: keys sorted, lists in the order of the lines."""
    # JSON-LD 1.1 §4.1.5: only a namespace that ends in a gen-delim makes a prefix.
    context = {prefix: prefixes[prefix] for prefix in sorted(prefixes) if prefixes[prefix][-1:] in ":/?#[]@"}
    compact = _compactor(context)
    out.write(f'{{"@context": {_json(context)},\n"@graph": ['.encode())
    comma = "\n"
    for subject, statements in groupby(_json_statements(batches, compact), itemgetter(0)):
        out.write(f"{comma}{_json_node(subject, statements)}".encode())
        comma = ",\n"
    out.write(b"\n]}\n")


_COMMA = ", "
_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _json_node(subject: str, statements: Iterable[tuple[str, str, str]]) -> str:
    members = {"@id": [encode_basestring(subject)]}
    for _, key, value in statements:
        members.setdefault(key, []).append(value)
    texts = [
        f"{encode_basestring(key)}: {many[0] if len(many) == 1 else f'[{_COMMA.join(many)}]'}"
        for key, many in sorted(members.items())
    ]
    return f"{{{_COMMA.join(texts)}}}"


def _json_statements(batches: Iterable[list[str]], compact: Callable[[str], str]) -> Iterator[tuple[str, str, str]]:
    """The name of the subject, the key, and the value as JSON, of each statement.

    The terms of most lines, which are as `_PLAIN_LINE`, need no objects; the parser reads the others.
    """
    for line in chain.from_iterable(batches):
        found = _PLAIN_LINE.fullmatch(line)
        if found is None:
            yield from (_json_statement(triple, compact) for triple in parse_lines([[line]]))
            continue
        subject, predicate, node, text, language, datatype = found.groups()
        if node is None:
            yield compact(subject), compact(predicate), _json_literal(text, language, datatype, compact)
        elif predicate == _TYPE_IRI:
            yield compact(subject), "@type", encode_basestring(compact(node))
        else:
            yield compact(subject), compact(predicate), f'{{"@id": {encode_basestring(compact(node))}}}'


def _json_statement(triple: ox.Triple, compact: Callable[[str], str]) -> tuple[str, str, str]:
    subject, predicate, value = _name(triple.subject, compact), triple.predicate.value, triple.object
    if isinstance(value, ox.Literal):
        return subject, compact(predicate), _json_literal(value.value, value.language, value.datatype.value, compact)
    name = encode_basestring(_name(value, compact))
    if predicate == _TYPE_IRI and isinstance(value, ox.NamedNode):
        return subject, "@type", name
    return subject, compact(predicate), f'{{"@id": {name}}}'


def _json_literal(text: str, language: str | None, datatype: str | None, compact: Callable[[str], str]) -> str:
    value = encode_basestring(text)
    if language:
        return f'{{"@language": {encode_basestring(language)}, "@value": {value}}}'
    if datatype is None or datatype == _XSD_STRING:
        return value
    return f'{{"@type": {encode_basestring(compact(datatype))}, "@value": {value}}}'


def _name(node: ox.NamedNode | ox.BlankNode | ox.Triple, compact: Callable[[str], str]) -> str:
    if isinstance(node, ox.Triple):
        raise InputError(
            message("{term} is neither a node nor a literal", term=str(node)),
            remedy=message("State it without triple terms, which RDF 1.1 does not have."),
        )
    return str(node) if isinstance(node, ox.BlankNode) else compact(node.value)


def _compactor(context: Mapping[str, str]) -> Callable[[str], str]:
    longest_first = sorted(context.items(), key=lambda item: (-len(item[1]), item[0]))

    @lru_cache(maxsize=10_000)
    def compact(iri: str) -> str:
        check_iri(iri)
        for prefix, namespace in longest_first:
            if iri.startswith(namespace) and not iri.startswith("//", len(namespace)) and iri != namespace:
                return f"{prefix}:{iri[len(namespace) :]}"
        scheme, _, rest = iri.partition(":")
        if scheme in context and not rest.startswith("//"):
            raise InputError(
                message('JSON-LD would read <{iri}> as a name with the prefix "{prefix}"', iri=iri, prefix=scheme),
                remedy=message("Rename the prefix."),
            )
        return iri

    return compact


_WRITERS: dict[Format, Callable[[Iterable[list[str]], BinaryIO, Mapping[str, str]], None]] = {
    N_TRIPLES: _write_n_triples,
    TURTLE: _write_turtle,
    RDF_XML: _write_rdf_xml,
    JSON_LD: _write_json_ld,
}
