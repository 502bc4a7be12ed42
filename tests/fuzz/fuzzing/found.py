"""What fuzzing has found: by target, the reason and the smallest input that showed it. Each is taken in every test run."""

from __future__ import annotations

from pathlib import Path

from fuzzing.catalogues import PLACES
from fuzzing.odf import CONTENT, ods_of
from fuzzing.targets import PART

_NESTED = b"[" * 20_000
FOUND: dict[str, dict[str, bytes]] = {
    "csv": {
        "a name is looked for once for each of 20,000 columns without one": b"," * 20_000,
        "an IRI that Oxigraph cannot read: a bracket": b"id,page\nlyon,https://e/a[b]\n",
        "an IRI that Oxigraph cannot read: a port that is no number": b"id,page\nlyon,https://e:x/\n",
        "an IRI that Oxigraph cannot read: two fragments": b"id,page\nlyon,https://e/#a#b\n",
    },
    "templates": {
        "a literal holds a character that no IRI has": "\ufffd/{id}".encode(),
        "a message shows a carriage return": b"{+\r}",
        "a template makes two fragments": b"{#id}#x",
    },
    "patterns": {
        "a format keeps Python's re busy for years": PART.join((b"string", b"(?=a)(a+)+$", b"", b"a" * 60 + b"!")),
        "a format nests deeper than re can compile": PART.join((b"string", b"(" * 3_000 + b")" * 3_000, b"", b"x")),
        "repetitions in repetitions fill the memory": PART.join((b"string", b"(?!a)(x{1000}){1000}", b"", b"x")),
        "a date pattern of 300,000 characters": PART.join((b"date", b"yyyy-MM-dd" * 30_000, b"", b"1")),
        "a number pattern with an empty group": PART.join((b"integer", b"#,,##0", b"", b"1")),
        "a date pattern longer than an engine counts": PART.join((b"time", b"HH:mm:ss." + b"S" * 100_000, b"", b"1")),
    },
    "csvw-pull": {"JSON that nests too deep": _NESTED},
    "ods": {
        "XML that is not well-formed keeps calamine busy for ever": Path(__file__).with_name("ods-not-well-formed.bin").read_bytes(),
        "an encoding that is none": ods_of(CONTENT.replace("UTF-8", "URF-8")),
        "a text of 30 MB takes expat minutes": ods_of(CONTENT) + PART + b"styles.xml\n*30000000 b",
    },
    "rdf": {
        "rdflib raises on writing an ill-formed IRI": b"nt" + PART + b'<http://e/a> <https://example.org/name> "x" .\n<http://e/a> <http://e/{}> _:b .\n_:b <https://example.org/name> "long enough to be a violation" .\n_:b <http://e/{}> <http://e/|> .\n',
        "a report in Turtle holds an ill-formed IRI": b"nt" + PART + b'<http://e/a> <https://example.org/name> "X" .\n<http://e/a> <https://example.org/people> "1"^^<http://e/a|b> .\n',
        "a base direction is no part of RDF 1.1": b"ttl" + PART + b'<http://e/a> <http://e/b> "x"@en--ltr .',
        "a message shows control characters": b"ttl" + PART + b"\x01",
    },
    "shapes": {
        "a pattern keeps Python's re busy for years": b'@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> . ex:S a sh:NodeShape ; sh:targetClass ex:City ; sh:property [ sh:path ex:name ; sh:pattern "^(?=a)(a|aa)+$" ] .'
        + PART
        + b'@prefix ex: <https://example.org/> . ex:a a ex:City ; ex:name "' + b"a" * 80 + b'!" .',
    },
    "sparql": {
        "braces that use up the stack of Oxigraph": b"SELECT * { " + b"{ " * 20_000 + b"?s ?p ?o" + b" }" * 20_000 + b" }",
        "calls that use up the stack": b"SELECT * { FILTER(" + b"IF(1,2," * 1_000 + b"1" + b")" * 1_000 + b") }",
        "operators that use up the stack": b"SELECT * { FILTER(1" + b"+1" * 20_000 + b") }",
        "a function that Oxigraph has not": b"SELECT (<http://e/f>(1) AS ?x) { }",
        "a message shows control characters": b"SELECT * { ?s ?p \x1b[31m }",
    },
    "questions": {"braces that use up the stack": b"# Which?\nSELECT * { " + b"{ " * 20_000 + b"?s ?p ?o" + b" }" * 20_000 + b" }"},
    "http": {"a Content-Length with more digits than Python reads": b"PUT /places/cities.csv\nContent-Length: " + b"3" * 5_000, "a byte in the parameters that is no character": b"GET /en/?q=\xff"},
    "yaml": {"a number with more digits than Python reads": b"places/dataset.yaml" + PART + PLACES.replace("dialect: {}", "dialect: {skipRows: " + "9" * 5_000 + "}").encode()},
    "release": {
        "a dataset's id leads out of the release": b'{"version": 1, "tool": "t", "catalogue": "tiny", "base": "https://e/", "site": "https://e/", "title": {}, "created": "", "triples": 0, "prefixes": {}, "files": [], "inputs": [], "datasets": [{"id": "../../outside/secret", "iri": "", "title": {}, "rows": {}, "triples": 0, "points": 0, "distributions": []}]}',
        "the catalogue's id leads out of the release": b'{"version": 1, "tool": "t", "catalogue": "../../outside/secret", "base": "https://e/", "site": "https://e/", "title": {}, "created": "", "triples": 0, "files": [], "inputs": [], "datasets": []}',
        "files that are a link, a pipe and a device": b'{"version": 1, "tool": "t", "catalogue": "tiny", "base": "https://e/", "site": "https://e/", "title": {}, "created": "", "triples": 0, "inputs": [], "datasets": [], "files": [{"path": "link.csv", "size": 1, "sha256": ""}, {"path": "pipe", "size": 1, "sha256": ""}, {"path": "zero", "size": 1, "sha256": ""}]}',
        "JSON that nests too deep": _NESTED,
        "a size without end": b'{"version": 1, "files": [{"path": "a", "size": 1e999, "sha256": ""}]}',
    },
}  # fmt: skip
